"""What a workbook still asks for beside a value is what the distribution cannot be made without, as the parameter says."""

from __future__ import annotations

import pytest

from model.definition import Parameter
from model.definition.records.parameters import DISTRIBUTION_HELP
from model.excel.inputs.to_fill_in import NEED_WORDS, NEEDS

GIVEN = {"standard_error": 0.1, "sample_size": 50.0, "low": 0.4, "high": 0.6}
LIMITS = {"low", "high"}


@pytest.mark.parametrize("distribution", DISTRIBUTION_HELP)
def test_a_distribution_is_made_with_any_of_its_numbers_and_not_without(distribution: str) -> None:
    bare = Parameter(0.5, distribution=distribution)
    needed = NEEDS.get(distribution, ())
    assert (bare.problem() is not None) == bool(needed) == (distribution in NEED_WORDS)
    ways = [{name} for name in needed if name not in LIMITS] + ([LIMITS] if {*needed} >= LIMITS else [])
    for names in ways:
        assert Parameter(0.5, distribution=distribution, **{n: GIVEN[n] for n in names}).problem() is None
