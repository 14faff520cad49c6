"""Tests of the analyses of uncertainty: what varies, from which distribution, and what is made of the draws (U)."""

from __future__ import annotations

import numpy as np

from model.analysis.verification.declared import (
    CONSERVED,
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
from model.definition.sampling.draws import Draws
from model.definition.structure import STRUCTURE
from model.engine.evaluate import evaluate

UNCERTAINTY = Domain("Uncertainty", "TECH-VER (Buyukkaramikli et al. 2019), uncertainty analysis")
ERRORS = 4.5  # standard errors: one of a thousand inputs is beyond them in one of a hundred models
SPREAD = 0.25
STEP = 1e-7
GAP = 0.05
RIGHT_KINDS = {
    "utilities": ("beta", "gamma", "lognormal", "normal", "uniform"),
    "event_probabilities": ("beta", "uniform"),
    "progression": ("beta", "uniform"),
    "discounts": ("beta", "uniform"),
    "state_shares": ("beta", "dirichlet", "uniform"),
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
        if p is not None and "percentile" in bound.how and bound.parameter_id not in model.as_read.drawn_elsewhere:
            for value, wanted in ((bound.low, 0.025), (bound.high, 0.975)):
                found[f"{bound.label} at {value:.4g}"] = abs(cumulative_probability(p, value) - wanted)
    return at_most(found, 1e-6, nothing="No row has bounds from a distribution.")


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
    return at_most(found, SPREAD, ", relative", nothing="No distribution is given by a standard error.")


def _held(model: UnderTest, name: str) -> bool:
    """Is an input the utility after progression, which is held at or below that before it?"""
    row = next((u for u in model.as_read.utilities if f"utilities.{u.id}" == name), None)
    return (
        row is not None
        and row.given_as == "utility"
        and row.state != "on_treatment"
        and model.as_read.is_progressed(row.state)
    )


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
    return at_most(found, ERRORS, " standard errors", nothing="No input of one number is drawn.")


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
