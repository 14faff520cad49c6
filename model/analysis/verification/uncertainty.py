"""Tests of the analyses of uncertainty: what varies, from which distribution, and what is made of the draws (U)."""

from __future__ import annotations

import numpy as np
from scipy import special

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
)
from model.analysis.verification.independent import cumulative_probability, mean_of
from model.analysis.verification.under_test import UnderTest
from model.arrays import Array
from model.definition.model_definition import TABLES, address_of
from model.definition.records.columns import block_of
from model.definition.records.parameters import value_column
from model.definition.sampling.dimensions import coefficients_by_id
from model.definition.sampling.draws import Draws, design_keys, sample
from model.definition.sampling.uniform_numbers import sampling_points
from model.definition.structure import STRUCTURE
from model.engine.engine import Engine
from model.engine.evaluate import evaluate
from model.engine.utilities import state_utility

UNCERTAINTY = Domain("Uncertainty", "TECH-VER (Buyukkaramikli et al. 2019), uncertainty analysis")
ERRORS = 4.5  # standard errors: one of a thousand inputs is beyond them in one of a hundred models
SPREAD = 0.25
STEP = 1e-7
STATES_DRAWN = 60
GAP = 0.05
RIGHT_KINDS = {
    "utilities": ("beta", "gamma", "lognormal", "normal", "uniform"),
    "event_probabilities": ("beta", "uniform"),
    "progression": ("beta", "uniform"),
    "discounts": ("beta", "uniform"),
    "products": ("gamma", "lognormal", "uniform"),
    "administration": ("gamma", "lognormal", "uniform"),
    "care": ("gamma", "lognormal", "uniform"),
    "end_of_life": ("gamma", "lognormal", "uniform"),
    "relative_effects": ("lognormal_ratio", "lognormal", "gamma", "uniform"),
}
"""Distributions that keep to the sign and the size that a kind of input can have (normal: by its own limits)."""


def drawn(model: UnderTest) -> list[str]:
    """Ids of the inputs, one number each, that differ between draws."""
    draws = model.psa.draws
    names = [n for n in draws.varying() if draws[n].ndim == 1 and n in model.as_read.parameters]
    if not names:
        raise DoesNotApply("No input of one number is drawn.")
    return names


def anything_varies(model: UnderTest) -> None:
    """Raises DoesNotApply where all draws are alike."""
    if not model.psa.draws.varying():
        raise DoesNotApply("No input has a distribution.")


@UNCERTAINTY.test(
    "U1",
    "Every uncertain input is in the one-way analysis, or left out for a reason",
    "Inputs with a distribution and curves with a covariance are looked up in both tables",
    "each in one of them",
)
def no_orphan(model: UnderTest) -> Finding:
    anything_varies(model)
    moved = {name for bound in model.one_way.bounds for name in bound.changes}
    reasons = dict(zip(model.one_way.excluded["input"], model.one_way.excluded["reason"], strict=True))
    uncertain = [n for n, p in model.as_read.parameters.items() if p.uncertain]
    broken = [f"{n}: in neither table" for n in uncertain if n not in moved and not str(reasons.get(n, "")).strip()]
    return none_of(broken, f"{len(moved)} moved, {len(reasons)} left out with a reason")


@UNCERTAINTY.test(
    "U2",
    "Coefficients that were estimated together move together",
    "Rows of the one-way analysis that move a curve with a covariance",
    "all its coefficients at once, none alone",
)
def joint_estimates_move_together(model: UnderTest) -> Finding:
    made = {n: m for n, m in coefficients_by_id(model.as_read).items() if m.covariance is not None and np.any(m.covariance)}
    if not made:
        raise DoesNotApply("No curve has coefficients that were estimated together.")
    broken = []
    for bound in model.one_way.bounds:
        for name, values in bound.changes.items():
            if name in made and np.shape(values[0]) != np.shape(made[name].natural):
                broken.append(f"{name}: a part of its coefficients")
            start = name.replace("coefficients.", "curves.", 1).rsplit(".", 1)[0]
            if name.startswith("coefficients.") and start in made:
                broken.append(f"{name}: alone")
    return none_of(broken, f"{len(made)} curves, each moved as a whole")


