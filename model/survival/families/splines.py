"""Royston-Parmar splines: a restricted cubic spline in log time on the log cumulative hazard, log odds or normal scale."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr, ndtri_exp

from model.arrays import Array
from model.survival.families.base import MAX_EXPONENT, Distribution
from model.survival.worksheet import Worksheet

SPLINE_SCALES = ("hazard", "odds", "normal")
INTERNAL_KNOTS = (1, 2, 3)  # of the splines that stand in lists of candidates
SPLINE_NAMES = tuple(f"spline_{scale}_{internal}" for scale in SPLINE_SCALES for internal in INTERNAL_KNOTS)
_NEARLY_LEVEL = 0.05  # slope in log time
_LOG_TWO_PI = float(np.log(2 * np.pi))
_CHECKED_BETWEEN = 12  # points between two knots at which a spline must rise
_BISECTIONS = 60


class RoystonParmar(Distribution):
    """g(S(t)) = gamma0 + gamma1 x + gamma2 v1(x) + ... with x = log t, linear beyond the boundary knots.

    g is log(-log S) (`hazard`), log(1/S - 1) (`odds`) or -Phi^-1(S) (`normal`); without internal knots they are
    the Weibull, log-logistic and log-normal distributions. v_j(x) = (x - k_j)+^3 - l_j (x - k_min)+^3 -
    (1 - l_j) (x - k_max)+^3, l_j = (k_max - k_j) / (k_max - k_min). Royston and Parmar (2002), Stat Med
    21:2175; knots and coefficients are those of flexsurv's `flexsurvspline`.

    knots: (m + 2,) rising, on the log time scale: boundary, m internal, boundary. A vector of coefficients is a
    survival curve only where the spline rises with time: see `valid`.
    """

    starts_from = "spline"

    def __init__(self, scale: str, knots: ArrayLike):
        if scale not in SPLINE_SCALES:
            raise ValueError(f"{scale!r} is not a scale of a spline. Allowed: {', '.join(SPLINE_SCALES)}.")
        log_knots = np.array(knots, dtype=float)
        if log_knots.ndim != 1 or len(log_knots) < 2 or not np.all(np.diff(log_knots) > 0):
            raise ValueError("the knots of a spline must be at least two and rise.")
        log_knots.setflags(write=False)
        self.scale, self.knots = scale, log_knots
        internal = len(log_knots) - 2
        self.name = f"spline_{scale}_{internal}"
        self.label = spline_label(scale, internal)
        self.proportional_hazards = scale == "hazard"
        self.parameters = tuple(f"gamma{i}" for i in range(internal + 2))
        self.estimation_scale = ("identity",) * (internal + 2)
        self.time_role = ("shape",) * (internal + 2)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, *self.knots.tolist())

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return RoystonParmar, (self.scale, self.knots)

    # ---- the spline ----

    def basis(self, log_time: Array) -> Array:
        """(..., k): 1, x, v_1(x), ... at log times of any shape."""
        x = np.asarray(log_time, dtype=float)
        columns = [np.ones_like(x), x]
        low, high = self.knots[0], self.knots[-1]
        for knot in self.knots[1:-1]:
            share = (high - knot) / (high - low)
            columns.append(_cube(x - knot) - share * _cube(x - low) - (1 - share) * _cube(x - high))
        return np.stack(columns, axis=-1)

    def basis_slope(self, log_time: Array) -> Array:
        """(..., k): the derivative of the basis by x."""
        x = np.asarray(log_time, dtype=float)
        columns = [np.zeros_like(x), np.ones_like(x)]
        low, high = self.knots[0], self.knots[-1]
        for knot in self.knots[1:-1]:
            share = (high - knot) / (high - low)
            columns.append(3 * (_square(x - knot) - share * _square(x - low) - (1 - share) * _square(x - high)))
        return np.stack(columns, axis=-1)

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        """True where the spline rises throughout, so that survival falls, (...)."""
        gamma = np.asarray(coefficients, dtype=float)
        between = [np.linspace(a, b, _CHECKED_BETWEEN) for a, b in zip(self.knots[:-1], self.knots[1:], strict=True)]
        slopes = gamma @ self.basis_slope(np.concatenate(between)).T
        return np.isfinite(gamma).all(axis=-1) & (slopes > 0).all(axis=-1)

    def edge(self, coefficients: Array) -> str:
        tails = self.basis_slope(self.knots[[0, -1]]) @ coefficients
        if tails.min() < _NEARLY_LEVEL:
            return "The spline is nearly level beyond its last knot: the curve hardly falls."
        return ""

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: another unit of time moves the knots. Make the spline with other knots instead."""
        raise ValueError("a spline's coefficients cannot be rescaled in time: its knots move as well.")

    # ---- curves ----

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        return self._transform(self._spline(np.log(time), columns))

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        """As above; the coefficients are followed by the knots, as logarithms of their times."""
        count = len(self.parameters)
        gammas, knots = coefficients[:count], coefficients[count:]
        s = gammas[0] + gammas[1] * log_time
        for j in range(1, len(knots) - 1):
            s = s + gammas[j + 1] * w.shared(self._basis_label(j), self._basis_of(w, log_time, knots, j))
        if self.scale == "normal":
            return w.normal_cdf(-s)
        power = w.exp(w.minimum(w.exponent_limit, s))
        return w.exp(-power) if self.scale == "hazard" else 1 / (1 + power)

    def _basis_label(self, j: int) -> str:
        internal = self.knots.size - 2
        return f"Splines with {internal} knot{'' if internal == 1 else 's'}: basis {j}"

    @staticmethod
    def _basis_of(w: Worksheet, x: Any, knots: tuple[Any, ...], j: int) -> Any:
        """v_j(x) of the class."""
        low, own, high = knots[0], knots[j], knots[-1]
        share = (high - own) / (high - low)
        cubes = [w.maximum(0, x - k) ** w.cube for k in (own, low, high)]
        return cubes[0] - share * cubes[1] - (1 - share) * cubes[2]

    def _transform(self, s: Array) -> Array:
        """H from the spline."""
        if self.scale == "normal":
            return -log_ndtr(-np.clip(s, -1e9, 1e9))
        capped = np.minimum(s, MAX_EXPONENT)
        hazard = np.exp(capped, out=capped)
        return hazard if self.scale == "hazard" else np.log1p(hazard, out=hazard)

    def _spline(self, log_time: Array, columns: tuple[Array, ...]) -> Array:
        """s(x) by matrix product where all rows share the times, (n, n_times); -inf at time 0."""
        finite = np.maximum(log_time, -1e4)
        if log_time.ndim == 1:
            gamma = np.concatenate(columns, axis=-1)
            s = gamma @ self.basis(finite).T
            s[..., log_time == -np.inf] = -np.inf
            return s
        basis = self.basis(finite)
        s = sum(c * basis[..., j] for j, c in enumerate(columns))  # type: ignore[assignment]
        return np.where(log_time == -np.inf, -np.inf, s)

    def _slope(self, log_time: Array, columns: tuple[Array, ...]) -> Array:
        finite = np.maximum(log_time, -1e4)
        if log_time.ndim == 1:
            return np.concatenate(columns, axis=-1) @ self.basis_slope(finite).T
        slope = self.basis_slope(finite)
        return sum(c * slope[..., j] for j, c in enumerate(columns))  # type: ignore[return-value]

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """log(dH/ds) + log(ds/dx) - x."""
        x = np.log(time)
        s = self._spline(np.maximum(x, -1e4), columns)
        if self.scale == "hazard":
            by_s = np.minimum(s, MAX_EXPONENT)
        elif self.scale == "odds":
            by_s = -np.logaddexp(0.0, -s)
        else:
            by_s = -(s * s + _LOG_TWO_PI) / 2 - log_ndtr(-s)
        return by_s + np.log(self._slope(x, columns)) - np.maximum(x, -1e4)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        """Bisection in log time on the rising spline; the linear tails are inverted exactly."""
        log_survival = np.log1p(-probability)
        if self.scale == "hazard":
            target = np.log(-log_survival)
        elif self.scale == "odds":
            target = np.log(probability) - log_survival
        else:
            target = -ndtri_exp(log_survival)
        shape = np.broadcast_shapes(columns[0].shape, target.shape)
        goal = np.broadcast_to(target, shape)
        low, high = self.knots[0], self.knots[-1]
        edges = np.array([low, high])
        at, slopes = self._spline(edges, columns), self._slope(edges, columns)
        first, last = (np.broadcast_to(at[..., [i]], shape) for i in (0, 1))
        before = low + (goal - first) / slopes[..., [0]]
        after = np.where(slopes[..., [1]] > 0, high + (goal - last) / slopes[..., [1]], np.inf)
        a, b = np.full(shape, low), np.full(shape, high)
        if len(self.knots) > 2 and np.any((goal > first) & (goal < last)):
            for _ in range(_BISECTIONS):
                middle = (a + b) / 2
                below = self._spline(middle, columns) < goal
                a, b = np.where(below, middle, a), np.where(below, b, middle)
        else:
            a = b = low + (goal - first) * (high - low) / (last - first)
        x = np.where(goal <= first, before, np.where(goal >= last, after, (a + b) / 2))
        return np.exp(x)

    def _mean(self, *columns: Array) -> Array:
        return self._mean_by_quadrature(*columns)


