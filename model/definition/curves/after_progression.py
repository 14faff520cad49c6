"""OS of a state-transition model: survival after progression, calibrated to the published OS of the arms that share it.

The curve of OS of such an arm is a distribution like any other, in the coefficients of survival after progression
(:class:`model.survival.multistate.OverallSurvival`): they are calibrated, drawn and reported under the curve's id. How
patients leave the progression-free state is that of PFS in the base case; where draws of PFS lie elsewhere, the
coefficients answer to it (`responses_of`), to an effect on it and to the share of deaths.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.definition.curves.effective_numbers import POINTS
from model.definition.curves.from_data import population_hazard
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.care import Progression
from model.definition.records.curves import Curve, RelativeEffect
from model.survival.calibration import Calibration
from model.survival.effects import apply_effect
from model.survival.families.base import Distribution
from model.survival.families.model_average import ModelAverage
from model.survival.multistate import (
    Leaving,
    Link,
    OverallSurvival,
    PublishedOS,
    calibrate_to_os,
    factor_for_hazard_ratio,
    family_after_progression,
    hazard_after_progression,
    leave,
    response,
)
from model.survival.summary_statistics import Statistic

Estimated = Callable[[Curve], tuple[Distribution, Array]]
"""The family and the natural coefficients ``(k,)`` of a curve that has its own."""
Published = Callable[[str], tuple[Statistic, ...]]
"""The statistics of an arm's OS."""

_STEP = 1e-4  # of coefficients of PFS on the estimation scale, in the derivatives that a response is made of
_Row = tuple[bytes, tuple[Statistic, ...]]  # cumulative hazards of leaving and of progression; statistics


def reference_arm(definition: ModelDefinition) -> str:
    """The arm that the others are linked to: the comparator, or the arm that the comparator's own OS is relative to."""
    arm = definition.settings.comparator
    curve = definition.curve(arm, "os")
    relative = curve is not None and curve.source == "relative_effect" and curve.reference_arm
    return curve.reference_arm if curve is not None and relative and curve.reference_arm else arm


def has_own(definition: ModelDefinition, arm: str) -> bool:
    """Has the arm coefficients of its own of survival after progression? Others take those of :func:`reference_arm`, with a
    factor."""
    return definition.settings.link_between_arms == "own" or arm == reference_arm(definition)


def os_is_published(definition: ModelDefinition) -> bool:
    """Is there a median or landmark of the reference arm's OS, to which survival after progression could be calibrated?"""
    rows = [e for e in definition.evidence if (e.arm, e.endpoint) == (reference_arm(definition), "os")]
    return any(row.statistic in POINTS for row in rows)


def arms_behind(definition: ModelDefinition, arm: str) -> tuple[str, ...]:
    """The arms whose published OS says what an arm's survival after progression is."""
    return definition.arm_ids if definition.settings.link_between_arms == "common" else (arm,)


def os_by_states(
    definition: ModelDefinition, arm: str, estimated: Estimated, published: Published
) -> tuple[OverallSurvival, Calibration]:
    """OS of an arm with coefficients of its own, as a distribution in them, and their calibration."""
    months = grid(definition, arm, published)
    evidence = _evidence(definition, arm, months, estimated, published)
    calibrated = _calibrated(definition.settings.after_progression, months.tobytes(), tuple(map(_row_of, evidence)))
    family = family_after_progression(definition.settings.after_progression)
    own = leaving_of(definition, arm, months, estimated)
    return OverallSurvival(family, months, own, _floor(definition, months)), calibrated


def responses_of(definition: ModelDefinition, arm: str, estimated: Estimated, published: Published) -> Mapping[str, Array]:
    """How the arm's coefficients answer to what they were calibrated beside, on their estimation scale: by the id of a
    curve of PFS, to its coefficients on theirs ``(k, p)``; by the id of a relative effect on PFS, to its logarithm, and of a
    share of deaths, to its value ``(k, 1)``. An average of curves has no answer: each draw takes one of them."""
    months = grid(definition, arm, published)
    evidence = _evidence(definition, arm, months, estimated, published)
    calibrated = os_by_states(definition, arm, estimated, published)[1]
    arms = arms_behind(definition, arm)

    def answer(steps: list[tuple[list[Leaving], list[Leaving]]]) -> Array:
        return response(calibrated, months, evidence, steps, _STEP)

    def beside(curve: Curve, by: Array) -> list[Leaving]:
        """How each arm's patients leave with other coefficients of a curve of PFS."""
        family, natural = estimated(curve)
        there = family.to_natural(family.to_estimation(natural) + by)

        def elsewhere(other: Curve) -> tuple[Distribution, Array]:
            return (family, there) if other is curve else estimated(other)

        return [leaving_of(definition, a, months, elsewhere) for a in arms]

    def with_effect(row: RelativeEffect, by: float) -> list[Leaving]:
        """The same with another relative effect on PFS."""
        value = dataclasses.replace(row.parameter, value=row.parameter.value * np.exp(by))
        rows = [dataclasses.replace(e, parameter=value) if e is row else e for e in definition.relative_effects]
        there = dataclasses.replace(definition, relative_effects=tuple(rows))
        return [leaving_of(there, a, months, estimated) for a in arms]

    def with_share(row: Progression, by: float) -> list[Leaving]:
        """The same with another share of deaths."""
        moved = {a: by if definition.progression_row("death_share", a) is row else 0.0 for a in arms}
        return [leaving_of(definition, a, months, estimated, moved[a]) for a in arms]

    found = {}
    for curve in pfs_behind(definition, arm):
        family, natural = estimated(curve)
        if len(natural) and not isinstance(family, ModelAverage):
            found[curve.id] = answer([(beside(curve, s), beside(curve, -s)) for s in _STEP * np.eye(len(natural))])
    for effect in effects_behind(definition, arm):
        found[address_of("relative_effects", effect)] = answer([(with_effect(effect, _STEP), with_effect(effect, -_STEP))])
    for row in {id(r): r for a in arms if (r := definition.progression_row("death_share", a)) is not None}.values():
        found[address_of("progression", row)] = answer([(with_share(row, _STEP), with_share(row, -_STEP))])
    return found


