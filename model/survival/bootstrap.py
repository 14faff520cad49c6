"""Patients resampled, every curve refitted: uncertainty that keeps the correlation of a patient's endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.shown import Shown, View
from model.survival.estimation import EDGE_OF_SHARE, Fit
from model.survival.families.base import Distribution
from model.survival.families.expansions import Expanded
from model.survival.likelihood import derivatives, terms
from model.survival.survival_data import SurvivalData

Key = tuple[str, str]  # (arm, endpoint)

_STEP = 0.02
_ITERATIONS = 15
_GAIN = 1e-7
_GAIN_AT_REST = 1e-5  # the same where no step rises: of a log-likelihood, so 0.004 standard errors
_LOST_AT_EDGE = 2e-3  # of a log-likelihood, where a share is held as nearly 0 or 1
_WAY_TO_EDGE = 2.0  # logit beyond which a share may be on its way to 0 or 1
_SHORTER = np.array([0.4, 0.1, 0.02])  # lengths that are tried where a whole step does not rise
_VALUES = 2**21  # likelihood terms evaluated at once
_IMPOSSIBLE = -1e250  # stands for log(0): 0 times -inf is nan
_SLOPES = 16  # such terms that the exact derivatives of one observation take


@dataclass(frozen=True, eq=False)
class Bootstrap(Shown):
    """coefficients: (resamples, k) per curve, natural scale; failed: refits replaced by those of another resample."""

    coefficients: Mapping[Key, Array]
    failed: Mapping[Key, int]

    def view(self) -> View:
        """How many resamples of each curve, and how many had to be replaced."""
        rows = [(" ".join(map(str, key)), len(found), self.failed[key]) for key, found in self.coefficients.items()]
        return View(f"Bootstrap of {len(rows)} curves", ["Curve", "Resamples", "Replaced"], rows, ["text"])


def bootstrap(data: Mapping[Key, SurvivalData], fits: Mapping[Key, Fit], resamples: int, seed: int) -> Bootstrap:
    """Refit every curve to resampled patients (Efron 1981, J Am Stat Assoc 76:312).

    The patients of an arm are drawn once for all its endpoints, by `patient`; observations without ids are drawn by
    their place. Arms are drawn apart. Each refit maximises the likelihood in which a patient counts as often as
    drawn, by Newton's method for all resamples at once from the estimates of the whole data. A refit that does not
    end at a maximum takes the place of none: the resample is replaced by the one before it and counted.

    >>> from model import survival
    >>> data = survival.survival_data([2.0, 4.0, 5.0, 7.0, 9.0], [1, 1, 0, 1, 1])
    >>> found = survival.bootstrap({("new", "os"): data}, {("new", "os"): survival.fit_data(data, "exponential")}, 50, seed=1)
    >>> found.coefficients["new", "os"].shape
    (50, 1)
    """
    coefficients: dict[Key, Array] = {}
    failed: dict[Key, int] = {}
    for position, arm in enumerate(dict.fromkeys(key[0] for key in data)):
        keys = [key for key in data if key[0] == arm]
        ids = {key: _ids(data[key]) for key in keys}
        everyone = sorted({i for key in keys for i in ids[key]})
        place = {patient: j for j, patient in enumerate(everyone)}
        generator = np.random.default_rng([seed, position])
        n = len(everyone)
        counts = generator.multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)
        for key in keys:
            own = counts[:, [place[i] for i in ids[key]]]
            estimates, good = refit(fits[key].distribution, data[key], own, fits[key].estimates, fits[key].excess)
            failed[key] = int((~good).sum())
            estimates = estimates[_nearest_good(good)] if good.any() else np.tile(fits[key].estimates, (resamples, 1))
            coefficients[key] = fits[key].distribution.to_natural(estimates)
    return Bootstrap(coefficients, failed)


def refit(
    family: Distribution, data: SurvivalData, counts: Array, start: Array, excess: bool = False
) -> tuple[Array, NDArray[np.bool_]]:
    """Estimates (B, k) for B sets of counts (B, n) of the observations, and which of them are maxima (B,).

    excess: the family is that of the excess hazard over `data.population_hazard`, as in `fit_data`. A cure fraction that
    runs to 0 or 1 is held there, as it is in a fit of the whole data.
    """
    likelihood, weights = _Likelihood(family, data, excess), counts * data.weight
    shares = [i for i, scale in enumerate(family.estimation_scale) if scale == "logit"]
    start = start.copy()
    start[shares] = np.clip(start[shares], -_WAY_TO_EDGE, _WAY_TO_EDGE)  # beyond, nothing leads back from the edge
    x, value = np.tile(start, (len(counts), 1)), likelihood.values(weights, start[None, None])[:, 0]
    good = _climb(likelihood, weights, x, value, _scaling(likelihood, start))
    for place in shares:
        for edge in (-EDGE_OF_SHARE, EDGE_OF_SHARE):
            towards = np.flatnonzero(x[:, place] * np.sign(edge) > np.where(good, EDGE_OF_SHARE, _WAY_TO_EDGE))
            if len(towards):
                x[towards], good[towards] = _held(likelihood, weights[towards], x[towards], value[towards], place, edge)
    return x, good & family.valid(family.to_natural(x)) & (np.abs(x) < 50).all(axis=1)


def _climb(likelihood: _Likelihood, weights: Array, x: Array, value: Array, scaling: Array) -> NDArray[np.bool_]:
    """Newton's method for all resamples at once along the axes of `scaling` (k, free): which of them arrive (B,).

    `x` (B, k) and `value` (B,) are set to where each ends. One arrives where the next step would gain nothing to speak of.
    """
    active, good = np.arange(len(x)), np.zeros(len(x), dtype=bool)
    together = bool((x == x[0]).all())  # then the terms of the first step are worked out once
    for step in range(_ITERATIONS):
        here = x[active] if step or not together else x[:1]
        gradient, hessian = likelihood.derivatives(weights[active], here, value[active], scaling)
        roots, vectors = np.linalg.eigh(-hessian)
        curved = np.maximum(np.abs(roots), 1e-3)
        direction = np.einsum("bij,bj->bi", vectors, np.einsum("bji,bj->bi", vectors, gradient) / curved)
        gain = np.einsum("bi,bi->b", direction, gradient)
        rises = _moved(likelihood, weights, x, value, active, direction @ scaling.T)
        done = ((gain < _GAIN) | ((gain < _GAIN_AT_REST) & ~rises)) & (roots.min(axis=1) > 0)
        good[active[done]] = True
        active = active[~done & (rises | (gain < 1e-3))]
        if not len(active):
            break
    return good


def _held(
    likelihood: _Likelihood, weights: Array, x: Array, value: Array, place: int, edge: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Resamples with a share put on the edge that it runs to, and the rest fitted beside it; which of them are maxima:
    those that arrive and lose next to no likelihood there."""
    held = x.copy()
    held[:, place] = edge
    start = np.median(held, axis=0)
    at = likelihood.values(weights, held[:, None])[:, 0]
    good = _climb(likelihood, weights, held, at, _scaling(likelihood, start, place))
    good &= at > value - _LOST_AT_EDGE
    return np.where(good[:, None], held, x), good


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """Log-likelihood of a family, each resample of the observations with its own weights (B, n)."""

    family: Distribution
    data: SurvivalData
    excess: bool

    def values(self, weights: Array, estimates: Array) -> Array:
        """At p points (B, p, k) of each resample, or (1, p, k) for all: (B, p); -inf where there is no curve.

        An observation that a resample does not hold counts nothing, impossible or not.
        """
        p, k = estimates.shape[1:]
        result = np.empty((len(weights), p))
        for rows in _chunks(len(weights), p * self.data.n):
            points = estimates[rows] if len(estimates) > 1 else estimates
            each = terms(self.family, self.data, points.reshape(-1, k), self.excess).reshape(len(points), p, -1)
            each[~(np.abs(each) < -_IMPOSSIBLE)] = _IMPOSSIBLE  # an infinite density is no maximum either
            result[rows] = np.vecdot(each, weights[rows, None, :])
        return np.where(result > _IMPOSSIBLE / 2, result, -np.inf)

    def derivatives(self, weights: Array, x: Array, value: Array, scaling: Array) -> tuple[Array, Array]:
        """Gradient (B, free) and Hessian (B, free, free) along the axes of `scaling` at x (B, k), or (1, k) for all."""
        if self.excess or not isinstance(self.family, Expanded):
            return self._differences(weights, x, value, scaling)
        gradient, hessian = np.empty((len(weights), x.shape[1])), np.empty((len(weights), x.shape[1], x.shape[1]))
        for rows in _chunks(len(weights), _SLOPES * self.data.n):
            found = derivatives(self.family, self.data, weights[rows], x[rows] if len(x) > 1 else x)
            gradient[rows], hessian[rows] = (np.nan_to_num(d) for d in found)
        return gradient @ scaling, scaling.T @ hessian @ scaling

    def _differences(self, weights: Array, x: Array, value: Array, scaling: Array) -> tuple[Array, Array]:
        """The same by central differences."""
        k = scaling.shape[1]
        pairs = list(combinations(range(k), 2))
        moves = _STEP * scaling.T
        stencil = [moves, -moves]
        if pairs:
            i, j = np.array(pairs).T
            stencil += [moves[i] + moves[j], -moves[i] - moves[j]]
        values = self.values(weights, x[:, None] + np.concatenate(stencil))
        values = np.where(np.isfinite(values), values, value[:, None] - 1e6)
        up, down, centre = values[:, :k], values[:, k : 2 * k], value[:, None]
        hessian = np.zeros((len(weights), k, k))
        hessian[:, np.arange(k), np.arange(k)] = (up + down - 2 * centre) / _STEP**2
        if pairs:
            both_up, both_down = values[:, 2 * k : 2 * k + len(pairs)], values[:, 2 * k + len(pairs) :]
            mixed = both_up + both_down - up[:, i] - up[:, j] - down[:, i] - down[:, j] + 2 * centre
            hessian[:, i, j] = hessian[:, j, i] = mixed / (2 * _STEP**2)
        return (up - down) / (2 * _STEP), hessian


