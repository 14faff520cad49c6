"""Severity, equal-value life years and stepped results, live: what is typed gives what Python gives for the same.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.agency_run import agency_results
from model.analysis.first_page.severity_line import severity_lines
from model.definition import ModelDefinition, edit
from model.definition.profiles import departures
from model.definition.records.agency import SeverityBand
from model.definition.records.settings import DiscountStep
from tests.helpers.agency_models import small_england
from tests.helpers.answer_page import shown_on_answer
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.typed_curves import with_typed_curves

CHANGES: dict[str, dict[str, Any]] = {
    "a cut-off of the absolute shortfall": {"severity_bands.severe.absolute_from": 5.0},
    "a cut-off of the proportional shortfall": {"severity_bands.severe.proportional_from": 0.2},
    "a weight": {"severity_bands.severe.weight": 1.3, "severity_bands.severe.proportional_from": 0.2},
    "both bands reached, the higher one counts": {
        "severity_bands.severe.absolute_from": 1.0,
        "severity_bands.very_severe.absolute_from": 2.0,
    },
    "the age of a group": {"patient_mix.younger.age": 50.0},
    "a part of a year": {"patient_mix.younger.age": 50.999},
    "the shares of the groups": {"patient_mix.younger.share": 0.7, "patient_mix.older.share": 0.3},
    "mortality": {"life_table.60.qx_female": 0.1},
    "a norm": {"utility_norms.60.utility": 0.5},
    "a coefficient of the norms": {"norm_equation.age.coefficient": -0.001},
    "the discount rate": {"settings.discount_rate_effects": 0.015},
    "no discounting": {"settings.discount_rate_effects": 0.0, "settings.discount_rate_costs": 0.0},
    "discounting by whole years": {"settings.discounting": "annual_step"},
    "a step of discounting": {"discount_steps.5.2.rate_effects": 0.0},
    "a band of one's own": {"severity_bands.mine.absolute_from": 1.0, "severity_bands.mine.proportional_from": 0.01},
    "continuous discounting": {"settings.discounting": "continuous"},
    "the value of a life year": {"life_year_values.gained.utility": 1.0},
    "the follow-up": {"settings.median_follow_up": 30.0},
    "a cycle's start as follow-up": {"settings.median_follow_up": 91 * 8 / 30.4375},
    "arms the other way round": {"settings.intervention": "control", "settings.comparator": "palbociclib"},
    "another price": {"products.palbociclib.pack_21": 2500.0},
    "another accrual": {"settings.accrual": "left"},
    "events over treatment": {"settings.adverse_event_timing": "time_on_treatment"},
    "Simpson's rule": {"settings.accrual": "simpson"},
    "factors of the start": {"settings.accrual": "life_table"},
}


SHORT = {"settings.profile": "nice", "settings.horizon_years": 6.0, "population.weight_sd": 5.0}


@cache
def six_years() -> ModelDefinition:
    """England over 6 years, with typed curves and about the same weight of all patients."""
    return edit(with_typed_curves(small_england()), SHORT)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """The same with a step of discounting, and a band that no profile has and no shortfall reaches."""
    own = SeverityBand(band="mine", weight=3.0, absolute_from=100.0, proportional_from=1.0)
    step = DiscountStep(from_year=5.2, rate_costs=0.03, rate_effects=0.031)
    plain = six_years()
    definition = dataclasses.replace(plain, severity_bands=(*plain.severity_bands, own), discount_steps=(step,))
    return written_book(tmp_path_factory.mktemp("agencies"), definition)


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}
    assert {n for n in book.base if n.startswith(("severity_weight", "equal_value", "step_trial"))}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


REACHED = {"severity_bands.very_severe.absolute_from": 1.0}
WEIGHTS: dict[str, tuple[dict[str, Any], str]] = {
    "no band reached": ({}, "No extra weight for severity ("),
    "too dear with the weight too": (REACHED, "comparator: no at GBP 25,000, no at GBP 35,000 per weighted QALY;"),
    "a very high weight": ({**REACHED, "severity_bands.very_severe.weight": 99.25}, "With the severity weight 99.25 ("),
    "arms the other way round": (
        {**REACHED, "settings.intervention": "control", "settings.comparator": "palbociclib"},
        "With the severity weight 1.70 (",
    ),
}


@pytest.mark.parametrize("what", WEIGHTS)
def test_the_first_page_tells_what_the_weight_makes_of_the_decision(book: Recalculated, what: str) -> None:
    changes, words = WEIGHTS[what]
    with book.with_inputs(changes):
        (told,) = shown_on_answer(book)["Severity"]
    base = base_case(edit(book.definition, changes))
    assert [told] == severity_lines(base) and words in told


def test_steps_of_discounting_and_rows_of_ones_own_depart_live_as_in_python(book: Recalculated) -> None:
    """Two profiles' rates against a step, and a band that no profile has."""
    for profile in ("nice", "us_icer", "pbac", "free"):
        with book.with_inputs({"settings.profile": profile}):
            expected = len(departures(edit(book.definition, {"settings.profile": profile})))
            assert book.value("out_departures_from_profile") == expected, profile
    assert len(departures(book.definition)) == len(departures(six_years())) + 3


