"""Tests of discounting, of extreme inputs, and of what a decision rests on (R10 to R24)."""

from __future__ import annotations

import itertools
import math

import numpy as np

from model.analysis.columns.base_case import NHB, NMB
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
    distances,
    none_of,
    relative,
)
from model.analysis.verification.independent import cheapest_packs, discount_factor, dose_days, uprating, year_days
from model.analysis.verification.input_calculations import os_effects_count
from model.analysis.verification.result_calculations import (
    AT_START,
    HUGE_RATE,
    RESULTS,
    WORDS,
    by_arm,
    growing,
    needs_exact_days,
)
from model.analysis.verification.under_test import Run, UnderTest
from model.definition.structure import by_states
from model.engine.costs import drug_category
from model.engine.outcomes import KINDS

DECISIONS = Domain("Result calculations: discounting and decisions", RESULTS.source)
ONE_PERCENT = 0.01


def _factors(model: UnderTest, costs: bool) -> Finding:
    """Discount factors of the engine beside those worked out again, at two years and at the end."""
    timeline = model.base.engine.timeline
    found = {}
    for year in (0.0, 1.0, 2.0, 7.5, float(timeline.years[-1])):
        known = float(timeline.factor(year, "costs" if costs else "effects"))
        found[f"year {year:g}: {known:.6f}"] = relative(known, discount_factor(model.definition, year, costs))
    return at_most(found, MACHINE)


@DECISIONS.test(
    "R10a",
    "Costs are discounted at the rate of costs",
    "Discount factor at 0, 1, 2 and 7.5 years and at the end, worked out again (2 years: 1/(1+r)^2)",
    "equal to 1e-9",
)
def factors_of_costs(model: UnderTest) -> Finding:
    return _factors(model, True)


@DECISIONS.test("R10b", "Effects are discounted at the rate of effects", "The same for life years and QALYs", "equal to 1e-9")
def factors_of_effects(model: UnderTest) -> Finding:
    return _factors(model, False)


def _at_rate(model: UnderTest, rate: float) -> Run:
    """Both rates at one value, throughout."""
    settings = {"settings.discount_rate_costs": rate, "settings.discount_rate_effects": rate}
    steps = [f"discount_steps.{d.from_year:g}" for d in model.definition.discount_steps]
    return model.changed(settings | {f"{step}.{name}": rate for step in steps for name in ("rate_costs", "rate_effects")})


@DECISIONS.test(
    "R11",
    "Without a discount rate nothing is discounted",
    "Both rates are set to 0",
    "discounted equals undiscounted exactly",
)
def no_discounting(model: UnderTest) -> Finding:
    run = _at_rate(model, 0.0)
    found: dict[str, float] = {}
    for kind in KINDS:
        apart = np.abs(run.total(kind) - run.total(kind, "undiscounted"))
        found |= {f"{WORDS[kind]}, {arm}": v for arm, v in by_arm(model, apart).items()}
    return at_most(found, EXACT)


@DECISIONS.test(
    "R12a",
    "A higher discount rate gives smaller totals",
    "Both rates are set to 0, 5% and 10%",
    "life years fall from each to the next; no QALYs (where no state is worse than death) and no cost rise",
)
def higher_rates(model: UnderTest) -> Finding:
    runs = [_at_rate(model, rate) for rate in (0.0, 0.05, 0.1)]
    broken = []
    for kind in growing(model):
        steps = np.diff([run.total(kind) for run in runs], axis=0)
        grows = steps.max(axis=0) >= 0 if kind == "life_years" else steps.max(axis=0) > 0
        broken += [f"{WORDS[kind]}, {model.label(arm)}" for arm, g in zip(model.arms, grows, strict=True) if g]
    return none_of([f"{words}: does not fall" for words in broken], "life years fall; no other total rises")


@DECISIONS.test(
    "R12b",
    "At a huge discount rate only the start counts",
    "Both rates are set to 1e300 a year",
    "life years at most one cycle and costs at most those of two cycles (a year where factors change once a year)",
)
def huge_rate(model: UnderTest) -> Finding:
    s = model.definition.settings
    cycle = s.cycle_days / year_days(model.definition)
    span = 1.0 if s.discounting == "annual_step" else cycle
    run, found = _at_rate(model, HUGE_RATE), {}
    first = model.base.engine.timeline.years <= span + cycle + MACHINE
    for arm, years, cost in zip(model.arms, run.total("life_years"), run.total("cost"), strict=True):
        early = float(model.base.per_cycle(arm, "cost", "undiscounted")[first].sum())
        found[f"years beyond {span:.3f}, {model.label(arm)}"] = float(years) - span
        found[f"costs beyond the start, {model.label(arm)}"] = float(cost) / max(early, 1e-300) - 1 if cost > 0 else 0.0
    return at_most(found, AT_START)


