"""Tests of what acts on a curve: relative effects, waning, the floor, a tail (P9 to P14)."""

from __future__ import annotations

import numpy as np

from model.analysis.verification import other_models
from model.analysis.verification.declared import CONSERVED, MACHINE, DoesNotApply, Domain, Finding, at_most, none_of
from model.analysis.verification.partitioned_survival import CURVES, effects, hazard, no_floor, reference, survival
from model.analysis.verification.under_test import Run, UnderTest
from model.definition.curves.coefficients import curve_coefficients
from model.definition.records.curves import Curve
from model.definition.structure import by_states
from model.survival.effects import EFFECT_KINDS
from model.survival.families.kaplan_meier_tail import KaplanMeierTail
from model.survival.families.one_of_several import OneOfSeveral
from model.survival.families.table_tail import TableTail

EFFECTS = Domain("Partitioned survival: effects on curves", CURVES.source)
WANING = 24.0, 48.0  # months


@EFFECTS.test(
    "P9a",
    "A relative effect of 1 changes nothing",
    "Every relative effect of PFS and OS is set to 1, without the population's floor",
    "the reference arm's curve, to 1e-12",
)
def effect_of_one(model: UnderTest) -> Finding:
    found = {}
    for curve in effects(model, tuple(EFFECT_KINDS)):
        run = no_floor(model, curve, 1.0)
        apart = survival(model, curve, run) - survival(model, reference(model, curve), run)
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.max(np.abs(apart)))
    return at_most(found, CONSERVED)


@EFFECTS.test(
    "P9b",
    "A hazard ratio below 1 gives better survival at every time",
    "Hazard ratios are set to 0.7, without the population's floor",
    "above the reference arm's curve in every cycle after the first",
)
def effect_below_one(model: UnderTest) -> Finding:
    broken: list[str] = []
    seen: list[str] = []
    for curve in effects(model):
        run = no_floor(model, curve, 0.7)
        ahead = survival(model, curve, run)[1:] - survival(model, reference(model, curve), run)[1:]
        words = f"{model.curve_label(curve.arm, curve.endpoint)}: {ahead.min():.2g} to {ahead.max():.2g} above"
        (seen if np.all(ahead >= 0) and ahead.max() > 0 else broken).append(words)
    return none_of(broken, "; ".join(seen))


@EFFECTS.test(
    "P9c",
    "A hazard ratio near 0 leaves no events",
    "Hazard ratios are set to 1e-12, without the population's floor",
    "everybody event-free at the end, to 1e-6",
)
def effect_near_nothing(model: UnderTest) -> Finding:
    found = {}
    for curve in effects(model):
        left = survival(model, curve, no_floor(model, curve, 1e-12))[-1]
        found[model.curve_label(curve.arm, curve.endpoint)] = abs(1 - float(left))
    return at_most(found, 1e-6)


@EFFECTS.test(
    "P10",
    "Under a hazard ratio the cumulative hazards keep their ratio",
    "Cumulative hazards of both arms in every cycle, without floor and waning",
    "the hazard ratio, to 1e-6",
)
def hazards_are_proportional(model: UnderTest) -> Finding:
    found = {}
    for curve in effects(model):
        run = no_floor(model, curve)
        wanted = model.value(f"relative_effects.{curve.arm}.{curve.endpoint}")
        treated, other = hazard(model, curve, run)[1:], hazard(model, reference(model, curve), run)[1:]
        ratio = treated[other > 1e-6] / other[other > 1e-6]
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.nanmax(np.abs(ratio / wanted - 1), initial=0.0))
    return at_most(found, 1e-6)


def _waned(model: UnderTest, waning: str, start: float, end: float) -> Run:
    key = f"waning {waning} {start} {end}"
    return model.run(key, lambda: other_models.with_waning(model.definition, waning, start, end))


def _reference_is_plain(model: UnderTest, curve: Curve) -> bool:
    """Does the reference arm have a curve of its own, which does not wane?"""
    return reference(model, curve).source != "relative_effect"


def _waning_effects(model: UnderTest) -> list[Curve]:
    found = [c for c in effects(model, ("hazard_ratio", "odds_ratio")) if _reference_is_plain(model, c)]
    if not found:
        raise DoesNotApply("No relative effect starts from a curve of its own.")
    return found


@EFFECTS.test(
    "P11a",
    "After waning the treated hazard is the reference arm's",
    "Relative effects are made to wane from month 24 to 48; hazards of later cycles",
    "equal to the reference arm's in every cycle, to 1e-6",
)
def hazards_meet_after_waning(model: UnderTest) -> Finding:
    months, found = model.base.engine.timeline.months, {}
    later = months[:-1] >= WANING[1]
    if not later.any():
        raise DoesNotApply("The horizon ends before month 48.")
    for curve in _waning_effects(model):
        run = _waned(model, "linear", *WANING)
        apart = np.diff(hazard(model, curve, run)) - np.diff(hazard(model, reference(model, curve), run))
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.nanmax(np.abs(apart[later]), initial=0.0))
    return at_most(found, 1e-6)


