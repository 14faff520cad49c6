"""Data of studies that have not been done, simulated for every draw of a probabilistic analysis.

A study says which parameters it informs, simulates data of a given size from the values of each draw,
summarises them for regression, and tells how likely given data are in each draw. Any object that does these
four things can be given to `evsi`; here are the usual ones: means and counts of events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import xlog1py, xlogy

from model.analysis.decision.checks import finite_array
from model.analysis.decision.regression.splines import Indices
from model.arrays import Array


class Study(Protocol):
    """What `evsi` asks of a study. Sizes are numbers of patients, by whatever unit the study counts them."""

    @property
    def informs(self) -> Mapping[str, Array]:
        """Draws `(n_draws,)` of every parameter that the data depend on."""

    def simulate(self, size: int, random: np.random.Generator, draws: Indices) -> Array:
        """Data `(len(draws), n_values)` of one study in each of the draws."""

    def summarise(self, data: Array, size: int) -> Array:
        """Few numbers `(n, n_summaries)` that say what data `(n, n_values)` say of the parameters."""

    def log_likelihood(self, data: Array, size: int) -> Array:
        """Of data `(n_values,)` in every draw, `(n_draws,)`, up to a constant."""


@dataclass(frozen=True)
class NormalMeans:
    """Means of measurements in `size` patients, one mean for each parameter: normal, variance sd^2 / size.

    means: draws `(n_draws,)` of each true mean, by name. individual_sd: standard deviation between patients (not
    a standard error of a mean), by the same names. ValueError for names or shapes that differ, numbers that
    are not finite, standard deviations of 0 or less.
    """

    means: Mapping[str, Array]
    individual_sd: Mapping[str, float]

    def __post_init__(self) -> None:
        _spread_of_each(self.means, self.individual_sd, "individual_sd")

    @property
    def informs(self) -> Mapping[str, Array]:
        """The means."""
        return self.means

    def simulate(self, size: int, random: np.random.Generator, draws: Indices) -> Array:
        """Sample means `(len(draws), n_means)`."""
        mean = _columns(self.means)[draws]
        return mean + random.standard_normal(mean.shape) * self._errors(size)

    def summarise(self, data: Array, size: int) -> Array:
        """The sample means themselves: they are sufficient."""
        return data

    def log_likelihood(self, data: Array, size: int) -> Array:
        """Of sample means `(n_means,)` in every draw."""
        off = (data - _columns(self.means)) / self._errors(size)
        return np.asarray(-0.5 * np.square(off).sum(axis=1), dtype=np.float64)

    def _errors(self, size: int) -> Array:
        return np.array([self.individual_sd[name] for name in self.means]) / np.sqrt(size)


@dataclass(frozen=True)
class GammaMeans:
    """Means of positive, skewed measurements in `size` patients, such as costs: each patient's value is gamma.

    The mean of n gamma variables is gamma with the shape n / cv^2. means: draws `(n_draws,)` above 0 of each
    true mean, by name. coefficient_of_variation: standard deviation between patients over their mean, by the
    same names. Errors as `NormalMeans`.
    """

    means: Mapping[str, Array]
    coefficient_of_variation: Mapping[str, float]

    def __post_init__(self) -> None:
        _spread_of_each(self.means, self.coefficient_of_variation, "coefficient_of_variation")
        for name, values in self.means.items():
            if np.min(values) <= 0:
                raise ValueError(f"mean {name!r} must be above 0 in every draw; the lowest is {np.min(values):g}")

    @property
    def informs(self) -> Mapping[str, Array]:
        """The means."""
        return self.means

    def simulate(self, size: int, random: np.random.Generator, draws: Indices) -> Array:
        """Sample means `(len(draws), n_means)`."""
        mean, shape = _columns(self.means)[draws], self._shapes(size)
        return np.asarray(random.standard_gamma(shape, mean.shape) / shape * mean, dtype=np.float64)

    def summarise(self, data: Array, size: int) -> Array:
        """Logarithms of the sample means."""
        return np.log(np.maximum(data, np.finfo(float).tiny))

    def log_likelihood(self, data: Array, size: int) -> Array:
        """Of sample means `(n_means,)` in every draw."""
        ratio = data / _columns(self.means)
        return np.asarray((self._shapes(size) * (np.log(ratio) - ratio)).sum(axis=1), dtype=np.float64)

    def _shapes(self, size: int) -> Array:
        return size / np.square([self.coefficient_of_variation[name] for name in self.means])


@dataclass(frozen=True)
class EventCounts:
    """Events in intervals of follow-up, for several curves: binomial among those still at risk.

    probabilities: `(n_draws, n_curves, n_intervals)`, of an event within an interval given none before.
    at_risk: `(n_curves,)`, patients of each curve at the start for one of `size`. informs: draws `(n_draws,)` of
    the parameters behind the curves. Curves are simulated apart. ValueError for other shapes or numbers.
    """

    probabilities: Array
    at_risk: Array
    informs: Mapping[str, Array]

    def __post_init__(self) -> None:
        p = finite_array(self.probabilities, "probabilities")
        share = finite_array(self.at_risk, "at_risk")
        if p.ndim != 3 or share.shape != p.shape[1:2]:
            raise ValueError(
                "probabilities must be (n_draws, n_curves, n_intervals) and at_risk (n_curves,); "
                f"got {p.shape} and {share.shape}"
            )
        if (p < 0).any() or (p > 1).any() or (share <= 0).any():
            raise ValueError("probabilities must lie between 0 and 1, and at_risk above 0")

    def simulate(self, size: int, random: np.random.Generator, draws: Indices) -> Array:
        """Numbers of events `(len(draws), n_curves * n_intervals)`."""
        probability = self.probabilities[draws]
        events = np.empty(probability.shape)
        left = np.tile(self._patients(size), (len(draws), 1))
        for k in range(probability.shape[2]):
            events[:, :, k] = random.binomial(left, probability[:, :, k])
            left -= events[:, :, k].astype(np.int64)
        return events.reshape(len(draws), -1)

    def summarise(self, data: Array, size: int) -> Array:
        """Log cumulative hazard of every interval, half an event and half a survivor added so that it is finite."""
        events, left = self._table(data, size)
        hazard = -np.log1p(-(events + 0.5) / (left + 1))
        return np.log(hazard).reshape(len(data), -1)

    def log_likelihood(self, data: Array, size: int) -> Array:
        """Of numbers of events `(n_curves * n_intervals,)` in every draw."""
        events, left = self._table(data[None, :], size)
        terms = xlogy(events, self.probabilities) + xlog1py(left - events, -self.probabilities)
        return np.asarray(terms.sum(axis=(1, 2)), dtype=np.float64)

    def _patients(self, size: int) -> Indices:
        return np.maximum(np.rint(size * self.at_risk), 1).astype(np.int64)

    def _table(self, data: Array, size: int) -> tuple[Array, Array]:
        """Events and patients at risk in each interval, both `(n, n_curves, n_intervals)`."""
        events = data.reshape(len(data), *self.probabilities.shape[1:])
        before = np.cumsum(events, axis=2) - events
        return events, self._patients(size)[None, :, None] - before


def _columns(means: Mapping[str, Array]) -> Array:
    """Draws of all means side by side `(n_draws, n_means)`."""
    return np.column_stack([np.asarray(values, dtype=np.float64) for values in means.values()])


def _spread_of_each(means: Mapping[str, Array], spread: Mapping[str, float], what: str) -> None:
    """A ValueError where the names of means and spreads differ, or a number will not do."""
    if not means:
        raise ValueError("a study needs at least one mean to measure")
    if set(means) != set(spread):
        raise ValueError(f"{what} must have the names of the means {list(means)}; got {list(spread)}")
    for name, values in means.items():
        if finite_array(values, f"mean {name!r}").ndim != 1:
            raise ValueError(f"mean {name!r} must be (n_draws,); got shape {np.shape(values)}")
        if not (np.isfinite(spread[name]) and spread[name] > 0):
            raise ValueError(f"{what} of {name!r} must be above 0; got {spread[name]}")
    if len({np.size(values) for values in means.values()}) > 1:
        raise ValueError("all means must have the same number of draws")
