"""A survival table, then an excess hazard with the general population's mortality from there on, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python, whose closed form stands in
tests/engine/test_curve_options.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import psa
from model.definition import edit
from tests.helpers.perturbations import effect
from tests.helpers.published_models import excess_after_steps
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_draws

N_DRAWS = 4
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


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    d = excess_after_steps()
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
