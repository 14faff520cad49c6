"""Curves as publications print them, recalculated from the workbook alone: base case, draws, and cells edited in place.

Oracle: formualizer, an independent engine that knows only the file, beside Python that knows only the definition.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.analysis import base_case, psa
from model.analysis.agreement import ALLOWED
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition, ScenarioChange, edit, sample
from tests.helpers.curve_models import both, on_control, short, trial, typed, typed_os, with_effect
from tests.helpers.published_models import (
    certain_coefficients,
    cured,
    effect_behind_steps,
    joint_fit_with_cure,
    restarted_tail,
    restarted_tail_of_survreg,
    uncertain_table,
)
from tests.helpers.recalculated import Recalculated, differences, written_book

SEED, N_DRAWS = 3, 4


def os_of_new(**fields: Any) -> dict[str, Any]:
    return {f"curves.palbociclib.os.{k}": v for k, v in fields.items()}


MODELS: dict[str, Callable[[], ModelDefinition]] = {
    "steps, then a tail whose clock continues": lambda: restarted_tail("continues"),
    "a tail whose coefficients are drawn one by one": certain_coefficients,
    "a tail as survreg prints it": restarted_tail_of_survreg,
    "a survival table with its error": uncertain_table,
    "cure odds, coefficients shared": cured,
    "cure odds as a relative effect": lambda: cured("relative"),
    "cure odds behind steps": lambda: effect_behind_steps("cure_odds_ratio", "continues"),
    "cure odds behind steps, restarted": lambda: effect_behind_steps("cure_odds_ratio", "restarts"),
    "time stretched behind steps": lambda: effect_behind_steps("acceleration_factor", "restarts"),
    "time stretched, Kaplan-Meier of patients": lambda: short(
        with_effect(), on_control("acceleration_factor", km_until=48.0)
    ),
    "Kaplan-Meier of patients, then a published tail": lambda: short(
        typed("weibull"), typed_os("weibull", km_until=30.0, tail_clock="restarts")
    ),
    "joint fit with cure": joint_fit_with_cure,
    "joint fit with cure and excess mortality": lambda: short(
        trial(), both("os", fitted="jointly", cure="mixture", mortality="excess"), os_of_new(effect="hazard_ratio")
    ),
}
SLOW = {
    "joint fit with cure",
    "joint fit with cure and excess mortality",
    "Kaplan-Meier of patients, then a published tail",
    "steps, then a tail whose clock continues",
    "a tail as survreg prints it",
    "cure odds behind steps, restarted",
    "time stretched behind steps",
    "time stretched, Kaplan-Meier of patients",
    "cure odds as a relative effect",
}


def written(definition: ModelDefinition, folder: Path) -> Recalculated:
    return written_book(folder, definition, psa=psa(definition, N_DRAWS, SEED))


def wrong_in(book: Recalculated) -> dict[int, object]:
    """What is not Python's in the base case (0) and the draws, or "a check fails"."""
    draws, wrong = sample(book.definition, N_DRAWS, SEED), dict[int, object]()
    for k in range(N_DRAWS + 1):
        with book.showing(psa_draw=k):
            python = named_outputs(case_of_draw(book.definition, draws, k - 1)) if k else book.python
            found = differences(python, book.results(), ALLOWED)
            if found or book.value("checks_failed"):
                wrong[k] = found or "a check fails"
    return wrong


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in MODELS])
def test_base_case_and_draws_agree(name: str, tmp_path: Path) -> None:
    assert wrong_in(written(MODELS[name](), tmp_path)) == {}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """The model of steps with a restarted tail, and two scenarios of it."""
    rows = (
        ScenarioChange(id="continues", label="The clock goes on", input="curves.old.os.tail_clock", value="continues"),
        ScenarioChange(id="later", label="Later cut", input="curves.old.os.km_until", value=13.0),
    )
    return written(dataclasses.replace(restarted_tail(), scenarios=rows), tmp_path_factory.mktemp("steps"))


def test_base_case_and_draws_of_steps_with_a_tail_whose_clock_restarts_agree(steps: Recalculated) -> None:
    assert wrong_in(steps) == {}


def test_the_clock_the_cut_the_table_and_the_coefficients_follow_an_edited_cell(steps: Recalculated) -> None:
    definition, book = steps.definition, steps
    for changes in (
        {"curves.old.os.tail_clock": "continues"},
        {"curves.old.os.km_until": 7.5},
        {"curves.old.os.km_until": None, "curves.old.os.tail_clock": "continues"},
        {"survival_tables.old.os.9.lower.survival": 0.5, "survival_tables.old.os.14.survival": 0.45},
        {"coefficients.old.os.scale": 35.0},
        {"curves.old.os.distribution": "weibull", "relative_effects.new.os": 0.6},
    ):
        python = named_outputs(base_case(edit(definition, changes)))
        with book.with_inputs(changes):
            assert differences(python, book.results(), ALLOWED) == {}, changes
            assert book.value("checks_failed") == 0.0, changes


REFUSED: dict[str, dict[str, Any]] = {
    "a cut beyond the table": {"curves.old.os.km_until": 15.0},
    "a clock that restarts nowhere": {"curves.old.os.km_until": None},
    "survival that rises in a step": {"survival_tables.old.os.9.lower.survival": 0.9},
    "odds of cure without cure": {"curves.new.os.effect": "cure_odds_ratio"},
}


def test_what_python_refuses_fails_a_check(steps: Recalculated) -> None:
    definition, book = steps.definition, steps
    for what, changes in REFUSED.items():
        with pytest.raises(ValueError):
            edit(definition, changes)
        with book.with_inputs(changes):
            assert book.value("checks_failed") != 0.0, what


def test_a_scenario_with_another_clock_is_shown(steps: Recalculated) -> None:
    definition, book = steps.definition, steps
    for number, changes in enumerate(definition.scenario_changes().values(), start=1):
        with book.showing(scenario=number):
            assert differences(named_outputs(base_case(edit(definition, changes))), book.results(), ALLOWED) == {}
