"""A survival table as cells: its cumulative hazard looked up by time, as typed and with the factors of the draw shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from model.definition.curves.early_part import TABLE_SOURCE, early_source, early_table, table_of
from model.definition.model_definition import address_of
from model.definition.records.curves import FROM_DATA, Curve
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import index, ln, match_below, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.curves.drawn import DrawnColumns
from model.excel.live.curves.fits import variants
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.survival.families.survival_table import SurvivalTable

NOT_FITTED = ("coefficients", "evidence")
"""Sources of curves whose part before the tail is a table."""

FACTORS, BASE_FACTORS = Formula("1", 1.0), Formula("1", 1.0)
"""Stand for the factors of a table, which are part of its cells: in use, and in the base case."""


@dataclasses.dataclass
class TableCells:
    """A survival table: times, cumulative hazard at each, and the hazard from there on; in the draw shown and without it."""

    times: Formula
    hazards: Formula
    rates: Formula
    base_hazards: Formula
    base_rates: Formula

    def hazard(self, time: Formula, base: bool = False) -> Formula:
        """Cumulative hazard at a time: constant hazard between two rows, and beyond the last."""
        place = match_below(time, self.times)
        hazards, rates = (self.base_hazards, self.base_rates) if base else (self.hazards, self.rates)
        return index(hazards, place) + index(rates, place) * (time - index(self.times, place))


@dataclasses.dataclass(frozen=True)
class EarlyTable:
    """The part of a curve before its tail, as a table; ``sources``: of the curves that it belongs to."""

    cells: TableCells
    sources: tuple[str, ...] = NOT_FITTED

    def hazard(self, time: Formula, until: Formula, factors: Formula) -> Formula:
        """Cumulative hazard at a time, held from ``until`` on; ``factors``: BASE_FACTORS for the base case."""
        return self.cells.hazard(minimum(time, until), base=factors is BASE_FACTORS)


@dataclasses.dataclass(frozen=True)
class FactorRow:
    """The factors of the pieces of a curve's first part as cells: in the base case (1), and in use."""

    base: Formula
    in_use: Formula
    cells: list[Formula]


def factor_row(bench: Bench, page: Page, label: str, what: str, count: int, drawn: Sequence[str]) -> FactorRow:
    """The table of the factors of ``count`` pieces; ``drawn``: their columns of the stored draws, if they were drawn."""
    factors = GrowingTable(
        page,
        f"{label}: factors of the {what}",
        "1 in the base case; in a draw they carry the sampling error of the Kaplan-Meier curve.",
        [PageColumn("", "text", 58), *(PageColumn(f"Piece {j + 1}", "any", 60 if j == 0 else 16) for j in range(count))],
    )
    base = factors.add("Base case", *[1.0] * count)
    drawn_cells: list[Formula | str] = [""] * count
    if drawn and bench.draws is not None:
        drawn_cells = [bench.inputs.drawn(name) for name in drawn]
    row = factors.add("In the draw", *drawn_cells)
    in_use = factors.add(
        "In use",
        *(
            where(
                Formula(factors.at.cell(row, 1 + j), "").equals(""),
                Formula(factors.at.cell(base, 1 + j), 1.0),
                Formula(factors.at.cell(row, 1 + j), ""),
            )
            for j in range(count)
        ),
    )
    spans = [factors.across(r, 1, count) for r in (base, in_use)]
    return FactorRow(spans[0], spans[1], [factors.cell(in_use, 1 + j) for j in range(count)])


def typed_table(bench: Bench, page: Page, curve: Curve, label: str, drawn: DrawnColumns) -> TableCells | None:
    """The arm's rows of the sheet Survival tables; None where there are none."""
    definition, inputs = bench.definition, bench.inputs
    key = (curve.arm, curve.endpoint)
    rows = [(i, r) for i, r in enumerate(definition.survival_tables) if (r.arm, r.endpoint) == key]
    if not rows:
        return None
    times = [inputs.key("survival_tables", i, "time") for i, _ in rows]
    shares = [inputs[f"{address_of('survival_tables', r)}.survival"] for _, r in rows]
    used = TABLE_SOURCE in (curve.source, early_source(definition, curve))
    made = table_of(definition, curve) if used and drawn.factors else None
    words = "Constant hazard between two rows; the last one goes on."
    return _table(bench, page, f"{label}: survival table", words, times, shares, _factors(bench, page, label, made, drawn))


