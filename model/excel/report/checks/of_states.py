"""Checks of state occupancy and of the survival curves: E1-E6, P1, P2, P4, P7 and P13."""

from __future__ import annotations

from model.definition.records.names import lower_first, short_endpoint
from model.engine.binding import UNDER_OS
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, exp, index, largest, match, maximum, minimum, smallest, where
from model.excel.live.states import ArmStates
from model.excel.pages.check_table import CheckTable, largest_distance, smallest_step
from model.excel.pages.grid import GridColumn
from model.excel.report.checks.checked import Checked


def check_states(table: CheckTable, of: Checked) -> None:
    """Shares of patients in the states (E1-E6)."""
    arms, tiny = [t.states for t in of.traces], of.constants.crossing_tolerance
    whole = [largest_distance(a.progression_free.span + a.progressed.span + a.dead.span - 1) for a in arms]
    table.below("E1", "The states of every cycle sum to 1", maximum(*whole), tiny)
    parts = [largest_distance(_listed(a) + a.dead.span - 1) for a in arms if a.listed]
    if parts:
        table.below("E1", "The states of the sheet States and the dead sum to 1", maximum(*parts), tiny)
    columns = [c for a in arms for c in (a.progression_free, a.progressed, a.dead, *a.own_states.values())]
    lowest, highest = (minimum(*(smallest(c.span) for c in columns)), maximum(*(largest(c.span) for c in columns)))
    table.above("E2", "No state holds less than 0 patients: smallest share", lowest, -tiny)
    table.below("E3", "No state holds more than 1: largest share", highest, 1 + tiny)
    falls = minimum(*(smallest_step(a.dead) for a in arms))
    table.above("E4", "Nobody returns to life: smallest change of the dead in a cycle", falls, -tiny)
    alive = maximum(*(of.curves.crossing[f"alive_at_horizon_{a.arm}"] for a in arms))
    words = "Share alive at the horizon, in the arm with the most"
    table.note("E5", words, alive, "At most 1% for a lifetime horizon; else explain")
    words = "QALYs freed of utility and age adjustment are life years, cycle by cycle"
    table.below("E6", words, _shadow(of), tiny)


def _listed(arm: ArmStates) -> Formula:
    """Share of patients in any of the states that the definition lists, cycle by cycle."""
    first, *others = (column.span for column in arm.listed.values())
    for other in others:
        first = first + other
    return first


def _shadow(of: Checked) -> Formula:
    """Largest distance of a state's QALYs from utility x life years x age norm."""
    deviations = []
    for trace in of.traces:
        own = {c.header: c for c in trace.states.grid.columns}
        for state in (lower_first(s.label) for s in of.report.definition.living_states):
            years = own[f"Life years, {state}"].span * of.live.timeline.norm.span
            header = f"QALYs, {state}"
            qalys = [c for name, c in own.items() if name == header or name.startswith(f"{header}, period")]
            utilities = [c.taken[0][1] for c in qalys]
            if len(qalys) == 1:
                deviations.append(largest_distance(qalys[0].span - utilities[0] * years))
            else:
                deviations.append(_beyond(of, qalys, maximum(*utilities), minimum(*utilities), years))
    return maximum(*deviations)


def _beyond(of: Checked, qalys: list[GridColumn], high: Formula, low: Formula, years: Formula) -> Formula:
    """How far QALYs of several periods leave what the highest and the lowest utility give; periods take the trapezoid in
    place of Simpson's rule, so that no single cycle can be compared."""
    found = sum((c.span for c in qalys[1:]), qalys[0].span)
    above, below = found - high * years, low * years - found
    outside = (above > 0) * above + (below > 0) * below
    return where(of.live.timeline.rules.simpson, 0, largest_distance(outside))


def check_curves(table: CheckTable, of: Checked) -> None:
    """Survival curves, their crossing, their coherence and the mortality floor (P1, P2, P4, P7, P13)."""
    sheets, tiny = list(of.live.curves.values()), of.constants.crossing_tolerance
    own = [column for s in sheets for column in s.candidates[: len(s.cells.candidates)]]
    if own:  # none where every curve is a table of survival
        starts = maximum(*(absolute(index(column.span, 1) - 1) for column in own))
        table.below("P1", "Every candidate curve starts at 1", starts, tiny)
    rises = minimum(*(smallest_step(s.final_hazard) for s in sheets))
    table.above("P2", "No curve in use rises: smallest step of a cumulative hazard", rises, -tiny)
    ends = maximum(*(exp(-smallest(s.final_hazard.span)) for s in sheets))
    table.below("P2", "No curve in use lies above 1: largest share", ends, 1 + tiny)
    crossing, states = of.curves.crossing, {arm: trace.states for arm, trace in of.live.arms.items()}
    for arm in of.live.arms:
        words = f"{of.label(arm)}: first month at which PFS exceeds OS, before repair"
        rule = "The rule of the sheet Settings repairs it"
        table.note("P4", words, crossing[f"crossing_first_month_{arm}"], rule)
        words = f"{of.label(arm)}: largest gap, share of patients"
        table.note("P4", words, crossing[f"crossing_largest_gap_{arm}"])
        for low, high in states[arm].gaps:
            words = f"{of.label(arm)}: first month at which {short_endpoint(low, {})} exceeds {short_endpoint(high, {})}"
            table.note("P4", words, crossing[f"crossing_first_month_{low}_above_{high}_{arm}"], rule)
    words = "Flags of coherence that are raised: PFS and OS describe patients who could not exist"
    table.note("P7", words, of.coherence.raised, "Told on the sheet Coherence" if of.coherence.raised.value else "")
    for arm, month in _floor_binds(of).items():
        table.note("P13", f"{of.label(arm)}: general-population mortality binds OS from month", month)


def _floor_binds(of: Checked) -> dict[str, Formula]:
    """First month in which the hazard floor lifts the cumulative hazard of OS."""
    found: dict[str, Formula] = {}
    if of.live.timeline.population is None:
        return found
    months, small = of.live.timeline.months, of.constants.crossing_tolerance.text
    for (arm, endpoint), sheet in of.live.curves.items():
        if endpoint != "os":
            continue
        before, final = sheet.waned or sheet.before_waning, sheet.final_hazard
        lifted = final.values - before.values > 1e-12
        flat = f"({final.span.text}-{before.span.text}<={small})*{of.constants.no_price.text}"
        first = f"SUMPRODUCT(MIN({months.span.text}+{flat}))"
        most = f"SUMPRODUCT(MAX({final.span.text}-{before.span.text}))"
        value = float(months.values[lifted][0]) if lifted.any() else "never"
        found[arm] = Formula(f'IF({most}>{small},{first},"never")', value)
        if of.live.states is not None:
            acts = of.live.transitions[arm].rules[UNDER_OS].acts.span
            by_states = where(largest(acts) > 0, index(months.span, match(1, acts)), "never")
            found[arm] = where(of.live.states.in_use, by_states, found[arm])
    return found
