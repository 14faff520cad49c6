"""The states of an arm by transitions: how it leaves the progression-free state, and how long it lives after progression.

OS follows from both (:mod:`model.engine.state_transition`). What arms have of the reference arm is worked out once per block.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.curves.after_progression import reference_arm
from model.definition.records.curves import Curve
from model.definition.sampling.draws import Draws
from model.engine.arm_states import ArmStates
from model.engine.binding import REPAIR, UNDER_OS, UNDER_PFS, Binding, of_hazards, of_levels, of_survival
from model.engine.crossing import Crossing
from model.engine.curve_steps import AFTER_FLOOR, BEFORE_REPAIR, OS_OF_CURVE, PFS_OF_CURVE, of_population
from model.engine.curves import Curves, Shared, one_row_per_draw, wanes
from model.engine.state_transition import Transitions, pfs_events_with_progression
from model.survival.multistate import Leaving, Link, SinceProgression, with_os_of

LINKED_TOGETHER = 256  # draws whose links are found together


@dataclasses.dataclass(frozen=True)
class TransitionStates:
    """The states of every arm of a definition by transitions between them."""

    curves: Curves
    transitions: Transitions

    @property
    def reference(self) -> str:
        """The arm that others are linked to."""
        return reference_arm(self.curves.definition)

    def states(self, arm: str, draws: Draws, shared: Shared, keep_steps: bool = False) -> ArmStates:
        """Occupancy of an arm for every draw of a block. PFS and OS cannot cross; no repair moves them."""
        pfs, progressed, os = self._occupancies(arm, draws, shared)
        nowhere = Crossing(np.full(len(pfs), np.nan), np.zeros(len(pfs)), np.zeros(len(pfs)))
        made = ArmStates(pfs, progressed, os, nowhere, moved=np.zeros(len(pfs)))
        if not keep_steps:
            return made
        steps = self._steps(arm, draws, shared, pfs, os)
        return dataclasses.replace(made, steps=steps, binding=self._binding(arm, draws, shared, steps))

    def progressing(self, occupied: ArmStates, arm: str, draws: Draws, shared: Shared) -> Array:
        """PFS events of an arm that streams after progression count, ``(n_draws, n_times)``."""
        leaving = self._leaving(arm, draws, shared)
        events = pfs_events_with_progression(leaving, self.transitions.death_share(arm, draws))
        np.copyto(events, 0.0, where=occupied.progressed <= 0)  # by the link no_os_benefit nobody may live on
        return events

    def in_use(self, curve: Curve, draws: Draws) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve: PFS and OS are those of the states."""
        if curve.endpoint not in ("pfs", "os"):
            return self.curves.survival(curve, draws, {})
        pfs, _, os = self._occupancies(curve.arm, draws, {})
        return pfs if curve.endpoint == "pfs" else os

    def with_links(self, draws: Draws) -> Draws:
        """The draws with the factors that link arms by a hazard ratio of OS. They are found for many draws together, on the
        time up to the median follow-up: blocks of draws over all of it would work out the same, and wait for it."""
        if not self.transitions.asks_for_ratio:
            return draws
        transitions = self.transitions.until_follow_up()
        early = TransitionStates(self.curves.first_months(len(transitions.months)), transitions)
        linked = [arm for arm in self.curves.definition.arm_ids if not transitions.has_own(arm)]
        factors = {name(arm): np.empty(draws.n_draws) for arm in linked for name in (_link_id, _met_id)}
        for start in range(0, draws.n_draws, LINKED_TOGETHER):
            block, shared = draws.block(start, start + LINKED_TOGETHER), Shared()
            for arm in linked:
                found, place = early._link(arm, block, shared), slice(start, start + block.n_draws)
                factors[_link_id(arm)][place], factors[_met_id(arm)][place] = found.factor, found.met
        return draws.replace(factors)

    def _occupancies(self, arm: str, draws: Draws, shared: Shared) -> tuple[Array, Array, Array]:
        """Progression-free, progressed and alive of an arm."""
        leaving, alive = self._leaving(arm, draws, shared), (self.reference, self.transitions.key("alive"))
        if not self.transitions.has_os_of_reference(arm):
            made = self.transitions.occupancies(leaving, self._since(arm, draws, shared))
            if arm == self.reference:
                shared[alive] = made[2]
            return made
        if alive not in shared:
            self._occupancies(self.reference, draws, shared)
        occupied = with_os_of(shared[alive], leaving)
        return occupied.progression_free, occupied.progressed, occupied.alive

    def _pfs_hazard(self, arm: str, draws: Draws, shared: Shared, waned: bool = True) -> Array:
        """Cumulative hazard of PFS before any floor, one row per draw; read-only. Not ``waned``: as in the trial."""
        curve = self.curves.records[arm, "pfs"]
        own = self.curves.with_effect if waned else self.curves.before_waning
        return one_row_per_draw(self.curves.all_cause(curve, own(curve, draws, shared)), draws)

    def _leaving(self, arm: str, draws: Draws, shared: Shared, waned: bool = True) -> Leaving:
        """How patients of an arm leave the progression-free state."""
        waned = waned or not wanes(self.curves.records[arm, "pfs"])
        name = "leaving" if waned else "leaving as in the trial"
        keys = [(arm, f"{name}.{field.name}") for field in dataclasses.fields(Leaving)]
        if keys[0] not in shared:
            left = self.transitions.leaving(arm, self._pfs_hazard(arm, draws, shared, waned), draws)
            shared.update({key: getattr(left, key[1].partition(".")[2]) for key in keys})
        return Leaving(*(shared[key] for key in keys))

    def _after(self, arm: str, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard since progression of an arm, ``(n_draws, n_times - 1)`` or one row for all."""
        if self.transitions.has_own(arm):
            key = (arm, "after progression")
            if key not in shared:
                own = self.curves.coefficients(self.curves.records[arm, "os"], draws)
                shared[key] = self.transitions.own_after(own)
            return shared[key]
        reference = self._after(self.reference, draws, shared)
        if not self.transitions.asks_for_ratio:
            return reference
        found = draws.values.get(_link_id(arm))
        factor = self._link(arm, draws, shared).factor if found is None else found
        return reference if np.all(factor == 1.0) else reference * factor[:, None]

    def _since(self, arm: str, draws: Draws, shared: Shared) -> SinceProgression:
        """Survival after progression of an arm made ready: once for all arms that live like the reference arm."""
        after, reference = self._after(arm, draws, shared), self.reference
        if after is not shared.get((reference, "after progression")):
            return self.transitions.since(after)
        name = self.transitions.key("since")
        keys = [(reference, f"{name}.{field.name}") for field in dataclasses.fields(SinceProgression)]
        if keys[0] not in shared:
            ready = self.transitions.since(after)
            shared.update(zip(keys, (ready.hazard, ready.alive), strict=True))
        return SinceProgression(*(shared[key] for key in keys))

    def _link(self, arm: str, draws: Draws, shared: Shared) -> Link:
        """What the reference arm's hazard after progression is multiplied by for an arm linked to it, ``(n_draws,)``."""
        return self.transitions.link(
            self._leaving(self.reference, draws, shared, waned=False),
            self._leaving(arm, draws, shared, waned=False),
            self._after(self.reference, draws, shared),
            draws[self.curves.effects[arm, "os"]],
        )

    def _steps(self, arm: str, draws: Draws, shared: Shared, pfs: Array, os: Array) -> dict[str, Array]:
        """PFS without any floor under mortality and OS without that after progression, and both with them, by the name of
        their column in a trace."""
        without_floor = TransitionStates(self.curves, self.transitions.without_floor)
        _, _, alive = without_floor._occupancies(arm, draws, shared)
        return {
            PFS_OF_CURVE: np.exp(-self._pfs_hazard(arm, draws, shared)),
            BEFORE_REPAIR: pfs.copy(),
            OS_OF_CURVE: alive,
            AFTER_FLOOR: os.copy(),
            **of_population(self.curves, os),
        }

    def _binding(self, arm: str, draws: Draws, shared: Shared, steps: dict[str, Array]) -> dict[str, Binding]:
        """Where the floors act; the repair does nowhere."""
        months, floor = self.curves.months, self.transitions.population
        free, pfs, alive, os = (steps[name] for name in (PFS_OF_CURVE, BEFORE_REPAIR, OS_OF_CURVE, AFTER_FLOOR))
        binding = {REPAIR: of_levels(months, np.zeros_like(pfs))}
        if floor is not None:
            by_share = self.transitions.death_share(arm, draws)[:, None] * self._pfs_hazard(arm, draws, shared)
            binding[UNDER_PFS] = of_hazards(months, by_share, floor[None, :], free - pfs)
            binding[UNDER_OS] = of_survival(months, alive, os)
        return binding


def links_met(arm: str, draws: Draws) -> Array:
    """Does OS of an arm have the hazard ratio that the link between arms keeps, ``(n_draws,)`` or ``(1,)``? Of draws with
    their links (:meth:`TransitionStates.with_links`); 1 where the link is another."""
    return draws.get(_met_id(arm), 1.0)


def _link_id(arm: str) -> str:
    """Under what the draws hold the factor that links an arm to the reference arm."""
    return f"link.{arm}"


def _met_id(arm: str) -> str:
    """Under what they hold whether it gives the hazard ratio of OS that the link keeps: 1 or 0."""
    return f"link_met.{arm}"
