"""Patients resampled, every curve refitted: uncertainty that keeps the correlation of a patient's endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from model.arrays import Array
from model.shown import Shown, View
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.survival_data import SurvivalData

Key = tuple[str, str]  # (arm, endpoint)

_STEP = 0.02
_ITERATIONS = 15
_GAIN = 1e-7
_VALUES = 2**21  # likelihood terms evaluated at once


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
            estimates, good = refit(fits[key].distribution, data[key], own, fits[key].estimates)
            failed[key] = int((~good).sum())
            estimates = estimates[_nearest_good(good)] if good.any() else np.tile(fits[key].estimates, (resamples, 1))
            coefficients[key] = fits[key].distribution.to_natural(estimates)
    return Bootstrap(coefficients, failed)


def refit(family: Distribution, data: SurvivalData, counts: Array, start: Array) -> tuple[Array, np.ndarray]:  # type: ignore[type-arg]
    """Estimates (B, k) for B sets of counts (B, n) of the observations, and which of them are maxima (B,)."""
    b, k = len(counts), len(start)
    weights = counts * data.weight
    scaling = _scaling(family, data, start)
    x, value = np.tile(start, (b, 1)), _values(family, data, weights, np.tile(start, (b, 1))[:, None])[:, 0]
    active, good = np.arange(b), np.zeros(b, dtype=bool)
    for _ in range(_ITERATIONS):
        gradient, hessian = _derivatives(family, data, weights[active], x[active], value[active], scaling)
        roots, vectors = np.linalg.eigh(-hessian)
        curved = np.maximum(np.abs(roots), 1e-3)
        direction = np.einsum("bij,bj->bi", vectors, np.einsum("bji,bj->bi", vectors, gradient) / curved)
        gain = np.einsum("bi,bi->b", direction, gradient)
        lengths = np.array([1.0, 0.4, 0.1, 0.02])
        tries = x[active][:, None] + lengths[:, None] * (direction @ scaling.T)[:, None]
        values = _values(family, data, weights[active], tries)
        best = np.argmax(values, axis=1)
        better = np.take_along_axis(values, best[:, None], 1)[:, 0]
        rises = better > value[active]
        moved = tries[np.arange(len(active)), best]
        x[active[rises]], value[active[rises]] = moved[rises], better[rises]
        done = (gain < _GAIN) & (roots.min(axis=1) > 0)
        good[active[done]] = True
        active = active[~done & (rises | (gain < 1e-3))]
        if not len(active):
            break
    return x, good & family.valid(family.to_natural(x)) & (np.abs(x) < 50).reshape(b, k).all(axis=1)


def _values(family: Distribution, data: SurvivalData, weights: Array, estimates: Array) -> Array:
    """Log-likelihood (B, p) at p points (B, p, k) of each resample, with its own weights (B, n)."""
    b, p, k = estimates.shape
    result = np.empty((b, p))
    chunk = max(1, _VALUES // (p * data.n))
    with np.errstate(all="ignore"):
        for first in range(0, b, chunk):
            rows = slice(first, min(first + chunk, b))
            natural = family.to_natural(estimates[rows].reshape(-1, k))
            columns = [natural[:, j, None] for j in range(k)]
            hazard = family._cumulative_hazard(data.time, *columns)
            if data.entry.any():
                hazard = hazard - family._cumulative_hazard(data.entry, *columns)
            logs = family._log_hazard(data.time[data.event], *columns)
            size = weights[rows].shape[0]
            result[rows] = np.einsum("bpn,bn->bp", logs.reshape(size, p, -1), weights[rows][:, data.event])
            result[rows] -= np.einsum("bpn,bn->bp", hazard.reshape(size, p, -1), weights[rows])
    return np.where(np.isfinite(result), result, -np.inf)


def _derivatives(
    family: Distribution, data: SurvivalData, weights: Array, x: Array, value: Array, scaling: Array
) -> tuple[Array, Array]:
    """Gradient (B, k) and Hessian (B, k, k) in scaled coordinates, by central differences."""
    k = x.shape[1]
    pairs = list(combinations(range(k), 2))
    moves = _STEP * scaling.T
    stencil = [moves, -moves]
    if pairs:
        i, j = np.array(pairs).T
        stencil += [moves[i] + moves[j], -moves[i] - moves[j]]
    values = _values(family, data, weights, x[:, None] + np.concatenate(stencil))
    values = np.where(np.isfinite(values), values, value[:, None] - 1e6)
    up, down, centre = values[:, :k], values[:, k : 2 * k], value[:, None]
    hessian = np.zeros((len(x), k, k))
    hessian[:, np.arange(k), np.arange(k)] = (up + down - 2 * centre) / _STEP**2
    if pairs:
        both_up, both_down = values[:, 2 * k : 2 * k + len(pairs)], values[:, 2 * k + len(pairs) :]
        mixed = both_up + both_down - up[:, i] - up[:, j] - down[:, i] - down[:, j] + 2 * centre
        hessian[:, i, j] = hessian[:, j, i] = mixed / (2 * _STEP**2)
    return (up - down) / (2 * _STEP), hessian


def _scaling(family: Distribution, data: SurvivalData, start: Array) -> Array:
    """Axes in which the likelihood of the whole data has curvature 1."""
    k, identity = len(start), np.diag(np.maximum(np.abs(start), 1.0) * 0.01)
    weights = data.weight[None, :]
    x = start[None, :]
    value = _values(family, data, weights, x[:, None])[:, 0]
    axes = identity
    for _ in range(2):
        _, hessian = _derivatives(family, data, weights, x, value, axes)
        roots, vectors = np.linalg.eigh(-hessian[0])
        axes = axes @ (vectors / np.sqrt(np.maximum(np.abs(roots), 1e-6 * np.abs(roots).max())))
    return axes.reshape(k, k)


def _ids(data: SurvivalData) -> tuple[str, ...]:
    return data.patient if data.patient is not None else tuple(f"{i:07d}" for i in range(data.n))


def _nearest_good(good: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """For each resample the position of a good one: itself, or the one before it (else the first good)."""
    positions = np.where(good, np.arange(len(good)), -1)
    last = np.maximum.accumulate(positions)
    return np.where(last >= 0, last, int(np.argmax(good)))
