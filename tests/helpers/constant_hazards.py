"""Two equal arms with constant hazards of PFS and of death, their closed form under the trapezoid rule, and a pill to take.

The trapezoid rule over steps of length h of an exponential with rate r gives its integral times (r h / 2) / tanh(r h / 2).
"""

from __future__ import annotations

import numpy as np

from model.definition import Drug, Product
from tests.helpers.small_models import fixed, own_curve

FREE, ALIVE = 0.03, 0.01  # hazards per month
MONTHS, DAYS_OF_MONTH = 240, 30.4375
CURVES = [
    own_curve(arm, endpoint, "exponential", rate=rate)
    for arm in ("old", "new")
    for endpoint, rate in (("pfs", FREE), ("os", ALIVE))
]
PILL = Drug(id="pill", label="Pill", dose_basis="fixed", dose=28.0, unit="tablet", schedule_days=28.0)
PACK = Product(drug="pill", product="pack", contents=28.0, parameter=fixed(100.0))


def months_in(rate: float, start: float = 0.0, stop: float = MONTHS) -> float:
    """Trapezoid rule over monthly cycles of exp(-rate t) between two whole months."""
    half = rate / 2
    return (np.exp(-rate * start) - np.exp(-rate * stop)) / rate * half / np.tanh(half)
