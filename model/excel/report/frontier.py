"""The fully incremental comparison of all arms, live: by cost, with dominance and extended dominance.

An option on the frontier is one that no cheaper or equally dear option matches in effect, and for which the steepest
ratio from any such option below it does not exceed the flattest ratio to any above it (Johannesson and Weinstein 1993).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from model.analysis.columns.common import OPTION
from model.analysis.columns.decision import COMPARED_WITH, INCREMENTAL
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, match, ordinal, sumproduct, total, where
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

WIDE = 58.0


@dataclasses.dataclass(frozen=True)
class FrontierAt:
    """Cells of the fully incremental analysis: of each arm its status, and its ICER on the frontier ("" elsewhere)."""

    status: list[Formula]
    icer: list[Formula]


def write_frontier(
    report: Report, pages: tuple[Page, Page], costs: Formula, qalys: Formula, title: str = INCREMENTAL.title
) -> FrontierAt:
    """The table of all arms by cost on the first of ``pages``; on the second the two tables that it is worked out with.

    ``costs``, ``qalys``: cells of the totals as they are compared, in which a difference of rounding alone is none.
    """
    n = len(report.names)
    page, workings = pages
    ranks = _ranks(report, workings, n, costs, qalys)
    at = page.table(
        title,
        "All arms by cost. Dominated: another arm is no dearer and no less effective. Extendedly dominated: a mix of two "
        "others does better. Increments are against the arm before it on the frontier.",
        page_columns(report, [*INCREMENTAL.without("compared_with"), COMPARED_WITH], WIDE),
        n,
    )
    places = [match(ordinal(ranks, i), ranks) for i in range(n)]
    cost = [index(costs, p) for p in places]
    effect = [index(qalys, p) for p in places]
    costs_here = [Formula(at.cell(i, 1), c.value) for i, c in enumerate(cost)]
    effects_here = [Formula(at.cell(i, 2), e.value) for i, e in enumerate(effect)]
    kept, frontier, before = _slopes(report, workings, n, costs_here, effects_here)
    labels = [report.definition.arms[int(p.value) - 1] for p in places]
    assert report.layout is not None
    long, short = (report.layout.tables["arms"].block(f).reference for f in ("label", "short_label"))
    for i in range(n):
        name = Formula(f"INDEX({long},{places[i].text})", labels[i].label)
        first = i == 0
        on = frontier[i]
        twins = (_twin(i, costs_here, effects_here, marks) for marks in (frontier, kept))
        status = _status(first, on, kept[i], *twins)
        if first:
            at.rows.append([name, cost[i], effect[i], "", "", "", status, ""])
            continue
        previous = before[i]
        own = bool(on.value)
        last = [
            index(_column(at, c, [x.value for x in cells]), previous) for c, cells in ((1, costs_here), (2, effects_here))
        ]
        increments = [
            _shown(on, here - there, own) for here, there in zip((costs_here[i], effects_here[i]), last, strict=True)
        ]
        ratio_cells = [Formula(at.cell(i, 3), increments[0].value), Formula(at.cell(i, 4), increments[1].value)]
        ratio = Formula(f"{ratio_cells[0].text}/{ratio_cells[1].text}", 0.0)
        if own:
            ratio.value = float(increments[0].value) / float(increments[1].value)
        icer = _shown(on, ratio, own)
        place = int(previous.value) - 1
        compared = Formula(f"INDEX({short},{_place_text(places, previous, at, ranks)})", labels[place].short_label)
        shown = where(on, compared, "") if own else Formula(f'IF({on.text},{compared.text},"")', "")
        at.rows.append([name, cost[i], effect[i], *increments, icer, status, shown])
    by_arm = [_at(ranks, a) for a in range(n)]
    return FrontierAt(_of_arms(at, 6, by_arm), _of_arms(at, 5, by_arm))


def _of_arms(at: TableAt, column: int, places: list[Formula]) -> list[Formula]:
    """The cells of a column, arm by arm in the order of the definition."""
    values = [cell.value if isinstance(cell, Formula) else cell for cell in (row[column] for row in at.rows)]
    span = f"{at.cell(0, column)}:{at.cell(len(values) - 1, column).rsplit('!', 1)[1]}"
    return [Formula(f"INDEX({span},{p.text})", values[int(p.value) - 1]) for p in places]


def _place_text(places: list[Formula], previous: Formula, at: Any, ranks: Formula) -> str:
    """The number of the arm that stands in a row of the table."""
    return f"MATCH({previous.text},{ranks.text},0)"


def _column(at: Any, column: int, values: list[Any]) -> Formula:
    start, stop = at.cell(0, column), at.cell(len(values) - 1, column)
    return Formula(f"{start}:{stop.rsplit('!', 1)[1]}", np.array(values, dtype=float))


def _shown(on: Formula, made: Formula, own: bool) -> Formula:
    return where(on, made, "") if own else Formula(f'IF({on.text},{made.text},"")', "")


def _ranks(report: Report, page: Page, n: int, costs: Formula, qalys: Formula) -> Formula:
    """The place of each arm by cost; equal costs: more effective first, then as given."""
    table = GrowingTable(
        page,
        "Order of the arms by cost",
        "Place 1 is the cheapest; of arms that cost the same the more effective comes first.",
        [
            *page_columns(report, [OPTION], WIDE),
            PageColumn("Place", "plain"),
            PageColumn("Cheaper arms", "plain"),
            PageColumn("As dear and more effective", "plain"),
            PageColumn("Alike and listed before", "plain"),
        ],
    )
    for i, arm in enumerate(report.definition.arms):
        cost, effect = _at(costs, i), _at(qalys, i)
        cheaper = sumproduct((costs < cost) * 1)
        better = sumproduct(costs.equals(cost) * (qalys > effect))
        row = len(table.at.rows)
        cells = [Formula(table.at.cell(row, 2 + k), 0.0) for k in range(3)]
        alike = formula_of(0)
        if i:
            earlier = _upto(costs, i).equals(cost) * _upto(qalys, i).equals(effect)
            alike = sumproduct(earlier)
        for cell, made in zip(cells, (cheaper, better, alike), strict=True):
            cell.value = made.value
        table.add(arm.label, 1 + total(*cells), cheaper, better, alike)
    return table.span(1)


def _at(span: Formula, i: int) -> Formula:
    """One cell of a column."""
    return Formula(_cell(span.text, i), float(span.value[i]))


def _cell(text: str, i: int) -> str:
    sheet, cells = text.rsplit("!", 1)
    column, row = cells.split(":")[0].rsplit("$", 1)
    return f"{sheet}!{column}${int(row) + i}"


def _upto(span: Formula, i: int) -> Formula:
    first, last = _cell(span.text, 0), _cell(span.text, i - 1)
    return Formula(f"{first}:{last.rsplit('!', 1)[1]}", span.value[:i])


def _slopes(
    report: Report, page: Page, n: int, costs: list[Formula], effects: list[Formula]
) -> tuple[list[Formula], list[Formula], list[Formula]]:
    """By place: is the arm undominated, is it on the frontier, and the place of the one before it on the frontier."""
    table = GrowingTable(
        page,
        "Ratios between the arms",
        "By place: the extra cost per extra QALY from the arm of the column to that of the row, where neither is dominated.",
        [
            PageColumn("Place", "plain", WIDE),
            PageColumn("Undominated", "plain"),
            PageColumn("On the frontier", "plain"),
            PageColumn("Before it on the frontier", "plain"),
            PageColumn("Steepest from below", "money"),
            PageColumn("Flattest to above", "money"),
            *(PageColumn(f"From place {j + 1}", "money") for j in range(n)),
        ],
    )
    start = len(table.at.rows)

    def cell(i: int, column: int, value: Any) -> Formula:
        return Formula(table.at.cell(start + i, column), value)

    keep_values = [1.0]
    keep_values += [float(effects[i].value > max(e.value for e in effects[:i])) for i in range(1, n)]
    slope_values = [
        [
            (costs[i].value - costs[j].value) / (effects[i].value - effects[j].value)
            if j < i and keep_values[i] and keep_values[j]
            else ""
            for j in range(n)
        ]
        for i in range(n)
    ]
    below = [max((v for v in slope_values[i] if v != ""), default="") for i in range(n)]
    above = [min((slope_values[k][i] for k in range(n) if slope_values[k][i] != ""), default="") for i in range(n)]
    frontier_values = [
        float(bool(keep_values[i]) and (below[i] == "" or above[i] == "" or below[i] <= above[i])) for i in range(n)
    ]
    kept, frontier, before = [], [], []
    for i in range(n):
        others = f"{effects[0].text}:{effects[i - 1].text.rsplit('!', 1)[1]}" if i else ""
        keep = Formula(f"IF({effects[i].text}>MAX({others}),1,0)" if i else "1", keep_values[i])
        row_slopes = f"{table.at.cell(start + i, 6)}:{table.at.cell(start + i, 5 + n).rsplit('!', 1)[1]}"
        column_slopes = f"{table.at.cell(start, 6 + i)}:{table.at.cell(start + n - 1, 6 + i).rsplit('!', 1)[1]}"
        low = Formula(f'IF(COUNT({row_slopes})=0,"",MAX({row_slopes}))', below[i])
        high = Formula(f'IF(COUNT({column_slopes})=0,"",MIN({column_slopes}))', above[i])
        keep_cell, low_cell, high_cell = (cell(i, 1, keep_values[i]), cell(i, 4, below[i]), cell(i, 5, above[i]))
        convex = f'OR({low_cell.text}="",{high_cell.text}="",{low_cell.text}<={high_cell.text})'
        on = Formula(f"IF(AND({keep_cell.text}=1,{convex}),1,0)", frontier_values[i])
        earlier = [j + 1 for j in range(i) if frontier_values[j]]
        above_cells = f"{table.at.cell(start, 2)}:{table.at.cell(start + i - 1, 2).rsplit('!', 1)[1]}" if i else ""
        places = f"{table.at.cell(start, 0)}:{table.at.cell(start + i - 1, 0).rsplit('!', 1)[1]}" if i else ""
        last = Formula(f"SUMPRODUCT(MAX({above_cells}*{places}))" if i else "0", float(max(earlier, default=0)))
        slopes: list[Any] = []
        for j in range(n):
            text = (
                f"IF({keep_cell.text}*{cell(j, 1, 0).text}=1,"
                f'({costs[i].text}-{costs[j].text})/({effects[i].text}-{effects[j].text}),"")'
            )
            slopes.append(Formula(text, slope_values[i][j]) if j < i else "")
        table.add(float(i + 1), keep, on, last, low, high, *slopes)
        kept.append(keep_cell)
        frontier.append(cell(i, 2, frontier_values[i]))
        before.append(cell(i, 3, last.value))
    return kept, frontier, before


def _twin(i: int, costs: list[Formula], effects: list[Formula], marks: list[Formula]) -> Formula:
    """How many options listed before have the same cost and QALYs and a mark (1 or 0) of their own."""
    if i == 0:
        return formula_of(0)
    same = [
        float(c.value == costs[i].value and e.value == effects[i].value and bool(m.value))
        for c, e, m in zip(costs[:i], effects[:i], marks[:i], strict=True)
    ]
    spans = [f"{x[0].text}:{x[i - 1].text.rsplit('!', 1)[1]}" for x in (costs, effects, marks)]
    text = f"SUMPRODUCT(({spans[0]}={costs[i].text})*({spans[1]}={effects[i].text})*{spans[2]})"
    return Formula(text, float(sum(same)))


def _status(first: bool, on: Formula, kept: Formula, twin_on: Formula, twin_kept: Formula) -> Formula:
    """The status in words; an option equal to one listed before shares its fate (``analysis/decision/incremental.py``)."""
    if first:
        return Formula('"reference"', "reference")
    copy = where(twin_on > 0, "identical", where(twin_kept > 0, "extendedly dominated", "dominated"))
    return where(on, "on frontier", where(kept, "extendedly dominated", copy))
