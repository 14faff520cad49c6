"""Cure models fitted to the data of a public trial, beside what other programs printed.

cure_models.json: Stata (strsmix, strsnmix), in days or, with a background hazard, years. Estimates within 2e-5 absolute,
standard errors within 2e-4 relative: Stata stops a little before the maximum.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from lifelines.datasets import load_gbsg2

from model.survival import Fit, fit_data, fit_joint, survival_data
from tests.helpers.reference_trial import REFERENCE

STATA = json.loads((REFERENCE / "cure_models.json").read_text())["stata"]


def observed(unit: float = 1.0, background: float | None = None):
    rows = load_gbsg2()
    time, event = rows["time"].to_numpy(float) / unit, rows["cens"].to_numpy(bool)
    if background is None:
        return survival_data(time, event)
    return survival_data(time, event, None, None, None, np.full(len(time), background), background * time)


def as_printed(made: Fit) -> tuple[dict[str, float], dict[str, float]]:
    """Estimates and standard errors of logit cured, ln lambda = -shape log scale and ln gamma = log shape."""
    cured, log_shape, log_scale = made.estimates
    shape = np.exp(log_shape)
    slope = np.array([[1.0, 0.0, 0.0], [0.0, -shape * log_scale, -shape], [0.0, 1.0, 0.0]])
    errors = np.sqrt(np.diag(slope @ made.covariance @ slope.T))
    names = ("logit_cured", "ln_lambda", "ln_gamma")
    return dict(zip(names, (cured, -shape * log_scale, log_shape), strict=True)), dict(zip(names, errors, strict=True))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("mixture", "mixture_cure"), ("non_mixture", "non_mixture_cure"), ("mixture_with_background", "mixture_cure")],
)
def test_a_weibull_cure_model_is_statas(name: str, kind: str) -> None:
    excess = name == "mixture_with_background"
    data = observed(365.0, 0.001) if excess else observed()
    values, errors = as_printed(fit_data(data, f"{kind}_weibull", excess))
    for coefficient, (printed, error) in STATA[name].items():
        assert values[coefficient] == pytest.approx(printed, abs=2e-5), coefficient
        assert errors[coefficient] == pytest.approx(error, rel=2e-4), coefficient


def test_a_joint_fit_of_an_arm_and_its_copy_is_the_fit_of_one_arm_with_background_mortality() -> None:
    """The same patients twice: Stata's estimates, an odds ratio of cure of 1, half of the variance of the shape."""
    data = observed(365.0, 0.001)
    made = fit_joint({"old": data, "new": data}, "old", "mixture_cure_weibull", "cure_odds_ratio", excess=True).fit
    printed, error = STATA["mixture_with_background"]["ln_gamma"]
    assert made.estimates[0] == pytest.approx(STATA["mixture_with_background"]["logit_cured"][0], abs=2e-5)
    assert made.estimates[1] == pytest.approx(printed, abs=2e-5)
    assert made.estimates[3] == pytest.approx(0.0, abs=1e-5)
    assert np.sqrt(2 * made.covariance[1, 1]) == pytest.approx(error, rel=2e-4)
