"""From curves to state occupancy, as formulas: the twin of the engine's file of this name and of what it is made from.

Curve, relative effect, waning and general-population floor stand on the sheet of each curve (the engine's `curves`); crossing
repair and time on treatment stand here, in the trace of the arm (`partitioned_survival`, `time_on_treatment`). Where the
structure in use is that of a state-transition model, the states are those of the sheet that `state_transition` writes.
"""

from __future__ import annotations

import dataclasses

from model.definition.records.settings import EVERY_PFS_EVENT
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import exp, flag, greatest, least, maximum, minimum, power, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.curve_sheet import CurveSheet, add_effect, add_waning, finish_curve, start_curve
from model.excel.live.dosing import RegimenCells
from model.excel.live.ordered_curves import Ordered, of_those_starting, starting_below, write_listed, write_ordered
from model.excel.live.state_transition import StateColumns
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import Grid, GridColumn

Curves = dict[tuple[str, str], CurveSheet]


@dataclasses.dataclass
class ArmStates:
    """Occupancy of one arm over cycles. ``occupancy``: neighbouring columns, progression-free, progressed, alive, the states
    that the definition lists (but those that are one of these), then the share on each drug. ``further``: further curves in
    use, by endpoint; ``gaps``: of each pair of neighbouring curves, and ``ordered``: of all curves, before repair and after
    it, of a model with further ones."""

    arm: str
    grid: Grid
    before_pfs: GridColumn
    before_os: GridColumn
    gap: GridColumn
    progression_free: GridColumn
    progressed: GridColumn
    alive: GridColumn
    dead: GridColumn
    progressing: GridColumn
    counted: GridColumn
    deaths: GridColumn
    on_treatment: dict[str, GridColumn]
    treated: GridColumn
    listed: dict[str, GridColumn]
    further: dict[str, GridColumn]
    gaps: dict[tuple[str, str], GridColumn]
    ordered: Ordered | None

    @property
    def own_states(self) -> dict[str, GridColumn]:
        """Listed states that have a column of their own, by id."""
        shared = (self.progression_free, self.progressed)
        return {name: column for name, column in self.listed.items() if column not in shared}

    @property
    def occupancy(self) -> list[GridColumn]:
        first = [self.progression_free, self.progressed, self.alive]
        return [*first, *self.own_states.values(), *self.on_treatment.values()]

    def state(self, name: str) -> GridColumn:
        """The occupancy of a state in which patients live, by its id."""
        column: GridColumn = self.listed[name] if name in self.listed else getattr(self, name)
        return column


def write_curves(
    bench: Bench,
    timeline: Timeline,
    cells: dict[tuple[str, str], CurveCells],
    regimens: dict[tuple[str, str], RegimenCells],
    names: dict[tuple[str, str], str],
) -> Curves:
    """The sheet of every curve, up to the curve before repair of crossing."""
    sheets: Curves = {}
    for key, made in cells.items():
        sheets[key] = start_curve(bench, timeline, made, names[key])
    for sheet in sheets.values():
        add_effect(bench, timeline, sheet, sheets)
    for sheet in sheets.values():
        treated = _share_treated(bench, timeline, sheet, sheets, regimens)
        add_waning(bench, timeline, sheet, sheets, treated)
    for sheet in sheets.values():
        finish_curve(bench, timeline, sheet)
    return sheets


