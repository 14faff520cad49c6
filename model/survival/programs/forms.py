"""The forms in which programs print the coefficients of a curve, each with the way to the model's own and back.

Several programs print the same form under other names; it is written here once, in the functions of ``w`` (:class:`Numbers`
for arrays, a worksheet's for formulas). What the printed coefficients mean as S(t) stands beside their names, in the files of
the programs. The model's own, in order: rate; shape and scale (Weibull, log-logistic); shape and rate (Gompertz, gamma);
meanlog and sdlog; mu, sigma and Q.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

Written = Callable[..., tuple[Any, ...]]
"""``(w, *values)`` to values, in the functions of ``w``: exp, ln, sqrt and sign."""


class Numbers:
    """The functions that a form is written in, for real arrays, and complex ones from which derivatives follow."""

    exp = staticmethod(np.exp)
    ln = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)

    @staticmethod
    def sign(x: Any) -> Any:
        return np.sign(np.real(x))


@dataclasses.dataclass(frozen=True)
class Form:
    """to_ours: the printed values to this model's natural coefficients; to_theirs: back."""

    to_ours: Written
    to_theirs: Written


# ---- any distribution -------------------------------------------------------------------------------------------------


def _as_they_are(_: Any, *values: Any) -> tuple[Any, ...]:
    return values


def _reversed(_: Any, *values: Any) -> tuple[Any, ...]:
    return values[::-1]


def _last_first(_: Any, *values: Any) -> tuple[Any, ...]:
    return (values[-1], *values[:-1])


def _first_last(_: Any, *values: Any) -> tuple[Any, ...]:
    return (*values[1:], values[0])


KEPT = Form(_as_they_are, _as_they_are)
"""The printed coefficients are the model's own."""
REVERSED = Form(_reversed, _reversed)
"""The same coefficients in the other order."""
FIRST_LAST = Form(_last_first, _first_last)
"""The same coefficients, the model's first one printed last."""


# ---- exponential ------------------------------------------------------------------------------------------------------


def _inverse(_: Any, value: Any) -> tuple[Any, ...]:
    return (1 / value,)


def _of_log_rate(w: Any, log_rate: Any) -> tuple[Any, ...]:
    return (w.exp(log_rate),)


def _to_log_rate(w: Any, rate: Any) -> tuple[Any, ...]:
    return (w.ln(rate),)


def _of_log_mean(w: Any, log_mean: Any) -> tuple[Any, ...]:
    return (w.exp(-log_mean),)


def _to_log_mean(w: Any, rate: Any) -> tuple[Any, ...]:
    return (-w.ln(rate),)


MEAN = Form(_inverse, _inverse)
LOG_RATE = Form(_of_log_rate, _to_log_rate)
LOG_MEAN = Form(_of_log_mean, _to_log_mean)


# ---- Weibull and log-logistic -----------------------------------------------------------------------------------------


def _of_location_scale(w: Any, location: Any, spread: Any) -> tuple[Any, ...]:
    return 1 / spread, w.exp(location)


def _to_location_scale(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), 1 / shape


def _of_location_log_scale(w: Any, location: Any, log_spread: Any) -> tuple[Any, ...]:
    return w.exp(-log_spread), w.exp(location)


def _to_location_log_scale(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), -w.ln(shape)


def _of_logs(w: Any, log_scale: Any, log_shape: Any) -> tuple[Any, ...]:
    return w.exp(log_shape), w.exp(log_scale)


def _to_logs(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), w.ln(shape)


def _of_log_hazard(w: Any, log_hazard: Any, log_shape: Any) -> tuple[Any, ...]:
    return w.exp(log_shape), w.exp(-log_hazard * w.exp(-log_shape))


