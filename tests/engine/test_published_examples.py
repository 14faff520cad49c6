"""Worked examples published with other tools. Each test quotes the numbers and names their origin.

A: heRoMod, inst/hero/example_simple_psm (PolicyAnalysisInc/heRoMod, GPL>=3).
D: heormodel, devdocs/roadmap/19-partitioned-survival-engine.md (pedroliman/heormodel, MIT); continuous integrals.
DARTH: DARTH-git/Partitioned-Survival-Analysis.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import base_case, one_way
from model.definition import base_case_draws
from model.engine import evaluate, trace
from tests.helpers.small_models import ARMS, effect_curve, model, monthly, own_curve, published_example_a, settings, utilities


def test_a_life_years_qalys_costs_and_icers() -> None:
    base = base_case(published_example_a())
    o = base.outcomes
    expected = [[2.928806562717, 1.935023219620], [3.967168248850, 2.060324086380]]
    undiscounted = [[3.158701989724, 2.404071924647], [4.401051945921, 2.683054249345]]
    np.testing.assert_allclose(o.life_years.discounted[0], expected, rtol=1e-9)
    np.testing.assert_allclose(o.life_years.undiscounted[0], undiscounted, rtol=1e-9)
    np.testing.assert_allclose(o.total_qalys[0], [3.717437170770, 4.654098342796], rtol=1e-9)
    np.testing.assert_allclose(o.total_costs[0], [151877.593528709, 573113.986921330], rtol=1e-9)
    assert base.icer == pytest.approx(449721.207597, rel=1e-9)
    assert base.incremental_cost / base.incremental_life_years == pytest.approx(361991.878441, rel=1e-9)


def test_a_occupancy_at_the_end_of_the_first_and_last_cycle() -> None:
    definition = published_example_a()
    expected = {
        "old": [(0.988222210450, 0.002538130597), (0.000201610167, 0.020994920852)],
        "new": [(0.992093465286, 0.001060942332), (0.003342129911, 0.054392441384)],
    }
    for arm, cycles in expected.items():
        columns = trace(definition, arm).columns
        for end, (free, progressed) in zip((1, 240), cycles, strict=True):
            for name, value in (("Progression-free", free), ("Progressed", progressed)):
                assert columns[name][end] == pytest.approx(value, abs=6e-13)


TORNADO_OF_TARGET = {
    "coefficients.old.pfs.shape": (73067.3993244, 153294.4499083),
    "coefficients.old.pfs.scale": (204273.9341401, 50946.0655984),
    "relative_effects.new.pfs": (95806.8654113, 167965.1150820),
    "coefficients.old.os.shape": (139228.6286481, 106129.5054034),
    "coefficients.old.os.scale": (29945.7377986, 204462.4960917),
    "relative_effects.new.os": (218360.7519494, 56764.4378203),
    "care.pfs_care": (158324.9777883, 91676.5512077),
    "care.pps_care": (174448.5425711, -72790.3477945),
    "utilities.progression_free": (95247.0026316, 154754.5263644),
    "utilities.progressed": (94095.9032023, 155905.6257937),
    "care.target_drug": (267818.8214566, -17817.2924606),
}


def test_a_tornado_of_net_benefit() -> None:
    result = one_way(published_example_a())
    table = result.table(150000.0).set_index("input")
    assert set(table.index) == set(TORNADO_OF_TARGET)
    for name, (low, high) in TORNADO_OF_TARGET.items():
        assert table.loc[name, "nmb_low new"] == pytest.approx(low, rel=1e-9)
        assert table.loc[name, "nmb_high new"] == pytest.approx(high, rel=1e-9)
    nmb = 150000.0 * result.base.total_qalys[0] - result.base.total_costs[0]
    np.testing.assert_allclose(nmb, [405737.982087, 125000.764498], rtol=1e-9)


def example_d(**changes: object) -> dict[str, np.ndarray]:
    """Two arms, the new one with times x 1.3; daily cycles and Simpson's rule stand for the continuous integral."""
    years = 12.0
    definition = model(
        [
            own_curve("old", "pfs", "weibull", shape=1.2, scale=3 * years),
            own_curve("old", "os", "weibull", shape=1.2, scale=6 * years),
            effect_curve("new", "pfs", "old", "weibull", 1.3, "acceleration_factor"),
            effect_curve("new", "os", "old", "weibull", 1.3, "acceleration_factor"),
        ],
        settings=dataclasses.replace(
            settings(
                horizon_years=100.0,
                cycle_days=1.0,
                discount_rate_costs=0.03,
                discount_rate_effects=0.03,
                discounting="continuous",
                accrual="simpson",
            ),
            **changes,  # type: ignore[arg-type]
        ),
        utilities=utilities(0.8, 0.6),
        care=(monthly("free", "progression_free", 1000.0 / 12), monthly("sick", "progressed", 2000.0 / 12)),
    )
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


def test_darth_example_without_half_cycle_correction() -> None:
    """Months 0 to 720 counted at their start; where the curves cross the published model keeps PFS."""
    years = 12.0
    curves = [
        own_curve(arm.id, endpoint, "weibull", shape=shape, scale=scale * years)
        for arm in ARMS
        for endpoint, shape, scale in (("pfs", 0.762614524, 3.790935845), ("os", 1.243591589, 9.292130621))
    ]
    definition = model(
        curves,
        settings=settings(
            horizon_years=60 + 1 / 12,
            accrual="left",
            crossing="raise_os",
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
        ),
        utilities=utilities(0.8, 0.5),
        care=(monthly("free", "progression_free", 400.0), monthly("sick", "progressed", 100.0)),
    )
    o = evaluate(definition, base_case_draws(definition))
    assert o.total_qalys[0, 0] == pytest.approx(4.733222292, abs=5e-10)
    assert o.total_costs[0, 0] == pytest.approx(22375.4364, abs=5e-5)
