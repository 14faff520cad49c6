"""Each arm's Kaplan-Meier curve up to a month, then a tail that is fitted to both arms together.

Oracle: a joint exponential fit is a matter of counting: events over time at risk, and the ratio of the two arms' rates; the
Kaplan-Meier curve by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.definition import DefinitionError, edit, sample
from model.definition.curves.coefficients import curve_coefficients
from model.engine import evaluate, trace
from tests.helpers.joint_patients import CENSORED, COPIES, RATES, TIMES, UNTIL, jointly


def kaplan_meier(arm: str, month: float) -> float:
    """Product over events of the share of those at risk who do not have it; copies change no share."""
    times, left = sorted(TIMES[arm]), 1.0
    for i, t in enumerate(times):
        if t <= month and t not in CENSORED[arm]:
            left *= 1 - 1 / (len(times) - i)
    return left


@pytest.mark.parametrize("effect", ["hazard_ratio", "acceleration_factor"])
@pytest.mark.parametrize("arm", TIMES)
def test_steps_of_the_arm_then_its_rate_in_the_joint_fit(arm: str, effect: str) -> None:
    """Of an exponential, times stretched are a hazard divided."""
    columns = trace(jointly(effect), arm).columns
    for month, survival in zip(columns["Months"][:60], columns["OS"][:60], strict=True):
        end = UNTIL[arm]
        expected = kaplan_meier(arm, min(month, end)) * np.exp(-RATES[arm] * max(0.0, month - end))
        assert survival == pytest.approx(expected, rel=1e-5)  # the optimiser's last digits


def test_an_arm_without_a_part_of_its_own_is_the_joint_fit() -> None:
    columns = trace(jointly(old=None), "old").columns
    np.testing.assert_allclose(columns["OS"], np.exp(-RATES["old"] * columns["Months"]), rtol=1e-5)
    steps = trace(jointly(old=None), "new").columns["OS"]
    np.testing.assert_allclose(steps, trace(jointly(), "new").columns["OS"], rtol=1e-12)


def test_draws_share_the_tail_and_keep_the_errors_of_each_arms_steps() -> None:
    definition = jointly()
    draws = sample(definition, 4000, 5)
    np.testing.assert_array_equal(draws["curves.old.os"], draws["curves.new.os"])
    made = curve_coefficients(definition, definition.curve("new", "os"))
    assert made is not None
    names = list(made.family.parameters)
    factors = [i for i, n in enumerate(names) if "." in n]
    values = np.log(draws["curves.old.os"])
    correlations = np.corrcoef(values, rowvar=False)
    assert np.max(np.abs((correlations - np.eye(len(names)))[factors])) < 0.06
    # The variance of a log rate is 1 / events, that of the log ratio the sum of both.
    events = {arm: COPIES * (len(t) - len(CENSORED[arm])) for arm, t in TIMES.items()}
    rate, ratio = values[:, names.index("rate")], values[:, names.index("effect_new")]
    assert rate.var() == pytest.approx(1 / events["old"], rel=0.1)
    assert ratio.var() == pytest.approx(1 / events["old"] + 1 / events["new"], rel=0.1)


def test_in_every_draw_the_steps_are_the_arms_own_and_the_tail_follows() -> None:
    definition = jointly()
    draws = sample(definition, 3, 5)
    for i in range(3):
        for arm in TIMES:
            columns = trace(definition, arm, draws, i).columns
            made = curve_coefficients(definition, definition.curve(arm, "os"))
            assert made is not None
            drawn = dict(zip(made.family.parameters, draws[f"curves.{arm}.os"][i], strict=True))
            rate = drawn["rate"] * (drawn["effect_new"] if arm == "new" else 1.0)
            late = columns["Months"] > UNTIL[arm]
            hazard = -np.diff(np.log(columns["OS"][late]))
            np.testing.assert_allclose(hazard, rate, rtol=1e-9)
    assert np.isfinite(evaluate(definition, draws).total_life_years).all()


def test_shared_coefficients_that_are_typed_have_no_such_part() -> None:
    with pytest.raises(DefinitionError, match="give each arm its own"):
        edit(jointly(), {"curves.old.os.source": "coefficients", "curves.new.os.source": "coefficients"})


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ({"old": 1.0}, "curves, row 3, km_until: no event happens before the tail begins at 1"),
        ({"new": 2.9}, "curves, row 4, km_until: no event happens before the tail begins at 2.9"),
        (
            {"new": 36.0},
            "curves, row 4, km_until: the Kaplan-Meier part until 36 months must end before the follow-up, 36 months",
        ),
    ],
)
@pytest.mark.parametrize("fitted", ["jointly", "separately"])
def test_a_part_ends_after_the_first_event_and_before_the_follow_up_does(
    until: dict[str, float], words: str, fitted: str
) -> None:
    """The first events are at 2 and 3 months, the last patients are seen at 24 and 36."""
    changes = {f"curves.{arm}.os.fitted": fitted for arm in TIMES}
    changes |= {f"curves.{arm}.os.km_until": month for arm, month in until.items()}
    with pytest.raises(DefinitionError) as caught:
        edit(jointly(), changes)
    assert [str(p) for p in caught.value.problems] == [words]
