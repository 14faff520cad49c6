"""Where the search for maximum likelihood estimates begins: curves through the Kaplan-Meier curve of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.splines import RoystonParmar
from model.survival.families.standard import StandardDistribution
from model.survival.starting_values import starting_values
from model.survival.survival_data import SurvivalData

_CURE_FRACTIONS = (0.02, 0.15, 0.4)


def starts_from_data(family: Distribution, data: SurvivalData) -> list[Array]:
    """Estimates (k,) on the estimation scale of curves near the data, found as `starts_from` of the family says.

    TypeError for a family that cannot be fitted to data.
    """
    if family.starts_from not in STARTS:
        raise TypeError(f"a {family.label} curve cannot be fitted to data.")
    return STARTS[family.starts_from](family, data)


def _standard_starts(family: StandardDistribution, data: SurvivalData) -> list[Array]:
    """Curves through two points of the data each."""
    time, survival = curve_of(data)
    fall = 1 - survival[-1]
    points = []
    for share in (0.15, 0.35, 0.5, 0.65, 0.9):
        i = int(np.searchsorted(1 - survival, share * fall))
        points.append((float(time[i]), float(survival[i])))
    different = [p for i, p in enumerate(points) if not any(p[0] == q[0] for q in points[:i])]
    starts = family.to_estimation(np.reshape(starting_values(family, different), (-1, len(family.parameters))))
    return list(starts[np.isfinite(starts).all(axis=-1)])


def curve_of(data: SurvivalData) -> tuple[Array, Array]:
    """Event times (m,) and survival just after them, by Nelson-Aalen, which never reaches 0."""
    times = np.unique(data.time[data.event])
    events = np.array([data.weight[(data.time == t) & data.event].sum() for t in times])
    at_risk = np.array([data.weight[(data.entry < t) & (data.time >= t)].sum() for t in times])
    return times, np.exp(-np.cumsum(events / at_risk))


def _spline_starts(family: RoystonParmar, data: SurvivalData) -> list[Array]:
    """Least squares on the family's own scale; a straight line where that spline does not rise everywhere."""
    time, survival = curve_of(data)
    hazard = -np.log(survival)
    if family.scale == "hazard":
        y = np.log(hazard)
    elif family.scale == "odds":
        y = np.log(np.expm1(hazard))
    else:
        y = -ndtri(survival)
    x = np.log(time)
    basis = family.basis(x)
    line = np.linalg.lstsq(basis[:, :2], y, rcond=None)[0]
    straight = np.concatenate([line, np.zeros(basis.shape[1] - 2)])
    if line[1] <= 0:
        straight[1] = 1.0
        straight[0] = float(np.mean(y - x))
    flexible = np.linalg.lstsq(basis, y, rcond=None)[0]
    blends = [a * flexible + (1 - a) * straight for a in (1.0, 0.7, 0.3)]
    return [b for b in blends if family.valid(b)] + [straight]


def _piecewise_starts(family: PiecewiseExponential, data: SurvivalData) -> list[Array]:
    """The estimates themselves: events over time at risk in each piece."""
    exposure = data.weight @ (family.exposure(data.time) - family.exposure(data.entry))
    piece = np.searchsorted(family.cuts, data.time[data.event], side="left")
    events = np.bincount(piece, data.weight[data.event], len(family.cuts) + 1)
    return [np.log(events / exposure)]


def _cure_starts(family: MixtureCure | NonMixtureCure, data: SurvivalData) -> list[Array]:
    """Cure fractions from small to the level of the curve's end, the others' curve scaled accordingly."""
    _, survival = curve_of(data)
    starts = []
    for fraction in sorted({*_CURE_FRACTIONS, min(max(float(survival[-1]) * 0.9, 0.01), 0.95)}):
        logit = np.log(fraction / (1 - fraction))
        for base in starts_from_data(family.base, data):
            natural = family.base.to_natural(base)
            starts.append(np.concatenate([[logit], base]))
            if family.base.starts_from == "points":
                faster = family.base.to_estimation(family.base.rescale_time(natural, 1 - fraction))
                starts.append(np.concatenate([[logit], faster]))
    return starts


STARTS: Mapping[str, Callable[[Any, SurvivalData], list[Array]]] = {
    "points": _standard_starts,
    "spline": _spline_starts,
    "pieces": _piecewise_starts,
    "base family": _cure_starts,
}
"""By `starts_from` of a family: how its starting values are found."""
