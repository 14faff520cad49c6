"""Where rules move a curve. Oracles: exponential and Weibull curves and a life table of one hazard, by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from model.definition import ModelDefinition, base_case_draws, edit
from model.engine import evaluate, trace
from tests.helpers.occupancy_models import population
from tests.helpers.small_models import model, own_curve, settings

WEEK = 7.0 / 30.4375  # months


def two_curves(pfs: Any, os: Any, hazard: float | None = None, **conventions: Any) -> ModelDefinition:
    """Two equal arms over 20 years of weeks; each curve is a family and its coefficients, the life table one hazard."""
    curves = [own_curve(arm, e, c[0], **c[1]) for arm in ("old", "new") for e, c in (("pfs", pfs), ("os", os))]
    tables = {} if hazard is None else {"life_table": population(hazard)}
    return model(curves, settings=settings(cycle_days=7.0, **conventions), **tables)


def exponential(rate_per_year: float) -> tuple[str, dict[str, float]]:
    return "exponential", {"rate": rate_per_year / 12}


def first_boundary_after(month: float) -> float:
    return (math.floor(month / WEEK) + 1) * WEEK


def test_the_floor_lies_under_os_alone_unless_it_is_asked_for_under_pfs() -> None:
    """Hazards: PFS 0.04, OS 0.02, population 0.05 a year. PFS above OS is lowered to it, so it is looked at before."""
    d = two_curves(exponential(0.04), exponential(0.02), 0.05, hazard_floor=True)
    c = trace(d, "old").columns
    assert c["PFS before repair"] == pytest.approx(np.exp(-0.04 * c["Months"] / 12), rel=1e-12)
    assert c["OS after hazard floor"] == pytest.approx(np.exp(-0.05 * c["Months"] / 12), rel=1e-9)
    both = trace(edit(d, {"settings.hazard_floor_under": "pfs_and_os"}), "old")
    assert both.columns["PFS before repair"] == pytest.approx(np.exp(-0.05 * c["Months"] / 12), rel=1e-9)
    assert both.columns["PFS of the curve"] == pytest.approx(np.exp(-0.04 * c["Months"] / 12), rel=1e-12)


def test_where_the_floor_binds() -> None:
    """A hazard below the population's from the first week on; the largest gap of two exponentials is at log(b/a)/(b - a)."""
    d = two_curves(exponential(0.04), exponential(0.02), 0.05, hazard_floor=True, hazard_floor_under="pfs_and_os")
    binding = trace(d, "old").binding
    for name, rate in (("floor under PFS", 0.04), ("floor under OS", 0.02)):
        found = binding[name]
        at = math.log(0.05 / rate) / (0.05 - rate)
        at = min(at, 1044 * 7 / 365.25)  # the horizon, in whole weeks
        assert found.first_month[0] == pytest.approx(WEEK)
        assert found.share_of_cycles[0] == 1.0
        assert found.largest_moved[0] == pytest.approx(math.exp(-rate * at) - math.exp(-0.05 * at), abs=1e-6)


def test_a_floor_below_the_curves_binds_nowhere() -> None:
    d = two_curves(exponential(0.3), exponential(0.1), 0.05, hazard_floor=True, hazard_floor_under="pfs_and_os")
    binding = trace(d, "new").binding
    assert set(binding) == {"floor under OS", "floor under PFS", "repair"}
    for found in binding.values():
        assert math.isnan(found.first_month[0])
        assert (found.share_of_cycles[0], found.largest_moved[0]) == (0.0, 0.0)


def test_the_floor_under_pfs_takes_part_in_the_evaluation_of_draws() -> None:
    """PFS at the population's hazard: its area over 20 years is (1 - exp(-20 h)) / h."""
    d = two_curves(exponential(0.01), exponential(0.005), 0.05, hazard_floor=True, hazard_floor_under="pfs_and_os")
    years = evaluate(d, base_case_draws(d), threads=1).life_years.undiscounted[0, 0]
    assert years.sum() == pytest.approx((1 - math.exp(-0.05 * 20)) / 0.05, rel=1e-3)


def test_the_rule_hazard_binds_once_a_rising_hazard_of_os_passes_that_of_pfs() -> None:
    """OS Weibull of shape 2: its hazard 2 t / s^2 passes the rate of PFS at t = rate s^2 / 2."""
    rate, scale = 0.02, 100.0
    d = two_curves(("exponential", {"rate": rate}), ("weibull", {"shape": 2.0, "scale": scale}), crossing="hazard")
    found = trace(d, "old").binding["repair"]
    assert found.first_month[0] == pytest.approx(first_boundary_after(rate * scale**2 / 2 + WEEK / 2), abs=WEEK)
    assert found.share_of_cycles[0] == pytest.approx(1 - rate * scale**2 / 2 / 240, abs=0.002)


@pytest.mark.parametrize("rule", ["cap_pfs", "raise_os"])
def test_the_other_rules_bind_where_the_curves_cross(rule: str) -> None:
    """Exponential PFS and Weibull OS of shape 2 cross at rate s^2."""
    rate, scale = 0.01, 100.0
    d = two_curves(("exponential", {"rate": rate}), ("weibull", {"shape": 2.0, "scale": scale}), crossing=rule)
    found, crossing = trace(d, "old").binding["repair"], trace(d, "old").crossing
    assert found.first_month[0] == pytest.approx(first_boundary_after(rate * scale**2))
    assert found.share_of_cycles[0] == pytest.approx(1 - rate * scale**2 / 240, abs=0.002)
    assert found.largest_moved[0] == crossing.largest_gap[0]
