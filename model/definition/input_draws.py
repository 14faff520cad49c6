"""A definition whose probabilistic analysis takes some inputs from draws that were made elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.definition.checks.input_draws import TABLE, input_draws_problems
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.records.input_draws import InputDraws


def with_input_draws(definition: ModelDefinition, columns: Mapping[str, Array], source: str) -> ModelDefinition:
    """The definition with joint draws of some inputs from elsewhere, in the place of any that it has.

    columns: by the id of an input ("utilities.progressed"), or of a coefficient of a curve on its natural scale
    ("curves.control.pfs[shape]"), ``(n_rows,)`` each, as in the table of the draws of a run. Row i of all columns is one
    sample. The base case keeps the values typed. Raises :class:`DefinitionError` with every problem, by row and column.
    """
    plain = definition.with_own_draws()
    values = {str(name): _numbers(column) for name, column in columns.items()}
    if len({len(column) for column in values.values()}) > 1:
        raise DefinitionError([Problem(TABLE, None, "", "the columns are not of one length")])
    found = [Problem(TABLE, row, name, message) for row, name, message in input_draws_problems(plain, values)]
    if found:
        raise DefinitionError(found)
    return dataclasses.replace(definition, input_draws=InputDraws(source, values))


def _numbers(column: Array) -> Array:
    """A column as numbers of its own that nobody changes; what is no number as nan."""
    try:
        made = np.array(column, dtype=float)
    except (TypeError, ValueError):
        made = np.array([_number(value) for value in column])
    made.setflags(write=False)
    return made


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def input_draws_words(definition: ModelDefinition, n_draws: int) -> str:
    """From where the draws of which inputs are, and how its rows became draws; "" where none are from elsewhere."""
    given = definition.input_draws
    if given is None:
        return ""
    names = ", ".join(given.ids)
    rows = f"{given.n_rows:,} joint rows"
    how = "in their order" if n_draws == given.n_rows else f"of which each of the {n_draws:,} draws takes one by the seed"
    return f"Draws of {names} are from {given.source}: {rows}, {how}. The base case keeps the values typed."
