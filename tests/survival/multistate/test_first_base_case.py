"""State-transition models on the evidence of the first PATINA base case: life years within 0.1% of those of an independent
replication (tests/reference/patina_structures.json)."""

import pytest

from model.survival.multistate import (
    PublishedOS,
    calibrate_to_os,
    clock_reset,
    factor_for_hazard_ratio,
    hazard_after_progression,
)
from tests.helpers.patina_structures import ARMS, leaving, life_years, months, os_statistics, population, reference


@pytest.mark.parametrize("row", reference()["state_transition"], ids=lambda r: f"{r['link']}-{r['pfs']}-{r['after']}")
def test_life_years_of_the_state_transition_models(row):
    arms = ARMS if row["link"] == "common" else ("control",)
    evidence = [PublishedOS(leaving(a, row["pfs"]), os_statistics(a, row.get("with_median", False))) for a in arms]
    calibrated = calibrate_to_os(row["after"], months(), evidence, population())
    assert calibrated.identified
    after = hazard_after_progression(row["after"], months(), calibrated.coefficients)
    factor = 1.0
    if row["link"] == "hazard_ratio":
        ratio = reference()["os_hazard_ratio"]
        both = (leaving(a, row["pfs"]) for a in ARMS)
        link = factor_for_hazard_ratio(*both, after, months(), ratio["month"], ratio["value"])
        assert link.met.all()
        factor = link.factor[0]
    factors = dict(zip(ARMS, (1.0, factor), strict=True))
    years = [life_years(clock_reset(leaving(a, row["pfs"]), after * factors[a], population()).alive)[0] for a in ARMS]
    assert years == pytest.approx(row["life_years"], rel=1e-3)
