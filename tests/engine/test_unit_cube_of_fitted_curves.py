"""The unit cube of models whose curves are averaged, fitted jointly or resampled holds every stream of their draws."""

from __future__ import annotations

import numpy as np
import pytest

from model.definition import ModelDefinition, edit, sample
from model.definition.sampling.uniform_numbers import uniforms
from model.definition.sampling.unit_cube import unit_cube
from tests.helpers.fitted_models import averaged, joint
from tests.helpers.trial_data import trial_model


def resampled() -> ModelDefinition:
    return edit(trial_model(), {"settings.curve_uncertainty": "bootstrap", "settings.bootstrap_resamples": 100})


@pytest.mark.parametrize(
    ("make", "shared", "words", "moved"),
    [
        (averaged, "curves.choice.os", "Choice of the curve: overall survival", {"curves.old.os", "curves.new.os"}),
        (joint, "curves.joint.os", "Curves fitted jointly: overall survival", {"curves.old.os", "curves.new.os"}),
        (
            resampled,
            "curves.bootstrap",
            "All fitted curves, by resampled patients",
            {"curves.old.os", "curves.new.os", "curves.old.pfs", "curves.new.pfs"},
        ),
    ],
)
def test_what_several_curves_share_is_one_input(make, shared, words, moved) -> None:  # type: ignore[no-untyped-def]
    definition = make()
    cube = unit_cube(definition)
    points = np.stack([uniforms(5, stream, 60) for stream in cube.streams], axis=1)
    drawn, expected = cube.draws(points), sample(definition, 60, 5)
    for key, values in expected.values.items():
        np.testing.assert_array_equal(drawn[key], values, err_msg=key)
    assert shared in cube.inputs and set(cube.members[shared]) == moved
    assert cube.labels()[shared] == words
