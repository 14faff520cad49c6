"""What every survival distribution can do, and the one place where floating-point warnings are silenced.

Array convention: `time` is (n_times,) in any one unit; `coefficients` is (..., k) on the natural scale, the
last axis in the order of `parameters`; a result is `coefficients.shape[:-1] + time.shape`, so (n_draws, k)
with (n_times,) gives (n_draws, n_times).

A family writes the underscored methods. They receive times that broadcast against one (..., 1) column per
parameter. They work on cumulative hazards, which stay informative where survival underflows, and keep
exponents below `MAX_EXPONENT`, so that a cumulative hazard is always finite and differences of two of them
are never inf - inf.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from model.arrays import Array
from model.survival.worksheet import Worksheet

MAX_EXPONENT = 690.0  # exp(690) = 3e299: sums and products with a few more such factors stay finite
MAX_HAZARD = float(np.exp(MAX_EXPONENT))

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_EDGE_PROBABILITIES = np.array(
    [1e-14, 1e-10, 1e-7, 1e-5, 1e-3, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999, 1 - 1e-5, 1 - 1e-9]
)
_EDGE_LOG_DISTANCES = np.array([40.0, 30.0, 20.0, 12.0, 7.0, 4.0, 2.0, 1.0, 0.5])


class Distribution(ABC):
    """One family of time-to-event distributions. Immutable; the coefficients come with every call.

    `estimation_scale` says how each parameter is estimated and sampled ("log", "logit" or "identity");
    `time_role` says what multiplying all times by f does to it ("rate": divided by f, "scale": multiplied,
    "log_scale": log f is added, "shape": nothing). Families that hold data of their own (knots, cut points)
    are made with them and are compared by `identity`. `starts_from`: what of the data a fit starts from, one of
    `STARTS` in `model/survival/fit_starts.py`; empty where the family cannot be fitted to data.
    """

    name: str
    label: str
    parameters: tuple[str, ...]
    estimation_scale: tuple[str, ...]
    time_role: tuple[str, ...]
    starts_from: str = ""
    proportional_hazards: bool  # is the curve still of the family when its hazard is multiplied?

    def edge(self, coefficients: Array) -> str:
        """A sentence where natural coefficients (k,) sit on the edge of the family, or ""."""
        return ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two families the same: the name, and any data of its own."""
        return (self.name,)

    def __repr__(self) -> str:
        return f"<{self.label} distribution ({', '.join(self.parameters)})>"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()

    # ---- curves: (..., k) and (n_times,) -> (..., n_times) ----

    @np.errstate(all="ignore")
    def cumulative_hazard(self, time: ArrayLike, coefficients: ArrayLike) -> Array:
        """H(t) = -log S(t); exactly 0 at time 0, always finite. Raises ValueError for negative times."""
        time, columns, shape = self._prepare(time, coefficients)
        return self._cumulative_hazard(time, *columns).reshape(shape)

    @np.errstate(all="ignore")
    def cumulative_hazard_by_row(self, time: Array, coefficients: ArrayLike) -> Array:
        """H at each row's own times: (n, n_times) and (n, k) or (1, k) -> (n, n_times)."""
        columns, _ = self._columns(coefficients)
        return self._cumulative_hazard(np.asarray(time, dtype=float), *columns)

    @np.errstate(all="ignore")
    def survival(self, time: ArrayLike, coefficients: ArrayLike) -> Array:
        """S(t), the probability to be event-free at `time`. S(0) is exactly 1."""
        time, columns, shape = self._prepare(time, coefficients)
        return self._survival(time, *columns).reshape(shape)

    @np.errstate(all="ignore")
    def log_survival(self, time: ArrayLike, coefficients: ArrayLike) -> Array:
        """log S(t); informative where S(t) itself underflows to 0."""
        time, columns, shape = self._prepare(time, coefficients)
        return -self._cumulative_hazard(time, *columns).reshape(shape)

    @np.errstate(all="ignore")
    def hazard(self, time: ArrayLike, coefficients: ArrayLike) -> Array:
        """h(t) = dH/dt, per unit of time; inf at time 0 where the hazard has no finite limit there."""
        time, columns, shape = self._prepare(time, coefficients)
        return np.exp(self._log_hazard(time, *columns)).reshape(shape)

    @np.errstate(all="ignore")
    def density(self, time: ArrayLike, coefficients: ArrayLike) -> Array:
        """f(t) = h(t) S(t), per unit of time."""
        time, columns, shape = self._prepare(time, coefficients)
        log_density = self._log_hazard(time, *columns) - self._cumulative_hazard(time, *columns)
        return np.exp(log_density).reshape(shape)

    @np.errstate(all="ignore")
    def quantile(self, probability: ArrayLike, coefficients: ArrayLike) -> Array:
        """Time by which a share `probability` has had the event: (..., k), (n,) -> (..., n).

        inf where the curve never falls so low (Gompertz with a negative shape). quantile(0.5) is the median.
        Raises ValueError for a probability outside [0, 1].
        """
        probability = np.asarray(probability, dtype=float)
        if np.any((probability < 0) | (probability > 1)):
            raise ValueError("probability must lie between 0 and 1.")
        flat = np.atleast_1d(probability).ravel()
        columns, shape = self._columns(coefficients)
        time = self._quantile(flat, *columns)
        time = np.where(flat <= 0, 0.0, np.where(flat >= 1, np.inf, time))
        return time.reshape(shape + probability.shape)

    # ---- means: (..., k) -> (...) ----

    @np.errstate(all="ignore")
    def mean(self, coefficients: ArrayLike) -> Array:
        """Mean survival time, (...); inf where the integral of S diverges."""
        columns, shape = self._columns(coefficients)
        return self._mean(*columns).reshape(shape)

    @np.errstate(all="ignore")
    def restricted_mean(self, limit: float, coefficients: ArrayLike) -> Array:
        """Integral of S from 0 to `limit`, (...), in the unit of time. Raises ValueError for limit < 0."""
        if not limit >= 0:
            raise ValueError(f"limit is {limit}; it must not be negative.")
        if np.isinf(limit):
            return self.mean(coefficients)
        columns, shape = self._columns(coefficients)
        if limit == 0:
            return np.zeros(shape)
        return self._restricted_mean(float(limit), *columns).reshape(shape)

    # ---- coefficients: (..., k) -> (..., k) ----

    @np.errstate(all="ignore")
    def to_estimation(self, coefficients: ArrayLike) -> Array:
        """Natural to estimation scale, (..., k): each parameter by its own transformation."""
        estimates = np.array(coefficients, dtype=float)
        for j, scale in enumerate(self.estimation_scale):
            if scale == "log":
                estimates[..., j] = np.log(estimates[..., j])
            elif scale == "logit":
                estimates[..., j] = logit(estimates[..., j])
        return estimates

    @np.errstate(all="ignore")
    def to_natural(self, estimates: ArrayLike) -> Array:
        """Estimation to natural scale, (..., k): each parameter by its own inverse."""
        coefficients = np.array(estimates, dtype=float)
        for j, scale in enumerate(self.estimation_scale):
            if scale == "log":
                coefficients[..., j] = np.exp(coefficients[..., j])
            elif scale == "logit":
                coefficients[..., j] = expit(coefficients[..., j])
        return coefficients

    def around(self, estimates: Array, steps: ArrayLike) -> Array:
        """Natural coefficients (..., k) that lie steps (..., k) away from estimates (k,), both on the estimation scale.

        How a curve is drawn and moved: a family whose curve bends strongly in its coefficients bends the steps.
        """
        return self.to_natural(estimates + np.asarray(steps, dtype=float))

    def steps_to(self, natural: ArrayLike, estimates: Array) -> Array:
        """The steps (..., k) with which :meth:`around` comes from estimates (k,) to natural coefficients (..., k)."""
        return self.to_estimation(natural) - estimates

    @np.errstate(all="ignore")
    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Coefficients of factor x T, (..., k): years to months with factor 12, which may be (...)."""
        coefficients, factor = np.asarray(coefficients, dtype=float), np.asarray(factor, dtype=float)
        shape = np.broadcast_shapes(coefficients.shape[:-1], factor.shape)
        rescaled = np.array(np.broadcast_to(coefficients, shape + coefficients.shape[-1:]))
        for j, role in enumerate(self.time_role):
            if role == "rate":
                rescaled[..., j] /= factor
            elif role == "scale":
                rescaled[..., j] *= factor
            elif role == "log_scale":
                rescaled[..., j] += np.log(factor)
        return rescaled

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        """True where all coefficients are finite, those estimated on the log scale are positive, and those on
        the logit scale lie in [0, 1], (...)."""
        coefficients = np.asarray(coefficients, dtype=float)
        positive = np.array([scale == "log" for scale in self.estimation_scale], dtype=bool)
        share = np.array([scale == "logit" for scale in self.estimation_scale], dtype=bool)
        inside = ~share | ((coefficients >= 0) & (coefficients <= 1))
        return np.all(np.isfinite(coefficients) & (~positive | (coefficients > 0)) & inside, axis=-1)

    # ---- what a family writes ----

    @abstractmethod
    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array: ...

    @abstractmethod
    def _log_hazard(self, time: Array, *columns: Array) -> Array: ...

    @abstractmethod
    def _quantile(self, probability: Array, *columns: Array) -> Array: ...

    @abstractmethod
    def _mean(self, *columns: Array) -> Array: ...

    # ---- the same in the functions of a spreadsheet ----

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        """S at a time as an expression of worksheet functions; `log_time` is a large negative number at time 0."""
        raise TypeError(f"a {self.label} curve is written to a worksheet in parts of its own")

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        """The median as such an expression."""
        raise TypeError(f"the median of a {self.label} curve has no expression")

    def _log_density(self, time: Array, *columns: Array) -> Array:
        """At times above 0."""
        return self._log_hazard(time, *columns) - self._cumulative_hazard(time, *columns)

    def _survival(self, time: Array, *columns: Array) -> Array:
        survival = self._cumulative_hazard(time, *columns)
        np.negative(survival, out=survival)
        return np.exp(survival, out=survival)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        """Gauss-Legendre in log time on panels that end at quantiles and near the limit.

        Whatever the shape, S bends only between its quantiles and S(t) dt = S(e^v) e^v dv only matters near
        the limit: with both as panel ends the rule is accurate to 1e-10 without adapting.
        """
        quantiles = np.minimum(self._quantile(_EDGE_PROBABILITIES, *columns), limit)
        draws = quantiles.shape[:-1]
        near_limit = np.broadcast_to(limit * np.exp(-_EDGE_LOG_DISTANCES), (*draws, len(_EDGE_LOG_DISTANCES)))
        edges = np.sort(np.concatenate([quantiles, near_limit, np.full((*draws, 1), limit)], axis=-1), axis=-1)
        edges = np.log(np.maximum(edges, limit * 1e-290))
        middle, half = (edges[..., 1:] + edges[..., :-1]) / 2, (edges[..., 1:] - edges[..., :-1]) / 2
        log_time = (middle[..., None] + half[..., None] * _NODES).reshape((*draws, -1))
        time = np.exp(log_time)
        integrand = (self._survival(time, *columns) * time).reshape(half.shape + _NODES.shape)
        return np.exp(edges[..., 0]) + np.sum((integrand @ _WEIGHTS) * half, axis=-1)

    def _mean_by_quadrature(self, *columns: Array) -> Array:
        """Restricted mean to a million medians, and beyond it the tail as a power of time.

        There S falls as t^-a with a = t h(t), which adds S t / (a - 1); a is huge for tails that fall faster. inf
        where a is at most 1: the integral diverges.
        """
        median = self._quantile(np.array([0.5]), *columns)
        limits = 1e6 * np.where(np.isfinite(median), median, 1.0)
        scaled = [np.broadcast_to(c, limits.shape) for c in columns]
        power = np.exp(self._log_hazard(limits, *scaled)) * limits
        beyond = np.exp(-self._cumulative_hazard(limits, *scaled)) * limits / (power - 1)
        rows = limits.ravel()
        flat = [c.reshape(-1, 1) for c in scaled]
        within = np.array([self._restricted_mean(t, *(c[[i]] for c in flat))[0] for i, t in enumerate(rows)])
        mean = within.reshape(limits.shape) + np.where(np.isfinite(beyond), beyond, 0.0)
        return np.where((power > 1) & np.isfinite(median), mean, np.inf)[..., 0]

    def _or_by_quadrature(self, closed: Array, trusted: NDArray[np.bool_], limit: float, *columns: Array) -> Array:
        """The closed form of the restricted mean, or the quadrature where that form loses digits."""
        if trusted.all():
            return closed
        numeric = Distribution._restricted_mean(self, limit, *columns)
        return np.where(trusted[..., 0], closed[..., 0], numeric)

    # ---- shapes ----

    def _columns(self, coefficients: ArrayLike) -> tuple[list[Array], tuple[int, ...]]:
        coefficients = np.asarray(coefficients, dtype=float)
        if coefficients.ndim == 0 or coefficients.shape[-1] != len(self.parameters):
            raise ValueError(
                f"{self.label} takes the coefficients {', '.join(self.parameters)} along the last axis; "
                f"the array given has shape {coefficients.shape}."
            )
        return [coefficients[..., j, None] for j in range(len(self.parameters))], coefficients.shape[:-1]

    def _prepare(self, time: ArrayLike, coefficients: ArrayLike) -> tuple[Array, list[Array], tuple[int, ...]]:
        time = np.asarray(time, dtype=float)
        flat = np.atleast_1d(time).ravel()
        if flat.size and flat.min() < 0:
            raise ValueError(f"time must not be negative; the smallest given is {flat.min()}.")
        columns, shape = self._columns(coefficients)
        return flat, columns, shape + time.shape
