"""Facts about the seven distributions, from closed forms, scipy.stats and flexsurv.

tests/reference/flexsurv.json: fits by flexsurv 2.3.2 and survival 3.5.3 (R); numbers with 13 digits.
Tolerance 1e-9 for survival and medians; 5e-7 for restricted means, which flexsurv integrates numerically
with R's integrate() (ours agree with adaptive quadrature to 1e-10, below).
"""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import gamma as gamma_function

from model.survival import DISTRIBUTIONS, distribution

EXAMPLES = {
    "exponential": [(0.02,), (1.5,)],
    "weibull": [(1.4, 40.0), (0.6, 25.0)],
    "gompertz": [(0.02, 0.01), (-0.03, 0.04), (0.0, 0.03)],
    "loglogistic": [(1.7, 30.0), (0.8, 20.0)],
    "lognormal": [(3.3, 1.2), (2.0, 0.3)],
    "gamma": [(2.2, 0.05), (0.4, 0.02)],
    "generalised_gamma": [(3.3, 0.9, 0.6), (3.0, 1.1, -0.7), (3.0, 0.8, 0.002), (3.0, 0.7, 2.5), (2.5, 1.0, 0.0)],
}
CASES = [pytest.param(name, np.array(c), id=f"{name}{c}") for name, cs in EXAMPLES.items() for c in cs]
SCIPY = {
    "exponential": lambda rate: stats.expon(scale=1 / rate),
    "weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
    "loglogistic": lambda shape, scale: stats.fisk(shape, scale=scale),
    "lognormal": lambda meanlog, sdlog: stats.lognorm(sdlog, scale=np.exp(meanlog)),
    "gamma": lambda shape, rate: stats.gamma(shape, scale=1 / rate),
}
REFERENCE = Path(__file__).parents[2] / "reference" / "flexsurv.json"
FLEXSURV_NAMES = {
    "exp": "exponential",
    "weibull": "weibull",
    "gompertz": "gompertz",
    "llogis": "loglogistic",
    "lnorm": "lognormal",
    "gamma": "gamma",
    "gengamma": "generalised_gamma",
}
FLEXSURV_FITS = {
    name: fit for name, fit in json.loads(REFERENCE.read_text())["fits"].items() if fit.get("dist") in FLEXSURV_NAMES
}
TIMES = np.concatenate([[0.0], np.geomspace(1e-6, 600, 80)])


def values(reported):
    return np.array(list(reported.values()) if isinstance(reported, dict) else reported, dtype=float)


@pytest.mark.parametrize("fit", FLEXSURV_FITS.values(), ids=FLEXSURV_FITS.keys())
def test_survival_median_and_restricted_mean_equal_flexsurv(fit):
    family, coefficients = distribution(FLEXSURV_NAMES[fit["dist"]]), values(fit["natural"])
    assert family.survival(fit["times"], coefficients) == pytest.approx(values(fit["survival"]), abs=1e-9)
    assert family.quantile(0.5, coefficients) == pytest.approx(fit["median"], rel=1e-9)
    assert family.restricted_mean(360, coefficients) == pytest.approx(fit["rmst_360"], rel=5e-7)


@pytest.mark.parametrize("fit", FLEXSURV_FITS.values(), ids=FLEXSURV_FITS.keys())
def test_estimation_scale_is_flexsurvs(fit):
    family = distribution(FLEXSURV_NAMES[fit["dist"]])
    assert family.to_estimation(values(fit["natural"])) == pytest.approx(values(fit["transformed"]), abs=1e-9)


@pytest.mark.parametrize("name", SCIPY)
def test_curves_equal_scipy_stats(name):
    for coefficients in EXAMPLES[name]:
        family, scipy_family = DISTRIBUTIONS[name], SCIPY[name](*coefficients)
        times = np.array([0.01, 1.0, 7.0, 30.0, 100.0])
        assert family.survival(times, coefficients) == pytest.approx(scipy_family.sf(times), rel=1e-10)
        assert family.density(times, coefficients) == pytest.approx(scipy_family.pdf(times), rel=1e-10)
        probabilities = np.array([0.001, 0.2, 0.9])
        expected = scipy_family.ppf(probabilities)
        assert family.quantile(probabilities, coefficients) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "coefficients", "expected"),
    [
        ("exponential", (0.02,), 50.0),
        ("weibull", (1.4, 40.0), 40 * gamma_function(1 + 1 / 1.4)),
        ("lognormal", (3.3, 1.2), np.exp(3.3 + 1.2**2 / 2)),
        ("loglogistic", (1.7, 30.0), 30 * (np.pi / 1.7) / np.sin(np.pi / 1.7)),
        ("gamma", (2.2, 0.05), 44.0),
        ("gompertz", (0.0, 0.03), 1 / 0.03),
        ("gompertz", (1e-12, 0.03), 1 / 0.03),
        # Weibull, gamma and log-normal again, and an inverse gamma: a / (a - 1), a = 1 / Q^2.
        ("generalised_gamma", (np.log(40), 1 / 1.4, 1.0), 40 * gamma_function(1 + 1 / 1.4)),
        ("generalised_gamma", (np.log(44), 2.2**-0.5, 2.2**-0.5), 44.0),
        ("generalised_gamma", (3.3, 1.2, 0.0), np.exp(3.3 + 1.2**2 / 2)),
        ("generalised_gamma", (3.0, 0.5, -0.5), np.exp(3.0) * 4 / 3),
    ],
)
def test_mean_has_its_closed_form(name, coefficients, expected):
    assert DISTRIBUTIONS[name].mean(coefficients) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("coefficients", [(0.02, 0.01), (0.5, 1e-4), (1e-4, 0.02), (3.0, 200.0)])
