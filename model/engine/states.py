"""The states of every arm, block by block of draws: from the structure of the model, and what follows from them.

A structure says who is progression-free, progressed and alive: :mod:`model.engine.partitioned_survival` or
:mod:`model.engine.transition_states`. Time on treatment, listed states, deaths by state and events follow alike from either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import cast

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.curves import Curve
from model.definition.sampling.draws import Draws
from model.definition.structure import STRUCTURES, by_states, in_structure, structure_is_uncertain
from model.engine.arm_states import ArmStates, counts_progressions, curve_values, tells_deaths
from model.engine.curves import Curves, Shared
from model.engine.deaths import deaths_by_state, deaths_of_states, dying
from model.engine.events_within import WHILE, curves_within, durations
from model.engine.mixed_structures import by_structure, evaluated, merged
from model.engine.ordered_curves import between
from model.engine.partitioned_survival import PartitionedSurvival
from model.engine.state_transition import Transitions
from model.engine.time_on_treatment import share_on_treatment
from model.engine.timeline import Timeline
from model.engine.transition_states import TransitionStates


class StateModel:
    """The states of a definition on its time axis, ready to be evaluated for blocks of draws.

    ``in_structure``: where each draw takes a structure of its own, the model of each.
    """

    def __init__(self, definition: ModelDefinition, timeline: Timeline):
        self.definition, self.timeline = definition, timeline
        self.curves = Curves(definition, timeline)
        self.structure = _structure(self.curves)
        self.lasting = durations(definition)
        self.tells_deaths = tells_deaths(definition)
        self.counts_progressions = counts_progressions(definition)
        self.in_structure: dict[str, StateModel] = {}
        if structure_is_uncertain(definition):
            self.in_structure = {name: StateModel(in_structure(definition, name), timeline) for name in STRUCTURES}

    def all_arms(self, draws: Draws) -> Iterator[ArmStates]:
        """State occupancy of every arm in turn; curves that several arms start from are computed once."""
        if self.in_structure:
            parts = by_structure(draws)
            for each in zip(*(self.in_structure[name].all_arms(part) for name, _, part in parts), strict=True):
                yield cast(ArmStates, merged([rows for _, rows, _ in parts], each))
            return
        shared: Shared = {}
        for arm in self.definition.arm_ids:
            yield self.states(arm, draws, shared=shared)

    def states(self, arm: str, draws: Draws, keep_steps: bool = False, shared: Shared | None = None) -> ArmStates:
        """State occupancy of ``arm`` for every draw of a block; ``keep_steps`` needs draws of one structure."""
        if self.in_structure:
            parts = by_structure(draws)
            each = [self.in_structure[name].states(arm, part, keep_steps) for name, _, part in parts]
            return cast(ArmStates, merged([rows for _, rows, _ in parts], each))
        shared = {} if shared is None else shared
        treated = self._treated(self.structure.states(arm, draws, shared, keep_steps), arm, draws)
        if keep_steps or self.counts_progressions:
            events = self.structure.progressing(treated, arm, draws, shared)
            treated = dataclasses.replace(treated, progressing=events)
        return self._completed(treated, arm, draws)

    def in_use(self, curve: Curve, draws: Draws) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve as the states take it: with its effect, waning and general-population
        mortality, before crossing is repaired."""
        if self.in_structure:
            return evaluated(draws, lambda name, part: self.in_structure[name].in_use(curve, part))
        return self.structure.in_use(curve, draws)

    def with_links(self, draws: Draws) -> Draws:
        """The draws with the factors that link arms by a hazard ratio of OS (:meth:`TransitionStates.with_links`). Where only
        some draws take the state-transition structure, a factor means nothing in the others."""
        if not self.in_structure:
            return self.structure.with_links(draws)
        factors: dict[str, Array] = {}
        for name, rows, part in by_structure(draws):
            linked = self.in_structure[name].with_links(part)
            for key in linked.values.keys() - draws.values.keys():
                factors.setdefault(key, np.ones(draws.n_draws))[rows] = linked[key]
        return draws.replace(factors)

    def _treated(self, occupied: ArmStates, arm: str, draws: Draws) -> ArmStates:
        """The states of an arm with who is on which drug."""
        regimens, in_use = self.definition.regimen(arm), occupied.after_repair
        shares = {regimen.drug: share_on_treatment(self.curves, regimen, draws, in_use) for regimen in regimens}
        return dataclasses.replace(occupied, on_treatment=shares)

    def _completed(self, occupied: ArmStates, arm: str, draws: Draws) -> ArmStates:
        """The states of an arm with what follows from them: who is in which listed state, dying, within an event."""
        made = dataclasses.replace(occupied, listed=self._listed(occupied))
        made = dataclasses.replace(made, dying=self._dying(made, arm, draws))
        if not self.lasting:
            return made
        whose = curve_values(made, WHILE[self.definition.settings.adverse_event_disutility])
        return dataclasses.replace(made, within=curves_within(self.timeline, whose, self.lasting, draws))

    def _listed(self, occupied: ArmStates) -> dict[str, Array]:
        """Occupancy of each state that the definition lists."""
        regions = {"progression_free": occupied.progression_free, "progressed": occupied.progressed}
        return between(self.definition.states, occupied.after_repair, regions)

    def _dying(self, occupied: ArmStates, arm: str, draws: Draws) -> dict[str, Array]:
        """Deaths by state, where a cost asks for them: of progression-free and progressed patients, and in the states that
        the definition lists."""
        if not self.tells_deaths:
            return {}
        assert occupied.progressing is not None
        share = self.definition.progression_row("death_share", arm)
        lives = 1.0 if share is None else (1.0 - draws[address_of("progression", share)])[:, None]
        rule = self.definition.settings.deaths_by_state
        found = deaths_by_state(rule, occupied.progression_free, occupied.alive, occupied.progressing * lives)
        regions = {"progression_free": occupied.progression_free, "progressed": occupied.progressed}
        for region, whole in regions.items():
            inside = {
                s: o for s, o in occupied.listed.items() if self.definition.is_progressed(s) == (region == "progressed")
            }
            found = deaths_of_states(found[dying(region)], whole, inside) | found
        return found


def _structure(curves: Curves) -> PartitionedSurvival | TransitionStates:
    """How occupancies come about by the structure of the base case."""
    if not by_states(curves.definition):
        return PartitionedSurvival(curves)
    floor = curves.population if curves.definition.settings.hazard_floor else None
    return TransitionStates(curves, Transitions(curves.definition, curves.months, floor))
