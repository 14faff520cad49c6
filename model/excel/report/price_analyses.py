"""Prices: the value-based price as a line in the threshold, the chance of being cost-effective over price, net prices of
two drugs, and the values of other inputs at which the decision changes."""

from __future__ import annotations

import math

from model.analysis import NetPriceGrid, PriceAnalyses, PriceProbability, SwitchingValues, ValueBasedPrices
from model.analysis.columns.deterministic import SWITCHING_VALUES
from model.analysis.columns.prices import (
    AGAINST_ALL,
    AT_THRESHOLDS,
    CHANCE_AT_PRICE,
    CHANCES,
    CONFIRMED,
    CURVE,
    LINES,
    TRIED_PRICE,
)
from model.analysis.prices.switching_price import SwitchingPrices
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import PALETTE, Report
from model.excel.pages.cells import PageColumn, rows_of_frame
from model.excel.pages.desk import Entry
from model.excel.pages.heat import colour_by_sign
from model.excel.pages.lines import add_line, dash_of, line_chart
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns, put_results

KEY_WIDTH = 50.0
NO_LINE = (
    "No value-based price: no drug of the intervention that has a price raises the incremental cost, so its price sets no "
    "limit to being cost-effective."
)

PRICES = Entry(
    "Price analyses",
    "Price analyses",
    "Value-based prices over the threshold, chance of being cost-effective over price, net prices of two drugs",
    stored=True,
)


def write_price_analyses(report: Report, found: PriceAnalyses, thresholds: list[Formula]) -> None:
    """Write the sheet; ``thresholds``: the cells of all willingness-to-pay thresholds."""
    page = Page(report, PRICES.name)
    if found.value_based_prices.priced:
        lines = _lines(report, page, found.value_based_prices)
        _at_thresholds(report, page, found.value_based_prices, lines, thresholds)
    else:
        page.paragraph(NO_LINE)
    if len(report.names) > 2 and found.switching_prices.priced:
        _against_all(report, page, found.switching_prices)
    if found.probability is not None:
        _probability(report, page, found.probability)
    if found.net_prices is not None:
        _net_prices(report, page, found.net_prices)
    _switching_values(report, page, found.switching_values)
    page.close()


def _lines(report: Report, page: Page, prices: ValueBasedPrices) -> TableAt:
    return put_results(
        page,
        LINES.title,
        "Costs are linear in a price, so the price at which the incremental net monetary benefit (INMB) against "
        f"{report.names[report.positions[0]]} is zero is a + b x threshold, all else as at the run. {report.stored}",
        prices.lines(),
        LINES.pick("product", "price", "intercept", "slope", "unit"),
    )


def _at_thresholds(report: Report, page: Page, prices: ValueBasedPrices, lines: TableAt, thresholds: list[Formula]) -> None:
    confirmed = {(str(r.input), float(r.willingness_to_pay)): float(r.inmb) for r in rows_of_frame(prices.confirmed())}
    owner = {name: item.name for item in prices.priced for name in item.today}
    rows = []
    for k, line in enumerate(rows_of_frame(prices.lines())):
        today, a, b = (lines.local(k, column) for column in (1, 2, 3))
        for cell in thresholds:
            value = float(line.intercept) + float(line.slope) * float(cell.value)
            text = f"{a}+{b}*{cell.text}"
            run = confirmed.get((owner[str(line.input)], float(cell.value)), "price below zero: no run")
            rows.append([line.product, cell, Formula(text, value), Formula(f"({text})/{today}", value / line.price), run])
    page.filled(
        AT_THRESHOLDS.title,
        f"Live in the threshold. Against {report.names[report.positions[0]]}; below zero: not even at zero, all other prices "
        "unchanged, would the intervention be the better one. Last column: INMB of a run of the model at that price, "
        "which must be zero but for rounding [S].",
        page_columns(report, [*AT_THRESHOLDS.without("input", "price"), *CONFIRMED.pick("inmb")]),
        rows,
    )


def _against_all(report: Report, page: Page, found: SwitchingPrices) -> None:
    """Between which prices is the intervention the best of all options?"""
    rows = []
    for row in rows_of_frame(found.table()):
        none = math.isnan(row.best_up_to)
        low, high = ("none", "none") if none else (row.best_from, _price_or_words(row.best_up_to))
        today = "yes" if row.best_today else "no"
        rows.append([row.product, row.willingness_to_pay, low, high, row.better_below, row.better_above, today])
    page.filled(
        f"Price against the best of all {len(report.names)} options",
        "Between these prices, all other prices and all else as at the run, the intervention has the highest net benefit of "
        f"all options; none: at no price, not even zero. {report.stored}",
        page_columns(report, AGAINST_ALL.without("input", "price")),
        rows,
    )


def _price_or_words(price: float) -> float | str:
    return "none" if math.isnan(price) else "no price limits it" if math.isinf(price) else price


