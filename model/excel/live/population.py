"""General-population mortality over the time axis, from the life table in use, and the utility norm at each age.

Women and men are weighted by survivors; within a year of age the hazard is constant. It advances continuously, or a cycle has
that of the age at its start.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.records.settings import EXACT_AGE, MODEL_YEARS
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp, flag, greatest, index, ln, match_below, maximum, where, whole
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import GrowingTable

SEXES = ("women", "men")


@dataclasses.dataclass(frozen=True)
class Population:
    """Cumulative hazard of the general population of the patients' age and sex."""

    hazard: GridColumn


def write_population(bench: Bench, grid: Grid, age: GridColumn) -> Population | None:
    """The columns of the general population, or None where the definition has no life table."""
    if not bench.definition.life_table:
        return None
    table = bench.life_table = _life_table(bench)
    ages = table.span(0)
    grid.group = "General population"
    exact, start, steps = _ages(bench, grid, age)
    place = grid.column("Row of the life table at this age", "", "plain").fill(match_below(age.here, ages)).here
    hazards = []
    for i, sex in enumerate(SEXES):
        hazard, cumulative = table.span(2 + 3 * i), table.span(3 + 3 * i)
        column = grid.column(f"Cumulative hazard, {sex}, from the first age of the table")
        within = age.here - index(ages, place)
        by_age = index(cumulative, place) + index(hazard, place) * within
        first_age = column.take("Age at time zero", start)
        of_cycle = index(hazard, match_below(maximum(first_age, steps.before), ages)) * (age.here - age.before)
        later = age.here > first_age
        by_age_alone = column.take("Mortality changes on birthdays", exact)
        hazards.append(column.fill(where(by_age_alone, by_age, column.running(where(later, of_cycle, 0)))))
    column = grid.column("Cumulative hazard from time zero")
    share = column.take("Share of women", bench.inputs["population.female_share"])
    women, men = (h.here - index(h.part(0, 1), 1) for h in hazards)
    alive = share * exp(-women) + (1 - share) * exp(-men)
    hazard_column = column.fill(-ln(greatest(bench.constants.smallest, alive)))
    return Population(hazard_column)


def _ages(bench: Bench, grid: Grid, age: GridColumn) -> tuple[Formula, Formula, GridColumn]:
    """Whether mortality changes on birthdays, the age at time zero, and the age whose mortality holds for the whole of the
    cycle that begins."""
    asked, c = bench.inputs["settings.mortality_steps"], bench.constants
    column = grid.column("Age for mortality in steps", "years", "area")
    start = column.take("Age at time zero", bench.inputs["population.start_age"])
    whole_years = whole(start) + whole(age.here - start + c.time_tolerance)
    by_years = column.take("By whole years since time zero", flag(asked.equals(MODEL_YEARS)))
    column.fill(where(by_years, whole_years, age.here) + c.time_tolerance)
    return flag(asked.equals(EXACT_AGE)), bench.inputs["population.start_age"], column


def _life_table(bench: Bench) -> GrowingTable:
    """Yearly hazards and cumulative hazards by age; after the last row of the input table death is certain."""
    inputs, c = bench.inputs, bench.constants
    table = GrowingTable(
        bench.conventions,
        "Life table in use",
        "Hazard per year: -ln(1 - q), constant within a year of age. An empty q of men is that of women. The last row "
        "holds from there on: nobody survives.",
        [
            PageColumn("Age", "plain", 58),
            PageColumn("q, women", "small", 22),
            PageColumn("Hazard per year, women", "small", 16),
            PageColumn("Cumulative hazard, women", "small", 16),
            PageColumn("q, men", "small", 16),
            PageColumn("Hazard per year, men", "small", 16),
            PageColumn("Cumulative hazard, men", "small", 16),
        ],
    )
    rows = bench.definition.life_table
    for position, record in enumerate(rows):
        women = inputs[f"life_table.{record.age}.qx_female"]
        men_typed = inputs[f"life_table.{record.age}.qx_male"]
        men = where(men_typed.equals(""), women, men_typed)
        _row(bench, table, inputs.key("life_table", position, "age"), women, men)
    last = table.cell(len(rows) - 1, 0)
    certain = -ln(c.smallest)
    ends = [_cumulative(table, 2 + 3 * i) for i in range(2)]
    table.add(last + 1, "", certain, ends[0], "", certain, ends[1])
    return table


def _row(bench: Bench, table: GrowingTable, age: Formula, women: Formula, men: Formula) -> None:
    row, c = table.at.n_rows, bench.constants
    cells: list[Formula] = [age]
    for i, q in enumerate((women, men)):
        typed = Formula(table.at.cell(row, 1 + 3 * i), q.value)
        cells += [q, -ln(maximum(c.smallest, 1 - typed)), _cumulative(table, 2 + 3 * i)]
    table.add(*cells)


def _cumulative(table: GrowingTable, hazard: int) -> Formula:
    """Cumulative hazard at the beginning of the row's age: that of the row above and its hazard."""
    row = table.at.n_rows
    if row == 0:
        return Formula("0", 0.0)
    return table.cell(row - 1, hazard + 1) + table.cell(row - 1, hazard)


def norm_columns(bench: Bench, grid: Grid, age: GridColumn) -> GridColumn:
    """Population norm at the patients' age over the norm at time zero; 1 without age adjustment."""
    inputs = bench.inputs
    norms = bench.definition.utility_norms
    if not norms:
        return grid.fixed("Norm over norm at time zero", "", "factor", np.ones(grid.n_rows))
    ages = inputs.keys("utility_norms", "from_age")
    values = inputs.column([f"utility_norms.{_word(n.from_age)}.utility" for n in norms])
    norm = grid.column("Utility norm at this age", "utility")
    norm.fill(index(values, match_below(age.here + bench.constants.time_tolerance, ages)))
    ratio = grid.column("Norm over norm at time zero")
    adjusted = ratio.take("Age adjustment", inputs["settings.age_adjustment"])
    at_zero = index(norm.part(0, 1), 1)
    return ratio.fill(where(adjusted.equals("none"), 1, norm.here / at_zero))


def _word(number: float) -> str:
    return f"{number:g}"
