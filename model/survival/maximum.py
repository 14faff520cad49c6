"""The maximum of a log-likelihood that is evaluated for many coefficient vectors at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from model.arrays import Array

Objective = Callable[[Array], Array]  # (B, k) -> (B,), -inf where impossible
Derivatives = Callable[[Array], tuple[Array, Array]]  # (k,) -> gradient (k,), Hessian (k, k)

_STEP = 0.02  # of the differences, in units of conditional standard errors
_FIRST_STEP = 0.02  # of the first differences, in units of the estimation scale
_LINE = np.array([4.0, 2.0, 1.0, 0.6, 0.3, 0.1, 0.03, 0.01, 1e-3])
_NEAR = 1e-5  # expected gain in log-likelihood from which on differences of two widths are taken
_GAIN = 1e-10  # expected gain at which the search ends
_LEVEL = 4  # steps near the maximum without improvement after which it ends all the same
_STALLED = 1e-4  # improvement below which a step that runs into a bound ends on it
_WORSE_AT_BOUND = 0.05  # log-likelihood that may be lost by going onto the bound; the others then adapt to it
_LONGEST = 2.0  # longest step, in units of the scaling


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the search ended: estimates (k,), value, covariance (k, k), and whether it is a maximum."""

    estimates: Array
    value: float
    covariance: Array
    converged: bool
    at_bound: tuple[int, ...]
    reason: str = ""


def maximise(
    objective: Objective, start: Array, bound: Array, exact: Derivatives | None = None, iterations: int = 80
) -> Maximum:
    """Newton's method in coordinates in which the curvature is about 1.

    start: (k,), where the objective is finite; bound: (k,), the largest absolute value of each estimate. exact: the
    derivatives, else differences stand for them, near the maximum those of two widths, whose error is of the fourth order:
    with one width alone the search would circle where that error is larger than `_GAIN`. All points of a stencil, and all
    lengths of a step, are evaluated in one call. Estimates that run to a bound are held there and have no variance.
    """
    x, k = np.clip(start, -bound, bound), len(start)
    scaling = np.diag(np.full(k, 1.0))
    value, step = float(objective(x[None, :])[0]), _FIRST_STEP
    held: tuple[int, ...] = ()
    near, level = False, 0
    for _ in range(iterations):
        free = [i for i in range(k) if i not in held]
        derivatives = _fine if near else _differences
        gradient, curvature = _along(exact, x, scaling[:, free]) or derivatives(objective, x, scaling[:, free], value, step)
        scaling, direction, gain = _newton(scaling, free, gradient, curvature)
        length = min(1.0, _LONGEST * np.sqrt(k) / max(float(np.linalg.norm(direction)), 1e-300))
        moves = _LINE[:, None] * (scaling[:, free] @ direction) * length
        tries = np.clip(x + moves, -bound, bound)
        values = objective(tries)
        best = int(np.argmax(values))
        if values[best] > value:
            x, improvement, value = tries[best], float(values[best] - value), float(values[best])
        else:
            improvement = 0.0
        if improvement < _STALLED:
            x, value = _snapped(objective, x, value, scaling[:, free] @ direction, bound)
        on_bound = tuple(int(i) for i in np.flatnonzero(np.abs(x) >= bound * (1 - 1e-9)))
        if on_bound != held:  # the coordinates begin anew, along the free estimates only
            held, step = on_bound, _FIRST_STEP
            scaling = np.diag([0.0 if i in held else 1.0 for i in range(k)])
            near, level = False, 0
            continue
        level = level + 1 if near and improvement < 1e-9 else 0
        if (level and gain < _GAIN) or level == _LEVEL:
            break
        step, near = _STEP, gain < _NEAR
    return _finished(objective, exact, x, value, scaling, held, gain)


def _snapped(objective: Objective, x: Array, value: float, move: Array, bound: Array) -> tuple[Array, float]:
    """Estimates that a full step would carry beyond their bound, once the search stalls there, set onto it."""
    beyond = (np.abs(x + move) > bound) & (np.abs(x) < bound)
    if not beyond.any():
        return x, value
    onto = np.where(beyond, np.sign(x + move) * bound, x)
    there = float(objective(onto[None, :])[0])
    return (onto, there) if there > value - _WORSE_AT_BOUND else (x, value)