@DECISIONS.test(
    "R13",
    "Where nobody dies, life years are the horizon",
    "OS is replaced by a curve without deaths",
    "undiscounted life years equal the years of all cycles, to 1e-9",
)
def deathless_life_years(model: UnderTest) -> Finding:
    if by_states(model.definition):
        raise DoesNotApply("In the state-transition structure OS follows from the other curves and cannot be typed.")
    run = model.run("nobody dies", lambda: other_models.with_exponential_os(model.definition, 1e-15))
    s = model.definition.settings
    wanted = s.n_cycles * s.cycle_days / year_days(model.definition)
    return at_most(
        {k: relative(v, wanted) for k, v in by_arm(model, run.total("life_years", "undiscounted")).items()}, MACHINE
    )


def _events(model: UnderTest) -> list[str]:
    names = model.parameters_of("event_probabilities")
    if not names:
        raise DoesNotApply("The inputs hold no adverse events.")
    return names


@DECISIONS.test(
    "R14",
    "Events without consequences are no events",
    "Costs and disutilities of events are set to 0; probabilities of events are set to 0",
    "the same results, to 1e-12",
)
def harmless_events(model: UnderTest) -> Finding:
    none = model.with_values(dict.fromkeys(_events(model), 0.0))
    consequences = [n for n in model.parameters_of("event_consequences") if not n.endswith("duration_days")]
    harmless = model.with_values(dict.fromkeys(consequences, 0.0))
    found: dict[str, float] = {}
    for kind in ("qaly", "cost"):
        found |= {
            f"{WORDS[kind]}, {arm}": v for arm, v in by_arm(model, distances(none.total(kind), harmless.total(kind))).items()
        }
    return at_most(found, CONSERVED)


@DECISIONS.test(
    "R15",
    "More events cost more and take QALYs away",
    "Probabilities of all events are set to 0 and to 1",
    "costs not lower and QALYs not higher from each to the next; a change in some arm",
)
def more_events(model: UnderTest) -> Finding:
    names = _events(model)
    rare, often = (model.with_values(dict.fromkeys(names, p)) for p in (0.0, 1.0))
    steps = (rare, model.base, often)
    costs, qalys = (np.diff([run.total(kind) for run in steps], axis=0) for kind in ("cost", "qaly"))
    broken = [f"costs fall, {model.label(a)}" for k, a in enumerate(model.arms) if costs[:, k].min() < -MACHINE]
    broken += [f"QALYs rise, {model.label(a)}" for k, a in enumerate(model.arms) if qalys[:, k].max() > CONSERVED]
    if not broken and not (costs > 0).any() and not (qalys < 0).any():
        broken = ["nothing changes"]
    return none_of(broken, f"from none to all: costs up to {costs.sum(axis=0).max():+,.0f}")


@DECISIONS.test(
    "R16",
    "A drug costs its doses x what one dose costs",
    "Days of doses are counted out again; cheapest packs by trying every combination; x patients on the drug on the day",
    "undiscounted acquisition cost equal to 1%, for drugs with one dose for everyone",
)
def drug_cost_by_hand(model: UnderTest) -> Finding:
    needs_exact_days(model)
    found = {}
    d, horizon = model.definition, model.base.engine.timeline.horizon_days
    for regimen in d.regimens:
        drug = d.drug(regimen.drug)
        if drug.dose_basis != "fixed" or drug.loading_dose is not None or regimen.max_doses:
            continue
        if any(p.drug == drug.id for p in d.price_changes):
            continue
        months = regimen.max_months
        stop = horizon if not months else min(horizon, regimen.start_day + months * year_days(model.definition) / 12)
        column = model.base.column(regimen.arm, f"On {drug.label}")
        shares = np.interp(dose_days(drug, regimen.start_day, stop), model.base.engine.timeline.days, column)
        wanted = float(shares.sum()) * _dose_price(model, drug.id) * _paid_share(model, regimen.arm, drug.id)
        got = model.base.category("cost", drug_category(drug), "undiscounted")[model.arms.index(regimen.arm)]
        if wanted > 0:
            found[f"{drug.label}, {model.label(regimen.arm)}"] = relative(float(got) / wanted, 1.0)
    return at_most(found, ONE_PERCENT, nothing="No drug has one dose for everyone at one price throughout.")


def _dose_price(model: UnderTest, drug_id: str) -> float:
    """What one dose of a drug with a fixed dose costs."""
    drug = model.definition.drug(drug_id)
    d = model.definition
    discount = next((x.parameter.value for x in d.discounts if x.drug == drug_id), 0.0)
    packs = [(p.contents, p.parameter.value * uprating(d, p) * (1 - discount)) for p in d.products if p.drug == drug_id]
    if drug.wastage == "shared":
        return drug.dose * min(price / contents for contents, price in packs)
    return cheapest_packs(drug.dose, packs)


