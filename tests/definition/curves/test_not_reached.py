"""A median that was not reached by a month as evidence of a definition: calibrated to, and refused where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from model.definition import DefinitionError, Evidence, FollowUp, ModelDefinition, curve_coefficients, define
from model.definition.curves.effective_numbers import effective_n_of
from model.excel import template_definition
from model.survival import Landmark, Median, NotReached, calibrate, distribution
from model.survival.effective_number import FollowUpTimes, effective_number
from tests.helpers.small_models import tables_of


def with_row(follow_up: tuple[FollowUp, ...] = (), **changes: Any) -> ModelDefinition:
    given = {"item": "28", "value": 0.5, "effective_n": 60.0, **changes}
    definition = template_definition()
    row = Evidence(arm="standard_care", endpoint="os", statistic="not_reached", **given)
    tables = tables_of(definition)
    follow_up = (*definition.follow_up, *follow_up)
    return define(**{**tables, "evidence": (*definition.evidence, row), "follow_up": follow_up})


def test_the_curve_is_that_of_the_calibration_with_a_censored_observation() -> None:
    definition = with_row()
    curve = definition.curve("standard_care", "os")
    assert curve is not None
    made = curve_coefficients(definition, curve)
    statistics = [
        Median(30.0, lower=26.0, upper=35.0),
        Landmark(48.0, 0.3, effective_n=80.0),
        NotReached(28.0, effective_n=60.0),
    ]
    assert made is not None
    assert made.natural == pytest.approx(calibrate(distribution(curve.distribution), statistics).coefficients, rel=1e-10)


def test_its_number_follows_from_the_follow_up_at_the_share_not_reached() -> None:
    row = FollowUp(arm="standard_care", endpoint="os", patients=90.0, shortest=12.0, median=24.0, longest=50.0)
    definition = with_row((row,), effective_n=None)
    expected = effective_number(90.0, FollowUpTimes(12.0, 24.0, 50.0), 28.0, 0.5)
    assert effective_n_of(definition, definition.evidence[-1]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item": ""}, "is not a time in months"),
        ({"value": 1.0}, "is not a share between 0 and 1"),
        ({"effective_n": None}, "standard error or an effective n"),
        ({"item": "31"}, "50.0% was reached: survival is 50.0% at 30 months"),
        ({"item": "48", "value": 0.3}, "30.0% was reached: survival is 30.0% at 48 months"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        with_row(**changes)
