"""One sheet per arm with every cycle of the base case; totals above, which are sums over the rows."""

from __future__ import annotations

import dataclasses

import numpy as np
from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell

from model.engine.trace import Trace

from ..measures import lines_of, row_height
from ..styles import OUTPUT_FILL
from .blocks import BlockColumn, BlockSheet
from .cells import FORMATS, Live, finish, header_style, write_cell, write_top
from .report import Report

GROUP_ROW, TOTAL_ROW, RESULT_ROW, DIFFERENCE_ROW, UNDISCOUNTED_ROW, HEADER_ROW, FIRST_ROW = (
    4,
    5,
    6,
    7,
    8,
    10,
    11,
)
KINDS = {"life_years": "Life years", "qaly": "QALYs", "cost": "Costs"}
KEY_COLUMNS = 4
TIME = {
    "Cycle": ("", "plain"),
    "Days": ("", "count"),
    "Months": ("", "area"),
    "Years": ("", "ratio"),
    "Age": ("years", "area"),
}


@dataclasses.dataclass
class TraceColumn:
    """One column of the sheet; ``key`` is (kind, category) for a part of a total, (kind, "") for the total."""

    group: str
    header: str
    kind: str
    values: np.ndarray
    key: tuple[str, str] | None = None
    result: float = 0.0
    undiscounted: float = 0.0


@dataclasses.dataclass(frozen=True)
class TraceAt:
    """Where the columns of one arm's trace stand."""

    sheet: str
    columns: dict[str, int]
    parts: dict[tuple[str, str], int]
    n_rows: int

    def cell(self, name: str, row: int) -> str:
        """A cell of a named column, as other sheets write it."""
        return f"{quote_sheetname(self.sheet)}!{xl_rowcol_to_cell(FIRST_ROW + row, self.columns[name])}"

    def total(self, kind: str, category: str, discounted: str) -> str | None:
        """The cell of a part's total, or None where the trace has no such column."""
        if (kind, category) not in self.parts:
            return None
        row = TOTAL_ROW if discounted == "discounted" else UNDISCOUNTED_ROW
        place = xl_rowcol_to_cell(row, self.parts[kind, category], row_abs=True, col_abs=True)
        return f"{quote_sheetname(self.sheet)}!{place}"


def write_trace(report: Report, arm: str) -> TraceAt:
    """Write the trace sheet of one arm."""
    trace, entry = report.base.traces[arm], report.trace_entries[arm]
    sheet = report.sheet(entry.name)
    assert isinstance(sheet, BlockSheet)
    columns = trace_columns(report, trace)
    write_top(report, sheet, entry.title, entry.purpose)
    _write_totals(report, sheet, columns)
    n_rows = len(trace.columns["Cycle"])
    sheet.add_block(FIRST_ROW, _block(columns))
    for number, column in enumerate(columns):
        sheet.set_column(
            number,
            number,
            12 if number < len(TIME) else 14,
            report.styles.make(num_format=FORMATS[column.kind]),
        )
    sheet.freeze_panes(FIRST_ROW, KEY_COLUMNS)
    finish(report, sheet, "C")
    sheet.set_paper(8)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.repeat_columns(0, KEY_COLUMNS - 1)
    sheet.print_area(0, 0, FIRST_ROW + n_rows - 1, len(columns) - 1)
    names = {c.header.split("\n")[0]: i for i, c in enumerate(columns) if c.key is None}
    return TraceAt(entry.name, names, {c.key: i for i, c in enumerate(columns) if c.key}, n_rows)


def trace_columns(report: Report, trace: Trace) -> list[TraceColumn]:
    """The columns from left to right: time, discount factors, curves after each step, states, treatment, accounts."""
    columns = []
    for name, values in trace.columns.items():
        if name in TIME:
            unit, kind = TIME[name]
            columns.append(TraceColumn("Time", f"{name}\n({unit})" if unit else name, kind, values))
        elif name.startswith("Discount factor"):
            columns.append(TraceColumn("Discount factors", name, "factor", values))
        elif name in ("Progression-free", "Progressed", "Dead"):
            columns.append(TraceColumn("States (share of patients)", name, "factor", values))
        elif name.startswith("On "):
            columns.append(TraceColumn("On treatment (share of patients)", name, "factor", values))
        else:
            after = {"PFS": "PFS\n(after all steps)", "OS": "OS\n(after all steps)"}.get(name, name)
            columns.append(TraceColumn("Curves (share of patients)", after, "factor", values))
    for kind, words in KINDS.items():
        columns += _account(report, trace, kind, words)
    return columns


