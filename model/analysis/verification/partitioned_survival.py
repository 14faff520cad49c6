"""Tests of what is particular to survival curves and states read off them (P)."""

from __future__ import annotations

import math

import numpy as np

from model.analysis.base_case.against_evidence import trial_against_model
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
from model.analysis.verification.independent import MONTHS, YEAR_DAYS, trapezoid, uprating
from model.analysis.verification.result_calculations import half_horizon
from model.analysis.verification.under_test import Run, UnderTest
from model.arrays import Array
from model.definition.curves.coefficients import curve_coefficients, typed_rows
from model.definition.model_definition import address_of
from model.definition.records.coherence import AFTER_BELOW
from model.definition.records.curves import Curve
from model.definition.structure import by_states
from model.engine.costs import ADVERSE_EVENTS, END_OF_LIFE, PROGRESSION, drug_category
from model.engine.outcomes import KINDS
from model.engine.subsequent import alive_share
from model.survival.families.kaplan_meier_tail import KaplanMeierTail

CURVES = Domain("Partitioned survival", "NICE DSU TSD 19 (Woods et al. 2017) and TSD 21; practice of review groups")
WANING = 24.0, 48.0  # months
HALF_PERCENT, ONE_PERCENT, FIVE_PERCENT = 0.005, 0.01, 0.05
LANDMARKS = (1, 2, 3, 5, 10, 15, 20)
STOP_MONTHS = 12.0
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
    """Curves of PFS and OS made by a relative effect, of some kinds."""
    if by_states(model.definition):
        raise DoesNotApply(ALONE)
    found = [
        c
        for c in model.definition.curves
        if c.source == "relative_effect" and c.endpoint in ("pfs", "os") and c.effect in kinds
    ]
    if not found:
        raise DoesNotApply(f"No curve of PFS or OS is made by {' or '.join(k.replace('_', ' ') for k in kinds)}.")
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


@CURVES.test(
    "P9a",
    "A relative effect of 1 changes nothing",
    "Every relative effect of PFS and OS is set to 1, without the population's floor",
    "the reference arm's curve, to 1e-12",
)
def effect_of_one(model: UnderTest) -> Finding:
    found = {}
    for curve in effects(model, ("hazard_ratio", "odds_ratio", "acceleration_factor")):
        run = no_floor(model, curve, 1.0)
        apart = survival(model, curve, run) - survival(model, reference(model, curve), run)
        found[model.curve_label(curve.arm, curve.endpoint)] = float(np.max(np.abs(apart)))
    return at_most(found, CONSERVED)


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
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


@CURVES.test(
    "P14",
    "A Kaplan-Meier curve with a tail is continuous, and the tail is the family's",
    "Survival at the switch, and later over the tail's own survival",
    "S(t) = KM(switch) x tail(t) / tail(switch), to 1e-9",
)
def kaplan_meier_then_tail(model: UnderTest) -> Finding:
    found = {}
    for curve in model.definition.curves:
        made = curve_coefficients(model.definition, curve)
        if made is None or not isinstance(made.family, KaplanMeierTail):
            continue
        family, n = made.family, len(made.family.cuts)
        times = np.array([family.switch, 1.2 * family.switch, 2 * family.switch, 4 * family.switch])
        s = family.survival(times, made.natural)
        tail = family.tail.survival(times, made.natural[n:])
        km = float(np.exp(-np.sum(family.increments[family.times <= family.switch])))
        label = model.curve_label(curve.arm, curve.endpoint)
        found[label] = float(np.max(np.abs(s - km * tail / tail[0])))
    if not found:
        raise DoesNotApply("No curve is a Kaplan-Meier curve with a tail.")
    return at_most(found, MACHINE)


@CURVES.test(
    "P16",
    "The length of the cycle hardly changes the results",
    "Cycles four times as long (a quarter as long where that would be above 31 days), with half-cycle correction",
    "life years, QALYs and costs within 0.5%; beyond: flag, to be judged (short horizon, long cycles); beyond 5%: fail",
)
def cycle_length(model: UnderTest) -> Finding:
    days = model.definition.settings.cycle_days
    other = 4 * days if 4 * days <= 31 else days / 4
    here, there = (model.edited(accrual="trapezoid", cycle_days=d) for d in (days, other))
    found: dict[str, float] = {}
    for kind in KINDS:
        pairs = zip(model.arms, there.total(kind), here.total(kind), strict=True)
        found |= {f"{kind}, {model.label(a)}": abs(float(x / y) - 1) if y else float(abs(x)) for a, x, y in pairs}
    wide, near = at_most(found, FIVE_PERCENT, ", relative"), at_most(found, HALF_PERCENT, ", relative")
    return Finding(FAIL if wide.verdict == FAIL else FLAG if near.verdict == FAIL else PASS, near.observed)