@UNCERTAINTY.test(
    "U3",
    "Choices of method are scenarios, not draws",
    "Ids of everything that differs between draws",
    "inputs with a distribution and coefficients of curves; no setting (but the structure, where it has a probability)",
)
def methods_are_not_drawn(model: UnderTest) -> Finding:
    anything_varies(model)
    known = {*model.as_read.parameters, *coefficients_by_id(model.as_read), STRUCTURE}
    varying = model.psa.draws.varying()
    allowed = [n for n in varying if n in known or n.startswith("curves.")]
    return none_of([f"{n}: drawn" for n in varying if n not in allowed], f"{len(varying)} inputs and curves")


@UNCERTAINTY.test(
    "U4a",
    "Bounds of the one-way analysis come from the distributions of the draws",
    "Probability below each bound, worked out again from the moments of the row",
    "2.5% and 97.5%, to 1e-6 (or the columns Low and High, where a setting says so)",
)
def bounds_are_percentiles(model: UnderTest) -> Finding:
    found = {}
    for bound in model.one_way.bounds:
        p = model.as_read.parameters.get(bound.parameter_id)
        if p is not None and "percentile" in bound.how:
            for value, wanted in ((bound.low, 0.025), (bound.high, 0.975)):
                found[f"{bound.label} at {value:.4g}"] = abs(cumulative_probability(p, value) - wanted)
    if not found:
        raise DoesNotApply("No row has bounds from a distribution.")
    return at_most(found, 1e-6)


@UNCERTAINTY.test(
    "U4b",
    "The base case lies between the bounds",
    "Low, value and high of every row of the one-way analysis",
    "low <= value <= high",
)
def value_lies_between(model: UnderTest) -> Finding:
    rows = [(b, model.as_read.parameters.get(b.parameter_id)) for b in model.one_way.bounds]
    known = [(b, p.value) for b, p in rows if p is not None]
    if not known:
        raise DoesNotApply("No input is moved.")
    outside = [f"{b.label}: {v:.4g} not in {b.low:.4g} to {b.high:.4g}" for b, v in known if not b.low <= v <= b.high]
    return none_of(outside, f"{len(known)} inputs, each between its bounds")


def _each_raised(model: UnderTest, names: list[str], factor: float) -> tuple[Array, Array]:
    """Costs and QALYs ``(len(names), n_arms)``, with one parameter raised in each row."""
    columns = {}
    for row, name in enumerate(names):
        column = np.full(len(names), model.value(name))
        column[row] *= factor
        columns[name] = column
    outcomes = model.moved(columns)
    return outcomes.total_costs, outcomes.total_qalys


@UNCERTAINTY.test(
    "U5a",
    "A higher unit cost never lowers a total cost",
    "Every amount of money is raised by 10%, one at a time",
    "the cost of no arm falls, to 1e-9",
)
def costs_move_as_expected(model: UnderTest) -> Finding:
    costly = [name for name, kind in TABLES.items() if block_of(kind) and kind.IS_COST]
    names = [n for n in model.parameters_of(*costly) if model.value(n) > 0]
    names += [n for n in model.parameters_of("event_consequences") if n.endswith(".cost")]
    if not names:
        raise DoesNotApply("The inputs hold no unit cost.")
    costs, _ = _each_raised(model, names, 1.1)
    fall = (model.base.total("cost") - costs).max(axis=1)
    size = max(1.0, float(np.abs(model.base.total("cost")).max()))
    return at_most(dict(zip(names, map(float, fall / size), strict=True)), MACHINE)


@UNCERTAINTY.test(
    "U5b",
    "A higher utility of a state never lowers QALYs",
    "Utility of every state is raised by 10%, one at a time",
    "QALYs of no arm fall; some rise",
)
def utilities_move_as_expected(model: UnderTest) -> Finding:
    rows = [u for u in model.definition.utilities if u.state != "on_treatment" and u.given_as == "utility"]
    names = [f"utilities.{u.id}" for u in rows if u.parameter.value > 0]
    if not names:
        raise DoesNotApply("No utility of a state is above 0.")
    _, qalys = _each_raised(model, names, 1.1)
    rise = qalys - model.base.total("qaly")
    broken = [f"{n}: QALYs fall" for n, r in zip(names, rise, strict=True) if r.min() < -CONSERVED]
    broken += [] if (rise > CONSERVED).any() else ["no QALYs change"]
    return none_of(broken, "; ".join(f"{n}: {r.max():+.3f}" for n, r in zip(names, rise, strict=True)))