def _paid_share(model: UnderTest, arm: str, drug: str) -> float:
    """Share of patients who get a drug x share of planned doses that are paid for."""
    rows = {t.item: t.parameter.value for t in model.definition.treatment if (t.arm, t.drug) == (arm, drug)}
    return rows.get("share_treated", 1.0) * rows.get("relative_dose_intensity", 1.0)


@DECISIONS.test(
    "R17",
    "Half the effect gives about half the gain",
    "The hazard ratio of OS is replaced by its square root",
    "undiscounted life years gained between 30% and 75% of the base case; otherwise flag, to be explained",
)
def half_the_effect(model: UnderTest) -> Finding:
    new = model.definition.settings.intervention
    name = f"relative_effects.{new}.os"
    curve = model.definition.curve(new, "os")
    if curve is None or curve.source != "relative_effect" or curve.effect != "hazard_ratio" or not os_effects_count(model):
        raise DoesNotApply("OS of the intervention is not a hazard ratio on the comparator's.")
    i, j = model.definition.compared
    half = model.with_values({name: math.sqrt(model.value(name))})
    gains = [float(np.diff(run.total("life_years", "undiscounted")[[i, j]])[0]) for run in (model.base, half)]
    if abs(gains[0]) < MACHINE:
        raise DoesNotApply("No life years are gained.")
    share = gains[1] / gains[0]
    if not 0 < share < 1:
        return Finding(FAIL, f"{share:.0%} of the gain")
    return Finding(PASS if 0.3 <= share <= 0.75 else FLAG, f"{share:.0%} of the gain")


@DECISIONS.test(
    "R18",
    "The frontier holds the options that are best at some threshold",
    "Every option is tried at thresholds between all pairs of ratios; sequential ratios are looked at",
    "the same options; ratios that do not fall",
)
def frontier(model: UnderTest) -> Finding:
    table = model.case.incremental()
    cost, qalys = model.case.compared_costs, model.case.compared_qalys
    pairs = itertools.permutations(range(len(cost)), 2)
    ratios = sorted({(cost[a] - cost[b]) / (qalys[a] - qalys[b]) for a, b in pairs if qalys[a] != qalys[b]})
    grid = [0.0, *(r for r in ratios if r > 0)]
    between = [(a + b) / 2 for a, b in itertools.pairwise(grid)] + [grid[-1] * 2 + 1, grid[1] / 2 if len(grid) > 1 else 0.5]
    best = {int(np.argmax(x * qalys - cost)) for x in between}
    labels = model.case.arm_labels
    told = set(table.loc[table["status"].isin(["reference", "on frontier"]), "option"])
    wrong = {labels[k] for k in best} - told
    sequential = [float(x) for x in table["icer"].dropna()]
    broken = [f"{name} is best at some threshold and not on the frontier" for name in sorted(wrong)]
    broken += [f"{name} is on the frontier and best at no threshold" for name in sorted(told - {labels[k] for k in best})]
    broken += ["sequential ratios fall"] if any(b < a for a, b in itertools.pairwise(sequential)) else []
    return none_of(broken, f"on the frontier: {', '.join(sorted(told))}")


@DECISIONS.test(
    "R19",
    "Words fit the quadrant, and no negative ratio is told",
    "Every arm beside the comparator: signs of the increments, conclusion and ratios",
    "dominant, dominated or a positive ratio, as the signs say",
)
def words_fit_quadrants(model: UnderTest) -> Finding:
    broken = []
    for row in model.case.pairwise().to_dict("records"):
        cost, effect = float(row["incremental_cost"]), float(row["incremental_effect"])
        told = {
            "dominant": cost <= 0 <= effect and (cost, effect) != (0, 0),
            "dominated": effect <= 0 <= cost and (cost, effect) != (0, 0),
            "more costly and more effective": cost > 0 < effect,
            "less costly and less effective": cost < 0 > effect,
            "identical": cost == 0 == effect,
        }
        ratios = [float(row[name]) for name in ("icer", "saving_per_unit_forgone")]
        if not told.get(str(row["conclusion"]), False) or any(r < 0 for r in ratios):
            broken.append(f"{row['option']}: {row['conclusion']} at {cost:,.0f} and {effect:.4f}")
        elif not math.isnan(ratios[0]) and (cost <= 0 or relative(ratios[0], cost / effect) > MACHINE):
            broken.append(f"{row['option']}: ratio {ratios[0]:,.0f}")
    return none_of(broken, "; ".join(f"{r['option']}: {r['conclusion']}" for r in model.case.pairwise().to_dict("records")))


