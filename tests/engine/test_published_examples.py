"""Worked examples published with other tools, to more digits than their totals (tests/published/ has those).

A: heRoMod, inst/hero/example_simple_psm (PolicyAnalysisInc/heRoMod, GPL>=3): occupancy by cycle.
D: the reference model of heormodel, devdocs/roadmap/19-partitioned-survival-engine.md (pedroliman/heormodel, MIT), which
prints four decimals; six by quadrature, other horizons and another rule of discounting likewise.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.definition import base_case_draws, edit
from model.engine import evaluate, trace
from tests.helpers.small_models import model, own_curve, settings
from tests.published import heormodel_reference, heromod_simple_psm


def test_a_occupancy_at_the_end_of_the_first_and_last_cycle() -> None:
    definition = heromod_simple_psm.definition()
    expected = {
        "chemo": [(0.988222210450, 0.002538130597), (0.000201610167, 0.020994920852)],
        "target": [(0.992093465286, 0.001060942332), (0.003342129911, 0.054392441384)],
    }
    for arm, cycles in expected.items():
        columns = trace(definition, arm).columns
        for end, (free, progressed) in zip((1, 240), cycles, strict=True):
            for name, value in (("Progression-free", free), ("Progressed", progressed)):
                assert columns[name][end] == pytest.approx(value, abs=6e-13)


def example_d(**changes: object) -> dict[str, np.ndarray]:
    """Daily cycles and Simpson's rule stand for the continuous integral, a hundred years for a horizon without end."""
    fine = {"horizon_years": 100.0, "cycle_days": 1.0, **changes}
    definition = edit(heormodel_reference.definition(), {f"settings.{name}": value for name, value in fine.items()})
    o = evaluate(definition, base_case_draws(definition))
    return {"ly": o.life_years.discounted[0], "qalys": o.total_qalys[0], "costs": o.total_costs[0]}


def test_d_continuous_integrals() -> None:
    got = example_d()
    np.testing.assert_allclose(got["ly"], [[2.631514, 2.295580], [3.352625, 2.814654]], atol=5.1e-7)
    np.testing.assert_allclose(got["qalys"], [3.482559, 4.370892], atol=5.1e-7)
    np.testing.assert_allclose(got["costs"], [7222.6734, 8981.9318], atol=5.1e-5)


def test_d_with_a_horizon_of_40_years() -> None:
    got = example_d(horizon_years=40.0)
    np.testing.assert_allclose(got["qalys"], [3.482526, 4.370296], atol=5.1e-7)
    np.testing.assert_allclose(got["costs"], [7222.5651, 8979.9449], atol=5.1e-5)


def test_d_with_yearly_compounding() -> None:
    got = example_d(discounting="per_period")
    np.testing.assert_allclose(got["qalys"], [3.488671, 4.380550], atol=5.1e-7)
    np.testing.assert_allclose(got["costs"], [7238.6658, 9006.9942], atol=5.1e-5)


def test_exponential_curves_have_their_closed_form() -> None:
    rate, a, b = 0.03, 0.4, 0.15
    definition = model(
        [
            own_curve("old", "pfs", "exponential", rate=a / 12),
            own_curve("old", "os", "exponential", rate=b / 12),
            own_curve("new", "pfs", "exponential", rate=a / 12),
            own_curve("new", "os", "exponential", rate=b / 12),
        ],
        settings=settings(
            horizon_years=120.0,
            cycle_days=3.65,
            discounting="continuous",
            accrual="simpson",
            discount_rate_costs=rate,
            discount_rate_effects=rate,
        ),
    )
    o = evaluate(definition, base_case_draws(definition))
    expected = [1 / (a + rate), 1 / (b + rate) - 1 / (a + rate)]
    np.testing.assert_allclose(o.life_years.discounted[0], [expected, expected], rtol=1e-8)