def early_cells(
    bench: Bench, page: Page, curve: Curve, label: str, typed: TableCells | None, drawn: DrawnColumns
) -> EarlyTable | None:
    """The part before the tail of a curve that is not fitted to data, as the inputs or a scenario ask for it: the typed
    table, else the Kaplan-Meier curve of the run; None where none is asked for."""
    asked = [(v, own) for v in variants(bench.definition) if (own := v.curve(curve.arm, curve.endpoint)) is not None]
    asked = [(v, own) for v, own in asked if own.source not in FROM_DATA and early_source(v, own)]
    if not asked:
        return None
    if typed is not None:
        return EarlyTable(typed)
    table = early_table(*asked[0])
    drawn_here = table if curve.km_until is not None and curve.source not in FROM_DATA and drawn.factors else None
    factors = _factors(bench, page, label, drawn_here, drawn)
    words = "[S] Both corners of every step, from the data as the run found them."
    times, shares = ([float(v) for v in numbers] for numbers in (table.times, table.values))
    return EarlyTable(_table(bench, page, f"{label}: Kaplan-Meier curve in steps", words, times, shares, factors))


def _factors(
    bench: Bench, page: Page, label: str, table: SurvivalTable | None, drawn: DrawnColumns
) -> list[Formula | None] | None:
    """The factor of the interval that begins at each row (None: certain); None where the table has no error."""
    if table is None or table.error is None:
        return None
    count = table.error.n_pieces
    made = factor_row(bench, page, label, "survival table", count, drawn.factors)
    pieces = [int(p) for p in (*table.error.pieces, table.error.pieces[-1])]
    return [made.cells[p] if p < count else None for p in pieces]


def _table(
    bench: Bench,
    page: Page,
    title: str,
    words: str,
    times: Sequence[Formula | float],
    shares: Sequence[Formula | float],
    factors: list[Formula | None] | None,
) -> TableCells:
    """The rows, each with its cumulative hazard and the hazard up to the next row."""
    more = ["Factor", "Cumulative hazard with it", "Hazard up to the next row, with it"] if factors else []
    columns = [
        PageColumn("Months", "any", 58),
        PageColumn("Share event-free", "any", 60),
        PageColumn("Cumulative hazard", "any", 24),
        PageColumn("Hazard up to the next row", "any", 16),
        *(PageColumn(header, "any", 16) for header in more),
    ]
    table = GrowingTable(page, title, words, columns)
    n, c = len(times), bench.constants
    months = [float(_value(t)) for t in times]
    typed = [Formula(table.at.cell(i, 1), float(_value(s))) for i, s in enumerate(shares)]
    hazards = [float(-np.log(s.value)) if s.value > 0 else c.certain.value for s in typed]
    cumulative = [Formula(table.at.cell(i, 2), h) for i, h in enumerate(hazards)]
    wide = [i for i in range(n - 1) if months[i + 1] > months[i]]
    for i, (time, share) in enumerate(zip(times, shares, strict=True)):
        hazard = where(typed[i] > 0, -ln(maximum(c.smallest, typed[i])), c.certain)
        first = min(i, wide[-1])
        rate: Formula = formula_of(0)
        if first in wide:  # a step has no width, and no time falls between its corners
            ends = [Formula(table.at.cell(j, 0), months[j]) for j in (first, first + 1)]
            rate = (cumulative[first + 1] - cumulative[first]) / (ends[1] - ends[0])
        cells: list[Formula | float] = [time, share, hazard, rate]
        if factors:
            cells += _with_factor(table, i, factors, cumulative, rate.value)
        table.add(*cells)
    plain = table.span(2), table.span(3)
    return TableCells(table.span(0), *((table.span(5), table.span(6)) if factors else plain), *plain)


def _with_factor(
    table: GrowingTable, i: int, factors: list[Formula | None], cumulative: list[Formula], rate: float
) -> list[Formula | float]:
    """Factor of the interval that begins at a row, and cumulative hazard and hazard with the factors so far."""
    own = factors[i]
    factor: Term = own if own is not None else 1
    here = Formula(table.at.cell(i, 4), 1.0)
    up_to: Formula = cumulative[0]
    if i:
        before, last = Formula(table.at.cell(i - 1, 5), cumulative[i - 1].value), Formula(table.at.cell(i - 1, 4), 1.0)
        up_to = before + last * (cumulative[i] - cumulative[i - 1])
    return [formula_of(factor), up_to, here * Formula(table.at.cell(i, 3), rate)]


def _value(cell: Formula | float) -> float:
    return cell.value if isinstance(cell, Formula) else cell
