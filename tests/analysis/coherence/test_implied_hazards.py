"""Implied hazards are those that the curves were made with. Oracles: closed forms with constant hazards; three states run
forward with known hazards."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.analysis import base_case
from model.definition import ModelDefinition, Progression
from tests.helpers.occupancy_models import CYCLE_YEARS, DEATH_SHARE, constant, population, run_model
from tests.helpers.small_models import fixed, model, own_curve, settings

MONTHLY = CYCLE_YEARS * 12


def exponential(pfs: float, os: float, death_share: float, **tables: object) -> ModelDefinition:
    """Two equal arms, exponential PFS and OS with these rates per year; weekly cycles over 20 years."""
    curves = [own_curve(arm, e, "exponential", rate=r / 12) for arm in ("old", "new") for e, r in (("pfs", pfs), ("os", os))]
    progression = (Progression(item="death_share", parameter=fixed(death_share)),)
    return model(
        curves, settings=settings(cycle_days=7.0, **tables.pop("conventions", {})), progression=progression, **tables
    )  # type: ignore[dict-item]


def test_exponential_curves_split_the_hazard_of_pfs_by_the_death_share() -> None:
    table = base_case(exponential(0.3, 0.1, 0.3)).coherence().hazards()
    assert table["progression"].to_numpy() == pytest.approx(0.7 * 0.3, rel=1e-10)
    assert table["death_before_progression"].to_numpy() == pytest.approx(0.3 * 0.3, rel=1e-10)
    assert table["year"].tolist() == [1, 3, 5, 10, 15, 20] * 2


def test_death_after_progression_of_exponential_curves() -> None:
    """(b exp(-b t) - d a exp(-a t)) / (exp(-b t) - exp(-a t)) at the middle of the cycle."""
    a, b, d = 0.5, 0.2, 0.3
    found = base_case(exponential(a, b, d)).coherence()
    for year in (1, 3, 5, 10):
        t = (math.floor(year / CYCLE_YEARS + 1e-9) + 0.5) * CYCLE_YEARS
        expected = (b * math.exp(-b * t) - d * a * math.exp(-a * t)) / (math.exp(-b * t) - math.exp(-a * t))
        assert found.hazards_at("old", year)["death_after_progression"] == pytest.approx(expected, rel=1e-4)


def test_a_death_hazard_that_is_the_same_before_and_after_progression() -> None:
    """OS is then exponential at that rate, b = d a, and so is survival after progression."""
    a, d = 0.5, 0.3
    table = base_case(exponential(a, d * a, d)).coherence().hazards()
    assert table["death_after_progression"].to_numpy() == pytest.approx(d * a, rel=2e-5)


def test_death_before_progression_is_the_populations_where_that_is_larger() -> None:
    """Then fewer of the PFS events are progressions, and fewer of the deaths are left for those who have progressed."""
    pfs, hazard = 0.1, 0.05
    found = base_case(exponential(pfs, 0.06, 0.3, life_table=population(hazard))).coherence().hazards_at("old", 5)
    assert found["death_before_progression"] == pytest.approx(hazard, rel=1e-9)
    assert found["death_before_by_death_share"] == pytest.approx(0.03, rel=1e-9)
    assert found["progression"] == pytest.approx(pfs - hazard, rel=1e-9)
    deaths = 0.06 * (found["progression_free"] + found["progressed"])
    assert found["death_after_progression"] == pytest.approx(
        (deaths - hazard * found["progression_free"]) / found["progressed"], rel=1e-4
    )


def test_a_population_that_dies_faster_than_pfs_falls_leaves_no_progression() -> None:
    """Then all PFS events are deaths; more cannot leave than do."""
    found = base_case(exponential(0.03, 0.025, 0.3, life_table=population(0.05))).coherence().hazards_at("old", 5)
    assert found["death_before_progression"] == pytest.approx(0.05, rel=1e-9)
    assert found["progression"] == 0.0
    deaths = 0.025 * (found["progression_free"] + found["progressed"]) - 0.03 * found["progression_free"]
    assert found["death_after_progression"] == pytest.approx(deaths / found["progressed"], rel=1e-3)


def test_the_hazards_of_known_transitions_are_found_again() -> None:
    """With a hazard of PFS that falls and a hazard after progression that rises."""
    pfs, after = (lambda t: 0.6 / (1 + t)), (lambda t: 0.1 + 0.02 * t)
    found = base_case(run_model(pfs, after, years=12.0)).coherence()
    for year in (1.0, 3.0, 5.0, 10.0):
        middle = (math.floor(year / CYCLE_YEARS + 1e-9) + 0.5) * CYCLE_YEARS
        row = found.hazards_at("new", year)
        assert row["progression"] == pytest.approx((1 - DEATH_SHARE) * pfs(middle), rel=1e-7)
        assert row["death_before_progression"] == pytest.approx(DEATH_SHARE * pfs(middle), rel=1e-7)
        assert row["death_after_progression"] == pytest.approx(after(middle), rel=1e-7)


def test_all_pfs_events_are_deaths_once_nobody_is_progressed() -> None:
    """PFS above OS throughout, lowered to it."""
    table = base_case(exponential(0.1, 0.2, 0.3)).coherence().hazards()
    assert np.all(table["progression"] == 0)
    assert table["death_before_progression"].to_numpy() == pytest.approx(0.2, rel=1e-9)
    assert table["death_after_progression"].isna().all()


def test_an_hour_less_than_a_year_is_beyond_a_horizon_of_less_than_a_year() -> None:
    short = base_case(run_model(constant(0.3), constant(0.2), years=0.9)).coherence()
    assert short.hazards().empty
