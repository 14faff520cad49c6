"""The output workbook of a model with four states gives Python's results, whatever is chosen or edited in it.

Oracle: formualizer, an independent engine that knows only the file, beside Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import psa, scenarios
from model.definition import Care, ModelDefinition, ScenarioChange, Utility, edit
from tests.helpers.four_states import four_states, with_own_curve
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_draws, wrong_scenarios
from tests.helpers.small_models import fixed, own_curve

N_DRAWS = 10
CROSSES = {"coefficients.old.ttd.shape": 0.5, "coefficients.old.pfs.rate": 0.03, "coefficients.old.os.shape": 1.9}
SCENARIOS: dict[str, dict[str, Any]] = {
    "crossing": CROSSES,
    "hazard": CROSSES | {"settings.crossing": "hazard"},
    "raised": CROSSES | {"settings.crossing": "raise_os"},
    "decrement": {"utilities.u_progressed.given_as": "decrement", "utilities.u_progressed": 0.3},
    "held": {"utilities.u_progressed": 0.95},
    "off_therapy_for_all": {"care.care_off_therapy.during": "alive"},
}


def definition() -> ModelDefinition:
    """The model of four states with curves that may cross, a drug taken until the lowest curve, care of a state in the second
    year only, a utility of the new arm that changes after a year, scenarios."""
    base = with_own_curve(four_states())
    curves, rows = zip(
        own_curve("old", "ttd", "weibull", shape=1.0, scale=11.0),
        own_curve("old", "pfs", "exponential", rate=0.06),
        own_curve("old", "os", "weibull", shape=1.0, scale=40.0),
        strict=True,
    )
    kept = [c for c in base.curves if c.arm != "old"]
    effects = [dataclasses.replace(c, distribution="weibull") if c.endpoint == "os" else c for c in kept]
    coefficients = [c for c in base.coefficients if c.arm != "old"]
    changes = tuple(
        ScenarioChange(id=name, label=name, input=address, value=value)
        for name, line in SCENARIOS.items()
        for address, value in line.items()
    )
    visits = Care(
        id="second_year",
        label="Second year",
        during="off_therapy",
        frequency="per_year",
        from_day=365.0,
        until_day=730.0,
        parameter=fixed(900.0),
    )
    of_new = [
        Utility(id="new_first", state="off_therapy", arm="new", until_month=12.0, parameter=fixed(0.78)),
        Utility(id="new_later", state="off_therapy", arm="new", from_month=12.0, parameter=fixed(0.83)),
    ]
    made = dataclasses.replace(
        base,
        care=(*base.care, visits),
        utilities=(*base.utilities, *of_new),
        curves=(*curves, *effects),
        coefficients=(*(row for each in rows for row in each), *coefficients),
        scenarios=changes,
    )
    return edit(made, {"settings.horizon_years": 6.0, "settings.cycle_days": 91.0, "settings.accrual": "trapezoid"})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    d = definition()
    sampled = psa(d, N_DRAWS, d.settings.seed)
    return written_book(tmp_path_factory.mktemp("four"), d, psa=sampled, scenarios=scenarios(d))


def test_every_result_and_every_formula_is_pythons(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


def test_scenarios_with_every_rule_of_crossing_are_pythons(book: Recalculated) -> None:
    assert wrong_scenarios(book, list(range(1, len(SCENARIOS) + 1))) == {}


def test_draws_are_replayed(book: Recalculated) -> None:
    assert wrong_draws(book, [1, N_DRAWS]) == {}


EDITS: dict[str, dict[str, Any]] = {
    "care of another state": {"care.care_on_therapy.during": "off_therapy", "care.care_off_therapy.during": "progressed"},
    "care at progression": {"care.care_off_therapy.during": "at_progression", "care.care_off_therapy.frequency": "once"},
    "treatment until progression": {"regimens.new.tablets.until": "progression"},
    "another price, utility and cycle": {
        "products.tablets.pack": 700.0,
        "utilities.u_on_therapy": 0.6,
        "settings.cycle_days": 180.0,
    },
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, EDITS[what])
    assert found.moved and found.wrong == {} and found.checks_failed == 0.0


def test_what_the_states_do_not_allow_fails_a_check(book: Recalculated) -> None:
    for changes in (
        {"utilities.u_progressed.state": "off_therapy"},
        {"utilities.u_progressed.state": "progression_free"},
        {"settings.structure": "state_transition"},
    ):
        with book.with_inputs(changes):
            assert book.value("checks_failed") != 0.0, changes
