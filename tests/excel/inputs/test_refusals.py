"""What Python refuses fails a check of the workbook as well, or cannot come about there by an edit of a cell.

Oracle: the checks of the definition, on what the reader would read from the cells; beside them formualizer, which knows only
the file. The list of refusals is read from the source of the checks, so that a new one has to be entered here.
"""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from model.definition import ModelDefinition, addresses
from model.definition.addresses import coerce
from model.definition.checks.all_checks import problems_apart_from_scenarios
from tests.helpers.recalculated import Recalculated
from tests.helpers.small_runs import small_book

CHECKS = Path(__file__).resolve().parents[3] / "model" / "definition" / "checks"
SHARES = CHECKS.parent / "shares.py"
DRAWN = "enters only the stored draws: the head of every sheet says that they are of the run, and the run refuses it"
FITTED = "curves are fitted to data when the model runs: any edit of the data fails W8 and W14"
ROWS = "rows and keys are those of the run: W6, W7 and W14 fail for any other"
KEYED = "stands in the key of a row: W7 and W14 fail for another one"
SOURCES = "a source is documentation; no result depends on it, and the head of every sheet tells that one was edited"

COVERED: dict[str, tuple[int, str]] = {
    "agency.groups_are_the_patients": (2, "a remark: a line of the sheet Severity"),
    "agency.shortfall_can_be_calculated": (5, f"W13; {ROWS}; W14 for shares of women without the mortality of men"),
    "agency.stepped_results_have_a_trial_period": (1, "W13"),
    "correlations.correlated_inputs_vary": (1, DRAWN),
    "correlations._inputs_exist": (3, KEYED),
    "correlations._pairs_stand_once": (1, KEYED),
    "correlations._hold_together": (1, DRAWN),
    "input_draws.draws_elsewhere_fit": (1, f"{DRAWN}; W8 where the draws were edited"),
    "curves.curves_are_complete": (3, f"{ROWS}; W9 for a source without its rows"),
    "curves._options_fit": (6, "W14"),
    "curves._tail_fits": (4, "W14"),
    "curves._joint_fit": (5, "W14 and W9: no joint fit is stored for other arms than the run's"),
    "curves._reference_of": (5, "W14"),
    "curves._effect_on": (2, "W14"),
    "curves._waning_of": (3, "W13"),
    "curves.evidence_is_consistent": (5, f"W14; the month {KEYED}"),
    "curves.follow_up_is_possible": (2, f"W14; {KEYED}"),
    "curves._number_can_be_calculated": (1, "W14"),
    "curves._not_reached_before": (1, "W14"),
    "curves._interval_is_possible": (2, "W14"),
    "curves._hazard_ratio_has_reference": (1, "W14"),
    "curves._candidate_is_complete": (5, f"W9 and W14; {ROWS}"),
    "curves._missing": (2, f"W9; {ROWS}"),
    "curves._covariance_is_possible": (4, f"{DRAWN}; {KEYED}"),
    "budget.budget_is_complete": (2, f"{ROWS}; {KEYED}"),
    "budget._shares_sum_to_one": (2, f"W13; the year {KEYED}"),
    "population._table_reaches_the_horizon": (1, "W13"),
    "population.horizon_holds_a_cycle": (1, "W13"),
    "population.arms_and_settings": (4, f"W13, W14, W12; {ROWS}"),
    "population.population_tables": (6, "W13 and W14"),
    "price_index.price_years_have_an_index": (4, "W14"),
    "prices._packs_exist": (2, KEYED),
    "prices._times_are_given": (4, "W14"),
    "prices._one_change_at_a_time": (1, "W14"),
    "prices._packs_keep_in_step": (1, "W14"),
    "records.keys_are_unique": (1, f"{ROWS}; W14 for numbers that are keys"),
    "records.references_exist": (2, f"W12; {SOURCES}"),
    "records._unknown_in": (1, f"W12; {KEYED}"),
    "records.settings_are_in_bounds": (1, "W12 and W14"),
    "records.records_are_in_bounds": (1, "W12 and W14"),
    "records._sources_exist": (1, SOURCES),
    "records.names_are_different": (1, "W14"),
    "records.parameters_are_possible": (3, "W14"),
    "state_transition.states_can_be_linked": (2, "W14"),
    "state_transition._ratio_is_known": (3, "W14"),
    "state_transition._ratio_can_be_kept": (1, "W9"),
    "state_transition.other_structure_can_be_drawn": (1, DRAWN),
    "state_transition.survival_after_progression_is_known": (
        2,
        f"W14; W5 for statistics that determine no curve; what they leave open {DRAWN}",
    ),
    "survival_data.survival_data_is_possible": (3, f"{FITTED}; W9 for cut points without a fit"),
    "survival_data._numbers_at_risk": (2, FITTED),
    "survival_data._times_are_months": (1, FITTED),
    "survival_data._data_stands": (3, FITTED),
    "survival_data.at_published_row": (1, FITTED),
    "survival_data._table_stands": (5, "W14; W9 for a source without its rows"),
    "survival_data._table_lasts": (2, "W14"),
    "survival_data._printed_errors": (3, DRAWN),
    "survival_data.curves_can_be_made": (2, "W5 for a calibration that has not settled; W9 for a fit not stored"),
    "states.states_are_possible": (5, f"{ROWS}; W14 for names"),
    "states.patients_start_in_states": (1, "W13; W14 for kinds; no live check: a row of the sheet Population"),
    "states._some_start_in_the_first": (3, f"W13; W14 for kinds; {ROWS}"),
    "states.structure_knows_the_states": (2, f"W9 for the structure; the probability {DRAWN}"),
    "treatment.health_is_complete": (6, f"W14; {ROWS}"),
    "treatment._utility_is_known": (2, f"W14; {ROWS}"),
    "treatment.drugs_are_complete": (7, f"W12, W14, W3 for packs; {ROWS}"),
    "treatment.care_is_complete": (4, f"W14; {ROWS}"),
    "treatment._days_of_care": (3, "W14"),
    "treatment.end_of_life_is_complete": (1, "W14"),
    "shares.shares_sum_to_one": (3, "W13 and W14"),
    "shares.subgroups_make_the_whole": (1, "W13"),
    "currency.currency_is_a_code_or_sign": (
        1,
        "the formulas hold the currency of the run; an edited one shows in units only, and the run refuses it",
    ),
}
"""By function: how many refusals it has, and the live check that fails, or why no edit of a cell brings them about."""

