"""A survival table, then an excess hazard with the general population's mortality from there on, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python, whose closed form stands in
tests/engine/test_curve_options.py.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import psa
from model.definition import ModelDefinition, SurvivalTableRow, edit
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_draws
from tests.helpers.small_models import effect_curve, model, own_curve, settings, uncertain
from tests.helpers.trial_data import life_table

N_DRAWS = 4
SHARES = {0.0: 1.0, 10.0: 0.93, 24.5: 0.8, 40.0: 0.62}
WITHOUT = {"curves.old.os.mortality": "all_cause", "curves.new.os.mortality": "all_cause"}
LATER = {"curves.new.os.waning_start": 30.0, "curves.new.os.waning_end": 90.0}
CHANGES: dict[str, dict[str, Any]] = {
    "a part that ends within a cycle": {"curves.old.os.km_until": 31.0},
    "one that ends at a cycle": {"curves.old.os.km_until": 24.0},
    "no such part": {"curves.old.os.km_until": None, "curves.old.os.tail_clock": "continues"},
    "survival from any cause": WITHOUT,
    "older patients": {"population.start_age": 71.0},
    "mortality by whole years": {"settings.mortality_steps": "model_years", "population.start_age": 60.3},
    "an effect that wanes": LATER,
    "an effect on odds": {"curves.new.os.effect": "odds_ratio"},
}


def definition() -> ModelDefinition:
    old, coefficient = own_curve("old", "os", "exponential", rate=uncertain(0.012, 0.002))
    tail = dataclasses.replace(old, mortality="excess", km_until=24.5, tail_clock="restarts")
    new, ratio = effect_curve("new", "os", "old", "exponential", uncertain(0.7, 0.1, "lognormal"))
    rows = tuple(SurvivalTableRow(arm="old", endpoint="os", time=t, survival=s) for t, s in SHARES.items())
    pfs = [own_curve(arm, "pfs", "exponential", rate=0.05) for arm in ("old", "new")]
    return model(
        [*pfs, (tail, coefficient), (dataclasses.replace(new, mortality="excess"), ratio)],
        survival_tables=rows,
        life_table=life_table(),
        settings=settings(horizon_years=12.0, cycle_days=60.875, hazard_floor=True),
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    d = definition()
    return written_book(tmp_path_factory.mktemp("excess"), d, psa=psa(d, N_DRAWS, d.settings.seed))


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


def test_draws_are_replayed(book: Recalculated) -> None:
    assert wrong_draws(book, list(range(1, N_DRAWS + 1))) == {}


def test_a_stretched_time_is_refused_and_fails_a_check(book: Recalculated) -> None:
    change = {"curves.new.os.effect": "acceleration_factor"}
    with pytest.raises(ValueError, match="cannot stretch the time"):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0
