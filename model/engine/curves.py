"""The curve of each arm and endpoint before crossing is repaired: own distribution, relative effect, waning, mortality.

The order is fixed. The general population's mortality is added to an excess-hazard curve (Nelson et al. 2007), from the end
of its Kaplan-Meier part on, which holds every death; under any other curve of OS and, by a setting, of PFS it is a floor
(NICE DSU TSD 21). Hazards are cumulative, times in months.
"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.from_data import population_hazard
from model.definition.curves.typed import natural_coefficients
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.arms import Regimen
from model.definition.records.curves import Curve
from model.definition.records.settings import UNDER_BOTH
from model.definition.sampling.draws import Draws
from model.definition.structure import after_id, by_states
from model.engine.dosing import stop_day
from model.engine.timeline import Timeline
from model.survival import accelerated, more_cured, proportional_hazards, proportional_odds, wane
from model.survival.effects import lose_benefit, mix_hazards
from model.survival.families.base import Distribution
from model.survival.life_table import hazard_floor
from model.survival.survival_floor import SurvivalFloor

Shared = dict[tuple[str, str], Array]  # cumulative hazards by (arm, endpoint) within one block


class Curves:
    """The curves of a definition at the times ``months`` ``(n_times,)``, ready to be evaluated for blocks of draws.

    ``records``: what the definition says of each, by arm and endpoint; ``population``: the general population's cumulative
    hazard, ``(n_times,)``, where a curve takes it, and ``floors``: the same by the endpoint under whose curves it lies.
    """

    def __init__(self, definition: ModelDefinition, timeline: Timeline):
        self.definition, self.timeline = definition, timeline
        self.months = timeline.months
        self.records = {(c.arm, c.endpoint): c for c in definition.curves}
        self.families = _families(definition)
        self.effects = {(e.arm, e.endpoint): address_of("relative_effects", e) for e in definition.relative_effects}
        self.started_from = {(c.reference_arm, c.endpoint) for c in definition.curves if _starts_from_another(c)}
        self.by_states = by_states(definition)
        settings = definition.settings
        excess = any(c.mortality == "excess" for c in definition.curves)
        self.population = population_hazard(definition, self.months) if settings.hazard_floor or excess else None
        every = ("os", "pfs", *definition.further_endpoints)
        under = every if settings.hazard_floor_under == UNDER_BOTH else ("os",)
        self.floors = dict.fromkeys(under, self.population) if settings.hazard_floor else {}
        self.survival_floor = None if self.population is None else SurvivalFloor(self.population)

    def at_months(self, months: Array) -> Curves:
        """The curves at other months, for :meth:`before_waning`: what follows it needs the time axis."""
        other = copy.copy(self)
        other.months = months
        return other

    def first_months(self, n_times: int) -> Curves:
        """The same up to an early time of the axis, likewise."""
        other = self.at_months(self.months[:n_times])
        if self.population is not None:
            other.population = self.population[:n_times]
            other.survival_floor = SurvivalFloor(other.population)
        return other

    def coefficients(self, curve: Curve, draws: Draws) -> Array:
        """Natural coefficients ``(n, k)`` or ``(1, k)`` of a curve with its own distribution."""
        after = draws.values.get(after_id(curve.arm)) if self.by_states and curve.endpoint == "os" else None
        if after is not None:
            return after
        return natural_coefficients(self.definition, curve, self.families[curve.arm, curve.endpoint], draws.values)

    def before_waning(self, curve: Curve, draws: Draws, shared: Shared | None = None) -> Array:
        """Cumulative hazard ``(n, n_times)`` of a curve with its relative effect only; read-only."""
        shared = {} if shared is None else shared
        if curve.source != "relative_effect":
            return self._own_hazard(curve, draws, shared)
        reference = self.reference(curve)
        value = draws[self.effects[curve.arm, curve.endpoint]]
        if curve.effect in ("acceleration_factor", "cure_odds_ratio"):
            changed = accelerated if curve.effect == "acceleration_factor" else more_cured
            family = self.families[reference.arm, reference.endpoint]
            return changed(family, self.coefficients(reference, draws), self.months, value)
        act = proportional_hazards if curve.effect == "hazard_ratio" else proportional_odds
        return act(self._own_hazard(reference, draws, shared), value)

    def with_effect(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard of a curve with its relative effect and waning, before any general population; read-only."""
        hazard = self.before_waning(curve, draws, shared)
        return self._waned(curve, hazard, draws, shared) if wanes(curve) else hazard

    def all_cause(self, curve: Curve, hazard: Array) -> Array:
        """The general population's hazard added to that of an excess-hazard curve (Nelson et al. 2007); after a Kaplan-Meier
        part, which is survival from any cause, only what comes later. Within a cycle the population's hazard is constant."""
        if not self.is_excess(curve):
            return hazard
        assert self.population is not None
        until = self._own(curve).km_until
        if until is None:
            return hazard + self.population
        return hazard + np.maximum(self.population - np.interp(until, self.months, self.population), 0.0)

    def before_floor(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard of a curve with all but a floor, ``(n, n_times)`` or ``(1, n_times)``; read-only."""
        return self.all_cause(curve, self.with_effect(curve, draws, shared))

    def survival(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve as the states take it, before crossing is repaired."""
        survival = self._survival_before_floor(curve, draws, shared)
        if self.survival_floor is None or self._floor(curve) is None:
            return survival
        return self.survival_floor.under(survival)

    def _survival_before_floor(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Survival ``(n_draws, n_times)`` of a curve with all but a floor: as its family has it, where no other curve starts
        from its hazard."""
        key = (curve.arm, curve.endpoint)
        if not _starts_from_another(curve) and not self.is_excess(curve) and key not in self.started_from:
            return one_row_per_draw(self.families[key].survival(self.months, self.coefficients(curve, draws)), draws)
        survival = np.negative(one_row_per_draw(self.before_floor(curve, draws, shared), draws))
        return np.exp(survival, out=survival)

    def hazard_and_survival(self, curve: Curve, draws: Draws, shared: Shared) -> tuple[Array, Array]:
        """The same, to the last digits, with its cumulative hazard, which is read-only.

        A curve takes the general population by one mechanism only: added to an excess hazard, or as a floor.
        """
        hazard, floor = self.before_floor(curve, draws, shared), self._floor(curve)
        if floor is not None:
            hazard = hazard_floor(hazard, floor)
        hazard = one_row_per_draw(hazard, draws)
        survival = np.negative(hazard)
        np.exp(survival, out=survival)
        return hazard, survival

    def _floor(self, curve: Curve) -> Array | None:
        """The general population's cumulative hazard where it is a floor under a curve."""
        return None if self.is_excess(curve) else self.floors.get(curve.endpoint)

    def is_excess(self, curve: Curve) -> bool:
        """Does the curve, or the one it starts from, leave out the general population's mortality?"""
        return self._own(curve).mortality == "excess"

    def _own(self, curve: Curve) -> Curve:
        """The curve, or the one it starts from."""
        relative = curve.source == "relative_effect" and curve.reference_arm is not None
        return self.reference(curve) if relative else curve

    def reference(self, curve: Curve) -> Curve:
        """The curve of the reference arm with which a curve is compared."""
        assert curve.reference_arm is not None
        return self.records[curve.reference_arm, curve.endpoint]

    def _own_hazard(self, curve: Curve, draws: Draws, shared: Shared) -> Array:
        """Cumulative hazard of a curve's own distribution; read-only, since other arms may start from it."""
        key = (curve.arm, curve.endpoint)
        if key not in shared:
            shared[key] = self.families[key].cumulative_hazard(self.months, self.coefficients(curve, draws))
        return shared[key]

    def _waned(self, curve: Curve, hazard: Array, draws: Draws, shared: Shared) -> Array:
        """The cumulative hazard of a treated curve once its effect wanes by the curve's rule."""
        other = self._own_hazard(self.reference(curve), draws, shared)
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
        common = {r.drug for r in self.definition.regimen(self.reference(curve).arm)}
        event_free = np.exp(-self.all_cause(curve, hazard))
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
        curve = dataclasses.replace(self.records[regimen.arm, regimen.endpoint], waning="linear", waning_start=None)
        hazard = self.before_floor(curve, draws, shared)
        ratio = draws.values.get(f"treatment.{regimen.arm}.{regimen.drug}.hazard_ratio")
        return np.exp(-hazard if ratio is None else -hazard * ratio[:, None])


def _starts_from_another(curve: Curve) -> bool:
    """Does a curve start from the hazard of another arm's, or wane towards it?"""
    return curve.source == "relative_effect" or wanes(curve)


def wanes(curve: Curve) -> bool:
    """Does the effect of a curve's arm wane?"""
    return curve.waning == "treatment_end" or curve.waning_start is not None


def one_row_per_draw(values: Array, draws: Draws) -> Array:
    """``(n_draws, n_times)``, also where all draws share one curve."""
    return np.repeat(values, draws.n_draws, axis=0) if values.shape[0] != draws.n_draws else values


def _families(definition: ModelDefinition) -> dict[tuple[str, str], Distribution]:
    """The family of every curve that has coefficients of its own."""
    made = {(c.arm, c.endpoint): curve_coefficients(definition, c) for c in definition.curves}
    return {key: m.family for key, m in made.items() if m is not None}
