"""Edits by address: what scenarios, --set and the price analysis rest on."""

from __future__ import annotations

import pytest

from model.definition import DefinitionError, addresses, edit
from tests.helpers.shipped import shipped


def test_every_parameter_is_addressable_by_its_id() -> None:
    definition = shipped("patina_us")
    assert set(definition.parameters) <= set(addresses(definition))


def test_an_edit_is_a_copy() -> None:
    definition = shipped("patina_us")
    changed = edit(definition, {"settings.horizon_years": 10, "utilities.progression_free": "0.8"})
    assert changed.settings.horizon_years == 10.0 and definition.settings.horizon_years == 40.0
    assert changed.parameters["utilities.progression_free"].value == 0.8
    assert changed.parameters["utilities.progression_free"].distribution == "beta"


def test_a_value_its_distribution_cannot_have_becomes_fixed() -> None:
    changed = edit(shipped("patina_us"), {"utilities.progression_free": 1.0})
    assert changed.parameters["utilities.progression_free"].distribution == "fixed"


def test_a_moved_hazard_ratio_keeps_its_uncertainty_on_the_log_scale() -> None:
    definition = shipped("patina_us")
    before = definition.parameters["relative_effects.palbociclib.os"]
    after = edit(definition, {"relative_effects.palbociclib.os": 2.0}).parameters["relative_effects.palbociclib.os"]
    assert after.log_standard_error() == pytest.approx(before.log_standard_error())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"settings.horizon_year": 10}, "did you mean 'settings.horizon_years'"),
        ({"settings.horizon_years": "long"}, "is text"),
        ({"settings.horizon_years": -1}, "not above 0"),
        ({"utilities.progression_free": 1.2}, "above the maximum of 1"),
        ({"curves.control.pfs.distribution": "lognorm"}, "one of exponential"),
        ({"settings.crossing": "ignore"}, "one of cap_pfs"),
        ({"subsequent.trastuzumab_deruxtecan.share": 0.9}, "must sum to 1"),
        ({"regimens.palbociclib.palbociclib.until": "own_curve"}, "needs a curve"),
        ({"settings.intervention": "nobody"}, "there is no"),
    ],
)
def test_an_impossible_edit_says_why(changes: dict[str, object], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        edit(shipped("patina_us"), changes)


def test_all_impossible_edits_are_told_at_once() -> None:
    with pytest.raises(DefinitionError) as error:
        edit(shipped("patina_us"), {"settings.horizon_years": -1, "nothing.here": 1})
    assert len(error.value.problems) == 2