@UNCERTAINTY.test(
    "U6",
    "Draws spread by the standard error of the mean, as typed",
    "Standard deviation of the draws beside the column SE",
    "within 25% of it (an SD of patients in its place would be far from it)",
)
def spread_is_the_standard_error(model: UnderTest) -> Finding:
    found = {}
    for name in drawn(model):
        p = model.as_read.parameters[name]
        if (
            p.standard_error is not None
            and p.distribution in ("beta", "gamma", "normal", "lognormal")
            and not _held(model, name)
        ):
            found[name] = abs(float(np.std(model.psa.draws[name], ddof=1)) / p.standard_error - 1)
    if not found:
        raise DoesNotApply("No distribution is given by a standard error.")
    return at_most(found, SPREAD, ", relative")


def _held(model: UnderTest, name: str) -> bool:
    """Is an input the utility after progression, which is held at or below that before it?"""
    row = next((u for u in model.as_read.utilities if f"utilities.{u.id}" == name), None)
    return row is not None and row.state == "progressed" and row.given_as == "utility"


@UNCERTAINTY.test(
    "U7",
    "Distributions fit what they are of",
    "Distribution of every uncertain input beside the kinds that keep to its sign and size; mass outside its limits",
    "beta for shares and utilities, gamma or log-normal for costs, log-normal for ratios; less than 1 in a million outside",
)
def distributions_fit(model: UnderTest) -> Finding:
    broken, n = [], 0
    for table, _, record in model.as_read.records():
        block = block_of(type(record))
        if block is None or table not in RIGHT_KINDS:
            continue
        parameter = getattr(record, block[0])
        if parameter.uncertain:
            n += 1
            name = address_of(table, record)
            if parameter.distribution not in (*RIGHT_KINDS[table], "normal"):
                broken.append(f"{name}: {parameter.distribution}")
            elif message := parameter.support_problem(value_column(block[1].in_row(record))):
                broken.append(f"{name}: {message}")
    if not n:
        raise DoesNotApply("No input of these kinds is uncertain.")
    return none_of(broken, f"{n} inputs")


@UNCERTAINTY.test(
    "U8",
    "Draws are centred on their targets",
    "Mean of the draws of every input beside the mean of its distribution",
    f"within {ERRORS:g} standard errors",
)
def draws_are_centred(model: UnderTest) -> Finding:
    found = {}
    for name in drawn(model):
        if not _held(model, name):
            values = model.psa.draws[name]
            error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
            found[name] = abs(float(values.mean()) - mean_of(model.as_read.parameters[name])) / max(error, 1e-300)
    if not found:
        raise DoesNotApply("No input of one number is drawn.")
    return at_most(found, ERRORS, " standard errors")


@UNCERTAINTY.test(
    "U9",
    "Where draws close in on the base case, so do their results",
    "Every draw is moved to within a ten-millionth of its distance from the base case",
    "costs and QALYs of every arm as in the base case, to 1e-4",
)
def draws_close_in(model: UnderTest) -> Finding:
    anything_varies(model)
    base, draws = model.base.draws, model.psa.draws.block(0, 20)
    averaged = {n for n, made in coefficients_by_id(model.as_read).items() if made.averaged}
    near = {}
    for name, value in base.values.items():
        if name in draws.values and name not in averaged and draws.values[name].shape[1:] == value.shape[1:]:
            near[name] = value + STEP * (draws.values[name] - value)
        else:
            near[name] = value
    outcomes = evaluate(model.definition, Draws(20, near), threads=1, engine=model.base.engine)
    found: dict[str, float] = {}
    for kind in ("cost", "qaly"):
        gaps = distances(outcomes.account(kind).total(), model.base.total(kind)).max(axis=0)
        found |= {f"{kind}, {model.label(a)}": float(v) for a, v in zip(model.arms, gaps, strict=True)}
    return at_most(found, 1e-4)


