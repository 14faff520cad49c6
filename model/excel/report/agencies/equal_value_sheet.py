"""The sheet Equal value, live: equal-value life years gained, cost per unit gained, health-benefit price benchmarks.

The twin of `analysis/agencies/equal_value.py`.
"""

from __future__ import annotations

from model.analysis.columns.agencies import BENCHMARKS, EQUAL_VALUE
from model.analysis.columns.common import ARM
from model.analysis.prices.value_based_price import own_drugs
from model.definition.model_definition import address_of
from model.definition.records.agency import GAINED
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, index, sumproduct, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import EQUAL_VALUE as SHEET
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.agencies.increments import column_of, increments_over_each, label_of, ratio, span_of
from model.excel.report.pack_words import pack_words
from model.excel.report.results import ResultsAt
from model.excel.report.switching_price import drug_costs

WIDE = 58.0
NO_PRICE = "none"


def write_equal_value(
    report: Report, live: LiveModel, positions: tuple[Formula, Formula], results: ResultsAt
) -> dict[str, Formula]:
    """Write the sheet; returns its cells by the names of the outputs, none where no equal value is asked for."""
    definition = report.definition
    if not definition.life_year_values:
        return {}
    page = Page(report, SHEET.name)
    old, new = positions
    arms = definition.arms
    top = page.table(
        EQUAL_VALUE.title,
        "Life years gained count what the sheet Agencies says, whatever the patients' health; better health while both arms "
        "are alive counts as in QALYs. Cycle by cycle, discounted. Intervention in use over each arm.",
        page_columns(report, EQUAL_VALUE.declared, WIDE),
        len(arms),
    )
    products = [p for d in own_drugs(definition) for p in definition.products if p.drug == d and p.parameter.value > 0]
    prices = page.table(
        BENCHMARKS.title,
        "List price per pack, at today's discounts, at which the threshold is paid for each QALY, and for each equal-value "
        "life year gained over the comparator in use; packs of one drug move together. Below zero: "
        "not even a free drug would do.",
        page_columns(report, BENCHMARKS.without("input"), WIDE),
        len(products) * len(results.thresholds),
    )
    gains = increments_over_each(report, live, page, new, results.totals, ("costs", "life_years", "qalys"))
    pairs = _pairs(report, live, page)
    parts = _drug_parts(report, live, page, positions, dict.fromkeys(p.drug for p in products))
    found: dict[str, Formula] = {}
    for a, arm in enumerate(arms):
        cells = [gains[k][a] for k in ("costs", "life_years", "qalys")] + [index(pairs[a], new)]
        at = [Formula(top.cell(a, 1 + i), c.value) for i, c in enumerate(cells)]
        ratios = [ratio(at[0], gain) for gain in at[1:]]
        top.rows.append([label_of(report, a, new), *cells, *ratios])
        found[f"equal_value_gained_{arm.id}"] = at[3]
        for i, unit in enumerate(("life_years", "qalys", "equal_value")):
            found[f"cost_per_{unit}_{arm.id}"] = Formula(top.cell(a, 5 + i), ratios[i].value)
    over = {k: index(column_of(top, column, len(arms)), old) for k, column in (("costs", 1), ("qalys", 3), ("equal", 4))}
    for product in products:
        today = live.inputs[address_of("products", product)]
        label = pack_words(report, live, product)
        for threshold in results.thresholds:
            prices.rows.append(
                [label, today, As(threshold, "money"), *_price(live, over, today, threshold, parts[product.drug])]
            )
    page.close()
    return found


def _pairs(report: Report, live: LiveModel, page: Page) -> list[Formula]:
    """For each arm the equal-value life years that every arm gains over it: a column of cells."""
    utility = live.inputs[f"life_year_values.{GAINED}.utility"]
    table = GrowingTable(
        page,
        "Equal-value life years gained, every arm over every other",
        "Sums over the cycles of the traces. Row: the arm that gains; column: the arm it is compared with.",
        [*page_columns(report, [ARM.wide(WIDE)]), *(PageColumn(f"Over {name}", "gain", 16) for name in report.names)],
    )
    traces = list(live.arms.values())
    columns: list[list[Formula]] = [[] for _ in traces]
    for a, name in enumerate(report.names):
        row = RowBuilder(table, name)
        for b in range(len(traces)):
            made = Formula("0", 0.0) if a == b else _gained(utility, traces[a].totals, traces[b].totals)
            columns[b].append(row.put(made, "gain"))
        row.close()
    return [span_of(cells) for cells in columns]


def _gained(utility: Formula, new: dict[str, GridColumn], old: dict[str, GridColumn]) -> Formula:
    """One arm over another, from the columns of their traces."""
    life_new, life_old = new["life_years"].span, old["life_years"].span
    longer = (life_new > life_old) * (life_new - life_old)
    none = life_new.equals(0)
    shared = (life_new - longer) / (life_new + none) * new["qaly"].span
    return sumproduct(shared + none * new["qaly"].span + utility * longer - old["qaly"].span)


def _drug_parts(
    report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula], drugs: dict[str, None]
) -> dict[str, Formula]:
    """By drug what it adds to the cost of the intervention over the comparator, at today's prices."""
    table = GrowingTable(
        page,
        "What the drug adds to the cost over the comparator",
        "Acquisition, discounted, at today's prices, of what moves with the list price.",
        [
            PageColumn("Drug", "text", WIDE),
            *(PageColumn(f"{name}, {report.currency}", "money", 16) for name in report.names),
            PageColumn(f"Intervention minus comparator, {report.currency}", "extra", 16),
        ],
    )
    found = {}
    for drug in drugs:
        row = RowBuilder(table, report.definition.drug(drug).label)
        cells = [row.put(c, "money") for c in drug_costs(report, live, drug)]
        old, new = (index(span_of(cells), p) for p in positions)
        found[drug] = row.put(new - old, "extra")
        row.close()
    return found


def _price(live: LiveModel, over: dict[str, Formula], today: Formula, threshold: Formula, part: Formula) -> list[Formula]:
    """Price and share of today's, by QALYs and by equal-value life years; words where the drug adds no cost."""
    cells: list[Formula] = []
    small = live.bench.constants.alike * absolute(over["costs"])
    for gain in (over["qalys"], over["equal"]):
        rest = over["costs"] - part
        made = Formula(
            f"({threshold.text}*{gain.text}-({rest.text}))/{part.text}",
            float((threshold.value * gain.value - rest.value) / part.value) if part.value else 0.0,
        )
        cells += [where(part > small, made * today, NO_PRICE), where(part > small, made, NO_PRICE)]
    return cells
