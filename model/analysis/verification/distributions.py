"""Tests of the distributions on this model's time axis: identities between families (T5), means (P3), cure (P15)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.analysis.verification.declared import CONSERVED, Domain, Finding, at_most, relative
from model.analysis.verification.under_test import UnderTest
from model.arrays import Array
from model.survival import distribution
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure
from model.survival.families.splines import RoystonParmar

FAMILIES = Domain("Input calculations: distributions", "TECH-VER (Buyukkaramikli et al. 2019), pre-analysis")
SHAPE = 1.3
IDENTITY, LIMIT = 1e-9, 1e-3
AREA = 1e-4


def _scale(model: UnderTest) -> float:
    """A time of the size of this model's survival, in months: its median OS where there is one."""
    columns = model.base.traces[model.arms[0]].columns
    below = np.flatnonzero(columns["OS"] <= 0.5)
    return float(columns["Months"][below[0]]) if len(below) and below[0] else 12.0


def _same(model: UnderTest, one: Distribution, of: Sequence[float], other: Distribution, by: Sequence[float]) -> Array:
    """Differences of survival of two families over the cycles of the model."""
    months = model.base.engine.timeline.months
    return np.abs(one.survival(months, np.array(of)) - other.survival(months, np.array(by)))


def _identity(
    model: UnderTest, one: str, of: Sequence[float], other: str, by: Sequence[float], limit: float = IDENTITY
) -> Finding:
    apart = _same(model, distribution(one), of, distribution(other), by)
    return at_most({"largest difference of survival": float(np.max(apart))}, limit)


@FAMILIES.test("T5a", "Weibull with shape 1 is exponential", "Survival of both in every cycle", "equal to 1e-9")
def weibull_is_exponential(model: UnderTest) -> Finding:
    scale = _scale(model)
    return _identity(model, "weibull", [1.0, scale], "exponential", [1 / scale])


@FAMILIES.test("T5b", "Generalised gamma with Q 1 is Weibull", "Survival of both in every cycle", "equal to 1e-9")
def generalised_gamma_is_weibull(model: UnderTest) -> Finding:
    scale = _scale(model)
    return _identity(model, "generalised_gamma", [math.log(scale), 1 / SHAPE, 1.0], "weibull", [SHAPE, scale])


@FAMILIES.test(
    "T5c", "Generalised gamma with Q 1 and sigma 1 is exponential", "Survival of both in every cycle", "equal to 1e-9"
)
def generalised_gamma_is_exponential(model: UnderTest) -> Finding:
    scale = _scale(model)
    return _identity(model, "generalised_gamma", [math.log(scale), 1.0, 1.0], "exponential", [1 / scale])


@FAMILIES.test("T5d", "Generalised gamma with Q = sigma is gamma", "Survival of both in every cycle", "equal to 1e-9")
def generalised_gamma_is_gamma(model: UnderTest) -> Finding:
    scale, sigma = _scale(model), 1 / math.sqrt(SHAPE)
    return _identity(model, "generalised_gamma", [math.log(scale), sigma, sigma], "gamma", [SHAPE, SHAPE / scale])


@FAMILIES.test("T5e", "Generalised gamma with Q near 0 is log-normal", "Q = 0.0001; survival of both", "equal to 0.001")
def generalised_gamma_is_log_normal(model: UnderTest) -> Finding:
    location = math.log(_scale(model))
    return _identity(model, "generalised_gamma", [location, 0.9, 1e-4], "lognormal", [location, 0.9], LIMIT)


def _without_knots(model: UnderTest, scale: str, other: str, by: Sequence[float], level: float, slope: float) -> Finding:
    """A spline with no internal knot: a straight line in log time."""
    spline = RoystonParmar(scale, np.array([1.0, 10 * _scale(model)]))
    apart = _same(model, spline, [level, slope], distribution(other), by)
    return at_most({"largest difference of survival": float(np.max(apart))}, IDENTITY)


@FAMILIES.test("T5f", "A spline of the hazard without knots is Weibull", "Survival of both in every cycle", "equal to 1e-9")
def spline_is_weibull(model: UnderTest) -> Finding:
    scale = _scale(model)
    return _without_knots(model, "hazard", "weibull", [SHAPE, scale], -SHAPE * math.log(scale), SHAPE)