STATES: dict[str, Any] = {"settings.structure": "state_transition"}
FOLLOWED: dict[str, Any] = {"settings.median_follow_up": 24.0}
REFUSED: dict[str, dict[str, Any]] = {
    "a median later than a landmark below 50%": {
        "evidence.standard_care.os.median.value": 50.0,
        "evidence.standard_care.os.median.upper": 60.0,
    },
    "survival that rises between landmarks and the median": {"evidence.standard_care.pfs.landmark.24.value": 0.62},
    "a landmark above 1": {"evidence.standard_care.pfs.landmark.24.value": 1.2},
    "a median of 0": {"evidence.standard_care.pfs.median.value": 0.0},
    "an interval beside the value": {"evidence.standard_care.pfs.median.lower": 13.0},
    "an interval upside down": {
        "evidence.standard_care.pfs.median.lower": 15.0,
        "evidence.standard_care.pfs.median.upper": 11.0,
    },
    "a statistic without precision": {"evidence.standard_care.os.landmark.48.effective_n": None},
    "a landmark beyond the follow-up": {"follow_up.standard_care.pfs.longest": 24.0},
    "follow-up out of order": {"follow_up.standard_care.pfs.median": 12.0},
    "follow-up of nobody": {"follow_up.standard_care.pfs.patients": 0.0},
    "a value beyond its interval": {"relative_effects.new_treatment.os": 1.4},
    "a beta mean of 1": {"utilities.progression_free": 1.0},
    "a gamma mean of 0": {"care.visits": 0.0},
    "a standard error that no beta has": {"utilities.progression_free.standard_error": 0.6},
    "a gamma without a standard error": {"care.visits.standard_error": None},
    "a dirichlet outside a mix": {"care.visits.distribution": "dirichlet"},
    "a uniform without limits": {"care.visits.distribution": "uniform"},
    "a normal that leaves its limits": {"care.visits.distribution": "normal", "care.visits.standard_error": 1e5},
    "a distribution of another name": {"care.visits.distribution": "triangle"},
    "a negative standard error": {"care.visits.standard_error": -1.0},
    "a relative effect without a reference": {"curves.new_treatment.os.reference_arm": None},
    "a reference arm that is the arm itself": {"curves.new_treatment.os.reference_arm": "new_treatment"},
    "a cure fraction from evidence": {"curves.standard_care.os.cure": "mixture"},
    "an excess hazard from evidence": {"curves.standard_care.os.mortality": "excess"},
    "Kaplan-Meier without data": {"curves.standard_care.os.km_until": 12.0},
    "a joint fit without data": {"curves.standard_care.os.fitted": "jointly"},
    "a curve from evidence without a distribution": {"curves.standard_care.os.distribution": ""},
    "a spline from evidence": {"curves.standard_care.os.distribution": "spline_hazard_1"},
    "waning without an end": {"curves.new_treatment.os.waning_end": None},
    "waning that ends before it starts": {"curves.new_treatment.os.waning_end": 10.0},
    "a shape of a typed curve below 0": {"coefficients.new_treatment.new_drug.shape": -1.0},
    "two utilities of one state": {"utilities.progressed.state": "progression_free"},
    "a utility that ends before it begins": {"utilities.progressed.from_month": 9.0, "utilities.progressed.until_month": 8.0},
    "a utility that nothing follows": {"utilities.progressed.until_month": 8.0},
    "a utility of one arm alone": {"utilities.progressed.arm": "new_treatment"},
    "an increment of a state": {"utilities.progressed.given_as": "increment"},
    "a decrement of the first state": {"utilities.progression_free.given_as": "decrement"},
    "a change on treatment without its drug": {
        "utilities.progressed.state": "on_treatment",
        "utilities.progressed.given_as": "increment",
    },
    "care on treatment without its drug": {"care.visits.during": "on_treatment"},
    "care every so many days without the number": {"care.visits.frequency": "every_days", "care.visits.interval_days": None},
    "a first day of visits": {"care.imaging.frequency": "every_days", "care.imaging.from_day": 5.0},
    "care that ends before it begins": {"care.visits.from_day": 50.0, "care.visits.until_day": 40.0},
    "a last day of what happens once": {
        "care.visits.during": "at_start",
        "care.visits.frequency": "once",
        "care.visits.until_day": 40.0,
    },
    "care once while alive": {"care.visits.frequency": "once"},
    "a day beyond the schedule": {"drugs.backbone.dose_days": "99"},
    "a day that stands twice": {"drugs.new_drug.dose_days": "1, 1"},
    "a drug until its own curve without one": {"regimens.standard_care.backbone.until": "own_curve"},
    "no threshold for the decision": {"thresholds.100000.role": "comparison"},
    "a mean weight of 0": {"population.weight_mean": 0.0},
    "a share of women above 1": {"population.female_share": 1.5},
    "an age below the life table": {"population.start_age": 20.0},
    "shares that do not sum to 1": {"subsequent.later_drug.share": 0.9},
    "market shares that do not sum to 1": {"market_shares.2.new_treatment.share_with": 0.9},
    "a market share above 1": {"market_shares.2.new_treatment.without": 1.2},
    "a price year without an index": {"care.visits.price_year": 2019},
    "a price year that is a note": {"settings.price_year": "Mixed"},
    "a price year of a share of a price": {"price_changes.new_drug.generic_entry.factor.price_year": 2024},
    "shares of two kinds": {"subsequent.later_drug.share.distribution": "fixed"},
    "arms with one name": {"arms.new_treatment.label": "Standard care"},
    "the comparator as intervention": {"settings.intervention": "standard_care"},
    "an arm that is not there": {"settings.intervention": "nobody"},
    "a price change without a time": {"price_changes.new_drug.generic_entry.factor.from_month": None},
    "a price change with two times": {
        "price_changes.new_drug.generic_entry.factor.from_date": "2030-03-05",
        "settings.time_zero_date": "2026-11-24",
    },
    "a price change from a date, without that of time zero": {
        "price_changes.new_drug.generic_entry.factor.from_month": None,
        "price_changes.new_drug.generic_entry.factor.from_date": "2030-03-05",
    },
    "a price change before time zero": {
        "price_changes.new_drug.generic_entry.factor.from_month": None,
        "price_changes.new_drug.generic_entry.factor.from_date": "2026-03-05",
        "settings.time_zero_date": "2026-11-24",
    },
    "a date in the order of another country": {"settings.time_zero_date": "24/11/2026"},
    "a day that is not in the calendar": {"settings.time_zero_date": "2026-02-30"},
    "a factor below 0": {"price_changes.new_drug.generic_entry.factor": -0.1},
    "states without a median follow-up": STATES | {"settings.median_follow_up": None},
    "states with a follow-up beyond the horizon": STATES | {"settings.median_follow_up": 120.0},
    "states with an excess hazard": STATES | FOLLOWED | {"curves.standard_care.os.mortality": "excess"},
    "states whose hazard ratio of OS nothing gives": STATES | FOLLOWED | {"relative_effects.new_treatment.os": 0.05},
    "states whose effect on PFS lasts until death": STATES
    | FOLLOWED
    | {"curves.new_treatment.pfs.waning": "treatment_end", "regimens.new_treatment.new_drug.until": "death"},
    "states without enough of OS": STATES | FOLLOWED | {"evidence.standard_care.os.landmark.48.use": False},
    "a draw count of 0": {"settings.psa_draws": 0},
    "a seed below 0": {"settings.seed": -1},
    "a sampling that is not there": {"settings.sampling": "dice"},
    "an external figure as text": {"external_evidence.registry.value": "much"},
}
ALLOWED: dict[str, dict[str, Any]] = {
    "a typed number beyond the follow-up": {
        "follow_up.standard_care.pfs.longest": 23.0,
        "evidence.standard_care.pfs.landmark.24.effective_n": 80.0,
    },
    "a longer follow-up": {"follow_up.standard_care.pfs.longest": 60.0},
    "a later median": {"evidence.standard_care.os.median.value": 33.0},
    "a lower landmark": {"evidence.standard_care.os.landmark.48.value": 0.25},
    "a landmark shown only": {"evidence.standard_care.pfs.landmark.24.use": True},
    "a fixed value": {"care.visits.distribution": "fixed"},
    "a lognormal cost": {"care.visits.distribution": "lognormal"},
    "a utility within its distribution": {"utilities.progression_free": 0.7},
    "the effect as odds ratio": {"curves.new_treatment.os.effect": "odds_ratio"},
    "no waning": {"curves.new_treatment.os.waning_start": None, "curves.new_treatment.os.waning_end": None},
    "other days": {"drugs.new_drug.dose_days": "2"},
    "states": STATES | FOLLOWED,
    "states with a drug of both arms until death": STATES
    | FOLLOWED
    | {"curves.new_treatment.pfs.waning": "treatment_end", "regimens.new_treatment.backbone.until": "death"},
    "states of one coefficient": STATES
    | FOLLOWED
    | {"settings.after_progression": "exponential", "evidence.standard_care.os.landmark.48.use": False},
    "another seed": {"settings.seed": 99},
    "a price change that applies": {"price_changes.new_drug.generic_entry.factor.applies": True},
    "a price change from a date": {
        "price_changes.new_drug.generic_entry.factor.from_month": None,
        "price_changes.new_drug.generic_entry.factor.from_date": "2030-03-05",
        "settings.time_zero_date": "2026-11-24",
    },
}