def spline_parts(name: str) -> tuple[str, int]:
    """Scale and number of internal knots of a name such as spline_odds_2. Raises ValueError for any other name."""
    kind, scale, internal = name.split("_")
    if kind != "spline" or scale not in SPLINE_SCALES:
        raise ValueError(f"{name!r} is not the name of a spline. Allowed: {', '.join(SPLINE_NAMES)}.")
    return scale, int(internal)


def spline_label(scale: str, internal: int) -> str:
    """A spline in words."""
    return f"Spline, {scale}, {internal} knot{'' if internal == 1 else 's'}"


def knots_from(event_times: ArrayLike, internal: int) -> Array:
    """Log-time knots (internal + 2,): first and last event, and equally spaced quantiles of log event times between.

    flexsurv's default (quantiles of R's type 7). Raises ValueError where ties leave too few different times.

    >>> from model import survival
    >>> survival.knots_from([1.0, 10.0, 100.0], 1).round(4).tolist()  # logarithms of the first, middle and last event
    [0.0, 2.3026, 4.6052]
    """
    x = np.log(np.asarray(event_times, dtype=float))
    knots = np.quantile(x, np.linspace(0, 1, internal + 2)) if x.size else np.zeros(1)
    if len(knots) < 2 or not np.all(np.diff(knots) > 0):
        raise ValueError(f"too few different event times for {internal} internal knots.")
    return knots


def _cube(x: Array) -> Array:
    positive = np.maximum(x, 0.0)
    return positive * positive * positive


def _square(x: Array) -> Array:
    positive = np.maximum(x, 0.0)
    return positive * positive