def pfs_behind(definition: ModelDefinition, arm: str) -> list[Curve]:
    """The curves of PFS with coefficients of their own that an arm's survival after progression is calibrated beside."""
    found: dict[str, Curve] = {}
    for other in arms_behind(definition, arm):
        curve = definition.curve(other, "pfs")
        assert curve is not None
        start = curve.reference_arm if curve.source == "relative_effect" else None
        reference = definition.curve(start, "pfs") if start else None
        for used in (curve, reference):
            if used is not None and used.source != "relative_effect":
                found[used.id] = used
    return list(found.values())


def effects_behind(definition: ModelDefinition, arm: str) -> list[RelativeEffect]:
    """The relative effects on PFS that are part of how the patients behind an arm's survival after progression leave."""
    relative = {c.arm for c in definition.curves if c.endpoint == "pfs" and c.source == "relative_effect"}
    behind = relative.intersection(arms_behind(definition, arm))
    return [e for e in definition.relative_effects if e.endpoint == "pfs" and e.arm in behind]


def leaving_of(
    definition: ModelDefinition, arm: str, months: Array, estimated: Estimated, more_deaths: float = 0.0
) -> Leaving:
    """How patients of an arm leave the progression-free state in the base case, ``(1, n_times)``; ``more_deaths``: added to
    the share of PFS events that are deaths."""
    curve = definition.curve(arm, "pfs")
    assert curve is not None
    hazard = _pfs_hazard(definition, curve, months, estimated)
    row = definition.progression_row("death_share", arm)
    share = 0.0 if row is None else row.parameter.value
    return leave(hazard, float(np.clip(share + more_deaths, 0.0, 1.0)), _floor(definition, months))


def ratio_kept(definition: ModelDefinition, arm: str, ratio: float, estimated: Estimated, published: Published) -> Link:
    """The factor with which an arm keeps its hazard ratio of OS at the median follow-up, in the base case."""
    reference = reference_arm(definition)
    family, made = os_by_states(definition, reference, estimated, published)
    months, month = family.months, definition.settings.median_follow_up
    after = hazard_after_progression(definition.settings.after_progression, months, made.coefficients)
    of_reference, of_arm = (leaving_of(definition, a, months, estimated) for a in (reference, arm))
    assert month is not None
    return factor_for_hazard_ratio(of_reference, of_arm, after, months, month, ratio)


def end_of_horizon(definition: ModelDefinition) -> float:
    """The month at which the last cycle ends."""
    return definition.settings.n_cycles * definition.settings.cycle_days / definition.settings.days_per_month


def grid(definition: ModelDefinition, arm: str, published: Published) -> Array:
    """Months of the cycles, to the horizon or to the last statistic, whichever is later, ``(n_times,)``."""
    step, to_horizon = definition.settings.cycle_days / definition.settings.days_per_month, definition.settings.n_cycles
    times = [getattr(s, "time", 0.0) for a in arms_behind(definition, arm) for s in published(a)]
    to_statistic = int(np.ceil(max(times, default=0.0) / step)) + 1
    months: Array = np.arange(max(to_horizon, to_statistic) + 1, dtype=np.float64) * step
    return months


def _pfs_hazard(definition: ModelDefinition, curve: Curve, months: Array, estimated: Estimated) -> Array:
    """Cumulative hazard ``(1, n_times)`` of a curve of PFS in the base case, with its effect: what patients of the trial
    had. That an effect wanes says how patients do who are not those whose OS was published."""
    reference = definition.curve(curve.reference_arm, "pfs") if curve.reference_arm else None
    if curve.source == "relative_effect":
        assert reference is not None
        family, natural = estimated(reference)
        effect = next(e for e in definition.relative_effects if (e.arm, e.endpoint) == (curve.arm, "pfs"))
        hazard = apply_effect(curve.effect, family, natural[None, :], months, np.array([effect.parameter.value]))
    else:
        family, natural = estimated(curve)
        hazard = family.cumulative_hazard(months, natural[None, :])
    first = curve if reference is None or curve.source != "relative_effect" else reference
    if first.mortality == "excess":
        hazard = hazard + population_hazard(definition, months)
    return np.asarray(hazard, dtype=np.float64)


def _floor(definition: ModelDefinition, months: Array) -> Array | None:
    """The general population's cumulative hazard where the settings lay it under mortality, ``(n_times,)``."""
    return population_hazard(definition, months) if definition.settings.hazard_floor else None


def _evidence(
    definition: ModelDefinition, arm: str, months: Array, estimated: Estimated, published: Published
) -> list[PublishedOS]:
    arms = arms_behind(definition, arm)
    return [PublishedOS(leaving_of(definition, a, months, estimated), published(a)) for a in arms]


def _row_of(published: PublishedOS) -> _Row:
    left = published.leaving
    return np.concatenate([left.progression_free, left.hazard, left.progression]).tobytes(), published.statistics


@lru_cache(maxsize=256)
def _calibrated(after: str, months: bytes, rows: tuple[_Row, ...]) -> Calibration:
    grid_months = np.frombuffer(months)
    evidence = []
    for hazards, statistics in rows:
        parts = np.frombuffer(hazards).reshape(3, 1, -1)
        evidence.append(PublishedOS(Leaving(*parts), statistics))
    return calibrate_to_os(after, grid_months, evidence)
