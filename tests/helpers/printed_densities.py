"""Log density and log survival of every distribution of every program, in the program's own coefficients.

lifelines and scipy are run; those of R, Stata and SAS are written here from their documentation: flexsurv (weibullPH,
gengamma.orig; Jackson 2016, J Stat Softw 70(8)), survreg (log T = (Intercept) + scale x error; Kalbfleisch and Prentice 2002,
section 2.2), [ST] streg, Methods and formulas, and the SAS/STAT User's Guide, LIFEREG, Supported Distributions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import lifelines
import numpy as np
from scipy import special, stats

Logs = tuple[np.ndarray, np.ndarray]  # of f and of S
Printed = Callable[..., Logs]  # of (times, *coefficients)


def located(error: Any, spread: Callable[[Any], Any] = lambda value: value) -> Printed:
    """log T = location + scale x error; spread: the scale from what is printed of it."""

    def logs(t: np.ndarray, location: float, printed: float) -> Logs:
        scale = spread(printed)
        w = (np.log(t) - location) / scale
        return error.logpdf(w) - np.log(scale * t), error.logsf(w)

    return logs


def with_mean(log_mean: Callable[[float], float]) -> Printed:
    return lambda t, printed: (-log_mean(printed) - t * np.exp(-log_mean(printed)), -t * np.exp(-log_mean(printed)))


def weibull_ph(t: np.ndarray, shape: float, hazard: float) -> Logs:
    return np.log(hazard * shape) + (shape - 1) * np.log(t) - hazard * t**shape, -hazard * t**shape


def stacy(t: np.ndarray, shape: float, scale: float, k: float) -> Logs:
    x = (t / scale) ** shape
    log_density = np.log(shape) + (shape * k - 1) * np.log(t) - shape * k * np.log(scale) - special.gammaln(k) - x
    return log_density, np.log(special.gammaincc(k, x))


def stata_gompertz(t: np.ndarray, cons: float, gamma: float) -> Logs:
    hazard = np.exp(cons) * np.expm1(gamma * t) / gamma
    return cons + gamma * t - hazard, -hazard


def stata_gamma(t: np.ndarray, cons: float, ln_sigma: float, kappa: float) -> Logs:
    g = abs(kappa) ** -2.0
    z = np.sign(kappa) * (np.log(t) - cons) / np.exp(ln_sigma)
    u = g * np.exp(abs(kappa) * z)
    log_density = g * np.log(g) - ln_sigma - np.log(t) - np.log(g) / 2 - special.gammaln(g) + z * np.sqrt(g) - u
    return log_density, np.log(special.gammaincc(g, u) if kappa > 0 else special.gammainc(g, u))


def sas_gamma(t: np.ndarray, intercept: float, scale: float, shape: float) -> Logs:
    w, a = (np.log(t) - intercept) / scale, shape**-2.0
    u = a * np.exp(shape * w)
    log_density = np.log(abs(shape)) - special.gammaln(a) + a * np.log(u) - u - np.log(scale * t)
    return log_density, np.log(special.gammaincc(a, u) if shape > 0 else special.gammainc(a, u))


def of_lifelines(fitter: Any) -> Printed:
    def logs(t: np.ndarray, *coefficients: float) -> Logs:
        hazard = fitter._cumulative_hazard(np.array(coefficients), t)
        return fitter._log_hazard(np.array(coefficients), t) - hazard, -hazard

    return logs


def of_a_regression(fitter: Any, names: tuple[str, ...]) -> Printed:
    """Intercepts alone."""

    def logs(t: np.ndarray, *coefficients: float) -> Logs:
        parameters = {name: np.array([value]) for name, value in zip(names, coefficients, strict=True)}
        ones = {name: np.ones((len(t), 1)) for name in names}
        hazard = fitter._cumulative_hazard(parameters, t, ones)
        return fitter._log_hazard(parameters, t, ones) - hazard, -hazard

    return logs


def of_scipy(make: Callable[..., Any]) -> Printed:
    return lambda t, *coefficients: (make(*coefficients).logpdf(t), make(*coefficients).logsf(t))


STATA_TIME: Mapping[str, Printed] = {
    "loglogistic": located(stats.logistic, np.exp),
    "lognormal": located(stats.norm, np.exp),
    "generalised_gamma": stata_gamma,
}
DENSITIES: Mapping[str, Mapping[str, Printed]] = {
    "flexsurv_weibullph": {"weibull": weibull_ph},
    "flexsurv_gengamma_orig": {"generalised_gamma": stacy},
    "survreg": {
        "exponential": with_mean(lambda intercept: intercept),
        "weibull": located(stats.gumbel_l, np.exp),
        "loglogistic": located(stats.logistic, np.exp),
        "lognormal": located(stats.norm, np.exp),
    },
    "streg": {
        "exponential": with_mean(lambda cons: -cons),
        "weibull": lambda t, cons, ln_p: weibull_ph(t, np.exp(ln_p), np.exp(cons)),
        "gompertz": stata_gompertz,
        **STATA_TIME,
    },
    "streg_time": {
        "exponential": with_mean(lambda cons: cons),
        "weibull": located(stats.gumbel_l, lambda ln_p: np.exp(-ln_p)),
        **STATA_TIME,
    },
    "lifereg": {
        "exponential": with_mean(lambda intercept: intercept),
        "weibull": located(stats.gumbel_l),
        "loglogistic": located(stats.logistic),
        "lognormal": located(stats.norm),
        "generalised_gamma": sas_gamma,
    },
    "lifelines": {
        "exponential": of_lifelines(lifelines.ExponentialFitter()),
        "weibull": of_lifelines(lifelines.WeibullFitter()),
        "loglogistic": of_lifelines(lifelines.LogLogisticFitter()),
        "lognormal": of_lifelines(lifelines.LogNormalFitter()),
        "generalised_gamma": of_lifelines(lifelines.GeneralizedGammaFitter()),
    },
    "lifelines_aft": {
        "weibull": of_a_regression(lifelines.WeibullAFTFitter(), ("lambda_", "rho_")),
        "loglogistic": of_a_regression(lifelines.LogLogisticAFTFitter(), ("alpha_", "beta_")),
        "lognormal": of_a_regression(lifelines.LogNormalAFTFitter(), ("mu_", "sigma_")),
        "generalised_gamma": of_a_regression(lifelines.GeneralizedGammaRegressionFitter(), ("mu_", "sigma_", "lambda_")),
    },
    "scipy": {
        "exponential": of_scipy(lambda scale: stats.expon(scale=scale)),
        "weibull": of_scipy(lambda c, scale: stats.weibull_min(c, scale=scale)),
        "gompertz": of_scipy(lambda c, scale: stats.gompertz(c, scale=scale)),
        "loglogistic": of_scipy(lambda c, scale: stats.fisk(c, scale=scale)),
        "lognormal": of_scipy(lambda s, scale: stats.lognorm(s, scale=scale)),
        "gamma": of_scipy(lambda a, scale: stats.gamma(a, scale=scale)),
        "generalised_gamma": of_scipy(lambda a, c, scale: stats.gengamma(a, c, scale=scale)),
    },
}