def _probability(report: Report, page: Page, found: PriceProbability) -> None:
    label = next(iter(found.priced.labels.values()))
    table = found.table()
    page.filled(
        f"Chance of being cost-effective: {label}",
        f"Over the draws, with the price taken as set. {report.stored}",
        page_columns(report, CHANCES.declared, KEY_WIDTH),
        [
            [
                r.willingness_to_pay,
                r.probability_today,
                r.probability_free,
                r.price_at_zero_mean_inmb,
                _price_or_words(r.price_with_even_chance),
            ]
            for r in rows_of_frame(table)
        ],
    )
    height = 340
    row = page.room(height)
    curve = found.curve()
    columns = page_columns(report, [TRIED_PRICE, *(CHANCE_AT_PRICE.of(threshold=float(t)) for t in curve.columns)])
    at = page.filled(
        CURVE.title,
        f"Chance that the intervention is the most cost-effective arm, over the price of {label}. {report.stored}",
        columns,
        [[float(price), *map(float, values)] for price, values in zip(curve.index, curve.to_numpy(), strict=True)],
    )
    chart = line_chart(
        report,
        "Chance of being cost-effective over price",
        f"Price of {label}, {report.currency}",
        "Chance",
        "0%",
        y_min=0,
        y_max=1,
        x_min=0,
    )
    for k, column in enumerate(columns[1:]):
        add_line(chart, column.header, at.series(0), at.series(1 + k), PALETTE[1 + k % (len(PALETTE) - 1)], dash_of(k))
    page.place(row, [chart], 760, height)


def _net_prices(report: Report, page: Page, grid: NetPriceGrid) -> None:
    threshold = report.decision_threshold
    first, second = grid.first, grid.second
    one, two = (next(iter(item.labels.values())) for item in (first, second))
    rows: list[list[object]] = [[f"Threshold, {report.currency} per QALY", threshold]]
    several = len(grid.rivals) > 1
    for k, rival in enumerate(grid.rivals):
        against = f" against {report.names[rival]}" if several else ""
        rows += [
            [f"Incremental QALYs{against}", float(grid.gain[k])],
            [f"Incremental cost{against} with both drugs free, {report.currency}", float(grid.free[k])],
            [f"Cost of {one} at list price{against}, {report.currency}", float(grid.at_list[k, 0])],
            [f"Cost of {two} at list price{against}, {report.currency}", float(grid.at_list[k, 1])],
        ]
    facts = page.filled(
        "Net prices of two drugs: what the grid is made of",
        f"Incremental cost = cost with both drugs free + share of list price x cost at list, for each drug. {report.stored}",
        [PageColumn("Quantity", "text", KEY_WIDTH), PageColumn("Value", "value", 18)],
        rows,
    )
    willingness_to_pay = _fixed(facts.local(0, 1))
    terms = [[_fixed(facts.local(1 + 4 * k + j, 1)) for j in range(4)] for k in range(len(grid.rivals))]
    head = page.filled(
        "Shares of list price across",
        "The columns of the grid.",
        [
            PageColumn("Drug", "text", KEY_WIDTH),
            *(PageColumn(f"{k + 1}", "share", 18) for k in range(len(grid.second_shares))),
        ],
        [[two, *map(float, grid.second_shares)]],
    )
    best = ", against the best other option" if several else ""
    at = page.table(
        f"INMB over net prices{best}, {report.currency}",
        f"Rows: net price of {one} as a share of its list price; columns: of {two}. Live over the quantities above. "
        "Light blue: cost-effective; orange: not (below 0).",
        [
            PageColumn(f"{one} (down), {two} (across)", "share", KEY_WIDTH),
            *(PageColumn(f"{share:.0%}", "money", 18) for share in grid.second_shares),
        ],
        len(grid.first_shares),
    )
    values = grid.inmb(threshold)
    for i, share in enumerate(grid.first_shares):
        row: list[object] = [float(share)]
        for j in range(len(grid.second_shares)):
            across = head.local(0, 1 + j)
            column, number = across.rstrip("0123456789"), across.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            down = f"$A{at.first_row + 1 + i}"
            benefits = [
                f"{willingness_to_pay}*{gain}-{free}-{down}*{cost_one}-{column}${number}*{cost_two}"
                for gain, free, cost_one, cost_two in terms
            ]
            text = f"MIN({','.join(benefits)})" if several else benefits[0]
            row.append(Formula(text, float(values[i, j])))
        at.rows.append(row)
    colour_by_sign(page, at, 1, len(grid.second_shares))


def _fixed(place: str) -> str:
    """A cell as formulas that are copied write it: ``$B$7``."""
    letters = place.rstrip("0123456789")
    return f"${letters}${place[len(letters) :]}"


def _switching_values(report: Report, page: Page, values: list[SwitchingValues]) -> None:
    rows = []
    for found in values:
        for root in found.roots or (None,):
            shown = "" if root is None else root
            rows.append([found.label, found.unit, found.base, found.low, found.high, shown, found.finding])
    page.filled(
        SWITCHING_VALUES.title,
        "Found by root finding within the range of the one-way analysis: INMB against the best of all other options, at "
        f"{report.currency} {report.decision_threshold:,.0f} per QALY, all else as in the base case. {report.stored}",
        page_columns(report, SWITCHING_VALUES.without("input")),
        rows,
    )


SHEET = AnalysisSheet(PriceAnalyses, (PRICES,), write_price_analyses)
