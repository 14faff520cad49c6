"""Tests of the draws of a probabilistic analysis and of the decision under uncertainty (U11 to U23)."""

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
from model.analysis.verification.uncertainty import ERRORS, UNCERTAINTY, anything_varies, drawn
from model.analysis.verification.under_test import UnderTest
from model.arrays import Array
from model.definition.sampling.draws import design_keys, sample
from model.definition.sampling.uniform_numbers import sampling_points
from model.definition.utility_periods import utility_periods
from model.engine.engine import Engine
from model.engine.evaluate import evaluate
from model.engine.utilities import state_utility

DRAWS_MADE = Domain("Uncertainty: draws and decisions", UNCERTAINTY.source)
STATES_DRAWN = 60


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
    "U12a",
    "The same seed gives the same draws",
    "Draws are made a second time with the seed of the settings",
    "equal to the last digit",
)
def same_seed_same_draws(model: UnderTest) -> Finding:
    again = sample(model.as_read, model.n_draws, model.as_read.settings.seed)
    apart = [n for n, v in model.psa.draws.values.items() if not np.array_equal(v, again.values[n])]
    return none_of([f"{n}: drawn otherwise" for n in apart], f"{len(again.values)} inputs and curves equal")


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
    "U14",
    "What all arms share is the same for all of them in a draw",
    "Only utilities of the states are drawn; QALYs of the arms are compared over the draws",
    "correlation of QALYs between any two arms above 0.5",
)
def shared_inputs_are_shared(model: UnderTest) -> Finding:
    shared = [u for u in model.definition.utilities if u.state != "on_treatment" and u.arm is None]
    ids = [f"utilities.{u.id}" for u in shared]
    varying = {n: model.psa.draws[n] for n in ids if model.psa.draws[n].shape[0] > 1}
    if not varying:
        raise DoesNotApply("Utilities of the states are not drawn.")
    qalys = model.moved(varying).total_qalys
    lowest = float(np.min(np.corrcoef(qalys.T)))
    return Finding(PASS if lowest > 0.5 else FAIL, f"lowest correlation {lowest:.3f}")


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
    "U16b",
    "At a threshold of nothing the cheapest arm is best",
    "Acceptability at 0 beside the share of draws in which an arm is the cheapest",
    "equal, to 1e-12",
)
def acceptability_at_nothing(model: UnderTest) -> Finding:
    told, counted = model.psa.ceac([0.0]).to_numpy()[0], _wins(-model.psa.outcomes.total_costs)
    return at_most({model.label(a): abs(t - c) for a, t, c in zip(model.arms, told, counted, strict=True)}, CONSERVED)


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test("U18a", "Perfect information is never worth less than nothing", "EVPI at every threshold", "0 or more")
def perfect_information_is_worth_something(model: UnderTest) -> Finding:
    return at_most({"largest loss": float(-model.psa.evpi()["evpi"].min())}, EXACT)


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
    "U20",
    "What moves the result one way alone moves it the same way among the draws",
    "Sign of the five widest rows of the one-way analysis beside the slope of INMB on the draws of the input",
    "the same sign, where the slope is beyond 4.5 standard errors",
)
def one_way_agrees_with_draws(model: UnderTest) -> Finding:
    threshold = model.as_read.willingness_to_pay()
    inmb, varying = model.psa.inmb(threshold), set(drawn(model))
    table = model.one_way.table(threshold)
    moving = table[table["range"] > MACHINE * table["range"].max()]
    rows = [r for r in moving.to_dict("records") if r["input"] in varying][:5]
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


@DRAWS_MADE.test(
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


@DRAWS_MADE.test(
    "U22",
    "In no draw are progressed patients better off than progression-free ones",
    "Utilities of both states in every draw",
    "progressed not above progression-free",
)
def order_of_utilities(model: UnderTest) -> Finding:
    if model.as_read.further_endpoints:
        raise DoesNotApply("Levels of more than three states stand as they are typed.")
    found = {}
    first, after = (state.id for state in model.as_read.living_states)
    for arm in model.arms:
        for period in utility_periods(model.as_read, after, arm):
            free, progressed = (state_utility(model.as_read, s, arm, period.start)(model.psa.draws) for s in (first, after))
            found[f"largest difference{period.suffix}"] = float(np.max(progressed - free))
    return at_most(found, EXACT)


@DRAWS_MADE.test(
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
