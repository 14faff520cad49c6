"""The trace of one arm as formulas: the twin of the engine's file of this name.

Time, curves, states, treatment, then every component of life years, QALYs and costs per cycle; each total is the sum of
the components to its left, and the sums over all cycles are the results.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from model.excel.formulas.formula import THIS, Formula
from model.excel.live.bench import Bench
from model.excel.live.care import CareLine
from model.excel.live.costs import cost_lines, event_weights
from model.excel.live.dosing import DrugCells, RegimenCells
from model.excel.live.drugs_by_number import drug_table
from model.excel.live.state_transition import StateColumns
from model.excel.live.states import ArmStates, Curves, write_states
from model.excel.live.streams import Calendars, Line, Window
from model.excel.live.timeline import Timeline
from model.excel.live.utilities import life_year_lines, qaly_lines
from model.excel.live.utility_periods import Utilities
from model.excel.pages.grid import GridColumn
from model.excel.pages.page import Page

ON_ANY_DRUG = "On any drug"
TOTALS = {"life_years": ("Life years", "years"), "qaly": ("QALYs", "QALYs"), "cost": ("Costs", "")}


@dataclasses.dataclass
class ArmTrace:
    """One arm: its states, the lines of its account, and the columns of its totals by kind; ``windows``: when it takes any
    drug, then each drug, then when care counts that has a first or last day, by name."""

    states: ArmStates
    lines: list[Line]
    totals: dict[str, GridColumn]
    windows: dict[str, Window]

    def of_kind(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]


def write_trace(
    bench: Bench,
    page: Page,
    timeline: Timeline,
    curves: Curves,
    calendars: Calendars,
    utilities: Utilities,
    drugs: dict[str, DrugCells],
    regimens: dict[tuple[str, str], RegimenCells],
    arm: str,
    name: str,
    by_states: StateColumns | None,
) -> ArmTrace:
    """The trace sheet of one arm."""
    states = write_states(bench, timeline, curves, regimens, arm, name, by_states)
    table = drug_table(bench, page, timeline, states, regimens)
    events = event_weights(bench, page, timeline, states, regimens)
    totals: dict[str, GridColumn] = {}
    lines = life_year_lines(bench, timeline, states)
    totals["life_years"] = _total(
        bench, states, "life_years", [c for c in states.grid.columns if c.group == "Life years, discounted"]
    )
    first = len(states.grid.columns)
    lines += qaly_lines(bench, page, timeline, states, utilities, table, events)
    totals["qaly"] = _total(bench, states, "qaly", states.grid.columns[first:])
    first = len(states.grid.columns)
    lines += cost_lines(bench, page, timeline, states, calendars, drugs, regimens, table, events)
    money = [c for c in states.grid.columns[first:] if c.unit == bench.report.currency]
    totals["cost"] = _total(bench, states, "cost", money)
    windows = dict(zip((c.header for c in states.on_treatment.values()), table.windows, strict=True))
    days = {line.within.words: line.within.window for line in lines if isinstance(line, CareLine) and line.within}
    return ArmTrace(states, lines, totals, {ON_ANY_DRUG: events.window, **windows, **days})


def _total(bench: Bench, states: ArmStates, kind: str, parts: Sequence[GridColumn]) -> GridColumn:
    """The sum of the components in each row."""
    words, unit = TOTALS[kind]
    column = states.grid.column(f"{words}, total", unit or bench.report.currency, "price" if kind == "cost" else "small")
    terms, value = [], 0.0
    for part in parts:
        terms.append(f"{states.grid.prefix}{part.name}{THIS}")
        value = value + part.values
    text = _sum_text(states, list(parts)) if terms else "0"
    column.fill(Formula(text, value))
    return column


def _sum_text(states: ArmStates, parts: list[GridColumn]) -> str:
    """SUM over runs of neighbouring columns."""
    runs: list[list[GridColumn]] = []
    for part in parts:
        if runs and part.number == runs[-1][-1].number + 1:
            runs[-1].append(part)
        else:
            runs.append([part])
    pieces = []
    for run in runs:
        first, last = f"{states.grid.prefix}{run[0].name}{THIS}", f"{run[-1].name}{THIS}"
        pieces.append(first if len(run) == 1 else f"{first}:{last}")
    return f"SUM({','.join(pieces)})"
