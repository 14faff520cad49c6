"""Stepped results. Oracle: exponential survival in closed form, and runs of the model with another horizon."""

from __future__ import annotations

import dataclasses
import math

import pytest

from model.analysis import base_case
from model.analysis.agency_run import stepped_results
from model.analysis.arising import costs_until
from model.definition import Drug, EndOfLife, Product, Regimen, edit
from model.excel import template_definition
from tests.helpers.agency_models import asking, without_agencies
from tests.helpers.shipped import shipped
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings

MONTH = 30.4375


def test_life_years_of_the_trial_period_are_those_of_exponential_survival() -> None:
    """Hazard of 0.02 and 0.01 a month, cost 100 and 300 a month alive, followed for 60 months, no discounting, cycles of a
    month counted at their start: sums of geometric series."""
    definition = model(
        [own_curve(arm, e, "exponential", rate=rate) for arm, rate in (("old", 0.02), ("new", 0.01)) for e in ("pfs", "os")],
        settings=settings(accrual="left", median_follow_up=60.0, stepped_results=True, horizon_years=20.0),
        care=(monthly("a", "alive", 100.0, arm="old"), monthly("b", "alive", 300.0, arm="new")),
    )
    found = stepped_results(definition)
    assert found is not None

    def months(rate: float, n: int) -> float:
        return (1 - math.exp(-rate * n)) / (1 - math.exp(-rate))

    trial, whole, _ = found.steps
    for step, n in ((trial, 60), (whole, 240)):
        old, new = months(0.02, n), months(0.01, n)
        assert step.outcomes.tolist() == pytest.approx([old / 12, new / 12], rel=1e-9)
        assert step.costs.tolist() == pytest.approx([100 * old, 300 * new], rel=1e-9)
        assert found.ratio(step) == pytest.approx((300 * new - 100 * old) / ((new - old) / 12), rel=1e-9)
        assert step.undiscounted_life_years.tolist() == pytest.approx(step.outcomes.tolist(), rel=1e-12)


@pytest.mark.parametrize(
    ("cycle_days", "month"), [(365.25, 12.0), (365.25, 18.0), (91.3125, 24.0), (28.0, 24.0), (7.0, 31.0)]
)
def test_life_years_of_the_trial_period_end_with_it_also_within_a_cycle(cycle_days: float, month: float) -> None:
    """The integral of exponential survival of 0.003 and 0.001 a month until the follow-up, whatever the cycle."""
    rates = {"old": 0.003, "new": 0.001}
    definition = model(
        [own_curve(arm, e, "exponential", rate=rate) for arm, rate in rates.items() for e in ("pfs", "os")],
        settings=settings(cycle_days=cycle_days, median_follow_up=month, stepped_results=True),
    )
    found = stepped_results(definition)
    assert found is not None
    wanted = [(1 - math.exp(-rate * month)) / rate / 12 for rate in rates.values()]
    assert found.steps[0].outcomes.tolist() == pytest.approx(wanted, rel=2e-4)
    assert found.steps[0].undiscounted_life_years.tolist() == pytest.approx(wanted, rel=2e-4)
    assert found.increments(found.steps[0])[1] == pytest.approx(wanted[1] - wanted[0], rel=0.01)


@pytest.mark.parametrize(("cycle_days", "month"), [(91.3125, 25.0), (28.0, 24.0), (7.0, 31.0)])
def test_costs_of_the_trial_period_end_with_it_also_within_a_cycle(cycle_days: float, month: float) -> None:
    """A drug of 10 every day while event-free, 500 a month alive and 9000 at death, of hazard 0.003 a month, undiscounted."""
    definition = model(
        [own_curve(arm, e, "exponential", rate=0.003) for arm in ("old", "new") for e in ("pfs", "os")],
        settings=settings(cycle_days=cycle_days, median_follow_up=month, stepped_results=True),
        drugs=(Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="tablet", schedule_days=1.0),),
        products=(Product(drug="pill", product="tablet", contents=1.0, parameter=fixed(10.0)),),
        regimens=(Regimen(arm="new", drug="pill", until="progression"),),
        care=(monthly("alive", "alive", 500.0),),
        end_of_life=(EndOfLife(id="terminal", label="Terminal care", parameter=fixed(9000.0)),),
    )
    found = stepped_results(definition)
    assert found is not None
    both = 500 * (1 - math.exp(-0.003 * month)) / 0.003 + 9000 * (1 - math.exp(-0.003 * month))
    doses = sum(math.exp(-0.003 * day / MONTH) for day in range(math.ceil(month * MONTH)))
    assert found.steps[0].costs.tolist() == pytest.approx([both, both + 10 * doses], rel=2e-4)


@pytest.mark.parametrize("accrual", ["trapezoid", "left", "life_table", "simpson"])
@pytest.mark.parametrize("timing", ["first_cycle", "time_on_treatment"])
def test_a_trial_period_as_long_as_the_horizon_has_every_cost(accrual: str, timing: str) -> None:
    changes = {"settings.accrual": accrual, "settings.adverse_event_timing": timing, "settings.horizon_years": 10.0}
    base = base_case(edit(template_definition(), changes))
    assert costs_until(base.engine, base.draw, 4000.0).tolist() == pytest.approx(base.total_costs.tolist(), rel=1e-12)


def test_the_last_steps_are_the_base_case() -> None:
    definition = asking(without_agencies(shipped("patina_england")), groups=())
    base, found = base_case(definition), stepped_results(definition)
    assert found is not None
    _, extrapolated, qalys = found.steps
    for step, outcomes in ((extrapolated, base.total_life_years), (qalys, base.total_qalys)):
        assert step.costs.tolist() == pytest.approx(base.total_costs.tolist(), rel=1e-9)
        assert step.outcomes.tolist() == pytest.approx(outcomes.tolist(), rel=1e-9)


def test_the_trial_period_is_near_a_run_with_its_horizon() -> None:
    """They differ by the part of a cycle until which the horizon is rounded."""
    definition = asking(without_agencies(shipped("patina_england")), groups=())
    found = stepped_results(definition)
    assert found is not None
    alone = dataclasses.replace(without_agencies(definition), scenarios=(), assumptions=())
    short = base_case(edit(alone, {"settings.horizon_years": 53.5 * MONTH / 365.25}))
    assert found.steps[0].outcomes.tolist() == pytest.approx(short.total_life_years.tolist(), rel=5e-3)
    assert found.steps[0].costs.tolist() == pytest.approx(short.total_costs.tolist(), rel=5e-3)


def test_without_being_asked_there_are_no_steps() -> None:
    assert stepped_results(without_agencies(shipped("patina_england"))) is None