@DECISIONS.test(
    "R20",
    "Every number reported comes from the model, and comes again",
    "The base case is run a second time from the inputs; the table of totals is compared with it",
    "equal to the last digit",
)
def results_come_again(model: UnderTest) -> Finding:
    again, table = Run(model.definition).outcomes, model.case.totals()
    found = {}
    for name, account in (("life_years", again.life_years), ("qalys", again.qalys), ("costs", again.costs)):
        for suffix, which in (("", "discounted"), ("_undiscounted", "undiscounted")):
            apart = np.abs(table[f"{name}{suffix}"].to_numpy(dtype=float) - account.total(which)[0])
            found[f"{name}, {which}"] = float(np.max(apart))
    return at_most(found, EXACT)


@DECISIONS.test(
    "R21",
    "Younger patients live longer in every arm",
    "Age at time zero is lowered by 5 years",
    "undiscounted life years of no arm fall, to 1e-9",
)
def younger_patients(model: UnderTest) -> Finding:
    d = model.definition
    age = d.population_value("start_age")
    if not d.settings.hazard_floor or not d.life_table:
        raise DoesNotApply("Survival does not depend on age: the general population's floor is switched off.")
    if by_states(d):
        raise DoesNotApply("Survival after progression is calibrated to OS at any age.")
    if any(c.mortality == "excess" for c in d.curves):
        raise DoesNotApply("Curves of excess mortality would have to be fitted again for another age.")
    if age - 5 < min(row.age for row in d.life_table):
        raise DoesNotApply("The life table does not reach that far down.")
    younger = model.changed({"population.start_age": age - 5})
    fall = model.base.total("life_years", "undiscounted") - younger.total("life_years", "undiscounted")
    if np.all(np.abs(fall) < CONSERVED) and _population_matters(model):
        return Finding(FAIL, "life years do not change")
    return at_most(by_arm(model, fall), MACHINE)


def _population_matters(model: UnderTest) -> bool:
    """Does the floor move OS in any arm?"""
    steps = [(model.base.column(a, "OS of the curve"), model.base.column(a, "OS after hazard floor")) for a in model.arms]
    return any(np.max(np.abs(before - after)) > MACHINE for before, after in steps)


@DECISIONS.test(
    "R22",
    "Net monetary and net health benefit put the options in the same order",
    "Both are worked out again at every threshold and compared with the table",
    "equal to 1e-9; same order",
)
def net_benefits_agree(model: UnderTest) -> Finding:
    found: dict[str, float] = {}
    broken: list[str] = []
    for row in model.case.net_benefit().to_dict("records"):
        threshold = float(row["willingness_to_pay"])
        monetary = threshold * model.base.total("qaly") - model.base.total("cost")
        health = model.base.total("qaly") - model.base.total("cost") / threshold
        told = [[float(row[c.of(arm=a).name]) for a in model.case.arm_labels] for c in (NMB, NHB)]
        for values, wanted in zip(told, (monetary, health), strict=True):
            found[f"at {threshold:,.0f}"] = max(
                found.get(f"at {threshold:,.0f}", 0.0), *(relative(a, b) for a, b in zip(values, wanted, strict=True))
            )
        if int(np.argmax(told[0])) != int(np.argmax(told[1])):
            broken.append(f"another option is best at {threshold:,.0f}")
    return none_of(broken, "") if broken else at_most(found, MACHINE)


@DECISIONS.test(
    "R23",
    "At its ICER the intervention has no net benefit over the comparator",
    "Incremental net monetary benefit at the ratio of the base case",
    "0, to 1e-9 of the incremental cost",
)
def net_benefit_at_the_icer(model: UnderTest) -> Finding:
    ratio = model.case.icer
    if ratio is None:
        raise DoesNotApply("The intervention is not both dearer and more effective: there is no ratio.")
    left = abs(model.case.inmb(ratio)) / abs(model.case.incremental_cost)
    return at_most({f"at {ratio:,.0f}": left}, MACHINE)


@DECISIONS.test(
    "R24",
    "Increments are differences of totals",
    "Differences of costs, QALYs and life years are worked out again",
    "equal to 1e-9",
)
def increments_are_differences(model: UnderTest) -> Finding:
    i, j = model.definition.compared
    case = model.case
    told = {"cost": case.incremental_cost, "qaly": case.incremental_qalys, "life_years": case.incremental_life_years}
    differences = {k: float(model.base.total(k)[j] - model.base.total(k)[i]) for k in told}
    return at_most({WORDS[k]: relative(told[k], differences[k]) for k in told}, MACHINE)