def test_gompertz_mean_is_the_integral_of_survival(coefficients):
    gompertz = DISTRIBUTIONS["gompertz"]
    last = float(gompertz.quantile(1 - 1e-15, coefficients))
    expected, _ = integrate.quad(lambda t: gompertz.survival(t, coefficients), 0, last, epsabs=0, epsrel=1e-11, limit=500)
    assert gompertz.mean(coefficients) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "coefficients"),
    [
        ("loglogistic", (1.0, 30.0)),
        ("loglogistic", (0.7, 30.0)),
        ("gompertz", (-0.01, 0.02)),
        ("generalised_gamma", (3.0, 1.0, -1.0)),
        ("generalised_gamma", (3.0, 2.0, -0.8)),
    ],
)
def test_mean_is_infinite_where_the_integral_diverges(name, coefficients):
    assert DISTRIBUTIONS[name].mean(coefficients) == np.inf


@pytest.mark.parametrize(
    ("name", "coefficients", "expected"),
    [
        ("exponential", (0.02,), np.log(2) / 0.02),
        ("weibull", (1.4, 40.0), 40 * np.log(2) ** (1 / 1.4)),
        ("loglogistic", (1.7, 30.0), 30.0),
        ("lognormal", (3.3, 1.2), np.exp(3.3)),
        ("gompertz", (0.02, 0.01), np.log(1 + 2 * np.log(2)) / 0.02),
    ],
)
def test_median_has_its_closed_form(name, coefficients, expected):
    assert DISTRIBUTIONS[name].quantile(0.5, coefficients) == pytest.approx(expected, rel=1e-12)


def test_gompertz_with_negative_shape_never_falls_below_its_plateau():
    gompertz, coefficients = DISTRIBUTIONS["gompertz"], (-0.05, 0.03)
    assert gompertz.survival(1e6, coefficients) == pytest.approx(np.exp(-0.03 / 0.05), rel=1e-14)
    assert gompertz.quantile([0.4, 0.46, 1.0], coefficients)[1:].tolist() == [np.inf, np.inf]
    assert np.isfinite(gompertz.quantile(0.4, coefficients))


# ---- special cases (T5) ----


def assert_same_curve(first, second, tolerance=1e-11):
    (name, coefficients), (other, other_coefficients) = first, second
    hazard = DISTRIBUTIONS[name].cumulative_hazard(TIMES, coefficients)
    assert hazard == pytest.approx(DISTRIBUTIONS[other].cumulative_hazard(TIMES, other_coefficients), rel=tolerance)


def test_weibull_with_shape_1_is_exponential():
    assert_same_curve(("weibull", (1.0, 50.0)), ("exponential", (0.02,)))


def test_gompertz_with_shape_0_is_exponential():
    assert_same_curve(("gompertz", (0.0, 0.02)), ("exponential", (0.02,)))
    assert_same_curve(("gompertz", (1e-16, 0.02)), ("exponential", (0.02,)))


def test_gamma_with_shape_1_is_exponential():
    assert_same_curve(("gamma", (1.0, 0.02)), ("exponential", (0.02,)))


def test_generalised_gamma_with_q_1_is_weibull():
    assert_same_curve(("generalised_gamma", (np.log(40), 1 / 1.4, 1.0)), ("weibull", (1.4, 40.0)))


def test_generalised_gamma_with_q_1_and_sigma_1_is_exponential():
    assert_same_curve(("generalised_gamma", (np.log(50), 1.0, 1.0)), ("exponential", (0.02,)))


