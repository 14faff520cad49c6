"""Costs by category and state, QALYs and life years by state: discounted and not, with increments and shares."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from .cells import Column, Live
from .charts import cost_breakdown
from .page import Page, TableAt
from .report import DISAGGREGATED, Report
from .traces import TraceAt

KINDS = {"life_years": "life_years", "qalys": "qaly", "costs": "cost"}


@dataclasses.dataclass(frozen=True)
class DisaggregatedAt:
    """Where the totals stand: (outcome, arm position, "discounted" or "undiscounted") -> cell; costs table for charts."""

    totals: dict[tuple[str, int, str], str]
    costs: TableAt


def write_disaggregated(report: Report, traces: dict[str, TraceAt]) -> DisaggregatedAt:
    """Write the sheet; every amount is the sum of its column in the trace of the arm."""
    page = Page(report, DISAGGREGATED.name)
    totals: dict[tuple[str, int, str], str] = {}
    tables = {}
    for outcome, words, unit, kind in (
        ("costs", "Costs", report.currency, "money"),
        ("qalys", "QALYs", "QALYs", "qalys"),
        ("life_years", "Life years", "years", "years"),
    ):
        tables[outcome] = _write_outcome(report, page, traces, totals, outcome, words, unit, kind)
    if len(tables["costs"].rows) > 1:
        page.heading("Costs by category")
        page.charts([cost_breakdown(report, tables["costs"])], width=1100, height=400)
    page.close()
    return DisaggregatedAt(totals, tables["costs"])


def _write_outcome(
    report: Report,
    page: Page,
    traces: dict[str, TraceAt],
    totals: dict[tuple[str, int, str], str],
    outcome: str,
    words: str,
    unit: str,
    kind: str,
) -> TableAt:
    make = getattr(report.base, outcome)
    discounted, undiscounted = make("discounted"), make("undiscounted")
    n = len(report.names)
    columns = [
        Column("Category", "text", 30),
        Column("State", "text", 18),
        *(Column(f"{name}, {unit}", kind) for name in report.names),
        Column(f"Increment, {unit}", kind),
        Column("Share of absolute increment", "share"),
        *(Column(f"{name}, undiscounted, {unit}", kind) for name in report.names),
        Column(f"Increment, undiscounted, {unit}", kind),
    ]
    explanation = (
        f"Per patient. Increment: {report.increment}. Discounted first, undiscounted to the right of it."
    )
    at = page.table(words, explanation, columns, len(discounted) + 1, n_totals=1)
    sums = {
        (i, which): float(table[label].sum())
        for which, table in (("discounted", discounted), ("undiscounted", undiscounted))
        for i, label in enumerate(report.base.arm_labels)
    }
    for i in range(len(discounted)):
        cells: list[Any] = [discounted["category"][i], discounted["state"][i]]
        cells += _amounts(report, traces, outcome, discounted, i, "discounted")
        cells += _increment(report, at, i, 2, cells[2 : 2 + n])
        cells.append(_share(at, i, n, float(discounted["share_of_absolute_increment"][i])))
        amounts = _amounts(report, traces, outcome, undiscounted, i, "undiscounted")
        at.rows.append([*cells, *amounts, *_increment(report, at, i, 4 + n, amounts)])
    last = len(discounted)
    total: list[Any] = ["Total", ""]
    for which, start in (("discounted", 2), ("undiscounted", 4 + n)):
        sums_of = [_sum(at, start + a, sums[a, which]) for a in range(n)]
        total += [*sums_of, *_increment(report, at, last, start, sums_of)]
        if which == "discounted":
            total.append("")
        for a in range(n):
            totals[outcome, a, which] = at.cell(last, start + a)
    at.rows.append(total)
    return at


def _sum(at: TableAt, column: int, value: float) -> Live | float:
    """The total of a column; 0 where the model has no such amounts."""
    return Live(f"SUM({at.span(column)})", value) if at.n_rows > at.n_totals else 0.0


def _amounts(
    report: Report, traces: dict[str, TraceAt], outcome: str, table: pd.DataFrame, row: int, which: str
) -> list[Any]:
    """An amount per arm: the total of its column in the trace, or 0 where the arm has no such cost."""
    cells: list[Any] = []
    category = table["category"][row]
    shared = (table["category"] == category).sum() > 1
    for arm, label in zip(report.definition.arm_ids, report.base.arm_labels, strict=True):
        value = float(table[label][row])
        source = None if shared else traces[arm].total(KINDS[outcome], category, which)
        cells.append(value if source is None else Live(source, value))
    return cells


def _increment(report: Report, at: TableAt, row: int, start: int, amounts: list[Any]) -> list[Live]:
    old, new = report.positions
    values = [float(a.value if isinstance(a, Live) else a) for a in amounts]
    formula = f"{at.local(row, start + new)}-{at.local(row, start + old)}"
    return [Live(formula, values[new] - values[old])]


def _share(at: TableAt, row: int, n: int, value: float) -> Live:
    increment = at.span(2 + n)
    size = f'(SUMIF({increment},">0")-SUMIF({increment},"<0"))'
    return Live(f"IF({size}=0,0,ABS({at.local(row, 2 + n)})/{size})", value)
