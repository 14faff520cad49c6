"""An uncertain input: its value, its probability distribution, and where it comes from.

Every distribution is sampled by its inverse transform, so that pseudo-random, Latin hypercube and Sobol designs,
and the bounds of the one-way analysis, all come from the same function :meth:`Parameter.quantile`.

Moments to parameters follow Briggs, Claxton and Sculpher (2006), Decision Modelling for Health Economic
Evaluation, chapter 4.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from model.definition.records.columns import NO_LIMITS, QUALITY_MARKS, Bounds, Column, choice, column, columns_of
from model.definition.records.limits import LARGEST_AMOUNT, LARGEST_COUNT

DISTRIBUTION_HELP = {
    "fixed": "known, not sampled",
    "beta": "between 0 and 1; mean = value, from SE or from a sample size n",
    "gamma": "positive; mean = value",
    "lognormal": "positive; mean = value, SE on the natural scale",
    "lognormal_ratio": "a ratio; median = value, SE of its logarithm from the 95% interval low-high (or from SE)",
    "normal": "any sign; mean = value",
    "uniform": "between low and high",
    "dirichlet": "shares that sum to one; n = effective sample size of the whole group",
}

WIDEST = 10.0  # standard errors of a positive value beyond which nothing is known of it
NARROWEST = 1e-6  # ... below which it is known
WIDEST_LOG = 4.0  # standard error of a logarithm: a 95% interval from 1/2,500 to 2,500 times the ratio
OUTSIDE = 1e-6  # share of draws that may lie beyond what a column allows, on either side


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One input value with its uncertainty and its provenance (one row's parameter block).

    >>> Parameter(0.8, distribution="beta", standard_error=0.02).quantile([0.025, 0.975]).round(3).tolist()
    [0.759, 0.838]
    """

    value: float = column("Value", "number", "The base-case value", width=13)
    _: dataclasses.KW_ONLY
    unit: str = column("Unit", "text", "Unit of the value", required=False, default="", width=16)
    distribution: str = choice(
        "Distribution", DISTRIBUTION_HELP, "Distribution in the probabilistic analysis: ", default="fixed", width=15
    )
    standard_error: float | None = column(
        "SE",
        "number",
        "Standard error of the value (of the mean, not the spread of patients)",
        above=0.0,
        maximum=LARGEST_AMOUNT,
        required=False,
        width=10,
    )
    sample_size: float | None = column(
        "n",
        "number",
        "Sample size, at least 1: gives the SE of a proportion, or the weight of a Dirichlet group",
        minimum=1.0,
        maximum=float(LARGEST_COUNT),
        required=False,
        width=8,
    )
    low: float | None = column(
        "Low", "number", "Lower limit: 95% interval where one is reported, else the plausible range", required=False, width=11
    )
    high: float | None = column("High", "number", "Upper limit", required=False, width=11)
    source: str = column(
        "Source", "text", "Id of the reference (several: separated by ;)", required=False, default="", width=22
    )
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column(
        "Notes", "text", "How the value and its uncertainty were obtained", required=False, default="", width=60
    )

    @property
    def uncertain(self) -> bool:
        return self.distribution != "fixed"

    def log_standard_error(self) -> float:
        """SE of the logarithm of a ratio: (ln high - ln low) / 3.92, or SE / value where no interval stands."""
        if self.low is not None and self.high is not None:
            return (math.log(self.high) - math.log(self.low)) / (2 * special.ndtri(0.975))
        assert self.standard_error is not None
        return self.standard_error / self.value

    def beta_shapes(self) -> tuple[float, float]:
        """Shapes (alpha, beta) from n when no SE stands (events, non-events), else by the method of moments."""
        if self.standard_error is None and self.sample_size is not None:
            return self.value * self.sample_size, (1 - self.value) * self.sample_size
        assert self.standard_error is not None
        common = self.value * (1 - self.value) / self.standard_error**2 - 1
        return self.value * common, (1 - self.value) * common

    def problem(self) -> str | None:
        """Why the distribution cannot be made from the numbers given, or None (checked when a definition is made)."""
        d, v = self.distribution, self.value
        if d in ("gamma", "lognormal", "normal") and self.standard_error is None:
            return f"a {d} distribution needs a standard error (SE)"
        if d in ("gamma", "lognormal", "lognormal_ratio") and not v > 0:
            return f"a {d} distribution needs a value above 0, not {v:g}"
        if d in ("gamma", "lognormal", "beta") and self.standard_error is not None:
            if self.standard_error > WIDEST * v and d != "beta":
                return f"the standard error {self.standard_error:g} is more than {WIDEST:g} times the value {v:g}"
            if self.standard_error < NARROWEST * v:
                return f"the standard error {self.standard_error:g} is next to nothing beside the value {v:g}; take fixed"
        if d == "lognormal_ratio":
            if self.low is None or self.high is None:
                if not self.standard_error:
                    return "a lognormal_ratio needs low and high, or SE"
            elif not 0 < self.low < self.high:
                return f"the interval of a ratio must satisfy 0 < low < high, not {self.low:g} to {self.high:g}"
            if self.log_standard_error() > WIDEST_LOG:
                return (
                    f"the standard error of the logarithm is {self.log_standard_error():.3g}; it may be at most "
                    f"{WIDEST_LOG:g}, a 95% interval from 1/2,500 to 2,500 times the ratio"
                )
        if d == "uniform" and (self.low is None or self.high is None or not self.low < self.high):
            return "a uniform distribution needs low below high"
        if d == "beta":
            if not 0 < v < 1:
                return f"a beta distribution needs a value between 0 and 1 (exclusive), not {v:g}"
            if self.standard_error is None and self.sample_size is None:
                return "a beta distribution needs SE or n"
            if self.standard_error is not None and self.standard_error**2 >= v * (1 - v):
                return (
                    f"a beta distribution with mean {v:g} cannot have SE {self.standard_error:g}: "
                    f"SE must be below {math.sqrt(v * (1 - v)):.4g}"
                )
        if d == "dirichlet" and self.sample_size is None:
            return "a dirichlet share needs n, the effective sample size of its group"
        if self.low is not None and self.high is not None and not self.low <= v <= self.high:
            return f"the value {v:g} lies outside low-high ({self.low:g} to {self.high:g})"
        return None

    def quantile(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Inverse distribution function; same shape as ``probability`` (in 0-1). A fixed value is repeated."""
        p = np.asarray(probability, dtype=float)
        v = self.value
        if self.distribution == "fixed":
            return np.full(p.shape, float(v))
        if self.distribution == "beta":
            alpha, beta = self.beta_shapes()
            return np.asarray(special.betaincinv(alpha, beta, p))
        if self.distribution == "dirichlet":  # the marginal of one share
            assert self.sample_size is not None
            if not 0 < v < 1:
                return np.full(p.shape, float(v))
            return np.asarray(special.betaincinv(v * self.sample_size, (1 - v) * self.sample_size, p))
        if self.distribution == "uniform":
            assert self.low is not None and self.high is not None
            return self.low + p * (self.high - self.low)
        if self.distribution == "lognormal_ratio":
            return v * np.exp(self.log_standard_error() * special.ndtri(p))
        assert self.standard_error is not None
        if self.distribution == "normal":
            return v + self.standard_error * special.ndtri(p)
        if self.distribution == "gamma":
            shape = (v / self.standard_error) ** 2
            return np.asarray(special.gammaincinv(shape, p)) * (v / shape)
        if self.distribution == "lognormal":
            spread = math.sqrt(math.log1p((self.standard_error / v) ** 2))
            return np.exp(math.log(v) - spread**2 / 2 + spread * special.ndtri(p))
        raise ValueError(f"unknown distribution {self.distribution!r}")

    def support_problem(self, column: Column) -> str | None:
        """Why draws could leave what the Value column allows (beyond one in a million on either side), or None."""
        if not self.uncertain or self.problem():
            return None
        low, high = (float(x) for x in self.quantile(np.array([OUTSIDE, 1 - OUTSIDE])))
        for end in (low, high):
            if message := column.problem_with_draw(end):
                return f"a {self.distribution} distribution with these numbers would draw values not allowed here: {message}"
        return None

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation that sampling must reproduce."""
        v = self.value
        if self.distribution == "fixed":
            return v, 0.0
        if self.distribution in ("beta", "dirichlet"):
            if self.distribution == "dirichlet":
                assert self.sample_size is not None
                total = self.sample_size
            else:
                total = sum(self.beta_shapes())
            return v, math.sqrt(v * (1 - v) / (total + 1))
        if self.distribution == "uniform":
            assert self.low is not None and self.high is not None
            return (self.low + self.high) / 2, (self.high - self.low) / math.sqrt(12)
        if self.distribution == "lognormal_ratio":
            s = self.log_standard_error()
            mean = v * math.exp(s * s / 2)
            return mean, mean * math.sqrt(math.expm1(s * s))
        assert self.standard_error is not None
        return v, self.standard_error


@cache
def value_column(bounds: Bounds) -> Column:
    """The Value column of a parameter block with a table's own bounds."""
    return parameter_columns(bounds)["value"]


@cache
def parameter_columns(bounds: Bounds) -> Mapping[str, Column]:
    """The columns of a parameter block whose Value has these bounds: Low and High have them too, and no standard error
    is larger than their distance."""
    found = dict(columns_of(Parameter))
    limits = {name: getattr(bounds, name) for name in NO_LIMITS}
    for name in ("value", "low", "high"):
        found[name] = dataclasses.replace(found[name], **limits)
    for name in ("low", "high"):  # the ends of a plausible range may be unusual
        found[name] = dataclasses.replace(found[name], unusual_below=None, unusual_above=None)
    lowest = bounds.minimum if bounds.above is None else bounds.above
    if lowest is not None and bounds.maximum is not None:
        found["standard_error"] = dataclasses.replace(found["standard_error"], maximum=bounds.maximum - lowest)
    return MappingProxyType(found)
