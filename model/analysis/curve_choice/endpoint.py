"""One endpoint: the data of its arms, every candidate curve fitted to them, and how each is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.candidates import fit_candidates
from model.survival.determination import Determination, Population
from model.survival.distributions import CANDIDATES, DISTRIBUTIONS
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.families.splines import SPLINE_NAMES
from model.survival.joint import JointFit, fit_joint
from model.survival.kaplan_meier import KaplanMeier, kaplan_meier
from model.survival.reconstruction.reconstruct import Reconstruction
from model.survival.survival_data import SurvivalData

JOINT_EFFECTS = ("hazard_ratio", "acceleration_factor")
JOINT_NAMES = (*(name for name, family in DISTRIBUTIONS.items() if family.fitted_jointly), SPLINE_NAMES[0])


@dataclasses.dataclass(frozen=True)
class ExternalPoint:
    """A point of survival from outside the trial: registry, earlier trial, expert."""

    label: str
    month: float
    survival: float
    lower: float | None = None
    upper: float | None = None
    arm: str | None = None


@dataclasses.dataclass(frozen=True)
class ArmFits:
    """The data of one arm and every candidate fitted to them. `selected` is the candidate the model uses, if any.

    judged: by candidate, what the data leave open of it within the horizon.
    """

    arm: str
    label: str
    colour: str
    data: SurvivalData
    kaplan_meier: KaplanMeier
    fits: Mapping[str, Fit]
    reconstruction: Reconstruction | None = None
    selected: str | None = None
    judged: Mapping[str, Determination] = dataclasses.field(default_factory=dict)

    def problem(self, name: str) -> str:
        """What is not identified of a candidate, or ""."""
        return self.judged[name].problem if name in self.judged else ""

    @property
    def ranked(self) -> dict[str, Fit]:
        """The candidates that take part in ranks and averages: fitted, and determined by the data."""
        return {name: fit for name, fit in self.fits.items() if fit.usable and not self.problem(name)}

    @property
    def usable(self) -> dict[str, Fit]:
        """The candidates that can be used as a curve: those that are ranked, and the one that the model uses."""
        ranked = self.ranked
        return {n: f for n, f in self.fits.items() if n in ranked or (n == self.selected and f.usable)}


@dataclasses.dataclass(frozen=True, eq=False)
class EndpointFits:
    """One endpoint of a trial. The first arm is the reference of every comparison of arms. Equal is only what is the same.

    `excess`: the candidates are excess-hazard models, whose survival is the general population's times their own.
    `joint`: fits of all arms together, by (distribution, effect).
    """

    endpoint: str
    label: str
    arms: tuple[ArmFits, ...]
    horizon_months: float
    joint: Mapping[tuple[str, str], JointFit] = dataclasses.field(default_factory=dict)
    excess: bool = False
    population: Population | None = None
    external: tuple[ExternalPoint, ...] = ()
    source: str = ""

    def arm(self, arm: str) -> ArmFits:
        return next(a for a in self.arms if a.arm == arm)

    @property
    def follow_up(self) -> float:
        """The longest time observed in any arm, months."""
        return max(a.data.follow_up for a in self.arms)

    def survival(self, fit: Fit, months: ArrayLike, coefficients: ArrayLike | None = None) -> Array:
        """Survival of a candidate at ``months`` (n,): ``(n,)``, or ``(draws, n)`` for coefficients ``(draws, k)``."""
        time = np.asarray(months, dtype=float)
        chosen = fit.coefficients if coefficients is None else np.asarray(coefficients, dtype=float)
        hazard = fit.distribution.cumulative_hazard(time, chosen)
        if self.excess and self.population is not None:
            hazard = hazard + self.population(time)
        return np.exp(-hazard)

    def hazard(self, fit: Fit, months: ArrayLike) -> Array:
        """Hazard per month of a candidate at ``months`` (n,), above 0."""
        time = np.asarray(months, dtype=float)
        hazard = fit.distribution.hazard(time, fit.coefficients)
        return hazard + self.population_hazard(time) if self.excess and self.population is not None else hazard

    def population_hazard(self, months: ArrayLike) -> Array:
        """Hazard per month of the general population at ``months`` (n,), by the slope over half a month around."""
        assert self.population is not None
        time = np.asarray(months, dtype=float)
        low, high = np.maximum(time - 0.25, 0.0), time + 0.25
        return (self.population(high) - self.population(low)) / (high - low)


def analyse_endpoint(
    endpoint: str,
    label: str,
    data: Mapping[str, SurvivalData],
    horizon_months: float,
    labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    names: Sequence[str] = CANDIDATES,
    cure: str = "none",
    excess: bool = False,
    population: Population | None = None,
    external: Sequence[ExternalPoint] = (),
    reconstructions: Mapping[str, Reconstruction] | None = None,
    selected: Mapping[str, str] | None = None,
    joint_names: Sequence[str] = JOINT_NAMES,
    source: str = "",
    families: Sequence[Distribution] = (),
) -> EndpointFits:
    """Fit every candidate to every arm of an endpoint, apart and (with two or more arms) jointly.

    ``data`` by arm, the reference first; ``cure`` in none, mixture, non_mixture; ``excess``: excess-hazard models, for
    which the data must carry the population's hazard and ``population`` gives its cumulative hazard by month;
    ``families``: distributions beside the named ones.
    """
    palette = ("#1F77B4", "#D55E00", "#2CA02C", "#9467BD", "#8C564B", "#E377C2")
    arms = []
    for position, (arm, observed) in enumerate(data.items()):
        fits = fit_candidates(observed, names, cure, excess, families)
        added = population if excess else None
        arms.append(
            ArmFits(
                arm,
                (labels or {}).get(arm, arm),
                (colours or {}).get(arm, palette[position % len(palette)]),
                observed,
                kaplan_meier(observed),
                fits,
                (reconstructions or {}).get(arm),
                (selected or {}).get(arm),
                {name: f.judged(horizon_months, added) for name, f in fits.items() if f.usable},
            )
        )
    joint = {}
    if len(arms) > 1 and not excess and cure == "none":
        reference = arms[0].arm
        for name in joint_names:
            for effect in JOINT_EFFECTS:
                joint[name, effect] = fit_joint(data, reference, name, effect)
    return EndpointFits(endpoint, label, tuple(arms), horizon_months, joint, excess, population, tuple(external), source)
