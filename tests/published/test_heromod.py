"""The one-way analysis and the line of value-based prices that heRoMod prints with its simple example, 1e-9.

Source: PolicyAnalysisInc/heRoMod, inst/hero/example_simple_psm (dsa_res, vbp_res); net benefit of the targeted drug at a
willingness to pay of 150,000.
"""

from __future__ import annotations

import pytest

from model.analysis import one_way, value_based_prices
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
}


def test_one_way_analysis() -> None:
    table = one_way(heromod_simple_psm.definition()).table(150_000.0).set_index("input")
    assert set(table.index) == set(NET_BENEFIT)
    for name, (low, high) in NET_BENEFIT.items():
        assert table.loc[name, "nmb_low target"] == pytest.approx(low, rel=1e-9), name
        assert table.loc[name, "nmb_high target"] == pytest.approx(high, rel=1e-9), name


def test_the_line_of_prices() -> None:
    prices = value_based_prices(heromod_simple_psm.definition()).table().set_index("willingness_to_pay")["price_at_zero_inmb"]
    assert prices[150_000.0] == pytest.approx(SLOPE * 150_000 + INTERCEPT, rel=1e-9)
    assert prices[50_000.0] == pytest.approx(SLOPE * 50_000 + INTERCEPT, rel=1e-9)
