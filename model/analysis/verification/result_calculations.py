"""Tests of the results: totals, discounting, horizon, events, increments, frontier (R)."""

from __future__ import annotations

import itertools

import numpy as np

from model.analysis.verification.declared import (
    CONSERVED,
    FAIL,
    FLAG,
    MACHINE,
    NO_COSTS,
    PASS,
    DoesNotApply,
    Domain,
    Finding,
    at_most,
    none_of,
    relative,
)
from model.analysis.verification.independent import trapezoid, year_days
from model.analysis.verification.input_calculations import prices_of
from model.analysis.verification.under_test import Run, UnderTest
from model.arrays import Array
from model.definition.records.settings import ACCRUALS
from model.definition.sampling.draws import Draws
from model.definition.structure import by_states
from model.engine.costs import drug_category
from model.engine.outcomes import KINDS
from model.engine.utilities import state_utilities

RESULTS = Domain("Result calculations", "TECH-VER (Buyukkaramikli et al. 2019), result calculations")
WORDS = {"life_years": "life years", "qaly": "QALYs", "cost": "costs"}
HUGE_RATE, AT_START = 1e300, 1e-3


def by_arm(model: UnderTest, values: Array) -> dict[str, float]:
    """Values ``(n_arms,)`` under the short names of the arms."""
    return {model.label(arm): float(v) for arm, v in zip(model.arms, values, strict=True)}


@RESULTS.test(
    "R1",
    "The arm that lives longer at all times gains life years and QALYs",
    "PFS and OS of the intervention beside those of the comparator in every cycle",
    "where neither curve is ever below: life years and QALYs not below; a loss of QALYs: flag, to be explained",
)
def longer_life_gains(model: UnderTest) -> Finding:
    old, new = (model.arms[i] for i in model.definition.compared)
    ahead = [np.all(model.base.column(new, c) >= model.base.column(old, c) - CONSERVED) for c in ("PFS", "OS")]
    if not all(ahead):
        raise DoesNotApply("Neither arm is ahead in both PFS and OS at all times.")
    i, j = model.definition.compared
    years, qalys = (float(model.base.total(k)[j] - model.base.total(k)[i]) for k in ("life_years", "qaly"))
    seen = f"{years:+.4f} life years, {qalys:+.4f} QALYs"
    if years < -CONSERVED:
        return Finding(FAIL, seen)
    return Finding(FLAG if qalys < -CONSERVED else PASS, seen)


@RESULTS.test(
    "R2",
    "A dearer drug of one arm raises the difference in cost by what the drug costs more",
    "The price of every drug that only the intervention takes is raised by 10%",
    "the incremental cost rises by a tenth of the drug's cost, to 1e-9",
)
def dearer_intervention(model: UnderTest) -> Finding:
    s = model.definition.settings
    own = {r.drug for r in model.definition.regimen(s.intervention)} - {
        r.drug for r in model.definition.regimen(s.comparator)
    }
    later = {r.drug for r in model.definition.subsequent}
    old, new = model.definition.compared
    found = {}
    for drug in (d for d in model.definition.drugs if d.id in own - later):
        cost = model.base.category("cost", drug_category(drug))[new]
        dearer = model.with_values({k: 1.1 * model.value(k) for k in prices_of(model, drug.id)})
        rise = np.diff([run.total("cost")[new] - run.total("cost")[old] for run in (model.base, dearer)])[0]
        if cost > 0:
            found[drug.label] = relative(rise / (0.1 * cost), 1.0)
    return at_most(found, MACHINE, nothing="The intervention has no drug of its own.")


@RESULTS.test(
    "R3",
    "A life year is worth one QALY at most",
    "QALYs beside life years of every arm, undiscounted",
    "QALYs not above, to 1e-12",
)
def qalys_below_life_years(model: UnderTest) -> Finding:
    undiscounted = (model.base.total(kind, "undiscounted") for kind in ("qaly", "life_years"))
    return at_most(by_arm(model, np.subtract(*undiscounted)), CONSERVED)


@RESULTS.test(
    "R4a",
    "Discounting never adds life years or QALYs",
    "Time and QALYs of every state, undiscounted beside discounted",
    "undiscounted not below, to 1e-12",
)
def discounting_lowers_effects(model: UnderTest) -> Finding:
    found: dict[str, float] = {}
    for account in (model.base.outcomes.life_years, model.base.outcomes.qalys):
        above = np.abs(account.discounted[0]) - np.abs(account.undiscounted[0])
        for k, category in enumerate(account.categories):
            found |= {f"{category}, {arm}": v for arm, v in by_arm(model, above[:, k]).items()}
    return at_most(found, CONSERVED)


