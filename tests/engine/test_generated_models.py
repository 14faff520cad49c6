"""Invariants of models that nobody chose: random distributions, coefficients, effects, conventions."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from model.definition import ModelDefinition, base_case_draws
from model.engine import evaluate, trace
from tests.helpers.small_models import effect_curve, model, monthly, own_curve, settings, utilities

SHAPES = st.floats(0.3, 4.0)
SCALES = st.floats(2.0, 300.0)


def around_zero(lowest: float, highest: float) -> st.SearchStrategy[float]:
    """0, or a number that is not nearly 0: those are refused."""
    return st.floats(lowest, highest).map(lambda x: x if abs(x) >= 1e-9 else 0.0)


def from_zero(highest: float) -> st.SearchStrategy[float]:
    return around_zero(0.0, highest)


@st.composite
def curve(draw: st.DrawFn, arm: str, endpoint: str) -> tuple:
    family = draw(
        st.sampled_from(["exponential", "weibull", "gompertz", "loglogistic", "lognormal", "gamma", "generalised_gamma"])
    )
    shape, scale = draw(SHAPES), draw(SCALES)
    coefficients = {
        "exponential": {"rate": 1 / scale},
        "weibull": {"shape": shape, "scale": scale},
        "gompertz": {"shape": draw(around_zero(-0.05, 0.05)), "rate": 1 / scale},
        "loglogistic": {"shape": shape, "scale": scale},
        "lognormal": {"meanlog": np.log(scale), "sdlog": shape},
        "gamma": {"shape": shape, "rate": shape / scale},
        "generalised_gamma": {"mu": np.log(scale), "sigma": shape, "Q": draw(around_zero(-2.0, 3.0))},
    }[family]
    return own_curve(arm, endpoint, family, **coefficients)


@st.composite
def models(draw: st.DrawFn) -> ModelDefinition:
    curves = [draw(curve("old", "pfs")), draw(curve("old", "os")), draw(curve("new", "pfs"))]
    kind = draw(st.sampled_from(["hazard_ratio", "acceleration_factor", "odds_ratio"]))
    curves.append(effect_curve("new", "os", "old", "weibull", draw(st.floats(0.3, 3.0)), kind))
    rate = draw(from_zero(0.1))
    return model(
        curves,
        settings=settings(
            horizon_years=draw(st.floats(0.5, 40.0)),
            cycle_days=draw(st.sampled_from([7.0, 21.0, 28.0, 30.4375, 91.0])),
            discount_rate_costs=rate,
            discount_rate_effects=rate,
            accrual=draw(st.sampled_from(["trapezoid", "life_table", "simpson", "left"])),
            discounting=draw(st.sampled_from(["per_period", "annual_step", "continuous"])),
            crossing=draw(st.sampled_from(["cap_pfs", "hazard", "raise_os"])),
        ),
        utilities=utilities(draw(st.floats(0.3, 1.0)), draw(from_zero(0.3))),
        care=(monthly("free", "progression_free", draw(from_zero(1e4))), monthly("sick", "progressed", 100.0)),
    )


few = hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(models())
def test_states_are_probabilities_in_every_cycle(definition: ModelDefinition) -> None:
    for arm in ("old", "new"):
        c = trace(definition, arm).columns
        states = np.stack([c["Progression-free"], c["Progressed"], c["Dead"]])
        assert np.isfinite(states).all()
        assert states.min() >= -1e-15 and states.max() <= 1 + 1e-15
        np.testing.assert_allclose(states.sum(axis=0), 1.0, atol=1e-12)
        assert (np.diff(c["OS"]) <= 1e-15).all() and (np.diff(c["PFS"]) <= 1e-15).all()


@few
@given(models())
def test_discounting_never_adds_and_the_trace_adds_up(definition: ModelDefinition) -> None:
    o = evaluate(definition, base_case_draws(definition), threads=1)
    for account in (o.life_years, o.qalys, o.costs):
        assert (account.undiscounted >= account.discounted - 1e-9).all()
    for a, arm in enumerate(("old", "new")):
        t = trace(definition, arm)
        for kind, account in (("life_years", o.life_years), ("qaly", o.qalys), ("cost", o.costs)):
            total = sum(v.sum() for (k, _), v in t.discounted.items() if k == kind)
            np.testing.assert_allclose(total, account.total()[0, a], rtol=1e-9, atol=1e-12)


@few
@given(models())
def test_crossing_is_reported_exactly_when_the_curves_cross(definition: ModelDefinition) -> None:
    o = evaluate(definition, base_case_draws(definition), threads=1)
    for a, arm in enumerate(("old", "new")):
        c = trace(definition, arm).columns
        crossed = c["PFS before repair"] > c["OS after hazard floor"] + 1e-12
        assert crossed.any() == np.isfinite(o.crossing_first_month[0, a]) == (o.crossing_largest_gap[0, a] > 0)
        assert (c["PFS"] <= c["OS"] + 1e-15).all()
