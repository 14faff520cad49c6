"""The base case with any inputs moved to any values, many points at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.analysis.deterministic.one_way import PERCENTILES, share_changes
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR, NORMAL_975
from model.definition.addresses import addresses_of_table
from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.level import curve_direction
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.sampling.draws import Draws, base_case_draws
from model.definition.shares import dirichlet_groups
from model.definition.structure import id_in_draws
from model.engine.evaluate import Outcomes, evaluate

CURVE_UNIT = "standard errors of the restricted mean"


def outcomes_at(definition: ModelDefinition, points: Mapping[str, Array], threads: int | None = None) -> Outcomes:
    """Outcomes of the base case at ``n`` points; ``points``: values ``(n,)`` by input.

    An input is the address of a number, or a jointly estimated curve (``curves.<arm>.<endpoint>``), whose value is then
    a number of standard errors by which its restricted mean is moved. A share that sums to one with others takes from
    them in proportion. Raises DefinitionError for unknown inputs and values that are not allowed.
    """
    check_inputs(definition, points)
    n = len(next(iter(points.values())))
    in_draws = {k: v for k, v in points.items() if is_drawn(definition, k)}
    edited = {k: v for k, v in points.items() if k not in in_draws}
    if not edited:
        return evaluate(definition, moved_draws(definition, in_draws, n), threads)
    combinations, place = np.unique(np.stack(list(edited.values()), axis=1), axis=0, return_inverse=True)
    parts, order = [], []
    for i, combination in enumerate(combinations):
        rows = np.flatnonzero(place.ravel() == i)
        changed = edit(definition.with_own_draws(), dict(zip(edited, combination.tolist(), strict=True)))
        draws = moved_draws(changed, {k: v[rows] for k, v in in_draws.items()}, len(rows))
        parts.append(evaluate(changed, draws, threads))
        order.append(rows)
    return Outcomes.joined(parts).rows(np.argsort(np.concatenate(order)))


def moved_draws(definition: ModelDefinition, values: Mapping[str, Array], n: int) -> Draws:
    """``n`` draws of the base case in which some parameters or curves take the values ``(n,)`` given."""
    base = base_case_draws(definition)
    groups = {name: group for group in dirichlet_groups(definition) for name in group}
    changes: dict[str, Array] = {}
    for name, column in values.items():
        if name in groups:
            shared = share_changes(definition, groups[name], name, column, column)
            changes |= {share: low for share, (low, _) in shared.items()}
        elif name in definition.parameters:
            changes[name] = np.asarray(column, dtype=float)
        else:
            changes |= _moved_curves(definition, name, column)
    return Draws(n, {**base.values, **changes})


def _moved_curves(definition: ModelDefinition, name: str, errors: Array) -> dict[str, Array]:
    """Coefficients ``(n, k)`` of a curve, and of those estimated together with it, moved by some standard errors."""
    made = {c.id: curve_coefficients(definition, c) for c in definition.curves}
    moved = made[name]
    assert moved is not None
    step = curve_direction(moved, definition.settings.horizon_years * MONTHS_PER_YEAR)
    natural = moved.family.around(moved.estimates, np.multiply.outer(errors, step))
    return {id_in_draws(definition, k): natural for k, m in made.items() if m is not None and m.stream == moved.stream}


def is_drawn(definition: ModelDefinition, name: str) -> bool:
    """Can an input be moved in the draws? Others, such as settings and evidence, need another definition."""
    if name.startswith("coefficients."):
        return f"curves.{name.split('.', 1)[1].rsplit('.', 1)[0]}" not in base_case_draws(definition).values
    return name in definition.parameters or name in uncertain_curves(definition)


def uncertain_curves(definition: ModelDefinition) -> set[str]:
    """Ids of the curves with jointly estimated coefficients."""
    made = ((c.id, curve_coefficients(definition, c)) for c in definition.curves)
    return {k for k, m in made if m is not None and m.covariance is not None and np.any(m.covariance)}


def check_inputs(definition: ModelDefinition, points: Mapping[str, Array]) -> None:
    """Raise one DefinitionError with every unknown input, every value that is not allowed, and shapes that differ."""
    curves = uncertain_curves(definition)
    problems = []
    lengths = {np.shape(v) for v in points.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise ValueError(f"every input needs the same number of values, one after the other; got {lengths}")
    for name, values in points.items():
        if name in curves:
            continue
        place = addresses_of_table(definition, name.split(".")[0]).get(name)
        if place is None or place.column.kind not in ("number", "integer"):
            problems.append(Problem("", None, "", f"there is no input '{name}' that holds a number"))
            continue
        found = (place.column.problem_with(float(v)) for v in (np.min(values), np.max(values)))
        if place.column.kind == "number" and (message := next((m for m in found if m), None)):
            problems.append(Problem("", None, "", f"{name}: {message}"))
    if problems:
        raise DefinitionError(problems)


def plausible_range(definition: ModelDefinition, name: str) -> tuple[float, float]:
    """What an input may plausibly be: the bounds of its row in the one-way analysis, else its columns Low and High.

    Raises DefinitionError for an input that has neither.
    """
    if name in uncertain_curves(definition):
        return -NORMAL_975, NORMAL_975
    parameter = definition.parameters.get(name)
    if parameter is not None:
        columns = (parameter.low, parameter.high)
        by_columns = definition.settings.one_way_bounds == "low_high" or not parameter.uncertain
        if by_columns and columns[0] is not None and columns[1] is not None:
            return columns[0], columns[1]
        if parameter.uncertain:
            low, high = (float(x) for x in parameter.quantile(np.array(PERCENTILES)))
            return low, high
    elif name not in addresses_of_table(definition, name.split(".")[0]):
        raise DefinitionError([Problem("", None, "", f"there is no input '{name}' that holds a number")])
    raise DefinitionError([Problem("", None, "", f"{name} has no range: it is fixed, without Low and High; give its values")])