@CURVES.test(
    "P17",
    "Curves are read at the right times",
    "Survival of every curve with coefficients of its own at 28 days, 1, 2, 5 and 10 years, counted in months anew",
    "equal to the cycle of that day, to 1e-9",
)
def curves_at_their_times(model: UnderTest) -> Finding:
    found = {}
    run = model.run("no floor", lambda: other_models.with_waning(model.definition, "linear", None, None))
    cycles = model.base.engine.timeline.n_cycles
    for curve in run.definition.curves:
        made = curve_coefficients(run.definition, curve)
        if made is None or (by_states(run.definition) and curve.endpoint in ("pfs", "os")) or curve.mortality == "excess":
            continue
        for days in (28, *(year * YEAR_DAYS for year in (1, 2, 5, 10))):
            k = round(days / run.definition.settings.cycle_days)
            if k <= cycles:
                month = k * run.definition.settings.cycle_days / YEAR_DAYS * MONTHS
                wanted = float(made.family.survival(np.array([month]), made.natural)[0])
                key = f"{model.curve_label(curve.arm, curve.endpoint)}, month {month:.1f}"
                found[key] = abs(float(survival(model, curve, run)[k]) - wanted)
    if not found:
        raise DoesNotApply("No curve has coefficients of its own.")
    return at_most(found, MACHINE)


@CURVES.test(
    "P18a",
    "Care at the end of life is paid for once by everybody who dies",
    "Undiscounted cost of care at death beside unit cost x share dead at the horizon",
    "equal to 1e-9",
)
def end_of_life_once(model: UnderTest) -> Finding:
    unit = sum(item.parameter.value * uprating(model.definition, item) for item in model.definition.end_of_life)
    if not unit:
        raise DoesNotApply("The inputs hold no cost of care at death.")
    paid = model.base.category("cost", END_OF_LIFE, "undiscounted")
    pairs = zip(model.arms, paid, strict=True)
    return at_most(
        {model.label(a): relative(float(v), unit * float(model.base.column(a, "Dead")[-1])) for a, v in pairs}, MACHINE
    )


@CURVES.test(
    "P18b",
    "Adverse events cost their probability x their cost",
    "Undiscounted cost of events beside the sum over events",
    "equal to 1e-9",
)
def events_cost_once(model: UnderTest) -> Finding:
    d = model.definition
    costs = {c.event: c.parameter.value * uprating(d, c) for c in d.event_consequences if c.item == "cost"}
    if not costs or not model.definition.event_probabilities:
        raise DoesNotApply("The inputs hold no adverse events with a cost.")
    paid, found = model.base.category("cost", ADVERSE_EVENTS, "undiscounted"), {}
    for arm, got in zip(model.arms, paid, strict=True):
        rows = [p for p in model.definition.event_probabilities if p.arm == arm]
        found[model.label(arm)] = relative(float(got), sum(p.parameter.value * costs.get(p.event, 0.0) for p in rows))
    return at_most(found, MACHINE)


@CURVES.test(
    "P18c",
    "What is paid at progression is paid once by everybody who progresses alive",
    "Undiscounted cost at progression beside unit cost x patients who progress alive",
    "equal to 1e-9",
)
def progression_once(model: UnderTest) -> Finding:
    rows = [c for c in model.definition.care if c.during == "at_progression"]
    if not rows:
        raise DoesNotApply("The inputs hold no cost at progression (treatment after it: see E19).")
    paid, found = model.base.category("cost", PROGRESSION, "undiscounted"), {}
    for arm, got in zip(model.arms, paid, strict=True):
        unit = sum(c.parameter.value * uprating(model.definition, c) for c in rows if c.arm in (None, arm))
        alive = float(alive_share(model.definition, arm)(model.base.draws)[0])
        found[model.label(arm)] = relative(float(got), unit * alive * float(model.base.column(arm, "Progressing").sum()))
    return at_most(found, MACHINE)


@CURVES.test(
    "P19",
    "The part of the result that arises beyond the follow-up is reported",
    "Life years gained after the median follow-up / all life years gained, worked out again from the traces",
    "equal to the table of what arises beyond the evidence, to 1e-9",
)
def extrapolated_share(model: UnderTest) -> Finding:
    follow_up = model.definition.settings.median_follow_up
    if follow_up is None:
        raise DoesNotApply("The settings hold no median follow-up.")
    old, new = (model.arms[i] for i in model.definition.compared)
    gained = model.base.per_cycle(new, "life_years") - model.base.per_cycle(old, "life_years")
    if abs(gained.sum()) < MACHINE:
        raise DoesNotApply("No life years are gained or lost.")
    late = model.base.engine.timeline.months >= follow_up - MACHINE
    share = float(gained[late].sum() / gained.sum())
    told = float(model.case.coherence().beyond()["share_of_incremental_life_years"].iloc[0])
    found = at_most({"life years": relative(told, share)}, MACHINE)
    return Finding(found.verdict, f"{share:.0%} of the life years gained" if found.verdict == PASS else found.observed)


