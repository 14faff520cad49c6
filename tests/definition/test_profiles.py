"""Agency profiles: each sets what it says, with a source that is in the workbook, and a departure is told."""

from __future__ import annotations

import dataclasses

import pytest

from model.choices import PROFILE_WORDS
from model.definition import edit
from model.definition.addresses import addresses
from model.definition.checks.remarks import remarks
from model.definition.model_definition import ModelDefinition
from model.definition.profiles import PROFILES, REFERENCES, departures, with_profile
from model.definition.records.agency import SeverityBand
from model.definition.records.settings import DiscountStep
from model.definition.validation import validate
from tests.helpers.shipped import shipped

COUNTRIES = ("patina_us", "patina_england")
RATES = {"nice": 0.035, "us_icer": 0.03, "cda_amc": 0.015, "pbac": 0.05}
"""Discount rates of the reference cases, as the sources of the profiles have them."""


def test_every_profile_that_can_be_chosen_is_there_and_has_sources() -> None:
    assert tuple(PROFILES) == tuple(PROFILE_WORDS)
    assert all(source in REFERENCES for profile in PROFILES.values() for source in profile.sources())
    assert all(row.source for p in PROFILES.values() for row in (*p.settings, *p.thresholds, *p.severity_bands))


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("name", PROFILES)
def test_a_copy_with_a_profile_is_valid_follows_it_and_stays_the_same_when_given_it_again(country: str, name: str) -> None:
    made = with_profile(shipped(country), name)
    assert validate(made) == [] and departures(made) == []
    assert with_profile(made, name) == made
    if name in RATES:
        assert (made.settings.discount_rate_costs, made.settings.discount_rate_effects) == (RATES[name], RATES[name])


@pytest.mark.parametrize(("country", "name"), [("patina_england", "nice"), ("patina_us", "us_icer")])
def test_the_shipped_workbooks_follow_the_profile_of_their_country(country: str, name: str) -> None:
    definition = shipped(country)
    assert definition.settings.profile == name
    assert departures(definition) == []


def test_nice_decides_at_25000_and_35000_and_weighs_by_severity() -> None:
    made = with_profile(shipped("patina_england"), "nice")
    assert made.decision_thresholds() == (25_000.0, 35_000.0)
    bands = {b.weight: (b.absolute_from, b.proportional_from) for b in made.severity_bands}
    assert bands == {1.2: (12.0, 0.85), 1.7: (18.0, 0.95)}


def test_thresholds_of_another_currency_stay_and_rows_of_another_agency_go() -> None:
    england = shipped("patina_england")
    made = with_profile(england, "us_icer")
    assert made.thresholds == england.thresholds
    assert made.severity_bands == () and [v.utility for v in made.life_year_values] == [0.851]
    assert with_profile(made, "pbac").life_year_values == ()


def test_thresholds_that_the_profile_has_not_become_comparisons() -> None:
    england = shipped("patina_england")
    roles = tuple(dataclasses.replace(t, role="decision" if t.value < 22_000 else "comparison") for t in england.thresholds)
    made = with_profile(dataclasses.replace(england, thresholds=roles), "nice")
    assert [(t.value, t.role) for t in made.thresholds if t.value in (20_000.0, 25_000.0, 35_000.0)] == [
        (20_000.0, "comparison"),
        (25_000.0, "decision"),
        (35_000.0, "decision"),
    ]


def test_the_profile_free_changes_nothing_but_the_name() -> None:
    england = shipped("patina_england")
    made = with_profile(england, "free")
    assert dataclasses.replace(made, settings=england.settings) == england
    assert departures(edit(made, {"settings.discount_rate_costs": 0.1})) == []


CHANGES: list[tuple[dict[str, object], str]] = [
    ({"settings.discount_rate_costs": 0.015}, "the model has 0.015 here; the profile NICE (England) sets 0.035"),
    ({"severity_bands.severe.weight": 1.5}, "sets 1.2"),
    ({"thresholds.30000.role": "decision"}, "a decision threshold of 30,000"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_departure_is_a_remark_at_its_cell(change: dict[str, object], words: str) -> None:
    definition = edit(with_profile(shipped("patina_england"), "nice"), change)
    found = [r for r in remarks(definition) if "the profile" in r.message]
    assert any(words in r.message for r in found)
    place = addresses(definition)[next(iter(change))]
    assert (place.table, place.position) in {(r.table, r.position or 0) for r in found}


def test_a_row_that_is_left_out_is_a_departure() -> None:
    made: ModelDefinition = with_profile(shipped("patina_england"), "nice")
    found = departures(dataclasses.replace(made, severity_bands=made.severity_bands[:1]))
    assert [(d.table, d.position, d.found) for d in found] == [("severity_bands", None, None)]


def test_later_discount_rates_are_departures_and_go_with_a_profile() -> None:
    """3.5% is NICE's rate: of a step to 3% and 3.5% only the costs depart, of the profile free neither."""
    step = DiscountStep(from_year=30.0, rate_costs=0.03, rate_effects=0.035)
    made = dataclasses.replace(with_profile(shipped("patina_england"), "nice"), discount_steps=(step,))
    assert [(d.table, d.position, d.field, d.wanted) for d in departures(made)] == [
        ("discount_steps", 0, "rate_costs", 0.035)
    ]
    assert any(r.table == "discount_steps" and "sets 0.035" in r.message for r in remarks(made))
    assert departures(with_profile(made, "free")) == [] and with_profile(made, "nice").discount_steps == ()


def test_a_row_that_the_profile_has_not_is_a_departure() -> None:
    england = with_profile(shipped("patina_england"), "nice")
    own = SeverityBand(band="mine", weight=3.0, absolute_from=1.0, proportional_from=0.01)
    made = dataclasses.replace(england, severity_bands=(*england.severity_bands, own))
    (found,) = departures(made)
    assert (found.table, found.position, found.field, found.found) == ("severity_bands", 2, "weight", 3.0)
    assert "sets no such row" in found.message(PROFILES["nice"])
    assert departures(with_profile(made, "free")) == []


def test_thresholds_of_another_currency_are_a_remark() -> None:
    told = [r for r in remarks(with_profile(shipped("patina_us"), "nice")) if r.field == "profile"]
    assert len(told) == 1 and "amounts in GBP, the model counts in USD" in told[0].message
    assert not [r for r in remarks(shipped("patina_us")) if r.field == "profile"]


def test_the_headline_of_a_profile_goes_with_it_and_that_of_the_user_stays() -> None:
    england = shipped("patina_england")
    canada = with_profile(england, "cda_amc")
    back = with_profile(canada, "nice")
    assert (canada.settings.headline, back.settings.headline) == ("probabilistic", "deterministic")
    assert "headline" in canada.provenance and "headline" not in back.provenance
    chosen = edit(england, {"settings.headline": "probabilistic"})
    assert with_profile(chosen, "pbac").settings.headline == "probabilistic"


def test_the_sources_stand_beside_the_settings_that_were_changed() -> None:
    made = with_profile(shipped("patina_us"), "pbac")
    assert made.provenance["discount_rate_costs"].source == "discount_rates_2024"
    assert "discount_rates_2024" in {r.id for r in made.references}
