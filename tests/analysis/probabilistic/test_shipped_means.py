"""The mean of the draws of the shipped workbooks lies beside their base case, in cost and QALYs of each arm."""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import psa
from tests.helpers.shipped import NAMES, shipped, shipped_base


@pytest.mark.parametrize("name", NAMES)
def test_costs_and_qalys_of_each_arm_within_two_per_cent(name: str) -> None:
    base, drawn = shipped_base(name).outcomes, psa(shipped(name), 4096, 1, sampling="sobol").outcomes
    for total in ("total_costs", "total_qalys"):
        expected = getattr(base, total)[0]
        assert np.abs(getattr(drawn, total).mean(axis=0) / expected - 1).max() < 0.02
