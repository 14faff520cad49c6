"""Costs of the societal perspective: counted where the setting takes it, beside the payer's costs, and in no budget.

Oracle: sums by hand over the model's own time alive, and a death that every patient dies.
"""

from __future__ import annotations

import dataclasses

import pytest

from model.analysis import base_case, budget_impact
from model.definition import EndOfLife, ModelDefinition, edit
from model.definition.checks.remarks import remarks
from model.excel import template_definition
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings

SOCIETAL = {"settings.cost_perspective": "societal"}
PRODUCTIVITY, CARER, FUNERAL = 250.0, 40.0, 3000.0


def with_society(**changes: object) -> ModelDefinition:
    """Two arms, one with a curve twice as long; work lost by all alive, help at home after progression, a cost at death."""
    rows = (monthly("work", "alive", PRODUCTIVITY), monthly("carer", "progressed", CARER))
    curves = [
        own_curve(arm, endpoint, "exponential", rate=rate)
        for arm, pair in {"old": (0.05, 0.03), "new": (0.03, 0.015)}.items()
        for endpoint, rate in zip(("pfs", "os"), pair, strict=True)
    ]
    made = model(
        curves,
        care=(monthly("visits", "alive", 70.0), *(dataclasses.replace(row, perspective="societal") for row in rows)),
        end_of_life=(EndOfLife(id="funeral", label="Funeral", perspective="societal", parameter=fixed(FUNERAL)),),
        settings=settings(horizon_years=10.0),
    )
    return edit(made, changes)


@pytest.mark.parametrize("rate", [0.0, 0.035])
def test_the_societal_case_adds_what_is_lost_in_each_month_alive_and_at_each_death(rate: float) -> None:
    """Discounted alike, the extra cost is that of the months alive and after progression; deaths are counted by hand
    without discounting."""
    rates = {"settings.discount_rate_costs": rate, "settings.discount_rate_effects": rate}
    payer, societal = (base_case(with_society(**rates, **extra)) for extra in ({}, SOCIETAL))
    lived = payer.outcomes.life_years
    years, progressed = lived.discounted[0].sum(axis=1), lived.discounted[0][:, lived.states.index("progressed")]
    for a in range(2):
        extra = float(societal.total_costs[a] - payer.total_costs[a])
        lost = 12 * (PRODUCTIVITY * float(years[a]) + CARER * float(progressed[a]))
        dead = 1 - float(payer.outcomes.alive_at_horizon[0, a])
        if rate == 0:
            assert extra == pytest.approx(lost + FUNERAL * dead, rel=1e-12)
        else:
            assert lost < extra < lost + FUNERAL * dead
        assert float(payer.total_costs[a]) == pytest.approx(12 * 70.0 * float(years[a]), rel=1e-12)
    assert list(societal.total_qalys) == list(payer.total_qalys)


def test_no_cost_of_society_is_in_the_budget() -> None:
    d = template_definition()
    work = dataclasses.replace(monthly("work", "alive", PRODUCTIVITY), perspective="societal")
    asked = dataclasses.replace(edit(d, SOCIETAL), care=(*d.care, work))
    assert budget_impact(asked).impact == pytest.approx(budget_impact(d).impact, rel=1e-12)
    assert base_case(asked).total_costs[0] > base_case(d).total_costs[0]


def test_a_perspective_without_costs_of_its_own_is_remarked_on() -> None:
    def told(definition: ModelDefinition) -> list[str]:
        return [r.message for r in remarks(definition) if r.field == "cost_perspective"]

    assert told(edit(template_definition(), SOCIETAL)) == [
        "no cost is of the societal perspective, so that the results are the payer's: give costs of society the "
        "perspective 'societal' on the sheet Care"
    ]
    assert told(template_definition()) == told(with_society(**SOCIETAL)) == []