@UNCERTAINTY.test(
    "U10",
    "The mean of the draws is near the base case",
    "Mean costs and QALYs of every arm beside the base case",
    "within 5% and 4.5 standard errors of the mean; beyond: flag, to be explained; beyond 50%: fail",
)
def mean_near_base_case(model: UnderTest) -> Finding:
    anything_varies(model)
    found: dict[str, float] = {}
    beyond = False
    for name, kind in (("total_costs", "cost"), ("total_qalys", "qaly")):
        values = getattr(model.psa.outcomes, name)
        base = model.base.total(kind)
        gap = distances(values.mean(axis=0), base)
        error = ERRORS * values.std(axis=0, ddof=1) / np.sqrt(len(values)) / np.maximum(1.0, np.abs(base))
        beyond |= bool(np.any((gap > GAP) & (gap > error)))
        found |= {f"{kind}, {model.label(a)}": float(v) for a, v in zip(model.arms, gap, strict=True)}
    worst = at_most(found, 0.5, ", relative")
    return Finding(FAIL if worst.verdict == FAIL else FLAG if beyond else PASS, worst.observed)


@UNCERTAINTY.test(
    "U11",
    "Another seed gives the same answer, but for chance",
    "A second set of draws with another seed; mean INMB of both at the decision threshold",
    f"within {ERRORS:g} standard errors of their difference",
)
def another_seed(model: UnderTest) -> Finding:
    anything_varies(model)
    threshold = model.as_read.willingness_to_pay()
    first, second = (psa.inmb(threshold) for psa in (model.psa, model.other_psa))
    if np.array_equal(first, second):
        return Finding(FAIL, "both seeds give the same draws")
    error = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / len(first)))
    return at_most({"mean INMB": abs(float(first.mean() - second.mean())) / max(error, 1e-300)}, ERRORS, " standard errors")


@UNCERTAINTY.test(
    "U12a",
    "The same seed gives the same draws",
    "Draws are made a second time with the seed of the settings",
    "equal to the last digit",
)
def same_seed_same_draws(model: UnderTest) -> Finding:
    again = sample(model.as_read, model.n_draws, model.as_read.settings.seed)
    apart = [n for n, v in model.psa.draws.values.items() if not np.array_equal(v, again.values[n])]
    return none_of([f"{n}: drawn otherwise" for n in apart], f"{len(again.values)} inputs and curves equal")


@UNCERTAINTY.test(
    "U12b",
    "The number of processors changes no result",
    "The draws are evaluated by one thread and by three",
    "equal to the last digit",
)
def threads_change_nothing(model: UnderTest) -> Finding:
    draws = model.psa.draws.block(0, min(model.n_draws, 100))
    one, three = (evaluate(model.as_read, draws, threads=n) for n in (1, 3))
    pairs = {name: (getattr(one, name), getattr(three, name)) for name in ("total_costs", "total_qalys")}
    first = model.psa.outcomes.rows(np.arange(draws.n_draws))
    found = {name.replace("_", " "): float(np.max(np.abs(a - b))) for name, (a, b) in pairs.items()}
    near = distances(first.total_costs, one.total_costs)
    return at_most(found | {"beside the same draws among all": float(np.max(near)) if near.max() > CONSERVED else 0.0}, EXACT)


@UNCERTAINTY.test(
    "U13a",
    "No draw breaks the rules of the states",
    f"States of {STATES_DRAWN} draws: sums, signs, deaths, PFS and drugs beside OS",
    "as in the base case (E1 to E4, T4), to 1e-12",
)
def states_of_draws(model: UnderTest) -> Finding:
    found = {}
    n = min(STATES_DRAWN, model.n_draws)
    engine = model.psa.draws.block(0, n)
    from_engine = model.kept("engine as read", lambda: Engine(model.as_read))
    for arm, s in zip(model.arms, from_engine.states.all_arms(from_engine.states.with_links(engine)), strict=True):
        label = model.label(arm)
        found[f"{label}, lost"] = float(np.max(np.abs(s.progression_free + s.progressed - s.alive)))
        found[f"{label}, progressed below 0"] = float(-np.min(s.progressed))
        found[f"{label}, PFS below 0"] = float(-np.min(s.progression_free))
        found[f"{label}, return from death"] = float(np.max(np.diff(s.alive, axis=1)))
        for drug, on in s.on_treatment.items():
            found[f"{label}, {drug} above OS"] = float(np.max(on - s.alive))
    return at_most(found, CONSERVED)