def _account(report: Report, trace: Trace, kind: str, words: str) -> list[TraceColumn]:
    """The parts of one total, and the total itself."""
    number_format = "price" if kind == "cost" else "small"
    unit = {"life_years": "years", "qaly": "QALYs", "cost": report.currency}[kind]
    account = {
        "life_years": report.base.outcomes.life_years,
        "qaly": report.base.outcomes.qalys,
        "cost": report.base.outcomes.costs,
    }[kind]
    place = report.definition.arm_ids.index(trace.arm)
    group = f"{words}, discounted ({unit})"
    found = []
    for (of_kind, category), values in trace.discounted.items():
        if of_kind == kind:
            of = [i for i, c in enumerate(account.categories) if c == category]
            found.append(
                TraceColumn(
                    group,
                    f"{category}\n({unit})",
                    number_format,
                    values,
                    (kind, category),
                    float(account.discounted[0, place, of].sum()),
                    float(account.undiscounted[0, place, of].sum()),
                )
            )
    total = np.sum([np.zeros(len(trace.columns["Cycle"])), *(c.values for c in found)], axis=0)
    found.append(
        TraceColumn(
            group,
            f"{words}, total\n({unit})",
            number_format,
            total,
            (kind, ""),
            float(account.total()[0, place]),
            float(account.total("undiscounted")[0, place]),
        )
    )
    return found


def _block(columns: list[TraceColumn]) -> list[BlockColumn]:
    """The rows; a total is the sum of the cells to its left."""
    block = []
    first_part = 0
    for number, column in enumerate(columns):
        if column.key and column.key[1] and (number == 0 or columns[number - 1].group != column.group):
            first_part = number
        formula = None
        if column.key and not column.key[1] and columns[number - 1].group == column.group:
            left, right = xl_col_to_name(first_part), xl_col_to_name(number - 1)
            formula = _sum_of(left, right)
        block.append(BlockColumn(column.values.tolist(), formula))
    return block


def _sum_of(left: str, right: str):
    return lambda row: f"SUM({left}{row}:{right}{row})"


def _write_totals(report: Report, sheet: BlockSheet, columns: list[TraceColumn]) -> None:
    """Group names, sums over all cycles, the results they must equal, and the headers."""
    bold = report.styles.make(bold=True)
    for row, words in (
        (TOTAL_ROW, "Sum over all cycles [O]"),
        (RESULT_ROW, "Result of the model [S]"),
        (DIFFERENCE_ROW, "Difference [O]"),
        (UNDISCOUNTED_ROW, "Undiscounted result [S]"),
    ):
        sheet.write_string(row, 0, words, bold)
    last = FIRST_ROW + len(columns[0].values)
    lines = 1
    for number, column in enumerate(columns):
        if number == 0 or columns[number - 1].group != column.group:
            sheet.write_string(GROUP_ROW, number, column.group, report.styles.table_title)
        else:
            sheet.write_blank(GROUP_ROW, number, None, report.styles.title_line)
        sheet.write_string(HEADER_ROW, number, column.header, header_style(report.styles, True))
        lines = max(lines, lines_of(column.header, 12))
        if column.key is None:
            continue
        name = xl_col_to_name(number)
        total = float(column.values.sum())
        live = Live(f"SUM({name}{FIRST_ROW + 1}:{name}{last})", total)
        write_cell(report, sheet, TOTAL_ROW, number, live, column.kind, bold=True)
        write_cell(report, sheet, RESULT_ROW, number, column.result, column.kind)
        difference = Live(
            f"ROUND({name}{TOTAL_ROW + 1}-{name}{RESULT_ROW + 1},6)", round(total - column.result, 6) + 0.0
        )
        write_cell(report, sheet, DIFFERENCE_ROW, number, difference, column.kind)
        write_cell(report, sheet, UNDISCOUNTED_ROW, number, column.undiscounted, column.kind)
    sheet.set_row(HEADER_ROW, row_height(lines))
    legend = report.styles.make(italic=True, font_color="#6B7280", bg_color=OUTPUT_FILL)
    sheet.write_string(
        HEADER_ROW - 1,
        0,
        "Rows below: [S] stored columns; totals are sums of the cells to their left [O]",
        legend,
    )
