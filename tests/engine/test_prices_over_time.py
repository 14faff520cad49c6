"""Prices that change over time: doses by hand, courses after progression in closed form, and what no change may move.

The figures of the US model are those of an independent replication of it (NumPy and SciPy, from the workbook alone).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from model.analysis import base_case, one_way, psa
from model.definition import (
    Discount,
    Draws,
    Drug,
    ModelDefinition,
    Parameter,
    PriceChange,
    Product,
    Progression,
    Regimen,
    SubsequentTreatment,
    base_case_draws,
    edit,
)
from model.engine import evaluate
from tests.helpers.former_base_case import former_base
from tests.helpers.small_models import fixed, model, own_curve, settings

RATE = 0.03  # progressions and deaths per month
DAYS_PER_MONTH, DAYS_PER_YEAR = 30.4375, 365.25
CURVES = [
    own_curve(arm, endpoint, "exponential", rate=rate)
    for arm in ("old", "new")
    for endpoint, rate in (("pfs", RATE), ("os", 0.001))
]
GENERIC = "price_changes.pill.generic.factor"


def pill(**changes: object) -> Drug:
    plain = dict(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="mg", schedule_days=21.0)
    return Drug(**{**plain, **changes})  # type: ignore[arg-type]


def change(value: float | Parameter, given_as: str = "factor", **options: object) -> PriceChange:
    """A change of the pill's price, by default a factor named generic."""
    parameter = value if isinstance(value, Parameter) else fixed(value)
    plain = dict(drug="pill", product=None, change="generic", given_as=given_as, parameter=parameter)
    return PriceChange(**{**plain, **options})  # type: ignore[arg-type]


def definition(*changes: PriceChange, drug: Drug | None = None, **tables: object) -> ModelDefinition:
    """Two arms, of which the new one takes a pill at 100 a pack."""
    given = dict(
        settings=settings(horizon_years=5.0, cycle_days=21.0),
        drugs=(drug or pill(),),
        products=(Product(drug="pill", product="pack", contents=1.0, parameter=fixed(100.0)),),
        regimens=(Regimen(arm="new", drug="pill"),),
        price_changes=changes,
    )
    return model(CURVES, **{**given, **tables})  # type: ignore[arg-type]


def cost(d: ModelDefinition) -> float:
    """Discounted cost of the new arm, which has no other cost."""
    return float(evaluate(d, base_case_draws(d)).total_costs[0, 1])


def on_day(day: float, rate: float = 0.0) -> float:
    """Share of patients on the drug, discounted at a yearly rate."""
    return math.exp(-RATE * day / DAYS_PER_MONTH) / (1 + rate) ** (day / DAYS_PER_YEAR)


@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_two_doses_before_and_two_after_a_change(rate: float) -> None:
    """Doses on days 0, 21, 42, 63; from day 30 on a pack costs 40 in place of 100."""
    d = definition(
        change(0.4, from_month=30 / DAYS_PER_MONTH),
        regimens=(Regimen(arm="new", drug="pill", max_doses=4),),
        settings=settings(horizon_years=5.0, cycle_days=21.0, discount_rate_costs=rate),
    )
    by_hand = 100 * (on_day(0, rate) + on_day(21, rate)) + 40 * (on_day(42, rate) + on_day(63, rate))
    assert cost(d) == pytest.approx(by_hand, rel=1e-12)


def test_a_dose_on_the_day_of_a_change_is_at_the_new_price() -> None:
    d = definition(change(0.4, from_month=42 / DAYS_PER_MONTH), regimens=(Regimen(arm="new", drug="pill", max_doses=4),))
    assert cost(d) == pytest.approx(100 * (on_day(0) + on_day(21)) + 40 * (on_day(42) + on_day(63)), rel=1e-12)


def test_a_factor_of_1_is_no_change() -> None:
    assert cost(definition(change(1.0, from_month=12.0))) == pytest.approx(cost(definition()), rel=1e-13)


def test_a_row_that_does_not_apply_changes_no_bit() -> None:
    idle = definition(change(0.1, from_month=12.0, applies=False))
    assert cost(idle) == cost(definition())
    assert cost(edit(idle, {f"{GENERIC}.applies": "yes"})) == cost(definition(change(0.1, from_month=12.0)))


