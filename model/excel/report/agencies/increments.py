"""The intervention in use over every arm, live: what the sheets of the agencies compare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.analysis.base_case.named_outputs import NO_RATIO
from model.analysis.columns.common import ARM
from model.excel.formulas.formula import SUM, Formula
from model.excel.formulas.functions import absolute, all_of, index, maximum, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

WORDS = {"costs": "Cost", "life_years": "Life years", "qalys": "QALYs"}
ITSELF = "(the intervention itself)"
KINDS = {"costs": "extra", "life_years": "gain", "qalys": "gain"}


def increments_over_each(
    report: Report,
    live: LiveModel,
    page: Page,
    new: Formula,
    totals: dict[tuple[str, int | str], Formula],
    kinds: Sequence[str],
) -> dict[str, list[Formula]]:
    """A table of differences by outcome, a cell per arm; ``totals``: the cells of the discounted totals."""
    columns = [PageColumn(f"{WORDS[k]}, intervention minus arm", KINDS[k]) for k in kinds]
    table = GrowingTable(
        page,
        "Intervention in use over each arm",
        "Discounted; a difference of rounding alone counts as 0.",
        [*page_columns(report, [ARM.wide(58)]), *columns],
    )
    found: dict[str, list[Formula]] = {k: [] for k in kinds}
    for a in range(len(report.definition.arms)):
        row = RowBuilder(table, label_of(report, a, new))
        for k in kinds:
            cells = [totals[k, i] for i in range(len(report.names))]
            found[k].append(row.put(over(live, cells, a, new), KINDS[k]))
        row.close()
    return found


def label_of(report: Report, arm: int, new: Formula) -> Formula:
    """The name of an arm as a comparator; other words for the intervention in use."""
    number = Formula("+".join(["1"] * (arm + 1)), float(arm + 1), SUM)
    return where(new.equals(number), ITSELF, report.definition.arms[arm].label)


def over(live: LiveModel, cells: Sequence[Formula], arm: int, new: Formula) -> Formula:
    """The intervention in use minus an arm, of cells that stand below each other; 0 where it is rounding alone."""
    gap = index(span_of(cells), new) - cells[arm]
    size = maximum(*(absolute(cell) for cell in cells))
    return where(absolute(gap) <= live.bench.constants.alike * size, 0, gap)


def span_of(cells: Sequence[Formula]) -> Formula:
    """Neighbouring cells of one column or row."""
    text = f"{cells[0].text}:{cells[-1].text.rsplit('!', 1)[1]}"
    return Formula(text, np.array([float(c.value) for c in cells]))


def column_of(at: TableAt, column: int, n: int) -> Formula:
    """The first cells of a column of a table that is being filled."""
    return span_of([Formula(at.cell(i, column), at.rows[i][column].value) for i in range(n)])


def ratio(cost: Formula, gain: Formula) -> Formula:
    """Cost per unit gained; words where a ratio would mislead."""
    made = Formula(f"{cost.text}/({gain.text})", float(cost.value) / float(gain.value) if gain.value else 0.0)
    return where(all_of(cost > 0, gain > 0), made, NO_RATIO)
