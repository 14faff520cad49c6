"""Totals of the published models whose sources print none: integrals, closed forms and sums over doses, written here.

CheckMate 067: scipy's quad, year by year of the life table. CLL11: integrals of exponentials. Those who get a dose on a day
between two ends of cycles are taken from the straight line between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import pytest
from scipy.integrate import quad

from model.analysis import base_case
from model.analysis.agreement import Found
from model.analysis.base_case.named_outputs import named_outputs
from tests.published import checkmate_067 as melanoma
from tests.published.all_models import MODELS

MONTH, YEAR = 30.4375, 365.25


@cache
def results(name: str) -> dict[str, Found]:
    return named_outputs(base_case(MODELS[name].define()))


def doses(days: list[float], cycle: float, rate: float, share: Callable[[float], float]) -> float:
    """Discounted doses of a patient on some days; ``share``: those on treatment by the day."""

    def on_day(day: float) -> float:
        start, part = day // cycle * cycle, day % cycle / cycle
        return (1 - part) * share(start) + part * share(start + cycle)

    return sum(on_day(day) * math.exp(-rate * day / YEAR) for day in days)


# ---- CheckMate 067 -------------------------------------------------------------------------------------------------------

DISCOUNT = 0.035
IPILIMUMAB, NIVOLUMAB, NIVOLUMAB_WITH = 15_000 + 3_750, 1_097 + 3 * 439, 2 * 439
"""The cheapest vials for 210, 210 and 70 mg."""


@cache
def mortality() -> dict[int, float]:
    """Yearly hazard of women by age."""
    return {row.age: -math.log(1 - row.qx_female) for row in melanoma.life_table()}


def event_free(arm: str, endpoint: str, month: float) -> float:
    """General population x (cured + the others' exponential)."""
    years, rest = int(month // 12), month % 12 / 12
    hazard = sum(mortality()[melanoma.AGE + k] for k in range(years))
    hazard += rest * mortality()[melanoma.AGE + years] if rest > 0 else 0.0
    share, rate = melanoma.SHARES[arm, endpoint][0], melanoma.RATES[arm, endpoint]
    return math.exp(-hazard) * (share + (1 - share) * math.exp(-rate * month))


def expected_years(arm: str, endpoint: str) -> float:
    def integrand(year: float) -> float:
        return event_free(arm, endpoint, 12 * year) * math.exp(-DISCOUNT * year)

    return sum(quad(integrand, k, k + 1, epsabs=1e-12)[0] for k in range(40))


@pytest.mark.parametrize("arm", melanoma.ARMS)
def test_life_years_with_cure_and_background_mortality(arm: str) -> None:
    found = results("checkmate_067")
    assert found[f"life_years_{arm}"] == pytest.approx(expected_years(arm, "os"), rel=1e-7)
    assert found[f"life_years_of_progression_free_{arm}"] == pytest.approx(expected_years(arm, "pfs"), rel=1e-5)


@pytest.mark.parametrize("key", melanoma.RATES)
def test_half_are_event_free_at_the_published_median(key: tuple[str, str]) -> None:
    assert event_free(*key, melanoma.MEDIAN[key]) == pytest.approx(0.5, abs=5e-6)


def test_the_trial_is_met_where_no_number_of_it_was_taken() -> None:
    """Alive at 5 and at 6.5 years, per cent: Larkin 2019, Wolchok 2022."""
    trial = {"ipi": {60: 26, 78: 23}, "nivo": {60: 44, 78: 42}, "combo": {60: 52, 78: 49}}
    for arm, alive in trial.items():
        for month, per_cent in alive.items():
            assert 100 * event_free(arm, "os", month) == pytest.approx(per_cent, abs=1.5)


@pytest.mark.parametrize("arm", melanoma.ARMS)
def test_costs_of_vials(arm: str) -> None:
    def given(days: list[float], endpoint: str) -> float:
        return doses(days, MONTH, DISCOUNT, lambda day: event_free(arm, endpoint, day / MONTH))

    together = given([21.0 * k for k in range(4)], "os")
    costs = together * {"ipi": IPILIMUMAB, "nivo": 0, "combo": IPILIMUMAB + NIVOLUMAB_WITH}[arm]
    if arm in melanoma.NIVOLUMAB_DOSES:
        first, count = melanoma.NIVOLUMAB_DOSES[arm]
        costs += NIVOLUMAB * given([first + 14.0 * k for k in range(count)], "pfs")
    assert results("checkmate_067")[f"costs_{arm}"] == pytest.approx(costs, rel=1e-9)


# ---- CLL11 ---------------------------------------------------------------------------------------------------------------

HORIZON, CLL_DISCOUNT = 260 * 28 / YEAR, 0.03
HAZARDS = {
    "clb": {"pfs": math.log(2) / 11.1, "ttnt": math.log(2) / 15.1, "os": math.log(2) / 58.5},
    "gclb": {"pfs": math.log(2) / 31.1, "ttnt": math.log(2) / 51.1, "os": 0.62 * math.log(2) / 58.5},
}
"""Per month."""
LABELS = ("progression_free", "progressed_not_yet_treated_again", "after_the_next_treatment_began")


def years_below(arm: str, endpoint: str, until: float = HORIZON) -> float:
    rate = 12 * HAZARDS[arm][endpoint] + CLL_DISCOUNT
    return (1 - math.exp(-rate * until)) / rate


def years_in_states(arm: str) -> list[float]:
    free, untreated, alive = (years_below(arm, endpoint) for endpoint in ("pfs", "ttnt", "os"))
    return [free, untreated - free, alive - untreated]


@pytest.mark.parametrize("arm", HAZARDS)
def test_life_years_and_qalys_of_four_states(arm: str) -> None:
    """Infusions take 0.82 - 0.67 for 168 days; where a limit of time cuts Simpson's rule the sum is off by 1e-5."""
    found, years = results("cll11"), years_in_states(arm)
    assert [found[f"life_years_of_{label}_{arm}"] for label in LABELS] == pytest.approx(years, rel=1e-6)
    infused = 0.15 * years_below(arm, "pfs", 168 / YEAR) if arm == "gclb" else 0.0
    qalys = sum(u * y for u, y in zip((0.82, 0.66, 0.55), years, strict=True)) - infused
    assert found[f"qalys_{arm}"] == pytest.approx(qalys, rel=2e-5 if infused else 1e-7)


@pytest.mark.parametrize("arm", HAZARDS)
def test_costs_of_first_line(arm: str) -> None:
    """19 tablets of 2 EUR twice in each of six cycles; eight infusions of 3970 + 218.94 EUR."""

    def free(day: float) -> float:
        return math.exp(-HAZARDS[arm]["pfs"] * day / MONTH)

    cycles = [28.0 * k for k in range(6)]
    tablets = 38 * doses([start + day for start in cycles for day in (0.0, 14.0)], 28.0, CLL_DISCOUNT, free)
    infusions = (3970 + 218.94) * doses([*cycles, 7.0, 14.0], 28.0, CLL_DISCOUNT, free) if arm == "gclb" else 0.0
    assert results("cll11")[f"costs_{arm}"] == pytest.approx(tablets + infusions, rel=1e-9)
