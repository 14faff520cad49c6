"""From curves to state occupancy: treatment effects, hazard floor, and what happens where PFS and OS cross.

The order is fixed and each step is visible in the trace: curve, relative effect, waning, general-population mortality
(added to an excess-hazard curve; a floor under any other curve of OS and, by a setting, of PFS), crossing repair, time on
treatment. A
partitioned-survival model has progression-free = PFS, progressed = OS - PFS, dead = 1 - OS (Woods et al. 2017, NICE DSU
TSD 19); further states lie between further curves (:mod:`model.engine.ordered_curves`).
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from typing import cast

import numpy as np

from model.arrays import Array
from model.definition.curves.after_progression import reference_arm
from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.from_data import population_hazard
from model.definition.curves.typed import natural_coefficients
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.arms import Regimen
from model.definition.records.care import ANY_STATE
from model.definition.records.curves import Curve
from model.definition.records.names import short_endpoint
from model.definition.records.population import PROGRESSED_AT_START
from model.definition.records.settings import UNDER_BOTH
from model.definition.sampling.draws import Draws
from model.definition.structure import STRUCTURES, after_id, by_states, in_structure, structure_is_uncertain
from model.engine.binding import REPAIR, UNDER_OS, UNDER_PFS, Binding, of_hazards, of_levels, of_survival
from model.engine.crossing import Crossing, find_crossing, repair
from model.engine.deaths import deaths_by_state
from model.engine.dosing import stop_day
from model.engine.events_within import WHILE, curves_within, durations
from model.engine.mixed_structures import by_structure, evaluated, merged
from model.engine.ordered_curves import Ordered, between, in_order
from model.engine.state_transition import Transitions, pfs_events_with_progression
from model.engine.streams import LEAVING, TREATED
from model.engine.timeline import Timeline
from model.survival import accelerated, more_cured, proportional_hazards, proportional_odds, wane
from model.survival.effects import lose_benefit, mix_hazards
from model.survival.families.base import Distribution
from model.survival.life_table import hazard_floor
from model.survival.multistate import Leaving, Link, SinceProgression, with_os_of

SMALLEST_SHARE = 1e-300  # a share of patients not above it counts as nobody where a power of it is taken

LINKED_TOGETHER = 256  # draws whose links are found together
Shared = dict[tuple[str, str], Array]  # cumulative hazards by (arm, endpoint) within one block


@dataclasses.dataclass
class ArmStates:
    """Occupancy of one arm, each ``(n_draws, n_cycles + 1)``; ``on_treatment`` by drug id.

    ``moved``: the largest share of the patients that the repair of crossing moves, ``(n_draws,)``. ``steps`` holds the curve
    after every step, and ``binding`` where each rule moves it; both are filled only for a trace. Where the definition lists
    states: ``listed``, the occupancy of each by its id; ``further``, further curves in use by endpoint; ``crossings``, of
    each pair of neighbouring curves.
    """

    progression_free: Array
    progressed: Array
    alive: Array
    on_treatment: dict[str, Array]
    crossing: Crossing
    moved: Array
    steps: dict[str, Array]
    binding: dict[str, Binding]
    progressing: Array | None = None
    dying: dict[str, Array] = dataclasses.field(default_factory=dict)
    within: dict[str, Array] = dataclasses.field(default_factory=dict)
    listed: dict[str, Array] = dataclasses.field(default_factory=dict)
    further: dict[str, Array] = dataclasses.field(default_factory=dict)
    crossings: dict[tuple[str, str], Crossing] = dataclasses.field(default_factory=dict)

    def curve(self, name: str) -> Array:
        """An occupancy by name: progression_free, progressed, alive, the id of a state, or a drug id; progressing: events per
        cycle; of a state those :func:`dying` in it per cycle; of an event those :func:`within` it."""
        for named in (self.on_treatment, self.listed, self.dying, self.within):
            if name in named:
                return named[name]
        return getattr(self, name)


class StateModel:
    """The curves of every arm of a definition on its time axis, ready to be evaluated for blocks of draws."""

    def __init__(self, definition: ModelDefinition, timeline: Timeline):
        self.definition, self.timeline = definition, timeline
        self.months = timeline.months
        self.rule = definition.settings.crossing
        self.curves = {(c.arm, c.endpoint): c for c in definition.curves}
        excess = any(c.mortality == "excess" for c in definition.curves)
        self.population = population_hazard(definition, self.months) if definition.settings.hazard_floor or excess else None
        every = ("os", "pfs", *definition.further_endpoints)
        under = every if definition.settings.hazard_floor_under == UNDER_BOTH else ("os",)
        self.floors = dict.fromkeys(under, self.population) if definition.settings.hazard_floor else {}
        self.families = _families(definition)
        self.counts_progressions = bool(definition.subsequent) or any(
            care.during == "at_progression" for care in definition.care
        )
        self.some_start_progressed = any(row.item == PROGRESSED_AT_START for row in definition.population)
        self.lasting = durations(definition)
        self.tells_deaths = any(item.state != ANY_STATE for item in definition.end_of_life)
        self.effects = {(e.arm, e.endpoint): address_of("relative_effects", e) for e in definition.relative_effects}
        self.transitions = self._transitions() if by_states(definition) else None
        self.in_structure: dict[str, StateModel] = {}
        if structure_is_uncertain(definition):
            self.in_structure = {name: StateModel(in_structure(definition, name), timeline) for name in STRUCTURES}

    def _transitions(self) -> Transitions:
        floor = self.population if self.definition.settings.hazard_floor else None
        return Transitions(self.definition, self.months, floor)

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
        if self.transitions is not None:
            return self._by_transitions(self.transitions, arm, draws, keep_steps, shared)
        steps: dict[str, Array] = {}
        pfs_curve, os_curve = self.curves[arm, "pfs"], self.curves[arm, "os"]
        pfs_hazard, pfs = self._endpoint(
            pfs_curve, draws, shared, floor=self.floors.get("pfs"), needs_hazard=self.rule == "hazard" or keep_steps
        )
        starting = self._starting_free(draws)
        pfs_hazard, pfs = of_those_starting(starting, pfs_hazard, pfs)
        os_hazard, os = self._endpoint(
            os_curve, draws, shared, floor=self.floors.get("os"), needs_hazard=self.rule == "hazard"
        )
        if keep_steps:
            steps = self._steps(pfs_curve, os_curve, draws, shared, pfs, os)
            if starting is not None and "PFS of the curve" in steps:
                steps["PFS of the curve"] *= starting
        crossing = find_crossing(self.months, pfs, os)
        ordered = None
        if self.definition.further_endpoints:
            ordered = self._in_order(arm, draws, shared, {"pfs": pfs, "os": os}, {"pfs": pfs_hazard, "os": os_hazard})
            pfs, os, moved = ordered.after["pfs"], ordered.after["os"], ordered.moved
        else:
            before = pfs
            pfs, os = repair(self.rule, pfs, os, pfs_hazard, os_hazard)
            moved = crossing.largest_gap if self.rule != "hazard" else (before - pfs).max(axis=1)
        binding = self._binding(pfs_curve, os_curve, draws, steps, pfs, os) if keep_steps else {}
        progressed = np.subtract(os, pfs)
        further = {} if ordered is None else {e: ordered.after[e] for e in self.definition.further_endpoints}
        on_treatment = {r.drug: self._on_treatment(r, draws, pfs, os, further) for r in self.definition.regimen(arm)}
        events = progression_events(pfs, progressed) if self.counts_progressions or keep_steps else None
        dying = self._dying(arm, draws, pfs, os, progression_events(pfs, progressed) if self.tells_deaths else None)
        made = ArmStates(pfs, progressed, os, on_treatment, crossing, moved, steps, binding, events, dying, further=further)
        if self.definition.states:
            regions = {"progression_free": pfs, "progressed": progressed}
            made.listed = between(self.definition.states, {**further, "pfs": pfs, "os": os}, regions)
        if ordered is not None:
            made.crossings = ordered.crossings
            if keep_steps:
                made.steps |= {before_repair(e): ordered.before[e] for e in self.definition.further_endpoints}
        return self._with_events(made, draws)

    def _starting_free(self, draws: Draws) -> Array | None:
        """Share of patients who start progression-free, ``(n_draws, 1)`` or ``(1, 1)``; None where all do."""
        if not self.some_start_progressed:
            return None
        return (1.0 - draws[f"population.{PROGRESSED_AT_START}"])[:, None]

    def _in_order(
        self, arm: str, draws: Draws, shared: Shared, curves: dict[str, Array], hazards: dict[str, Array | None]
    ) -> Ordered:
        """The curves of all states, the lowest first; ``curves`` and ``hazards``: those of PFS and OS."""
        for e in self.definition.further_endpoints:
            floor, needs_hazard = self.floors.get(e), self.rule == "hazard"
            hazards[e], curves[e] = self._endpoint(self.curves[arm, e], draws, shared, floor, needs_hazard)
            if self.definition.until_progression(e):
                hazards[e], curves[e] = of_those_starting(self._starting_free(draws), hazards[e], curves[e])
        return in_order(self.months, self.rule, {e: curves[e] for e in self.definition.endpoints}, hazards)

    def _by_transitions(
        self, transitions: Transitions, arm: str, draws: Draws, keep_steps: bool, shared: Shared
    ) -> ArmStates:
        """State occupancy of an arm by transitions between the states."""
        leaving = self._leaving(transitions, arm, draws, shared)
        pfs, progressed, os = self._occupancies(transitions, arm, draws, shared)
        steps: dict[str, Array] = {}
        binding: dict[str, Binding] = {}
        if keep_steps:
            steps, binding = self._steps_by_transitions(transitions, arm, draws, shared, pfs, os)
        on_treatment = {r.drug: self._on_treatment(r, draws, pfs, os, {}) for r in self.definition.regimen(arm)}
        events = None
        if self.counts_progressions or keep_steps or self.tells_deaths:
            events = pfs_events_with_progression(leaving, transitions.death_share(arm, draws))
            np.copyto(events, 0.0, where=progressed <= 0)  # by the link no_os_benefit nobody may live on
        nowhere = Crossing(np.full(len(pfs), np.nan), np.zeros(len(pfs)), np.zeros(len(pfs)))
        dying = self._dying(arm, draws, pfs, os, events)
        made = ArmStates(pfs, progressed, os, on_treatment, nowhere, np.zeros(len(pfs)), steps, binding, events, dying)
        if self.definition.states:
            regions = {"progression_free": pfs, "progressed": progressed}
            made.listed = between(self.definition.states, {"pfs": pfs, "os": os}, regions)
        return self._with_events(made, draws)

    def _with_events(self, made: ArmStates, draws: Draws) -> ArmStates:
        """The states with those of whom a loss of utility within an event counts, where the setting asks for them."""
        if self.lasting:
            whose = curve_values(made, WHILE[self.definition.settings.adverse_event_disutility])
            made.within = curves_within(self.timeline, whose, self.lasting, draws)
        return made

    def _dying(self, arm: str, draws: Draws, pfs: Array, os: Array, events: Array | None) -> dict[str, Array]:
        """Deaths by state, where a cost asks for them; ``events``: PFS events of which the death share are deaths."""
        if not self.tells_deaths:
            return {}
        assert events is not None
        share = self.definition.progression_row("death_share", arm)
        alive = 1.0 if share is None else (1.0 - draws[address_of("progression", share)])[:, None]
        return deaths_by_state(self.definition.settings.deaths_by_state, pfs, os, events * alive)

    def _occupancies(self, transitions: Transitions, arm: str, draws: Draws, shared: Shared) -> tuple[Array, Array, Array]:
        """Progression-free, progressed and alive of an arm; what it has of the reference arm is worked out once."""
        leaving = self._leaving(transitions, arm, draws, shared)
        reference = reference_arm(self.definition)
        if not transitions.has_os_of_reference(arm):
            made = transitions.occupancies(leaving, self._since(transitions, arm, draws, shared))
            if arm == reference:
                shared[arm, transitions.key("alive")] = made[2]
            return made
        if (reference, transitions.key("alive")) not in shared:
            self._occupancies(transitions, reference, draws, shared)
        occupied = with_os_of(shared[reference, transitions.key("alive")], leaving)
        return occupied.progression_free, occupied.progressed, occupied.alive

    def _steps_by_transitions(
        self, transitions: Transitions, arm: str, draws: Draws, shared: Shared, pfs: Array, os: Array
    ) -> tuple[dict[str, Array], dict[str, Binding]]:
        """PFS without any floor under mortality and OS without that after progression, both with them, and where the floors
        act; no repair is needed."""
        hazard = self._pfs_hazard(arm, draws, shared)
        free = np.exp(-hazard)
        _, _, alive = self._occupancies(transitions.without_floor, arm, draws, shared)
        steps = {"PFS of the curve": free, "PFS before repair": pfs.copy()}
        steps |= {"OS of the curve": alive, "OS after hazard floor": os.copy()}
        binding = {REPAIR: of_levels(self.months, np.zeros_like(pfs))}
        if self.population is not None:
            steps["General population"] = np.broadcast_to(np.exp(-self.population), os.shape)
        if transitions.population is not None:
            by_share = transitions.death_share(arm, draws)[:, None] * hazard
            binding[UNDER_PFS] = of_hazards(self.months, by_share, transitions.population[None, :], free - pfs)
            binding[UNDER_OS] = of_survival(self.months, alive, os)
        return steps, binding

    def _pfs_hazard(self, arm: str, draws: Draws, shared: Shared, waned: bool = True) -> Array:
        """Cumulative hazard of PFS before any floor, one row per draw; read-only. Not ``waned``: as in the trial."""
        curve = self.curves[arm, "pfs"]
        own = self._with_effect(curve, draws, shared) if waned else self.before_waning(curve, draws, shared)
        return self._full(self._all_cause(curve, own), draws)

    def _leaving(self, transitions: Transitions, arm: str, draws: Draws, shared: Shared, waned: bool = True) -> Leaving:
        """How patients of an arm leave the progression-free state, worked out once per block."""
        waned = waned or not wanes(self.curves[arm, "pfs"])
        name = "leaving" if waned else "leaving as in the trial"
        keys = [(arm, f"{name}.{field.name}") for field in dataclasses.fields(Leaving)]
        if keys[0] not in shared:
            left = transitions.leaving(arm, self._pfs_hazard(arm, draws, shared, waned), draws)
            shared.update({key: getattr(left, key[1].partition(".")[2]) for key in keys})
        return Leaving(*(shared[key] for key in keys))

    def _after(self, transitions: Transitions, arm: str, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard since progression of an arm, ``(n_draws, n_times - 1)`` or one row for all."""
        if transitions.has_own(arm):
            key = (arm, "after progression")
            if key not in shared:
                shared[key] = transitions.own_after(self.coefficients(self.curves[arm, "os"], draws))
            return shared[key]
        reference = self._after(transitions, reference_arm(self.definition), draws, shared)
        if not transitions.asks_for_ratio:
            return reference
        found = draws.values.get(_link_id(arm))
        factor = self._link(transitions, arm, draws, shared).factor if found is None else found
        return reference if np.all(factor == 1.0) else reference * factor[:, None]

    def _since(self, transitions: Transitions, arm: str, draws: Draws, shared: Shared) -> SinceProgression:
        """Survival after progression of an arm made ready: once for all arms that live like the reference arm."""
        after, reference = self._after(transitions, arm, draws, shared), reference_arm(self.definition)
        if after is not shared.get((reference, "after progression")):
            return transitions.since(after)
        keys = [(reference, f"{transitions.key('since')}.{field.name}") for field in dataclasses.fields(SinceProgression)]
        if keys[0] not in shared:
            ready = transitions.since(after)
            shared.update(zip(keys, (ready.hazard, ready.alive), strict=True))
        return SinceProgression(*(shared[key] for key in keys))

    def _link(self, transitions: Transitions, arm: str, draws: Draws, shared: Shared) -> Link:
        """What the reference arm's hazard after progression is multiplied by for an arm linked to it, ``(n_draws,)``."""
        reference = reference_arm(self.definition)
        return transitions.link(
            self._leaving(transitions, reference, draws, shared, waned=False),
            self._leaving(transitions, arm, draws, shared, waned=False),
            self._after(transitions, reference, draws, shared),
            draws[self.effects[arm, "os"]],
        )

    def with_links(self, draws: Draws) -> Draws:
        """The draws with the factors that link arms by a hazard ratio of OS. They are found for many draws together, on the
        time up to the median follow-up: blocks of draws over all of it would work out the same, and wait for it."""
        if self.in_structure:
            return self._with_links_of_states(draws)
        if self.transitions is None or not self.transitions.asks_for_ratio:
            return draws
        early = copy.copy(self)
        early.transitions = self.transitions.until_follow_up()
        early.months = early.transitions.months
        early.population = None if self.population is None else self.population[: len(early.months)]
        linked = [arm for arm in self.definition.arm_ids if not self.transitions.has_own(arm)]
        factors = {name(arm): np.empty(draws.n_draws) for arm in linked for name in (_link_id, _met_id)}
        for start in range(0, draws.n_draws, LINKED_TOGETHER):
            block, shared = draws.block(start, start + LINKED_TOGETHER), Shared()
            for arm in linked:
                found, place = early._link(early.transitions, arm, block, shared), slice(start, start + block.n_draws)
                factors[_link_id(arm)][place], factors[_met_id(arm)][place] = found.factor, found.met
        return draws.replace(factors)

    def _with_links_of_states(self, draws: Draws) -> Draws:
        """The same where only some draws take the state-transition structure; in the others a factor means nothing."""
        factors: dict[str, Array] = {}
        for name, rows, part in by_structure(draws):
            linked = self.in_structure[name].with_links(part)
            for key in linked.values.keys() - draws.values.keys():
                factors.setdefault(key, np.ones(draws.n_draws))[rows] = linked[key]
        return draws.replace(factors)

    def _steps(
        self, pfs_curve: Curve, os_curve: Curve, draws: Draws, shared: Shared, pfs: Array, os: Array
    ) -> dict[str, Array]:
        """Each curve before and after the floor; ``pfs`` and ``os``: after it."""
        steps: dict[str, Array] = {}
        for curve, after, name in ((pfs_curve, pfs, "PFS before repair"), (os_curve, os, "OS after hazard floor")):
            if curve.endpoint == "os" or "pfs" in self.floors:
                own = self._all_cause(curve, self._with_effect(curve, draws, shared))
                steps[f"{curve.endpoint.upper()} of the curve"] = np.exp(-own)
            steps[name] = after.copy()
        if self.population is not None:
            steps["General population"] = np.broadcast_to(np.exp(-self.population), os.shape)
        return steps

    def _binding(
        self, pfs_curve: Curve, os_curve: Curve, draws: Draws, steps: dict[str, Array], pfs: Array, os: Array
    ) -> dict[str, Binding]:
        """Where each rule in force moves a curve; ``pfs`` and ``os``: after repair."""
        found: dict[str, Binding] = {}
        before_pfs, before_os = steps["PFS before repair"], steps["OS after hazard floor"]
        for curve, after in ((os_curve, before_os), (pfs_curve, before_pfs)):
            floor = self.floors.get(curve.endpoint)
            if floor is not None and not self._is_excess(curve):
                own = self._with_effect(curve, draws, {})
                moved = steps[f"{curve.endpoint.upper()} of the curve"] - after
                found[UNDER_OS if curve.endpoint == "os" else UNDER_PFS] = of_hazards(self.months, own, floor[None, :], moved)
        if self.rule == "hazard":
            hazards = self._final_hazard(pfs_curve, draws), self._final_hazard(os_curve, draws)
            found[REPAIR] = of_hazards(self.months, *hazards, before_pfs - pfs)
        else:
            found[REPAIR] = of_levels(self.months, np.maximum(before_pfs - pfs, os - before_os))
        return found

    def _final_hazard(self, curve: Curve, draws: Draws) -> Array:
        """Cumulative hazard of a curve before repair of crossing."""
        hazard, _ = self._endpoint(curve, draws, {}, self.floors.get(curve.endpoint), needs_hazard=True)
        assert hazard is not None
        return hazard

    def at_months(self, months: Array) -> StateModel:
        """The curves at other months, for :meth:`before_waning`: what follows it needs the time axis."""
        other = copy.copy(self)
        other.months = months
        return other

    def coefficients(self, curve: Curve, draws: Draws) -> Array:
        """Natural coefficients ``(n, k)`` or ``(1, k)`` of a curve with its own distribution."""
        after = draws.values.get(after_id(curve.arm)) if self.transitions is not None and curve.endpoint == "os" else None
        if after is not None:
            return after
        return natural_coefficients(self.definition, curve, self.families[curve.arm, curve.endpoint], draws.values)

    def _own_hazard(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard of a curve's own distribution; read-only, since other arms may start from it."""
        key = (curve.arm, curve.endpoint)
        if key not in shared:
            shared[key] = self.families[key].cumulative_hazard(self.months, self.coefficients(curve, draws))
        return shared[key]

    def _with_effect(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard of a curve with its relative effect and waning, before any general population; read-only."""
        hazard = self.before_waning(curve, draws, shared)
        if not wanes(curve):
            return hazard
        assert curve.reference_arm is not None
        return self._waned(curve, self.curves[curve.reference_arm, curve.endpoint], hazard, draws, shared)

    def before_waning(self, curve: Curve, draws: Draws, shared: Shared | None = None) -> Array:
        """Cumulative hazard ``(n, n_times)`` of a curve with its relative effect only; read-only."""
        shared = {} if shared is None else shared
        reference = self.curves[curve.reference_arm, curve.endpoint] if curve.reference_arm else curve
        if curve.source != "relative_effect":
            hazard = self._own_hazard(curve, draws, shared)
        elif curve.effect in ("acceleration_factor", "cure_odds_ratio"):
            value = draws[self.effects[curve.arm, curve.endpoint]]
            family = self.families[reference.arm, reference.endpoint]
            changed = accelerated if curve.effect == "acceleration_factor" else more_cured
            hazard = changed(family, self.coefficients(reference, draws), self.months, value)
        else:
            value = draws[self.effects[curve.arm, curve.endpoint]]
            act = proportional_hazards if curve.effect == "hazard_ratio" else proportional_odds
            hazard = act(self._own_hazard(reference, draws, shared), value)
        return hazard

    def _waned(self, curve: Curve, reference: Curve, hazard: Array, draws: Draws, shared: Shared) -> Array:
        """The cumulative hazard of a treated curve once its effect wanes by the curve's rule."""
        other = self._own_hazard(reference, draws, shared)
        if curve.waning == "treatment_end":
            return mix_hazards(hazard, other, self._share_treated(curve, hazard, draws, shared))
        assert curve.waning_start is not None
        start = curve.waning_start
        end = start if curve.waning_end is None else curve.waning_end
        if curve.waning == "loss_of_benefit":
            return lose_benefit(self.months, hazard, other, start, end)
        return wane(self.months, hazard, other, start, end, curve.waning)

    def _share_treated(self, curve: Curve, hazard: Array, draws: Draws, shared: Shared) -> Array:
        """Share of those event-free who still take a drug that the reference arm does not get, ``(n, n_times)``, in
        the cycle that ends at each time: the mean of its two ends. Curves are taken before waning and repair."""
        assert curve.reference_arm is not None
        common = {r.drug for r in self.definition.regimen(curve.reference_arm)}
        event_free = np.exp(-self._all_cause(curve, hazard))
        on = np.zeros_like(event_free)
        for regimen in self.definition.regimen(curve.arm):
            if regimen.drug in common:
                continue
            taken = self._uncapped_treatment(regimen, draws, shared)
            last = stop_day(self.definition.drug(regimen.drug), regimen, *self.timeline.limits)
            given = (self.timeline.days < last) | (last >= self.timeline.horizon_days)
            on = np.maximum(on, np.where(given, taken, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip(np.where(event_free > 0, on / event_free, 0.0), 0.0, 1.0)
        share[:, 1:] = (share[:, 1:] + share[:, :-1]) / 2
        return share

    def _uncapped_treatment(self, regimen: Regimen, draws: Draws, shared: Shared) -> Array:
        """Share of all patients still on a drug by its own rule, before waning of the effect."""
        curve = dataclasses.replace(self.curves[regimen.arm, regimen.endpoint], waning="linear", waning_start=None)
        hazard = self._all_cause(curve, self._with_effect(curve, draws, shared))
        ratio = draws.values.get(f"treatment.{regimen.arm}.{regimen.drug}.hazard_ratio")
        return np.exp(-hazard if ratio is None else -hazard * ratio[:, None])

    def in_use(self, curve: Curve, draws: Draws) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve as the states take it: with its effect, waning and general-population
        mortality, before crossing is repaired."""
        if self.in_structure:
            return evaluated(draws, lambda name, part: self.in_structure[name].in_use(curve, part))
        if self.transitions is not None and curve.endpoint in ("pfs", "os"):
            states = self.states(curve.arm, draws)
            return states.progression_free if curve.endpoint == "pfs" else states.alive
        return self._endpoint(curve, draws, {}, self.floors.get(curve.endpoint), needs_hazard=False)[1]

    def _all_cause(self, curve: Curve, hazard: Array) -> Array:
        """The general population's hazard added to that of an excess-hazard curve (Nelson et al. 2007)."""
        if not self._is_excess(curve):
            return hazard
        assert self.population is not None
        return hazard + self.population

    def _is_excess(self, curve: Curve) -> bool:
        """Does the curve, or the one it starts from, leave out the general population's mortality?"""
        if curve.source == "relative_effect" and curve.reference_arm is not None:
            curve = self.curves[curve.reference_arm, curve.endpoint]
        return curve.mortality == "excess"

    def _endpoint(
        self, curve: Curve, draws: Draws, shared: Shared, floor: Array | None, needs_hazard: bool
    ) -> tuple[Array | None, Array]:
        """Cumulative hazard (if needed) and survival ``(n, n_times)`` of a curve, after the general population.

        A curve takes the general population by one mechanism only: added to an excess hazard, or as a floor.
        """
        excess = self._is_excess(curve)
        plain = curve.source != "relative_effect" and not wanes(curve) and not excess
        if plain and floor is None and not needs_hazard:
            family = self.families[curve.arm, curve.endpoint]
            return None, self._full(family.survival(self.months, self.coefficients(curve, draws)), draws)
        hazard = self._all_cause(curve, self._with_effect(curve, draws, shared))
        if floor is not None and not excess:
            hazard = hazard_floor(hazard, floor)
        hazard = self._full(hazard, draws)
        survival = np.negative(hazard)
        np.exp(survival, out=survival)
        return (hazard if needs_hazard else None), survival

    @staticmethod
    def _full(values: Array, draws: Draws) -> Array:
        """One row per draw, also where all draws share one curve."""
        return np.repeat(values, draws.n_draws, axis=0) if values.shape[0] != draws.n_draws else values

    def _on_treatment(self, regimen: Regimen, draws: Draws, pfs: Array, os: Array, further: dict[str, Array]) -> Array:
        """Share still on a drug. A hazard ratio of stopping acts on the curve's own hazard; the result is then capped
        at PFS (until progression) or at OS. ``further``: curves of states, in use."""
        limit = pfs if regimen.until == "progression" else os
        base = limit
        if regimen.until == "own_curve":
            base = self._own_curve_of(regimen, draws, {**further, "pfs": pfs, "os": os})
        ratio = draws.values.get(f"treatment.{regimen.arm}.{regimen.drug}.hazard_ratio")
        if ratio is not None and not np.all(ratio == 1.0):
            starting = self._starting_free(draws) if self.definition.until_progression(regimen.endpoint) else None
            if starting is not None:
                base = np.divide(base, starting, out=np.zeros_like(base), where=starting > 0)
            with np.errstate(divide="ignore"):
                base = np.log(np.where(base > SMALLEST_SHARE, base, 0.0))
            base *= ratio[:, None]
            np.exp(base, out=base)
            if starting is not None:
                base *= starting
        return base if base is limit else np.minimum(base, limit)

    def _own_curve_of(self, regimen: Regimen, draws: Draws, in_use: dict[str, Array]) -> Array:
        """The curve of time on treatment: one of the states', as it is in use, or one of its own."""
        if regimen.endpoint in in_use:
            return in_use[regimen.endpoint]
        curve = self.curves[regimen.arm, regimen.endpoint]
        return self._endpoint(curve, draws, {}, floor=None, needs_hazard=False)[1]


def curve_values(states: ArmStates, curve: str) -> Array:
    """Occupancy by name ``(n_draws, n_times)``; ``treated`` is the share on any drug (the longest-lasting one)."""
    if curve == LEAVING:
        return leaving_events(states.progression_free)
    if curve != TREATED:
        return states.curve(curve)
    curves = list(states.on_treatment.values()) or [states.progression_free]
    result = curves[0]
    for other in curves[1:]:
        if other is not result:
            result = np.maximum(result, other)
    return result


def before_repair(endpoint: str) -> str:
    """What a trace calls a further curve before crossing is repaired."""
    return f"{short_endpoint(endpoint, {})} before repair"


def _link_id(arm: str) -> str:
    """Under what the draws hold the factor that links an arm to the reference arm."""
    return f"link.{arm}"


def _met_id(arm: str) -> str:
    """Under what they hold whether it gives the hazard ratio of OS that the link keeps: 1 or 0."""
    return f"link_met.{arm}"


def links_met(arm: str, draws: Draws) -> Array:
    """Does OS of an arm have the hazard ratio that the link between arms keeps, ``(n_draws,)`` or ``(1,)``? Of draws with
    their links (:meth:`StateModel.with_links`); 1 where the link is another."""
    return draws.get(_met_id(arm), 1.0)


def of_those_starting(share: Array | None, hazard: Array | None, curve: Array) -> tuple[Array | None, Array]:
    """A curve of those who start progression-free as share of all patients, with its cumulative hazard; ``share`` ``(n, 1)``:
    how many they are, None for all."""
    if share is None:
        return hazard, curve
    with np.errstate(divide="ignore"):
        return None if hazard is None else hazard - np.log(share), curve * share


def progression_events(pfs: Array, progressed: Array) -> Array:
    """Share leaving the progression-free state in the cycle that ends at each boundary, ``(n_draws, n_times)``.

    Counted only where someone is in the progressed state at the end of the cycle: once PFS is held at OS every
    remaining PFS event is a death, so no progression (and no treatment after it) is left to count.
    """
    events = leaving_events(pfs)
    np.copyto(events, 0.0, where=progressed <= 0)
    return events


def leaving_events(pfs: Array) -> Array:
    """Share leaving the progression-free state in the cycle that ends at each boundary, by progression or death,
    ``(n_draws, n_times)``."""
    events = np.empty_like(pfs)
    events[:, 0] = 0.0
    np.subtract(pfs[:, :-1], pfs[:, 1:], out=events[:, 1:])
    return events


def wanes(curve: Curve) -> bool:
    """Does the effect of a curve's arm wane?"""
    return curve.waning == "treatment_end" or curve.waning_start is not None


def _families(definition: ModelDefinition) -> dict[tuple[str, str], Distribution]:
    """The family of every curve that has coefficients of its own."""
    made = {(c.arm, c.endpoint): curve_coefficients(definition, c) for c in definition.curves}
    return {key: m.family for key, m in made.items() if m is not None}
