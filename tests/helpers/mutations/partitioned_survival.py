"""Faults for P: curves, crossing, effects on curves, accounts of the partition."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from model.analysis.base_case.base_case import BaseCase
from model.analysis.coherence.coherence import Coherence
from model.arrays import Array
from model.definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.states import StateModel
from model.engine.timeline import Timeline
from model.survival.families.cure import MixtureCure
from model.survival.families.kaplan_meier_tail import KaplanMeierTail
from model.survival.survival_floor import SurvivalFloor
from tests.helpers.mutations.calculation import (
    bent,
    by_horizon,
    family_of,
    hazard_ratio_as,
    months_of_30_days,
    outcome,
    repaired,
    zigzag,
)
from tests.helpers.mutations.mutation import UNDER_TEST, Mutation, after, both, inputs, instead
from tests.helpers.mutations.reports import cell, first_numbers, table_of


def waned_as(change: Callable[..., Array]) -> Mutation:
    """``change(original, months, treated, reference, start, end, shape)``"""
    return instead("model.engine.curves", "wane", change)


def treated_for_ever() -> Mutation:
    return instead("model.engine.costs", "calendar", lambda original, drug, _, *limits: original(drug, None, *limits))


def weights_times(name: str, factor: float) -> Mutation:
    return after(Timeline, name, lambda weights: weights * factor)


def _population_far_above(d: ModelDefinition) -> ModelDefinition:
    limits = tuple(
        dataclasses.replace(f, limit=500.0) if f.flag == "after_below_population" else f for f in d.coherence_limits
    )
    return dataclasses.replace(d, coherence_limits=limits)


MUTATIONS: dict[str, Mutation] = {
    "P3a": bent(family_of("exponential")),
    "P3b": bent(family_of("weibull")),
    "P3c": bent(family_of("lognormal")),
    "P3d": bent(family_of("loglogistic")),
    "P15a": bent(MixtureCure),
    "P15b": bent(MixtureCure),
    "P1": after(StateModel, "in_use", lambda survival: 0.99 * survival),
    "P2": after(StateModel, "in_use", zigzag),
    "P4": after(
        "model.engine.partitioned_survival",
        "find_crossing",
        lambda c: dataclasses.replace(c, largest_gap=c.largest_gap + 0.1),
    ),
    "P5": repaired(lambda pfs, os: (np.minimum(pfs, 0.9 * os), 0.9 * os)),
    "P6": table_of(BaseCase, "post_progression", cell(5, lambda cycles: cycles + 1)),
    "P7": both(inputs(_population_far_above), table_of(Coherence, "flags", cell("raised", lambda _: False))),
    "P8": table_of(BaseCase, "post_progression", first_numbers(lambda values: 1.1 * values)),
    "P9a": hazard_ratio_as(lambda ratio: ratio + 0.01),
    "P9b": hazard_ratio_as(lambda ratio: 1 / ratio),
    "P9c": hazard_ratio_as(lambda ratio: np.maximum(ratio, 0.1)),
    "P10": instead("model.engine.curves", "proportional_hazards", lambda original, h, v: original(h, v) ** 1.01),
    "P11a": waned_as(lambda _, months, treated, *__: treated),
    "P11b": waned_as(lambda _, months, treated, other, *__: other),
    "P11c": waned_as(lambda original, *a: original(*a) + (0.01 * a[0] if a[-1] == "linear" else 0.0)),
    "P12": waned_as(lambda _, months, treated, *__: 0.5 * treated),
    "P13": instead(SurvivalFloor, "under", lambda _, __, survival: np.sqrt(survival)),
    "P14": bent(KaplanMeierTail),
    "P16": by_horizon("life_years"),
    "P17": months_of_30_days(),
    "P18a": weights_times("flow", 1.1),
    "P18b": after("model.engine.costs", "once_at_start", lambda weights: tuple(1.1 * w for w in weights)),
    "P18c": weights_times("per_cycle", 1.1),
    "P19": table_of(Coherence, "beyond", first_numbers(lambda values: values + 0.1)),
    "P20": by_horizon("life_years"),
    "P21": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "P22": table_of(BaseCase, "survival", first_numbers(lambda values: values + 0.01)),
    "P23": after("model.analysis.base_case.against_evidence", "modelled", lambda value: 3 * value),
    "P24": treated_for_ever(),
    "P25": after("model.engine.costs", "calendar", lambda days: days[::2]),
    "P26": instead(
        UNDER_TEST,
        "base_case_draws",
        lambda original, d: Draws(1, {k: 1.01 * v if v.ndim > 1 else v for k, v in original(d).values.items()}),
    ),
}