@UNCERTAINTY.test(
    "U13b",
    "Draws in which curves were repaired are counted",
    "Months and gaps of crossing of every draw beside the table that tells of them",
    "the share of draws told equals those with a gap",
)
def repairs_are_counted(model: UnderTest) -> Finding:
    o, table = model.psa.outcomes, model.psa.crossing()
    shares = (o.crossing_largest_gap > 0).mean(axis=0)
    told = table.iloc[:, 1].to_numpy(dtype=float)
    pairs = zip(model.arms, told, shares, strict=True)
    found = at_most({f"{model.label(a)}: {s:.1%} of the draws": abs(float(t - s)) for a, t, s in pairs}, CONSERVED)
    words = "; ".join(f"{model.label(a)}: {s:.1%} of the draws repaired" for a, s in zip(model.arms, shares, strict=True))
    return Finding(found.verdict, words if found.verdict == PASS else found.observed)


@UNCERTAINTY.test(
    "U14",
    "What all arms share is the same for all of them in a draw",
    "Only utilities of the states are drawn; QALYs of the arms are compared over the draws",
    "correlation of QALYs between any two arms above 0.5",
)
def shared_inputs_are_shared(model: UnderTest) -> Finding:
    ids = [f"utilities.{u.id}" for u in model.definition.utilities if u.state != "on_treatment"]
    varying = {n: model.psa.draws[n] for n in ids if model.psa.draws[n].shape[0] > 1}
    if not varying:
        raise DoesNotApply("Utilities of the states are not drawn.")
    qalys = model.moved(varying).total_qalys
    lowest = float(np.min(np.corrcoef(qalys.T)))
    return Finding(PASS if lowest > 0.5 else FAIL, f"lowest correlation {lowest:.3f}")


@UNCERTAINTY.test(
    "U15",
    "Every draw is in one quadrant of the plane",
    "Draws are counted by the signs of their increments, beside the table of quadrants",
    "the same shares, which add up to 1",
)
def quadrants_are_counted(model: UnderTest) -> Finding:
    table = model.psa.quadrants(model.as_read.willingness_to_pay())
    new = model.as_read.arm_labels[model.as_read.compared[1]]
    told = table[table["option"] == new].iloc[0]
    c, q = model.psa.incremental_costs, model.psa.incremental_qalys
    counted = {
        "NE": np.mean((c > 0) & (q > 0)),
        "SW": np.mean((c < 0) & (q < 0)),
        "SE": np.mean((c <= 0) & (q >= 0) & ((c != 0) | (q != 0))),
        "NW": np.mean((c >= 0) & (q <= 0) & ((c != 0) | (q != 0))),
    }
    found = {k: abs(float(told[k]) - float(v)) for k, v in counted.items()}
    whole = sum(float(told[k]) for k in (*counted, "origin"))
    verdict = at_most(found | {"sum": abs(whole - 1)}, CONSERVED).verdict
    return Finding(verdict, ", ".join(f"{k} {v:.1%}" for k, v in counted.items()))


@UNCERTAINTY.test(
    "U16a",
    "At every threshold the probabilities of being best add up to one",
    "The acceptability curves are added up over the arms",
    "1 at every threshold, to 1e-12",
)
def acceptability_sums_to_one(model: UnderTest) -> Finding:
    sums = np.abs(model.psa.ceac().to_numpy().sum(axis=1) - 1)
    return at_most({"largest distance from 1": float(sums.max())}, CONSERVED)


def _wins(values: Array) -> Array:
    """Share of the draws that each option is the best of, ``(n_options,)``, ties shared."""
    best = values == values.max(axis=1, keepdims=True)
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))


@UNCERTAINTY.test(
    "U16b",
    "At a threshold of nothing the cheapest arm is best",
    "Acceptability at 0 beside the share of draws in which an arm is the cheapest",
    "equal, to 1e-12",
)
def acceptability_at_nothing(model: UnderTest) -> Finding:
    told, counted = model.psa.ceac([0.0]).to_numpy()[0], _wins(-model.psa.outcomes.total_costs)
    return at_most({model.label(a): abs(t - c) for a, t, c in zip(model.arms, told, counted, strict=True)}, CONSERVED)


