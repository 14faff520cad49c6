"""Costs per year, week, month and cycle, with a first and a last day, and costs at death by the state left.

Oracle: closed forms of exponential curves (tests/helpers/constant_hazards.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import one_way, psa
from model.definition import Care, EndOfLife, Progression, Regimen, base_case_draws
from model.definition.problems import DefinitionError
from model.engine import evaluate, trace
from tests.helpers.constant_hazards import ALIVE, CURVES, DAYS_OF_MONTH, FREE, MONTHS, PACK, PILL, months_in
from tests.helpers.small_models import fixed, model, own_curve, settings, uncertain


def costs(**tables: Any) -> np.ndarray:
    definition = model(CURVES, **tables)
    return evaluate(definition, base_case_draws(definition), threads=1).total_costs[0]


def care(frequency: str, during: str = "progression_free", **options: Any) -> Care:
    return Care(
        id="c", label="Care", during=during, frequency=frequency, parameter=options.pop("parameter", fixed(100.0)), **options
    )


@pytest.mark.parametrize(
    ("frequency", "per_month"),
    [("per_month", 1.0), ("per_year", 1 / 12), ("per_week", DAYS_OF_MONTH / 7), ("per_cycle", 1.0)],
)
def test_a_cost_accrues_in_the_unit_of_time_that_is_printed(frequency: str, per_month: float) -> None:
    assert costs(care=(care(frequency),))[0] == pytest.approx(100 * per_month * months_in(FREE), rel=1e-12)


def test_a_cost_per_cycle_is_paid_as_often_as_there_are_cycles() -> None:
    weekly = settings(cycle_days=7.0, accrual="left")
    found = costs(care=(care("per_cycle", "alive"),), settings=weekly)[0]
    step, n = ALIVE * 7 / DAYS_OF_MONTH, weekly.n_cycles
    assert found == pytest.approx(100 * (1 - np.exp(-step * n)) / (1 - np.exp(-step)), rel=1e-12)


def test_a_cost_from_one_day_until_another_counts_the_months_between() -> None:
    between = care("per_month", "progressed", from_day=12 * DAYS_OF_MONTH, until_day=36 * DAYS_OF_MONTH)
    expected = 100 * (months_in(ALIVE, 12, 36) - months_in(FREE, 12, 36))
    assert costs(care=(between,))[0] == pytest.approx(expected, rel=1e-12)


def test_the_parts_of_a_time_add_up_to_the_whole() -> None:
    """The day lies inside a cycle."""
    first, rest = care("per_year", "alive", until_day=100.0), care("per_year", "alive", from_day=100.0)
    both = costs(care=(first, dataclasses.replace(rest, id="d")))[0]
    assert both == pytest.approx(costs(care=(care("per_year", "alive"),))[0], rel=1e-12)


def test_days_on_treatment_count_from_the_start_of_the_drug() -> None:
    start = 6 * DAYS_OF_MONTH
    tables = {"drugs": (PILL,), "products": (dataclasses.replace(PACK, parameter=fixed(0.0)),)}
    tables["regimens"] = (Regimen(arm="new", drug="pill", start_day=start),)
    monitored = care("per_month", "on_treatment", drug="pill", from_day=3 * DAYS_OF_MONTH, until_day=9 * DAYS_OF_MONTH)
    np.testing.assert_allclose(costs(care=(monitored,), **tables), [0.0, 100 * months_in(FREE, 9, 15)], rtol=1e-12)


def test_visits_end_before_the_last_day() -> None:
    visits = care("every_days", "alive", interval_days=DAYS_OF_MONTH, until_day=12 * DAYS_OF_MONTH)
    expected = 100 * sum(np.exp(-ALIVE * m) for m in range(1, 12))
    assert costs(care=(visits,))[0] == pytest.approx(expected, rel=1e-12)


# ---- deaths by state -----------------------------------------------------------------------------------------------


def at_death(state: str, cost: float = 1000.0) -> EndOfLife:
    return EndOfLife(id=state, label=state, state=state, parameter=fixed(cost))


def test_deaths_by_occupancy_are_those_of_a_geometric_series() -> None:
    """Deaths of a cycle are OS (1 - q), of which the share PFS / OS is progression-free: PFS (1 - q) in each cycle."""
    dying = 1 - np.exp(-ALIVE)
    free = dying * (1 - np.exp(-FREE * MONTHS)) / (1 - np.exp(-FREE))
    all_deaths = 1 - np.exp(-ALIVE * MONTHS)
    assert costs(end_of_life=(at_death("progression_free"),))[0] == pytest.approx(1000 * free, rel=1e-12)
    assert costs(end_of_life=(at_death("progressed"),))[0] == pytest.approx(1000 * (all_deaths - free), rel=1e-12)


def test_deaths_by_the_death_share_are_that_share_of_pfs_events() -> None:
    """The share is small enough that no cycle has fewer deaths of OS: 0.2 x 0.03 exp(-0.03 t) < 0.01 exp(-0.01 t)."""
    tables = {
        "settings": settings(deaths_by_state="death_share"),
        "progression": (Progression(item="death_share", parameter=fixed(0.2)),),
    }
    free, all_deaths = 0.2 * (1 - np.exp(-FREE * MONTHS)), 1 - np.exp(-ALIVE * MONTHS)
    assert costs(end_of_life=(at_death("progression_free"),), **tables)[0] == pytest.approx(1000 * free, rel=1e-12)
    assert costs(end_of_life=(at_death("progressed"),), **tables)[0] == pytest.approx(1000 * (all_deaths - free), rel=1e-12)


@pytest.mark.parametrize("rule", ["by_occupancy", "death_share"])
@pytest.mark.parametrize("discount_rate_costs", [0.0, 0.05])
def test_deaths_of_both_states_are_all_deaths(rule: str, discount_rate_costs: float) -> None:
    tables = {
        "settings": settings(deaths_by_state=rule, discount_rate_costs=discount_rate_costs),
        "progression": (Progression(item="death_share", parameter=fixed(0.9)),),
    }
    apart = costs(end_of_life=(at_death("progression_free"), at_death("progressed")), **tables)
    np.testing.assert_allclose(apart, costs(end_of_life=(at_death("any"),), **tables), rtol=1e-12)


def test_where_pfs_is_held_at_os_all_deaths_are_before_progression() -> None:
    curves = [
        own_curve(arm, endpoint, "exponential", rate=rate)
        for arm in ("old", "new")
        for endpoint, rate in (("pfs", 0.01), ("os", 0.02))
    ]
    for rule in ("by_occupancy", "death_share"):
        share = (Progression(item="death_share", parameter=fixed(0.1)),)
        tables = {"settings": settings(deaths_by_state=rule), "progression": share, "end_of_life": (at_death("progressed"),)}
        definition = model(curves, **tables)
        found = evaluate(definition, base_case_draws(definition), threads=1)
        np.testing.assert_allclose(found.total_costs, 0.0, atol=1e-9)


def test_the_trace_adds_up_to_the_total() -> None:
    definition = model(CURVES, end_of_life=(at_death("progression_free"),), care=(care("per_week", from_day=40.0),))
    total = evaluate(definition, base_case_draws(definition), threads=1).total_costs[0]
    for a, arm in enumerate(("old", "new")):
        found = trace(definition, arm)
        assert sum(v.sum() for k, v in found.discounted.items() if k[0] == "cost") == pytest.approx(total[a], rel=1e-12)
        assert found.arising["cost"].sum() == pytest.approx(total[a], rel=1e-12)


def test_one_way_and_probabilistic_analyses_vary_them() -> None:
    """Costs are proportional to the value drawn."""
    death = EndOfLife(id="e", label="E", state="progression_free", parameter=uncertain(1000.0, 100.0))
    yearly = care("per_year", until_day=365.25, parameter=uncertain(100.0, 10.0))
    definition = model(CURVES, end_of_life=(death,), care=(yearly,))
    sampled, base = psa(definition, 20, seed=3), [costs(end_of_life=(death,)), costs(care=(yearly,))]
    drawn = [sampled.draws["end_of_life.e"] / 1000, sampled.draws["care.c"] / 100]
    expected = sum(d[:, None] * b for d, b in zip(drawn, base, strict=True))
    np.testing.assert_allclose(sampled.outcomes.total_costs, expected, rtol=1e-12)
    varied = one_way(definition)
    at = [bound.parameter_id for bound in varied.bounds].index("end_of_life.e")
    low = definition.parameters["end_of_life.e"].quantile(0.025)
    assert varied.outcomes.total_costs[2 * at, 0] == pytest.approx(base[0][0] * float(low) / 1000 + base[1][0], rel=1e-12)


@pytest.mark.parametrize(
    ("tables", "place", "message"),
    [
        (
            {"care": (care("per_month", from_day=20.0, until_day=10.0),)},
            ("care", "until_day"),
            "10 is not after the first day, 20",
        ),
        ({"care": (care("once", "at_start", until_day=10.0),)}, ("care", "until_day"), "recurs"),
        ({"care": (care("every_days", interval_days=7.0, from_day=1.0),)}, ("care", "from_day"), "First on day"),
        (
            {"end_of_life": (at_death("progressed"),), "settings": settings(deaths_by_state="death_share")},
            ("end_of_life", "state"),
            "arm 'old' has none",
        ),
    ],
)
def test_what_cannot_be_is_refused(tables: dict[str, Any], place: tuple[str, str], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        model(CURVES, **tables)
    problems = [p for p in caught.value.problems if (p.table, p.field) == place]
    assert len(caught.value.problems) == len(problems) == 1
    assert message in problems[0].message
