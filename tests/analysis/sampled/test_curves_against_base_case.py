"""The mean of every drawn curve beside its base case. Oracles: closed forms of exponential curves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import roots_hermitenorm

from model.analysis import psa
from model.analysis.sampled.curves_against_base_case import curves_against_base_case
from model.definition import sample
from tests.helpers.small_models import effect_curve, model, own_curve, uncertain, uncertain_curves


def with_ratio(error: float):
    """An exponential OS curve, and one with a log-normal hazard ratio on it."""
    return model(
        [
            own_curve("old", "pfs", "exponential", rate=0.1),
            own_curve("old", "os", "exponential", rate=0.02),
            own_curve("new", "pfs", "exponential", rate=0.1),
            effect_curve("new", "os", "old", "exponential", uncertain(0.8, error, "lognormal")),
        ]
    )


def test_a_vague_relative_effect_is_told_by_curve_and_month():
    result = psa(with_ratio(1.2), draws=800, seed=2, sampling="latin_hypercube")
    table = result.curves_against_base_case.table().set_index(["arm", "curve"])
    row = table.loc[("New", "OS")]
    assert not row["agrees"] and table.drop(index=("New", "OS"))["agrees"].all()
    assert f"OS of New at month {row['month']:.0f}" in result.summary(result.curves_against_base_case)
    # mean of exp(-rate x ratio x t) over the log-normal of the ratio, whose mean is 0.8 and SD 1.2
    spread = np.sqrt(np.log(1 + (1.2 / 0.8) ** 2))
    nodes, weights = roots_hermitenorm(80)
    ratio = np.exp(np.log(0.8) - spread**2 / 2 + spread * nodes)
    mean = weights @ np.exp(-0.02 * row["month"] * ratio) / weights.sum()
    assert row["mean_over_draws"] == pytest.approx(mean, abs=0.01)
    assert row["base_case"] == pytest.approx(np.exp(-0.016 * row["month"]), rel=1e-9)


def test_a_known_relative_effect_agrees():
    result = psa(with_ratio(0.05), draws=400, seed=2)
    assert result.curves_against_base_case.table()["agrees"].all()
    assert "within 0.04 of the base case for all 4" in result.curves_against_base_case.sentence()


def test_blocks_of_draws_add_up_to_the_mean_over_all():
    definition = model(uncertain_curves())
    draws = sample(definition, 700, 4)
    found = curves_against_base_case(definition, draws)
    rates = draws["coefficients.old.os.rate"]
    at = int(np.argmin(np.abs(found.months - 40)))
    curves = np.exp(-rates * found.months[at])
    assert found.mean[1, at] == pytest.approx(curves.mean(), rel=1e-12)
    assert found.standard_error[1, at] == pytest.approx(curves.std() / np.sqrt(700), rel=1e-6)
