"""How patients of a treated arm live after progression, seen from the reference arm: the link between the arms.

PFS differs between arms by evidence; whether survival after progression does is seldom known, and decides how much of a
gain in PFS becomes a gain in OS (Ciani et al. 2017, Med Decis Making 37:439, on surrogate endpoints; NICE DSU TSD 20).

    common          the same hazard after progression: all of the gain in PFS counts (full surrogacy)
    hazard_ratio    the treated hazard after progression is `factor` times the reference's, so that the ratio of the two
                    cumulative hazards of OS at a time (the median follow-up) is the reported hazard ratio
    own             each arm calibrated to its own OS: a factor of 1 on its own curve
    no_os_benefit   as many are alive in the treated arm as in the reference arm, at every time (`with_os_of`): none of it
                    counts; who stays longer before progression has so much less time after it

The factor multiplies the hazard before any floor by the general population, as a relative effect does. It is found per
draw by Newton's method within a bracket; of OS only what is needed is worked out, one sum per draw and step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.multistate.occupancy import alive_at_entry, survival_since_entry
from model.survival.multistate.transitions import Leaving

LINKS = ("hazard_ratio", "common", "own", "no_os_benefit")

_WIDEST = 7.0  # largest logarithm of a factor: 1,100-fold
_CONVERGED = 1e-8  # last step of Newton's method: the error after it is smaller by the error of the derivative, 1e-3 or less
_HALVED = 1e-12  # the same where brackets are halved
_MOST_STEPS = 80
_TINY = 1e-300

Found = Callable[[Array], tuple[Array, Array]]
"""log factors (n,) -> what they lead to, rising with the factor, and its derivative, both (n,)."""


@dataclass(frozen=True, eq=False)
class Link:
    """factor: on the hazard after progression, (n,). met: where the aim was reached, (n,); elsewhere deaths before
    progression alone are too many or too few for it, and the factor is that which comes closest within 1,100-fold."""

    factor: Array
    met: NDArray[np.bool_]


def factor_for_hazard_ratio(
    reference: Leaving, treated: Leaving, after: ArrayLike, months: ArrayLike, at_month: float, ratio: ArrayLike
) -> Link:
    """The factor with which H_OS,treated / H_OS,reference at `at_month` is `ratio`.

    reference, treated: (n, n_times); after: cumulative hazard after progression of the reference arm as `clock_reset` takes
    it, (n, n_times - 1) or (1, n_times - 1); months: the grid; ratio: scalar or (n,). Between two times of the grid hazards
    of OS are constant. Raises ValueError for a time outside the grid and for a ratio that is not above 0.
    """
    grid, hazard = np.asarray(months, dtype=float), np.atleast_2d(np.asarray(after, dtype=float))
    if not 0 < at_month <= grid[-1]:
        raise ValueError(f"month {at_month:g} is not within the grid, which ends at {grid[-1]:g}.")
    wanted = np.asarray(ratio, dtype=float)
    if not np.all(wanted > 0):
        raise ValueError("a hazard ratio must be above 0.")
    place = min(int(at_month / grid[1]), len(grid) - 2)
    part = at_month / grid[1] - place
    hazard = hazard[:, : place + 1]
    treated = _until(treated, place + 2)
    of_reference, _ = _os_hazard(_until(reference, place + 2), hazard, part)
    aim = np.log(wanted) + np.log(np.maximum(of_reference, _TINY))

    def found(log_factor: Array) -> tuple[Array, Array]:
        value, slope = _os_hazard(treated, hazard * np.exp(log_factor)[:, None], part)
        value = np.maximum(value, _TINY)
        return np.log(value), slope / value

    return _solve(found, aim, len(treated.hazard))


def _os_hazard(leaving: Leaving, after: Array, part: float) -> tuple[Array, Array]:
    """H of OS in the last step of the grid, `part` of the way into it, and about its derivative by log factor, (n,)."""
    entering, since = alive_at_entry(leaving, after)[:, 1:], survival_since_entry(after)
    value, slope = np.zeros(len(since)), np.zeros(len(since))
    for steps, weight in ((entering.shape[1] - 1, 1 - part), (entering.shape[1], part)):
        alive = entering[:, :steps] * since[:, :steps][:, ::-1]
        os = leaving.progression_free[:, steps] + alive.sum(axis=1)
        np.maximum(os, _TINY, out=os)
        value = value - weight * np.log(os)
        alive *= after[:, :steps][:, ::-1]  # its derivative, but for what changes within a step
        slope = slope + weight * alive.sum(axis=1) / os
    return value, slope


def _solve(found: Found, aim: Array, n: int) -> Link:
    """log factor at which `found`, which rises, is the aim (n,) or (1,): Newton's steps, or a half of the bracket that a
    step leaves; a step beyond the widest factors goes to these first."""
    aim = np.broadcast_to(aim, (max(n, len(aim)),))
    low, high = np.full(len(aim), -_WIDEST), np.full(len(aim), _WIDEST)
    x, done = np.zeros(len(aim)), np.zeros(len(aim), dtype=bool)
    for _ in range(_MOST_STEPS):
        value, slope = found(x)
        below = value < aim
        low, high = np.where(below, x, low), np.where(below, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = np.nan_to_num(x + (aim - value) / slope, nan=np.inf)
        outside = (newton < low) | (newton > high)
        inner = np.where(newton < low, low > -_WIDEST, high < _WIDEST)
        moved = np.where(outside & inner, (low + high) / 2, np.clip(newton, low, high))
        moved = np.where(done, x, moved)
        done = done | (np.abs(moved - x) <= np.where(outside, _HALVED, _CONVERGED))
        x = moved
        if done.all():
            break
    return Link(np.exp(x), np.abs(x) < _WIDEST)


def _until(leaving: Leaving, n_times: int) -> Leaving:
    return Leaving(leaving.progression_free[:, :n_times], leaving.hazard[:, :n_times], leaving.progression[:, :n_times])
