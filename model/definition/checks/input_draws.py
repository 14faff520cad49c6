"""Checks of draws from elsewhere: which inputs they are of, and what every row may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from model.arrays import Array
from model.definition.addresses import addresses
from model.definition.curves.coefficients import CurveCoefficients, curve_coefficients
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.input_draws import id_of
from model.definition.sampling.dimensions import unused_effects
from model.definition.shares import mixes
from model.definition.structure import by_states, structure_is_uncertain
from model.spelling import did_you_mean

TABLE = "input_draws"
FEWEST_ROWS = 2
SUM_OF_SHARES = 1e-6  # numbers in a text file may be rounded
Found = tuple[int | None, str, str]
"""Row from 0 (None: the column as a whole), column and message."""


def input_draws_problems(d: ModelDefinition, columns: Mapping[str, Array]) -> Iterator[Found]:
    """What is wrong with columns of draws ``(n_rows,)`` by id, for a definition; nan stands for what is no number."""
    n_rows = max((len(values) for values in columns.values()), default=0)
    if n_rows < FEWEST_ROWS:
        yield None, "", f"draws need at least {FEWEST_ROWS} rows, one for each joint sample; there are {n_rows}"
        return
    curves = {c.id: made for c in d.curves if (made := curve_coefficients(d, c)) is not None and made.covariance is not None}
    known = [*d.parameters, *(f"{name}[{part}]" for name, made in curves.items() for part in made.family.parameters)]
    unused, places = unused_effects(d), addresses(d)
    usable = {}
    for name, values in columns.items():
        why = _why_not(d, name, known, curves, unused)
        if why:
            yield None, name, why
            continue
        usable[name] = values
        wrong = np.flatnonzero(~np.isfinite(values))
        yield from ((int(row), name, "is no finite number") for row in wrong)
        if not len(wrong) and name in places:
            yield from _beyond_limits(d, name, values)
    yield from _curves_are_whole(usable, curves)
    yield from _shares_are_whole(d, usable)


def draws_elsewhere_fit(d: ModelDefinition) -> Iterator[Problem]:
    """What is wrong with the draws from elsewhere that a definition holds: another curve may have been chosen since."""
    if d.input_draws is not None:
        for row, name, message in input_draws_problems(d.with_own_draws(), d.input_draws.columns):
            yield Problem(TABLE, row, name, message)


def _why_not(
    d: ModelDefinition, name: str, known: list[str], curves: Mapping[str, CurveCoefficients], unused: set[str]
) -> str:
    """Why draws cannot be of a column; "" where they can."""
    if name not in known:
        return f"no input of this model that can be drawn has this id{did_you_mean(name, known)}"
    if name in unused:
        return "no curve takes this relative effect at present, so that its draws would change nothing"
    curve = name.replace("coefficients.", "curves.", 1).rpartition(".")[0]
    if name.startswith("coefficients.") and curve in curves:
        example = curves[curve].family.parameters[0]
        return f"the coefficients of this curve are drawn together: name their columns as '{curve}[{example}]'"
    if id_of(name) in curves and curves[id_of(name)].averaged:
        return "this curve is an average of several, of which each draw takes one: choose one distribution for it"
    if id_of(name) in curves and id_of(name).endswith(".os") and (by_states(d) or structure_is_uncertain(d)):
        return "OS follows from survival after progression in the state-transition structure, and cannot be drawn elsewhere"
    return ""


def _beyond_limits(d: ModelDefinition, name: str, values: Array) -> Iterator[Found]:
    """Rows that hold what the input may not."""
    column = addresses(d)[name].column
    if column.problem_with_draw(float(values.min())) is None and column.problem_with_draw(float(values.max())) is None:
        return
    for row, value in enumerate(values):
        if message := column.problem_with_draw(float(value)):
            yield row, name, message


def _curves_are_whole(columns: Mapping[str, Array], curves: Mapping[str, CurveCoefficients]) -> Iterator[Found]:
    """Curves of which coefficients are missing, or that were estimated together with one that is; rows without a curve."""
    given = {id_of(name) for name in columns if "[" in name}
    for name in sorted(given):
        made = curves[name]
        wanted = [f"{name}[{part}]" for part in made.family.parameters]
        missing = [column for column in wanted if column not in columns]
        if missing:
            yield None, next(c for c in wanted if c in columns), f"needs the other coefficients of its curve too: {missing}"
            continue
        together = [other for other, m in curves.items() if m.stream == made.stream and other not in given]
        if together:
            yield None, wanted[0], f"was estimated together with {together[0]}, whose coefficients are needed as well"
        values = np.stack([columns[column] for column in wanted], axis=1)
        finite = np.isfinite(values).all(axis=1)
        valid = np.ones(len(values), dtype=bool)
        valid[finite] = made.family.valid(values[finite])
        for row in np.flatnonzero(~valid):
            words = ", ".join(f"{part} {value:g}" for part, value in zip(made.family.parameters, values[row], strict=True))
            yield int(row), wanted[0], f"there is no {made.family.label} curve with {words}"


def _shares_are_whole(d: ModelDefinition, columns: Mapping[str, Array]) -> Iterator[Found]:
    """Shares of one mix of which some are missing, or that do not sum to 1 in every row."""
    for mix in mixes(d):
        names = mix.ids(d)
        given = [name for name in names if name in columns]
        if given and len(given) < len(names):
            missing = next(name for name in names if name not in columns)
            yield None, given[0], f"is a share of a mix that sums to 1: '{missing}' is needed as well"
        elif given:
            total = np.sum([columns[name] for name in names], axis=0)
            for row in np.flatnonzero(np.abs(total - 1) > SUM_OF_SHARES):
                yield int(row), given[0], f"the shares of its mix sum to {total[row]:.10g} in this row; they must sum to 1"