@UNCERTAINTY.test(
    "U16c",
    "At an endless threshold the most effective arm is best",
    "Acceptability at 1e15 per QALY beside the share of draws in which an arm has most QALYs; of a tie, the cheapest",
    "equal, to 1e-12",
)
def acceptability_without_limit(model: UnderTest) -> Finding:
    qalys, costs = model.psa.outcomes.total_qalys, model.psa.outcomes.total_costs
    most = qalys >= qalys.max(axis=1, keepdims=True) - CONSERVED
    told, counted = model.psa.ceac([1e15]).to_numpy()[0], _wins(np.where(most, -costs, -np.inf))
    return at_most({model.label(a): abs(t - c) for a, t, c in zip(model.arms, told, counted, strict=True)}, CONSERVED)


@UNCERTAINTY.test(
    "U17",
    "The frontier follows the arm with the highest mean net benefit",
    "Arm of the acceptability frontier at every threshold, beside the mean net benefit worked out again",
    "the same arm, or one that ties with it",
)
def frontier_follows_the_mean(model: UnderTest) -> Finding:
    table = model.psa.ceaf()
    labels = model.as_read.arm_labels
    o = model.psa.outcomes
    broken = []
    for threshold, option in zip(table.index, table["option"], strict=True):
        mean = threshold * o.total_qalys.mean(axis=0) - o.total_costs.mean(axis=0)
        if mean.max() - mean[labels.index(str(option))] > MACHINE * max(1.0, float(np.abs(mean).max())):
            broken.append(f"at {threshold:,.0f}: {option}")
    return none_of(broken, f"{len(table)} thresholds")


@UNCERTAINTY.test("U18a", "Perfect information is never worth less than nothing", "EVPI at every threshold", "0 or more")
def perfect_information_is_worth_something(model: UnderTest) -> Finding:
    return at_most({"largest loss": float(-model.psa.evpi()["evpi"].min())}, EXACT)


@UNCERTAINTY.test(
    "U18b",
    "Knowing some inputs is worth no more than knowing all",
    "EVPPI of every group of inputs at the highest decision threshold, beside EVPI",
    "between 0 and EVPI (and 4.5 standard errors of INMB for chance)",
)
def partial_information(model: UnderTest) -> Finding:
    anything_varies(model)
    threshold = model.as_read.willingness_to_pay()
    table = model.kept("evppi", lambda: model.psa.evppi("default", [threshold]))
    whole = float(model.psa.evpi([threshold])["evpi"].iloc[0])
    chance = ERRORS * float(model.psa.inmb(threshold).std(ddof=1)) / np.sqrt(model.n_draws)
    values = {str(k): float(v) for k, v in zip(table["group"], table["evppi"], strict=True)}
    broken = [f"{k}: {v:,.0f} beside {whole:,.0f}" for k, v in values.items() if v < -MACHINE or v > whole + chance]
    return none_of(broken, f"{', '.join(f'{k} {v:,.0f}' for k, v in values.items())}; all {whole:,.0f}")


@UNCERTAINTY.test(
    "U19",
    "The least expected loss is the value of perfect information",
    "Mean of the best net benefit of each draw, less the best mean net benefit, worked out again",
    "equal to EVPI and to the least expected loss, to 1e-9 of the net benefit",
)
def loss_is_perfect_information(model: UnderTest) -> Finding:
    o, found = model.psa.outcomes, {}
    for threshold in model.as_read.all_thresholds():
        benefit = threshold * o.total_qalys - o.total_costs
        wanted = float(benefit.max(axis=1).mean() - benefit.mean(axis=0).max())
        size = max(1.0, float(np.abs(benefit).max()))
        told = float(model.psa.evpi([threshold])["evpi"].iloc[0])
        loss = float(model.psa.expected_loss([threshold]).to_numpy().min())
        found[f"EVPI at {threshold:,.0f}"] = abs(told - wanted) / size
        found[f"loss at {threshold:,.0f}"] = abs(loss - wanted) / size
    return at_most(found, MACHINE)


@UNCERTAINTY.test(
    "U20",
    "What moves the result one way alone moves it the same way among the draws",
    "Sign of the five widest rows of the one-way analysis beside the slope of INMB on the draws of the input",
    "the same sign, where the slope is beyond 4.5 standard errors",
)
def one_way_agrees_with_draws(model: UnderTest) -> Finding:
    threshold = model.as_read.willingness_to_pay()
    inmb, varying = model.psa.inmb(threshold), set(drawn(model))
    rows = [r for r in model.one_way.table(threshold).to_dict("records") if r["input"] in varying][:5]
    if not rows:
        raise DoesNotApply("No input of one number moves the result.")
    columns = np.stack([model.psa.draws[r["input"]] for r in rows], axis=1)
    slopes, errors = _slopes(columns, inmb)
    broken = []
    for row, slope, error in zip(rows, slopes, errors, strict=True):
        away = float(row["inmb_high"] - row["inmb_low"])
        if abs(slope) > ERRORS * error and np.sign(slope) != np.sign(away):
            broken.append(f"{row['label']}: {away:+,.0f} alone, slope {slope:+.3g}")
    return none_of(broken, f"same sign: {'; '.join(str(r['label']) for r in rows)}")


