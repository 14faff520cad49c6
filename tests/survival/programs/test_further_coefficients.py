"""Cure fractions and effects stand beside what a program prints, and are the same on either side."""

from __future__ import annotations

import numpy as np
import pytest

from model.survival import MixtureCure, RoystonParmar, TreatmentCovariate, distribution, to_program
from model.survival.programs.conversion import conversion

COVARIANCE = np.array([[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]])


def test_a_cure_fraction_keeps_its_value_and_the_variance_of_its_logit():
    made = conversion("survreg", MixtureCure(distribution("lognormal")))
    assert made.names == ("cure_fraction", "(Intercept)", "Log(scale)")
    values = np.array([0.3, 3.0, -0.2])
    assert made.natural(values) == pytest.approx([0.3, 3.0, np.exp(-0.2)], rel=1e-15)
    assert made.covariance(values, COVARIANCE) == pytest.approx(COVARIANCE, rel=1e-12)  # all on the estimation scale


def test_an_effect_stands_behind():
    family = TreatmentCovariate(distribution("weibull"), "hazard_ratio", ["b"], "b")
    made = conversion("streg", family)
    assert made.names == ("_cons", "/ln_p", family.parameters[-1])
    values = np.array([[-5.0, 0.3, 0.7], [-5.1, 0.2, 0.8]])
    natural = made.natural(values)
    assert natural[:, 2] == pytest.approx([0.7, 0.8])
    assert made.as_printed(natural) == pytest.approx(values)


def test_a_spline_is_printed_with_its_knots():
    family = RoystonParmar("hazard", np.log([1.0, 12.0, 60.0]))
    back = to_program("stpm2", family, [-4.0, 1.2, 0.05], time_unit="days")
    assert back.names == ("_rcs1", "_rcs2", "_cons")
    assert back.knots == pytest.approx(np.array([1.0, 12.0, 60.0]) * 30.4375)
