"""Base case against mean over draws, by input; oracle: closed-form means of exponential survival."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import integrate, stats

from model.analysis import psa
from model.analysis.probabilistic.mean_against_base_case import mean_against_base_case
from model.definition import ModelDefinition, Parameter
from tests.helpers.small_models import model, monthly, own_curve, settings, utilities


def small(new_rate: Parameter | float, cost: Parameter | float = 500.0) -> ModelDefinition:
    rates = {("old", "pfs"): 0.05, ("old", "os"): 0.05, ("new", "pfs"): new_rate, ("new", "os"): new_rate}
    curves = [own_curve(arm, end, "exponential", rate=rate) for (arm, end), rate in rates.items()]
    return model(
        curves,
        settings=settings(horizon_years=5.0, accrual="simpson"),
        utilities=utilities(1.0, 0.5),
        care=(monthly("care", "progression_free", cost),),
    )


def test_an_input_that_enters_linearly_with_its_mean_explains_nothing() -> None:
    gap = mean_against_base_case(psa(small(0.03, Parameter(value=500.0, distribution="gamma", standard_error=100.0)), 500, 1))
    assert gap.table["input"].tolist() == ["care.care"]
    assert abs(gap.table["inmb"].iloc[0]) < 2e-3 * abs(gap.base["inmb"])  # 64 points of a gamma distribution
    assert not gap.large and "Largest effects" not in gap.summary()


def test_a_skewed_rate_explains_the_whole_gap_in_two_parts() -> None:
    """Months lived within 60 at rate r: (1 - exp(-60 r)) / r. The rate of PFS is uncertain, a ratio with median 0.03."""
    spread = 0.6
    rate = Parameter(value=0.03, distribution="lognormal_ratio", standard_error=spread * 0.03)
    definition = small(0.001)
    curves = [
        dataclasses.replace(row, parameter=rate) if (row.arm, row.endpoint) == ("new", "pfs") else row
        for row in definition.coefficients
    ]
    definition = dataclasses.replace(definition, coefficients=tuple(curves))
    gap = mean_against_base_case(psa(definition, 4096, 1, sampling="sobol"), 150_000.0)

    def inmb(r: float) -> float:
        """Utility 1 progression-free, 0.5 progressed; 500 a month progression-free; OS the same in all draws."""
        months = (1 - np.exp(-60 * r)) / r
        return 150_000.0 * 0.5 * months / 12 - 500.0 * months

    def density(r: float) -> float:
        return float(stats.lognorm.pdf(r, spread, scale=0.03))

    mean = integrate.quad(lambda r: inmb(r) * density(r), 1e-4, 0.6, limit=200)[0]
    row = gap.table.iloc[0]
    assert row["input"] == "coefficients.new.pfs.rate" and len(gap.table) == 1
    assert row["from_mean"] == pytest.approx(inmb(0.03 * np.exp(spread**2 / 2)) - inmb(0.03), rel=1e-3)
    little = 0.02 * abs(row["from_mean"])  # both parts nearly cancel
    assert row["inmb"] == pytest.approx(mean - inmb(0.03), abs=little)
    assert gap.mean["inmb"] - gap.base["inmb"] == pytest.approx(mean - inmb(0.03), abs=little)
    assert abs(gap.interaction("inmb")) < little
