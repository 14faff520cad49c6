"""Scenarios and draws shown through the live sheets are those that Python runs (X10).

In cycles of four weeks; test_every_replay.py takes every scenario of the models as shipped. Oracle: formualizer, an
independent engine that knows only the file.
"""

from __future__ import annotations

import pytest
from output_models import N_SHIPPED_DRAWS, recalculated
from recalculated import Recalculated
from replays import evenly, wrong_draws, wrong_scenarios
from shipped import NAMES

N_SCENARIOS, N_DRAWS = 4, 4


@pytest.fixture(scope="module", params=NAMES[:1])
def book(request: pytest.FixtureRequest) -> Recalculated:
    return recalculated(request.param, "coarse")


def test_scenarios_are_shown_as_python_runs_them(book: Recalculated) -> None:
    assert wrong_scenarios(book, evenly(N_SCENARIOS, len(book.definition.scenario_changes()))) == {}


def test_draws_are_shown_as_python_evaluates_them(book: Recalculated) -> None:
    assert wrong_draws(book, evenly(N_DRAWS, N_SHIPPED_DRAWS)) == {}


def test_a_scenario_and_a_draw_move_the_results_and_0_takes_them_back(book: Recalculated) -> None:
    for control in ({"scenario": 1}, {"psa_draw": 1}):
        with book.showing(**control):
            assert book.results() != book.base
    assert book.results() == book.base
