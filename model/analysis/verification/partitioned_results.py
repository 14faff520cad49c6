"""Tests of what follows from the curves: cycles, accounts, extrapolation, other structures, treatment (P16 to P26)."""

from __future__ import annotations

import math

import numpy as np

from model.analysis.base_case.against_evidence import trial_against_model
from model.analysis.verification import other_models
from model.analysis.verification.declared import (
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
from model.analysis.verification.independent import MONTHS, progressions, trapezoid, uprating, year_days
from model.analysis.verification.partitioned_survival import CURVES, FIVE_PERCENT, HALF_PERCENT, survival
from model.analysis.verification.result_calculations import half_horizon, needs_exact_days
from model.analysis.verification.under_test import UnderTest
from model.arrays import Array
from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.typed import as_printed, family_of_typed, typed_rows
from model.definition.model_definition import address_of
from model.definition.records.care import ANY_STATE
from model.definition.structure import by_states
from model.engine.costs import ADVERSE_EVENTS, END_OF_LIFE, PROGRESSION, drug_category
from model.engine.outcomes import KINDS
from model.engine.subsequent import alive_share

ACCOUNTS = Domain("Partitioned survival: what follows", CURVES.source)
LANDMARKS = (1, 2, 3, 5, 10, 15, 20)
STOP_MONTHS = 12.0


@ACCOUNTS.test(
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


@ACCOUNTS.test(
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
        for days in (28, *(year * year_days(model.definition) for year in (1, 2, 5, 10))):
            k = round(days / run.definition.settings.cycle_days)
            if k <= cycles:
                month = k * run.definition.settings.cycle_days / year_days(model.definition) * MONTHS
                wanted = float(made.family.survival(np.array([month]), made.natural)[0])
                key = f"{model.curve_label(curve.arm, curve.endpoint)}, month {month:.1f}"
                found[key] = abs(float(survival(model, curve, run)[k]) - wanted)
    return at_most(found, MACHINE, nothing="No curve has coefficients of its own.")


@ACCOUNTS.test(
    "P18a",
    "Care at the end of life is paid for once by everybody who dies",
    "Undiscounted cost of care at death beside unit cost x share dead at the horizon",
    "equal to 1e-9",
)
def end_of_life_once(model: UnderTest) -> Finding:
    items = model.definition.end_of_life
    unit = sum(item.parameter.value * uprating(model.definition, item) for item in items)
    if not unit:
        raise DoesNotApply("The inputs hold no cost of care at death.")
    if any(item.state != ANY_STATE for item in items):
        raise DoesNotApply("A cost of care at death is that of deaths in one state only.")
    paid = model.base.category("cost", END_OF_LIFE, "undiscounted")
    pairs = zip(model.arms, paid, strict=True)
    return at_most(
        {model.label(a): relative(float(v), unit * float(model.base.column(a, "Dead")[-1])) for a, v in pairs}, MACHINE
    )


@ACCOUNTS.test(
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


@ACCOUNTS.test(
    "P18c",
    "What is paid at progression is paid once for every progression that counts",
    "Undiscounted cost at progression beside unit cost x patients who progress alive (every PFS event by the setting)",
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
        survivors = alive * float(model.base.column(arm, "Progressing").sum())
        events = progressions(model.definition, model.base.column(arm, "PFS"), survivors)
        found[model.label(arm)] = relative(float(got), unit * events)
    return at_most(found, MACHINE)


@ACCOUNTS.test(
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


@ACCOUNTS.test(
    "P20",
    "The whole horizon is its first part and the rest",
    "Discounted life years at half the horizon beside the area under OS x discount factor up to there",
    "equal to 1e-9",
)
def horizon_adds_up(model: UnderTest) -> Finding:
    whole = model.edited(accrual="trapezoid")
    half = half_horizon(model, accrual="trapezoid")
    n, step = half.engine.timeline.n_cycles, model.definition.settings.cycle_days / year_days(model.definition)
    found = {}
    for k, arm in enumerate(model.arms):
        valued = whole.column(arm, "OS") * whole.column(arm, "Discount factor, effects")
        first, rest = trapezoid(valued[: n + 1], step), trapezoid(valued[n:], step)
        found[f"{model.label(arm)}, first part"] = relative(float(half.total("life_years")[k]), first)
        found[f"{model.label(arm)}, whole"] = relative(float(whole.total("life_years")[k]), first + rest)
    return at_most(found, MACHINE)


@ACCOUNTS.test(
    "P21",
    "A cohort moved from state to state gives the same life years",
    "Chances of leaving each state are read off the trace; a cohort is moved by them cycle after cycle",
    "life years by state equal, to 1e-9",
)
def cohort_gives_the_same(model: UnderTest) -> Finding:
    run, step = model.edited(accrual="trapezoid"), model.definition.settings.cycle_days / year_days(model.definition)
    lived, found = run.outcomes.life_years, {}
    for k, arm in enumerate(model.arms):
        later = sum((model.definition.parameters[name].value for name in model.definition.starting_later("pfs", arm)), 0.0)
        c = model.base.traces[arm].columns
        progressed = _cohort(c["PFS"], c["OS"], c["Progressing"], later)
        after = np.array([model.definition.is_progressed(state) for state in lived.states])
        for category, part, share in zip(("Progression-free", "Progressed"), (~after, after), progressed, strict=True):
            got = float(lived.undiscounted[0, k, part].sum())
            found[f"{category}, {model.label(arm)}"] = relative(got, trapezoid(share, step))
    return at_most(found, MACHINE)


def _cohort(pfs: Array, os: Array, progressing: Array, later: float) -> tuple[Array, Array]:
    """Shares progression-free and progressed ``(n_times,)`` of a cohort that moves by the chances of each cycle; ``later``:
    the share who start progressed."""
    free, progressed = np.full(len(pfs), 1.0 - later), np.full(len(pfs), later)
    for t in range(1, len(pfs)):
        stays = pfs[t] / pfs[t - 1] if pfs[t - 1] > 0 else 0.0
        moves = progressing[t] / pfs[t - 1] if pfs[t - 1] > 0 else 0.0
        before = os[t - 1] - pfs[t - 1]
        dies = 1 - (os[t] - pfs[t] - progressing[t]) / before if before > MACHINE else None
        free[t] = free[t - 1] * stays
        entered = free[t - 1] * moves
        progressed[t] = os[t] - pfs[t] if dies is None else progressed[t - 1] * (1 - dies) + entered
    return free, progressed


@ACCOUNTS.test(
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
                column = c[name] if (name := str(row["curve"])) in c else c[f"{name} in use"]
                wanted = float(np.interp(year, c["Years"], column))
                found[f"{model.label(arm)}, {row['curve']}, year {year}"] = abs(float(row[f"{year} years"]) - wanted)
    return at_most(found, MACHINE, nothing="The horizon ends before the first year.")


@ACCOUNTS.test(
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


@ACCOUNTS.test(
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
            end = regimen.start_day + STOP_MONTHS * year_days(model.definition) / MONTHS
            late = run.engine.timeline.days >= end + run.engine.timeline.cycle_days
            paid += float(cost.sum())
            found[f"{drug.label}, {model.label(regimen.arm)}"] = float(np.max(np.abs(cost[late]), initial=0.0))
    if not paid and any(model.base.category("cost", drug_category(d)).any() for d in model.definition.drugs):
        return Finding(FAIL, "nothing is paid within 12 months either")
    return at_most(found, EXACT)


@ACCOUNTS.test(
    "P25",
    "Doses given are those that fit into the time on treatment",
    "Doses per patient x days between them beside mean time on the drug",
    "doses cover the time, by one interval more at most",
)
def doses_fit_time(model: UnderTest) -> Finding:
    needs_exact_days(model)
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


@ACCOUNTS.test(
    "P26",
    "Typed coefficients are used as they are typed",
    "Coefficients of every curve from typed rows, converted to flexsurv's and months, beside the draws of the base case",
    "equal, to the last digit",
)
def typed_coefficients(model: UnderTest) -> Finding:
    found: dict[str, float] = {}
    for curve in model.definition.curves:
        if curve.source != "coefficients" or curve.id not in model.base.draws.values:
            continue
        if curve.endpoint == "os" and by_states(model.definition):
            continue
        rows = typed_rows(model.definition, curve, curve.distribution)
        family = family_of_typed(model.definition, curve, curve.distribution)
        printed = as_printed(curve, family, model.definition.settings.days_per_month)
        values = printed.natural(np.array([rows[name].parameter.value for name in printed.names]))
        held = model.base.draws[curve.id][0][-len(values) :]  # behind the factors of a table, if there is one
        for name, difference in zip(printed.names, np.abs(held - values), strict=True):
            address = address_of("coefficients", rows[name])
            found[address] = max(found.get(address, 0.0), float(difference))
    return at_most(found, EXACT, nothing="No curve has typed coefficients that are drawn together.")
