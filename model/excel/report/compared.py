"""Totals of all arms as they are compared, and which arms are the best at each threshold: working tables of the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model.analysis.columns.base_case import PREFERRED
from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.analysis.decision import ROUNDING
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import flag, index, largest, maximum, nth_smallest, smallest, sumproduct
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

WIDE = 58.0


class Compared:
    """Totals by arm in which a difference of rounding alone is none; the increments of the intervention over the comparator.

    ``columns``: by outcome the cell of each arm. The table stands on the sheet Workings.
    """

    def __init__(
        self,
        report: Report,
        page: Page,
        positions: tuple[Formula, Formula],
        title: str,
        columns: Mapping[Any, Sequence[Formula]],
        headers: Sequence[PageColumn],
    ):
        self.report, self.keys = report, list(columns)
        n = len(report.names)
        self.at: TableAt = page.table(
            title,
            "Options are equal where they differ by rounding alone: each total gives way to the lowest one that is not below "
            "it by more than a billionth of the largest.",
            headers,
            n,
        )
        settled = {key: [_settled(span_of(cells), cell) for cell in cells] for key, cells in columns.items()}
        self.at.rows = [[arm.label, *(settled[key][i] for key in self.keys)] for i, arm in enumerate(report.definition.arms)]
        old, new = positions
        self.increments = {key: index(self.column(key), new) - index(self.column(key), old) for key in self.keys}

    def column(self, key: Any) -> Formula:
        """The totals of all arms."""
        j = 1 + self.keys.index(key)
        cells = [Formula(self.at.cell(i, j), row[j].value) for i, row in enumerate(self.at.rows)]
        return span_of(cells)

    def cell(self, key: Any, arm: int) -> Formula:
        """The total of one arm."""
        j = 1 + self.keys.index(key)
        return Formula(self.at.cell(arm, j), self.at.rows[arm][j].value)


def span_of(cells: Sequence[Formula]) -> Formula:
    """Neighbouring cells, from the first to the last."""
    text = f"{cells[0].text}:{cells[-1].text.rsplit('!', 1)[1]}"
    return Formula(text, np.array([cell.value for cell in cells], dtype=float))


def largest_size(span: Formula) -> Formula:
    """The largest of some numbers without their signs."""
    return maximum(largest(span), -smallest(span))


def _settled(span: Formula, own: Formula) -> Formula:
    """A total as it is compared: the lowest of all that is not below it by more than rounding (decision/rounding.py)."""
    allowed = Formula("alike", ROUNDING) * largest_size(span)
    return nth_smallest(span, 1 + sumproduct((span < own - allowed) * 1))


class BestOptions:
    """Which arms have the highest net monetary benefit at each threshold: ``best``, a row of 1 and 0 each; ``preferred``, the
    name of the first of them."""

    def __init__(self, report: Report, page: Page, title: str, n_rows: int):
        self.report = report
        self.best: list[Formula] = []
        self.preferred: list[Formula] = []
        self.at = page.table(
            title,
            "1: no option has a higher net monetary benefit (several, where they differ by rounding alone); the fully "
            "incremental analysis over thresholds. The first of several is named.",
            [
                *page_columns(report, [WILLINGNESS_TO_PAY], WIDE),
                *(PageColumn(f"Best: {name}", "plain") for name in report.names),
                *page_columns(report, [PREFERRED]),
            ],
            n_rows,
        )

    def add(self, threshold: Formula, costs: Formula, qalys: Formula, nmb: Sequence[Formula]) -> Formula:
        """The row of a threshold, given the totals as they are compared and the net benefit of each arm; the name of the
        best."""
        row, n = len(self.at.rows), len(nmb)
        span = Formula(f"MAX({','.join(v.text for v in nmb)})", max(float(v.value) for v in nmb))
        least = span - Formula("alike", ROUNDING) * (threshold * largest_size(qalys) + largest_size(costs))
        flags = [flag(own >= least) for own in nmb]
        cells = f"{self.at.cell(row, 1)}:{self.at.cell(row, n).rsplit('!', 1)[1]}"
        best = Formula(cells, np.array([float(f.value) for f in flags]))
        assert self.report.layout is not None
        names = self.report.layout.tables["arms"].block("short_label").reference
        name = Formula(f"INDEX({names},MATCH(1,{cells},0))", self.report.names[int(np.argmax(best.value))])
        self.at.rows.append([threshold, *flags, name])
        self.best.append(best)
        self.preferred.append(Formula(self.at.cell(row, n + 1), name.value))
        return self.preferred[-1]