THRESHOLDS: dict[str, dict[str, Any]] = {
    "as the profile": {"thresholds.25000.role": "decision", "thresholds.35000.role": "decision"},
    "one of them is for comparison": {"thresholds.35000.role": "comparison"},
    "the lowest is another": {"thresholds.20000.role": "decision", "thresholds.25000.role": "comparison"},
    "one too many": {"thresholds.30000.role": "decision"},
    "in another currency no profile's hold": {"settings.currency": "EUR"},
}


@pytest.mark.parametrize("what", THRESHOLDS)
def test_thresholds_depart_live_as_in_python(book: Recalculated, what: str) -> None:
    with book.with_inputs(THRESHOLDS[what]):
        found = book.value("out_departures_from_profile")
    assert found == len(departures(edit(book.definition, THRESHOLDS[what]))), what


def test_the_sheet_of_profiles_shows_words_and_amounts_and_no_working_numbers(book: Recalculated) -> None:
    shown = [value for row in book.sheet("Agency profile", 60, 12) for value in row]
    assert "NICE (England)" in shown and "GBP" in shown
    assert max(v for v in shown if isinstance(v, int | float)) < 1e6


def test_price_benchmarks_are_those_of_python(book: Recalculated) -> None:
    found = agency_results(base_case(book.definition))
    assert found is not None
    wanted = found.price_benchmarks()
    rows = book.sheet("Equal value", 30, 8)
    start = next(i for i, row in enumerate(rows) if str(row[0]).startswith("Health-benefit price benchmarks"))
    cells = [row for row in rows[start:] if str(row[0]).startswith("Palbociclib, pack")]
    assert len(cells) == len(wanted)
    for row, (_, made) in zip(cells, wanted.iterrows(), strict=True):
        assert [float(v) for v in row[1:7]] == pytest.approx([float(v) for v in made.iloc[2:]], rel=1e-9)


def test_shares_of_groups_that_do_not_sum_to_one_fail_a_check(book: Recalculated) -> None:
    with book.with_inputs({"patient_mix.older.share": 0.5}):
        assert float(book.value("checks_failed")) > 0
    with book.with_inputs({"patient_mix.older.age": 110.0}):
        assert float(book.value("checks_failed")) > 0


def fact(book: Recalculated, what: str) -> Any:
    """The value of a fact of the sheet Severity."""
    return next(row[1] for row in book.sheet("Severity", 60, 2) if row[0] == what)


def test_the_sheet_says_whether_groups_and_patients_are_alike(book: Recalculated) -> None:
    mean = 0.4 * 45.5 + 0.6 * 61.25
    for age, told in ((mean + 0.9, "yes"), (mean - 1.1, "no"), (mean + 1.1, "no")):
        with book.with_inputs({"population.start_age": age}):
            assert fact(book, "Groups have the age and mix of sexes of the patients") == told


def test_the_sheet_says_how_many_are_alive_at_the_horizon(book: Recalculated) -> None:
    for years in (3.0, 6.0):
        with book.with_inputs({"settings.horizon_years": years}):
            rows = book.sheet("Severity", 30, 14)
        found = agency_results(base_case(edit(book.definition, {"settings.horizon_years": years})))
        assert found is not None and found.severity is not None
        wanted = found.severity.table().iloc[0]
        cells = next(row for row in rows if row[0] == wanted["comparator"])
        assert float(cells[12]) == pytest.approx(wanted["alive_at_horizon"], rel=1e-9)
        assert (cells[13] or "") == wanted["remark"] and "overstated" in wanted["remark"]


PROFILE_CHANGES: dict[str, dict[str, Any]] = {
    "another profile": {"settings.profile": "us_icer"},
    "a profile without thresholds": {"settings.profile": "pbac"},
    "no profile": {"settings.profile": "free"},
    "a discount rate": {"settings.discount_rate_costs": 0.015},
    "a threshold fewer": {"thresholds.25000.role": "comparison"},
    "a threshold more": {"thresholds.30000.role": "decision"},
    "a weight": {"severity_bands.severe.weight": 1.3},
}


@pytest.mark.parametrize("what", PROFILE_CHANGES)
def test_departures_from_the_profile_are_counted_as_python_does(book: Recalculated, what: str) -> None:
    assert "departures_from_profile" in book.python  # and so among what is compared
    found = effect(book, PROFILE_CHANGES[what])
    assert found.wrong == {} and found.checks_failed == 0.0
    count = len(departures(edit(book.definition, PROFILE_CHANGES[what])))
    assert (count == 0) is (what == "no profile")
