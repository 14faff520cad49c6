"""The sheet Severity, live: QALYs without the disease, shortfall, weight, and results with the weight.

The twin of `analysis/agencies/severity.py` and `analysis/agencies/population_qalys.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from model.analysis.agencies.population_qalys import NORM_WORDS, TABLE, norms_given
from model.analysis.agencies.severity import MOST_ALIVE, OVERSTATED
from model.analysis.columns.agencies import SEVERITY, SEVERITY_BENEFIT
from model.definition.checks.agency import SHARES_APART, YEARS_APART
from model.definition.records.agency import AGE, AGE_SQUARED, CONSTANT, MALE
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, exp, index, ln, match_below, maximum, sumproduct, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import SEVERITY as SHEET
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.agencies.increments import column_of, increments_over_each, label_of, ratio
from model.excel.report.results import ResultsAt

SEXES = ("women", "men")
WIDE = 58.0


@dataclasses.dataclass(frozen=True)
class ByAge:
    """Columns by year of age: the ages; by sex the rate of dying and discounting; by norms and sex the utility, and the
    QALYs from each age on, with a last row of 0."""

    ages: Formula
    rates: dict[str, Formula]
    utilities: dict[tuple[str, str], Formula]
    qalys: dict[tuple[str, str], Formula]


def write_severity(
    report: Report, live: LiveModel, positions: tuple[Formula, Formula], results: ResultsAt, crossing: Mapping[str, Formula]
) -> dict[str, Formula]:
    """Write the sheet; returns its cells by the names of the outputs, none where no severity is asked for. ``crossing``: has
    the cells of the shares alive at the horizon."""
    definition = report.definition
    norms = norms_given(definition)
    if not definition.severity_bands or not norms:
        return {}
    page = Page(report, SHEET.name)
    arms = definition.arms
    top = page.table(
        SEVERITY.title,
        "The QALY weight is the highest of the bands of the sheet Agencies that the absolute or the proportional shortfall "
        "reaches, on a cut-off too, else 1. Each arm as the established practice; the row of the intervention itself only "
        "says what would hold if it were that.",
        page_columns(report, SEVERITY.declared, WIDE),
        len(arms) * len(norms),
    )
    benefit = page.table(
        SEVERITY_BENEFIT.title,
        "At the thresholds of the sheet Settings, intervention in use over each arm.",
        page_columns(report, SEVERITY_BENEFIT.declared, WIDE),
        len(arms) * len(norms) * len(results.thresholds),
    )
    gains = increments_over_each(report, live, page, positions[1], results.totals, ("costs", "qalys"))
    without, most = _without_disease(report, live, page, norms)
    found: dict[str, Formula] = {}
    for n in norms:
        for a, arm in enumerate(arms):
            label = label_of(report, a, positions[1])
            cells = _row(report, live, top, without[n], results.totals["qalys", a], (gains["costs"][a], gains["qalys"][a]))
            alive = crossing[f"alive_at_horizon_{arm.id}"]
            cells += [alive, where(alive > most, OVERSTATED, "")]
            top.rows.append([label, NORM_WORDS[n], *cells])
            at = [Formula(top.cell(len(top.rows) - 1, 2 + i), c.value) for i, c in enumerate(cells)]
            names = {0: "without_disease", 2: "absolute_shortfall", 3: "proportional_shortfall", 4: "severity_weight"}
            names |= {7: "weighted_qalys", 9: "weighted_icer"}
            found |= {f"{name}_{n}_{arm.id}": at[i] for i, name in names.items()}
            for threshold in results.thresholds:
                spent = at[5] / threshold
                row = [As(threshold, "money"), at[4], at[6] - spent, at[7] - spent]
                benefit.rows.append([label, NORM_WORDS[n], *row])
    page.close()
    return found


def _row(
    report: Report, live: LiveModel, top: TableAt, without: Formula, under: Formula, gained: tuple[Formula, Formula]
) -> list[Formula]:
    """The cells of one arm from the QALYs without the disease on; each takes those to its left."""
    row = len(top.rows)

    def at(column: int, made: Formula) -> Formula:
        return Formula(top.cell(row, 2 + column), made.value)

    cells = [without, under]
    cells.append(at(0, without) - at(1, under))
    empty = at(0, without).equals(0)
    cells.append(where(empty, 0, at(2, cells[2]) / where(empty, 1, at(0, without))))
    cells.append(_weight(report, live, at(2, cells[2]), at(3, cells[3])))
    cost, gain = gained
    cells += [cost, gain, at(4, cells[4]) * at(6, gain)]
    cells += [ratio(at(5, cost), at(6, gain)), ratio(at(5, cost), at(7, cells[7]))]
    return cells


def _weight(report: Report, live: LiveModel, absolute: Formula, proportional: Formula) -> Formula:
    """The highest weight of the bands that a shortfall reaches; 1 where it reaches none."""
    inputs, near = live.inputs, live.bench.constants.alike
    reached, weights, n_reached = [], [], formula_of(0)
    for band in report.definition.severity_bands:
        base = f"severity_bands.{band.band}"
        lost, share = inputs[f"{base}.absolute_from"], inputs[f"{base}.proportional_from"]
        holds = where(absolute >= lost - near, 1, where(proportional >= share - near, 1, 0))
        n_reached = n_reached + holds
        reached.append(holds)
        weights.append(holds * inputs[f"{base}.weight"])
    return where(n_reached.equals(0), 1, maximum(*weights) if len(weights) > 1 else weights[0])


def _without_disease(report: Report, live: LiveModel, page: Page, norms: list[str]) -> tuple[dict[str, Formula], Formula]:
    """By norms: discounted QALYs of people like the patients, averaged over the groups of patients. And the cell of the share
    alive at the horizon above which the shortfall is told to be overstated."""
    groups = _groups(report, live)
    facts = Facts(page, "Discounting and patients of the QALYs without the disease", "As the effects of the model.")
    rate = facts.add("Discount rate as a logarithm", _log_rate(live), "per year", "ln(1 + r); later rates are not used")
    words = "Above it the shortfall is told to be overstated"
    most = facts.number("Alive at the horizon, at most", MOST_ALIVE, "share", words)
    facts.add("Both sides discounted by the same rule", _one_rule(report, live), "", "No: the shortfall mixes two rules")
    if report.definition.patient_mix:
        years = facts.number("Mean age of the groups, apart from the patients' by at most", YEARS_APART, "years")
        shares = facts.number("Mean share of women of the groups, apart by at most", SHARES_APART, "share")
        alike = _same_patients(report, live, years, shares)
        words = "No: the shortfall compares QALYs of different people"
        facts.add("Groups have the age and mix of sexes of the patients", alike, "", words)
    at = page.table(
        "QALYs without the disease, by group of patients",
        "From the age of the group on, by the table below; women and men weighted as they start, groups by their shares.",
        [
            PageColumn("Group", "text", WIDE),
            PageColumn("Age at time zero", "any", 16),
            PageColumn("Share of women", "share", 16),
            PageColumn("Share of patients", "share", 16),
            PageColumn("Row of the table below", "plain", 16),
            PageColumn("Left of the year of age", "factor", 16),
            *(PageColumn(f"Discounted QALYs, {sex}, {NORM_WORDS[n].lower()}", "qalys", 16) for n in norms for sex in SEXES),
            *(PageColumn(f"Discounted QALYs, {NORM_WORDS[n].lower()}", "qalys", 16) for n in norms),
        ],
        len(groups) + 1,
        n_totals=1,
    )
    by_age = _by_age(report, live, page, norms, rate)
    for row, (label, *given) in enumerate(groups):
        at.rows.append([label, *_group_cells(live, at, row, given, by_age, norms)])
    totals: list[Formula | str] = ["All patients", "", "", "", "", ""]
    totals += ["" for _ in norms for _ in SEXES]
    found = {}
    shares = column_of(at, 3, len(groups))
    for i, n in enumerate(norms):
        column = 6 + len(norms) * len(SEXES) + i
        made = sumproduct(shares, column_of(at, column, len(groups)))
        totals.append(made)
        found[n] = Formula(at.cell(len(groups), column), made.value)
    at.rows.append(totals)
    return found, most


def _groups(report: Report, live: LiveModel) -> list[tuple[str, Formula, Formula, Formula]]:
    """Name, age, share of women and share of the patients of each group."""
    inputs = live.inputs
    if not report.definition.patient_mix:
        return [("All patients", inputs["population.start_age"], inputs["population.female_share"], formula_of(1))]
    found = []
    for group in report.definition.patient_mix:
        age, women, share = (inputs[f"patient_mix.{group.group}.{f}"] for f in ("age", "female_share", "share"))
        found.append((group.group, age, women, share))
    return found


def _group_cells(
    live: LiveModel, at: TableAt, row: int, given: list[Formula], by_age: ByAge, norms: list[str]
) -> list[Formula]:
    """The cells of one group after its name, each taking those to its left."""
    cells = list(given)

    def cell(column: int) -> Formula:
        return Formula(at.cell(row, column), cells[column - 1].value)

    near = live.bench.constants.time_tolerance
    cells.append(match_below(cell(1) + near, by_age.ages))
    cells.append(1 - maximum(0, cell(1) - index(by_age.ages, cell(4))))
    place, left = cell(4), cell(5)
    for n in norms:
        for sex in SEXES:
            rate = index(by_age.rates[sex], place)
            stay = _stay(live, rate, left)
            later = index(by_age.qalys[n, sex], place + 1)
            cells.append(index(by_age.utilities[n, sex], place) * stay + exp(-(rate * left)) * later)
    for i in range(len(norms)):
        women, men = (cell(6 + 2 * i + k) for k in range(2))
        cells.append(cell(2) * women + (1 - cell(2)) * men)
    return cells


def _by_age(report: Report, live: LiveModel, page: Page, norms: list[str], rate: Formula) -> ByAge:
    """The table by year of age, each row taking the QALYs of the next one; the last row is 0: nobody is left."""
    life = live.bench.life_table
    assert life is not None
    keys = [(n, sex) for n in norms for sex in SEXES]
    table = GrowingTable(
        page,
        "QALYs without the disease, by year of age",
        "Hazard and utility are constant within a year of age (norms by formula: at its middle). QALYs from an age on: "
        "utility x the years lived in the year, discounted, and what is left after it. The last row is 0: nobody is left.",
        [
            PageColumn("Year of age", "plain", WIDE),
            *(PageColumn(f"Hazard and discount rate, {sex}", "small", 16) for sex in SEXES),
            *(PageColumn(f"Years lived in the year, discounted, {sex}", "small", 16) for sex in SEXES),
            *(PageColumn(f"Utility, {sex}, {NORM_WORDS[n].lower()}", "factor", 16) for n, sex in keys),
            *(PageColumn(f"QALYs from this age on, {sex}, {NORM_WORDS[n].lower()}", "small", 16) for n, sex in keys),
        ],
    )
    n_ages = len(report.definition.life_table)
    rows = [_age_cells(report, live, table.at, row, norms, rate) for row in range(n_ages)]
    first_q = 5 + len(keys)
    left = dict.fromkeys(keys, 0.0)
    for row in range(n_ages - 1, -1, -1):
        for k, key in enumerate(keys):
            sex = SEXES.index(key[1])
            rates, years, utility = (Formula(table.at.cell(row, c), rows[row][c].value) for c in (1 + sex, 3 + sex, 5 + k))
            made = utility * years + exp(-rates) * Formula(table.at.cell(row + 1, first_q + k), left[key])
            rows[row].append(made)
            left[key] = float(made.value)
    for cells in rows:
        table.add(*cells)
    last = life.cell(n_ages, 0)
    table.add(last, *[""] * (first_q - 1), *[0.0] * len(keys))
    end = n_ages - 1
    return ByAge(
        table.span(0, 0, end),
        {sex: table.span(1 + i, 0, end) for i, sex in enumerate(SEXES)},
        {key: table.span(5 + k, 0, end) for k, key in enumerate(keys)},
        {key: table.span(first_q + k) for k, key in enumerate(keys)},
    )


def _age_cells(report: Report, live: LiveModel, at: TableAt, row: int, norms: list[str], rate: Formula) -> list[Formula]:
    """Age, rates, years lived and utilities of one year of age."""
    life, inputs = live.bench.life_table, live.inputs
    assert life is not None
    cells = [life.cell(row, 0)]
    age = Formula(at.cell(row, 0), cells[0].value)
    cells += [life.cell(row, 2 + 3 * i) + rate for i in range(2)]
    cells += [_stay(live, Formula(at.cell(row, 1 + i), cells[1 + i].value), formula_of(1)) for i in range(2)]
    for n in norms:
        if n == TABLE:
            place = maximum(
                1, count_below(age + live.bench.constants.time_tolerance, inputs.keys("utility_norms", "from_age"))
            )
            values = inputs.column([f"utility_norms.{r.from_age:g}.utility" for r in report.definition.utility_norms])
            cells += [index(values, place)] * 2
        else:
            terms = {r.term: inputs[f"norm_equation.{r.term}.coefficient"] for r in report.definition.norm_equation}
            middle = age + 0.5
            powers = {CONSTANT: formula_of(1), AGE: middle, AGE_SQUARED: middle * middle}
            made = sum((terms[t] * p for t, p in powers.items() if t in terms), formula_of(0))
            cells += [made, made + terms[MALE] if MALE in terms else made]
    return cells


def count_below(what: Formula, span: Formula) -> Formula:
    """How many cells of a range are not above a value."""
    return sumproduct((span <= what) * 1)


def _stay(live: LiveModel, rate: Formula, years: Formula) -> Formula:
    """Years until an event of constant rate, or until ``years`` have passed."""
    passed = rate * years
    few = passed < live.bench.constants.small_tail
    return where(few, years * (1 - passed / 2), (1 - exp(-passed)) / where(few, 1, rate))


def _log_rate(live: LiveModel) -> Formula:
    rate, way = live.inputs["settings.discount_rate_effects"], live.inputs["settings.discounting"]
    return where(way.equals("continuous"), rate, ln(1 + rate))


def _one_rule(report: Report, live: LiveModel) -> Formula:
    """Are QALYs under the comparator discounted continuously and at the first rate too?"""
    inputs, steps = live.inputs, report.definition.discount_steps
    rate = inputs["settings.discount_rate_effects"]
    same = where(inputs["settings.discounting"].equals("annual_step"), "no", "yes")
    for step in steps:
        same = where(inputs[f"discount_steps.{step.from_year:g}.rate_effects"].equals(rate), same, "no")
    return same


def _same_patients(report: Report, live: LiveModel, years: Formula, shares: Formula) -> Formula:
    """Are the groups' means of age and of the share of women near those of the population?"""
    far = formula_of(0)
    for field, item, near in (("age", "start_age", years), ("female_share", "female_share", shares)):
        cells = [f"patient_mix.{group.group}" for group in report.definition.patient_mix]
        mean = sum((live.inputs[f"{g}.{field}"] * live.inputs[f"{g}.share"] for g in cells), formula_of(0))
        far = far + where(absolute(mean - live.inputs[f"population.{item}"]) > near, 1, 0)
    return where(far > 0, "no", "yes")
