"""Typed coefficients of other programs are live: the workbook converts them as Python does, and says where it cannot.

Oracle: formualizer, which knows only the file. Curves in four parametrisations and units of time, one a spline, one with
a cure fraction; the base case, draws, scenarios and edits of coefficients, unit of time and program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from model.analysis import base_case, psa
from model.analysis.agreement import ALLOWED, ALLOWED_GAMMA
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import Evidence, ModelDefinition, ScenarioChange, edit, sample
from tests.helpers.recalculated import Recalculated, differences, written_book
from tests.helpers.small_models import uncertain
from tests.helpers.typed_models import covariance_of, printed_curve, typed_model

N_DRAWS, SEED = 4, 1
PRINTED = ["(Intercept)", "Log(scale)"]


def of_four_programs() -> ModelDefinition:
    spline = {"_rcs1": 1.3, "_rcs2": 0.02, "_cons": -1.2, "knot0": 0.1, "knot1": 1.0, "knot2": 4.0}
    curves = (
        printed_curve("old", "pfs", "weibull", "survreg", "days", {"(Intercept)": 6.5, "Log(scale)": -0.1}),
        printed_curve("old", "os", "spline_odds_1", "stpm2", "years", spline),
        printed_curve(
            "new",
            "pfs",
            "lognormal",
            "streg",
            "weeks",
            {"cure_fraction": 0.1, "_cons": uncertain(4.6, 0.1, "normal"), "/lnsigma": 0.1},
            cure="mixture",
        ),
        printed_curve("new", "os", "generalised_gamma", "scipy", "months", {"a": 1.4, "c": 0.9, "scale": 40.0}),
    )
    scenarios = (
        ScenarioChange(id="years", label="Years", input="curves.new.os.time_unit", value="years"),
        ScenarioChange(id="years", label="Years", input="coefficients.new.os.scale", value=4.0),
        ScenarioChange(id="time", label="Time", input="curves.new.pfs.parametrisation", value="streg_time"),
    )
    covariance = covariance_of("old", "pfs", PRINTED, [[0.01, 0.001], [0.001, 0.02]])
    return typed_model(*curves, covariance=tuple(covariance), scenarios=scenarios)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = of_four_programs()
    return written_book(tmp_path_factory.mktemp("typed"), definition, psa=psa(definition, N_DRAWS, SEED))


EDITS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an intercept": {"coefficients.old.pfs.(Intercept)": 6.2},
    "a unit of time": {"curves.old.pfs.time_unit": "weeks", "coefficients.old.pfs.(Intercept)": 4.2},
    "knots of a spline": {"coefficients.old.os.knot1": 0.7, "coefficients.old.os._rcs2": 0.03},
    "a spline in months": {
        "curves.old.os.time_unit": "months",
        **{f"coefficients.old.os.knot{k}": month for k, month in enumerate((1.0, 12.0, 48.0))},
        "coefficients.old.os._cons": -4.0,
    },
    "a cure fraction": {"coefficients.new.pfs.cure_fraction": 0.2, "coefficients.new.pfs./lnsigma": 0.3},
    "the other metric of Stata": {"curves.new.pfs.parametrisation": "streg_time"},
    "a negative power": {"coefficients.new.os.c": -0.8},
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    with book.with_inputs(EDITS[what]):
        python = named_outputs(base_case(edit(book.definition, EDITS[what])))
        assert differences(python, book.results(), ALLOWED_GAMMA) == {}
        assert book.value("checks_failed") == 0.0


def test_scenarios_and_draws_go_through_the_same_formulas(book: Recalculated) -> None:
    changes = book.definition.scenario_changes()
    for number, name in enumerate(changes, start=1):
        with book.showing(scenario=number):
            python = named_outputs(base_case(edit(book.definition, changes[name])))
            assert differences(python, book.results(), ALLOWED_GAMMA) == {}
    drawn = sample(book.definition, N_DRAWS, SEED)
    for k in range(1, N_DRAWS + 1):
        with book.showing(psa_draw=k):
            python = named_outputs(case_of_draw(book.definition, drawn, k - 1))
            assert differences(python, book.results(), ALLOWED_GAMMA) == {}
            assert book.value("checks_failed") == 0.0


@pytest.mark.parametrize(
    "edited",
    [
        {"curves.old.pfs.distribution": "lognormal"},  # the same names
        {"curves.old.pfs.parametrisation": "lifereg"},  # other names
        {"curves.new.os.distribution": "weibull"},
        {"coefficients.new.os.scale": -1.0},
    ],
)
def test_what_the_sheets_do_not_hold_fails_a_check(book: Recalculated, edited: dict[str, Any]) -> None:
    with book.with_inputs(edited):
        assert book.value("checks_failed") > 0.0


def test_another_family_of_the_same_coefficient_names_does_not_take_the_evidence(tmp_path: Path) -> None:
    """A Weibull curve is typed, and evidence stands beside it, to which every family is calibrated. With the log-logistic
    chosen Python takes shape and scale as typed, and the workbook, which does not hold that curve, says so."""
    exponential = [
        printed_curve(arm, endpoint, "exponential", "flexsurv", "months", {"rate": rate})
        for arm, endpoint, rate in (("old", "os", 0.02), ("new", "pfs", 0.03), ("new", "os", 0.015))
    ]
    evidence = [
        Evidence(arm="old", endpoint="pfs", statistic="median", value=15.0, lower=12.0, upper=19.0),
        Evidence(arm="old", endpoint="pfs", statistic="landmark", item="24", value=0.35, standard_error=0.04),
    ]
    typed = printed_curve("old", "pfs", "weibull", "flexsurv", "months", {"shape": 1.2, "scale": 20.0})
    book = written_book(tmp_path, typed_model(typed, *exponential, evidence=tuple(evidence)))
    assert book.value("checks_failed") == 0.0
    assert differences(book.python, book.base, ALLOWED) == {}
    with book.with_inputs({"curves.old.pfs.distribution": "loglogistic"}):
        assert book.value("checks_failed") > 0.0
    edited = {"curves.old.pfs.source": "evidence", "curves.old.pfs.distribution": "loglogistic"}
    with book.with_inputs(edited):
        python = named_outputs(base_case(edit(book.definition, edited)))
        assert differences(python, book.results(), ALLOWED_GAMMA) == {}
        assert book.value("checks_failed") == 0.0