def test_generalised_gamma_with_q_equal_to_sigma_is_gamma():
    assert_same_curve(("generalised_gamma", (np.log(2.2 / 0.05), 2.2**-0.5, 2.2**-0.5)), ("gamma", (2.2, 0.05)))


def test_generalised_gamma_with_q_0_is_log_normal():
    assert_same_curve(("generalised_gamma", (3.3, 1.2, 0.0)), ("lognormal", (3.3, 1.2)))


def test_generalised_gamma_approaches_the_log_normal_from_both_sides_in_proportion_to_q():
    family = DISTRIBUTIONS["generalised_gamma"]
    expected = DISTRIBUTIONS["lognormal"].survival(TIMES, (3.3, 1.2))
    for q in (1e-2, 1e-4, 1e-6, 1e-9):
        for sign in (1, -1):
            assert np.abs(family.survival(TIMES, (3.3, 1.2, sign * q)) - expected).max() < 0.2 * q + 1e-14


@pytest.mark.parametrize("sign", [1, -1])
def test_generalised_gamma_does_not_jump_where_its_numerics_change(sign):
    family, change = DISTRIBUTIONS["generalised_gamma"], 0.01 * sign
    below = family.cumulative_hazard(TIMES, (3.0, 1.0, change * (1 - 1e-9)))
    above = family.cumulative_hazard(TIMES, (3.0, 1.0, change * (1 + 1e-9)))
    assert below == pytest.approx(above, rel=1e-9, abs=1e-12)


def test_small_q_survival_equals_scipys_incomplete_gamma():
    q, w = 0.004, np.linspace(-4, 4, 33)
    expected = stats.gamma(q**-2).sf(q**-2 * np.exp(q * w))
    family = DISTRIBUTIONS["generalised_gamma"]
    assert family.survival(np.exp(w), (0.0, 1.0, q)) == pytest.approx(expected, rel=1e-9)


def test_gamma_cumulative_hazard_stays_exact_where_survival_underflows():
    # Shape 2: S = (1 + x) exp(-x), so H = x - log(1 + x).
    x = np.array([1.0, 50.0, 500.0, 800.0, 5000.0])
    assert DISTRIBUTIONS["gamma"].cumulative_hazard(x, (2.0, 1.0)) == pytest.approx(x - np.log1p(x), rel=1e-12)


# ---- relations that hold for every family ----


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_hazard_is_the_derivative_of_the_cumulative_hazard(name, coefficients):
    family, time = DISTRIBUTIONS[name], np.geomspace(0.1, 200, 25)
    step = 1e-5 * time
    rise = family.cumulative_hazard(time + step, coefficients) - family.cumulative_hazard(time - step, coefficients)
    assert family.hazard(time, coefficients) == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_density_is_hazard_times_survival(name, coefficients):
    family, time = DISTRIBUTIONS[name], np.geomspace(0.01, 200, 25)
    product = family.hazard(time, coefficients) * family.survival(time, coefficients)
    assert family.density(time, coefficients) == pytest.approx(product, rel=1e-11)


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_restricted_mean_equals_adaptive_quadrature(name, coefficients):
    family = DISTRIBUTIONS[name]
    for limit in (0.5, 25.0, 600.0):
        # In log time, because small shapes are not smooth at 0; exp(-60) of the limit is left out.
        expected, _ = integrate.quad(
            lambda v, limit=limit: float(family.survival(limit * np.exp(-v), coefficients)) * limit * np.exp(-v),
            0,
            60,
            points=(1.0, 3.0, 8.0),
            epsabs=0,
            epsrel=1e-11,
            limit=400,
        )
        assert family.restricted_mean(limit, coefficients) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_integral_to_a_long_horizon_is_the_mean(name, coefficients):
    family = DISTRIBUTIONS[name]
    mean = family.mean(coefficients)
    if np.isfinite(mean):
        assert family.restricted_mean(1e30, coefficients) == pytest.approx(float(mean), rel=1e-4)
        assert family.restricted_mean(np.inf, coefficients) == mean


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_quantile_inverts_survival(name, coefficients):
    family = DISTRIBUTIONS[name]
    probability = np.array([1e-8, 1e-3, 0.1, 0.5, 0.7, 0.99])
    time = family.quantile(probability, coefficients)
    reached = np.isfinite(time)
    back = -np.expm1(family.log_survival(time[reached], coefficients))
    assert back == pytest.approx(probability[reached], rel=1e-8)
    assert family.quantile([0.0, 1.0], coefficients).tolist() == [0.0, np.inf]


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_survival_does_not_depend_on_the_unit_of_time(name, coefficients):
    family, months = DISTRIBUTIONS[name], np.linspace(0, 300, 31)
    for factor in (1 / 12, 30.4375 / 7):
        rescaled = family.rescale_time(coefficients, factor)
        assert family.survival(months * factor, rescaled) == pytest.approx(family.survival(months, coefficients), abs=1e-12)


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_estimation_scale_and_back_is_the_identity(name, coefficients):
    family = DISTRIBUTIONS[name]
    assert family.to_natural(family.to_estimation(coefficients)) == pytest.approx(coefficients, rel=1e-14)


