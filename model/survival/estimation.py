"""Maximum likelihood estimation of a survival distribution from patient data.

Estimates, covariance (inverse of the observed information) and intervals live on the estimation scale of the family; the
likelihood stands in :mod:`model.survival.likelihood`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.shown import Shown, View
from model.survival.determination import Determination, Population, determination
from model.survival.distributions import distribution as standard
from model.survival.distributions import label_of
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.splines import RoystonParmar, knots_from, spline_parts
from model.survival.fit_starts import starts_from_data
from model.survival.likelihood import exact_derivatives, log_likelihood
from model.survival.maximum import Maximum, maximise
from model.survival.profile_limit import error_on_logit_scale, limit_of_share
from model.survival.shown_coefficients import coefficients_view
from model.survival.survival_data import SurvivalData, survival_data

EDGE_OF_SHARE = 9.0  # logit at which a cure fraction counts as 0 or 1 and is held
_BOUNDS = {"log": 25.0, "logit": EDGE_OF_SHARE, "identity": 1e6}
_STARTS = 4
_HORIZON_IN_FOLLOW_UPS = 4.0


@dataclass(frozen=True, eq=False)
class Fit(Shown):
    """A fitted distribution. estimates (k,), covariance (k, k): on the estimation scale. follow_up: the longest time.

    boundary: "" or a sentence on where the fit sits on the edge of its family (it can be used all the same);
    failure: "" or why there is no fit, and all numbers are nan. `n` observations, of which `n_events` events. excess: the
    distribution is that of the excess hazard over the general population's.
    """

    distribution: Distribution
    estimates: Array
    covariance: Array
    log_likelihood: float
    n: int
    n_events: int
    converged: bool
    boundary: str = ""
    failure: str = ""
    follow_up: float = np.nan
    excess: bool = False

    @property
    def name(self) -> str:
        return self.distribution.name

    @property
    def label(self) -> str:
        return self.distribution.label

    @property
    def coefficients(self) -> Array:
        """Natural scale, (k,)."""
        return self.distribution.to_natural(self.estimates)

    @property
    def aic(self) -> float:
        """2 k - 2 log L (Akaike 1974)."""
        return 2 * len(self.estimates) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """k log n - 2 log L, n the number of observations (Schwarz 1978; flexsurv counts the same)."""
        return len(self.estimates) * float(np.log(self.n)) - 2 * self.log_likelihood

    @property
    def usable(self) -> bool:
        """Did the fit end at a maximum with a covariance? Whether the data determine it, :meth:`judged` says."""
        return self.converged and not self.failure

    def judged(self, until: float | None = None, population: Population | None = None) -> Determination:
        """What the data leave open of the curve up to a time (default: four times the follow-up).

        population: cumulative hazard of the general population that is added to an excess hazard.
        """
        if not self.usable:
            return Determination(self.failure or "the search did not end at a maximum")
        horizon = _HORIZON_IN_FOLLOW_UPS * self.follow_up if until is None else until
        return determination(self.distribution, self.estimates, self.covariance, horizon, population)

    @property
    def not_identified(self) -> str:
        """What the data do not determine, within four times the follow-up; "" for nothing."""
        return self.judged().problem

    def simulate(self, n: int, seed: int = 1) -> Array:
        """Natural-scale coefficients (n, k) from the multivariate normal on the estimation scale.

        Vectors that make no survival curve (a spline that falls) are drawn again. Mandel (2013), Am Stat 67:76.
        """
        generator = np.random.default_rng(seed)
        roots, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(roots, 0.0))
        values = np.tile(self.coefficients, (n, 1))
        missing = np.arange(n)
        for _ in range(50):
            steps = generator.standard_normal((len(missing), len(self.estimates))) @ root.T
            values[missing] = self.distribution.around(self.estimates, steps)
            missing = missing[~self.distribution.valid(values[missing])]
            if not len(missing):
                break
        values[missing] = self.coefficients
        return values

    def survival_interval(
        self, time: ArrayLike, level: float = 0.95, draws: int = 1000, seed: int = 1
    ) -> tuple[Array, Array]:
        """Pointwise limits of S(t) by simulation, each (n_times,)."""
        curves = self.distribution.survival(time, self.simulate(draws, seed))
        low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def standard_error(self, function: Callable[[Array], Array], draws: int = 1000, seed: int = 1) -> Array:
        """Standard error of any predicted quantity: `function` maps coefficients (draws, k) to (draws, ...)."""
        return np.asarray(np.std(function(self.simulate(draws, seed)), axis=0, ddof=1))

    def view(self) -> View:
        """The coefficients with their standard errors, and how well they fit."""
        words = [f"{self.n} observations, {self.n_events} events; AIC {self.aic:.2f}", self.boundary, self.failure]
        return coefficients_view(self.distribution, self.estimates, self.covariance, f"Fit: {self.distribution.label}", words)


def fit(
    time: ArrayLike,
    event: ArrayLike,
    distribution: str | Distribution,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
) -> Fit:
    """Fit a distribution to times and events (n,), with optional entry times and case weights.

    distribution: a name ("weibull", "spline_odds_2", "mixture_cure_lognormal", ...) or a family of your own. Raises
    ValueError for data that cannot be (`survival_data`); a fit that fails says why in `failure`.

    >>> from model import survival
    >>> found = survival.fit([2.0, 4.0, 5.0, 7.0], [1, 1, 0, 1], "exponential")
    >>> found.distribution.to_natural(found.estimates).round(6).tolist()  # three events in 18 months
    [0.166667]
    """
    return fit_data(survival_data(time, event, entry, weight), distribution)


def fit_data(data: SurvivalData, distribution: str | Distribution, excess: bool = False) -> Fit:
    """Fit a distribution to observations; never raises for a fit that fails.

    excess: the distribution is that of the excess hazard over `data.population_hazard`.

    >>> from model import survival
    >>> data = survival.survival_data([2.0, 4.0, 5.0, 7.0], [1, 1, 0, 1])
    >>> survival.fit_data(data, "exponential").n_events
    3
    """
    try:
        family = family_for(distribution, data) if isinstance(distribution, str) else distribution
    except ValueError as error:
        return failed_fit(distribution, data, str(error))
    if (reason := _hopeless(family, data)) or (excess and data.population_hazard is None):
        return failed_fit(family, data, reason or "an excess hazard needs the general population's hazard")
    return fit_parts([(family, data)], starts_from_data(family, data), excess)


def family_for(name: str, data: SurvivalData) -> Distribution:
    """The family called `name`; the knots of a spline are taken from the data. Raises ValueError for unknown names."""
    for prefix, kind in (("non_mixture_cure_", NonMixtureCure), ("mixture_cure_", MixtureCure)):
        if name.startswith(prefix):
            return kind(family_for(name.removeprefix(prefix), data))
    if name.startswith("spline_"):
        scale, internal = spline_parts(name)
        return RoystonParmar(scale, knots_from(data.time[data.event], internal))
    return standard(name)


def fit_parts(parts: Sequence[tuple[Distribution, SurvivalData]], starts: Sequence[Array], excess: bool = False) -> Fit:
    """Fit families that share one vector of estimates (the curves of several arms), each to its own observations.

    starts: estimates (k,) to begin from. The search begins at the likeliest and goes on to the next until one of them
    ends at a maximum.
    """
    family, n = parts[0][0], sum(d.n for _, d in parts)
    n_events = sum(d.n_events for _, d in parts)

    def objective(estimates: Array) -> Array:
        return sum(log_likelihood(f, d, estimates, excess) for f, d in parts)  # type: ignore[return-value]

    exact = None if excess else exact_derivatives(parts)
    if not len(starts):
        return failed_fit(family, parts[0][1], "no starting curve fits the data")
    bound = np.array([_BOUNDS[scale] for scale in family.estimation_scale])
    begin = np.clip(np.array(starts), -bound * 0.9, bound * 0.9)
    values = objective(begin)
    order = np.argsort(-values, kind="stable")
    best: Maximum | None = None
    for i in order[:_STARTS]:
        if not np.isfinite(values[i]):
            break
        found = maximise(objective, begin[i], bound, exact)
        if best is None or (found.converged, found.value) > (best.converged, best.value + 1e-8):
            best = found
        if best.converged and not best.at_bound:
            break
    if best is None:
        return failed_fit(family, parts[0][1], "no starting curve fits the data")
    note = "" if best.converged else f"did not converge: {best.reason}"
    runaway = [family.parameters[i] for i in best.at_bound if family.parameters[i] != "cure_fraction"]
    if runaway:
        note = f"{' and '.join(runaway)} ran away: the likelihood has no maximum"
    covariance, limit = best.covariance, np.nan
    if best.converged and not runaway and best.at_bound:  # only a cure fraction is left to be held there
        place = best.at_bound[0]
        limit = limit_of_share(objective, best, bound, place)
        covariance = covariance.copy()
        covariance[place, place] = error_on_logit_scale(float(best.estimates[place]), limit) ** 2
    return Fit(
        family,
        best.estimates,
        covariance,
        best.value,
        n,
        n_events,
        best.converged and not runaway,
        boundary_of(family, best, limit),
        note,
        max(float(d.time.max()) for _, d in parts),
        excess,
    )


def boundary_of(family: Distribution, found: Maximum, limit: float = np.nan) -> str:
    """A sentence where the estimates sit on the edge of their family, else ""."""
    natural = family.to_natural(found.estimates)
    value = dict(zip(family.parameters, natural, strict=True))
    if "cure_fraction" in value and np.isfinite(limit):
        edge = round(value["cure_fraction"])
        none, side = ("nobody", "upper") if edge == 0 else ("everybody", "lower")
        return (
            f"The cure fraction runs to {edge} (its 97.5% {side} limit by profile likelihood is {limit:.2f}): the data "
            f"are as if {none} were cured; prefer a distribution without cure."
        )
    return family.edge(natural)


def _hopeless(family: Distribution, data: SurvivalData) -> str:
    """Why no fit can be tried, or ""."""
    if data.n_events == 0:
        return "there is no event"
    if data.n_events < len(family.parameters):
        events = "1 event" if data.n_events == 1 else f"{data.n_events} events"
        return f"{events} cannot determine {len(family.parameters)} parameters"
    if isinstance(family, PiecewiseExponential):
        edges = [0.0, *family.cuts, np.inf]
        for low, high in itertools.pairwise(edges):
            inside = data.event & (data.time > low) & (data.time <= high)
            if not inside.any():
                return f"no event between {low:g} and {high:g}: the rate there would be 0"
    return ""


def failed_fit(family: str | Distribution, data: SurvivalData, reason: str) -> Fit:
    """A fit that says why there is none."""
    made = family if isinstance(family, Distribution) else _Unfitted(family)
    k = len(made.parameters)
    return Fit(made, np.full(k, np.nan), np.full((k, k), np.nan), np.nan, data.n, data.n_events, False, "", reason)


class _Unfitted(Distribution):
    """Stands for a family that could not even be set up (a spline without enough event times)."""

    parameters = ()
    estimation_scale = ()
    time_role = ()
    proportional_hazards = False

    def __init__(self, name: str):
        self.name = name
        self.label = label_of(name)

    def __reduce__(self) -> tuple[type, tuple[str]]:  # type: ignore[override]
        return _Unfitted, (self.name,)

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        raise ValueError(f"{self.label} could not be fitted.")

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        return self._cumulative_hazard(time, *columns)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        return self._cumulative_hazard(probability, *columns)

    def _mean(self, *columns: Array) -> Array:
        return self._cumulative_hazard(np.zeros(1), *columns)
