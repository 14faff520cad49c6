"""Faults for T: prices, doses, effects, units, shares, sources, refusals, fits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition import ModelDefinition, Parameter
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.families.splines import RoystonParmar
from model.survival.life_table import LifeTable
from tests.helpers.mutations.calculation import (
    COSTS_FIXED,
    bent,
    drawn_as,
    family_of,
    hazard_ratio_as,
    months_of_30_days,
    noise,
    repaired,
)
from tests.helpers.mutations.edited_inputs import other
from tests.helpers.mutations.mutation import Mutation, Patch, after, inputs, instead, shown_as
from tests.helpers.verified_models import with_parameter


def every_input_is_taken() -> Mutation:
    def patch(mp: Patch) -> None:
        mp.setattr("model.definition.editing.coerce", lambda _, value: value)
        mp.setattr("model.definition.editing.problems_apart_from_scenarios", lambda _: [])

    return Mutation(patch)


def shares_times(factor: float) -> Mutation:
    def change(values: dict[str, Array], definition: ModelDefinition) -> None:
        name = next(n for n in values if n.startswith("subsequent.") and ".share" in n)
        values[name] = values[name] * factor

    return drawn_as(change)


def ratios_too_high() -> Mutation:
    def quantile(original: Any, self: Parameter, p: Any) -> Array:
        return np.asarray(original(self, p) * (1.5 if self.distribution == "lognormal_ratio" else 1.0))

    return instead(Parameter, "quantile", quantile)


def without(table: str, keep: Callable[[Any], bool] = lambda _: False) -> Mutation:
    return inputs(lambda d: dataclasses.replace(d, **{table: tuple(r for r in d.table(table) if keep(r))}))


def _first_share(d: ModelDefinition) -> ModelDefinition:
    place = next(i for i, r in enumerate(d.subsequent) if r.item == "share")
    return with_parameter(d, "subsequent", place, value=0.7)


def _other_references(d: ModelDefinition) -> ModelDefinition:
    return dataclasses.replace(d, references=tuple(dataclasses.replace(r, id=f"{r.id}_2") for r in d.references))


def asymmetric_covariance() -> Mutation:
    def made(original: Any, *a: Any) -> Any:
        found = original(*a)
        if found is None or found.covariance is None:
            return found
        return dataclasses.replace(found, covariance=-np.eye(len(found.natural)))

    return instead("model.analysis.verification.input_calculations", "curve_coefficients", made)


MUTATIONS: dict[str, Mutation] = {
    "T1": COSTS_FIXED,
    "T2": COSTS_FIXED,
    "T3": hazard_ratio_as(lambda ratio: 1 / ratio),
    "T4": repaired(lambda pfs, os: (os + 0.01, os)),
    "T5a": bent(family_of("weibull")),
    **{f"T5{x}": bent(family_of("generalised_gamma")) for x in "bcd"},
    "T5e": bent(family_of("generalised_gamma"), 1.02),
    **{f"T5{x}": bent(RoystonParmar) for x in "fgh"},
    "T6": without("scenarios"),
    "T7": ratios_too_high(),
    "T8a": months_of_30_days(),
    "T8b": shown_as(LifeTable, "hazard_per_year", lambda self: self.qx),
    "T8c": Mutation(lambda mp: mp.setattr("model.engine.costs.MONTHS_PER_YEAR", 13)),
    "T9a": COSTS_FIXED,
    "T9b": noise(),
    "T9c": instead("model.engine.unit_costs", "price_factor", lambda original, *a: 1.0),
    "T10a": other("utilities", 0, source="", quality="trial"),
    "T10b": inputs(_other_references),
    "T11a": inputs(_first_share),
    "T11b": shares_times(1.01),
    **{f"T12{x}": every_input_is_taken() for x in "abcde"},
    "T13": shown_as(Fit, "aic", lambda self: 0.0),
    "T14a": asymmetric_covariance(),
    "T14b": after(Distribution, "to_natural", lambda values: values * 1.01),
    "T15": months_of_30_days(),
}
