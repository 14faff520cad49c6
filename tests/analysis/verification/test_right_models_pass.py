"""The verification record on models that are unusual and right: no test may fail, and a test that does not apply says why.

Short horizons, patients of 90, a state worth nothing or worse than death, a comparator that costs nothing.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from model.analysis import base_case
from model.analysis.verification.record import verify_model
from model.definition import ModelDefinition, Parameter, edit
from model.definition.records import StateShare
from tests.helpers.four_states import four_states
from tests.helpers.published_models import excess_after_steps
from tests.helpers.shipped import shipped
from tests.helpers.small_models import fixed

DRAWS = 60


def us(**changes: Any) -> ModelDefinition:
    return edit(shipped("patina_us"), {name.replace("__", "."): value for name, value in changes.items()})


def verdicts(definition: ModelDefinition, *tests: str) -> dict[str, str]:
    record = verify_model(definition, tests, draws=DRAWS)
    assert record.passes, [(m.test, m.observed) for m in record.of("fail")]
    return {m.test: m.verdict for m in record.made}


def without_costs(definition: ModelDefinition) -> ModelDefinition:
    """Nothing costs anything but palbociclib, which the comparator does not have."""
    free: dict[str, Any] = {}
    for table in ("products", "care", "end_of_life", "event_consequences", "administration"):
        rows = definition.table(table)
        free[table] = tuple(
            dataclasses.replace(row, parameter=Parameter(value=0.0, unit=row.parameter.unit))
            if definition.settings.currency in row.parameter.unit and getattr(row, "drug", None) != "palbociclib"
            else row
            for row in rows
        )
    return dataclasses.replace(definition, **{k: v for k, v in free.items() if v}, correlations=(), price_changes=())


def test_a_horizon_that_ends_before_waning_begins_says_so() -> None:
    (made,) = verify_model(us(settings__horizon_years=2.0), ["P12"]).made
    assert made.verdict == "does not apply" and "before the waning begins" in made.observed
    assert verdicts(us(settings__horizon_years=3.0), "P12") == {"P12": "pass"}


def test_the_length_of_the_cycle_is_to_be_judged_between_half_a_percent_and_five() -> None:
    assert verdicts(us(settings__horizon_years=5.0), "P16") == {"P16": "flag"}
    assert verdicts(us(), "P16") == {"P16": "pass"}


def test_an_effect_that_the_populations_mortality_hides_acts_without_it() -> None:
    assert verdicts(us(population__start_age=90.0), "T3") == {"T3": "pass"}


def test_states_worth_nothing_or_less_are_no_failure() -> None:
    tests = ("R6", "R12a", "R14", "U9")
    assert set(verdicts(us(utilities__progression_free=0.0), *tests).values()) == {"pass"}


def test_an_arm_that_costs_nothing_is_no_failure() -> None:
    free = without_costs(us())
    assert base_case(free).total_costs[free.compared[0]] == 0.0
    found = verdicts(free, "R14", "U9", "E20", "U10", "U12b")
    assert set(found.values()) <= {"pass", "flag"}


def test_an_effect_on_an_excess_hazard_is_none_on_all_deaths() -> None:
    assert verdicts(excess_after_steps(), "P9c", "P10") == {"P9c": "does not apply", "P10": "does not apply"}


def test_patients_who_start_in_any_state_are_moved_as_a_cohort() -> None:
    shares = (StateShare(state="off_therapy", parameter=fixed(0.2)), StateShare(state="progressed", parameter=fixed(0.15)))
    assert verdicts(four_states(state_shares=shares), "P21", "E1", "E17") == {"P21": "pass", "E1": "pass", "E17": "pass"}


def test_a_model_without_costs_has_nothing_to_compare_of_them() -> None:
    free = four_states(care=(), end_of_life=())
    assert verdicts(free, "E9", "R4b") == {"E9": "does not apply", "R4b": "does not apply"}
    assert verify_model(free, draws=DRAWS).passes
