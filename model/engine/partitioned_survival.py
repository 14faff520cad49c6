"""The states of an arm from its curves: progression-free = PFS, progressed = OS - PFS, dead = 1 - OS.

Partitioned survival (Woods et al. 2017, NICE DSU TSD 19). Further states lie between further curves
(:mod:`model.engine.ordered_curves`).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.sampling.draws import Draws
from model.engine.arm_states import ArmStates, progression_events
from model.engine.crossing import Crossing, find_crossing
from model.engine.curve_steps import binding_rules, steps_before_repair
from model.engine.curves import Curves, Shared
from model.engine.ordered_curves import Ordered, in_order, of_those_starting, starting_below, two_in_order


@dataclasses.dataclass(frozen=True)
class _BeforeRepair:
    """The curves of one arm ``(n_draws, n_times)``, the lowest first, and their cumulative hazards where they are needed."""

    curves: dict[str, Array]
    hazards: dict[str, Array | None]


@dataclasses.dataclass(frozen=True)
class PartitionedSurvival:
    """The states of every arm of a definition from its curves."""

    curves: Curves

    @property
    def definition(self) -> ModelDefinition:
        """The definition of the curves."""
        return self.curves.definition

    @property
    def rule(self) -> str:
        """What is done where PFS exceeds OS."""
        return self.definition.settings.crossing

    def states(self, arm: str, draws: Draws, shared: Shared, keep_steps: bool = False) -> ArmStates:
        """Occupancy of an arm for every draw of a block: the curves, where they cross, the repair, what lies between them."""
        before = self._before_repair(arm, draws, shared, keep_steps)
        between = np.subtract(before.curves["os"], before.curves["pfs"])
        crossing = find_crossing(self.curves.months, between)
        steps = steps_before_repair(self.curves, arm, draws, shared, before.curves) if keep_steps else {}
        ordered = self._in_order(before, crossing, between)
        binding = binding_rules(self.curves, arm, draws, shared, steps, ordered.after) if keep_steps else {}
        pfs, os = ordered.after["pfs"], ordered.after["os"]
        progressed = np.subtract(os, pfs, out=between)
        return ArmStates(
            pfs,
            progressed,
            os,
            crossing,
            ordered.moved,
            further={e: ordered.after[e] for e in self.definition.further_endpoints},
            crossings=ordered.crossings,
            steps=steps,
            binding=binding,
        )

    def progressing(self, occupied: ArmStates, arm: str, draws: Draws, shared: Shared) -> Array:
        """PFS events of an arm that streams after progression count, ``(n_draws, n_times)``."""
        return progression_events(occupied.progression_free, occupied.progressed)

    def in_use(self, curve: Curve, draws: Draws) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve before crossing is repaired."""
        return self.curves.survival(curve, draws, {})

    def with_links(self, draws: Draws) -> Draws:
        """The draws as they are: no arm's OS is linked to another's."""
        return draws

    def _before_repair(self, arm: str, draws: Draws, shared: Shared, keep_steps: bool) -> _BeforeRepair:
        """The curves of all states as shares of all patients. A trace has PFS by its hazard, which it shows the steps of."""
        before = _BeforeRepair({}, {})
        for e in self.definition.endpoints:
            curve, hazard = self.curves.records[arm, e], None
            if self.rule == "hazard" or (keep_steps and e == "pfs"):
                hazard, survival = self.curves.hazard_and_survival(curve, draws, shared)
            else:
                survival = self.curves.survival(curve, draws, shared)
            starting = starting_below(self.definition, arm, e, draws)
            before.hazards[e], before.curves[e] = of_those_starting(starting, hazard, survival)
        return before

    def _in_order(self, before: _BeforeRepair, crossing: Crossing, between: Array) -> Ordered:
        """The curves once crossing is repaired; ``crossing``: of PFS and OS, from what lies ``between`` them."""
        if self.definition.further_endpoints:
            return in_order(self.curves.months, self.rule, before.curves, before.hazards)
        return two_in_order(self.rule, before.curves, before.hazards, crossing, between)
