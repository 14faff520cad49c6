"""The sheet Stepped, live: trial period, extrapolation, QALYs. The twin of `analysis/agencies/stepped.py`."""

from __future__ import annotations

import dataclasses

from model.analysis.agencies.stepped import STEPS
from model.analysis.columns.agencies import STEP_COST, STEP_OUTCOME, STEP_YEARS, STEPPED
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, index, maximum, minimum, sumproduct, where
from model.excel.live.discounting import Discounting
from model.excel.live.evaluate import LiveModel
from model.excel.live.streams import Calendar, Stretch
from model.excel.live.trace import ArmTrace
from model.excel.output_book import Report
from model.excel.output_sheets import STEPPED as SHEET
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.agencies.increments import ratio, span_of

WIDE = 58.0
OUTCOME_OF = {"trial": "life_years", "extrapolated": "life_years", "qalys": "qaly"}


def write_stepped(report: Report, live: LiveModel, positions: tuple[Formula, Formula]) -> dict[str, Formula]:
    """Write the sheet; returns its cells by the names of the outputs, none where no steps are asked for."""
    definition = report.definition
    if not definition.settings.stepped_results:
        return {}
    page = Page(report, SHEET.name)
    facts = Facts(
        page, "Trial period", "The median follow-up of the sheet Settings: what arises before it counts as observed."
    )
    month = facts.add("End of the trial period", live.inputs["settings.median_follow_up"], "months")
    end = facts.add("End of the trial period", month * live.bench.constants.days_per_month, "days")
    trial = _trial(live, end)
    names = report.names
    columns = [*STEPPED.pick("step", "outcome"), *(STEP_COST.of(arm=n) for n in names)]
    columns += [STEP_OUTCOME.of(arm=n) for n in names]
    columns += STEPPED.pick("incremental_cost", "incremental_outcome", "ratio")
    columns += [STEP_YEARS.of(arm=n) for n in names]
    columns += STEPPED.pick("incremental_life_years_undiscounted")
    table = GrowingTable(
        page,
        STEPPED.title,
        "Each step changes one thing: time beyond the trial, then the value of the time. Costs and outcomes are discounted; "
        "increments are of the intervention over the comparator in use.",
        page_columns(report, columns, WIDE),
    )
    found: dict[str, Formula] = {}
    for step, (words, outcome) in STEPS.items():
        row = RowBuilder(table, words, outcome)
        traces, until = list(live.arms.values()), trial.boundaries.span if step == "trial" else None
        costs = [row.put(_until(t, trial) if step == "trial" else t.totals["cost"].total, "money") for t in traces]
        outcomes = [row.put(_sum(t, OUTCOME_OF[step], until), "qalys") for t in traces]
        cost, gain = (row.put(_difference(live, cells, positions), k) for cells, k in ((costs, "extra"), (outcomes, "gain")))
        per_unit = row.put(ratio(cost, gain), "money")
        row.put(_difference(live, [row.put(_undiscounted(live, t, until), "qalys") for t in traces], positions), "gain")
        row.close()
        for arm, c, o in zip(definition.arm_ids, costs, outcomes, strict=True):
            found[f"step_{step}_cost_{arm}"], found[f"step_{step}_outcome_{arm}"] = c, o
        found[f"step_{step}_ratio"] = per_unit
    page.close()
    return found


@dataclasses.dataclass(frozen=True)
class _Trial(Stretch):
    """The trial period as a stretch of time from which lines of the account take what is discounted."""

    discounting: Discounting
    flow_factor: GridColumn
    days_per_year: Formula

    def holds(self, day: Formula) -> Formula:
        """The discount factor where a day lies inside, else 0."""
        return super().holds(day) * self.discounting.factor(day / self.days_per_year, "costs")

    def once(self, day: Formula, counted: Formula, discounted: Formula) -> Formula:
        """What happens once, discounted, where its day lies inside."""
        return super().holds(day) * discounted

    def events(self, calendar: Calendar, quantity: GridColumn | None, *only: Formula) -> Formula:
        """Events of a calendar on days inside, discounted; ``only``: conditions on its rows."""
        counted = super().holds(calendar.day.span)
        for condition in only:
            counted = counted * condition
        return sumproduct(counted, (quantity or calendar.quantity).span, calendar.factor.span)

    def flow(self, *columns: GridColumn) -> Formula:
        """What happens in the cycles inside, discounted."""
        return sumproduct(*(c.span for c in columns), self.cycles.span, self.flow_factor.span)