def _share_treated(
    bench: Bench, timeline: Timeline, sheet: CurveSheet, sheets: Curves, regimens: dict[tuple[str, str], RegimenCells]
) -> GridColumn | None:
    """Share of those event-free who still take a drug that the reference arm does not get, in the cycle that ends at
    each time: the mean of its two ends. Curves are taken before waning and repair."""
    curve, grid = sheet.cells.curve, sheet.grid
    if sheet.cells.waning is None:
        return None
    arms = bench.definition.arm_ids
    others = [a for a in arms if a != curve.arm]
    everywhere = {r.drug for r in bench.definition.regimen(curve.arm) if all((a, r.drug) in regimens for a in others)}
    own = [regimens[curve.arm, r.drug] for r in bench.definition.regimen(curve.arm) if r.drug not in everywhere]
    if not own:
        return None
    grid.group = "Effect until treatment ends"
    columns = [_taken(bench, timeline, grid, sheets, r) for r in own]
    share = grid.column("Share of those event-free on a drug of this arm alone", "share")
    event_free = exp(-sheet.all_cause.here)
    on = greatest(0, *(c.here for c in columns))
    share.fill(minimum(1, on / greatest(bench.constants.smallest, event_free)))
    mean = grid.column("Mean over the cycle that ends here", "share")
    mean.fill(where(timeline.cycle.here > 0, (share.here + share.before) / 2, share.here))
    grid.group = "The curve, step by step"
    return mean


def _taken(bench: Bench, timeline: Timeline, grid: Grid, sheets: Curves, regimen: RegimenCells) -> GridColumn:
    """Share of all patients on a drug by its own rule; 0 where the reference arm in use gets it too."""
    arm, drug = regimen.regimen.arm, regimen.drug.drug
    column = grid.column(f"On {drug.label}, before waning", "share")
    until = column.take("Treatment until", bench.inputs[f"regimens.{arm}.{drug.id}.until"])
    ratio = column.take("Hazard ratio of stopping", regimen.stopping_ratio)
    stop = column.take("Ends by day", regimen.stop)
    pfs, os = sheets[arm, "pfs"].all_cause, sheets[arm, "os"].all_cause
    hazard = where(until.equals("progression"), pfs.here, os.here)
    own = (arm, _own_endpoint(regimen))
    if own in sheets:
        hazard = where(until.equals("own_curve"), sheets[own].all_cause.here, hazard)
    horizon = timeline.rules.horizon_days
    given = 1 - (timeline.days.here >= stop) * (stop < horizon)
    made = exp(-(ratio * hazard)) * given
    if len(bench.definition.arms) > 2:
        alone = column.take("The reference arm does not get it", _not_in_reference(bench, sheets, grid, drug.id))
        made = alone * made
    return column.fill(made)


def _own_endpoint(regimen: RegimenCells) -> str:
    """The endpoint of the curve of a drug that is given until its own curve."""
    return regimen.regimen.own_curve or regimen.regimen.drug


def _not_in_reference(bench: Bench, sheets: Curves, grid: Grid, drug: str) -> Formula:
    """1 where no regimen of the reference arm in use holds the drug."""
    sheet = next(s for s in sheets.values() if s.grid is grid)
    curve = sheet.cells.curve
    reference = bench.inputs[f"curves.{curve.arm}.{curve.endpoint}.reference_arm"]
    arms, drugs = bench.inputs.keys("regimens", "arm"), bench.inputs.keys("regimens", "drug")
    both = sumproduct(arms.equals(reference) * drugs.equals(drug))
    return where(both.equals(0), 1, 0)


class _Structures:
    """A column of the trace by the structure in use: partitioned survival, or the sheet of the arm's states."""

    def __init__(self, by_states: StateColumns | None):
        self.by_states = by_states

    def _in_use(self, column: GridColumn, states: StateColumns) -> Formula:
        return column.take("State-transition structure", states.in_use)

    def of(self, column: GridColumn, partitioned: Formula, name: str) -> Formula:
        """``name``: of the column of states, free, progressed or alive."""
        if self.by_states is None:
            return partitioned
        column_of_states: GridColumn = getattr(self.by_states, name)
        return where(self._in_use(column, self.by_states), column_of_states.here, partitioned)

    def events(self, column: GridColumn, partitioned: Formula) -> Formula:
        """PFS events as streams after progression count them, in the cycle that ends here."""
        if self.by_states is None:
            return partitioned
        alive = column.take("Share of PFS events that are progressions", 1 - formula_of(self.by_states.leaving.share))
        in_use = self._in_use(column, self.by_states)
        return where(in_use, self.by_states.events(alive), partitioned)