@RESULTS.test(
    "R4b",
    "Discounting never adds costs",
    "Every category of cost, undiscounted beside discounted",
    "undiscounted not below, to 1e-9",
)
def discounting_lowers_costs(model: UnderTest) -> Finding:
    account = model.base.outcomes.costs
    found: dict[str, float] = {}
    above = account.discounted[0] - account.undiscounted[0]
    for k, category in enumerate(account.categories):
        found |= {f"{category}, {arm}": v for arm, v in by_arm(model, above[:, k]).items()}
    return at_most(found, MACHINE, nothing=NO_COSTS)


@RESULTS.test(
    "R5",
    "Mean utility lies between the lowest and the highest utility",
    "Undiscounted QALYs / life years of every arm without events and changes on treatment, beside the utilities",
    "between them, the lowest after age adjustment, to 1e-9",
)
def mean_utility(model: UnderTest) -> Finding:
    values = dict.fromkeys(model.parameters_of("event_probabilities"), 0.0)
    values |= {f"utilities.{u.id}": 0.0 for u in model.definition.utilities if u.state == "on_treatment"}
    run = model.with_values(values)
    used = _utilities(model, run.draws)
    lowest, highest = _norm_range(model)
    low, high = min(u * r for u in used for r in (lowest, highest)), max(u * r for u in used for r in (lowest, highest))
    mean = run.total("qaly", "undiscounted") / run.total("life_years", "undiscounted")
    outside = np.maximum(mean - high, low - mean)
    found = at_most(by_arm(model, outside), MACHINE)
    return Finding(found.verdict, f"{', '.join(f'{m:.3f}' for m in mean)}; utilities from {low:.3f} to {high:.3f}")


def _utilities(model: UnderTest, draws: Draws) -> list[float]:
    """Every utility that a state of living patients has, in any arm at any time."""
    return [
        float(value(draws)[0]) for s in model.definition.living_states for value in state_utilities(model.definition, s.id)
    ]


def _norm_range(model: UnderTest) -> tuple[float, float]:
    """Lowest and highest factor of age adjustment."""
    if model.definition.settings.age_adjustment == "none" or not model.definition.utility_norms:
        return 1.0, 1.0
    start = model.definition.population_value("start_age")
    rows = sorted((n.from_age, n.utility) for n in model.definition.utility_norms)
    at_start = [u for since, u in rows if since <= start + 1e-9][-1:] or [rows[0][1]]
    reached = [u for since, u in rows if since <= start + model.definition.settings.horizon_years] or [rows[0][1]]
    later = [u for (since, u) in rows if start < since <= start + model.definition.settings.horizon_years]
    values = [*at_start, *later] if later else [*at_start, reached[-1]]
    return min(values) / at_start[0], max(values) / at_start[0]


def growing(model: UnderTest) -> list[str]:
    """Totals that time adds to: QALYs only where no state of living patients, on treatment or off it, is worse than death."""
    utilities = _utilities(model, model.base.draws)
    changes = [
        u.parameter.value * (-1 if u.given_as == "decrement" else 1)
        for u in model.definition.utilities
        if u.state == "on_treatment"
    ]
    lowest = min(utilities) + sum(min(0.0, change) for change in changes)
    return [kind for kind in KINDS if kind != "qaly" or lowest >= 0]


def half_horizon(model: UnderTest, **settings: str) -> Run:
    """The base case over half the horizon."""
    s = model.definition.settings
    if by_states(model.definition) and s.horizon_years / 2 * 12 < (s.median_follow_up or 0.0):
        raise DoesNotApply("Arms are linked at the median follow-up, which half the horizon does not hold.")
    return model.edited(horizon_years=s.horizon_years / 2, **settings)


@RESULTS.test(
    "R6",
    "A shorter horizon gives no more life years, QALYs or costs",
    "The horizon is halved",
    "no total rises, to 1e-9 (QALYs: where no state is worse than death)",
)
def shorter_horizon(model: UnderTest) -> Finding:
    short = half_horizon(model)
    found: dict[str, float] = {}
    for kind in growing(model):
        rise = short.total(kind, "undiscounted") - model.base.total(kind, "undiscounted")
        found |= {f"{WORDS[kind]}, {arm}": v for arm, v in by_arm(model, rise).items()}
    return at_most(found, MACHINE)


