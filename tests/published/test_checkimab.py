"""Value-based prices and the one-way analysis that heRoMod prints for its Checkimab model, 1e-9.

Source: PolicyAnalysisInc/heRoMod, inst/compat/checkimab.json (dsa_results), at 100,000 per QALY.
"""

from __future__ import annotations

import pytest

from model.analysis import base_case, value_based_prices
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition, edit
from tests.published.heromod_checkimab import definition

MODEL = definition()
WILLING = 100_000.0
PRICES = {"chemo": 3662.4569191574, "target": 9604.36126584994}
"""Price of a pack of checkimab at which it is worth as much as another arm."""
PRICES_AGAINST_CHEMO = {
    "coefficients.chemo.pfs.shape": (3564.78176689504, 3713.05573044285),
    "utilities.progression_free": (3532.97641230484, 3791.93742600996),
    "care.pps_care": (4066.37371011286, 2046.78975533841),
    "utilities.progressed": (3494.15825625967, 3830.75558205513),
}
PRICES_AGAINST_TARGET = {
    "coefficients.chemo.os.scale": (9545.83665029101, 9646.43851083965),
    "coefficients.chemo.os.shape": (9658.05448686438, 9535.30742612226),
    "coefficients.chemo.pfs.scale": (9689.44601301995, 9560.12059481316),
    "care.pfs_care": (9684.51132580253, 9524.21120590692),
    "products.targeted_therapy.pack": (6947.86152274533, 12260.8610089692),
}
LIFE_YEARS = {
    ("life_years_check", "coefficients.chemo.os.shape"): (7.588114885712, 6.545976478282),
    ("life_years_check", "coefficients.chemo.os.scale"): (5.597157223597, 8.422583933963),
    ("life_years_chemo", "coefficients.chemo.os.scale"): (3.811489863552, 5.937896876129),
    ("life_years_target", "relative_effects.target.os"): (7.942004610744, 5.450268178012),
    ("life_years_of_progressed_chemo", "coefficients.chemo.pfs.scale"): (2.673088052695, 1.317154940305),
    ("qalys_of_progression_free_target", "relative_effects.target.pfs"): (3.536250369786, 2.849252674274),
    ("qalys_of_progression_free_chemo", "utilities.progression_free"): (2.255337911131, 2.54823893855),
}
"""At the low and high of an input."""


def price(made: ModelDefinition, against: str) -> float:
    """The price at which checkimab is worth as much as another arm."""
    made = edit(made, {"settings.comparator": against})
    return float(value_based_prices(made, thresholds=[WILLING]).table()["price_at_zero_inmb"][0])


def at_limits(name: str) -> list[ModelDefinition]:
    """The model with an input at its low and at its high."""
    parameter = MODEL.parameters[name]
    assert parameter.low is not None and parameter.high is not None
    return [edit(MODEL, {name: parameter.low}), edit(MODEL, {name: parameter.high})]


@pytest.mark.parametrize("against", PRICES)
def test_value_based_prices(against: str) -> None:
    assert price(MODEL, against) == pytest.approx(PRICES[against], rel=1e-9)


@pytest.mark.parametrize("name", PRICES_AGAINST_CHEMO)
def test_value_based_prices_against_chemotherapy_at_low_and_high(name: str) -> None:
    assert [price(made, "chemo") for made in at_limits(name)] == pytest.approx(PRICES_AGAINST_CHEMO[name], rel=1e-9)


@pytest.mark.parametrize("name", PRICES_AGAINST_TARGET)
def test_value_based_prices_against_targeted_therapy_at_low_and_high(name: str) -> None:
    assert [price(made, "target") for made in at_limits(name)] == pytest.approx(PRICES_AGAINST_TARGET[name], rel=1e-9)


@pytest.mark.parametrize(("result", "name"), LIFE_YEARS)
def test_one_way_analysis(result: str, name: str) -> None:
    found = [named_outputs(base_case(made))[result] for made in at_limits(name)]
    assert found == pytest.approx(LIFE_YEARS[result, name], rel=1e-9)
