"""Clicks on a published Kaplan-Meier curve, cleaned of what the hand and the scanner did to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from model.arrays import Array
from model.shown import Shown, View, columns_view
from model.survival.reconstruction.curve_error import CurveError

SLIGHTLY_OUTSIDE = 0.03  # survival this far outside 0-1 is a click beside the curve; further out is an error
FIRST_CLICK = 0.05  # a first click within this of (time 0, survival 1) stands for the start of the curve
LEVEL_WITH = 1e-9  # survival this close to 0.5 is level with it, as in the Kaplan-Meier estimate
ADDED = -1  # row of the start of the curve where nobody clicked it


@dataclass(frozen=True, eq=False)
class CleanedCurve(Shown):
    """time, survival: (m,), from (0, 1) on, times never falling, survival never rising; two points at one time are the
    corners of a step. row (m,): place of each point among the clicks given, from 0. `done`: what was changed, in words.
    """

    time: Array
    survival: Array
    row: NDArray[np.int_]
    done: tuple[str, ...]

    def survival_at(self, time: ArrayLike) -> Array:
        """The curve between its points by straight lines; level after the last; at a step its foot."""
        at = np.asarray(time, dtype=float)
        after = np.searchsorted(self.time, at, side="right")
        i = np.clip(after - 1, 0, len(self.time) - 1)
        j = np.clip(after, 0, len(self.time) - 1)
        width = self.time[j] - self.time[i]
        share = np.where(width > 0, (at - self.time[i]) / np.where(width > 0, width, 1.0), 0.0)
        return np.asarray(self.survival[i] + share * (self.survival[j] - self.survival[i]), dtype=np.float64)

    @property
    def median(self) -> float:
        """First time at which the curve is below 0.5, where it is level with 0.5 the middle of that stretch (survfit's
        rule); nan if it stays above."""
        below = np.flatnonzero(self.survival <= 0.5 + LEVEL_WITH)
        if not len(below):
            return float("nan")
        i = int(below[0])
        if abs(self.survival[i] - 0.5) <= LEVEL_WITH:
            under = np.flatnonzero(self.survival < 0.5 - LEVEL_WITH)
            end = self.time[under[0]] if len(under) else self.time[-1]
            return float((self.time[i] + end) / 2)
        s0, s1 = self.survival[i - 1], self.survival[i]
        share = (s0 - 0.5) / (s0 - s1) if s0 > s1 else 0.0
        return float(self.time[i - 1] + share * (self.time[i] - self.time[i - 1]))

    def view(self) -> View:
        """The points."""
        points = {"Time": self.time, "Survival": self.survival}
        return columns_view(f"Digitised curve of {len(self.time)} points", points, self.done, ".time, .survival")


def clean_clicks(time: ArrayLike, survival: ArrayLike) -> CleanedCurve:
    """Sort the clicks, put them inside 0-1, and make the curve fall. Of those at one time the highest and the lowest stay:
    the two corners of a step.

    Rises are smoothed by isotonic regression (pool adjacent violators, Barlow et al. 1972): a running minimum would
    follow the lowest click of each step and bias the curve downwards. Raises CurveError for survival in percent or
    far outside 0-1, negative times, fewer than two points, and a curve that does not start at 1.

    >>> from model import survival
    >>> found = survival.clean_clicks([0.0, 6.0, 5.0, 12.0], [1.0, 0.7, 0.8, 0.72])
    >>> bool((found.time[1:] >= found.time[:-1]).all() and (found.survival[1:] <= found.survival[:-1]).all())
    True
    """
    t, s = np.asarray(time, dtype=float), np.asarray(survival, dtype=float)
    if t.ndim != 1 or t.shape != s.shape or len(t) < 2:
        raise CurveError("a digitised curve needs at least two points of time and survival.")
    _refuse(~np.isfinite(t) | (t < 0), t, "time", "at least 0")
    _refuse(~np.isfinite(s), s, "survival", "a number")
    if np.nanmax(s) > 1.5:
        row = int(np.nanargmax(s))
        raise CurveError(f"survival in row {row + 1} is {np.nanmax(s):g}: if in percent, divide by 100.", row=row)
    _refuse(~((s >= -SLIGHTLY_OUTSIDE) & (s <= 1 + SLIGHTLY_OUTSIDE)), s, "survival", "between 0 and 1")
    done: list[str] = []
    t, s, rows = _sorted(t, s, done)
    if np.any((s < 0) | (s > 1)):
        done.append(f"{int(np.sum((s < 0) | (s > 1)))} points just outside 0-1 moved to its edge")
        s = np.clip(s, 0.0, 1.0)
    kept = _corners(t, done)
    t, s, rows = _started(t[kept], s[kept], rows[kept], done)
    falling = np.asarray(isotonic_regression(s, increasing=False).x)
    if np.any(np.diff(s) > 0):
        done.append(
            f"{int(np.sum(np.diff(s) > 0))} rises smoothed away, by at most {np.abs(falling - s).max():.4f} in survival"
        )
    falling[0] = 1.0
    if len(t) < 2:
        raise CurveError("a digitised curve needs a point after time 0.")
    return CleanedCurve(t, np.clip(falling, 0.0, 1.0), rows, tuple(done))


def _sorted(t: Array, s: Array, done: list[str]) -> tuple[Array, Array, NDArray[np.int_]]:
    """By time, and at one time from above, as the curve runs."""
    if np.any(np.diff(t) < 0):
        done.append(f"{int(np.sum(np.diff(t) < 0))} points out of order in time put in order")
    order = np.lexsort((-s, t))
    return t[order], s[order], order


def _corners(t: Array, done: list[str]) -> NDArray[np.int_]:
    """The points that stay: first and last of those at one time, at time 0 the first alone (the start of the curve)."""
    first = np.flatnonzero(np.diff(t, prepend=-1.0) > 0)
    last = np.append(first[1:] - 1, len(t) - 1)
    last = np.where(t[first] == 0, first, last)
    kept = np.unique(np.concatenate([first, last]))
    corners = int(np.sum(last > first))
    if corners:
        done.append(f"at {corners} times both corners of a step were clicked")
    if len(kept) < len(t):
        done.append(f"{len(t) - len(kept)} points between the corners of a step, or again at time 0, left out")
    return kept


def _started(t: Array, s: Array, rows: NDArray[np.int_], done: list[str]) -> tuple[Array, Array, NDArray[np.int_]]:
    if t[0] == 0:
        if s[0] < 1 - FIRST_CLICK:
            raise CurveError(f"the curve starts at {s[0]:.3g}, not at 1.", row=int(rows[0]))
        if s[0] < 1:
            done.append(f"the start of the curve moved from {s[0]:.4f} to 1")
        return t, np.concatenate([[1.0], s[1:]]), rows
    if s[0] < 1 - FIRST_CLICK:
        raise CurveError(f"the curve starts at {s[0]:.3g} at time {t[0]:g}, not at 1 at time 0.", row=int(rows[0]))
    done.append("the start of the curve, (0, 1), added")
    return np.concatenate([[0.0], t]), np.concatenate([[1.0], s]), np.concatenate([[ADDED], rows])


def _refuse(wrong: NDArray[np.bool_], values: Array, name: str, allowed: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise CurveError(f"{name} in row {row + 1} is {values[row]:g}; it must be {allowed}.", row=row)
