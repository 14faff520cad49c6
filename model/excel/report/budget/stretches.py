"""The years of the budget on the time axis of a patient, as formulas: which part of each cycle lies in which year.

The twin of what ``analysis/arising.py`` knows of stretches of time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import flag, maximum, minimum, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.streams import Stretch, Window
from model.excel.live.timeline import Timeline
from model.excel.output_sheets import BUDGET_YEARS
from model.excel.pages.grid import Grid, GridColumn

SPARE_ROWS = 3


def write_stretches(live: LiveModel, years: Sequence[tuple[Formula, Formula]]) -> list[Stretch]:
    """The sheet of cycles; ``years``: first day of each year of the budget and of the one after it, since treatment began."""
    bench, timeline = live.bench, live.timeline
    rows = _rows(live, len(years))
    grid = bench.grid(BUDGET_YEARS.name, rows)
    grid.group = "Time"
    cycle = grid.fixed("Cycle", "", "plain", np.arange(float(rows)))
    days = grid.column("Days", "", "count").fill(_cut(timeline.days, rows))
    rules, c = timeline.rules, bench.constants
    short = flag(days.part(rows - 1, rows).single() < minimum(years[-1][1], rules.horizon_days))
    bench.rows_missing.append(("Budget impact: cycles of the years budgeted", short))
    grid.group = "What a boundary stands for"
    before, after = rules.end_half * rules.cycle_days, rules.start_half * rules.cycle_days
    first = grid.column("From day", "", "count")
    first.fill(maximum(0, days.here - first.take("Days before it", before)))
    last = grid.column("Until day", "", "count")
    last.fill(minimum(last.take("Horizon", rules.horizon_days), days.here + last.take("Days after it", after)))
    parts = [_year(grid, timeline, c.smallest, days, first, last, k, year) for k, year in enumerate(years, start=1)]
    weights = {}
    for arm, trace in live.arms.items():
        label = bench.definition.arm(arm).short_label
        grid.group = f"{label}: undiscounted weights of what accrues"
        state = grid.column("In a state", "years", "small").fill(_cut(timeline.accrual["none"], rows))
        made = [_weight(grid, timeline, c.days_per_year, cycle, days, w, n, state) for n, w in trace.windows.items()]
        weights[arm] = [state, *made]
    return [
        Stretch(start, stop, boundaries, cycles, weights, c.time_tolerance)
        for (start, stop), (boundaries, cycles) in zip(years, parts, strict=True)
    ]


def _rows(live: LiveModel, n_years: int) -> int:
    """Rows for the cycles of the years budgeted, also for the shortest cycle of any scenario."""
    definition = live.bench.definition
    lengths = [definition.settings.cycle_days]
    lengths += [float(r.value) for r in definition.scenarios if r.input == "settings.cycle_days"]
    return min(live.bench.n_rows, math.ceil(n_years * definition.settings.days_per_year / min(lengths)) + SPARE_ROWS)


def _cut(column: GridColumn, rows: int) -> Formula:
    """A column of a longer sheet in the same rows."""
    return Formula(column.here.text, column.values[:rows])


def _year(
    grid: Grid,
    timeline: Timeline,
    smallest: Formula,
    days: GridColumn,
    first: GridColumn,
    last: GridColumn,
    number: int,
    year: tuple[Formula, Formula],
) -> tuple[GridColumn, GridColumn]:
    """The part inside one year of the time of each boundary, and of each cycle that ends."""
    grid.group = f"Year {number}"
    found: list[GridColumn] = []
    for header in ("Of the boundary's time", "Of the cycle that ends here"):
        column = grid.column(header, "share", "share")
        start, stop = column.take("From day", year[0]), column.take("Until day", year[1])
        if found:
            length = column.take("Cycle length", timeline.rules.cycle_days)
            inside = maximum(0, minimum(stop, days.here) - maximum(start, days.here - length))
            found.append(column.fill(inside / length))
        else:
            inside = maximum(0, minimum(stop, last.here) - maximum(start, first.here))
            found.append(column.fill(inside / maximum(smallest, last.here - first.here)))
    return found[0], found[1]


def _weight(
    grid: Grid,
    timeline: Timeline,
    days_per_year: Formula,
    cycle: GridColumn,
    days: GridColumn,
    window: Window,
    header: str,
    state: GridColumn,
) -> GridColumn:
    """Undiscounted weight in years at each boundary of what accrues within a window, as :meth:`Window.weight`."""
    rules = timeline.rules
    column = grid.column(header, "years", "small")
    start, stop = column.take("From day", window.start), column.take("Until day", window.stop)
    whole, length = column.take("Whole horizon", window.whole), column.take("Cycle length", rules.cycle_days)
    n = column.take("Cycles in use", rules.n_cycles)
    starts, ends = column.take("A cycle's start counts", rules.start_half), column.take("Its end counts", rules.end_half)
    later = maximum(0, minimum(stop, days.here + length) - maximum(start, days.here))
    sooner = maximum(0, minimum(stop, days.here) - maximum(start, days.here - length))
    both = later * (cycle.here < n) * starts + sooner * (cycle.here <= n) * ends
    return column.fill(where(whole, state.here, both / days_per_year))
