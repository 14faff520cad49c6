"""Tests of what is particular to survival curves and states read off them (P)."""

from __future__ import annotations

import math

import numpy as np

from model.analysis.verification import other_models
from model.analysis.verification.declared import (
    CONSERVED,
    EXACT,
    FAIL,
    FLAG,
    MACHINE,
    PASS,
    DoesNotApply,
    Domain,
    Finding,
    at_most,
    none_of,
    relative,
)
from model.analysis.verification.independent import trapezoid
from model.analysis.verification.under_test import Run, UnderTest
from model.arrays import Array
from model.definition.records.coherence import AFTER_BELOW
from model.definition.records.curves import Curve
from model.definition.structure import by_states
from model.engine.subsequent import alive_share

CURVES = Domain("Partitioned survival", "NICE DSU TSD 19 (Woods et al. 2017) and TSD 21; practice of review groups")
HALF_PERCENT, ONE_PERCENT, FIVE_PERCENT = 0.005, 0.01, 0.05
ALONE = "In the state-transition structure OS is not a curve of its own."


def survival(model: UnderTest, curve: Curve, run: Run | None = None) -> Array:
    """A curve in use over the cycles, before crossing is repaired ``(n_times,)``."""
    run = run or model.base
    own = run.definition.curve(curve.arm, curve.endpoint)
    assert own is not None
    return run.engine.states.in_use(own, run.draws)[0]


def hazard(model: UnderTest, curve: Curve, run: Run) -> Array:
    """Its cumulative hazard, while more than one in a billion are left."""
    s = survival(model, curve, run)
    return -np.log(np.where(s > MACHINE, s, np.nan))


def each_curve(model: UnderTest) -> dict[str, Array]:
    """Every curve in use by its name in words."""
    return {model.curve_label(c.arm, c.endpoint): survival(model, c) for c in model.definition.curves}


def effects(model: UnderTest, kinds: tuple[str, ...] = ("hazard_ratio",)) -> list[Curve]:
    """Curves of PFS and OS made by a relative effect, of some kinds; not those of an excess hazard, on which an effect acts
    before the general population's mortality is added."""
    if by_states(model.definition):
        raise DoesNotApply(ALONE)
    found = [
        c
        for c in model.definition.curves
        if c.source == "relative_effect" and c.endpoint in ("pfs", "os") and c.effect in kinds and c.mortality != "excess"
    ]
    if not found:
        raise DoesNotApply(f"No curve of all-cause PFS or OS is made by {' or '.join(k.replace('_', ' ') for k in kinds)}.")
    return found


def no_floor(model: UnderTest, curve: Curve, ratio: float | None = None) -> Run:
    """A run without the general population's floor and without waning, with a relative effect of some size."""
    run = model.run("no floor", lambda: other_models.with_waning(model.definition, "linear", None, None))
    name = f"relative_effects.{curve.arm}.{curve.endpoint}"
    return run if ratio is None else model.with_values({name: ratio}, run)


def reference(model: UnderTest, curve: Curve) -> Curve:
    """The curve that a relative effect starts from."""
    found = model.definition.curve(curve.reference_arm or "", curve.endpoint)
    assert found is not None
    return found


@CURVES.test("P1", "Everybody is event-free at the start", "Every curve in use at time zero", "1, to the last digit")
def curves_start_at_one(model: UnderTest) -> Finding:
    return at_most({name: abs(float(s[0]) - 1) for name, s in each_curve(model).items()}, EXACT)


@CURVES.test(
    "P2",
    "Curves never rise, and stay between 0 and 1",
    "Every curve in use over all cycles",
    "no rise, nothing outside, to 1e-12; every value a number",
)
def curves_never_rise(model: UnderTest) -> Finding:
    found = {}
    for name, s in each_curve(model).items():
        found[f"{name}, rise"] = float(np.max(np.diff(s)))
        found[f"{name}, outside"] = float(max(np.max(s) - 1, -np.min(s)))
    return at_most(found, CONSERVED)


@CURVES.test(
    "P4",
    "Crossing of PFS and OS is reported as it is before repair",
    "First month, largest gap and area where PFS lies above OS are worked out again from the curves",
    "equal to what is reported, to 1e-9",
)
def crossing_is_reported(model: UnderTest) -> Finding:
    if by_states(model.definition):
        raise DoesNotApply("In the state-transition structure PFS cannot exceed OS.")
    o, months, found, words = model.base.outcomes, model.base.engine.timeline.months, {}, []
    for k, arm in enumerate(model.arms):
        pfs, os = (model.base.column(arm, c) for c in ("PFS before repair", "OS after hazard floor"))
        gap = np.maximum(pfs - os, 0.0)
        crossed = np.flatnonzero(gap > CONSERVED)
        first = float(months[crossed[0]]) if len(crossed) else math.nan
        told = o.crossing_first_month[0, k], o.crossing_largest_gap[0, k], o.crossing_area_months[0, k]
        same_month = told[0] == first or (math.isnan(told[0]) and math.isnan(first))
        found[f"{model.label(arm)}, first month"] = 0.0 if same_month else math.inf
        largest, area = (float(gap.max()), float(gap.sum() * months[1])) if len(crossed) else (0.0, 0.0)
        found[f"{model.label(arm)}, gap"] = relative(float(told[1]), largest)
        found[f"{model.label(arm)}, area"] = relative(float(told[2]), area)
        crosses = f"from month {first:.0f}, by {largest:.2%} at most" if len(crossed) else "no crossing"
        words.append(f"{model.label(arm)}: {crosses}")
    verdict = at_most(found, MACHINE)
    return Finding(verdict.verdict, "; ".join(words) if verdict.verdict == PASS else verdict.observed)


