"""Flags of coherence: do PFS and OS of one arm, as they are used, describe patients who could exist?

Each rule looks at cycles of the occupancies and gives a value per draw and, for rules about a stretch of time, the cycles in
which it is broken. Limits are inputs (:class:`model.definition.records.coherence.FlagLimit`). A base case looks at every
cycle; the draws of a probabilistic analysis at those of :func:`draw_cycles`.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.definition.curves.from_data import population_hazard
from model.definition.model_definition import ModelDefinition
from model.definition.records.coherence import (
    AFTER_HIGH,
    AFTER_RISES,
    BEFORE_BELOW,
    CURVES_EQUAL,
    OF_POPULATION,
    OPPOSITE_HAZARDS,
    OUTSIDE_EVIDENCE,
    RAISED_BELOW,
    REPAIR_MOVES,
    FlagLimit,
)
from model.definition.records.documentation import ExternalEvidence
from model.definition.sampling.draws import Draws
from model.definition.structure import by_states, in_structure
from model.engine.arm_states import ArmStates
from model.engine.crossing import CROSSING_TOLERANCE
from model.engine.implied_hazards import ImpliedHazards, cycle_that_holds, while_any_live, yearly_hazard
from model.engine.mixed_structures import by_structure
from model.engine.states import StateModel
from model.engine.subsequent import alive_share
from model.engine.timeline import Timeline

EARLY_TIMES = (0.25, 0.5, 0.75, 1.0, 1.5)
"""Years at which the draws are looked at, before every whole year from the second on."""
EACH_YEAR_UNTIL, LATE_STEP = 20, 5
"""From this year on every fifth one: what is wrong by then has been for years."""
FIRST_YEAR = 1.0
"""A rise is measured from here on: before it few have progressed."""
FAMILY_YEARS = (5.0, 20.0)
"""Between these years, or the end of a shorter horizon, the hazards of the families are compared."""
HALF = 0.5
SAME = 1e-3
"""Mortality that is the population's but for this share, as where a floor holds it there, is not below it. A hazard read off
the ends of a cycle is not exact: held at the population's by floors under both curves it is up to 2e-6 off in weekly cycles,
and 200 times as much in those of a quarter of a year."""


@dataclasses.dataclass(frozen=True)
class Judged:
    """One flag of one arm. ``values``: of each draw ``(n_draws,)``, or of each cycle ``(n_draws, n_cycles)`` where the rule
    is about time; ``broken``: where the rule is, in the same shape; ``of``: the cycles that count (None: all); ``over``:
    what the values are told as a multiple of, ``(n_cycles,)``; ``at``: which of the cycles looked at these are (None: all).
    """

    limit: FlagLimit
    values: Array
    broken: NDArray[np.bool_]
    of: NDArray[np.bool_] | None = None
    over: Array | None = None
    at: NDArray[np.int_] | None = None

    @property
    def over_time(self) -> bool:
        return self.values.ndim == 2

    @property
    def raised(self) -> NDArray[np.bool_]:
        """Whether the flag is raised, ``(n_draws,)``."""
        return np.any(self.broken, axis=1) if self.over_time else self.broken

    @property
    def worst(self) -> Array:
        """The value farthest beyond the limit, or nearest to it, ``(n_draws,)``; nan: nothing to judge."""
        if not self.over_time:
            return self.values
        with np.errstate(divide="ignore", invalid="ignore"):
            values = self.values if self.over is None else self.values / self.over
        known = np.isfinite(values) if self.of is None else self.of & np.isfinite(values)
        below = self.limit.flag in RAISED_BELOW
        values = np.where(known, values, np.inf if below else -np.inf)
        worst = values.min(axis=1, initial=np.inf) if below else values.max(axis=1, initial=-np.inf)
        return np.where(np.isfinite(worst), worst, np.nan)


@dataclasses.dataclass(frozen=True)
class Seen:
    """What the rules look at of one arm: PFS and OS at some boundaries, ``(n_draws, n_boundaries)`` each, and the largest
    share moved by the repair ``(n_draws,)``."""

    pfs: Array
    os: Array
    moved: Array

    @classmethod
    def empty(cls, n_draws: int, boundaries: Boundaries) -> Seen:
        """Room for ``n_draws`` draws; the draws of one boundary lie together, so that rules run through them fast."""
        pfs, os = (np.empty((n_draws, len(at)), order="F") for at in (boundaries.pfs, boundaries.os))
        return cls(pfs, os, np.empty(n_draws))

    def put(self, place: slice, states: ArmStates, boundaries: Boundaries) -> None:
        """Fill in the draws of a block."""
        self.pfs[place] = states.progression_free[:, boundaries.pfs]
        self.os[place] = states.alive[:, boundaries.os]
        self.moved[place] = states.moved

    @classmethod
    def of_curves(cls, pfs: Array, os: Array, moved: float, boundaries: Boundaries) -> Seen:
        """Of one draw, from its curves ``(n_times,)``."""
        return cls(pfs[None, boundaries.pfs], os[None, boundaries.os], np.array([moved]))

    def rows(self, draws: NDArray[np.intp]) -> Seen:
        """Those of some draws, in the order given."""
        return Seen(self.pfs[draws], self.os[draws], self.moved[draws])


@dataclasses.dataclass(frozen=True)
class Boundaries:
    """The boundaries looked at: start and end of each cycle in turn; of OS then those around the external figures."""

    pfs: NDArray[np.int_]
    os: NDArray[np.int_]


class CoherenceRules:
    """The flags of a definition. ``ends``: the cycles that are looked at, by the boundary at which each ends."""

    def __init__(self, definition: ModelDefinition, timeline: Timeline, states: StateModel, every_cycle: bool = False):
        self.definition, self.timeline, self.states = definition, timeline, states
        self.limits = judged(definition)
        self.holds_before = by_states(definition) and definition.settings.hazard_floor  # deaths before progression, per cycle
        self.ends = np.arange(1, timeline.n_cycles + 1) if every_cycle else draw_cycles(timeline)
        self.population = None
        if definition.life_table:
            hazard = while_any_live(population_hazard(definition, timeline.months))
            self.population = yearly_hazard(hazard, self.ends, timeline.cycle_years)
        self.figures = {arm: external_figures(definition, arm, timeline) for arm in definition.arm_ids}
        self.alive = {arm: alive_share(definition, arm) for arm in definition.arm_ids}
        cycles = np.stack([self.ends - 1, self.ends], axis=1).ravel()
        self.boundaries = {
            arm: Boundaries(cycles, np.concatenate([cycles, figures.left, figures.left + 1]))
            for arm, figures in self.figures.items()
        }
        self.in_structure = {
            name: CoherenceRules(in_structure(definition, name), timeline, model, every_cycle)
            for name, model in states.in_structure.items()
        }
        self._rises = {row.flag: self._earlier(row.years or 1.0) for row in self.limits.values() if row.flag == AFTER_RISES}

    @property
    def names(self) -> tuple[str, ...]:
        """The flags that are looked for, in the base case or in a structure that draws take."""
        found = set(self.limits).union(*(rules.limits for rules in self.in_structure.values()))
        return tuple(row.flag for row in self.definition.coherence_limits if row.flag in found)

    def hazards(self, arm: str, seen: Seen, draws: Draws) -> ImpliedHazards:
        """The implied hazards of the cycles seen."""
        n = 2 * len(self.ends)
        ends = (seen.pfs[:, 0:n:2], seen.pfs[:, 1:n:2], seen.os[:, 0:n:2], seen.os[:, 1:n:2])
        share = np.reshape(1.0 - self.alive[arm](draws), (-1, 1))
        return ImpliedHazards(*ends, share, self.population, self.timeline.cycle_years)

    def judge(self, arm: str, seen: Seen, draws: Draws) -> dict[str, Judged]:
        """Every flag of an arm."""
        hazards = self.hazards(arm, seen, draws)
        made = {}
        for name, limit in self.limits.items():
            if name == REPAIR_MOVES:
                made[name] = _beyond(limit, seen.moved)
            elif name == OUTSIDE_EVIDENCE:
                made[name] = _beyond(limit, self.figures[arm].distance(seen.os[:, 2 * len(self.ends) :]))
            elif name == OPPOSITE_HAZARDS:
                made[name] = _beyond(limit, self._opposite(arm, draws))
            elif name == CURVES_EQUAL:
                made[name] = curves_equal(limit, hazards)
            else:
                made[name] = self._of_mortality(name, limit, hazards)
        return made

    def raised(self, arm: str, seen: Seen, draws: Draws) -> NDArray[np.bool_]:
        """Which flags are raised, ``(n_draws, n_flags)``."""
        if self.in_structure:
            return self._raised_in_structures(arm, seen, draws)
        found = self.judge(arm, seen, draws)
        raised = np.empty((draws.n_draws, len(found)), dtype=np.bool_)
        for i, one in enumerate(found.values()):
            raised[:, i] = one.raised
        return raised

    def _raised_in_structures(self, arm: str, seen: Seen, draws: Draws) -> NDArray[np.bool_]:
        """The same where each draw takes a structure, by whose rules it is judged."""
        raised = np.zeros((draws.n_draws, len(self.names)), dtype=np.bool_)
        for name, rows, part in by_structure(draws):
            rules = self.in_structure[name]
            found = rules.raised(arm, seen.rows(rows), part)
            for i, flag in enumerate(self.names):
                if flag in rules.names:
                    raised[rows, i] = found[:, rules.names.index(flag)]
        return raised

    def _of_mortality(self, name: str, limit: FlagLimit, hazards: ImpliedHazards) -> Judged:
        share = limit.share or 0.0
        there = (hazards.progression_free if name == BEFORE_BELOW else hazards.progressed) > share
        if name == AFTER_RISES:
            return rises(limit, hazards.death_after, there, self._rises[name])
        if name == AFTER_HIGH:
            return Judged(limit, hazards.death_after, (hazards.death_after > limit.limit) & there, there)
        assert self.population is not None
        before = hazards.death_before if self.holds_before else hazards.death_before_by_share
        own = before if name == BEFORE_BELOW else hazards.death_after
        return Judged(limit, own, (own < limit.limit * (1 - SAME) * self.population) & there, there, self.population)

    def _earlier(self, years: float) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Positions of the cycles that have another one seen so many years before them, and of those; none in the first
        year."""
        lag = max(1, int(years / self.timeline.cycle_years + HALF))
        wanted = self.ends - lag
        at = np.clip(np.searchsorted(self.ends, wanted), 0, len(self.ends) - 1)
        at = np.where((at > 0) & (np.abs(self.ends[at - 1] - wanted) < np.abs(self.ends[at] - wanted)), at - 1, at)
        first = cycle_that_holds(FIRST_YEAR, self.timeline.cycle_years, self.timeline.n_cycles)
        later = np.flatnonzero((np.abs(self.ends[at] - wanted) <= 1) & (self.ends[at] >= first))
        return later, at[later]

    def _opposite(self, arm: str, draws: Draws) -> Array:
        """The smaller of the fall of the PFS hazard and the rise of the OS hazard, each as a ratio above 1; NaN where nobody
        dies by one of them any more (all who are left are cured)."""
        ends = family_cycles(self.timeline)
        if ends is None:
            return np.full(draws.n_draws, np.nan)
        months = self.timeline.months[np.stack([ends - 1, ends], axis=1).ravel()]
        curves = self.states.curves.at_months(months)
        with np.errstate(divide="ignore", invalid="ignore"):
            early, late = {}, {}
            for endpoint in ("pfs", "os"):
                hazard = curves.before_waning(curves.records[arm, endpoint], draws)
                early[endpoint], late[endpoint] = (hazard[:, 1] - hazard[:, 0], hazard[:, 3] - hazard[:, 2])
            opposite = np.minimum(early["pfs"] / late["pfs"], late["os"] / early["os"])
            known = (late["pfs"] > CROSSING_TOLERANCE) & (early["os"] > CROSSING_TOLERANCE)
        return np.broadcast_to(np.where(known, opposite, np.nan), draws.n_draws)


