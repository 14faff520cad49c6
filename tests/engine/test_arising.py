"""When costs, QALYs and life years arise. Oracle: their totals."""

from __future__ import annotations

import dataclasses

import pytest

from model.analysis import base_case
from model.definition import edit
from model.engine import trace
from tests.helpers.shipped import shipped


@pytest.mark.parametrize("name", ["patina_us", "patina_england"])
def test_what_arises_over_time_adds_up_to_the_totals(name: str) -> None:
    """Events within a cycle, deaths and all that accrues: the sum over time is the discounted total of the trace."""
    definition = edit(shipped(name), {"settings.cycle_days": 30.0, "settings.horizon_years": 20.0})
    found = trace(definition, "palbociclib")
    for kind, added in found.arising.items():
        whole = sum(values.sum() for (of, _), values in found.discounted.items() if of == kind)
        assert added.sum() == pytest.approx(whole, rel=1e-12)
        assert kind == "qaly" or added.min() >= 0


def test_events_over_treatment_that_nobody_takes_are_counted_at_time_zero_as_in_the_totals() -> None:
    """Both drugs of the comparator start after the horizon: no time on treatment to spread its adverse events over."""
    d = edit(shipped("patina_us"), {"settings.adverse_event_timing": "time_on_treatment"})
    late = tuple(dataclasses.replace(r, start_day=20000.0) if r.arm == "control" else r for r in d.regimens)
    never = dataclasses.replace(d, regimens=late)
    found, outcomes = trace(never, "control"), base_case(never).outcomes
    costs = sum(values.sum() for (kind, _), values in found.discounted.items() if kind == "cost")
    assert costs == pytest.approx(float(outcomes.total_costs[0, never.arm_ids.index("control")]), rel=1e-12)
    once = found.undiscounted["cost", "Adverse events"]
    assert once[0] > 0 and once[1:].tolist() == [0.0] * (len(once) - 1)
