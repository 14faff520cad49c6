"""The one-way analysis and the line of value-based prices that heRoMod prints with its simple example, 1e-9.

Source: PolicyAnalysisInc/heRoMod, inst/hero/example_simple_psm (dsa_res, vbp_res), and inst/compat/psm.json where the hazard
ratio of OS is overridden; net benefit at a willingness to pay of 150,000.
"""

from __future__ import annotations

import pytest

from model.analysis import one_way, value_based_prices
from model.definition import edit
from tests.published import heromod_simple_psm

SLOPE, INTERCEPT = 0.0196752677911807, 1151.61480915423
"""Monthly price of the targeted drug at which both strategies are worth the same, by willingness to pay."""
NET_BENEFIT = {
    "coefficients.chemo.pfs.shape": (73067.3993244, 153294.4499083),
    "coefficients.chemo.pfs.scale": (204273.9341401, 50946.0655984),
    "relative_effects.target.pfs": (95806.8654113, 167965.1150820),
    "coefficients.chemo.os.shape": (139228.6286481, 106129.5054034),
    "coefficients.chemo.os.scale": (29945.7377986, 204462.4960917),
    "relative_effects.target.os": (218360.7519494, 56764.4378203),
    "care.pfs_care": (158324.9777883, 91676.5512077),
    "care.pps_care": (174448.5425711, -72790.3477945),
    "utilities.progression_free": (95247.0026316, 154754.5263644),
    "utilities.progressed": (94095.9032023, 155905.6257937),
    "products.targeted_drug.pack": (267818.8214566, -17817.2924606),
    "products.chemotherapy.pack": (125000.7644980, 125000.7644980),
}
OVERRIDDEN = {
    "coefficients.chemo.pfs.shape": ((407770.81184458, 404956.902574635), (472400.367234571, 552061.488225873)),
    "coefficients.chemo.pfs.scale": ((399523.878834152, 411709.987542251), (603606.902050304, 450265.672798332)),
    "relative_effects.target.pfs": ((405737.982086784, 405737.982086784), (495139.833321478, 567298.082992219)),
    "coefficients.chemo.os.shape": ((411878.87345428, 399143.405821416), (544948.47602909, 487978.73768918)),
    "coefficients.chemo.os.scale": ((322982.501298128, 479029.715870684), (440307.530655678, 580230.563216375)),
    "relative_effects.target.os": ((405737.982086784, 405737.982086784), (589012.500813073, 466420.194556375)),
    "care.pfs_care": ((430339.957213609, 381136.00695996), (557657.945698511, 491009.51911783)),
    "care.pps_care": ((452178.539357673, 219975.753003231), (696653.192915193, -164944.109619917)),
    "utilities.progression_free": ((383771.932866405, 427704.031307164), (494579.970541795, 554087.494274546)),
    "utilities.progressed": ((376712.633792479, 434763.33038109), (416634.069591282, 632033.395225059)),
    "products.targeted_drug.pack": ((405737.982086784, 405737.982086784), (667151.789366772, 381515.675449569)),
    "products.chemotherapy.pack": ((423310.821463088, 388165.142710481), (524333.732408171, 524333.732408171)),
}
"""With a hazard ratio of OS of 0.2: of chemotherapy and of the targeted drug, with the input low and high."""
OVERRIDE, PRICE_AT_150_000 = "os_ratio_overridden", 12491.1923501879


def test_one_way_analysis() -> None:
    table = one_way(heromod_simple_psm.definition()).table(150_000.0).set_index("input")
    assert set(table.index) == set(NET_BENEFIT)
    for name, (low, high) in NET_BENEFIT.items():
        assert table.loc[name, "nmb_low target"] == pytest.approx(low, rel=1e-9), name
        assert table.loc[name, "nmb_high target"] == pytest.approx(high, rel=1e-9), name


def test_one_way_analysis_and_price_with_the_override() -> None:
    plain = heromod_simple_psm.definition()
    definition = edit(plain, plain.scenario_changes()[OVERRIDE])
    table = one_way(definition).table(150_000.0).set_index("input")
    assert set(table.index) == set(OVERRIDDEN)
    for name, arms in OVERRIDDEN.items():
        for arm, (low, high) in zip(("chemo", "target"), arms, strict=True):
            assert table.loc[name, f"nmb_low {arm}"] == pytest.approx(low, rel=1e-9), (name, arm)
            assert table.loc[name, f"nmb_high {arm}"] == pytest.approx(high, rel=1e-9), (name, arm)
    prices = value_based_prices(definition).table().set_index("willingness_to_pay")["price_at_zero_inmb"]
    assert prices[150_000.0] == pytest.approx(PRICE_AT_150_000, rel=1e-9)


def test_the_line_of_prices() -> None:
    prices = value_based_prices(heromod_simple_psm.definition()).table().set_index("willingness_to_pay")["price_at_zero_inmb"]
    assert prices[150_000.0] == pytest.approx(SLOPE * 150_000 + INTERCEPT, rel=1e-9)
    assert prices[50_000.0] == pytest.approx(SLOPE * 50_000 + INTERCEPT, rel=1e-9)
