"""The budget impact, live: whatever is typed gives what Python gives for the same.

Oracle: formualizer, an independent engine that knows only the file. Every result by name is compared, the budget among them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.agreement import Found
from model.analysis.base_case.named_outputs import named_outputs
from model.analysis.budget.budget_impact import item
from model.definition import EndOfLife, ModelDefinition, NetPrice, Subgroup, SubgroupChange, TreatmentParameter, edit
from model.definition.one_subgroup import in_subgroup
from tests.helpers.perturbations import effect
from tests.helpers.prices_over_time import checked, prices_over_time
from tests.helpers.recalculated import Recalculated, differences, written_book, wrong_as_written
from tests.helpers.small_models import fixed, monthly

SAME = 1e-9
CHANGES: dict[str, dict[str, Any]] = {
    "patients": {"budget_items.prevalent.value": 900.0, "budget_items.already_treated.value": 0.1},
    "new patients": {"budget_items.incident.value": 77.0, "budget_items.growth.value": -0.05},
    "those eligible": {"budget_items.eligible.value": 0.33},
    "on the first day": {"budget_items.start_month.value": 0.0},
    "late in the year": {"budget_items.start_month.value": 10.3},
    "covered lives": {"budget_items.covered_lives.value": 123456.0},
    "uptake": {"market_shares.2.new_treatment.share_with": 0.9, "market_shares.2.standard_care.share_with": 0.1},
    "the market without": {"market_shares.1.new_treatment.without": 0.3, "market_shares.1.standard_care.without": 0.7},
    "a rebate": {"net_prices.new_drug.1.factor": 0.65},
    "the societal perspective": {"settings.cost_perspective": "societal"},
    "a societal cost that is the payer's": {"care.work_lost.perspective": "payer"},
    "a payer's cost that is society's": {"end_of_life.terminal_care.perspective": "societal"},
    "a rebate after progression": {"net_prices.later_drug.2.factor": 0.35},
    "the value of a start": {"settings.accrual": "left"},
    "Simpson's rule": {"settings.accrual": "simpson"},
    "factor of the start": {"settings.accrual": "life_table"},
    "events over treatment": {"settings.adverse_event_timing": "time_on_treatment"},
    "a longer cycle": {"settings.cycle_days": 100.0},
    "an early horizon": {"settings.horizon_years": 2.0},
    "a horizon at a year's end": {
        "settings.horizon_years": 2.0,
        "settings.cycle_days": 91.3125,
        "budget_items.start_month.value": 0.0,
    },
    "a shorter course": {"regimens.new_treatment.new_drug.max_months": 14.5},
    "few doses": {"regimens.standard_care.backbone.max_doses": 9},
    "a late start": {"regimens.new_treatment.new_drug.start_day": 40.0},
    "a start in year 2": {"regimens.new_treatment.new_drug.start_day": 700.0},
    "a share that gets it": {"treatment.new_treatment.new_drug.share_treated.value": 0.6},
    "never, events over treatment": {
        "settings.adverse_event_timing": "time_on_treatment",
        "regimens.standard_care.backbone.start_day": 20000.0,
    },
    "care on a drug": {"care.supportive_care.during": "on_treatment", "care.supportive_care.drug": "new_drug"},
    "care of all": {"care.supportive_care.during": "alive"},
    "visits of all": {"care.visits.during": "alive"},
    "care once": {"care.supportive_care.during": "at_progression", "care.supportive_care.frequency": "once"},
    "care at the start": {"care.supportive_care.during": "at_start", "care.supportive_care.frequency": "once"},
}


def some_untreated() -> ModelDefinition:
    """The model of prices over time, in which nine of ten get the new drug, with a rebate on the drug after progression."""
    d = prices_over_time()
    share = TreatmentParameter(arm="new_treatment", drug="new_drug", item="share_treated", parameter=fixed(0.9))
    rebates = (*d.net_prices, NetPrice(drug="later_drug", from_year=2, factor=0.8))
    return checked(dataclasses.replace(d, treatment=(*d.treatment, share), net_prices=rebates))


def in_groups() -> ModelDefinition:
    """The same with two subgroups: one of the share 0.3 with another price, and one that says itself for whom it is."""
    groups = (Subgroup(id="poor", label="Poor", share=0.3), Subgroup(id="own", label="Its own patients", share=0.7))
    changes = (
        SubgroupChange(subgroup="poor", input="price_changes.new_drug.generic_entry.factor.value", value=0.2),
        SubgroupChange(subgroup="own", input="budget_items.growth.value", value=0.04),
    )
    return checked(dataclasses.replace(with_societal_costs(some_untreated()), subgroups=groups, subgroup_changes=changes))


def with_societal_costs(d: ModelDefinition) -> ModelDefinition:
    """The same with work lost by all patients alive, and a cost at death, of the societal perspective."""
    work = dataclasses.replace(monthly("work_lost", "alive", 900.0), label="Work lost", perspective="societal")
    at_death = EndOfLife(id="funeral", label="Funeral", perspective="societal", parameter=fixed(3000.0))
    return checked(dataclasses.replace(d, care=(*d.care, work), end_of_life=(*d.end_of_life, at_death)))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    return written_book(tmp_path_factory.mktemp("budget"), in_groups())


def test_the_budget_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert sum(name.startswith("budget_") for name in book.base) > 100
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_moves_the_budget_as_python_says(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert (found.checks_failed, found.inputs_changed) == (0.0, float(len(CHANGES[what])))


def test_costs_of_society_are_in_the_totals_when_asked_for_and_in_no_budget(book: Recalculated) -> None:
    with book.with_inputs({"settings.cost_perspective": "societal"}):
        found = book.results()
    assert {n: v for n, v in found.items() if n.startswith("budget_")} == {
        n: v for n, v in book.base.items() if n.startswith("budget_")
    }
    cost, years = (f"{what}_new_treatment" for what in ("costs", "life_years"))
    assert found[cost] > book.base[cost] and found[years] == book.base[years]  # type: ignore[operator]


@pytest.mark.parametrize("field", ["without", "share_with"])
def test_shares_that_do_not_sum_to_one_fail_a_check(book: Recalculated, field: str) -> None:
    change = {f"market_shares.3.new_treatment.{field}": 0.2}
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0


def test_cycles_shorter_than_the_sheets_have_rows_for_fail_a_check(book: Recalculated) -> None:
    with book.with_inputs({"settings.cycle_days": 30.0}):
        assert book.value("checks_failed") != 0.0


def test_a_subgroup_shown_budgets_what_a_run_of_it_alone_does(book: Recalculated) -> None:
    """Its share of the patients, or as many as it says itself."""
    for number, group in enumerate(book.definition.subgroups, start=1):
        alone = in_subgroup(book.definition, group.id)
        assert differences(named_outputs(base_case(alone)), showing(book, number), SAME) == {}, group.id
        prevalent = {"poor": 0.3, "own": 1.0}[group.id] * item(book.definition, "prevalent")
        assert item(alone, "prevalent") == prevalent


def test_the_share_typed_is_that_of_the_patients(book: Recalculated) -> None:
    shares = {"subgroups.poor.share": 0.45, "subgroups.own.share": 0.55}
    with book.with_inputs(shares):
        found = showing(book, 1)
    before = showing(book, 1)
    assert found["budget_impact_1"] == pytest.approx(before["budget_impact_1"] * 0.45 / 0.3, rel=SAME)  # type: ignore[operator]


def showing(book: Recalculated, number: int) -> dict[str, Found]:
    with book.showing(subgroup=number):
        assert book.value("checks_failed") == 0.0
        return book.results()