@RESULTS.test(
    "R7a",
    "Categories add up to the totals that are reported",
    "Disaggregated tables are added up beside the table of totals",
    "equal to 1e-9",
)
def categories_add_up(model: UnderTest) -> Finding:
    totals, found = model.case.totals(), {}
    for name, table in (
        ("life_years", model.case.life_years()),
        ("qalys", model.case.qalys()),
        ("costs", model.case.costs()),
    ):
        for i, arm in enumerate(model.case.arm_labels):
            found[f"{name}, {arm}"] = relative(float(table[arm].sum()), float(totals[name].iloc[i]))
    return at_most(found, MACHINE)


@RESULTS.test(
    "R7b",
    "Cycles add up to the totals",
    "What every cycle adds is summed over the trace of every arm",
    "equal to the totals, discounted and not, to 1e-9",
)
def cycles_add_up(model: UnderTest) -> Finding:
    found = {}
    for kind, which in itertools.product(KINDS, ("discounted", "undiscounted")):
        for arm, total in zip(model.arms, model.base.total(kind, which), strict=True):
            by_cycle = float(model.base.per_cycle(arm, kind, which).sum())
            found[f"{WORDS[kind]}, {which}, {model.label(arm)}"] = relative(by_cycle, float(total))
    return at_most(found, MACHINE)


@RESULTS.test(
    "R7c",
    "Time in the states adds up to time alive",
    "Undiscounted life years by state beside the area under OS (half-cycle correction)",
    "equal to 1e-9",
)
def states_add_up(model: UnderTest) -> Finding:
    run = model.edited(accrual="trapezoid")
    step = model.definition.settings.cycle_days / year_days(model.definition)
    pairs = zip(model.arms, run.total("life_years", "undiscounted"), strict=True)
    return at_most({model.label(a): relative(v, trapezoid(model.base.column(a, "OS"), step)) for a, v in pairs}, MACHINE)


@RESULTS.test(
    "R8",
    "Half-cycle correction lies between counting a cycle at its start and at its end",
    "Undiscounted life years with the trapezoid beside rectangles at the start and at the end of the cycles",
    "strictly between, as OS falls",
)
def half_cycle_lies_between(model: UnderTest) -> Finding:
    run, left = model.edited(accrual="trapezoid"), model.edited(accrual="left")
    step = model.definition.settings.cycle_days / year_days(model.definition)
    broken: list[str] = []
    seen: list[str] = []
    for i, arm in enumerate(model.arms):
        upper = float(left.total("life_years", "undiscounted")[i])
        lower = float(model.base.column(arm, "OS")[1:].sum()) * step
        middle = float(run.total("life_years", "undiscounted")[i])
        words = f"{model.label(arm)}: {lower:.5f} < {middle:.5f} < {upper:.5f}"
        (seen if lower < middle < upper else broken).append(words)
    return none_of([f"not so: {words}" for words in broken], "; ".join(seen))


def needs_exact_days(model: UnderTest) -> None:
    """Raises DoesNotApply where doses and visits are counted as what accrues is."""
    if model.definition.settings.dose_timing != "exact_days":
        raise DoesNotApply("By the setting 'Doses and visits' these are counted as the accrual rule counts their cycle.")


@RESULTS.test(
    "R9",
    "What is given on a day is not half-cycle corrected",
    "Drug costs under every rule of accrual, undiscounted",
    "equal to 1e-12",
)
def doses_fall_on_days(model: UnderTest) -> Finding:
    needs_exact_days(model)
    drugs = [d for d in model.definition.drugs if np.any(model.base.category("cost", drug_category(d)) > 0)]
    if not drugs:
        raise DoesNotApply("No drug is bought for more than nothing.")
    runs = [model.edited(accrual=rule) for rule in ACCRUALS]
    found = {}
    for drug in drugs:
        costs = np.array([run.category("cost", drug_category(drug), "undiscounted") for run in runs])
        apart = np.max(np.abs(costs / np.maximum(costs[0], 1e-300) - 1)[:, costs[0] > 0], initial=0.0)
        found[drug.label] = float(apart)
    return at_most(found, CONSERVED)
