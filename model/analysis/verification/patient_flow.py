"""Tests of the events and states: who is where in every cycle, and what follows from extreme inputs (E)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from model.analysis.base_case.base_case import BaseCase, case_of_draw
from model.analysis.verification import other_models
from model.analysis.verification.declared import (
    CONSERVED,
    EXACT,
    FLAG,
    MACHINE,
    NO_COSTS,
    PASS,
    DoesNotApply,
    Domain,
    Finding,
    at_most,
    distances,
    none_of,
    relative,
)
from model.analysis.verification.independent import norm_at, population_survival, progressions, year_days
from model.analysis.verification.input_calculations import costs_of, prices_of
from model.analysis.verification.under_test import Run, UnderTest
from model.arrays import Array
from model.definition.records.names import lower_first
from model.definition.records.settings import UNDER_BOTH
from model.definition.structure import by_states
from model.engine.costs import drug_category
from model.engine.subsequent import SUBSEQUENT, alive_share, of_arm
from model.engine.trace import in_state
from model.engine.utilities import state_utilities, state_utility

FLOW = Domain("Patient flow", "TECH-VER (Buyukkaramikli et al. 2019), event and state calculations")
STATES = ("Progression-free", "Progressed", "Dead")
ALMOST_ALL = 0.99
EXTREME = 1_000.0  # deaths per patient-month
NEVER = 1e-15


def state_columns(model: UnderTest) -> Iterator[tuple[str, str, Array]]:
    """Arm in words, state, share of the patients in every cycle."""
    for arm in model.arms:
        for state in (*STATES, *(in_state(s.label) for s in model.definition.states)):
            yield model.label(arm), state, model.base.column(arm, state)


@FLOW.test("E1", "Nobody is lost", "Shares of the states are added up in every cycle", "1 in every cycle, to 1e-12")
def states_sum_to_one(model: UnderTest) -> Finding:
    sums = {a: np.sum([model.base.column(a, s) for s in STATES], axis=0) for a in model.arms}
    return at_most({model.label(a): float(np.max(np.abs(total - 1))) for a, total in sums.items()}, CONSERVED)


@FLOW.test("E2", "No state holds less than nobody", "Smallest share of every state over all cycles", "not below 0, to 1e-12")
def no_state_is_negative(model: UnderTest) -> Finding:
    return at_most({f"{arm}, {s}": float(-np.min(v)) for arm, s, v in state_columns(model)}, CONSERVED)


@FLOW.test(
    "E3", "No state holds more than everybody", "Largest share of every state over all cycles", "not above 1, to 1e-12"
)
def no_state_is_above_one(model: UnderTest) -> Finding:
    return at_most({f"{arm}, {s}": float(np.max(v) - 1) for arm, s, v in state_columns(model)}, CONSERVED)


@FLOW.test("E4", "Nobody returns from death", "Share dead from cycle to cycle", "never falls, to 1e-12")
def death_is_absorbing(model: UnderTest) -> Finding:
    falls = {model.label(a): float(-np.min(np.diff(model.base.column(a, "Dead")))) for a in model.arms}
    return at_most(falls, CONSERVED)


@FLOW.test(
    "E5",
    "The horizon is long enough for almost all to have died",
    "Share alive at the end of the horizon",
    "at most 1% alive; a flag above that: what is gained later is left out, which is to be explained",
)
def almost_all_have_died(model: UnderTest) -> Finding:
    alive = {model.label(a): float(model.base.column(a, "OS")[-1]) for a in model.arms}
    age = float(model.base.column(model.arms[0], "Age")[-1])
    seen = "; ".join(f"{arm}: {share:.2%} alive at {age:.0f}" for arm, share in alive.items())
    return Finding(PASS if max(alive.values()) <= 1 - ALMOST_ALL else FLAG, seen)


def plain_health(model: UnderTest, utility: float) -> Run:
    """Every state at one utility, without events, changes on treatment, age adjustment, and with one discount rate. Utilities
    that hold for some time only end Simpson's rule (:meth:`Timeline.accrual_between`); both accounts then take the trapezoid.
    """
    s = model.definition.settings
    same: dict[str, Any] = {"settings.age_adjustment": "none", "settings.discount_rate_effects": s.discount_rate_costs}
    if s.accrual == "simpson" and any(row.limited for row in model.definition.utilities):
        same["settings.accrual"] = "trapezoid"
    values = dict.fromkeys(model.parameters_of("event_probabilities"), 0.0)
    for row in model.definition.utilities:
        is_level = row.state != "on_treatment" and row.given_as == "utility"
        values[f"utilities.{row.id}"] = utility if is_level else 0.0
    return model.kept(f"utility {utility}", lambda: model.with_values(values, model.changed(same)))


@FLOW.test(
    "E6",
    "With utility 1 a QALY is a life year",
    "All utilities 1, no events, no changes on treatment, no age adjustment",
    "QALYs of every cycle equal its life years, to 1e-9",
)
def utility_of_one(model: UnderTest) -> Finding:
    run = plain_health(model, 1.0)
    found = {}
    for arm in model.arms:
        apart = run.per_cycle(arm, "qaly") - run.per_cycle(arm, "life_years")
        found[model.label(arm)] = float(np.max(np.abs(apart)))
    return at_most(found, MACHINE)


@FLOW.test(
    "E7", "With utility 0 there are no QALYs", "All utilities 0, no events, no changes on treatment", "0 in every cycle"
)
def utility_of_zero(model: UnderTest) -> Finding:
    run = plain_health(model, 0.0)
    return at_most({model.label(a): float(np.max(np.abs(run.per_cycle(a, "qaly")))) for a in model.arms}, EXACT)


@FLOW.test(
    "E8",
    "Lower utilities give fewer QALYs as long as anybody is alive",
    "Utility 0.9 in place of 1 in every state",
    "fewer in every cycle in which anybody is alive",
)
def lower_utilities(model: UnderTest) -> Finding:
    full, less = plain_health(model, 1.0), plain_health(model, 0.9)
    broken = []
    for arm in model.arms:
        lived = full.per_cycle(arm, "life_years") > CONSERVED
        more = lived & ~(less.per_cycle(arm, "qaly") < full.per_cycle(arm, "qaly"))
        broken += [f"{model.label(arm)}: {int(more.sum())} cycles without a fall"] if more.any() else []
    return none_of(broken, "fewer in every such cycle")


@FLOW.test("E9", "Without prices there are no costs", "Every unit cost is set to 0", "every category of cost is 0")
def no_prices(model: UnderTest) -> Finding:
    account = model.with_values(dict.fromkeys(costs_of(model), 0.0)).outcomes.costs
    totals = np.abs(account.undiscounted[0]).max(axis=0)
    return at_most(dict(zip(account.categories, map(float, totals), strict=True)), EXACT, nothing=NO_COSTS)


def _deathless(model: UnderTest) -> Run:
    _needs_own_os(model)
    return model.run("nobody dies", lambda: other_models.with_exponential_os(model.definition, NEVER))


def _needs_own_os(model: UnderTest) -> None:
    if by_states(model.definition):
        raise DoesNotApply("In the state-transition structure OS follows from the other curves and cannot be typed.")


@FLOW.test(
    "E10",
    "Where nobody dies, all are alive at the end",
    "OS is replaced by a curve without deaths, without the general population's floor",
    "share alive at the end of the horizon 1, to 1e-9",
)
def nobody_dies(model: UnderTest) -> Finding:
    run = _deathless(model)
    return at_most({model.label(a): abs(1 - float(run.column(a, "OS")[-1])) for a in model.arms}, MACHINE)


@FLOW.test(
    "E11",
    "Where all die at once, only the first cycle is lived",
    "OS is replaced by a curve on which all die within the first cycle",
    "life years at most one cycle; PFS nowhere above OS",
)
def all_die_at_once(model: UnderTest) -> Finding:
    _needs_own_os(model)
    run = model.run("all die", lambda: other_models.with_exponential_os(model.definition, EXTREME))
    cycle = model.definition.settings.cycle_days / year_days(model.definition)
    found = {}
    for arm, years in zip(model.arms, run.total("life_years", "undiscounted"), strict=True):
        found[f"{model.label(arm)}, cycles lived above 1"] = float(years / cycle) - 1
        found[f"{model.label(arm)}, PFS above OS"] = float(np.max(run.column(arm, "PFS") - run.column(arm, "OS")))
    return at_most(found, CONSERVED)


def alike(model: UnderTest) -> Run:
    """Intervention and comparator with every input of one of them."""
    return model.run("equal arms", lambda: other_models.equal_arms(model.definition))


@FLOW.test(
    "E12",
    "Arms with the same inputs have the same health",
    "Every input of one arm is given to the other",
    "life years and QALYs of every cycle equal, to 1e-12",
)
def equal_arms_equal_health(model: UnderTest) -> Finding:
    run, found = alike(model), {}
    old, new = (model.arms[i] for i in model.definition.compared)
    for kind in ("life_years", "qaly"):
        found[kind] = float(np.max(np.abs(run.per_cycle(old, kind) - run.per_cycle(new, kind))))
    return at_most(found, CONSERVED)


@FLOW.test(
    "E13",
    "Arms with the same inputs have the same costs, and no ratio",
    "Every input of one arm is given to the other",
    "costs equal to 1e-12 of their size; increments 0; no ratio is told",
)
def equal_arms_equal_costs(model: UnderTest) -> Finding:
    run = alike(model)
    old, new = model.definition.compared
    costs, qalys = run.total("cost"), run.total("qaly")
    case = model.kept("equal arms", lambda: _case_of(run))
    if case.icer is not None or case.incremental_cost != 0 or case.incremental_qalys != 0:
        told = f"{case.incremental_cost:g} and {case.incremental_qalys:g} QALYs, ratio {case.icer}"
        return none_of([f"increments are told as {told}"], "")
    found = {"costs": relative(costs[new] / max(costs[old], 1e-300), 1.0 if costs[old] else 0.0)}
    return at_most({**found, "QALYs": relative(qalys[new], qalys[old])}, CONSERVED)


def _case_of(run: Run) -> BaseCase:
    return case_of_draw(run.definition, run.draws)


@FLOW.test(
    "E14",
    "Results go with the inputs, not with the place of an arm",
    "Every input of the comparator is put under the intervention's id, and the other way round",
    "all results change over: totals equal to 1e-9, increments with the other sign",
)
def arms_changed_over(model: UnderTest) -> Finding:
    if by_states(model.definition):
        raise DoesNotApply("In the state-transition structure the comparator is the arm to which the other is linked.")
    run = model.run("arms changed over", lambda: other_models.arms_changed_over(model.definition))
    old, new = model.definition.compared
    found = {}
    for kind in ("life_years", "qaly", "cost"):
        before, after = model.base.total(kind), run.total(kind)
        for here, there in ((old, new), (new, old)):
            found[f"{kind}, {model.label(model.arms[here])}"] = relative(after[there], before[here])
    return at_most(found, MACHINE)


def _floor(model: UnderTest) -> Array:
    s = model.definition.settings
    if not s.hazard_floor or not model.definition.life_table:
        raise DoesNotApply("The general population's floor is switched off, or there is no life table.")
    if s.crossing == "raise_os":
        raise DoesNotApply("OS is raised to PFS by a setting, which may lift it above the floor.")
    return population_survival(model.definition, model.base.engine.timeline.years)


@FLOW.test(
    "E15a",
    "Patients do not outlive the general population",
    "OS beside survival of the population of this age and sex, worked out again",
    "OS nowhere above, to 1e-9",
)
def os_below_population(model: UnderTest) -> Finding:
    population = _floor(model)
    return at_most({model.label(a): float(np.max(model.base.column(a, "OS") - population)) for a in model.arms}, MACHINE)


@FLOW.test(
    "E15b",
    "In no cycle do fewer die than in the general population",
    "Hazard of death of every cycle beside that of the population, worked out again",
    "nowhere below, to 1e-9 per cycle",
)
def hazard_above_population(model: UnderTest) -> Finding:
    population = _floor(model)
    found = {}
    for arm in model.arms:
        os = model.base.column(arm, "OS")
        known = (os[1:] > CONSERVED) & (population[1:] > CONSERVED)
        hazard, floor = (-np.diff(np.log(np.maximum(x, 1e-300))) for x in (os, population))
        found[model.label(arm)] = float(np.max((floor - hazard)[known], initial=0.0))
    return at_most(found, MACHINE)


@FLOW.test(
    "E16",
    "Patients are not in better health than the general population of their age",
    "Utility of every state in use, in every cycle, beside the norm of the age reached",
    "nowhere above the norm, to 1e-9",
)
def utility_below_norm(model: UnderTest) -> Finding:
    norm, ages = _norms(model)
    adjusted = model.definition.settings.age_adjustment == "multiplicative"
    ratio = norm / norm[0] if adjusted else np.ones(len(norm))
    found = {}
    for state in model.definition.living_states:
        highest = max(float(value(model.base.draws)[0]) for value in state_utilities(model.definition, state.id))
        above = highest * ratio - norm
        worst = int(np.argmax(above))
        found[f"{lower_first(state.label)}, age {ages[worst]:.0f}"] = float(above[worst])
    return at_most(found, MACHINE, " above the norm")


def _norms(model: UnderTest) -> tuple[Array, Array]:
    """Norm at the age of every cycle, and the ages."""
    if not model.definition.utility_norms:
        raise DoesNotApply("The inputs hold no utilities of the general population.")
    ages = model.definition.population_value("start_age") + model.base.engine.timeline.years
    return np.array([norm_at(model.definition, age) for age in ages]), ages


@FLOW.test(
    "E16b",
    "QALYs are adjusted to the age reached",
    "QALYs of the first state (progression-free) worked out again: utility x norm of the age / norm at the start",
    "equal to 1e-9",
)
def qalys_follow_age(model: UnderTest) -> Finding:
    s = model.definition.settings
    if s.age_adjustment == "none":
        raise DoesNotApply("Age adjustment is switched off.")
    norm, _ = _norms(model)
    run = model.edited(accrual="trapezoid", discount_rate_effects=0.0)
    if model.definition.discount_steps:
        raise DoesNotApply("Discount rates change over time; see R10.")
    if any(u.limited for u in model.definition.utilities):
        raise DoesNotApply("Utilities change with the time since the start.")
    step, first, found = s.cycle_days / year_days(model.definition), model.definition.living_states[0], {}
    column = in_state(first.label) if model.definition.states else "Progression-free"
    for arm in model.arms:
        share = run.column(arm, column) * norm / norm[0]
        utility = float(state_utility(model.definition, first.id, arm)(model.base.draws)[0])
        wanted = utility * step * (share.sum() - (share[0] + share[-1]) / 2)
        got = run.category("qaly", first.label)[model.arms.index(arm)]
        found[model.label(arm)] = relative(float(got), wanted)
    return at_most(found, MACHINE)


@FLOW.test(
    "E17",
    "What leaves one state enters another",
    "Changes of the three states in every cycle are added; those progressing are compared with those leaving PFS",
    "changes cancel; no more progress than leave, to 1e-12",
)
def flows_balance(model: UnderTest) -> Finding:
    found = {}
    for arm in model.arms:
        free, progressed, dead = (np.diff(model.base.column(arm, s)) for s in STATES)
        progressing = model.base.column(arm, "Progressing")[1:]
        found[f"{model.label(arm)}, balance"] = float(np.max(np.abs(free + progressed + dead)))
        found[f"{model.label(arm)}, progressing beyond those leaving"] = float(np.max(progressing + free))
        found[f"{model.label(arm)}, progressing below 0"] = float(-np.min(progressing))
    return at_most(found, CONSERVED)


@FLOW.test(
    "E18",
    "A dearer drug costs more only while somebody takes it",
    "Prices of a drug are doubled; the rise of its cost is looked at in every cycle",
    "a rise in some cycle, never a fall, and nothing in a cycle without anybody on the drug",
)
def dearer_while_taken(model: UnderTest) -> Finding:
    broken: list[str] = []
    seen: list[str] = []
    for drug in model.definition.drugs:
        dearer = model.with_values({k: 2 * model.value(k) for k in prices_of(model, drug.id)})
        key = ("cost", drug_category(drug))
        for arm in model.arms:
            before, after = (run.traces[arm].undiscounted.get(key) for run in (model.base, dearer))
            if before is None or after is None or not np.any(before):
                continue
            rise, on = after - before, model.base.column(arm, f"On {drug.label}") > 0
            near = on | np.append(on[1:], False) | np.append(False, on[:-1])
            words = f"{drug.label}, {model.label(arm)}"
            wrong = rise.min() < 0 or rise.sum() <= 0 or bool(np.any(rise[~near]))
            (broken if wrong else seen).append(words)
    if not (broken or seen):
        raise DoesNotApply("No drug is bought for more than nothing.")
    return none_of([f"{words}: not as expected" for words in broken], f"as expected: {len(seen)} drugs of an arm")


@FLOW.test(
    "E19",
    "As many courses are given after progression as patients progress alive and are treated",
    "Courses of all drugs are added up beside patients who progress x alive x treated",
    "equal to 1e-9",
)
def courses_are_as_many_as_treated(model: UnderTest) -> Finding:
    if not model.definition.subsequent:
        raise DoesNotApply("The inputs hold no treatment after progression (nor any other line that patients pass through).")
    draws, found = model.base.draws, {}
    for arm in model.arms:
        streams = model.base.engine.streams[arm]
        counts = model.base.engine.stream_sums(arm, draws)[:, 1, 0]
        courses = sum(
            float(count) * float(s.share(draws)[0])
            for s, count in zip(streams, counts, strict=True)
            if s.category == SUBSEQUENT and s.share is not None
        )
        treated = of_arm(model.definition, "share_treated", arm)
        share = 1.0 if treated is None else model.value(treated)
        alive = float(alive_share(model.definition, arm)(draws)[0])
        survivors = float(model.base.column(arm, "Progressing").sum()) * alive
        events = progressions(model.definition, model.base.column(arm, "PFS"), survivors)
        found[model.label(arm)] = relative(courses, events * share)
    return at_most(found, MACHINE)


@FLOW.test(
    "E20",
    "A draw gives the same result alone as among others, for all arms at once",
    "Three draws of the probabilistic analysis are evaluated one by one",
    "costs and QALYs of every arm as before, to 1e-12",
)
def draws_stand_alone(model: UnderTest) -> Finding:
    found = {}
    for k in (0, model.n_draws // 2, model.n_draws - 1):
        alone = Run(model.as_read, model.psa.draws.block(k, k + 1)).outcomes
        for name in ("total_costs", "total_qalys"):
            among = getattr(model.psa.outcomes, name)[k]
            found[f"draw {k + 1}, {name.replace('_', ' ')}"] = float(np.max(distances(getattr(alone, name)[0], among)))
    return at_most(found, CONSERVED)


@FLOW.test(
    "E21",
    "Where progression-free patients die at the population's rate, PFS does not outlast it",
    "PFS beside survival of the population, where the floor lies under PFS too",
    "PFS nowhere above, to 1e-9",
)
def pfs_below_population(model: UnderTest) -> Finding:
    if model.definition.settings.hazard_floor_under != UNDER_BOTH:
        raise DoesNotApply("The floor lies under OS alone (PFS is then held at OS).")
    population = _floor(model)
    return at_most({model.label(a): float(np.max(model.base.column(a, "PFS") - population)) for a in model.arms}, MACHINE)
