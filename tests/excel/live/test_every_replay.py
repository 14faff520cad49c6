"""Every scenario of the shipped models, and 25 draws in the order of chance, shown through the live sheets.

In cycles of four weeks, which leave every input cell and every formula but a quarter of the rows. Oracle: formualizer, an
independent engine that knows only the file.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.output_models import N_SHIPPED_DRAWS, recalculated
from tests.helpers.recalculated import Recalculated
from tests.helpers.replays import wrong_draws, wrong_scenarios
from tests.helpers.shipped import NAMES

pytestmark = pytest.mark.slow
N_DRAWS = 25


@pytest.fixture(scope="module", params=NAMES)
def book(request: pytest.FixtureRequest) -> Recalculated:
    return recalculated(request.param, "coarse")


def test_every_scenario_is_shown_as_python_runs_it(book: Recalculated) -> None:
    n = len(book.definition.scenario_changes())
    assert n > 50
    assert wrong_scenarios(book, list(range(1, n + 1))) == {}


def test_draws_at_random_are_shown_as_python_evaluates_them(book: Recalculated) -> None:
    numbers = np.random.default_rng(1).permutation(N_SHIPPED_DRAWS)[:N_DRAWS] + 1
    assert wrong_draws(book, numbers.tolist()) == {}