def counts_every_event(bench: Bench) -> Formula:
    """1 where streams after progression count every PFS event, deaths included."""
    return flag(bench.inputs["settings.progressions"].equals(EVERY_PFS_EVENT))


def write_states(
    bench: Bench,
    timeline: Timeline,
    sheets: Curves,
    regimens: dict[tuple[str, str], RegimenCells],
    arm: str,
    name: str,
    by_states: StateColumns | None,
) -> ArmStates:
    """The first columns of an arm's trace: time, curves, repair of crossing, states, treatment. ``by_states``: the states of
    the other structure, where the workbook has them."""
    grid = bench.grid(name)
    grid.group = "Time"
    grid.fixed("Cycle", "", "plain", timeline.cycle.values)
    grid.column("Years", "", "ratio").fill(timeline.years.here)
    grid.column("Age", "years", "area").fill(timeline.age.here)
    grid.group = "Discount factors"
    for outcome, column in timeline.factor.items():
        grid.column(f"Discount factor, {outcome}").fill(column.here)
    grid.group = "Curves (share of patients)"
    pfs, os = sheets[arm, "pfs"], sheets[arm, "os"]
    choice = _Structures(by_states)
    before_pfs = grid.column("PFS before repair")
    starting = {e: starting_below(bench, arm, e) for e in bench.definition.endpoints}
    before_pfs.fill(
        choice.of(before_pfs, of_those_starting(before_pfs, starting["pfs"], exp(-pfs.final_hazard.here)), "free")
    )
    before_os = grid.column("OS before repair")
    before_os.fill(choice.of(before_os, exp(-os.final_hazard.here), "alive"))
    gap = grid.column("PFS above OS").fill(timeline.inside.here * maximum(0, before_pfs.here - before_os.here))
    rule, ordered = bench.inputs["settings.crossing"], None
    if bench.definition.further_endpoints:
        own_curves = {e: sheets[arm, e] for e in bench.definition.endpoints}
        before = {"pfs": before_pfs, "os": before_os}
        ordered = write_ordered(grid, bench.definition, own_curves, before, gap, timeline.inside.here, rule, starting)
    progression_free, progressed, alive = _regions(
        grid, rule, pfs, os, (before_pfs, before_os), ordered, choice, starting["pfs"]
    )
    in_use = {"pfs": progression_free, "os": alive}
    further = {} if ordered is None else {e: ordered.after[e] for e in bench.definition.further_endpoints}
    regions = {"progression_free": progression_free, "progressed": progressed}
    listed = write_listed(grid, bench.definition, {**in_use, **further}, regions)
    on_treatment = {
        r.drug: _on_treatment(bench, grid, sheets, regimens[arm, r.drug], in_use, further)
        for r in bench.definition.regimen(arm)
    }
    dead = grid.column("Dead: 1 - OS").fill(1 - alive.here)
    flow = timeline.inside.here * (timeline.cycle.here > 0)
    progressing = grid.column("Leaving progression-free, some of them alive")
    leaving = progression_free.before - progression_free.here
    progressing.fill(where(progressed.here > 0, flow * choice.events(progressing, leaving), 0))
    counted = grid.column("PFS events that costs at progression count")
    every = counted.take("Every PFS event counts", counts_every_event(bench))
    counted.fill(where(every, flow * leaving, progressing.here))
    deaths = grid.column("Dying in the cycle that ends here").fill(flow * (alive.before - alive.here))
    treated = grid.column("On any drug")
    drugs = list(on_treatment.values()) or [progression_free]
    treated.fill(maximum(0, *(d.here for d in drugs)))
    return ArmStates(
        arm,
        grid,
        before_pfs,
        before_os,
        gap,
        progression_free,
        progressed,
        alive,
        dead,
        progressing,
        counted,
        deaths,
        on_treatment,
        treated,
        listed,
        further,
        {} if ordered is None else ordered.gaps,
        ordered,
    )