def judged(definition: ModelDefinition) -> dict[str, FlagLimit]:
    """The limits of the flags that can be looked for: two need a life table, one external figures, and one a family for OS
    beside that of PFS, which a state-transition model has not."""
    without = () if definition.life_table else OF_POPULATION
    if not definition.external_evidence:
        without = (*without, OUTSIDE_EVIDENCE)
    if by_states(definition):
        without = (*without, OPPOSITE_HAZARDS)
    return {row.flag: row for row in definition.coherence_limits if row.flag not in without}


def draw_cycles(timeline: Timeline) -> NDArray[np.int_]:
    """The cycles of the draws that are looked at, by the boundary at which each ends."""
    last = timeline.years[-1] + 1e-9
    late = range(EACH_YEAR_UNTIL, int(last) + 1, LATE_STEP)
    times = [t for t in (*EARLY_TIMES, *range(2, EACH_YEAR_UNTIL), *late) if t <= last]
    ends = [cycle_that_holds(t, timeline.cycle_years, timeline.n_cycles) for t in times]
    return np.unique([*ends, timeline.n_cycles])


def family_cycles(timeline: Timeline) -> NDArray[np.int_] | None:
    """The two cycles between which the hazards of the families are compared; None where the horizon is too short."""
    early, late = (cycle_that_holds(t, timeline.cycle_years, timeline.n_cycles) for t in FAMILY_YEARS)
    return np.array([early, late]) if late > early else None


