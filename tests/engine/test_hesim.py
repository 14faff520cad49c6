"""Every draw, arm, state and rate of three partitioned-survival models computed by hesim 0.5.5 (R).

Source: tests/reference/psm_hesim.json (see tests/reference/README.md). Tolerance 1e-9 relative.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.hesim_models import assert_equals_hesim, evaluated, with_its_draws

CONVENTIONS = {"crossing": "raise_os", "discounting": "continuous"}


@pytest.mark.parametrize("case", ["weibull", "mixed", "flexible"])
@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_every_draw_arm_and_state_equals_hesim(case: str, rate: float) -> None:
    assert_equals_hesim(evaluated(*with_its_draws(case, rate, **CONVENTIONS)), case, rate)


def test_the_crossing_that_hesim_hides_is_reported() -> None:
    outcomes = evaluated(*with_its_draws("mixed", 0.0, **CONVENTIONS))
    assert np.isfinite(outcomes.crossing_first_month).any()
    assert (outcomes.crossing_area_months >= 0).all()