def _regions(
    grid: Grid,
    setting: Formula,
    pfs: CurveSheet,
    os: CurveSheet,
    before: tuple[GridColumn, GridColumn],
    ordered: Ordered | None,
    choice: _Structures,
    starting: Formula | None,
) -> tuple[GridColumn, GridColumn, GridColumn]:
    """Progression-free, progressed and alive after the repair of crossing; ``ordered``: the repair of a model with further
    curves."""
    before_pfs, before_os = before
    if ordered is not None:
        grid.group = "States (share of patients)"
        progression_free = grid.column("Progression-free: PFS after repair").fill(ordered.after["pfs"].here)
        progressed = grid.column("Progressed: OS - PFS")
        alive = grid.column("Alive: OS after repair").fill(ordered.after["os"].here)
        return progression_free, progressed.fill(alive.here - progression_free.here), alive
    hazard = grid.column("Cumulative PFS hazard, raised to that of OS")
    own = pfs.final_hazard.here - pfs.final_hazard.before
    floor = os.final_hazard.here - os.final_hazard.before
    hazard.accumulate(maximum(own, floor))

    grid.group = "States (share of patients)"
    progression_free = grid.column("Progression-free: PFS after repair")
    rule = progression_free.take("Rule where PFS exceeds OS", setting)
    held = of_those_starting(progression_free, starting, exp(-hazard.here))
    by_rule = where(rule.equals("hazard"), held, before_pfs.here)
    by_rule = where(rule.equals("raise_os"), before_pfs.here, least(by_rule, before_os.here))
    progression_free.fill(choice.of(progression_free, by_rule, "free"))
    progressed = grid.column("Progressed: OS - PFS")
    alive = grid.column("Alive: OS after repair")
    same = alive.take("Rule where PFS exceeds OS", setting)
    by_rule = where(same.equals("raise_os"), maximum(before_pfs.here, before_os.here), before_os.here)
    alive.fill(choice.of(alive, by_rule, "alive"))
    progressed.fill(choice.of(progressed, alive.here - progression_free.here, "progressed"))
    return progression_free, progressed, alive


def _on_treatment(
    bench: Bench,
    grid: Grid,
    sheets: Curves,
    regimen: RegimenCells,
    in_use: dict[str, GridColumn],
    further: dict[str, GridColumn],
) -> GridColumn:
    """Share still on a drug: its curve, with the hazard ratio of stopping, capped at PFS or at OS. ``in_use``: PFS and OS
    after repair; ``further``: further curves of the states."""
    arm, drug = regimen.regimen.arm, regimen.drug.drug
    column = grid.column(f"On {drug.label}")
    until = column.take("Treatment until", bench.inputs[f"regimens.{arm}.{drug.id}.until"])
    ratio = column.take("Hazard ratio of stopping", regimen.stopping_ratio)
    limit = where(until.equals("progression"), in_use["pfs"].here, in_use["os"].here)
    base, own = limit, _own_endpoint(regimen)
    known = {**in_use, **further}
    if own in known:
        base = where(until.equals("own_curve"), known[own].here, limit)
    elif (arm, own) in sheets:
        base = where(until.equals("own_curve"), exp(-sheets[arm, own].final_hazard.here), limit)
    smallest = bench.constants.smallest
    of_free, of_own = (starting_below(bench, arm, e) for e in ("pfs", own))
    if of_free is None and of_own is None:
        return column.fill(least(limit, power(base, ratio, smallest)))
    free, by_own = (formula_of(1) if share is None else share for share in (of_free, of_own))
    below = where(until.equals("progression"), free, where(until.equals("own_curve"), by_own, 1))
    share = column.take("Share who start below the curve", below)
    return column.fill(least(limit, share * power(base / greatest(smallest, share), ratio, smallest)))
