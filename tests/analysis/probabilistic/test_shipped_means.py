"""The mean of the draws of the shipped workbooks lies beside their base case, in cost and QALYs of each arm; in cycles of 28
days, which move both alike."""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.definition import edit
from tests.helpers.shipped import NAMES, shipped


@pytest.mark.parametrize("name", NAMES)
def test_costs_and_qalys_of_each_arm_within_two_per_cent(name: str) -> None:
    definition = edit(shipped(name), {"settings.cycle_days": 28.0})
    base, drawn = base_case(definition).outcomes, psa(definition, 4096, 1, sampling="sobol").outcomes
    for total in ("total_costs", "total_qalys"):
        expected = getattr(base, total)[0]
        assert np.abs(getattr(drawn, total).mean(axis=0) / expected - 1).max() < 0.02
