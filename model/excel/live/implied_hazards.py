"""The transitions that PFS and OS of an arm imply, cycle by cycle, as formulas: the twin of the engine's file of this name.

And, for each flag of coherence that is about time, in how many cycles in a row its rule has been broken: so the sheet
Coherence finds the longest stretch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from model.definition.records.coherence import AFTER_BELOW, AFTER_HIGH, AFTER_RISES, BEFORE_BELOW, CURVES_EQUAL, REPAIR_MOVES
from model.engine.binding import REPAIR, UNDER_OS, UNDER_PFS
from model.engine.coherence import judged
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, exp, index, ln, maximum, minimum, rounded, where, whole
from model.excel.live.bench import Bench
from model.excel.live.curves.curve_sheet import CurveSheet
from model.excel.live.state_transition import StateColumns
from model.excel.live.states import ArmStates, Curves
from model.excel.live.subsequent import alive_share
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import Grid, GridColumn

PER_YEAR = "per year"


@dataclasses.dataclass(frozen=True)
class Transitions:
    """The columns of one arm. ``hazards``: by the names of the report; ``values``: what each flag about time is judged by;
    ``in_a_row``: how long that has been broken; ``rules``: where the floors and the repair of crossing move a curve."""

    states: ArmStates
    grid: Grid
    hazards: dict[str, GridColumn]
    progression_free: GridColumn
    progressed: GridColumn
    values: dict[str, GridColumn]
    in_a_row: dict[str, GridColumn]
    rules: dict[str, RuleColumns]


@dataclasses.dataclass(frozen=True)
class RuleColumns:
    """A rule that moves a curve: the cycles in which it acts (1 or 0), the share of the patients that it moves, and 1 where
    it is in force."""

    acts: GridColumn
    moved: GridColumn
    in_force: Formula


def cycle_that_holds(bench: Bench, timeline: Timeline, years: Formula) -> Formula:
    """The end of the cycle that a time lies in, counted from 1; at a boundary the cycle that begins there."""
    rules = timeline.rules
    return minimum(rules.n_cycles, whole(years / rules.cycle_years + bench.constants.time_tolerance) + 1)


def write_transitions(
    bench: Bench, timeline: Timeline, curves: Curves, states: ArmStates, name: str, by_states: StateColumns | None
) -> Transitions:
    """The sheet of one arm's implied transitions. ``by_states``: the states of the other structure, with other floors and
    nothing to repair; None where the workbook has only partitioned survival."""
    grid = bench.grid(name)
    grid.group = "Time"
    grid.fixed("Cycle", "", "plain", timeline.cycle.values)
    grid.column("Years", "", "ratio").fill(timeline.years.here)
    counted = grid.column("Cycle that counts", "1 yes, 0 no", "plain").fill(timeline.inside.here * (timeline.cycle.here > 0))
    made = _Columns(bench, timeline, states, grid, counted, by_states)
    hazards = made.hazards()
    rules = _rules_in_force(made, curves)
    values, in_a_row = _FlagRules(made, hazards, rules).write()
    return Transitions(states, grid, hazards, made.free, made.progressed, values, in_a_row, rules)


def _rules_in_force(made: _Columns, curves: Curves) -> dict[str, RuleColumns]:
    """The columns of the floors under OS and PFS, where there is a life table, and of the repair."""
    states = made.states
    made.grid.group = "Where rules move a curve"
    found = {}
    for rule, endpoint in ((UNDER_OS, "os"), (UNDER_PFS, "pfs")):
        sheet = curves[states.arm, endpoint]
        if made.timeline.population is not None and sheet.before_floor is not None and sheet.floor_on is not None:
            found[rule] = _floor(made, f"Floor under {endpoint.upper()}", sheet.before_floor, sheet)
    return found | {REPAIR: _repair(made, curves)}


def _repair(made: _Columns, curves: Curves) -> RuleColumns:
    """The columns of the repair of crossing; of further curves too, where it acts in the cycles in which it moves any."""
    grid, states = made.grid, made.states
    tiny, counted, inside = made.bench.constants.crossing_tolerance, made.counted.here, made.timeline.inside.here
    acts = grid.column("Repair of crossing acts", "1 yes, 0 no", "plain")
    if states.ordered is not None:
        before, after = states.ordered.before, states.ordered.after
        moved = grid.column("Moved by the repair of crossing", "share", "small")
        moved.fill(inside * maximum(*(absolute(after[e].here - before[e].here) for e in after)))
        acts.fill(counted * (moved.here > tiny))
        return RuleColumns(acts, moved, Formula("1", 1.0))
    pfs, os = curves[states.arm, "pfs"].final_hazard, curves[states.arm, "os"].final_hazard
    rule_in_use = acts.take("Rule where PFS exceeds OS", made.bench.inputs["settings.crossing"])
    partitioned = acts.take("Partitioned survival", 1 - made.in_states)
    by_hazard = partitioned * (os.here - os.before > pfs.here - pfs.before + tiny)
    acts.fill(where(rule_in_use.equals("hazard"), counted * by_hazard, counted * (states.gap.here > tiny)))
    moved = grid.column("Moved by the repair of crossing", "share", "small")
    lowered, raised = states.before_pfs.here - states.progression_free.here, states.alive.here - states.before_os.here
    moved.fill(inside * maximum(lowered, raised))
    return RuleColumns(acts, moved, Formula("1", 1.0))


def _floor(made: _Columns, words: str, own: GridColumn, sheet: CurveSheet) -> RuleColumns:
    population = made.timeline.population
    assert population is not None and sheet.floor_on is not None
    acts = made.grid.column(f"{words} acts", "1 yes, 0 no", "plain")
    in_force = where(sheet.floor_on.equals("yes"), 1, 0)
    if made.by_states is not None:
        in_force = where(made.in_states, where(made.bench.inputs["settings.hazard_floor"].equals("yes"), 1, 0), in_force)
    on = acts.take("In force", in_force)
    raised = _raised(made, _Rise.of(population.hazard), _Rise.of(own))
    before_floor, after_floor = exp(-own.here), exp(-sheet.final_hazard.here)
    moved = made.grid.column(f"Moved by the {words[0].lower()}{words[1:]}", "share", "small")
    if made.by_states is not None:
        other, before, after = _floor_by_states(made, acts, sheet, own)
        raised = where(acts.take("State-transition structure", made.in_states), other, raised)
        in_states = moved.take("State-transition structure", made.in_states)
        before_floor, after_floor = where(in_states, before, before_floor), where(in_states, after, after_floor)
    acts.fill(on * raised)
    moved.fill(made.timeline.inside.here * (before_floor - after_floor))
    return RuleColumns(acts, moved, on)


def _floor_by_states(
    made: _Columns, acts: GridColumn, sheet: CurveSheet, own: GridColumn
) -> tuple[Formula, Formula, Formula]:
    """In the state-transition structure, where deaths are held at the population's rate: 1 where the floor acts, and the
    share of patients before and after it. Under PFS that on deaths before progression, under OS that after progression."""
    states, population = made.by_states, made.timeline.population
    assert states is not None and population is not None
    if sheet.cells.curve.endpoint == "pfs":
        share = acts.take("Share of PFS events that are deaths", states.leaving.share)
        deaths = _Rise(share * own.here, share * own.before)
        return _raised(made, _Rise.of(population.hazard), deaths), exp(-own.here), states.free.here
    below, held = states.alive_below, states.alive
    fewer = held.before * below.here - held.here * below.before > made.bench.constants.crossing_tolerance * below.before
    return made.counted.here * fewer, below.here, held.here


@dataclasses.dataclass(frozen=True)
class _Rise:
    """A cumulative hazard at the end and at the start of a cycle."""

    here: Formula
    before: Formula

    @classmethod
    def of(cls, column: GridColumn) -> _Rise:
        return cls(column.here, column.before)


def _raised(made: _Columns, floor: _Rise, own: _Rise) -> Formula:
    """1 where the hazard of one curve is above that of another, of which some are left."""
    c = made.bench.constants
    above = floor.here - floor.before > own.here - own.before + c.crossing_tolerance
    return made.counted.here * above * (own.here < -ln(c.crossing_tolerance))


class _Columns:
    """Occupancy and hazards in the cycle that ends at each row."""

    def __init__(
        self,
        bench: Bench,
        timeline: Timeline,
        states: ArmStates,
        grid: Grid,
        counted: GridColumn,
        by_states: StateColumns | None,
    ):
        self.bench, self.timeline, self.states, self.grid, self.counted = bench, timeline, states, grid, counted
        self.by_states, self.in_states = by_states, formula_of(0) if by_states is None else by_states.in_use
        pfs, progressed = states.progression_free, states.progressed
        grid.group = "Mean share of patients in the cycle"
        self.free = grid.column("Progression-free").fill(counted.here * (pfs.before + pfs.here) / 2)
        self.progressed = grid.column("Progressed").fill(counted.here * (progressed.before + progressed.here) / 2)

    def hazards(self) -> dict[str, GridColumn]:
        """The columns by the names of the report."""
        grid, bench = self.grid, self.bench
        pfs, years = self.states.progression_free, self.timeline.rules.cycle_years
        grid.group = "Events per patient-year in the cycle that ends here"
        some = self.counted.here * (pfs.here > bench.constants.smallest)
        hazard = grid.column("PFS", PER_YEAR).fill(where(some, ln(pfs.before / pfs.here) / years, 0))
        share = grid.column("Share of PFS events that are deaths", "share")
        dying = share.take("Death share", 1 - formula_of(alive_share(bench, self.states.arm)))
        share.fill(where(self.states.alive.here > pfs.here, dying, 1))
        by_share = grid.column("Death before progression, by the death share", PER_YEAR).fill(share.here * hazard.here)
        found = {"death_before_by_death_share": by_share, "death_before_progression": by_share}
        population = self.timeline.population
        if population is not None:
            column = grid.column("Death, general population", PER_YEAR)
            increments = (population.hazard.here - population.hazard.before) / years
            found["general_population"] = column.fill(self.counted.here * increments)
            before = grid.column("Death before progression, at least the general population's", PER_YEAR)
            found["death_before_progression"] = before.fill(maximum(by_share.here, column.here))
        before = found["death_before_progression"]
        found["progression"] = grid.column("Progression", PER_YEAR).fill(maximum(0, hazard.here - before.here))
        after = grid.column("Death after progression, by the death share", PER_YEAR)
        found["death_after_by_death_share"] = found["death_after_progression"] = after.fill(self._after(share.here))
        if population is not None:
            part = where(hazard.here > 0, minimum(1, before.here / hazard.here), 1)
            column = grid.column("Death after progression", PER_YEAR)
            found["death_after_progression"] = column.fill(self._after(part))
        return found

    def _after(self, dying: Formula) -> Formula:
        """Deaths after progression per patient-year, where a share of the PFS events are deaths."""
        alive, pfs = self.states.alive, self.states.progression_free
        deaths = alive.before - alive.here - dying * (pfs.before - pfs.here)
        return where(self.progressed.here > 0, deaths / self.progressed.here / self.timeline.rules.cycle_years, 0)


class _FlagRules:
    """What the flags about time look at, cycle by cycle."""

    def __init__(self, made: _Columns, hazards: dict[str, GridColumn], rules: dict[str, RuleColumns]):
        self.made, self.hazards, self.repair = made, hazards, rules[REPAIR]
        self.bench, self.grid, self.states = made.bench, made.grid, made.states
        self.values: dict[str, GridColumn] = {}
        self.in_a_row: dict[str, GridColumn] = {}

    def write(self) -> tuple[dict[str, GridColumn], dict[str, GridColumn]]:
        """The columns of each flag that the definition lists: its value, and the cycles in a row that break its rule."""
        self.grid.group = "Rules of the flags"
        writers = {
            AFTER_BELOW: self._below,
            AFTER_HIGH: self._high,
            AFTER_RISES: self._rises,
            BEFORE_BELOW: self._below,
            REPAIR_MOVES: self._moves,
            CURVES_EQUAL: self._equal,
        }
        for flag in judged(self.bench.definition):
            if flag in writers:
                writers[flag](flag)
        return self.values, self.in_a_row

    def limit(self, column: GridColumn, flag: str, field: str = "limit") -> Formula:
        """A limit in use, above the column that takes it; an empty one is 0."""
        cell = self.bench.inputs[f"coherence_limits.{flag}.{field}"]
        words = {"limit": "Limit", "share": "While more than", "years": "Over years"}[field]
        return column.take(words, cell if field == "limit" else where(cell.equals(""), 0, cell))

    def _below(self, flag: str) -> None:
        """Mortality as a multiple of the general population's; a large number where nobody counts."""
        before = flag == BEFORE_BELOW
        own = self.hazards["death_before_by_death_share" if before else "death_after_progression"]
        state = self.made.free if before else self.made.progressed
        population = self.hazards["general_population"]
        words = "before" if before else "after"
        ratio = self.grid.column(f"Mortality {words} progression over the general population's", "ratio", "multiple")
        there = state.here > self.limit(ratio, flag, "share")
        hazard = own.here
        if before and self.made.by_states is not None:
            held = self.made.in_states * self.bench.inputs.yes("settings.hazard_floor")
            held = ratio.take("Deaths before progression are held at the population's", held)
            hazard = where(held, self.hazards["death_before_progression"].here, hazard)
        ratio.fill(where(there * (population.here > 0), hazard / population.here, self.bench.constants.no_price))
        same = self.bench.constants.same_mortality
        self._count(flag, ratio, lambda limit: ratio.here < limit * (1 - same))

    def _high(self, flag: str) -> None:
        after = self.hazards["death_after_progression"]
        column = self.grid.column("Mortality after progression, while enough are there", PER_YEAR, "multiple")
        there = self.made.progressed.here > self.limit(column, flag, "share")
        column.fill(where(there, after.here, -self.bench.constants.no_price))
        self._count(flag, column, lambda limit: column.here > limit)

    def _rises(self, flag: str) -> None:
        """Mortality after progression over that so many years before."""
        after, progressed, c = self.hazards["death_after_progression"], self.made.progressed, self.bench.constants
        timeline = self.made.timeline
        column = self.grid.column("Mortality after progression over that of the earlier cycle", "ratio", "multiple")
        share = self.limit(column, flag, "share")
        years = self.limit(column, flag, "years")
        over = where(years.equals(0), 1, years)
        lag = column.take("Cycles between the two", maximum(1, rounded(over / timeline.rules.cycle_years)))
        first = column.take("First cycle that counts", cycle_that_holds(self.bench, timeline, formula_of(1)))
        at = maximum(1, timeline.cycle.here - lag + 1)
        earlier, then = index(after.span, at), index(progressed.span, at)
        both = (progressed.here > share) * (then > share) * (earlier > 0) * (timeline.cycle.here - lag >= first)
        column.fill(where(both, after.here / earlier, -c.no_price))
        self._count(flag, column, lambda limit: column.here > limit)

    def _moves(self, flag: str) -> None:
        moved = self.repair.moved
        self._count(flag, moved, lambda limit: self.made.counted.here * (moved.here > limit))

    def _equal(self, flag: str) -> None:
        s, c = self.states, self.bench.constants
        column = self.grid.column("Alive while PFS equals OS", "share")
        met = (s.alive.here - s.progression_free.here <= c.crossing_tolerance) * (s.progression_free.here < 1)
        column.fill(self.made.counted.here * met * s.alive.here)
        self._count(flag, column, lambda limit: column.here > limit)

    def _count(self, flag: str, values: GridColumn, broken: Callable[[Formula], Formula]) -> None:
        column = self.grid.column("Cycles in a row in which the rule is broken", "", "plain")
        self.values[flag] = values
        self.in_a_row[flag] = column.count_in_a_row(broken(self.limit(column, flag)))