@EFFECTS.test(
    "P11b",
    "Before waning begins nothing is changed",
    "The same waning; curves up to month 24 beside those without waning",
    "equal, to 1e-12",
)
def nothing_before_waning(model: UnderTest) -> Finding:
    early, found = model.base.engine.timeline.months <= WANING[0], {}
    for curve in _waning_effects(model):
        apart = survival(model, curve, _waned(model, "linear", *WANING)) - survival(model, curve, no_floor(model, curve))
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.max(np.abs(apart[early])))
    return at_most(found, CONSERVED)


@EFFECTS.test(
    "P11c",
    "Waning that starts and ends at one time is a step",
    "Linear waning from month 24 to 24 beside a step at month 24",
    "equal, to 1e-9",
)
def waning_at_once_is_a_step(model: UnderTest) -> Finding:
    found = {}
    for curve in _waning_effects(model):
        linear, step = (survival(model, curve, _waned(model, w, WANING[0], WANING[0])) for w in ("linear", "step"))
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.max(np.abs(linear - step)))
    return at_most(found, MACHINE)


@EFFECTS.test(
    "P12",
    "Waning of a benefit never lowers the hazard",
    "Effects below 1 are made to wane from month 24 to 48; cumulative hazards with and without waning",
    "with waning nowhere lower, to 1e-9; higher at the end",
)
def waning_takes_away(model: UnderTest) -> Finding:
    if model.base.engine.timeline.months[-1] <= WANING[0] + MACHINE:
        raise DoesNotApply("The horizon ends before the waning begins.")
    broken: list[str] = []
    seen: list[str] = []
    for curve in _waning_effects(model):
        if model.value(f"relative_effects.{curve.arm}.{curve.endpoint}") >= 1:
            continue
        more = hazard(model, curve, _waned(model, "linear", *WANING)) - hazard(model, curve, no_floor(model, curve))
        words = f"{model.curve_label(curve.arm, curve.endpoint)}: up to {np.nanmax(more):.3g} higher"
        (seen if np.nanmin(more) >= -MACHINE and np.nanmax(more) > 0 else broken).append(words)
    if not (seen or broken):
        raise DoesNotApply("No hazard or odds ratio is below 1.")
    return none_of(broken, "; ".join(seen))


@EFFECTS.test(
    "P13",
    "The general population's floor never adds life years",
    "Undiscounted life years with the floor and without it",
    "with the floor not above, to 1e-9",
)
def floor_never_adds(model: UnderTest) -> Finding:
    if not model.definition.life_table:
        raise DoesNotApply("The inputs hold no life table.")
    if by_states(model.definition):
        raise DoesNotApply("Survival after progression is calibrated to OS with the floor and without it.")
    with_it, without = (model.edited(hazard_floor=on).total("life_years", "undiscounted") for on in (True, False))
    return at_most({model.label(a): float(v) for a, v in zip(model.arms, with_it - without, strict=True)}, MACHINE)


@EFFECTS.test(
    "P14",
    "A Kaplan-Meier curve with a tail is continuous, and the tail is the family's",
    "Survival at the switch, and later over the tail's own survival",
    "S(t) = KM(switch) x tail(t) / tail(switch), or KM(switch) x tail(t - switch) where the clock restarts, to 1e-9",
)
def kaplan_meier_then_tail(model: UnderTest) -> Finding:
    found = {}
    for curve in model.definition.curves:
        made = curve_coefficients(model.definition, curve)
        family = None if made is None else made.family
        natural = np.zeros(0) if made is None else made.natural
        if isinstance(family, OneOfSeveral):
            natural = family.of_own(natural)
            family = family.own
        if not isinstance(family, KaplanMeierTail | TableTail):
            continue
        label = model.curve_label(curve.arm, curve.endpoint)
        times = np.array([family.switch, 1.2 * family.switch, 2 * family.switch, 4 * family.switch])
        s, begin = family.survival(times, natural), 0.0
        if isinstance(family, KaplanMeierTail):
            km = float(np.exp(-np.sum(family.increments[family.times <= family.switch])))
        else:
            km, begin = _read_off(family), family.switch if family.clock == "restarts" else 0.0
        tail = family.tail.survival(times - begin, natural[len(natural) - len(family.tail.parameters) :])
        found[label] = float(np.max(np.abs(s - km * tail / tail[0])))
    return at_most(found, MACHINE, nothing="No curve is a Kaplan-Meier curve with a tail.")


def _read_off(family: TableTail) -> float:
    """Survival where the tail begins, between two rows of the table on a straight line of its logarithm."""
    times, values = family.table.times, family.table.values
    row = int(np.flatnonzero(times <= family.switch)[-1])
    if row + 1 == len(times) or times[row] == family.switch:
        return float(values[row])
    share = (family.switch - times[row]) / (times[row + 1] - times[row])
    return float(values[row] ** (1 - share) * values[row + 1] ** share)