SCALES = {"log": st.floats(-12, 9).map(np.exp), "identity": st.floats(-30, 30)}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(DISTRIBUTIONS)))
def test_survival_is_exp_minus_cumulative_hazard_for_any_coefficients(data, name):
    family = DISTRIBUTIONS[name]
    coefficients = [data.draw(SCALES[scale]) for scale in family.estimation_scale]
    survival, hazard = family.survival(TIMES, coefficients), family.cumulative_hazard(TIMES, coefficients)
    assert np.abs(np.exp(-hazard) - survival).max() < 1e-12
    assert survival[0] == 1 and hazard[0] == 0
    assert np.all((survival >= 0) & (survival <= 1)) and np.all(np.isfinite(hazard))
    assert np.all(np.diff(survival) <= 1e-12)
    assert np.all(np.diff(hazard) >= -1e-9 * hazard[1:])


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_no_nan_and_no_warning_for_extreme_coefficients(name):
    family = DISTRIBUTIONS[name]
    positive = np.array([1e-300, 1e-30, 1e-3, 1.0, 1e3, 1e30, 1e300])
    axes = {"log": positive, "identity": np.concatenate([-positive, [0.0], positive])}
    grid = np.meshgrid(*[axes[scale] for scale in family.estimation_scale], indexing="ij")
    coefficients = np.stack([axis.ravel() for axis in grid], axis=-1)
    survival, hazard = family.survival(TIMES, coefficients), family.cumulative_hazard(TIMES, coefficients)
    assert np.all(survival[:, 0] == 1) and np.all(hazard[:, 0] == 0)
    assert np.all((survival >= 0) & (survival <= 1)) and np.all(np.isfinite(hazard))
    for result in (
        family.hazard(TIMES, coefficients),
        family.density(TIMES, coefficients),
        family.quantile([0.0, 0.1, 0.5, 0.9, 1.0], coefficients),
        family.mean(coefficients),
        family.restricted_mean(360.0, coefficients),
    ):
        assert not np.isnan(result).any()


@pytest.mark.parametrize(("name", "coefficients"), CASES)
def test_shapes_follow_the_array_convention(name, coefficients):
    family = DISTRIBUTIONS[name]
    stacked = np.tile(coefficients, (2, 3, 1))
    time = np.array([0.0, 1.0, 5.0, 20.0])
    for method in (family.survival, family.cumulative_hazard, family.log_survival, family.hazard, family.density):
        assert method(time, stacked).shape == (2, 3, 4)
        assert method(3.0, coefficients).shape == ()
    assert family.quantile([0.1, 0.5], stacked).shape == (2, 3, 2)
    assert family.mean(stacked).shape == family.restricted_mean(12, stacked).shape == (2, 3)
    assert family.valid(stacked).shape == (2, 3) and family.valid(stacked).all()
    assert family.rescale_time(coefficients, np.array([1.0, 2.0])).shape == (2, len(coefficients))


def test_coefficients_are_invalid_when_not_finite_or_not_positive():
    assert DISTRIBUTIONS["weibull"].valid([[1, 2], [0, 2], [1, -2], [np.nan, 2]]).tolist() == [True] + [False] * 3
    assert DISTRIBUTIONS["gompertz"].valid([[-1, 2], [-1, 0], [np.inf, 1]]).tolist() == [True, False, False]


def test_unknown_name_is_answered_with_the_allowed_names():
    with pytest.raises(ValueError, match=r"'wiebull' is not a distribution.*weibull.*generalised_gamma"):
        distribution("wiebull")


def test_wrong_number_of_coefficients_and_negative_times_are_refused():
    with pytest.raises(ValueError, match="shape, scale"):
        DISTRIBUTIONS["weibull"].survival([1.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="negative"):
        DISTRIBUTIONS["weibull"].survival([-1.0], [1.0, 2.0])


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution_declares_every_parameter_once_and_survives_pickling(name):
    family = DISTRIBUTIONS[name]
    assert family.name == name
    assert len(family.parameters) == len(family.estimation_scale) == len(family.time_role)
    assert pickle.loads(pickle.dumps(family)).name == name
