"""What a family says of itself, against its own curve: whether multiplying the hazard leaves a curve of the family."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from model.survival import CANDIDATES, distribution
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.splines import SPLINE_NAMES, RoystonParmar, spline_parts

TIMES = np.geomspace(0.5, 200.0, 60)
RATIO = 0.6
COEFFICIENTS = {
    "exponential": (0.03,),
    "weibull": (1.4, 40.0),
    "gompertz": (0.02, 0.01),
    "loglogistic": (1.7, 30.0),
    "lognormal": (3.3, 1.2),
    "gamma": (2.2, 0.05),
    "generalised_gamma": (3.3, 0.9, 0.5),
}


def example(name: str) -> tuple[Distribution, np.ndarray]:
    if name not in SPLINE_NAMES:
        return distribution(name), np.array(COEFFICIENTS[name])
    scale, internal = spline_parts(name)
    bends = 0.02 * np.array([1.0, -0.5, 0.3])[:internal]
    return RoystonParmar(scale, np.linspace(0.0, 5.0, internal + 2)), np.array([-4.0, 1.1, *bends])


def misfit(family: Distribution, coefficients: np.ndarray) -> float:
    """The largest distance, in the log cumulative hazard, of the nearest curve of the family to RATIO x its hazard."""
    goal = np.log(RATIO * family.cumulative_hazard(TIMES, coefficients))

    def distances(estimates: np.ndarray) -> np.ndarray:
        hazard = family.cumulative_hazard(TIMES, family.to_natural(estimates))
        return np.log(np.maximum(hazard, 1e-300)) - goal

    found = least_squares(distances, family.to_estimation(coefficients), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return float(np.abs(found.fun).max())


@pytest.mark.parametrize("name", CANDIDATES)
def test_hazards_are_proportional_in_the_families_that_say_so_and_in_no_other(name: str) -> None:
    family, coefficients = example(name)
    assert (misfit(family, coefficients) < 1e-6) == family.proportional_hazards


def test_a_ratio_is_a_power_of_the_fraction_of_a_non_mixture_cure_and_no_mixture_cure() -> None:
    base, coefficients = example("lognormal")
    assert NonMixtureCure(base).proportional_hazards and not MixtureCure(base).proportional_hazards
    assert misfit(NonMixtureCure(base), np.array([0.3, *coefficients])) < 1e-6
    assert misfit(MixtureCure(base), np.array([0.3, *coefficients])) > 1e-4
