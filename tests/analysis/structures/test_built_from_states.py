"""A partitioned-survival model built from a state-transition model gives the same results in both structures.

Oracle: the closed form of exponential hazards. With hazards a of progression, b of death before it and c after it,
PFS = exp(-(a + b) t) and OS = PFS + a (exp(-c t) - PFS) / (a + b - c).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.analysis import Structures, structures
from model.definition import Care, Curve, Drug, EndOfLife, Product, Progression, RelativeEffect, SubsequentTreatment
from model.definition.records.survival_inputs import SurvivalTableRow
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings

AFTER = 0.06  # hazard of death after progression, per month, of both arms
RATES = {"old": (0.04, 0.01), "new": (0.024, 0.006)}  # of progression and of death before it: a fifth of PFS events each
YEARS, FOLLOW_UP = 20, 36.0
MONTHS = np.arange(YEARS * 12 + 1.0)  # cycles of a month
TO_SHOW = ("life_years", "life_years_undiscounted", "qalys", "costs")


def os_of(arm: str, months: np.ndarray) -> np.ndarray:
    progression, before = RATES[arm]
    free = np.exp(-(progression + before) * months)
    return free + progression * (np.exp(-AFTER * months) - free) / (progression + before - AFTER)


@cache
def built() -> Structures:
    """Closed-form OS as a survival table, PFS by its rate; every kind of cost that follows a state or an event."""
    curves = [own_curve(arm, "pfs", "exponential", rate=sum(rates)) for arm, rates in RATES.items()]
    curves += [(Curve(arm=arm, endpoint="os", source="survival_table"), []) for arm in RATES]
    table = tuple(
        SurvivalTableRow(arm=arm, endpoint="os", time=float(t), survival=float(s))
        for arm in RATES
        for t, s in zip(MONTHS, os_of(arm, MONTHS), strict=True)
    )
    hazards = {arm: -np.log(os_of(arm, np.array([FOLLOW_UP])))[0] for arm in RATES}
    definition = model(
        curves,
        survival_tables=table,
        settings=settings(
            after_progression="exponential", median_follow_up=FOLLOW_UP, discount_rate_costs=0.03, discount_rate_effects=0.015
        ),
        relative_effects=(RelativeEffect(arm="new", endpoint="os", parameter=fixed(hazards["new"] / hazards["old"])),),
        progression=(
            Progression(item="death_share", parameter=fixed(0.2)),
            Progression(item="share_treated", parameter=fixed(0.6)),
        ),
        care=(
            monthly("free", "progression_free", 1000.0),
            monthly("progressed", "progressed", 2500.0),
            monthly("alive", "alive", 70.0),
            Care(id="scan", label="Scan", during="at_progression", frequency="once", parameter=fixed(900.0)),
        ),
        drugs=(Drug(id="pill", label="Pill", dose_basis="fixed", dose=28.0, unit="tablet", schedule_days=28.0),),
        products=(Product(drug="pill", product="pack", contents=28.0, parameter=fixed(100.0)),),
        subsequent=(
            SubsequentTreatment(drug="pill", item="share", parameter=fixed(1.0)),
            SubsequentTreatment(drug="pill", item="duration_months", parameter=fixed(9.0)),
        ),
        end_of_life=(EndOfLife(id="death", label="Death", parameter=fixed(8000.0)),),
    )
    return structures(definition)


@pytest.mark.parametrize("link", ["own", "common", "hazard_ratio"])
@pytest.mark.parametrize("arm", ["Old", "New"])
def test_both_structures_give_the_same(link: str, arm: str) -> None:
    rows = {one.link: row for one, row in zip(built().found, built().table().to_dict("records"), strict=True)}
    for what in TO_SHOW:
        assert rows[link][f"{what} {arm}"] == pytest.approx(rows[""][f"{what} {arm}"], rel=1e-9)


def test_life_years_are_those_of_the_closed_form() -> None:
    table = built().table()
    for arm in RATES:
        alive = os_of(arm, MONTHS)
        years = np.sum((alive[1:] + alive[:-1]) / 2) / 12
        found = table[f"life_years_undiscounted {arm.capitalize()}"].iloc[:4]
        assert found.to_numpy(dtype=float) == pytest.approx(years, rel=1e-9)


def test_os_was_read_off_at_quarters_of_the_follow_up() -> None:
    notes = [one.note for one in built().found if one.structure == "state_transition"]
    wanted = (
        "OS read off the curve in use, no statistics being published: Old (months 9, 18, 27, 36: to the median follow-up); "
        "New (months 9, 18, 27, 36: to the median follow-up)"
    )
    assert notes == [wanted] * 4
