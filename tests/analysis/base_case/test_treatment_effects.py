"""A hazard ratio on a curve whose family does not keep its form under one is warned of, whatever the curve is made of."""

from __future__ import annotations

import pytest

from model.analysis.base_case.treatment_effects import treatment_effects
from tests.helpers.curve_models import on_control, short, with_effect

LOST = {
    "loglogistic": True,
    "weibull": False,
    "spline_hazard_1": False,
    "spline_odds_1": True,
    "spline_normal_1": True,
    "model_average": True,
}


@pytest.mark.parametrize("distribution", LOST)
def test_a_hazard_ratio_on_it_is_warned_of(distribution: str) -> None:
    table = treatment_effects(short(with_effect(), on_control("hazard_ratio", distribution=distribution)))
    warned = table["warning"].str.contains(f"a hazard ratio on a {distribution} curve: the treated curve is no longer")
    assert bool(warned.any()) == LOST[distribution]


def test_a_ratio_changes_a_non_mixture_cure_into_another_and_a_mixture_cure_into_none() -> None:
    found = []
    for cure in ("mixture", "non_mixture"):
        definition = short(
            with_effect(),
            on_control("hazard_ratio", distribution="weibull", cure=cure),
            {"settings.undetermined_curves": "allow"},
        )
        found.append(treatment_effects(definition)["warning"].str.contains("weibull curve with mixture cure").any())
    assert found == [True, False]
