"""Clicks on a published Kaplan-Meier curve, cleaned of what the hand and the scanner did to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from model.survival.families.base import FloatArray

SLIGHTLY_OUTSIDE = 0.03  # survival this far outside 0-1 is a click beside the curve; further out is an error
FIRST_CLICK = 0.05  # a first click within this of (time 0, survival 1) stands for the start of the curve


@dataclass(frozen=True, eq=False)
class CleanedCurve:
    """time, survival: (m,), from (0, 1) on, times rising, survival never rising. `done`: what was changed, in words."""

    time: FloatArray
    survival: FloatArray
    done: tuple[str, ...]

    def survival_at(self, time: ArrayLike) -> FloatArray:
        """The curve between its points by straight lines; level after the last."""
        return np.interp(np.asarray(time, dtype=float), self.time, self.survival)

    @property
    def median(self) -> float:
        """First time at which the curve is at 0.5; nan if it stays above."""
        below = np.flatnonzero(self.survival <= 0.5)
        if not len(below):
            return float("nan")
        i = int(below[0])
        s0, s1 = self.survival[i - 1], self.survival[i]
        share = (s0 - 0.5) / (s0 - s1) if s0 > s1 else 0.0
        return float(self.time[i - 1] + share * (self.time[i] - self.time[i - 1]))


def clean_clicks(time: ArrayLike, survival: ArrayLike) -> CleanedCurve:
    """Sort the clicks, put them inside 0-1, average those at one time, and make the curve fall.

    Rises are smoothed by isotonic regression (pool adjacent violators, Barlow et al. 1972): a running minimum would
    follow the lowest click of each step and bias the curve downwards. Raises ValueError for survival in percent or
    far outside 0-1, negative times, fewer than two points, and a curve that does not start at 1.
    """
    t, s = np.asarray(time, dtype=float), np.asarray(survival, dtype=float)
    if t.ndim != 1 or t.shape != s.shape or len(t) < 2:
        raise ValueError("a digitised curve needs at least two points of time and survival.")
    _refuse(~np.isfinite(t) | (t < 0), t, "time", "at least 0")
    _refuse(~np.isfinite(s), s, "survival", "a number")
    if np.nanmax(s) > 1.5:
        raise ValueError(
            f"survival in row {int(np.nanargmax(s)) + 1} is {np.nanmax(s):g}: if in percent, divide by 100."
        )
    _refuse(~((s >= -SLIGHTLY_OUTSIDE) & (s <= 1 + SLIGHTLY_OUTSIDE)), s, "survival", "between 0 and 1")
    done: list[str] = []
    t, s = _sorted(t, s, done)
    if np.any((s < 0) | (s > 1)):
        done.append(f"{int(np.sum((s < 0) | (s > 1)))} points just outside 0-1 moved to its edge")
        s = np.clip(s, 0.0, 1.0)
    t, s = _merged(t, s, done)
    t, s = _started(t, s, done)
    falling = np.asarray(isotonic_regression(s, increasing=False).x)
    if np.any(np.diff(s) > 0):
        done.append(
            f"{int(np.sum(np.diff(s) > 0))} rises smoothed away, by at most {np.abs(falling - s).max():.4f} in survival"
        )
    falling[0] = 1.0
    if len(t) < 2:
        raise ValueError("a digitised curve needs a point after time 0.")
    return CleanedCurve(t, np.clip(falling, 0.0, 1.0), tuple(done))


def _sorted(t: FloatArray, s: FloatArray, done: list[str]) -> tuple[FloatArray, FloatArray]:
    if np.any(np.diff(t) < 0):
        done.append(f"{int(np.sum(np.diff(t) < 0))} points out of order in time put in order")
    order = np.lexsort((-s, t))
    return t[order], s[order]


def _merged(t: FloatArray, s: FloatArray, done: list[str]) -> tuple[FloatArray, FloatArray]:
    """One point per time: the mean of clicks at the same time, but the start (0, 1) stays."""
    times, index, counts = np.unique(t, return_inverse=True, return_counts=True)
    if np.any(counts > 1):
        done.append(f"{int(np.sum(counts - 1))} points at the time of another averaged with it")
    return times, np.bincount(index, s) / counts


def _started(t: FloatArray, s: FloatArray, done: list[str]) -> tuple[FloatArray, FloatArray]:
    if t[0] == 0:
        if s[0] < 1 - FIRST_CLICK:
            raise ValueError(f"the curve starts at {s[0]:.3g}, not at 1.")
        if s[0] < 1:
            done.append(f"the start of the curve moved from {s[0]:.4f} to 1")
        return t, np.concatenate([[1.0], s[1:]])
    if s[0] < 1 - FIRST_CLICK:
        raise ValueError(f"the curve starts at {s[0]:.3g} at time {t[0]:g}, not at 1 at time 0.")
    done.append("the start of the curve, (0, 1), added")
    return np.concatenate([[0.0], t]), np.concatenate([[1.0], s])


def _refuse(wrong: NDArray[np.bool_], values: FloatArray, name: str, allowed: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} in row {row + 1} is {values[row]:g}; it must be {allowed}.")
