"""The sheet Stepped, live: trial period, extrapolation, QALYs. The twin of `analysis/agencies/stepped.py`."""

from __future__ import annotations

from model.analysis.agencies.stepped import STEPS
from model.analysis.columns.agencies import STEP_COST, STEP_OUTCOME, STEP_YEARS, STEPPED
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, index, maximum, minimum, sumproduct, where
from model.excel.live.evaluate import LiveModel
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
        page,
        "Trial period",
        "The median follow-up of the sheet Settings. Life years until then count as observed; of "
        "costs those of the cycles that begin before it, so that a cost within the last of them counts whole.",
    )
    month = facts.add("End of the trial period", live.inputs["settings.median_follow_up"], "months")
    part = _part(live, month)
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
        before, until = (_before(live, month), part.span) if step == "trial" else (None, None)
        traces = list(live.arms.values())
        costs = [row.put(_sum(t, "cost", before), "money") for t in traces]
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


def _before(live: LiveModel, month: Formula) -> Formula:
    """1 for each boundary before a month."""
    return live.timeline.months.span < month - live.bench.constants.time_tolerance


def _part(live: LiveModel, month: Formula) -> GridColumn:
    """Of what accrues at each boundary, the part before a month: columns of the time axis."""
    timeline, c = live.timeline, live.bench.constants
    rules, grid = timeline.rules, timeline.grid
    grid.group = "Trial period"
    passed = grid.column("Cycles until its end", "", "share")
    end, length = passed.take("Trial period ends", month * c.days_per_month), passed.take("Cycle length", rules.cycle_days)
    passed.fill((end - timeline.days.here) / length)
    after = grid.column("Of the cycle that begins here", "share", "share").fill(maximum(0, minimum(1, passed.here)))
    before = grid.column("Of the cycle that ends here", "share", "share").fill(maximum(0, minimum(1, passed.here + 1)))
    column = grid.column("Of what accrues here", "share", "share")
    left, n = column.take("A cycle's start counts for all", rules.left), column.take("Cycles in use", rules.n_cycles)
    has_after, has_before = timeline.cycle.here < n, timeline.cycle.here > 0
    line = has_after * after.here * (2 - after.here) + has_before * before.here * before.here
    return column.fill(where(left, after.here, line / (has_after * 1 + has_before)))


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