@pytest.fixture
def book() -> Recalculated:
    return small_book(draws=0)


def refused(definition: ModelDefinition, changes: dict[str, Any]) -> bool:
    """Would a workbook with these cells be refused? A cell keeps the rest of its row, unlike an input that is ``--set``."""
    tables: dict[str, Any] = {}
    for address, value in changes.items():
        place = addresses(definition)[address]
        try:
            value = coerce(place.column, value)
        except ValueError:
            return True
        if place.table == "settings":
            holder = tables.get("settings", definition.settings)
            tables["settings"] = dataclasses.replace(holder, **{place.field: value})
            continue
        records = list(tables.get(place.table, definition.table(place.table)))
        record = records[place.position]
        if place.inside_block:
            inner = dataclasses.replace(getattr(record, place.inside_block), **{place.field: value})
            records[place.position] = dataclasses.replace(record, **{place.inside_block: inner})
        else:
            records[place.position] = dataclasses.replace(record, **{place.field: value})
        tables[place.table] = tuple(records)
    return bool(problems_apart_from_scenarios(dataclasses.replace(definition, **tables)))


def test_every_refusal_of_the_definition_has_a_live_check_or_a_reason() -> None:
    found: Counter[str] = Counter()
    for file in [*sorted(CHECKS.glob("[!_]*.py")), SHARES]:
        if file.stem.startswith("remarks"):  # told, not refused
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                calls = (n.func for n in ast.walk(function) if isinstance(n, ast.Call))
                n = sum(isinstance(f, ast.Name) and f.id == "Problem" for f in calls)
                found.update({f"{file.stem}.{function.name}": n} if n else {})
    assert found == {name: n for name, (n, _) in COVERED.items()}


@pytest.mark.parametrize(
    "what", [pytest.param(w, marks=[] if i % 3 == 0 else [pytest.mark.slow]) for i, w in enumerate(REFUSED)]
)
def test_what_python_refuses_fails_a_check(book: Recalculated, what: str) -> None:
    assert refused(book.definition, REFUSED[what])
    with book.with_inputs(REFUSED[what]):
        assert book.value("checks_failed") != 0.0


@pytest.mark.parametrize("what", ALLOWED)
def test_what_python_accepts_fails_none(book: Recalculated, what: str) -> None:
    assert not refused(book.definition, ALLOWED[what])
    with book.with_inputs(ALLOWED[what]):
        assert book.value("checks_failed") == 0.0


def test_an_untouched_workbook_breaks_no_rule(book: Recalculated) -> None:
    assert book.value("checks_failed") == 0.0
