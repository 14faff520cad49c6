"""How precise are the results of a probabilistic analysis? Running mean, draws needed, interval of the ICER.

Two questions, easily confused: how far the mean would move with other random draws (Monte Carlo error, which
more draws remove), and how uncertain the result is given the evidence (parameter uncertainty, which they do
not).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, nan, sqrt
from statistics import NormalDist
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import CONVERGENCE
from model.analysis.decision.checks import confidence_level, finite_array
from model.analysis.decision.pairwise import Quadrant, quadrant_of
from model.arrays import Array
from model.shown import Shown, View


def convergence(inmb: ArrayLike, counts: Sequence[int] | None = None, *, level: float = 0.95) -> pd.DataFrame:
    """Running mean of incremental net monetary benefit with its Monte Carlo error (Hatswell et al. 2018).

    inmb: `(n_draws,)`, one comparison at one threshold, in the order drawn. counts: numbers of draws at which
    to look, each from 2 to n_draws; about 50 even steps where not given. level: of the normal confidence
    interval.
    Columns: `draws`, `mean`, `standard_deviation`, `standard_error` (= standard deviation / sqrt(draws)),
    `lower`, `upper`, `probability_cost_effective` (share of draws above zero, those at zero counted half) and
    its `probability_standard_error` (= sqrt(p (1 - p) / draws)).
    ValueError for numbers that are not finite, fewer than two draws, counts out of range.

    >>> from model.analysis import decision
    >>> found = decision.convergence([1.0, 3.0, 2.0, 2.0])
    >>> float(found["mean"].iloc[-1])
    2.0
    """
    values = _one_comparison(inmb, "inmb")
    n = values.size
    if counts is None:
        at = np.unique(np.linspace(min(n, max(2, n // 50)), n, 50).astype(np.int64))
    else:
        at = np.asarray(counts)
        whole = np.issubdtype(at.dtype, np.integer)
        if at.ndim != 1 or at.size == 0 or not whole or at.min() < 2 or at.max() > n:
            raise ValueError(f"counts must be whole numbers from 2 to the {n} draws; got {counts}")

    centre = values.mean()  # sums of squares about the mean do not cancel; about zero they would
    deviation = values - centre
    total, squares = np.cumsum(deviation)[at - 1], np.cumsum(deviation**2)[at - 1]
    variance = np.maximum(squares - total**2 / at, 0) / (at - 1)
    mean, standard_error = centre + total / at, np.sqrt(variance / at)
    half_width = _normal_quantile(level) * standard_error
    probability = np.cumsum(0.5 * (1 + np.sign(values)))[at - 1] / at
    return CONVERGENCE.frame(
        {
            "draws": at,
            "mean": mean,
            "standard_deviation": np.sqrt(variance),
            "standard_error": standard_error,
            "lower": mean - half_width,
            "upper": mean + half_width,
            "probability_cost_effective": probability,
            "probability_standard_error": np.sqrt(probability * (1 - probability) / at),
        }
    )


def draws_needed(inmb: ArrayLike, half_width: float, *, level: float = 0.95) -> int:
    """Draws after which the mean is known to within half_width: (z * standard deviation / half_width)^2.

    inmb: `(n_draws,)`, from a pilot run. half_width in currency. ValueError as `convergence`, or for
    half_width <= 0.

    >>> from model.analysis import decision
    >>> decision.draws_needed([1.0, -1.0, 1.0, -1.0], half_width=0.1) > 100
    True
    """
    values = _one_comparison(inmb, "inmb")
    if not (np.isfinite(half_width) and half_width > 0):
        raise ValueError(f"half_width must be above 0; got {half_width}")
    return max(2, ceil((_normal_quantile(level) * float(values.std(ddof=1)) / half_width) ** 2))


@dataclass(frozen=True)
class IcerInterval(Shown):
    """An interval of the ratio of mean incremental cost to mean incremental effect, or why there is none.

    `ratio` is NaN unless the means lie in the north-east (cost per unit gained) or south-west quadrant
    (saving per unit forgone). `lower` and `upper` are NaN, and `reason` says why, where the interval is not
    defined. `standard_error` is the jackknife's and NaN with Fieller's method.
    `share_in_quadrant` is the share of draws in the quadrant of the means, to be shown beside every interval:
    that of the jackknife can exist where few draws agree with their mean.
    """

    ratio: float
    lower: float
    upper: float
    standard_error: float
    quadrant: Quadrant
    share_in_quadrant: float
    level: float
    method: Literal["jackknife", "fieller"]
    reason: str

    @property
    def defined(self) -> bool:
        """Whether there is an interval."""
        return self.reason == ""

    @property
    def measures(self) -> str:
        """What the width of the interval stands for."""
        return {"jackknife": "Monte Carlo error", "fieller": "parameter uncertainty"}[self.method]

    @property
    def meaning(self) -> str:
        """What the ratio is in its quadrant."""
        return {"NE": "cost per unit gained", "SW": "saving per unit forgone"}.get(self.quadrant, "not defined")

    def view(self) -> View:
        """The ratio with its limits, or why there are none."""
        headers, row = ["Ratio", "Lower", "Upper", "Quadrant"], (self.ratio, self.lower, self.upper, str(self.quadrant))
        words = [self.reason or f"{self.level:.0%} interval ({self.method}): {self.measures}"]
        return View(f"Interval of the ICER: {self.lower:.6g} to {self.upper:.6g}", headers, [row], words=words)


def icer_interval(
    incremental_costs: ArrayLike,
    incremental_effects: ArrayLike,
    *,
    method: Literal["jackknife", "fieller"] = "jackknife",
    level: float = 0.95,
) -> IcerInterval:
    """An interval of the ratio of means, only where the cost-effectiveness plane allows one.

    incremental_costs, incremental_effects: `(n_draws,)`, one option minus the reference, draw by draw.
    method:
        jackknife  Monte Carlo error of the ratio of means (Tukey 1958): shrinks with more draws
        fieller    parameter uncertainty, draws taken as bivariate normal (Willan and O'Brien 1996): does not
    Not defined, with a reason, where quadrants mix: where at this level the mean (jackknife) or the draws
    (fieller) are not clear of zero in both cost and effect, or the interval itself would reach below zero. A
    percentile interval of the ratio of each draw is not offered: across quadrants equal ratios mean opposite
    things.
    ValueError for shapes that differ, numbers that are not finite, fewer than two draws, a level outside (0,
    1).

    >>> from model.analysis import decision
    >>> import numpy as np
    >>> draws = np.random.default_rng(1).normal([1000.0, 1.0], [100.0, 0.1], (500, 2))
    >>> found = decision.icer_interval(draws[:, 0], draws[:, 1])
    >>> found.defined, found.lower < 1000.0 < found.upper
    (True, True)
    """
    cost = _one_comparison(incremental_costs, "incremental_costs")
    effect = _one_comparison(incremental_effects, "incremental_effects")
    if cost.shape != effect.shape:
        raise ValueError(f"incremental costs and effects must have the same shape; got {cost.shape} and {effect.shape}")
    if method not in ("jackknife", "fieller"):
        raise ValueError(f'method must be "jackknife" or "fieller"; got {method!r}')
    z = _normal_quantile(level)
    mean_cost, mean_effect = float(cost.mean()), float(effect.mean())
    quadrant = cast(Quadrant, quadrant_of(mean_cost, mean_effect).item())
    share = float(np.mean(quadrant_of(cost, effect) == quadrant))
    ratio = mean_cost / mean_effect if quadrant in ("NE", "SW") else nan

    covariance = np.cov(cost, effect)
    if method == "jackknife":
        covariance = covariance / cost.size  # of the means, not of a draw
    unclear = [
        name
        for name, mean, variance in (("cost", mean_cost, covariance[0, 0]), ("effect", mean_effect, covariance[1, 1]))
        if abs(mean) <= z * sqrt(variance)
    ]
    lower = upper = error = nan
    reason = ""
    if quadrant not in ("NE", "SW"):
        words = {"SE": "it dominates", "NW": "it is dominated", "origin": "it is identical"}
        reason = f"not defined: there is no ratio, {words[quadrant]} on average"
    elif unclear:
        whose = "the mean" if method == "jackknife" else "the draws"
        what = " and ".join(unclear)
        reason = f"not defined: {whose} of incremental {what} cannot be told from zero, so quadrants mix"
    else:
        if method == "jackknife":
            error = _jackknife_error(cost, effect)
            lower, upper = ratio - z * error, ratio + z * error
        else:
            lower, upper = _fieller_limits(mean_cost, mean_effect, covariance, z)
        if lower <= 0:  # the jackknife only: limits of Fieller stay above zero where cost and effect do
            lower = upper = nan
            reason = "not defined: the interval reaches below zero, so quadrants mix"
    return IcerInterval(ratio, lower, upper, error, quadrant, share, level, method, reason)


def _jackknife_error(cost: Array, effect: Array) -> float:
    """Jackknife standard error of mean(cost) / mean(effect), all leave-one-out ratios at once."""
    n = cost.size
    left_out = (cost.sum() - cost) / (effect.sum() - effect)
    return sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))


def _fieller_limits(mean_cost: float, mean_effect: float, covariance: Array, z: float) -> tuple[float, float]:
    """Roots R of (mean_cost - R mean_effect)^2 = z^2 var(cost - R effect), given an effect clear of zero."""
    a = mean_effect**2 - z**2 * float(covariance[1, 1])
    b = mean_cost * mean_effect - z**2 * float(covariance[0, 1])
    c = mean_cost**2 - z**2 * float(covariance[0, 0])
    root = sqrt(max(b**2 - a * c, 0.0))  # a > 0 makes it non-negative; rounding need not
    return (b - root) / a, (b + root) / a


def _one_comparison(values: ArrayLike, what: str) -> Array:
    array = finite_array(values, what)
    if array.ndim != 1 or array.size < 2:
        raise ValueError(f"{what} must be (n_draws,) with at least 2 draws; got shape {array.shape}")
    return array


def _normal_quantile(level: float) -> float:
    """The normal quantile that leaves (1 - level) / 2 on each side."""
    return NormalDist().inv_cdf(0.5 + confidence_level(level) / 2)