def _moved(
    likelihood: _Likelihood, weights: Array, x: Array, value: Array, active: NDArray[np.int_], moves: Array
) -> NDArray[np.bool_]:
    """Which of the active resamples rise along their moves (b, k), `x` and `value` set to where they then are."""
    rises, remaining = np.zeros(len(active), dtype=bool), np.arange(len(active))
    for lengths in (np.ones(1), _SHORTER):
        rows = active[remaining]
        tries = x[rows][:, None] + lengths[:, None] * moves[remaining][:, None]
        values = likelihood.values(weights[rows], tries)
        best = np.argmax(values, axis=1)
        highest = values[np.arange(len(rows)), best]
        higher = highest > value[rows]
        x[rows[higher]], value[rows[higher]] = tries[np.arange(len(rows)), best][higher], highest[higher]
        rises[remaining[higher]] = True
        remaining = remaining[~higher]
        if not len(remaining):
            break
    return rises


def _chunks(rows: int, size: int) -> Iterator[slice]:
    """Rows of `size` terms each, as many at once as are evaluated together."""
    together = max(1, _VALUES // size)
    return (slice(first, first + together) for first in range(0, rows, together))


def _scaling(likelihood: _Likelihood, start: Array, held: int | None = None) -> Array:
    """Axes (k, free) in which the likelihood of the whole data has curvature 1; none along an estimate that is held."""
    axes = np.diag(np.maximum(np.abs(start), 1.0) * 0.01)
    axes = axes if held is None else np.delete(axes, held, axis=1)
    weights, x = likelihood.data.weight[None, :], start[None, :]
    value = likelihood.values(weights, x[:, None])[:, 0]
    for _ in range(2):
        _, hessian = likelihood.derivatives(weights, x, value, axes)
        roots, vectors = np.linalg.eigh(-hessian[0])
        axes = axes @ (vectors / np.sqrt(np.maximum(np.abs(roots), 1e-6 * np.abs(roots).max())))
    return axes


def _ids(data: SurvivalData) -> tuple[str, ...]:
    return data.patient if data.patient is not None else tuple(f"{i:07d}" for i in range(data.n))


def _nearest_good(good: NDArray[np.bool_]) -> NDArray[np.int_]:
    """For each resample the position of a good one: itself, or the one before it (else the first good)."""
    positions = np.where(good, np.arange(len(good)), -1)
    last = np.maximum.accumulate(positions)
    return np.where(last >= 0, last, int(np.argmax(good)))