@CURVES.test(
    "P20",
    "The whole horizon is its first part and the rest",
    "Discounted life years at half the horizon beside the area under OS x discount factor up to there",
    "equal to 1e-9",
)
def horizon_adds_up(model: UnderTest) -> Finding:
    whole = model.edited(accrual="trapezoid")
    half = half_horizon(model, accrual="trapezoid")
    n, step = half.engine.timeline.n_cycles, model.definition.settings.cycle_days / YEAR_DAYS
    found = {}
    for k, arm in enumerate(model.arms):
        valued = whole.column(arm, "OS") * whole.column(arm, "Discount factor, effects")
        first, rest = trapezoid(valued[: n + 1], step), trapezoid(valued[n:], step)
        found[f"{model.label(arm)}, first part"] = relative(float(half.total("life_years")[k]), first)
        found[f"{model.label(arm)}, whole"] = relative(float(whole.total("life_years")[k]), first + rest)
    return at_most(found, MACHINE)


@CURVES.test(
    "P21",
    "A cohort moved from state to state gives the same life years",
    "Chances of leaving each state are read off the trace; a cohort is moved by them cycle after cycle",
    "life years by state equal, to 1e-9",
)
def cohort_gives_the_same(model: UnderTest) -> Finding:
    run, step = model.edited(accrual="trapezoid"), model.definition.settings.cycle_days / YEAR_DAYS
    lived, found = run.outcomes.life_years, {}
    for k, arm in enumerate(model.arms):
        c = model.base.traces[arm].columns
        progressed = _cohort(c["PFS"], c["OS"], c["Progressing"])
        names = {"Progression-free": progressed[0], "Progressed": progressed[1]}
        for j, category in enumerate(lived.categories):
            got = float(lived.undiscounted[0, k, j])
            found[f"{category}, {model.label(arm)}"] = relative(got, trapezoid(names[category], step))
    return at_most(found, MACHINE)


def _cohort(pfs: Array, os: Array, progressing: Array) -> tuple[Array, Array]:
    """Shares progression-free and progressed ``(n_times,)`` of a cohort that moves by the chances of each cycle."""
    free, progressed = np.ones(len(pfs)), np.zeros(len(pfs))
    for t in range(1, len(pfs)):
        stays = pfs[t] / pfs[t - 1] if pfs[t - 1] > 0 else 0.0
        moves = progressing[t] / pfs[t - 1] if pfs[t - 1] > 0 else 0.0
        before = os[t - 1] - pfs[t - 1]
        dies = 1 - (os[t] - pfs[t] - progressing[t]) / before if before > MACHINE else None
        free[t] = free[t - 1] * stays
        entered = free[t - 1] * moves
        progressed[t] = os[t] - pfs[t] if dies is None else progressed[t - 1] * (1 - dies) + entered
    return free, progressed


@CURVES.test(
    "P22",
    "The table of survival shows what the trace holds",
    "PFS, OS and time on each drug at 1, 2, 3, 5, 10, 15 and 20 years, read off the trace again",
    "equal to 1e-9",
)
def survival_table(model: UnderTest) -> Finding:
    table, found = model.case.survival(), {}
    for row in table.to_dict("records"):
        arm = next(a.id for a in model.definition.arms if a.label == row["arm"])
        c = model.base.traces[arm].columns
        for year in LANDMARKS:
            if year <= c["Years"][-1] and f"{year} years" in row:
                wanted = float(np.interp(year, c["Years"], c[str(row["curve"])]))
                found[f"{model.label(arm)}, {row['curve']}, year {year}"] = abs(float(row[f"{year} years"]) - wanted)
    if not found:
        raise DoesNotApply("The horizon ends before the first year.")
    return at_most(found, MACHINE)


@CURVES.test(
    "P23",
    "The model reproduces the statistics that it is calibrated to",
    "Statistics with a reported interval that a curve is calibrated to, beside the model after all repairs",
    "inside the reported interval; otherwise flag, to be explained",
)
def calibrated_statistics(model: UnderTest) -> Finding:
    table = trial_against_model(model.case)
    rows = [
        r for r in table.to_dict("records") if r["calibrated_to"] and not _missing(r["lower_95"], r["upper_95"], r["model"])
    ]
    if not rows:
        raise DoesNotApply("No curve is calibrated to a statistic with a reported interval.")
    outside = [
        f"{r['arm']}, {r['endpoint']}, {r['statistic']}: {r['model']:.3g} not in {r['lower_95']:.3g} to {r['upper_95']:.3g}"
        for r in rows
        if not r["lower_95"] <= r["model"] <= r["upper_95"]
    ]
    return (
        Finding(FLAG, "; ".join(outside)) if outside else Finding(PASS, f"{len(rows)} statistics, each inside its interval")
    )


