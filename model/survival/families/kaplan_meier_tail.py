"""Kaplan-Meier up to a time, then a parametric tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution


class KaplanMeierTail(Distribution):
    """S(t) = KM(t) up to `switch`, then KM(switch) S_tail(t) / S_tail(switch): continuous, and the hazard is the tail's.

    times, increments: (m,) event times up to the switch and the steps -log(1 - d/n) of the Kaplan-Meier cumulative
    hazard at them. Parameters: factor1 ... factorJ, which multiply the steps up to the cut points and carry the
    sampling error of the Kaplan-Meier part (1 in the base case), then those of the tail. cuts: (J,) rising, the last
    one the switch. Latimer (2013), Med Decis Making 33:743 on this kind of curve.
    """

    name = "kaplan_meier_tail"

    def __init__(self, times: ArrayLike, increments: ArrayLike, cuts: ArrayLike, tail: Distribution, switch: float):
        self.times, self.increments = np.array(times, dtype=float), np.array(increments, dtype=float)
        self.cuts, self.tail, self.switch = np.array(cuts, dtype=float), tail, float(switch)
        if not np.isfinite(self.increments).all():
            raise ValueError("the Kaplan-Meier curve reaches 0 before the tail begins; switch earlier.")
        self.proportional_hazards = tail.proportional_hazards
        pieces = len(self.cuts)
        self.label = f"Kaplan-Meier, then {tail.label}"
        self.parameters = (*factor_names(pieces), *tail.parameters)
        self.estimation_scale = (*("log",) * pieces, *tail.estimation_scale)
        self.time_role = (*("shape",) * pieces, *tail.time_role)
        piece = np.searchsorted(self.cuts, self.times, side="left")
        steps = np.zeros((len(self.times) + 1, pieces))
        steps[np.arange(1, len(self.times) + 1), piece] = self.increments
        self._cumulative = np.cumsum(steps, axis=0)  # (m + 1, J): hazard of each piece after each event

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, self.switch, *self.times.tolist(), *self.increments.tolist(), *self.tail.identity)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return KaplanMeierTail, (self.times, self.increments, self.cuts, self.tail, self.switch)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: the event times would move."""
        raise ValueError("a curve with a Kaplan-Meier part cannot be rescaled in time.")

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        given = np.asarray(coefficients, dtype=float)
        return super().valid(given) & self.tail.valid(given[..., len(self.cuts) :])

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        j = len(self.cuts)
        factors, tail = np.concatenate(columns[:j], axis=-1), columns[j:]
        passed = np.searchsorted(self.times, np.minimum(time, self.switch), side="right")
        steps = self._cumulative[passed]
        early = factors @ steps.T if time.ndim == 1 else np.einsum("...j,...tj->...t", factors, steps)
        late = time > self.switch
        if not late.any():
            return early
        beyond = np.maximum(time, self.switch)
        further = self.tail._cumulative_hazard(beyond, *tail)
        further = further - self.tail._cumulative_hazard(np.array([self.switch]), *tail)
        return early + np.where(late, np.maximum(further, 0.0), 0.0)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """Of the tail after the switch; before it the mean hazard of the piece, since the curve falls in steps."""
        j = len(self.cuts)
        widths = np.diff(self.cuts, prepend=0.0)
        piece = np.minimum(np.searchsorted(self.cuts, time, side="left"), j - 1)
        factors = np.concatenate(columns[:j], axis=-1)
        means = factors * (self._cumulative[-1] / widths)
        index = np.broadcast_to(piece, (*means.shape[:-1], np.shape(piece)[-1]))
        early = np.log(np.take_along_axis(means, index, axis=-1))
        return np.where(time > self.switch, self.tail._log_hazard(time, *columns[j:]), early)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        """The first event time at which the curve is as low, else from the tail."""
        j = len(self.cuts)
        goal = -np.log1p(-probability)
        factors, tail = np.concatenate(columns[:j], axis=-1), columns[j:]
        steps = factors @ self._cumulative[1:].T
        goals = np.broadcast_to(goal, (*steps.shape[:-1], goal.shape[-1]))
        reached = np.sum(steps[..., None, :] < goals[..., :, None] * (1 - 1e-13), axis=-1)
        at = np.append(self.times, np.inf)[reached]
        own = self.tail._cumulative_hazard(np.array([self.switch]), *tail)
        left = np.maximum(goals - steps[..., -1:], 0.0) + own
        return np.where(np.isfinite(at), at, self.tail._quantile(-np.expm1(-left), *tail))

    def _mean(self, *columns: Array) -> Array:
        return self._with_tail(np.inf, columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        return self._with_tail(limit, columns)

    def _with_tail(self, limit: float, columns: tuple[Array, ...]) -> Array:
        """The area under the steps, exactly, and the tail's mean beyond the switch, scaled."""
        j = len(self.cuts)
        end = min(limit, self.switch)
        edges = np.concatenate([[0.0], self.times[self.times < end], [end]])
        heights = np.exp(-self._cumulative_hazard(edges[:-1], *columns))
        early = heights @ np.diff(edges)
        if limit <= self.switch:
            return early
        tail = columns[j:]
        whole = self.tail._mean(*tail) if np.isinf(limit) else self.tail._restricted_mean(limit, *tail)
        beyond = whole - self.tail._restricted_mean(self.switch, *tail)
        at = np.array([self.switch])
        scale = self.tail._cumulative_hazard(at, *tail) - self._cumulative_hazard(at, *columns)
        return early + np.exp(scale[..., 0]) * np.reshape(beyond, early.shape)


def factor_names(pieces: int) -> tuple[str, ...]:
    """The names of the factors of a Kaplan-Meier part."""
    return tuple(f"factor{i + 1}" for i in range(pieces))


def kaplan_meier_tail(
    times: ArrayLike, n_events: ArrayLike, n_risk: ArrayLike, tail: Distribution, switch: float, pieces: int = 8
) -> tuple[KaplanMeierTail, Array, Array]:
    """The family, its factors (J,) in the base case (all 1) and the covariance of their logarithms (J, J).

    times, n_events, n_risk: (m,) of a Kaplan-Meier curve. The pieces hold about equal numbers of events; the variance
    of a log factor is Greenwood's variance of the piece's hazard over its square (delta method), so that log S has
    Greenwood's variance at every cut point (Greenwood 1926). Raises ValueError where no event comes before `switch`
    or the curve reaches 0 there.

    >>> from model import survival
    >>> km = survival.kaplan_meier(survival.survival_data([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 0]))
    >>> made = survival.kaplan_meier_tail(km.times, km.n_events, km.n_risk, survival.distribution("exponential"), 2.0)
    >>> type(made[0]).__name__
    'KaplanMeierTail'
    """
    t = np.asarray(times, dtype=float)
    early = t <= switch
    d, n = np.asarray(n_events, dtype=float)[early], np.asarray(n_risk, dtype=float)[early]
    if not early.any():
        raise ValueError(f"no event happens before the tail begins at {switch:g}.")
    if np.any(d >= n):
        raise ValueError("the Kaplan-Meier curve reaches 0 before the tail begins; switch earlier.")
    increments, variances = -np.log1p(-d / n), d / (n * (n - d))
    count = max(1, min(pieces, len(d)))
    shares = np.cumsum(d) / d.sum()
    last = np.unique(np.searchsorted(shares, np.arange(1, count) / count - 1e-12))
    cuts = np.append(t[early][last[last < len(d) - 1]], switch)
    piece = np.searchsorted(cuts, t[early], side="left")
    hazards = np.bincount(piece, increments, len(cuts))
    errors = np.bincount(piece, variances, len(cuts)) / hazards**2
    return KaplanMeierTail(t[early], increments, cuts, tail, switch), np.ones(len(cuts)), np.diag(errors)
