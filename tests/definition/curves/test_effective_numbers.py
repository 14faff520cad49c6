"""Effective numbers of a definition: typed before calculated, from the follow-up of the same arm and endpoint, or refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from model.definition import DefinitionError, Evidence, FollowUp, ModelDefinition, curve_coefficients, define, edit
from model.definition.curves.effective_numbers import effective_n_of
from model.excel import template_definition
from model.survival.effective_number import FollowUpTimes, effective_number
from tests.helpers.edited_workbooks import problems_with
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.small_models import tables_of

LANDMARK = "evidence.standard_care.pfs.landmark.24"
FOLLOW_UP = "follow_up.standard_care.pfs"
NOT_USED = {"evidence.standard_care.pfs.median.use": False, "curves.standard_care.pfs.distribution": "exponential"}
FORMER = {"48": (177.0, 180.0), "60": (104.0, 106.0), "36": (257.0, 261.0)}


def number(definition: ModelDefinition, statistic: str = "landmark", item: str = "24") -> float | None:
    rows = (e for e in definition.evidence if (e.arm, e.endpoint) == ("standard_care", "pfs"))
    return effective_n_of(definition, next(e for e in rows if (e.statistic, e.item) == (statistic, item)))


def starter(**changes: Any) -> ModelDefinition:
    return edit(template_definition(), changes)


def test_an_empty_number_is_calculated_from_patients_follow_up_and_the_points_before() -> None:
    expected = effective_number(120.0, FollowUpTimes(14.0, 22.0, 38.0), 24.0, 0.26, [(12.0, 0.5)])
    assert number(template_definition()) == pytest.approx(expected, rel=1e-12)
    assert expected < 120.0


def test_a_typed_number_stands() -> None:
    assert number(starter(**{f"{LANDMARK}.effective_n": 90.0})) == 90.0


def test_a_statistic_that_is_not_used_does_not_bend_the_curve() -> None:
    without = starter(**NOT_USED)
    expected = effective_number(120.0, FollowUpTimes(14.0, 22.0, 38.0), 24.0, 0.26)
    assert number(without) == pytest.approx(expected, rel=1e-12)
    assert number(without) != pytest.approx(number(template_definition()), rel=1e-6)


def test_a_median_without_interval_takes_the_number_of_its_month() -> None:
    rows = [
        dataclasses.replace(e, lower=None, upper=None) if (e.endpoint, e.statistic) == ("pfs", "median") else e
        for e in template_definition().evidence
    ]
    definition = define(**{**tables_of(template_definition()), "evidence": tuple(rows)})
    assert number(definition, "median", "") == 120.0  # 12 months are before the shortest follow-up of 14
    curve = definition.curve("standard_care", "pfs")
    assert curve is not None and curve_coefficients(definition, curve) is not None


def test_without_follow_up_an_empty_number_is_missed() -> None:
    with pytest.raises(DefinitionError, match="standard error or an effective n"):
        define(**{**tables_of(template_definition()), "follow_up": ()})


@pytest.mark.parametrize(
    ("changes", "sheet_and_words"),
    [
        ({"longest": 24.0, "median": 20.0}, ("Effective n", "cannot be calculated: 24 months")),
        ({"longest": 20.0, "median": 20.0}, ("Effective n", "cannot be calculated: 24 months")),
        ({"median": 13.0}, ("Median follow-up", "13 does not lie between the shortest and the longest")),
        ({"patients": 0.0}, ("Patients", "below the minimum of 1")),
    ],
)
def test_what_cannot_be_calculated_is_refused_with_its_cell(
    changes: dict[str, float], sheet_and_words: tuple[str, str], tmp_path: Path
) -> None:
    lines = problems_with(tmp_path, *(("follow_up", 0, field, value) for field, value in changes.items()))
    header, words = sheet_and_words
    assert any(line.startswith("Survival!") and f"'{header}'" in line and words in line for line in lines), lines


def test_follow_up_needs_a_curve() -> None:
    row = FollowUp(arm="standard_care", endpoint="new_drug", patients=10.0, shortest=1.0, median=2.0, longest=3.0)
    with pytest.raises(DefinitionError, match="no new_drug curve"):
        define(**{**tables_of(template_definition()), "follow_up": (*template_definition().follow_up, row)})


@pytest.mark.parametrize("name", NAMES)
def test_shipped_landmarks_take_their_numbers_from_the_follow_up(name: str) -> None:
    definition = shipped(name)
    for row in landmarks(definition):
        number = effective_n_of(definition, row)
        assert row.effective_n is None and number is not None
        assert number >= FORMER[row.item][row.arm == "palbociclib"]  # Peto's number is the smaller one
        assert number <= 261.0


@pytest.mark.parametrize("name", NAMES)
def test_the_former_numbers_are_a_scenario(name: str) -> None:
    definition = shipped(name)
    former = edit(definition, definition.scenario_changes()["former_effective_n"])
    for row in landmarks(former):
        assert row.effective_n == FORMER[row.item][row.arm == "palbociclib"]


def landmarks(definition: ModelDefinition) -> list[Evidence]:
    return [e for e in definition.evidence if e.statistic == "landmark"]
