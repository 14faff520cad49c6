"""When costs, QALYs and life years arise. Oracle: their totals."""

from __future__ import annotations

import pytest

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
