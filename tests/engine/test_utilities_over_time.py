"""Utilities by arm and by time since the start, beside state.

Oracle: closed forms of exponential curves (tests/helpers/constant_hazards.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import one_way, psa
from model.definition import ModelDefinition, Regimen, Utility, base_case_draws
from model.definition.problems import DefinitionError
from model.engine import evaluate
from tests.helpers.constant_hazards import ALIVE, CURVES, FREE, MONTHS, PACK, PILL, months_in
from tests.helpers.small_models import fixed, model, settings, uncertain


def utility(name: str, state: str, value: float, **options: Any) -> Utility:
    parameter = options.pop("parameter", fixed(value))
    return Utility(id=name, state=state, parameter=parameter, **options)


def qalys(definition: ModelDefinition) -> np.ndarray:
    return evaluate(definition, base_case_draws(definition), threads=1).total_qalys[0]


def progressed_in(start: float = 0.0, stop: float = MONTHS) -> float:
    return months_in(ALIVE, start, stop) - months_in(FREE, start, stop)


def test_a_utility_may_change_with_the_time_since_the_start() -> None:
    rows = (
        utility("early", "progression_free", 0.6, until_month=6.0),
        utility("later", "progression_free", 0.8, from_month=6.0, until_month=60.0),
        utility("late", "progression_free", 0.7, from_month=60.0),
        utility("progressed", "progressed", 0.5),
    )
    expected = 0.6 * months_in(FREE, 0, 6) + 0.8 * months_in(FREE, 6, 60) + 0.7 * months_in(FREE, 60) + 0.5 * progressed_in()
    np.testing.assert_allclose(qalys(model(CURVES, utilities=rows)), expected / 12, rtol=1e-12)


def test_an_arm_with_rows_of_its_own_leaves_those_for_all_to_the_others() -> None:
    rows = (
        utility("free", "progression_free", 0.8),
        utility("free_new", "progression_free", 0.9, arm="new"),
        utility("progressed", "progressed", 0.5),
    )
    each = [(u * months_in(FREE) + 0.5 * progressed_in()) / 12 for u in (0.8, 0.9)]
    np.testing.assert_allclose(qalys(model(CURVES, utilities=rows)), each, rtol=1e-12)


def test_after_progression_a_decrement_follows_the_first_state_and_a_level_is_held_below_it() -> None:
    """From month 12 the progression-free utility falls to 0.55, below the level 0.6 of the progressed state."""
    free = (
        utility("free", "progression_free", 0.8, until_month=12.0),
        utility("free_later", "progression_free", 0.55, from_month=12.0),
    )
    first = 0.8 * months_in(FREE, 0, 12) + 0.55 * months_in(FREE, 12)
    level = model(CURVES, utilities=(*free, utility("progressed", "progressed", 0.6)))
    expected = first + 0.6 * progressed_in(0, 12) + 0.55 * progressed_in(12)
    np.testing.assert_allclose(qalys(level), expected / 12, rtol=1e-12)
    fall = model(CURVES, utilities=(*free, utility("progressed", "progressed", 0.1, given_as="decrement")))
    expected = first + 0.7 * progressed_in(0, 12) + 0.45 * progressed_in(12)
    np.testing.assert_allclose(qalys(fall), expected / 12, rtol=1e-12)


def test_a_change_on_treatment_may_be_of_one_arm_and_end() -> None:
    tables = {"drugs": (PILL,), "products": (PACK,), "regimens": tuple(Regimen(arm=a, drug="pill") for a in ("old", "new"))}
    rows = (utility("f", "progression_free", 0.8), utility("p", "progressed", 0.6))
    on = utility("on", "on_treatment", -0.1, given_as="increment", drug="pill", arm="new", until_month=4.0)
    without, with_it = (qalys(model(CURVES, utilities=r, **tables)) for r in (rows, (*rows, on)))
    np.testing.assert_allclose(with_it - without, [0.0, -0.1 * months_in(FREE, 0, 4) / 12], atol=1e-13)


def test_periods_of_one_utility_are_the_whole_time() -> None:
    """Also where they meet inside a cycle, with discounting."""
    plain = (utility("f", "progression_free", 0.8), utility("p", "progressed", 0.6))
    cut = (
        utility("f", "progression_free", 0.8, until_month=7.3),
        utility("g", "progression_free", 0.8, from_month=7.3),
        utility("p", "progressed", 0.6),
    )
    discounted = settings(discount_rate_effects=0.035)
    both = [qalys(model(CURVES, utilities=rows, settings=discounted)) for rows in (plain, cut)]
    np.testing.assert_allclose(both[0], both[1], rtol=1e-12)


def test_one_way_and_probabilistic_analyses_vary_each_row() -> None:
    """A draw's QALYs are its utilities x the years for which each holds."""
    rows = (
        utility("early", "progression_free", 0.7, until_month=6.0, parameter=uncertain(0.7, 0.05, "beta")),
        utility("late", "progression_free", 0.8, from_month=6.0),
        utility("mine", "progressed", 0.5, arm="new", parameter=uncertain(0.4, 0.05, "beta")),
        utility("yours", "progressed", 0.3, arm="old"),
    )
    definition = model(CURVES, utilities=rows)
    sampled = psa(definition, 20, seed=2)
    early, mine = sampled.draws["utilities.early"], sampled.draws["utilities.mine"]
    held = np.minimum(mine, early) * progressed_in(0, 6) + np.minimum(mine, 0.8) * progressed_in(6)
    expected = early * months_in(FREE, 0, 6) + 0.8 * months_in(FREE, 6) + held
    np.testing.assert_allclose(sampled.outcomes.total_qalys[:, 1], expected / 12, rtol=1e-12)
    assert {b.parameter_id for b in one_way(definition).bounds} == {"utilities.early", "utilities.mine"}


