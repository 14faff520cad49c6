"""Gamma distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammainc, gammaincc, zeta

from model.arrays import Array
from model.survival.families.expansions import Expanded, Expansion, Slopes, of_log_survival
from model.survival.families.gamma_on_grid import (
    LEAST_SURVIVAL,
    end_of_panels,
    hazard_on_grid,
    is_even_grid,
    suits,
    survival_on_grid,
)
from model.survival.families.standard import StandardDistribution
from model.survival.families.standard_gamma import hazard_at_zero, log_density, log_hazard, log_survival, standard_quantile
from model.survival.worksheet import Worksheet

_STENCIL = 1e-4


def _log_median(log_shape: Any) -> Array:
    """Log median of a gamma distribution with rate 1, in the shape of log_shape."""
    shape = np.exp(log_shape)
    return np.log(shape) + standard_quantile(1 / np.sqrt(shape), np.array(0.5)) / np.sqrt(shape)


def _bend(estimate: float, log_shape: Array) -> Array:
    """By how much log rate leaves a straight line, so that log median does not, from a log shape to others."""
    below, centre, above = (_log_median(estimate + by) for by in (-_STENCIL, 0.0, _STENCIL))
    slope = (above - below) / (2 * _STENCIL)
    return np.asarray(_log_median(log_shape) - centre - slope * (log_shape - estimate))


def _standardised(v: Array, shape: Array) -> Array:
    """Of v = log(rate t), as the generalised gamma with Q = sigma = 1 / sqrt(shape) has it."""
    return (v - np.log(shape)) * np.sqrt(shape)


def _density_expansion(shape: Array, v: Array) -> Expansion:
    """Of the log density of v = log(rate t), shape v - exp(v) - log Gamma(shape), by v and log shape."""
    log_shape = np.log(shape)
    by_shape = shape * (v - log_shape - (digamma(shape) - log_shape))
    return Expansion(
        value=log_density(1 / np.sqrt(shape), _standardised(v, shape)) + 0.5 * log_shape,
        w=-shape * np.expm1(v - log_shape),
        c=by_shape,
        ww=-np.exp(v),
        cw=np.broadcast_to(shape, v.shape),
        cc=by_shape - shape**2 * zeta(2, shape),
    )


def _slopes(g: Expansion) -> Slopes:
    """By log shape and log rate, of which v is the latter and log t."""
    return g.c, g.w, g.cc, g.cw, g.ww


class Gamma(Expanded, StandardDistribution):
    """S(t) = Q(shape, rate t), Q the regularised upper incomplete gamma function; f / S has no simpler form.

    Mean shape / rate. It is the generalised gamma with mu = log(shape / rate) and sigma = Q = 1 /
    sqrt(shape), whose numerics it shares. Restricted mean: mean P(shape + 1, rate limit) + limit S(limit).
    flexsurv's `gamma` (as R's dgamma): Jackson (2016), J Stat Softw 70(8), table 1.
    """

    name = "gamma"
    label = "Gamma"
    parameters = ("shape", "rate")
    estimation_scale = ("log", "log")
    time_role = ("shape", "rate")
    proportional_hazards = False
    other_names = ("gam",)
    limits: ClassVar = {"shape": (0.0, 1e3)}
    starting_coefficients = ((0.5, 1.0, 2.0, 4.0), (1.0,))
    incomplete_gamma = True
    fitted_jointly = False

    @np.errstate(all="ignore")
    def around(self, estimates: Array, steps: ArrayLike) -> Array:
        """Steps are straight in log shape and log median, first order the same as in log shape and log rate.

        Shape and rate that a curve's statistics allow lie on a narrow, bent ridge. Steps that are straight in their
        logarithms leave it, so that drawn curves would miss the median and the survival that the fitted one meets.
        """
        moved = estimates + np.asarray(steps, dtype=float)
        moved[..., 1] += _bend(estimates[0], moved[..., 0])
        return self.to_natural(moved)

    @np.errstate(all="ignore")
    def steps_to(self, natural: ArrayLike, estimates: Array) -> Array:
        there = self.to_estimation(natural)
        there[..., 1] -= _bend(estimates[0], there[..., 0])
        return there - estimates

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        if is_even_grid(time) and shape.ndim == 2:
            return self._on_grid(time, shape, rate, hazard_on_grid, self._hazard_by_itself)
        return self._hazard_by_itself(time, shape, rate)

    def _survival(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        if is_even_grid(time) and shape.ndim == 2:
            return self._on_grid(time, shape, rate, survival_on_grid, self._survival_by_itself)
        return self._survival_by_itself(time, shape, rate)

    def _hazard_by_itself(self, time: Array, shape: Array, rate: Array) -> Array:
        """Cumulative hazard with an incomplete gamma function at each time."""
        w = _standardised(np.log(time) + np.log(rate), shape)
        return 0.0 - log_survival(1 / np.sqrt(shape), w)

    def _survival_by_itself(self, time: Array, shape: Array, rate: Array) -> Array:
        return np.exp(-self._hazard_by_itself(time, shape, rate))

    def _on_grid(
        self,
        time: Array,
        shape: Array,
        rate: Array,
        by_panels: Callable[[Array, Array, Array, Array], Array],
        one_by_one: Callable[[Array, Array, Array], Array],
    ) -> Array:
        """At the even times of a model's cycles: all curves but the steepest by panels of cycles."""
        at_end = gammaincc(shape[:, 0], rate[:, 0] * end_of_panels(time))
        quick = suits(time, shape[:, 0], rate[:, 0]) & (at_end > LEAST_SURVIVAL)
        if quick.all():
            return by_panels(time, shape[:, 0], rate[:, 0], at_end)
        found = np.empty((len(shape), len(time)))
        found[quick] = by_panels(time, shape[quick, 0], rate[quick, 0], at_end[quick])
        found[~quick] = one_by_one(time, shape[~quick], rate[~quick])
        return found

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        shape, rate = coefficients
        return 1 - w.gamma_cdf(rate * time, shape)

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        shape, rate = coefficients
        return w.gamma_median(shape) / rate

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        w = _standardised(np.log(time) + np.log(rate), shape)
        in_time = log_hazard(1 / np.sqrt(shape), w) + 0.5 * np.log(shape) - np.log(time)
        return np.where(time > 0, in_time, hazard_at_zero(shape, np.log(rate)))

    def _log_density(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        log_time = np.log(time)
        w = _standardised(log_time + np.log(rate), shape)
        return log_density(1 / np.sqrt(shape), w) + 0.5 * np.log(shape) - log_time

    def _log_density_slopes(self, time: Array, *columns: Array) -> Slopes:
        shape, rate = columns
        return _slopes(_density_expansion(shape, np.log(time) + np.log(rate)))

    def _log_survival_slopes(self, time: Array, *columns: Array) -> Slopes:
        shape, rate = columns
        v = np.log(time) + np.log(rate)

        def moved(by: Array) -> Array:
            there = shape * np.exp(by)
            return log_survival(1 / np.sqrt(there), _standardised(v, there))

        return _slopes(of_log_survival(_density_expansion(shape, v), moved))

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        shape, rate = columns
        w = standard_quantile(1 / np.sqrt(shape), probability)
        return np.exp(np.log(shape) - np.log(rate) + w / np.sqrt(shape))

    def _mean(self, *columns: Array) -> Array:
        shape, rate = columns
        return shape / rate

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        shape, rate = columns
        closed = shape / rate * gammainc(shape + 1, rate * limit) + limit * gammaincc(shape, rate * limit)
        return self._or_by_quadrature(closed, np.isfinite(closed), limit, shape, rate)
