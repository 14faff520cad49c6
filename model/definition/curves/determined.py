"""Curves whose coefficients the data do not determine: refused in the base case unless the settings allow them."""

from __future__ import annotations

import numpy as np

from model.definition.curves.coefficients import CurveCoefficients, average_of, curve_coefficients
from model.definition.curves.from_data import failed_resamples_of, fit_judged, horizon_months, population_added
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, Curve
from model.definition.records.settings import ALLOW, UNDETERMINED_LABEL
from model.definition.structure import STRUCTURES, by_states, in_structure, structure_is_uncertain
from model.survival.determination import Determination, determination

MOST_FAILED_REFITS = 0.2
WITHOUT_DATA = ("relative_effect", "survival_table")


def judged(definition: ModelDefinition, curve: Curve) -> Determination:
    """What the data, statistics or typed covariance leave open of a selected curve, within the horizon.

    A relative effect and a survival table have no coefficients of their own; of an average, the candidates are judged; of OS
    that follows from transitions, survival after progression where the arm has its own. Raises ValueError where the curve
    cannot be made.
    """
    if curve.endpoint == "os" and by_states(definition):
        made = curve_coefficients(definition, curve)
        return Determination() if made is None else _of_coefficients(definition, curve, made)
    if curve.source in WITHOUT_DATA:
        return Determination()
    if curve.distribution == MODEL_AVERAGE:
        return _of_average(definition, curve)
    made = curve_coefficients(definition, curve)
    if made is None or made.covariance is None:
        return Determination()
    found = _of_coefficients(definition, curve, made)
    problems = [found.problem] if found.problem else []
    if made.resamples is not None:
        share = failed_resamples_of(definition, curve, curve.distribution)
        if share > MOST_FAILED_REFITS:
            problems.append(f"{share:.0%} of its refits to resampled patients do not end at a maximum")
    return Determination("; ".join(problems), found.remark)


def _of_coefficients(definition: ModelDefinition, curve: Curve, made: CurveCoefficients) -> Determination:
    assert made.covariance is not None
    return determination(
        made.family,
        made.estimates,
        np.asarray(made.covariance, dtype=float),
        horizon_months(definition),
        None if by_states(definition) and curve.endpoint == "os" else population_added(definition, curve),
        made.resamples,
    )


def _of_average(definition: ModelDefinition, curve: Curve) -> Determination:
    """Candidates with typed weights that the data do not determine (those weighted by their AIC are left out)."""
    if curve.source not in FROM_DATA:
        return Determination()
    open_ones = [
        f"{name}: {problem}"
        for name, weight in average_of(definition, curve).items()
        if weight > 0 and (problem := fit_judged(definition, curve, name).problem)
    ]
    return Determination("; ".join(open_ones))


def refusal(definition: ModelDefinition, curve: Curve) -> str:
    """Why a selected curve is refused, or ""; ``settings.undetermined_curves`` = allow lets it pass."""
    if definition.settings.undetermined_curves == ALLOW:
        return ""
    problem = judged(definition, curve).problem
    if not problem:
        return ""
    if curve.endpoint == "os" and by_states(definition):
        return (
            f"survival after progression of arm '{curve.arm}' ({definition.settings.after_progression}) is not identified: "
            f"{problem}. Choose another distribution after progression, or set '{UNDETERMINED_LABEL}' on the sheet Settings "
            f"to {ALLOW} to use it all the same"
        )
    return (
        f"the {curve.endpoint} curve of arm '{curve.arm}' ({curve.distribution}"
        f"{'' if curve.cure == 'none' else f', {curve.cure} cure'}) is not identified: {problem}. Choose another "
        f"distribution, or set '{UNDETERMINED_LABEL}' on the sheet Settings to {ALLOW} to use it all the same"
    )


def open_curves(definition: ModelDefinition) -> list[tuple[Curve, str]]:
    """The curves in use that are not identified (the settings allow them), each with what is not; those of both structures
    where each draw takes one."""
    every = [in_structure(definition, name) for name in STRUCTURES] if structure_is_uncertain(definition) else [definition]
    found = [(curve, judged(one, curve).problem) for one in every for curve in one.curves]
    return list(dict.fromkeys((curve, problem) for curve, problem in found if problem))
