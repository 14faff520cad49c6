"""Patients who start in any of four states, and costs at death by the state left, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import psa, scenarios
from model.definition import EndOfLife, ModelDefinition, Progression, ScenarioChange, TreatmentParameter, define, edit
from model.definition.records import StateShare
from tests.helpers.four_states import four_states, with_own_curve
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_draws, wrong_scenarios
from tests.helpers.small_models import fixed, tables_of

N_DRAWS = 6
SHARES = {"on_therapy": 0.65, "off_therapy": 0.25, "progressed": 0.1}
NEW_SHARES = {"on_therapy": 0.5, "off_therapy": 0.3, "progressed": 0.2}
"""Of the new arm, known; those above are of all others, and drawn."""
OTHER = {"state_shares.on_therapy": 0.4, "state_shares.off_therapy": 0.3, "state_shares.progressed": 0.3}
CROSSES = {"coefficients.old.ttd.rate": 0.04, "coefficients.old.os.rate": 0.05}
CHANGES: dict[str, dict[str, Any]] = {
    "other shares": OTHER,
    "other shares of one arm": {"state_shares.off_therapy.new": 0.2, "state_shares.progressed.new": 0.3},
    "a cost at death in another state": {"end_of_life.early.state": "off_therapy"},
    "one of the progression-free": {"end_of_life.early.state": "progression_free"},
    "one of all deaths": {"end_of_life.early.state": "any"},
    "by the death share": {"settings.deaths_by_state": "death_share"},
    "in another state by the death share": {
        "settings.deaths_by_state": "death_share",
        "end_of_life.early.state": "off_therapy",
        "progression.death_share": 0.3,
    },
    "a drug until progression": {"regimens.new.tablets.until": "progression"},
    "curves that cross": CROSSES,
    "hazards that are held": CROSSES | {"settings.crossing": "hazard"},
}
SCENARIOS: dict[str, dict[str, Any]] = {"raised": CROSSES | OTHER | {"settings.crossing": "raise_os"}}


def definition() -> ModelDefinition:
    start = with_own_curve(four_states())
    early = EndOfLife(id="early", label="Dying on treatment", state="on_therapy", parameter=fixed(2000.0))
    drawn = {"distribution": "dirichlet", "sample_size": 60.0}
    changes = tuple(
        ScenarioChange(id=name, label=name, input=address, value=value)
        for name, line in SCENARIOS.items()
        for address, value in line.items()
    )
    tables = tables_of(start) | {
        "state_shares": (
            *(StateShare(state=s, parameter=fixed(v, **drawn)) for s, v in SHARES.items()),
            *(StateShare(state=s, arm="new", parameter=fixed(v)) for s, v in NEW_SHARES.items()),
        ),
        "settings": dataclasses.replace(start.settings, horizon_years=8.0, cycle_days=60.875, accrual="trapezoid"),
        "treatment": (TreatmentParameter(arm="new", drug="tablets", item="hazard_ratio", parameter=fixed(1.4)),),
        "progression": (Progression(item="death_share", parameter=fixed(0.15)),),
        "end_of_life": (*start.end_of_life, early),
        "scenarios": changes,
    }
    return define(**tables)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    d = definition()
    return written_book(tmp_path_factory.mktemp("starting"), d, psa=psa(d, N_DRAWS, d.settings.seed), scenarios=scenarios(d))


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


def test_scenarios_and_draws_are_replayed(book: Recalculated) -> None:
    assert wrong_scenarios(book, [1]) == {}
    assert wrong_draws(book, [1, N_DRAWS]) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"state_shares.off_therapy": 0.5},
        {"state_shares.on_therapy": 0.0, "state_shares.off_therapy": 0.5, "state_shares.progressed": 0.5},
        {"state_shares.off_therapy.new": 0.4},
        {"end_of_life.early.state": "elsewhere"},
    ],
    ids=["a sum that is not 1", "nobody in the first state", "a sum of one arm", "a state that is not listed"],
)
def test_what_python_refuses_fails_a_check(book: Recalculated, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0


@pytest.mark.parametrize(
    "cell",
    [
        ("states", 0, "endpoint", "pfs"),
        ("states", 0, "id", "elsewhere"),
        ("state_shares", 1, "state", "progressed"),
        ("regimens", 0, "own_curve", "os"),
        ("regimens", 0, "own_curve", ""),
    ],
    ids=str,
)
def test_what_the_formulas_are_made_for_fails_a_check_where_it_is_changed(
    book: Recalculated, cell: tuple[str, int, str, str]
) -> None:
    """Which curve ends a state, or treatment, is told to need a run: the results stay those of the run."""
    with book.with_key(*cell):
        assert book.value("checks_failed") != 0.0
        assert book.results() == book.base
