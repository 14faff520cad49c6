"""Checks of the correlations between inputs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import numpy as np

from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.level import why_no_level
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.correlations import (
    Correlation,
    correlation_matrix,
    nearest_to_type,
    possible,
    smallest_eigenvalue,
)
from model.definition.records.curves import Curve
from model.definition.sampling.dimensions import uncertain

ALLOWED = (
    "correlated can be any two inputs that have a distribution of their own, apart from dirichlet shares, and curves drawn "
    "from a covariance"
)


def correlations_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    """Inputs exist, no pair stands twice, and the correlations can hold together."""
    problems = [*_inputs_exist(d), *_pairs_stand_once(d)]
    yield from problems
    values_allowed = all(isinstance(row.value, int | float) and abs(row.value) <= 1 for row in d.correlations)
    if not problems and d.correlations and values_allowed:
        yield from _hold_together(d.correlations)


def correlated_inputs_vary(d: ModelDefinition) -> Iterator[Problem]:
    """Inputs have a distribution, curves a level. Not asked of a scenario, which may fix an input or make a curve in another
    way: its correlations are then idle."""
    if not d.correlations:
        return
    drawn, curves = uncertain(d).varying() | d.drawn_elsewhere, {curve.id: curve for curve in d.curves}
    for i, row in enumerate(d.correlations):
        for field in ("first", "second"):
            name = getattr(row, field)
            why = _no_level(d, curves[name]) if name in curves else _not_drawn(d, name, drawn)
            if why:
                yield Problem("correlations", i, field, f"'{name}' {why}; {ALLOWED}")


def _no_level(d: ModelDefinition, curve: Curve) -> str:
    return why_no_level(curve, curve_coefficients(d, curve))


def _not_drawn(d: ModelDefinition, name: str, drawn: set[str]) -> str:
    if not d.parameters[name].uncertain:
        return "is fixed, so it has no correlation"
    return "" if name in drawn else "plays no part in the base case, so it is not drawn and has no correlation"


def _inputs_exist(d: ModelDefinition) -> Iterator[Problem]:
    curves = {curve.id for curve in d.curves}
    for i, row in enumerate(d.correlations):
        for field in ("first", "second"):
            name = getattr(row, field)
            parameter = d.parameters.get(name)
            if parameter is None and name not in curves:
                yield Problem("correlations", i, field, _unknown(d, name))
            elif parameter is not None and parameter.distribution == "dirichlet":
                message = f"'{name}' is a share of a dirichlet group, whose shares are drawn together; {ALLOWED}"
                yield Problem("correlations", i, field, message)
        if row.first == row.second:
            yield Problem("correlations", i, "second", "is the first input again; two different ones are needed")


def _unknown(d: ModelDefinition, name: str) -> str:
    """What there is instead of an id that no input and no curve has."""
    if str(name).startswith("evidence."):
        return f"'{name}' is evidence behind a curve; name the curve, 'curves.<arm>.<endpoint>'"
    close = difflib.get_close_matches(str(name), [*d.parameters, *(curve.id for curve in d.curves)], n=1)
    return f"there is no uncertain input '{name}'" + (f"; did you mean '{close[0]}'?" if close else "")


def _pairs_stand_once(d: ModelDefinition) -> Iterator[Problem]:
    """The same pair the other way round (a pair repeated as it is, is a key that stands twice)."""
    seen: dict[frozenset[str], int] = {}
    for i, row in enumerate(d.correlations):
        pair = frozenset((row.first, row.second))
        first = d.correlations[seen[pair]] if pair in seen else None
        if first is not None and first.first != row.first:
            yield Problem("correlations", i, "first", "this pair of inputs stands twice; each may stand once")
        seen.setdefault(pair, i)


def _hold_together(rows: tuple[Correlation, ...]) -> Iterator[Problem]:
    ids, matrix = correlation_matrix(rows)
    if possible(matrix):
        return
    nearest = nearest_to_type(matrix)
    words = []
    for i, j in zip(*np.triu_indices(len(ids), 1), strict=True):
        given = any({row.first, row.second} == {ids[i], ids[j]} for row in rows)
        if given or nearest[i, j] != 0:
            was = f"now {matrix[i, j]:g}" if given else "not listed"
            words.append(f"{ids[i]} with {ids[j]} {nearest[i, j]:g} ({was})")
    yield Problem(
        "correlations",
        0,
        "value",
        f"the correlations cannot hold together: their matrix is not positive semi-definite (smallest eigenvalue "
        f"{smallest_eigenvalue(matrix):.3g}). The nearest that can (Higham 2002): {'; '.join(words)}",
    )
