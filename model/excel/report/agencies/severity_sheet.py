"""The sheet Severity, live: QALYs without the disease, shortfall, weight, and results with the weight.

The twin of `analysis/agencies/severity.py`; QALYs without the disease: `people_without_disease`.
"""

from __future__ import annotations

from collections.abc import Mapping

from model.analysis.agencies.population_qalys import NORM_WORDS, norms_given
from model.analysis.agencies.severity import MOST_ALIVE, OVERSTATED
from model.analysis.columns.agencies import SEVERITY, SEVERITY_BENEFIT
from model.definition.checks.agency import SHARES_APART, YEARS_APART
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, maximum, sumproduct, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import SEVERITY as SHEET
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.agencies.increments import column_of, increments_over_each, label_of, ratio
from model.excel.report.agencies.people_without_disease import SEXES, WIDE, write_people, write_years_lived
from model.excel.report.results import ResultsAt


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
    facts = Facts(page, "Patients of the QALYs without the disease", "Discounting: as the effects of the model.")
    words = "Above it the shortfall is told to be overstated"
    most = facts.number("Alive at the horizon, at most", MOST_ALIVE, "share", words)
    if report.definition.patient_mix:
        years = facts.number("Mean age of the groups, apart from the patients' by at most", YEARS_APART, "years")
        shares = facts.number("Mean share of women of the groups, apart by at most", SHARES_APART, "share")
        alike = _same_patients(report, live, years, shares)
        words = "No: the shortfall compares QALYs of different people"
        facts.add("Groups have the age and mix of sexes of the patients", alike, "", words)
    at = page.table(
        "QALYs without the disease, by group of patients",
        "From the age of the group on, by the tables below; women and men weighted as they start, groups by their shares.",
        [
            PageColumn("Group", "text", WIDE),
            PageColumn("Age at time zero", "any", 16),
            PageColumn("Share of women", "share", 16),
            PageColumn("Share of patients", "share", 16),
            *(PageColumn(f"Discounted QALYs, {sex}, {NORM_WORDS[n].lower()}", "qalys", 16) for n in norms for sex in SEXES),
            *(PageColumn(f"Discounted QALYs, {NORM_WORDS[n].lower()}", "qalys", 16) for n in norms),
        ],
        len(groups) + 1,
        n_totals=1,
    )
    people = write_people(report, live, page, norms)
    for row, (label, *given) in enumerate(groups):
        years_lived = write_years_lived(live, page, label, Formula(at.cell(row, 1), given[0].value), people)
        made = [sumproduct(*years_lived[sex], people.utilities[n, sex]) for n in norms for sex in SEXES]
        cells = [*given, *made]
        women = Formula(at.cell(row, 2), given[1].value)
        for i in range(len(norms)):
            own = [Formula(at.cell(row, 4 + 2 * i + k), made[2 * i + k].value) for k in range(2)]
            cells.append(women * own[0] + (1 - women) * own[1])
        at.rows.append([label, *cells])
    totals: list[Formula | str] = ["All patients", "", "", ""]
    totals += ["" for _ in norms for _ in SEXES]
    found = {}
    shares = column_of(at, 3, len(groups))
    for i, n in enumerate(norms):
        column = 4 + len(norms) * len(SEXES) + i
        made_ = sumproduct(shares, column_of(at, column, len(groups)))
        totals.append(made_)
        found[n] = Formula(at.cell(len(groups), column), made_.value)
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


def _same_patients(report: Report, live: LiveModel, years: Formula, shares: Formula) -> Formula:
    """Are the groups' means of age and of the share of women near those of the population?"""
    far = formula_of(0)
    for field, item, near in (("age", "start_age", years), ("female_share", "female_share", shares)):
        cells = [f"patient_mix.{group.group}" for group in report.definition.patient_mix]
        mean = sum((live.inputs[f"{g}.{field}"] * live.inputs[f"{g}.share"] for g in cells), formula_of(0))
        far = far + where(absolute(mean - live.inputs[f"population.{item}"]) > near, 1, 0)
    return where(far > 0, "no", "yes")
