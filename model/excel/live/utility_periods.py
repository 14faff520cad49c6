"""The utility of each state in use, by arm and by time since the start, as formulas.

The twin of the definition's file of this name. Rows that hold all along stand as one number for each state; where a row holds
for a part of the time, the time is cut wherever a row begins, of the state itself or of the first one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.health import ON_TREATMENT, Utility
from model.definition.records.names import lower_first
from model.definition.utility_periods import levels_are_held, rows_of
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import maximum, minimum, nth_smallest, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.streams import Window, window
from model.excel.live.timeline import Timeline
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page


@dataclasses.dataclass(frozen=True)
class PeriodCells:
    """A stretch of time with one utility: ``number`` in the order of time, ``when`` None: the whole horizon."""

    number: int
    value: Formula
    when: Window | None

    @property
    def suffix(self) -> str:
        """What tells its column from the others of its state."""
        return "" if self.when is None else f", period {self.number}"

    def weight(self, timeline: Timeline, column: GridColumn) -> Formula:
        """Discounted weight in years of what accrues in it, in a column of the trace."""
        if self.when is None:
            return timeline.accrual["effects"].here
        return self.when.weight_in(column, timeline, "effects")


Utilities = dict[tuple[str, str], list[PeriodCells]]
"""By arm and state."""


def write_utilities(bench: Bench, page: Page, timeline: Timeline) -> Utilities:
    """The utility of each state in use, in each arm at each time."""
    definition = bench.definition
    _say_what_is_missing(bench)
    if by_time(definition, [row for row in definition.utilities if row.state != ON_TREATMENT]):
        return {
            (arm, state): periods
            for arm in definition.arm_ids
            for state, periods in _over_time(bench, page, timeline, arm).items()
        }
    found: Utilities = {}
    known: dict[tuple[str, ...], dict[str, Formula]] = {}
    alike = not any(row.arm for row in definition.utilities if row.state != ON_TREATMENT)
    for arm in definition.arm_ids:
        rows = [rows_of(definition, state.id, arm)[0] for state in definition.living_states]
        key = tuple(row.id for row in rows)
        if key not in known:
            whose = "" if alike else definition.arm(arm).short_label
            known[key] = _all_along(bench, page, whose, rows)
        found |= {(arm, state): [PeriodCells(1, value, None)] for state, value in known[key].items()}
    return found


def by_time(definition: ModelDefinition, rows: Sequence[Utility]) -> bool:
    """Does any row hold for a part of the time, at the run or in what is changed?"""
    fields = [f"{address_of('utilities', row)}.{field}" for row in rows for field in ("from_month", "until_month")]
    return any(row.limited for row in rows) or any(definition.values_of_changes(field) for field in fields)


def days_of(bench: Bench, row: Utility, timeline: Timeline) -> tuple[Formula, Formula]:
    """From which day on a row holds, and until before which one."""
    base, rules = address_of("utilities", row), timeline.rules
    begins, ends = (bench.inputs[f"{base}.{field}"] for field in ("from_month", "until_month"))
    month = bench.constants.days_per_month
    start = where(begins.equals(""), 0, begins) * month
    return start, where(ends.equals(""), rules.horizon_days, where(ends.equals(""), 0, ends) * month)


def _say_what_is_missing(bench: Bench) -> None:
    """Which arm a row is of, and whether rows hold for a part of the time, is laid out when the model runs."""
    definition, asked = bench.definition, []
    for states in (True, False):
        rows = [row for row in definition.utilities if (row.state != ON_TREATMENT) == states]
        laid_out = by_time(definition, rows)
        for row in rows:
            base = address_of("utilities", row)
            asked.append(where(bench.inputs[f"{base}.arm"].equals(row.arm or ""), 0, 1))
            if not laid_out:
                asked += [where(bench.inputs[f"{base}.{f}"].equals(""), 0, 1) for f in ("from_month", "until_month")]
    words = "Utilities of another arm, or of a part of the time, than at the run"
    bench.rows_missing.append((words, sum(asked[1:], asked[0])))


def _all_along(bench: Bench, page: Page, whose: str, rows: Sequence[Utility]) -> dict[str, Formula]:
    """One utility for each state."""
    inputs = bench.inputs
    facts = Facts(
        page,
        f"{whose}: utilities of the states" if whose else "Utilities of the states",
        held_words(bench.definition, "the progression-free utility"),
    )
    found: dict[str, Formula] = {}
    states = bench.definition.living_states
    for state, row in zip(states, rows, strict=True):
        base = address_of("utilities", row)
        value = inputs[base]
        if state is not states[0]:
            first = found[states[0].id]
            level = minimum(value, first) if levels_are_held(bench.definition) else value
            value = where(inputs[f"{base}.given_as"].equals("decrement"), first - value, level)
        found[state.id] = facts.add(state.label, value, "utility")
    return found


def held_words(definition: ModelDefinition, first: str) -> str:
    """What becomes of decrements and levels, in words."""
    if not levels_are_held(definition):
        return "A decrement is taken from the utility of the first state; a level stands as it is."
    everywhere = "in the base case, in scenarios and in every draw"
    return f"A decrement is taken from {first}; a level is held at or below it, {everywhere}."


def _over_time(bench: Bench, page: Page, timeline: Timeline, arm: str) -> dict[str, list[PeriodCells]]:
    """The periods of each state of an arm."""
    states = bench.definition.living_states
    first = rows_of(bench.definition, states[0].id, arm)
    found = {}
    for state in states:
        name = f"{bench.definition.arm(arm).short_label}, {lower_first(state.label)}"
        rows = rows_of(bench.definition, state.id, arm)
        found[state.id] = _periods(bench, page, timeline, name, rows, [] if state is states[0] else first)
    return found


def _periods(
    bench: Bench, page: Page, timeline: Timeline, name: str, rows: Sequence[Utility], first: Sequence[Utility]
) -> list[PeriodCells]:
    """The periods of a state; ``first``: rows of the first state, from which decrements are taken."""
    table = GrowingTable(
        page,
        f"{name}: rows of the table Utilities",
        "When each holds." + (" Those of the first state stand below." if first else ""),
        [PageColumn("Row", "text", 58), *(PageColumn(n, "any", 16) for n in ("From day", "Until day", "Value", "Decrement"))],
    )
    for row in (*rows, *first):
        base, (start, stop) = address_of("utilities", row), days_of(bench, row, timeline)
        given = where(bench.inputs[f"{base}.given_as"].equals("decrement"), 1, 0)
        table.add(row.id, start, stop, bench.inputs[base], given)
    n = len(rows)
    spans = {"own": (0, n - 1), "first": (n, n + len(first) - 1), "all": (0, n + len(first) - 1)}

    def at(day: Formula, which: str, column: int) -> Formula:
        """A cell of the row that holds on a day."""
        begins, ends, cells = (table.span(c, *spans[which]) for c in (1, 2, column))
        return sumproduct((begins <= day) * (ends > day) * cells)

    starts = table.span(1, *spans["all"])
    days = _begins(page, name, timeline, starts, n + len(first) - (1 if first else 0), bool(first))
    values = GrowingTable(
        page,
        f"{name}: utility in each period",
        held_words(bench.definition, "the utility of the first state"),
        [
            PageColumn("Period", "plain", 58),
            *(PageColumn(n, "any", 16) for n in ("From day", "Until day", "Own value", "Of the first state", "Utility")),
            PageColumn("Whole horizon", "any", 16),
        ],
    )
    found = []
    for number, (start, stop) in enumerate(days, start=1):
        cells = RowBuilder(values, float(number))
        begin, end = cells.put(start), cells.put(stop)
        own = cells.put(at(begin, "own", 3))
        of_first = cells.put(at(begin, "first", 3) if first else own)
        level = minimum(own, of_first) if levels_are_held(bench.definition) else own
        held = where(at(begin, "own", 4) > 0, of_first - own, level) if first else own
        utility = cells.put(held)
        when = window(timeline, begin, end, lambda _, formula, cells=cells: cells.put(formula))  # type: ignore[misc]
        cells.close()
        found.append(PeriodCells(number, utility, when))
    return found


def _begins(
    page: Page, name: str, timeline: Timeline, starts: Formula, n: int, from_second: bool
) -> list[tuple[Formula, Formula]]:
    """First day and end of each period, in the order of time. ``from_second``: rows of two states begin at time zero."""
    table = GrowingTable(
        page,
        f"{name}: where a row begins",
        "In the order of time, not beyond the horizon.",
        [PageColumn("Number", "plain", 58), PageColumn("Day", "any", 16)],
    )
    days = []
    for number in range(n):
        row = RowBuilder(table)
        place = row.put_number(float(number + 1 + int(from_second)))
        days.append(row.put(minimum(timeline.rules.horizon_days, nth_smallest(starts, place))))
        row.close()
    return [(day, maximum(day, later)) for day, later in zip(days, [*days[1:], timeline.rules.horizon_days], strict=True)]


def undiscounted_years(timeline: Timeline, facts: Facts, words: str, when: Window, *columns: GridColumn) -> Formula:
    """Years undiscounted of a product of columns in a stretch of time."""

    def put(which: str, formula: Formula) -> Formula:
        return facts.add(f"{words}: years {which}", formula_of(formula), "years")

    return facts.add(f"{words}: years", when.years(timeline, put, *columns), "years")
