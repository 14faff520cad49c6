"""Every number of every shipped workbook at extreme values: refused by name, or finite results; nothing else.

The whole sweep is marked slow; every run takes a sample of it, another part of the addresses for each value.
"""

from __future__ import annotations

import collections
import math
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from model.definition import DefinitionError, ModelDefinition, addresses, base_case_draws, edit, sample
from model.definition.records.columns import Column
from model.engine import evaluate
from tests.helpers.shipped import shipped

BOOKS = ("patina_us", "patina_england", "example_synthetic_trial")
EXTREMES = (1e308, -1e308, 1e-320, 0.0, -1.0, math.nan, math.inf)
ROWS_OF_A_TABLE = 3  # of long tables of the same kind (ages, patients, clicks): first, middle and last
LONG = 40
SAMPLE = 61  # one address in so many, in every run


def values_of(column: Column) -> list[float]:
    """The extremes, the limits of the column, and just beyond them."""
    limits = [x for x in (column.minimum, column.maximum, column.above) if x is not None]
    step = 1.0 if column.kind == "integer" else 0.0
    beyond = [f(x) for x in limits for f in (lambda x: x - step, lambda x: x + step)] if step else []
    if not step:
        beyond = [math.nextafter(x, sign * math.inf) for x in limits for sign in (-1, 1)]
    return list(dict.fromkeys((*EXTREMES, *limits, *beyond)))


def numbers(definition: ModelDefinition) -> Iterator[tuple[str, Column]]:
    """Every address that holds a number, a few rows of each long table."""
    for address, place in addresses(definition).items():
        n = 1 if place.table == "settings" else len(definition.table(place.table))
        few = {0, n // 2, n - 1} if n > LONG else range(n)
        twice = bool(place.inside_block) and address.endswith(".value")
        if place.column.kind in ("number", "integer") and place.position in few and not twice:
            yield address, place.column


def verdict(definition: ModelDefinition, address: str, value: float) -> str:
    """``refused`` by name, or ``finite``: what the base case and a few draws say."""
    try:
        changed = edit(definition, {address: value})
    except DefinitionError as error:
        assert error.problems and all(p.message for p in error.problems)
        return "refused"
    for draws in (base_case_draws(changed), sample(changed, 4, seed=1, threads=1)):
        found = evaluate(changed, draws, threads=1)
        for account in (found.life_years, found.qalys, found.costs):
            assert np.isfinite(account.discounted).all(), f"{address} = {value!r}"
            assert np.isfinite(account.undiscounted).all(), f"{address} = {value!r}"
    return "finite"


def swept(name: str, every: int) -> tuple[collections.Counter[str], list[str]]:
    definition, counts, wrong = shipped(name), collections.Counter[str](), []
    turn = 0
    for address, column in numbers(definition):
        for value in values_of(column):
            turn += 1
            if turn % every:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", RuntimeWarning)
                    counts[verdict(definition, address, value)] += 1
            except Exception as error:
                counts["wrong"] += 1
                wrong.append(f"{address} = {value!r}: {type(error).__name__} {error}"[:300])
    return counts, wrong


def test_a_sample_of_numbers_at_their_extremes() -> None:
    counts, wrong = swept("patina_us", SAMPLE)
    assert not wrong, "\n".join(wrong)
    assert counts["refused"] > 20 and counts["finite"] > 5


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_every_number_at_its_extremes(name: str) -> None:
    counts, wrong = swept(name, 1)
    print(name, dict(counts))
    assert not wrong, "\n".join(wrong)
