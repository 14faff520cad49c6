"""Other inputs, which no check has seen, for tests of several domains."""

from __future__ import annotations

from typing import Any

from model.definition.editing import edit_unchecked
from tests.helpers.mutations.mutation import Mutation, inputs
from tests.helpers.verified_models import with_parameter


def other(table: str, place: int, **changes: Any) -> Mutation:
    return inputs(lambda d: with_parameter(d, table, place, **changes))


def changed(**settings: Any) -> Mutation:
    return inputs(lambda d: edit_unchecked(d, {k.replace("__", "."): v for k, v in settings.items()}))


OLD_AGE = changed(population__start_age=85.0)
