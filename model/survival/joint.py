"""Arms fitted jointly: one distribution, and one treatment effect per arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from model.shown import Shown, View
from model.survival.estimation import Fit, failed_fit, family_for, fit_parts
from model.survival.families.base import Distribution
from model.survival.families.treatment_covariate import TreatmentCovariate
from model.survival.fit_starts import starts_from_data
from model.survival.survival_data import SurvivalData, survival_data


@dataclass(frozen=True, eq=False)
class JointFit(Shown):
    """A joint fit. `fit` holds the shared coefficients, with the reference's curve as its distribution."""

    fit: Fit
    reference: str

    def family(self, group: str) -> TreatmentCovariate:
        """The curve of one arm, for the coefficients of `fit`."""
        assert isinstance(self.fit.distribution, TreatmentCovariate)
        return self.fit.distribution.of(None if group == self.reference else group)

    @property
    def log_likelihood(self) -> float:
        return self.fit.log_likelihood

    @property
    def aic(self) -> float:
        return self.fit.aic

    @property
    def bic(self) -> float:
        return self.fit.bic

    def view(self) -> View:
        """The shared coefficients."""
        return replace(self.fit.view(), title=f"Joint fit, reference {self.reference}: {self.fit.distribution.label}")


def fit_joint(
    groups: Mapping[str, SurvivalData], reference: str, distribution: str | Distribution, effect: str, excess: bool = False
) -> JointFit:
    """Fit one distribution to all arms, with a ratio of the other arms against the reference.

    effect: hazard_ratio (proportional hazards), acceleration_factor (accelerated failure time), odds_ratio, or
    cure_odds_ratio (of a distribution with a cure fraction, such as "mixture_cure_weibull": a logistic model of the share
    cured). The knots of a spline are those of all arms together. excess: see `fit_data`. Raises ValueError for an unknown
    reference or effect; a fit that fails says why in `fit.failure`.

    >>> from model import survival
    >>> old = survival.survival_data([2.0, 4.0, 6.0], [1, 1, 1])
    >>> new = survival.survival_data([4.0, 8.0, 12.0], [1, 1, 1])
    >>> found = survival.fit_joint({"old": old, "new": new}, "old", "exponential", "hazard_ratio")
    >>> found.fit.distribution.to_natural(found.fit.estimates).round(6).tolist()  # 3 in 12 months; half of that
    [0.25, 0.5]
    """
    if reference not in groups:
        raise ValueError(f"there is no arm {reference!r}. Allowed: {', '.join(groups)}.")
    pooled = _together(list(groups.values()))
    others = [g for g in groups if g != reference]
    try:
        base = family_for(distribution, pooled) if isinstance(distribution, str) else distribution
    except ValueError as error:
        return JointFit(failed_fit(distribution, pooled, str(error)), reference)
    family = TreatmentCovariate(base, effect, others)
    parts: list[tuple[Distribution, SurvivalData]] = [(family, groups[reference])]
    parts += [(family.of(g), groups[g]) for g in others]
    starts = [np.concatenate([s, np.zeros(len(others))]) for s in starts_from_data(base, pooled)]
    if not all(d.n_events for d in groups.values()):
        return JointFit(failed_fit(family, pooled, "an arm has no event: its effect has no limit"), reference)
    return JointFit(fit_parts(parts, starts, excess), reference)


def _together(data: list[SurvivalData]) -> SurvivalData:
    def joined(name: str) -> np.ndarray:  # type: ignore[type-arg]
        return np.concatenate([getattr(d, name) for d in data])

    return survival_data(joined("time"), joined("event"), joined("entry"), joined("weight"))
