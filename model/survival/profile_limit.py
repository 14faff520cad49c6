"""How far a share that ran to 0 or 1 can be from there: its limit by profile likelihood.

At the edge of its range an estimate has no curvature to take a standard error from, yet it is not known to be there. The
likelihood ratio is half a point mass at zero and half chi-squared with one degree of freedom (Self and Liang 1987, J Am
Stat Assoc 82:605), so that the shares with 2 (log L max - log L profile) up to 1.96 squared are those that a one-sided
test at 2.5% does not reject (profile limits: Venzon and Moolgavkar 1988, Appl Stat 37:87).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from model.arrays import Array
from model.constants import NORMAL_975
from model.survival.maximum import Maximum, Objective, maximise

_STEPS = 5
_ITERATIONS = 15
_CLOSE = 0.05
_FARTHEST = 0.99


def limit_of_share(objective: Objective, found: Maximum, bound: Array, place: int) -> float:
    """The share (natural scale), seen from the edge where the estimate at ``place`` (logit scale) is held, at which the
    profile log-likelihood has fallen by 1.92; 0.99 from that edge where it falls by less throughout."""
    at_zero = found.estimates[place] < 0
    rest = np.delete(found.estimates, place)
    kept = np.delete(np.arange(len(bound)), place)

    def root_of_fall(share: float) -> float:
        """sqrt(2 x fall of the profile log-likelihood): nearly straight in the share."""
        nonlocal rest
        fixed = float(logit(share if at_zero else 1 - share))

        def profile(points: Array) -> Array:
            return objective(np.insert(points, place, fixed, axis=1))

        if not np.isfinite(profile(rest[None, :])[0]):
            return np.inf
        if not len(kept):
            best, value = rest, float(profile(rest[None, :])[0])
        else:
            made = maximise(profile, rest, bound[kept], iterations=_ITERATIONS)
            best, value = made.estimates, made.value
        rest = best
        return float(np.sqrt(2 * max(found.value - value, 0.0)))

    low = float(expit(-abs(found.estimates[place])))
    high, share = 1.0, 0.05
    for _ in range(_STEPS):
        root = root_of_fall(share)
        if abs(root - NORMAL_975) < _CLOSE:
            break
        if root > NORMAL_975:
            high = share
        else:
            low = share
            if share >= _FARTHEST:
                return _FARTHEST if at_zero else 1 - _FARTHEST
        guess = share * NORMAL_975 / max(root, 0.1) if np.isfinite(root) else (low + share) / 2
        inside = low + 0.02 * (high - low) < guess < high - 0.02 * (high - low)
        share = min(guess if inside else (low + high) / 2, _FARTHEST)
    return share if at_zero else 1 - share


def error_on_logit_scale(estimate: float, limit: float) -> float:
    """The standard error that puts the 97.5% limit of a normal distribution around the estimate at ``limit``."""
    return abs(float(logit(limit)) - estimate) / NORMAL_975