def _missing(*values: object) -> bool:
    return any(v is None or (isinstance(v, float) and math.isnan(v)) for v in values)


@CURVES.test(
    "P24",
    "A drug is paid for until its longest duration, and no longer",
    "Every regimen is ended after 12 months",
    "some cost before, none after, in every arm that takes a drug",
)
def treatment_stops(model: UnderTest) -> Finding:
    if not model.definition.regimens:
        raise DoesNotApply("No arm takes a drug.")
    run = model.run("12 months", lambda: other_models.with_longest_treatment(model.definition, STOP_MONTHS))
    found, paid = {}, 0.0
    for regimen in run.definition.regimens:
        drug = run.definition.drug(regimen.drug)
        cost = run.traces[regimen.arm].undiscounted.get(("cost", drug_category(drug)))
        if cost is not None:
            end = regimen.start_day + STOP_MONTHS * YEAR_DAYS / MONTHS
            late = run.engine.timeline.days >= end + run.engine.timeline.cycle_days
            paid += float(cost.sum())
            found[f"{drug.label}, {model.label(regimen.arm)}"] = float(np.max(np.abs(cost[late]), initial=0.0))
    if not paid and any(model.base.category("cost", drug_category(d)).any() for d in model.definition.drugs):
        return Finding(FAIL, "nothing is paid within 12 months either")
    return at_most(found, EXACT)


@CURVES.test(
    "P25",
    "Doses given are those that fit into the time on treatment",
    "Doses per patient x days between them beside mean time on the drug",
    "doses cover the time, by one interval more at most",
)
def doses_fit_time(model: UnderTest) -> Finding:
    broken: list[str] = []
    seen: list[str] = []
    timeline = model.base.engine.timeline
    for regimen in model.definition.regimens:
        drug = model.definition.drug(regimen.drug)
        days = [int(w) for w in drug.dose_days.replace(";", ",").split(",")]
        if len(days) > 1 or regimen.max_doses or regimen.max_months or regimen.start_day or days != [1]:
            continue
        on = model.base.column(regimen.arm, f"On {drug.label}")
        given = np.interp(np.arange(0.0, timeline.horizon_days - MACHINE, drug.schedule_days), timeline.days, on).sum()
        lines = model.case.resource_use()
        arm = model.definition.arm(regimen.arm).label
        rows = lines[(lines["arm"] == arm) & (lines["category"] == drug_category(drug))]
        share = _share_treated(model, regimen.arm, drug.id)
        counted = float(rows.iloc[:, 4].sum()) / share if share > 0 else 0.0
        covered, lived = counted * drug.schedule_days, trapezoid(on, timeline.cycle_days)
        words = f"{drug.label}, {model.label(regimen.arm)}: {counted:.1f} doses, {lived / drug.schedule_days:.1f} intervals"
        fits = (
            -MACHINE * lived <= covered - lived <= drug.schedule_days * (1 + MACHINE)
            and relative(counted, float(given)) < MACHINE
        )
        (seen if fits else broken).append(words)
    if not (seen or broken):
        raise DoesNotApply("No drug is given once per schedule without a limit.")
    return none_of(broken, "; ".join(seen))


def _share_treated(model: UnderTest, arm: str, drug: str) -> float:
    """Share of patients who get a drug; with the doses paid for, which the table of resources counts as one."""
    rows = [t for t in model.definition.treatment if (t.arm, t.drug) == (arm, drug)]
    return next((t.parameter.value for t in rows if t.item == "share_treated"), 1.0)


@CURVES.test(
    "P26",
    "Typed coefficients are used as they are typed",
    "Coefficients of every curve from typed rows beside what the draws of the base case hold",
    "equal, to the last digit",
)
def typed_coefficients(model: UnderTest) -> Finding:
    found = {}
    for curve in model.definition.curves:
        if curve.source != "coefficients" or curve.id not in model.base.draws.values:
            continue
        rows = typed_rows(model.definition, curve, curve.distribution)
        made = curve_coefficients(model.definition, curve)
        assert made is not None
        held = model.base.draws[curve.id][0]
        for name, value in zip(made.family.parameters, held, strict=True):
            if name in rows:
                found[address_of("coefficients", rows[name])] = abs(float(value) - rows[name].parameter.value)
    if not found:
        raise DoesNotApply("No curve has typed coefficients that are drawn together.")
    return at_most(found, EXACT)