def _along(exact: Derivatives | None, x: Array, axes: Array) -> tuple[Array, Array] | None:
    """The exact derivatives along the columns of `axes` (k, f), or None where there are none."""
    if exact is None:
        return None
    gradient, hessian = exact(x)
    finite = np.isfinite(gradient).all() and np.isfinite(hessian).all()
    return (axes.T @ gradient, axes.T @ hessian @ axes) if finite else None


def _fine(objective: Objective, x: Array, axes: Array, value: float, step: float) -> tuple[Array, Array]:
    """Derivatives by differences of two widths (Richardson)."""
    narrow, wide = (_differences(objective, x, axes, value, s) for s in (step, 2 * step))
    return (4 * narrow[0] - wide[0]) / 3, (4 * narrow[1] - wide[1]) / 3


def _differences(objective: Objective, x: Array, axes: Array, value: float, step: float) -> tuple[Array, Array]:
    """Gradient (f,) and Hessian (f, f) along the columns of `axes` (k, f), by central differences."""
    f = axes.shape[1]
    pairs = list(combinations(range(f), 2))
    moves = step * axes.T
    points = [x + moves, x - moves]
    if pairs:
        i, j = np.array(pairs).T
        points += [x + moves[i] + moves[j], x - moves[i] - moves[j]]
    values = objective(np.concatenate(points))
    low = value - 1e6
    values = np.where(np.isfinite(values), values, low)
    up, down = values[:f], values[f : 2 * f]
    gradient = (up - down) / (2 * step)
    hessian = np.diag((up + down - 2 * value) / step**2)
    if pairs:
        both_up, both_down = values[2 * f : 2 * f + len(pairs)], values[2 * f + len(pairs) :]
        mixed = (both_up + both_down - up[i] - up[j] - down[i] - down[j] + 2 * value) / (2 * step**2)
        hessian[i, j] = hessian[j, i] = mixed
    return gradient, hessian


def _newton(scaling: Array, free: list[int], gradient: Array, hessian: Array) -> tuple[Array, Array, float]:
    """New scaling, the Newton direction in it, and the gain expected; directions that curve upwards are turned."""
    roots, vectors = np.linalg.eigh(-hessian)
    size = max(float(np.abs(roots).max()), 1e-12)
    curved = np.maximum(np.abs(roots), 1e-6 * size)
    own = vectors / np.sqrt(curved)
    updated = np.array(scaling)
    updated[:, free] = scaling[:, free] @ own
    direction = own.T @ gradient
    return updated, direction, float(direction @ direction) / 2


def _finished(
    objective: Objective,
    exact: Derivatives | None,
    x: Array,
    value: float,
    scaling: Array,
    held: tuple[int, ...],
    gain: float,
) -> Maximum:
    """A last step and the covariance, and the verdict."""
    k = len(x)
    free = [i for i in range(k) if i not in held]
    axes = np.zeros((k, len(free)))
    axes[free] = scaling[np.ix_(free, free)]
    gradient, hessian = _along(exact, x, axes) or _fine(objective, x, axes, value, _STEP)
    information = -hessian
    covariance = np.full((k, k), np.nan)
    reason = ""
    roots = np.linalg.eigvalsh(information) if len(free) else np.ones(1)
    if not np.isfinite(value):
        reason = "the likelihood is not finite"
    elif roots.min() <= 1e-6 * max(1.0, float(roots.max())):
        reason = "the data do not determine all parameters: the likelihood is flat"
    elif gain > 1e-4:
        reason = "the search for the maximum did not end"
    else:
        better = x + axes @ np.linalg.solve(information, gradient)
        if (last := float(objective(better[None, :])[0])) > value - 1e-9:
            x, value = better, max(value, last)
        covariance = np.zeros((k, k))
        spread = axes[free] @ np.linalg.inv(information) @ axes[free].T
        covariance[np.ix_(free, free)] = (spread + spread.T) / 2
    return Maximum(x, value, covariance, not reason, held, reason)
