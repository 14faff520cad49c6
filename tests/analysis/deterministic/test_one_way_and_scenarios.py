"""One-way analysis, scenarios and value-based prices on the shipped workbooks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.analysis import base_case, one_way, scenarios, value_based_prices
from model.analysis.deterministic.one_way import OneWay, curves_at_limits
from model.definition import curve_coefficients, edit
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import NAMES, shipped


@cache
def one_way_of(name: str) -> OneWay:
    return one_way(shipped(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_uncertain_input_is_moved_or_listed_as_left_alone(name: str) -> None:
    definition = shipped(name)
    result = one_way_of(name)
    moved = {key for bound in result.bounds for key in bound.changes}
    left = set(result.excluded["input"])
    assert set(definition.parameters) <= moved | left
    uncertain = {k for k, p in definition.parameters.items() if p.uncertain}
    reasons = result.excluded.set_index("input")["reason"]
    assert all("moves nothing" in reasons[k] for k in uncertain - moved)


def test_an_input_that_the_model_does_not_use_is_listed_as_inert() -> None:
    """The PFS hazard ratio stands ready for the selector; the base case calibrates PFS per arm."""
    result = one_way_of("patina_us")
    reasons = result.excluded.set_index("input")["reason"]
    assert "moves nothing" in reasons["relative_effects.palbociclib.pfs"]
    switched = edit(shipped("patina_us"), {"curves.palbociclib.pfs.source": "relative_effect"})
    assert "relative_effects.palbociclib.pfs" in {b.parameter_id for b in one_way(switched).bounds}


@pytest.mark.parametrize("name", NAMES)
def test_bounds_are_percentiles_of_the_psa_distribution(name: str) -> None:
    definition = shipped(name)
    for bound in one_way_of(name).bounds:
        parameter = definition.parameters.get(bound.parameter_id)
        if parameter is not None:
            expected = parameter.quantile(np.array([0.025, 0.975]))
            np.testing.assert_allclose([bound.low, bound.high], expected, rtol=1e-12)
            assert bound.low <= parameter.value <= bound.high


def test_coefficients_estimated_together_move_as_a_curve() -> None:
    names = [b.parameter_id for b in one_way_of("patina_us").bounds]
    assert "curves.control.pfs" in names and "curves.control.os" in names
    assert not [n for n in names if n.startswith("coefficients.")]


def test_the_moved_curve_lies_on_the_95_percent_ellipsoid() -> None:
    """Mahalanobis distance 1.96, and no other point there has a larger restricted mean to first order."""
    definition = edit(shipped("patina_us"), former_edits())  # log-logistic: its steps are straight
    curve = definition.curve("control", "pfs")
    assert curve is not None
    made = curve_coefficients(definition, curve)
    assert made is not None and made.covariance is not None
    family = made.family
    centre = family.to_estimation(made.natural)
    low, high = curves_at_limits(made, 480.0)
    for coefficients in (low, high):
        gap = family.to_estimation(coefficients) - centre
        assert gap @ np.linalg.solve(made.covariance, gap) == pytest.approx(1.959964**2, rel=1e-5)
    assert family.restricted_mean(480.0, low) < family.restricted_mean(480.0, made.natural)
    assert family.restricted_mean(480.0, high) > family.restricted_mean(480.0, made.natural)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_the_tornado_is_the_base_case_of_the_edited_model(name: str) -> None:
    definition = shipped(name)
    table = one_way_of(name).table(100_000.0).set_index("input")
    key = (
        "care.progressed_care"
        if "care.progressed_care" in table.index
        else next(k for k in table.index if k.startswith("care."))
    )
    for end in ("low", "high"):
        edited = base_case(edit(definition, {key: float(table.loc[key, end])}))
        assert edited.inmb(100_000.0) == pytest.approx(table.loc[key, f"inmb_{end}"], rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_is_the_base_case_of_the_edited_model(name: str) -> None:
    definition = edit(shipped(name), {"settings.cycle_days": 28.0})
    table = scenarios(definition).table().set_index("scenario")
    assert list(table.index[1:]) == list(definition.scenario_changes())
    for scenario, changes in list(definition.scenario_changes().items())[::7]:
        edited = base_case(edit(definition, changes))
        assert table.loc[scenario, "incremental_cost"] == pytest.approx(edited.incremental_cost, rel=1e-12)
        assert table.loc[scenario, "incremental_qalys"] == pytest.approx(edited.incremental_qalys, rel=1e-12)
    assert table.loc["base", "icer"] == pytest.approx(base_case(definition).icer, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_at_the_value_based_price_net_benefit_is_zero(name: str) -> None:
    """The price line is closed-form; a run of the model at that price confirms it where the price can be paid."""
    definition = shipped(name)
    prices = value_based_prices(definition, thresholds=(500_000.0, 1_500_000.0)).table()
    assert list(prices["input"].unique()) == [p for p in prices["input"].unique() if "palbociclib" in p]
    for _, row in prices.iterrows():
        if row["price_at_zero_inmb"] > 0:
            edited = base_case(edit(definition, {row["input"]: row["price_at_zero_inmb"]}))
            scale = abs(edited.incremental_cost)
            assert edited.inmb(row["willingness_to_pay"]) == pytest.approx(0.0, abs=1e-9 * scale)