def _to_log_hazard(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return -shape * w.ln(scale), w.ln(shape)


def _of_shape_hazard(w: Any, shape: Any, hazard: Any) -> tuple[Any, ...]:
    return shape, w.exp(-w.ln(hazard) / shape)


def _to_shape_hazard(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return shape, w.exp(-shape * w.ln(scale))


LOCATION_SCALE = Form(_of_location_scale, _to_location_scale)
"""Of log T: location log(scale), spread 1 / shape (Kalbfleisch and Prentice 2002, section 2.2)."""
LOCATION_LOG_SCALE = Form(_of_location_log_scale, _to_location_log_scale)
"""The same with the logarithm of the spread."""
LOG_SCALE_LOG_SHAPE = Form(_of_logs, _to_logs)
LOG_HAZARD_LOG_SHAPE = Form(_of_log_hazard, _to_log_hazard)
"""Weibull, H = exp(log_hazard) t^shape, with the logarithm of the shape."""
SHAPE_HAZARD = Form(_of_shape_hazard, _to_shape_hazard)
"""Weibull, H = hazard t^shape."""


# ---- Gompertz and gamma -----------------------------------------------------------------------------------------------


def _of_log_rate_shape(w: Any, log_rate: Any, shape: Any) -> tuple[Any, ...]:
    return shape, w.exp(log_rate)


def _to_log_rate_shape(w: Any, shape: Any, rate: Any) -> tuple[Any, ...]:
    return w.ln(rate), shape


def _of_ratio_scale(_: Any, ratio: Any, scale: Any) -> tuple[Any, ...]:
    return 1 / scale, ratio / scale


def _to_ratio_scale(_: Any, shape: Any, rate: Any) -> tuple[Any, ...]:
    return rate / shape, 1 / shape


def _second_inverse(_: Any, shape: Any, value: Any) -> tuple[Any, ...]:
    return shape, 1 / value


LOG_RATE_SHAPE = Form(_of_log_rate_shape, _to_log_rate_shape)
RATIO_SCALE = Form(_of_ratio_scale, _to_ratio_scale)
"""Gompertz, H = ratio (exp(t / scale) - 1)."""
SHAPE_SCALE = Form(_second_inverse, _second_inverse)
"""Gamma, with the scale in place of the rate."""


# ---- log-normal and generalised gamma ---------------------------------------------------------------------------------


def _of_log_second(w: Any, first: Any, log_second: Any, *rest: Any) -> tuple[Any, ...]:
    return first, w.exp(log_second), *rest


def _to_log_second(w: Any, first: Any, second: Any, *rest: Any) -> tuple[Any, ...]:
    return first, w.ln(second), *rest


def _of_sd_median(w: Any, sd: Any, median: Any) -> tuple[Any, ...]:
    return w.ln(median), sd


def _to_sd_median(w: Any, meanlog: Any, sdlog: Any) -> tuple[Any, ...]:
    return sdlog, w.exp(meanlog)


def _of_stacy(w: Any, shape: Any, scale: Any, k: Any) -> tuple[Any, ...]:
    up = w.sign(shape)
    return w.ln(scale) + w.ln(k) / shape, up / (shape * w.sqrt(k)), up / w.sqrt(k)


def _to_stacy(w: Any, mu: Any, sigma: Any, q: Any) -> tuple[Any, ...]:
    return q / sigma, w.exp(mu + sigma * w.ln(q * q) / q), 1 / (q * q)


def _of_stacy_k_first(w: Any, k: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return _of_stacy(w, shape, scale, k)


def _to_stacy_k_first(w: Any, mu: Any, sigma: Any, q: Any) -> tuple[Any, ...]:
    return _last_first(w, *_to_stacy(w, mu, sigma, q))


LOG_SD = Form(_of_log_second, _to_log_second)
"""The model's own with the logarithm of sdlog, or of sigma."""
SD_MEDIAN = Form(_of_sd_median, _to_sd_median)
STACY = Form(_of_stacy, _to_stacy)
"""shape, scale and k of S = Q(k, (t / scale)^shape); a negative shape, with 1 minus that, is a negative Q. To print it Q must
not be 0 (Stacy 1962, Ann Math Stat 33:1187; Prentice 1974, Biometrika 61:539)."""
STACY_K_FIRST = Form(_of_stacy_k_first, _to_stacy_k_first)
"""The same with k printed first."""
