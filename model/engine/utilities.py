"""Life years and QALYs of one arm as streams: states, changes on treatment, adverse events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.settings import PER_EVENT
from model.definition.records.states import State
from model.definition.sampling.draws import Draws
from model.definition.utility_periods import UtilityPeriod, utility_periods
from model.engine.costs import event_stream, treatment_value
from model.engine.dosing import stop_day
from model.engine.events_within import ENDS, durations, weights_of_ends, within
from model.engine.streams import Stream, Value, Weights, constant, parameter, product
from model.engine.timeline import Timeline

ON_TREATMENT = "Change on treatment"
ADVERSE_EVENTS = "Adverse events"


def life_year_streams(definition: ModelDefinition, timeline: Timeline) -> list[Stream]:
    """Time in each state alive."""
    weights = timeline.accrual("effects"), timeline.accrual("none")
    states = definition.living_states
    return [Stream("life_years", s.label, s.id, s.id, s.label, "years", weights, constant(1.0)) for s in states]


def qaly_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    """Every gain and loss of QALYs of one arm."""
    norm = norm_ratio(definition, timeline)
    streams = [
        _in_period(timeline, norm, state, period)
        for state in definition.living_states
        for period in utility_periods(definition, state.id, arm)
        if period.start * timeline.days_per_month < timeline.horizon_days
    ]
    for row in definition.utilities:
        regimen = next((r for r in definition.regimen(arm) if r.drug == row.drug), None)
        if row.state == "on_treatment" and regimen is not None and row.arm in (None, arm):
            drug = definition.drug(regimen.drug)
            limits = regimen.start_day, stop_day(drug, regimen, *timeline.limits)
            share = treatment_value(definition, arm, drug.id, "share_treated")
            value = product(parameter(address_of("utilities", row)), share)
            inside = _weights(timeline, norm, row.from_month or 0.0, row.until_month, limits)
            label = f"On {drug.label}"
            streams.append(Stream("qaly", ON_TREATMENT, "progression_free", drug.id, label, "years", inside, value))
    return streams + _adverse_event_streams(definition, timeline, arm)


def _in_period(timeline: Timeline, norm: Array, state: State, period: UtilityPeriod) -> Stream:
    """QALYs of a state while one row of the utilities holds."""
    weights = _weights(timeline, norm, period.start, period.end, (0.0, timeline.horizon_days))
    name = state.label
    return Stream("qaly", name, state.id, state.id, name + period.suffix, "years", weights, utility_in(period))


def _weights(
    timeline: Timeline, norm: Array, from_month: float, until_month: float | None, limits: tuple[float, float]
) -> Weights:
    """Weights of years between two months within limits in days, age-adjusted; a cycle counts by the part of it inside."""
    start = max(limits[0], from_month * timeline.days_per_month)
    stop = limits[1] if until_month is None else min(limits[1], until_month * timeline.days_per_month)
    return timeline.accrual_between("effects", start, stop) * norm, timeline.accrual_between("none", start, stop) * norm


def utility_in(period: UtilityPeriod) -> Value:
    """Utility in a period; after the first state one given as a decrement is taken from that of the first state, and one
    given as a level is held at or below it (of three states): in the base case, in scenarios and in every draw alike."""
    own = parameter(address_of("utilities", period.row))
    if period.first is None:
        return own
    free = parameter(address_of("utilities", period.first))
    if period.row.given_as == "decrement":
        return lambda draws: free(draws) - own(draws)
    return (lambda draws: np.minimum(own(draws), free(draws))) if period.held else own


def state_utilities(definition: ModelDefinition, state: str) -> list[Value]:
    """Every utility that a state has, in any arm at any time."""
    return [utility_in(p) for arm in definition.arm_ids for p in utility_periods(definition, state, arm)]


def state_utility(definition: ModelDefinition, state: str, arm: str | None = None, month: float = 0.0) -> Value:
    """Utility of a state in an arm (default: the first) at a time."""
    periods = utility_periods(definition, state, arm or definition.arm_ids[0])
    return utility_in(next(p for p in periods if p.start <= month and (p.end is None or month < p.end)))


def norm_ratio(definition: ModelDefinition, timeline: Timeline) -> Array:
    """Population norm at the patients' age over the norm at time zero ``(n_cycles + 1,)``; 1 without age adjustment.

    Multiplicative adjustment: NICE DSU TSD 12 (Ara and Wailoo 2011).
    """
    if definition.settings.age_adjustment == "none":
        return np.ones(timeline.n_cycles + 1)
    norms = population_norm(definition, definition.population_value("start_age") + timeline.years)
    return norms / norms[0]


def population_norm(definition: ModelDefinition, ages: Array) -> Array:
    """Norm utility at each age: that of the last row whose age is not above it."""
    from_age = np.array([row.from_age for row in definition.utility_norms])
    utility = np.array([row.utility for row in definition.utility_norms])
    return utility[np.maximum(np.searchsorted(from_age, ages + 1e-9, side="right") - 1, 0)]


def _adverse_event_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    rows = {(c.event, c.item): address_of("event_consequences", c) for c in definition.event_consequences}
    streams = []
    if definition.settings.adverse_event_disutility != PER_EVENT:
        return _within_events(definition, timeline, arm, rows)
    for event in definition.adverse_events:
        loss, duration = rows.get((event.id, "disutility")), rows.get((event.id, "duration_days"))
        if loss and duration:
            value = _qaly_loss(f"event_probabilities.{event.id}.{arm}", loss, duration, timeline.days_per_year)
            streams.append(event_stream(definition, timeline, arm, "qaly", ADVERSE_EVENTS, event.label, value))
    return streams


def _within_events(
    definition: ModelDefinition, timeline: Timeline, arm: str, rows: Mapping[tuple[str, str], str]
) -> list[Stream]:
    """Losses that count for those who are still in the state of the setting, at the starts and at the ends of cycles."""
    discounted, plain = (weights_of_ends(timeline, outcome) for outcome in ("effects", "none"))
    labels = {event.id: event.label for event in definition.adverse_events}
    streams = []
    for event in durations(definition):
        value = product(constant(-1.0), parameter(f"event_probabilities.{event}.{arm}"), parameter(rows[event, "disutility"]))
        for end in ENDS:
            curve, weights = within(event, end), (discounted[end], plain[end])
            state = "progression_free"
            streams.append(Stream("qaly", ADVERSE_EVENTS, state, curve, labels[event], "years", weights, value))
    return streams


def _qaly_loss(probability: str, disutility: str, duration: str, days_per_year: float) -> Value:
    def loss(draws: Draws) -> Array:
        return -draws[probability] * draws[disutility] * draws[duration] / days_per_year

    return loss
