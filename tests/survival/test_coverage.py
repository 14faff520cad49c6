"""Do 95% intervals hold the truth 95% of the time? Five-year survival in simulated trials of 250 patients each.

1,500 trials where there is time: blocks of 500 scatter by two standard errors over the whole band of 93-97% (12 blocks:
93.2 to 97.2%, mean 95.2%), so three are taken together. 120 trials every time, within four standard errors. Truths: a
Weibull, a log-normal, and a spline on the hazard scale with one knot. Seeded.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.survival import RoystonParmar, distribution, fit

PATIENTS = 250
SPLINE = RoystonParmar("hazard", np.log([0.5, 20.0, 90.0]))
TRUTHS = {
    "weibull": (distribution("weibull"), np.array([1.3, 70.0])),
    "lognormal": (distribution("lognormal"), np.array([3.7, 1.1])),
    "spline_hazard_1": (SPLINE, np.array([-4.6, 1.15, 0.012])),
}


def coverage(name: str, trials: int) -> float:
    """The share of trials whose interval holds the truth."""
    family, coefficients = TRUTHS[name]
    truth = float(family.survival(60.0, coefficients))
    rng = np.random.default_rng(2026)
    held = 0
    for _ in range(trials):
        time = family.quantile(rng.random(PATIENTS), coefficients)
        seen = rng.uniform(36.0, 90.0, PATIENTS)
        fitted = SPLINE if name.startswith("spline") else name
        made = fit(np.maximum(np.minimum(time, seen), 1e-3), time <= seen, fitted)
        low, high = made.survival_interval([60.0], draws=1000)
        held += bool(low[0] <= truth <= high[0])
    return held / trials


@pytest.mark.parametrize("name", TRUTHS)
def test_intervals_of_five_year_survival_hardly_miss_the_truth(name):
    error = 4 * (0.95 * 0.05 / 120) ** 0.5
    assert 0.95 - error <= coverage(name, 120) < 1


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_intervals_of_five_year_survival_cover_the_truth(name):
    assert 0.93 <= coverage(name, 1500) <= 0.97