def _trial(live: LiveModel, end: Formula) -> _Trial:
    """The trial period as columns of the time axis: of what accrues at each boundary the part before its end, the same of the
    cycle that ends there, and the discounted weights of what accrues in a state, on any drug and on each."""
    timeline, c = live.timeline, live.bench.constants
    rules, grid = timeline.rules, timeline.grid
    grid.group = "Trial period"
    passed = grid.column("Cycles until its end", "", "share")
    until, length = passed.take("Trial period ends", end), passed.take("Cycle length", rules.cycle_days)
    passed.fill((until - timeline.days.here) / length)
    after = grid.column("Of the cycle that begins here", "share", "share").fill(maximum(0, minimum(1, passed.here)))
    before = grid.column("Of the cycle that ends here", "share", "share").fill(maximum(0, minimum(1, passed.here + 1)))
    column = grid.column("Of what accrues here", "share", "share")
    left, n = column.take("A cycle's start counts for all", rules.left), column.take("Cycles in use", rules.n_cycles)
    has_after, has_before = timeline.cycle.here < n, timeline.cycle.here > 0
    line = has_after * after.here * (2 - after.here) + has_before * before.here * before.here
    of_line = line / (has_after * 1 + has_before)
    right = column.take("A cycle's end counts for all", rules.right)
    column.fill(where(left, after.here, where(right, before.here, of_line)))
    weights = {arm: _weights(live, trace) for arm, trace in live.arms.items()}
    start, factor = formula_of(0), timeline.flow["costs"]
    return _Trial(start, end, column, before, weights, c.time_tolerance, rules.discounting, factor, c.days_per_year)


def _weights(live: LiveModel, trace: ArmTrace) -> list[GridColumn]:
    """Discounted weight in years of what accrues in a state, on any drug of an arm, and on each of them."""
    grid, timeline = live.timeline.grid, live.timeline
    grid.group = f"{live.bench.definition.arm(trace.states.arm).short_label}: discounted weights of what accrues"
    made = [grid.column("In a state", "years", "small").fill(timeline.accrual["costs"].here)]
    for name, own in trace.windows.items():
        column = grid.column(name, "years", "small")
        made.append(column.fill(own.weight_in(column, timeline, "costs")))
    return made


def _until(trace: ArmTrace, trial: _Trial) -> Formula:
    """The discounted cost of one arm that arises in the trial period."""
    parts = [line.arising(trial) for line in trace.of_kind("cost") if line.arising is not None]
    return sum(parts[1:], parts[0]) if parts else formula_of(0)


def _sum(trace: ArmTrace, kind: str, weights: Formula | None) -> Formula:
    """The discounted total of one arm, each boundary by its weight."""
    column = trace.totals[kind]
    return column.total if weights is None else sumproduct(weights * column.span)


def _difference(live: LiveModel, cells: list[Formula], positions: tuple[Formula, Formula]) -> Formula:
    """Intervention minus comparator in use: 0 where it is rounding alone."""
    old, new = (index(span_of(cells), p) for p in positions)
    size = maximum(*(absolute(cell) for cell in cells))
    return where(absolute(new - old) <= live.bench.constants.alike * size, 0, new - old)


def _undiscounted(live: LiveModel, trace: ArmTrace, weights: Formula | None) -> Formula:
    """Life years of one arm, undiscounted, each boundary by its weight."""
    alive = trace.states.progression_free.span + trace.states.progressed.span
    years = alive * live.timeline.accrual["none"].span
    return sumproduct(years if weights is None else weights * years)
