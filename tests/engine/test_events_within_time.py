"""Utility lost to adverse events while patients are in a state, within the duration of the event.

Oracle: closed forms of exponential curves under the trapezoid rule (tests/helpers/constant_hazards.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.analysis import one_way, psa
from model.definition import AdverseEvent, EventConsequence, EventProbability, ModelDefinition, Parameter, base_case_draws
from model.definition.checks.remarks import remarks
from model.engine import evaluate, trace
from tests.helpers.constant_hazards import ALIVE, CURVES, DAYS_OF_MONTH, FREE, months_in
from tests.helpers.small_models import fixed, model, settings, uncertain


def with_event(rule: str, days: Parameter | None, loss: Parameter | None = None, **options: Any) -> ModelDefinition:
    rows = [EventConsequence(event="e", item="disutility", parameter=loss or fixed(0.2))]
    if days is not None:
        rows.append(EventConsequence(event="e", item="duration_days", parameter=days))
    return model(
        CURVES,
        settings=settings(adverse_event_disutility=rule, **options),
        adverse_events=(AdverseEvent(id="e", label="Event"),),
        event_probabilities=tuple(
            EventProbability(event="e", arm=a, parameter=fixed(p)) for a, p in (("old", 0.0), ("new", 0.3))
        ),
        event_consequences=tuple(rows),
    )


def lost(definition: ModelDefinition) -> float:
    """QALYs of the arm with the event less those of the arm without, which is the same otherwise."""
    old, new = evaluate(definition, base_case_draws(definition), threads=1).total_qalys[0]
    return float(new - old)


@pytest.mark.parametrize(
    ("rule", "rate"), [("while_progression_free", FREE), ("while_alive", ALIVE), ("while_on_treatment", FREE)]
)
def test_a_loss_counts_for_those_in_the_state_within_the_duration(rule: str, rate: float) -> None:
    """An arm without a drug is on treatment while progression-free."""
    found = lost(with_event(rule, fixed(6 * DAYS_OF_MONTH)))
    assert found == pytest.approx(-0.3 * 0.2 * months_in(rate, 0, 6) / 12, rel=1e-10)


def test_without_a_duration_it_lasts() -> None:
    assert lost(with_event("while_alive", None)) == pytest.approx(-0.3 * 0.2 * months_in(ALIVE) / 12, rel=1e-10)


@pytest.mark.parametrize(("rule", "words"), [("per_event", "counts nothing"), ("while_alive", "lasts for as long as")])
def test_a_loss_without_a_duration_is_remarked_on(rule: str, words: str) -> None:
    (found,) = (r for r in remarks(with_event(rule, None)) if r.table == "event_consequences")
    assert words in found.message and found.field == "event"
    assert not [r for r in remarks(with_event(rule, fixed(10.0))) if r.table == "event_consequences"]


@pytest.mark.parametrize("timing", ["first_cycle", "time_on_treatment"])
def test_a_loss_by_time_begins_at_time_zero_whatever_the_timing_of_events(timing: str) -> None:
    definition = with_event("while_alive", fixed(6 * DAYS_OF_MONTH), adverse_event_timing=timing)
    assert lost(definition) == pytest.approx(-0.3 * 0.2 * months_in(ALIVE, 0, 6) / 12, rel=1e-10)
    told = [r.message for r in remarks(definition) if r.field == "adverse_event_timing"]
    assert [("begins at time zero" in words) for words in told] == ([True] if timing == "time_on_treatment" else [])


def test_the_part_of_a_cycle_counts() -> None:
    """Half a month: half of what the first month counts."""
    found = lost(with_event("while_progression_free", fixed(DAYS_OF_MONTH / 2)))
    assert found == pytest.approx(-0.3 * 0.2 * months_in(FREE, 0, 1) / 2 / 12, rel=1e-10)


def test_each_event_in_full_is_more_than_what_patients_live_to_lose() -> None:
    full, counted = (lost(with_event(rule, fixed(365.25))) for rule in ("per_event", "while_progression_free"))
    assert full == pytest.approx(-0.3 * 0.2, rel=1e-10)
    assert full < counted < 0


@pytest.mark.parametrize("accrual", ["left", "life_table", "trapezoid", "right", "right_factor_of_start"])
@pytest.mark.parametrize("discounting", ["per_period", "annual_step"])
def test_a_loss_for_all_time_is_that_of_the_state(accrual: str, discounting: str) -> None:
    """Life years alive, discounted by each rule, times probability and disutility."""
    conventions = {"accrual": accrual, "discounting": discounting, "discount_rate_effects": 0.05}
    definition = with_event("while_alive", None, **conventions)
    years = evaluate(definition, base_case_draws(definition), threads=1).total_life_years[0, 1]
    assert lost(definition) == pytest.approx(-0.06 * years, rel=1e-10)
    columns = trace(definition, "new").discounted
    assert columns["qaly", "Adverse events"].sum() == pytest.approx(-0.06 * years, rel=1e-10)


def test_draws_have_durations_of_their_own() -> None:
    """Up to the first month the loss is a straight line in the duration."""
    definition = with_event("while_alive", uncertain(10.0, 2.0), uncertain(0.2, 0.02, "beta"))
    sampled = psa(definition, 20, seed=6)
    days, loss = sampled.draws["event_consequences.e.duration_days"], sampled.draws["event_consequences.e.disutility"]
    assert days.max() < DAYS_OF_MONTH
    expected = -0.3 * loss * days / DAYS_OF_MONTH * months_in(ALIVE, 0, 1) / 12
    qalys = sampled.outcomes.total_qalys
    np.testing.assert_allclose(qalys[:, 1] - qalys[:, 0], expected, rtol=1e-9)
    varied = one_way(definition)
    at = [b.parameter_id for b in varied.bounds].index("event_consequences.e.duration_days")
    low = float(definition.parameters["event_consequences.e.duration_days"].quantile(0.025))
    old, new = varied.outcomes.total_qalys[2 * at]
    assert new - old == pytest.approx(-0.3 * 0.2 * low / DAYS_OF_MONTH * months_in(ALIVE, 0, 1) / 12, rel=1e-9)
