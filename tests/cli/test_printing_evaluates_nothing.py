"""Once a result is made, its summary, its repr and what the console prints of it neither evaluate the model nor estimate a
curve, a calibration or a regression: for the time of the printing all of these raise."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import model
from model.analysis import decision, price_analyses, psa_summary, sensitivity, value_of_information
from model.analysis.agreement import Agreement, Part
from model.analysis.all_analyses import all_lines
from model.analysis.analysis import Results
from model.analysis.base_case.against_evidence import calibrated_to
from model.analysis.change_log import change_log
from model.analysis.change_log.difference_list import difference_list
from model.analysis.decision.regression import smoothing
from model.analysis.prices.sentences import PriceSentences, price_sentences
from model.analysis.probabilistic.mean_against_base_case import mean_against_base_case
from model.analysis.sampled.curves_against_base_case import curve_warnings
from model.cli.diff import places_of
from model.cli.diff_print import print_list, print_log
from model.cli.verify_print import print_agreement
from model.definition import edit
from model.definition.curves import coefficients, from_data, from_evidence
from model.definition.sampling import draws
from model.engine import Engine
from model.engine import evaluate as evaluate_model
from model.excel import write_inputs
from model.excel.inputs.placed_inputs import read_placed_inputs
from model.survival import calibration, cox, estimation, reconstruct
from tests.helpers.small_runs import small_definition

WORK = (
    evaluate_model,
    coefficients.curve_coefficients,
    calibration.calibrate,
    from_evidence.calibrated,
    from_data.fit_of,
    from_data.resamples_of,
    estimation.fit,
    smoothing.smooth,
    decision.evppi,
    decision.evsi,
    draws.sample,
    cox.cox_hazard_ratio,
    cox.proportional_hazards_test,
    reconstruct,
    price_sentences,
    calibrated_to,
)
"""Functions that work something out; whoever calls one of them, by whatever name it was imported, is caught."""
CAUGHT = {id(work) for work in WORK}


def refused(*_: object, **__: object) -> Any:
    raise AssertionError("printing works something out")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every kind of result, of the small model."""
    old = small_definition()
    new = edit(old, {"utilities.progressed": 0.5, "settings.discount_rate_costs": 0.05})
    base, one_way = model.base_case(old), model.one_way(old)
    sampled = model.psa(old, 200, 1)
    grown, precision = model.psa_until(old, seed=1, most=2048)
    costs = np.column_stack([sampled.outcomes.total_costs, sampled.outcomes.total_costs[:, 0] + 1.0])
    effects = np.column_stack([sampled.outcomes.total_qalys, sampled.outcomes.total_qalys[:, 0]])
    results = Results(
        base,
        one_way,
        model.scenarios(old),
        sampled,
        price_analyses(base, sampled),
        value_of_information(sampled),
        sensitivity(one_way, sampled, 64),
        precision,
        mean_against_base_case(sampled),
        PriceSentences(price_sentences(old)),
        curve_warnings(old),
    )
    assert sampled.curves_against_base_case.n_draws == 200
    folder = tmp_path_factory.mktemp("placed")
    placed = []
    for name, definition in (("old.xlsx", old), ("new.xlsx", new)):
        write_inputs(definition, folder / name)
        placed.append(read_placed_inputs(folder / name))
    log, listed = change_log(old, new), difference_list(old, new, "an arm is missing")
    return {
        **{type(found).__name__: found for found in results},
        "results": results,
        "results without draws": Results(base, results.of(PriceSentences)),
        "grown": grown,
        "curves_against_base_case": sampled.curves_against_base_case,
        "summary of draws": psa_summary(
            costs, effects, ["A", "B", "C"], [20_000.0, 50_000.0], sampled.parameter_columns(), currency="GBP"
        ),
        "log": log,
        "list": listed,
        "places": [places_of(found.changes, *placed) for found in (log, listed)],
        "verified": Agreement("a.xlsx", "formualizer", (Part("The base case", 1, 10), Part("Draws", 3, 30))),
        "definition": old,
    }


@contextlib.contextmanager
def nothing_is_worked_out() -> Iterator[None]:
    """Within: whatever evaluates or estimates raises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", refused)
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] == "model":
                for attribute, value in list(vars(module).items()):
                    if id(value) in CAUGHT:
                        patch.setattr(module, attribute, refused)
        yield


def printing(made: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Every way to put a result in words."""
    ways: dict[str, Callable[[], object]] = {f"repr of {name}": partial(repr, value) for name, value in made.items()}
    for name in ("BaseCase", "PSA", "grown", "MeanAgainstBaseCase", "summary of draws"):
        ways[f"summary of {name}"] = made[name].summary
    log, listed, places = made["log"], made["list"], made["places"]
    return ways | {
        "conclusion": made["BaseCase"].conclusion,
        "summary of precision": lambda: made["Precision"].summary("USD"),
        "sentence": made["curves_against_base_case"].sentence,
        "counts of the log": log.counts,
        "notes of the log": lambda: [log.notes()],
        "counts of the list": listed.counts,
        "the log printed": lambda: print_log(log, places[0], "old.xlsx", "new.xlsx"),
        "the list printed": lambda: print_list(listed, places[1], "old.xlsx", "new.xlsx"),
        "the verification printed": lambda: print_agreement(made["verified"]),
        "the console of a run": lambda: all_lines(made["results"]),
        "the console of a run without draws": lambda: all_lines(made["results without draws"]),
    }


def test_what_is_made_is_told_without_working_anything_out(made: dict[str, Any]) -> None:
    failed = {}
    for name, way in printing(made).items():
        printed = io.StringIO()
        with nothing_is_worked_out(), contextlib.redirect_stdout(printed):
            try:
                told = way()
            except AssertionError as error:
                failed[name] = str(error)
                continue
        assert told or printed.getvalue(), name
    assert failed == {}


def test_what_works_something_out_is_caught() -> None:
    definition = small_definition()
    for work in (model.base_case, price_sentences, lambda d: model.psa(d, 2, 1), Engine):
        with nothing_is_worked_out(), pytest.raises(AssertionError, match="printing works something out"):
            work(definition)


def test_the_console_and_the_workbook_tell_the_same_sentences(made: dict[str, Any]) -> None:
    words = all_lines(made["results"])
    assert set(made["PriceSentences"].lines) <= set(words) and made["PSA"].summary(made["curves_against_base_case"]) in words
    assert made["curves_against_base_case"].sentence() in made["PSA"].summary(made["curves_against_base_case"])