def _slopes(columns: Array, values: Array) -> tuple[Array, Array]:
    """Slopes of a regression on all columns at once, each with its standard error."""
    design = np.column_stack([np.ones(len(values)), columns - columns.mean(axis=0)])
    inverse = np.linalg.pinv(design.T @ design)
    fitted = inverse @ design.T @ values
    left = values - design @ fitted
    variance = float(left @ left) / max(1, len(values) - design.shape[1])
    return fitted[1:], np.sqrt(np.diag(inverse)[1:] * variance)


@UNCERTAINTY.test(
    "U21",
    "Uniform numbers behind the draws fill the unit interval evenly",
    "Kolmogorov-Smirnov test of the column of every input",
    "smallest of all probabilities x number of columns above 0.001",
)
def uniform_numbers(model: UnderTest) -> Finding:
    keys = design_keys(model.as_read)
    if not keys:
        raise DoesNotApply("No input has a distribution.")
    points = sampling_points(model.as_read.settings.sampling, model.n_draws, model.as_read.settings.seed, keys)
    ranks = np.arange(1, model.n_draws + 1) / model.n_draws
    found = {}
    for key in keys:
        ordered = np.sort(points.uniforms(key))
        distance = max(float(np.max(ranks - ordered)), float(np.max(ordered - ranks + 1 / model.n_draws)))
        found[key] = float(special.kolmogorov(np.sqrt(model.n_draws) * distance))
    key, lowest = min(found.items(), key=lambda item: item[1])
    return Finding(PASS if lowest * len(keys) > 0.001 else FAIL, f"smallest {lowest:.2g} of {len(keys)} ({key})")


@UNCERTAINTY.test(
    "U22",
    "In no draw are progressed patients better off than progression-free ones",
    "Utilities of both states in every draw",
    "progressed not above progression-free",
)
def order_of_utilities(model: UnderTest) -> Finding:
    free, progressed = (state_utility(model.as_read, s)(model.psa.draws) for s in ("progression_free", "progressed"))
    return at_most({"largest difference": float(np.max(progressed - free))}, EXACT)


@UNCERTAINTY.test(
    "U23",
    "Scenarios say why they are made, and look to both sides",
    "Purposes of the scenarios; where they were run: how many raise the INMB and how many lower it",
    "each with a purpose; some on either side; otherwise flag",
)
def scenarios_are_balanced(model: UnderTest) -> Finding:
    if not model.as_read.scenarios:
        raise DoesNotApply("The inputs hold no scenarios.")
    told = {row.id for row in model.as_read.scenarios if row.purpose.strip()}
    silent = [name for name in model.as_read.scenario_changes() if name not in told]
    words = f"{len(model.as_read.scenario_changes()) - len(silent)} of {len(model.as_read.scenario_changes())} with a purpose"
    one_sided = False
    if model.scenarios is not None:
        threshold = model.as_read.willingness_to_pay()
        old, new = model.as_read.compared
        moved = [
            _inmb(s.outcomes.total_costs, s.outcomes.total_qalys, old, new, threshold) for s in model.scenarios.scenarios
        ]
        base = _inmb(model.scenarios.base.total_costs, model.scenarios.base.total_qalys, old, new, threshold)
        up, down = sum(m > base for m in moved), sum(m < base for m in moved)
        words, one_sided = f"{words}; {up} raise the INMB, {down} lower it", not (up and down)
    return Finding(FLAG if silent or one_sided else PASS, words + (f"; without: {', '.join(silent[:3])}" if silent else ""))


def _inmb(costs: Array, qalys: Array, old: int, new: int, threshold: float) -> float:
    return float(threshold * (qalys[0, new] - qalys[0, old]) - (costs[0, new] - costs[0, old]))
