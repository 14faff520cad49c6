"""The uncertain numbers of a model, and the order in which they take the coordinates of a Sobol sequence.

The first coordinates of the sequence are the most even ones, so what moves the result most stands first: in a
partitioned-survival model the curves, then effects and the use of drugs, then utilities and what follows progression,
then the rest. Within each of these the order is that of the ids, whatever the order of the rows on a sheet.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.after_progression import reference_arm
from model.definition.curves.coefficients import CurveCoefficients, curve_coefficients
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.curves import Curve
from model.definition.records.parameters import Parameter
from model.definition.structure import STRUCTURES, after_id, by_states, in_structure, structure_is_uncertain

BOOTSTRAP_STREAM = "curves.bootstrap"  # one resample per draw, whichever curves are refitted to it
CHOICE_STREAM = "curves.choice"
FIRST_TABLES = ("relative_effects", "coefficients", "treatment", "utilities", "progression", "subsequent")


@dataclasses.dataclass(frozen=True)
class Uncertain:
    """What a draw holds: every parameter by id (an effect that no curve takes is fixed), and by curve the coefficients that
    are drawn together."""

    parameters: dict[str, Parameter]
    curves: dict[Curve, CurveCoefficients]

    def varying(self) -> set[str]:
        """Ids of the parameters that are drawn one by one."""
        return {name for name, p in self.parameters.items() if p.uncertain}

    def keys(self) -> tuple[str, ...]:
        """Key of every column that sampling asks of a design, the most influential first."""
        curves = sorted(self.curves.items(), key=lambda item: item[0].id)
        varying = [(curve, made) for curve, made in curves if varies(made)]
        used = [key for _, made in varying for key in normal_keys(made) if key not in _unused_normals(made)]
        idle = [key for _, made in varying for key in _unused_normals(made)]
        resampled = [BOOTSTRAP_STREAM] if any(made.resamples is not None for _, made in varying) else []
        chosen = [choice_key(curve.endpoint) for curve, made in varying if made.averaged]
        single = sorted(self.varying(), key=_place)
        return tuple(dict.fromkeys([*resampled, *chosen, *used, *single, *idle]))


def uncertain(definition: ModelDefinition) -> Uncertain:
    """The uncertain numbers of a definition that are drawn by their own distribution."""
    unused = unused_effects(definition) | definition.drawn_elsewhere
    parameters = {
        name: dataclasses.replace(p, distribution="fixed") if name in unused else p
        for name, p in definition.parameters.items()
    }
    curves = {}
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None and curve.id not in unused:
            curves[curve] = made
    return Uncertain(parameters, curves)


def coefficients_by_id(definition: ModelDefinition) -> dict[str, CurveCoefficients]:
    """The coefficients of every curve that has its own, by their id in the draws; those of both structures where each draw
    takes one."""
    if structure_is_uncertain(definition):
        partitioned, states = (in_structure(definition, name) for name in STRUCTURES)
        after = {after_id(c.arm): curve_coefficients(states, c) for c in states.curves if c.endpoint == "os"}
        return coefficients_by_id(partitioned) | {name: made for name, made in after.items() if made is not None}
    found = {curve.id: curve_coefficients(definition, curve) for curve in definition.curves}
    return {name: made for name, made in found.items() if made is not None}


def unused_effects(definition: ModelDefinition) -> set[str]:
    """Ids of relative effects that no curve takes at present: they stand ready for the selector and are not sampled."""
    taken = {(c.arm, c.endpoint) for c in definition.curves if takes_effect(definition, c)}
    return {address_of("relative_effects", e) for e in definition.relative_effects if (e.arm, e.endpoint) not in taken}


def takes_effect(definition: ModelDefinition, curve: Curve) -> bool:
    """Does a curve start from another arm's by a relative effect? OS of a state-transition model: by the link."""
    if curve.endpoint == "os" and by_states(definition):
        return definition.settings.link_between_arms == "hazard_ratio" and curve.arm != reference_arm(definition)
    return curve.source == "relative_effect"


def varies(made: CurveCoefficients) -> bool:
    """Do the coefficients of a curve differ between draws?"""
    return made.averaged or made.resamples is not None or bool(np.any(made.covariance))


def normal_keys(made: CurveCoefficients, stream: str | None = None) -> list[str]:
    """Keys of the standard normals behind the coefficients of a curve, one for each."""
    return [f"{made.stream if stream is None else stream}.{i}" for i in range(len(made.natural))]


def choice_key(endpoint: str) -> str:
    """Key of the choice between the candidates of an average, which the arms of an endpoint share."""
    return f"{CHOICE_STREAM}.{endpoint}"


def _unused_normals(made: CurveCoefficients) -> list[str]:
    """Keys of coefficients without variance, such as the one that names the candidate of an average."""
    assert made.covariance is not None
    return [key for key, variance in zip(normal_keys(made), np.diag(made.covariance), strict=True) if variance == 0]


def _place(parameter_id: str) -> tuple[int, str]:
    table = parameter_id.split(".")[0]
    return FIRST_TABLES.index(table) if table in FIRST_TABLES else len(FIRST_TABLES), parameter_id