@CURVES.test(
    "P5",
    "Repair of crossing leaves OS alone and never raises PFS",
    "PFS and OS before and after repair",
    "OS equal; PFS nowhere higher, to 1e-12",
)
def repair_lowers_pfs(model: UnderTest) -> Finding:
    if by_states(model.definition):
        raise DoesNotApply("In the state-transition structure nothing is repaired.")
    if model.definition.settings.crossing == "raise_os":
        raise DoesNotApply("A setting raises OS to PFS, to reproduce tools that do so.")
    found = {}
    for arm in model.arms:
        c = model.base.traces[arm].columns
        found[f"{model.label(arm)}, OS"] = float(np.max(np.abs(c["OS"] - c["OS after hazard floor"])))
        found[f"{model.label(arm)}, PFS raised"] = float(np.max(c["PFS"] - c["PFS before repair"]))
    return at_most(found, CONSERVED)


def deaths_after(model: UnderTest, arm: str) -> Array:
    """Deaths of progressed patients in every cycle: all deaths less those before progression."""
    c = model.base.traces[arm].columns
    alive = float(alive_share(model.definition, arm)(model.base.draws)[0])
    before = -np.diff(c["PFS"]) - alive * c["Progressing"][1:]
    return np.diff(c["Dead"]) - before


@CURVES.test(
    "P6",
    "Cycles in which the curves imply fewer than no deaths after progression are reported",
    "Deaths of progressed patients of every cycle are worked out again: all deaths less those among PFS events",
    "none below 0, or as many cycles as the table after progression tells",
)
def negative_deaths_are_reported(model: UnderTest) -> Finding:
    told, broken, words = model.case.post_progression(), [], []
    for k, arm in enumerate(model.arms):
        n = int((deaths_after(model, arm) < -CONSERVED).sum())
        row = told.iloc[k].to_dict()
        counted = next(int(v) for name, v in row.items() if str(name).startswith("cycles"))
        words.append(f"{model.label(arm)}: {n} cycles")
        broken += [f"{model.label(arm)}: {n} cycles, {counted} told"] if counted != n else []
    return none_of(broken, f"{'; '.join(words)} below 0, all told")


@CURVES.test(
    "P7",
    "Mortality after progression below the general population's is flagged",
    "Mortality of the progressed in every cycle beside the population's, while more than the flag's share are progressed",
    "nowhere below, or the flag of coherence is raised",
)
def low_mortality_is_flagged(model: UnderTest) -> Finding:
    limit = next((f for f in model.definition.coherence_limits if f.flag == AFTER_BELOW), None)
    if (
        limit is None
        or not model.definition.life_table
        or "General population" not in model.base.traces[model.arms[0]].columns
    ):
        raise DoesNotApply("The flag is not looked for, or there is no life table in use.")
    told = model.case.coherence().flags()
    raised = told[told["flag"] == AFTER_BELOW].set_index("arm")["raised"]
    broken, words = [], []
    for arm in model.arms:
        c = model.base.traces[arm].columns
        share = (c["Progressed"][1:] + c["Progressed"][:-1]) / 2
        step = float(c["Years"][1])
        population = np.diff(-np.log(np.maximum(c["General population"], 1e-300))) / step
        looked = share > max(limit.share or 0.0, ONE_PERCENT)
        rate = np.divide(deaths_after(model, arm), share * step, out=np.full(len(share), np.inf), where=looked)
        below = bool(np.any(rate[looked] < 0.99 * limit.limit * population[looked]))
        is_raised = bool(raised.get(model.label(arm), False))
        words.append(
            f"{model.label(arm)}: {'below at times' if below else 'not below'}, {'' if is_raised else 'not '}flagged"
        )
        broken += [words[-1]] if below and not is_raised else []
    return none_of(broken, "; ".join(words))


@CURVES.test(
    "P8",
    "Survival after progression that the curves imply is reported",
    "Years progressed / patients who progress alive, worked out again for every arm",
    "equal to the table after progression, to 1e-9; a ratio between arms above 2: flag, to be explained",
)
def survival_after_progression(model: UnderTest) -> Finding:
    told, found, years = model.case.post_progression(), {}, []
    for k, arm in enumerate(model.arms):
        c = model.base.traces[arm].columns
        step = float(c["Years"][1])
        alive = float(alive_share(model.definition, arm)(model.base.draws)[0]) * float(c["Progressing"].sum())
        if alive > 0:
            mean = trapezoid(c["Progressed"], step) / alive
            years.append(mean)
            found[model.label(arm)] = relative(float(told.iloc[:, 2].to_numpy(dtype=float)[k]), mean)
    if not found:
        raise DoesNotApply("Nobody progresses alive.")
    verdict = at_most(found, MACHINE)
    words = "; ".join(f"{arm}: {y:.2f} years" for arm, y in zip(found, years, strict=True))
    apart = max(years) > 2 * min(years)
    return verdict if verdict.verdict == FAIL else Finding(FLAG if apart else PASS, words)