def test_costs_are_linear_in_a_factor() -> None:
    free, half, full = (cost(definition(change(f, from_month=12.0))) for f in (0.0, 0.5, 1.0))
    assert half == pytest.approx((free + full) / 2, rel=1e-13)


def test_a_period_in_two_halves_at_one_factor_is_that_period() -> None:
    halves = change(0.5, from_month=12.0), change(0.5, from_month=30.0, change="later")
    assert cost(definition(*halves)) == pytest.approx(cost(definition(halves[0])), rel=1e-13)


def test_a_factor_is_about_the_list_price_not_about_the_change_before() -> None:
    steps = change(0.5, from_month=12.0), change(0.2, from_month=30.0, change="later")
    first, second = cost(definition(steps[0])), cost(definition(change(0.2, from_month=30.0)))
    between = cost(definition(change(0.5, from_month=12.0), change(1.0, from_month=30.0, change="later")))
    assert cost(definition(*steps)) == pytest.approx(between + second - cost(definition()), rel=1e-12)
    assert cost(definition(*reversed(steps))) == cost(definition(*steps)) < first


def test_a_date_is_a_month_counted_from_the_date_of_time_zero() -> None:
    """From 24 November 2026 to 5 March 2027: 6 + 31 + 31 + 28 + 5 = 101 days."""
    dated = definition(
        change(0.2, from_date="2027-03-05"),
        settings=settings(horizon_years=5.0, cycle_days=21.0, time_zero_date="2026-11-24"),
    )
    for days, same in ((101, True), (105, True), (106, False)):  # the doses before and after are on days 84 and 105
        assert (cost(dated) == cost(definition(change(0.2, from_month=days / DAYS_PER_MONTH)))) is same


def test_a_new_price_has_no_discount_and_a_factor_has() -> None:
    discount = (Discount(drug="pill", parameter=fixed(0.3)),)
    plain = cost(definition())
    after = plain - cost(definition(change(0.0, from_month=12.0)))
    factor = definition(change(0.5, from_month=12.0), discounts=discount)
    assert cost(factor) == pytest.approx(0.7 * (plain - after / 2), rel=1e-12)
    priced = definition(change(55.0, "new_price", from_month=12.0), discounts=discount)
    assert cost(priced) == pytest.approx(0.7 * (plain - after) + 0.55 * after, rel=1e-12)


def test_another_vial_is_the_cheapest_once_its_price_has_fallen() -> None:
    """310 mg of vials of 100 mg at 10 and 160 mg at 15: two of 160 for 30; at a fifth of its price four of 100 for 8."""
    d = definition(
        change(0.2, product="small", from_month=30 / DAYS_PER_MONTH),
        drug=pill(dose=310.0),
        products=tuple(
            Product(drug="pill", product=name, contents=held, parameter=fixed(price))
            for name, held, price in (("small", 100.0, 10.0), ("large", 160.0, 15.0))
        ),
        regimens=(Regimen(arm="new", drug="pill", max_doses=4),),
    )
    assert cost(d) == pytest.approx(30 * (on_day(0) + on_day(21)) + 8 * (on_day(42) + on_day(63)), rel=1e-12)


def test_a_loading_dose_is_paid_at_the_price_of_its_day() -> None:
    """Two packs at first, then one: all of them at half price if the change holds from the start."""
    loaded = pill(loading_dose=2.0)
    assert cost(definition(change(0.5, from_month=0.0), drug=loaded)) == pytest.approx(cost(definition(drug=loaded)) / 2)
    later = cost(definition(change(0.5, from_month=1.0), drug=loaded))
    assert later == pytest.approx((200 + 100 * on_day(21) + cost(definition(drug=loaded))) / 2, rel=1e-12)


def test_weekly_and_monthly_cycles_agree_where_a_dose_is_given_every_day() -> None:
    """Against the sum over days; what is left is the interpolation of an exponential curve within a cycle, (rate x month)^2
    / 8 of it at most."""
    daily = pill(schedule_days=1.0)
    by_day = sum((100 if day < 365.25 else 25) * on_day(day) for day in range(int(5 * DAYS_PER_YEAR)))
    for cycle, allowed in ((7.0, 1e-5), (DAYS_PER_MONTH, RATE**2 / 8)):
        d = definition(change(0.25, from_month=12.0), drug=daily, settings=settings(horizon_years=5.0, cycle_days=cycle))
        assert cost(d) == pytest.approx(by_day, rel=allowed, abs=100.0)  # the horizon is a whole number of cycles


