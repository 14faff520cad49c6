"""Which columns of the stored draws hold what of a curve: coefficients by candidate, cure fractions, choices, factors."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from model.definition.curves.coefficients import average_of, curve_coefficients
from model.definition.curves.typed import drawn_one_by_one
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.records.settings import PARTITIONED_SURVIVAL
from model.definition.structure import after_id, by_states, in_structure, structure_is_uncertain
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.kaplan_meier_tail import KaplanMeierTail, factor_names
from model.survival.families.model_average import ModelAverage
from model.survival.families.one_of_several import OneOfSeveral
from model.survival.families.survival_table import SurvivalTable
from model.survival.families.table_tail import TableTail
from model.survival.families.treatment_covariate import TreatmentCovariate
from model.survival.multistate import family_after_progression


@dataclasses.dataclass
class DrawnColumns:
    """Names of columns of the draws. ``order``: the candidates of an average in the order of its choice, from 0."""

    coefficients: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    cure: dict[str, str] = dataclasses.field(default_factory=dict)
    factors: list[str] = dataclasses.field(default_factory=list)
    choice: str = ""
    order: list[str] = dataclasses.field(default_factory=list)
    effect: str = ""


def drawn_columns(definition: ModelDefinition, curve: Curve, stored: Collection[str]) -> DrawnColumns:
    """The columns of a curve that are among those ``stored``."""
    found = DrawnColumns()
    if structure_is_uncertain(definition):
        definition = in_structure(definition, PARTITIONED_SURVIVAL)
    if curve.endpoint == "os" and by_states(definition):  # its coefficients are of survival after progression
        return found
    made = curve_coefficients(definition, curve)
    if made is None or not any(name.startswith(f"{curve.id}[") for name in stored):
        return found
    _walk(found, made.family, definition, curve, curve.distribution, "")
    return found


def drawn_after_progression(definition: ModelDefinition, arm: str, stored: Collection[str]) -> tuple[str, str]:
    """The columns of the two coefficients of an arm's survival after progression; "" for one that is not drawn. The only
    coefficient of an exponential distribution is the second."""
    both = structure_is_uncertain(definition)
    if not (both or by_states(definition)):
        return "", ""
    family = family_after_progression(definition.settings.after_progression)
    curve = after_id(arm) if both else f"curves.{arm}.os"
    names = [f"{curve}[{parameter}]" for parameter in family.parameters]
    found = [name if name in stored else "" for name in names]
    return (found[0], found[1]) if len(found) > 1 else ("", found[0])


def _walk(
    found: DrawnColumns, family: Distribution, definition: ModelDefinition, curve: Curve, name: str, prefix: str
) -> None:
    def column(parameter: str) -> str:
        return f"{curve.id}[{prefix}{parameter}]"

    if isinstance(family, ModelAverage):
        found.choice = column("choice")
        found.order = [n for n, w in average_of(definition, curve).items() if w > 0]
        for own, part in zip(found.order, family.families, strict=True):
            _walk(found, part, definition, curve, own, f"{part.name}.")
    elif isinstance(family, OneOfSeveral):
        _walk(found, family.own, definition, curve, name, prefix)
        found.factors = [column(f"{curve.arm}.{f}") for f in factor_names(len(found.factors))]
    elif isinstance(family, KaplanMeierTail):
        found.factors = [column(name) for name in factor_names(len(family.cuts))]
        _walk(found, family.tail, definition, curve, name, prefix)
    elif isinstance(family, TableTail):
        _walk(found, family.table, definition, curve, name, prefix)
        if not drawn_one_by_one(definition, curve):
            _walk(found, family.tail, definition, curve, name, prefix)
    elif isinstance(family, SurvivalTable):
        found.factors = [column(p) for p in family.parameters]
    elif isinstance(family, TreatmentCovariate):
        if family.group is not None:
            found.effect = column(f"effect_{family.group}")
        _walk(found, family.base, definition, curve, name, prefix)
    elif isinstance(family, MixtureCure | NonMixtureCure):
        found.cure[name] = column("cure_fraction")
        found.coefficients[name] = [column(p) for p in family.base.parameters]
    else:
        found.coefficients[name] = [column(p) for p in family.parameters]