FREE_ROW, PROGRESSED = utility("f", "progression_free", 0.8), utility("p", "progressed", 0.6)
REFUSED = {
    "ends before it begins": (
        (dataclasses.replace(FREE_ROW, from_month=6.0, until_month=3.0), PROGRESSED),
        (0, "until_month", "3 is not after the first month, 6"),
    ),
    "nothing at the start": (
        (dataclasses.replace(FREE_ROW, from_month=6.0), PROGRESSED),
        (0, "from_month", "no utility of the state 'progression_free' holds before month 6"),
    ),
    "a gap": (
        (dataclasses.replace(FREE_ROW, until_month=6.0), utility("g", "progression_free", 0.7, from_month=9.0), PROGRESSED),
        (1, "from_month", "no utility of the state 'progression_free' holds from month 6 to 9"),
    ),
    "two at a time": (
        (dataclasses.replace(FREE_ROW, until_month=6.0), utility("g", "progression_free", 0.7, from_month=5.0), PROGRESSED),
        (1, "from_month", "from month 5 on 'f' holds as well; give its Until month"),
    ),
    "nothing at the end": (
        (FREE_ROW, dataclasses.replace(PROGRESSED, until_month=100.0)),
        (1, "until_month", "no utility of the state 'progressed' holds from month 100 on"),
    ),
    "one of a state twice": (
        (FREE_ROW, utility("g", "progression_free", 0.7), PROGRESSED),
        (0, "state", "exactly one utility of the state 'progression_free' is needed"),
    ),
    "none for one arm": (
        (FREE_ROW, dataclasses.replace(PROGRESSED, arm="new")),
        (1, "state", "exactly one utility of the state 'progressed' is needed in arm 'old'"),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_times_that_do_not_meet_are_refused_where_they_stand(what: str) -> None:
    rows, (position, field, message) = REFUSED[what]
    with pytest.raises(DefinitionError) as caught:
        model(CURVES, utilities=rows)
    assert [(p.table, p.position, p.field, p.message) for p in caught.value.problems] == [
        ("utilities", position, field, message)
    ]
