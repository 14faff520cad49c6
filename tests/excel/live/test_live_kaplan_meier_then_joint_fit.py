"""Each arm's Kaplan-Meier curve, then a tail that the arms share, live: base case, draws, scenarios, edited cells.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python, whose counted rates
stand in tests/engine/test_kaplan_meier_then_joint_fit.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import psa, scenarios
from model.definition import DefinitionError, ScenarioChange, edit
from tests.helpers.joint_patients import jointly
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_draws, wrong_scenarios

N_DRAWS = 4
SCENARIOS: dict[str, dict[str, Any]] = {
    "stretched": {"curves.new.os.effect": "acceleration_factor", "curves.new.os.distribution": "weibull"}
    | {"curves.old.os.distribution": "weibull"},
    "odds": {"curves.new.os.effect": "odds_ratio"},
    "separate": {"curves.old.os.fitted": "separately", "curves.new.os.fitted": "separately"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "a later switch": {"curves.new.os.km_until": 24.0},
    "another distribution": {"curves.old.os.distribution": "weibull", "curves.new.os.distribution": "weibull"},
    "no steps in one arm": {"curves.new.os.km_until": None},
    "no steps": {"curves.old.os.km_until": None, "curves.new.os.km_until": None},
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    rows = tuple(
        ScenarioChange(id=name, label=name, input=address, value=value)
        for name, line in SCENARIOS.items()
        for address, value in line.items()
    )
    d = jointly(tables={"scenarios": rows})
    folder = tmp_path_factory.mktemp("joint")
    return written_book(folder, d, psa=psa(d, N_DRAWS, d.settings.seed), scenarios=scenarios(d))


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


def test_draws_and_scenarios_are_replayed(book: Recalculated) -> None:
    assert wrong_draws(book, list(range(1, N_DRAWS + 1))) == {}
    assert wrong_scenarios(book, list(range(1, len(SCENARIOS) + 1))) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"curves.old.os.source": "coefficients", "curves.new.os.source": "coefficients"},
        {"curves.new.os.distribution": "weibull"},
        {"curves.old.os.km_until": 1.0},
        {"curves.new.os.km_until": 36.0},
    ],
    ids=[
        "shared coefficients that are typed",
        "another distribution of one arm",
        "no event before",
        "the end of the follow-up",
    ],
)
def test_what_python_refuses_fails_a_check(book: Recalculated, changes: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError):
        edit(book.definition, changes)
    with book.with_inputs(changes):
        assert book.value("checks_failed") != 0.0