# ---- after progression -------------------------------------------------------------------------------------------------


def with_courses(*changes: PriceChange, cycle: float = DAYS_PER_MONTH) -> ModelDefinition:
    """Everyone who progresses takes the pill for 2 months, in either arm; nobody takes it before."""
    return definition(
        *changes,
        settings=settings(horizon_years=5.0, cycle_days=cycle),
        regimens=(),
        progression=(
            Progression(item="death_share", parameter=fixed(0.0)),
            Progression(item="share_treated", parameter=fixed(1.0)),
        ),
        subsequent=(
            SubsequentTreatment(drug="pill", item="share", parameter=fixed(1.0)),
            SubsequentTreatment(drug="pill", item="duration_months", parameter=fixed(2.0)),
        ),
    )


def test_a_course_is_paid_at_the_prices_of_the_time_when_it_begins() -> None:
    """Progressions until month 12 at full price, later ones at a quarter: 1 - exp(-rate t) of the patients."""
    course = 100 * 2 * DAYS_PER_MONTH / 21
    early, all_of_them = (1 - math.exp(-RATE * month) for month in (12, 60))
    by_hand = course * (early + 0.25 * (all_of_them - early))
    assert cost(with_courses(change(0.25, from_month=12.0))) == pytest.approx(by_hand, rel=1e-12)


def test_a_cycle_in_which_the_price_changes_is_shared_out() -> None:
    middle = cost(with_courses(change(0.25, from_month=12.5)))
    ends = [cost(with_courses(change(0.25, from_month=m))) for m in (12.0, 13.0)]
    assert middle == pytest.approx(np.mean(ends), rel=1e-12)


# ---- analyses ----------------------------------------------------------------------------------------------------------


def test_a_factor_is_drawn_and_varied_like_any_input() -> None:
    uncertain = Parameter(value=0.4, distribution="beta", standard_error=0.1)
    d = definition(change(uncertain, from_month=12.0))
    free, full = (cost(definition(change(f, from_month=12.0))) for f in (0.0, 1.0))
    factors = np.array([0.1, 0.7])
    values = {**base_case_draws(d).values, GENERIC: factors}
    np.testing.assert_allclose(evaluate(d, Draws(2, values)).total_costs[:, 1], free + factors * (full - free), rtol=1e-12)
    (bar,) = (row for row in one_way(d).table().itertuples() if row.input == GENERIC)
    low, high = uncertain.quantile([0.025, 0.975])
    assert bar.range == pytest.approx((high - low) * (full - free), rel=1e-9)
    run = psa(d, 200, seed=3)
    assert np.corrcoef(run.draws[GENERIC], run.outcomes.total_costs[:, 1])[0, 1] == pytest.approx(1.0)


def test_generic_entry_in_the_us_model() -> None:
    """List price until 5 March 2027, then 50, 20 and 10% of it: 1.41, 0.80 and 0.60 million USD per QALY."""
    d = edit(former_base().definition, {"price_changes.palbociclib.generic_entry.factor.applies": "yes"})
    for factor, millions in ((0.5, 1.41), (0.2, 0.80), (0.1, 0.60)):
        ratio = base_case(edit(d, {"price_changes.palbociclib.generic_entry.factor": factor})).icer
        assert ratio is not None and round(ratio / 1e6, 2) == millions


def test_palbociclib_free_of_charge_in_the_us_model() -> None:
    """Also as a new price from the start, and with pertuzumab at half its price."""
    d = former_base().definition
    pack = fixed(0.0)
    given = dataclasses.replace(d.price_changes[0], change="free", given_as="new_price", applies=True, parameter=pack)
    free = dataclasses.replace(d, price_changes=(dataclasses.replace(given, from_month=0.0, from_date=None),))
    half = {"products.pertuzumab.vial_420": 2950.0}
    assert base_case(edit(d, {"products.palbociclib.pack_21": 0.0})).icer == pytest.approx(273_352, abs=0.5)
    assert base_case(free).icer == pytest.approx(273_352, abs=0.5)
    assert base_case(edit(free, half)).icer == pytest.approx(159_749, abs=0.5)
