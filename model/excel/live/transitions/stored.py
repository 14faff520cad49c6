"""Where the solutions in the sheet start: what the run finds for each distribution [S]."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.curves.after_progression import leaving_of, os_by_states, reference_arm
from model.definition.curves.coefficients import sources_of_states
from model.definition.model_definition import ModelDefinition
from model.definition.records.settings import STATE_TRANSITION
from model.definition.structure import in_structure
from model.survival.multistate import AFTER_PROGRESSION, factor_for_hazard_ratio, hazard_after_progression


@dataclasses.dataclass(frozen=True)
class Start:
    """Estimates of two coefficients on the estimation scale (the first of an exponential distribution is 0); ``known``: the
    published OS determines them."""

    first: float
    second: float
    known: bool


def in_states(definition: ModelDefinition, link: str, after: str) -> ModelDefinition:
    """The same model in the state-transition structure."""
    changed = dataclasses.replace(definition.settings, link_between_arms=link, after_progression=after)
    return in_structure(dataclasses.replace(definition, settings=changed), STATE_TRANSITION)


def starts_of(definition: ModelDefinition, arm: str, together: bool) -> dict[str, Start]:
    """By distribution what an arm's OS says alone, or the OS of all arms together."""
    return {name: _start(in_states(definition, "common" if together else "own", name), arm) for name in AFTER_PROGRESSION}


def _start(definition: ModelDefinition, arm: str) -> Start:
    made = os_by_states(definition, arm, *sources_of_states(definition))[1]
    if not (made.identified and made.converged and np.isfinite(made.estimates).all()):
        return Start(0.0, 0.0, False)
    estimates = [0.0, *made.estimates] if len(made.estimates) == 1 else list(made.estimates)
    return Start(float(estimates[0]), float(estimates[1]), True)


def log_factors(definition: ModelDefinition, arm: str, months: Array, ratio: float | None) -> dict[str, float]:
    """By distribution the logarithm of the factor on the reference arm's hazard after progression under the link
    hazard_ratio; 0 where there is none to find. ``ratio``: the arm's hazard ratio of OS, if it has one."""
    return {name: _log_factor(definition, arm, months, ratio, name) for name in AFTER_PROGRESSION}


def _log_factor(definition: ModelDefinition, arm: str, months: Array, ratio: float | None, name: str) -> float:
    reference, month = reference_arm(definition), definition.settings.median_follow_up
    variant = in_states(definition, "hazard_ratio", name)
    sources = sources_of_states(variant)
    _, made = os_by_states(variant, reference, *sources)
    known = made.identified and made.converged and ratio is not None and month is not None and month <= months[-1]
    if not known or ratio is None or month is None:
        return 0.0
    of_reference, treated = (leaving_of(variant, a, months, sources[0]) for a in (reference, arm))
    after = hazard_after_progression(name, months, made.coefficients)
    return float(np.log(factor_for_hazard_ratio(of_reference, treated, after, months, month, ratio).factor[0]))