def rises(
    limit: FlagLimit, hazard: Array, there: NDArray[np.bool_], pairs: tuple[NDArray[np.int_], NDArray[np.int_]]
) -> Judged:
    """Ratio of each cycle's hazard to that of its earlier one; nothing where nobody was there, or none died."""
    later, earlier = pairs
    by_cycle, by_cycle_there = hazard.T, there.T
    before = by_cycle[earlier].T
    known = (by_cycle_there[later] & by_cycle_there[earlier]).T & (before > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = by_cycle[later].T / before
    return Judged(limit, ratio, (ratio > limit.limit) & known, known, at=later)


def curves_equal(limit: FlagLimit, hazards: ImpliedHazards) -> Judged:
    """The share alive at each boundary at which PFS equals OS, once some have left PFS; else 0."""
    alive = hazards.os_end * ((hazards.os_end - hazards.pfs_end <= CROSSING_TOLERANCE) & (hazards.pfs_end < 1))
    return Judged(limit, alive, alive > limit.limit)


def _beyond(limit: FlagLimit, values: Array) -> Judged:
    with np.errstate(invalid="ignore"):
        return Judged(limit, values, values > limit.limit)


# ---- external figures --------------------------------------------------------------------------------------------------


def _is_figure(row: ExternalEvidence) -> bool:
    """Is it a figure of an arm's OS that the model was not made from?"""
    timed = row.statistic == "median" or row.month is not None
    return timed and row.endpoint == "os" and row.arm is not None and row.dependence != "dependent"


@dataclasses.dataclass(frozen=True)
class ExternalFigures:
    """Points that OS of one arm is held beside, ``(2 n_figures,)`` each: first those at which it should be at most
    ``survival``, then those at which it should be at least. A median is a survival of one half at the ends of its interval.
    ``left`` and ``part``: the boundary before each point, and how far it lies in the cycle."""

    survival: Array
    left: NDArray[np.int_]
    part: Array

    def distance(self, around: Array) -> Array:
        """By how much OS lies beyond the nearest figure, above or below all of them, ``(n_draws,)``; negative where it lies
        between them, nan without a figure. ``around`` ``(n_draws, 4 n_figures)``: OS at the boundaries before each point,
        then at those after it."""
        n = len(self.survival) // 2
        if not n:
            return np.full(len(around), np.nan)
        os = around[:, : 2 * n] * (1 - self.part) + around[:, 2 * n :] * self.part
        above, below = os[:, :n] - self.survival[:n], self.survival[n:] - os[:, n:]
        return np.maximum(above.min(axis=1), below.min(axis=1))


def external_figures(definition: ModelDefinition, arm: str, timeline: Timeline) -> ExternalFigures:
    """The figures of one arm within the horizon."""
    last = timeline.months[-1]
    rows = [_points(row) for row in definition.external_evidence if _is_figure(row) and row.arm == arm]
    kept = [points for points in rows if max(points[0], points[2]) <= last]
    high_month, high, low_month, low = np.array(kept, dtype=float).reshape(-1, 4).T
    position = np.concatenate([high_month, low_month]) / timeline.months[1]
    left = np.minimum(position.astype(int), timeline.n_cycles - 1)
    return ExternalFigures(np.concatenate([high, low]), left, position - left)


def _points(row: ExternalEvidence) -> tuple[float, float, float, float]:
    """Month and survival of the upper point, then of the lower one; a limit that is not given is the value itself."""
    low = row.value if row.lower is None else row.lower
    high = row.value if row.upper is None else row.upper
    if row.statistic == "median":
        return high, HALF, low, HALF
    month = row.month or 0.0
    return month, high, month, low
