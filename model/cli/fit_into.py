"""Fitted candidates into an input workbook: its tables of coefficients and covariance, and the curves' selectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from model.analysis.curve_choice import EndpointFits
from model.definition import Curve, ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.typed_curve import coefficient_rows, covariance_rows
from model.definition.validation import validate
from model.excel.inputs.errors import file_problem
from model.survival.distributions import CANDIDATES
from model.survival.estimation import Fit
from model.survival.programs.programs import OWN
from model.survival.programs.time_units import MONTHS

NOTE = "Maximum likelihood from patient data"


def into_workbook(definition: ModelDefinition, endpoints: Sequence[EndpointFits], arms: Mapping[str, str]) -> ModelDefinition:
    """The definition with every candidate that the data determine in its tables. ``arms``: names in the data to arm ids.

    Curves of these arms and endpoints take the source `coefficients`, with the distribution selected so far if it was
    fitted, else the one with the lowest AIC. Raises InputError for arms or endpoints that the workbook does not have.
    """
    for arm in arms.values():
        _known(definition, arm)
    changed = definition
    for endpoint in endpoints:
        for one in endpoint.arms:
            arm = arms.get(one.arm, one.arm)
            _known(definition, arm)
            if definition.curve(arm, endpoint.endpoint) is None:
                raise file_problem(f"the workbook has no curve of arm '{arm}', endpoint '{endpoint.endpoint}'")
            fits = {n: f for n, f in one.ranked.items() if n in CANDIDATES}
            if not fits:
                raise file_problem(
                    f"no candidate of arm '{one.arm}', endpoint '{endpoint.endpoint}', is determined by the data"
                )
            changed = _with_candidates(changed, arm, endpoint, fits)
    problems: list[Problem] = validate(changed)
    if problems:
        raise DefinitionError(problems)
    return changed


def _known(definition: ModelDefinition, arm: str) -> None:
    if arm not in definition.arm_ids:
        raise file_problem(
            f"the workbook has no arm '{arm}'; it has: {', '.join(definition.arm_ids)}. Map the names with --arm NAME=ID"
        )


def _with_candidates(
    definition: ModelDefinition, arm: str, endpoint: EndpointFits, fits: Mapping[str, Fit]
) -> ModelDefinition:
    if not fits:
        raise file_problem(f"no candidate could be fitted to arm '{arm}', endpoint '{endpoint.endpoint}'")
    key = (arm, endpoint.endpoint)
    coefficients = [c for c in definition.coefficients if (c.arm, c.endpoint) != key]
    covariance = [c for c in definition.covariance if (c.arm, c.endpoint) != key]
    for name, fit in fits.items():
        coefficients += coefficient_rows(*key, name, fit.distribution, fit.coefficients, NOTE)
        covariance += covariance_rows(*key, name, fit.distribution, fit.covariance)
    curves = tuple(_curve(c, endpoint, fits) if (c.arm, c.endpoint) == key else c for c in definition.curves)
    return dataclasses.replace(definition, curves=curves, coefficients=tuple(coefficients), covariance=tuple(covariance))


def _curve(curve: Curve, endpoint: EndpointFits, fits: Mapping[str, Fit]) -> Curve:
    best = min(fits, key=lambda name: fits[name].aic)
    cure = "none"
    for kind in ("non_mixture", "mixture"):
        if next(iter(fits.values())).distribution.name.startswith(f"{kind}_cure_"):
            cure = kind
            break
    return dataclasses.replace(
        curve,
        source="coefficients",
        distribution=curve.distribution if curve.distribution in fits else best,
        cure=cure,
        mortality="excess" if endpoint.excess else "all_cause",
        km_until=None,
        cut_points="",
        fitted="separately",
        parametrisation=OWN,
        time_unit=MONTHS,
        notes=f"{NOTE} of {endpoint.source}. {curve.notes}".strip(),
    )