@FAMILIES.test(
    "T5g", "A spline of the odds without knots is log-logistic", "Survival of both in every cycle", "equal to 1e-9"
)
def spline_is_log_logistic(model: UnderTest) -> Finding:
    scale = _scale(model)
    return _without_knots(model, "odds", "loglogistic", [SHAPE, scale], -SHAPE * math.log(scale), SHAPE)


@FAMILIES.test(
    "T5h", "A spline on the normal scale without knots is log-normal", "Survival of both in every cycle", "equal to 1e-9"
)
def spline_is_log_normal(model: UnderTest) -> Finding:
    location = math.log(_scale(model))
    return _without_knots(model, "normal", "lognormal", [location, 0.9], -location / 0.9, 1 / 0.9)


def _area(name: str, coefficients: Sequence[float], mean: float) -> Finding:
    """Area under a curve on a fine grid of log time, beside the closed form of the mean."""
    log_time = np.linspace(math.log(mean) - 20, math.log(mean) + 20, 40_001)
    time = np.exp(log_time)
    survival = distribution(name).survival(time, np.array(coefficients))
    area = float(np.sum((survival[1:] * time[1:] + survival[:-1] * time[:-1]) / 2 * np.diff(log_time)))
    return at_most({f"{area:.6g} beside {mean:.6g}": relative(area / mean, 1.0)}, AREA)


PLACE = "NICE DSU TSD 14 and 19; known means of the families"


@FAMILIES.test(
    "P3a", "The area under an exponential curve is 1/rate", "Numerical area and closed form", "equal to 1e-4", PLACE
)
def exponential_mean(model: UnderTest) -> Finding:
    return _area("exponential", [1 / _scale(model)], _scale(model))


@FAMILIES.test(
    "P3b", "The area under a Weibull curve is b x gamma(1 + 1/a)", "Numerical area and closed form", "equal to 1e-4", PLACE
)
def weibull_mean(model: UnderTest) -> Finding:
    return _area("weibull", [SHAPE, _scale(model)], _scale(model) * math.gamma(1 + 1 / SHAPE))


@FAMILIES.test(
    "P3c",
    "The area under a log-normal curve is exp(mu + sigma^2/2)",
    "Numerical area and closed form",
    "equal to 1e-4",
    PLACE,
)
def log_normal_mean(model: UnderTest) -> Finding:
    location = math.log(_scale(model))
    return _area("lognormal", [location, 0.9], math.exp(location + 0.9**2 / 2))


@FAMILIES.test(
    "P3d",
    "The area under a log-logistic curve is b (pi/a) / sin(pi/a)",
    "Numerical area and closed form, shape 2.6",
    "equal to 1e-4",
    PLACE,
)
def log_logistic_mean(model: UnderTest) -> Finding:
    shape, scale = 2 * SHAPE, _scale(model)
    return _area("loglogistic", [shape, scale], scale * (math.pi / shape) / math.sin(math.pi / shape))


@FAMILIES.test(
    "P15a",
    "A mixture cure curve comes to rest at its cure fraction",
    "Weibull with a cure fraction of 30%, after a hundred times the median",
    "0.30, to 1e-9",
    PLACE,
)
def cure_fraction_is_the_limit(model: UnderTest) -> Finding:
    late = np.array([100 * _scale(model)])
    left = MixtureCure(distribution("weibull")).survival(late, np.array([0.3, SHAPE, _scale(model)]))
    return at_most({"at the end": abs(float(left[0]) - 0.3)}, IDENTITY)


@FAMILIES.test(
    "P15b",
    "A cure fraction of 0 is the curve without cure, of 1 nobody has the event",
    "Weibull with cure fractions 0 and 1 in every cycle",
    "equal, and survival 1, to 1e-12",
    PLACE,
)
def cure_fraction_at_its_ends(model: UnderTest) -> Finding:
    base, scale = distribution("weibull"), _scale(model)
    months = model.base.engine.timeline.months
    cured = MixtureCure(base)
    none = cured.survival(months, np.array([0.0, SHAPE, scale])) - base.survival(months, np.array([SHAPE, scale]))
    everyone = cured.survival(months, np.array([1 - 1e-15, SHAPE, scale])) - 1
    found = {"nobody cured": float(np.max(np.abs(none))), "all cured": float(np.max(np.abs(everyone)))}
    return at_most(found, CONSERVED)
