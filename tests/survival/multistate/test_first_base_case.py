"""The first PATINA base case: what its curves imply, and state-transition models on the same evidence.

tests/reference/patina_structures.json: implied hazards to the digits given, life years within 0.1%.
"""

import numpy as np
import pytest

from model.survival import calibrate, distribution, hazard_floor
from model.survival.multistate import (
    PublishedOS,
    calibrate_to_os,
    clock_reset,
    factor_for_hazard_ratio,
    hazard_after_progression,
    implied_transitions,
)
from tests.helpers.patina_structures import (
    ARMS,
    leaving,
    life_years,
    months,
    os_statistics,
    pfs_coefficients,
    population,
    reference,
)


def partitioned(arm):
    """PFS log-logistic, OS Weibull of the control arm with the hazard ratio, population floor on OS, PFS held at OS."""
    os = distribution("weibull")
    hazard = os.cumulative_hazard(months(), calibrate(os, os_statistics("control")).coefficients)
    if arm == "palbociclib":
        hazard = hazard * reference()["os_hazard_ratio"]["value"]
    alive = np.exp(-hazard_floor(hazard, population()))
    pfs = distribution("loglogistic").survival(months(), pfs_coefficients(arm, "loglogistic"))
    return np.minimum(pfs, alive), alive


def per_year(hazard):
    return hazard * 365.25 / 30.4375


def step_of(year):
    """The step in which a year begins."""
    return int(year * 12 / months()[1])


def as_printed(value, printed):
    return f"{value:.{len(printed.partition('.')[2])}f}"


@pytest.mark.parametrize("arm", ARMS)
def test_the_hazards_that_the_curves_imply(arm):
    printed = reference()["implied"]
    implied = implied_transitions(months(), *partitioned(arm), reference()["death_share"])
    after = per_year(implied.death_after[0])
    of_population = np.diff(population()) / np.diff(months())
    before = implied.death_before[0] / of_population
    for years, values, kind in (
        (printed["years_after"], after, "death_after"),
        (printed["years_before"], before, "before_over_population"),
        (printed["years_met"], before, "met_over_population"),
    ):
        digits = printed[kind][arm]
        assert [as_printed(values[step_of(y)], d) for y, d in zip(years, digits, strict=True)] == digits


@pytest.mark.parametrize("arm", ARMS)
def test_life_years_spent_below_the_mortality_of_the_population(arm):
    implied = implied_transitions(months(), *partitioned(arm), reference()["death_share"])
    years = implied.occupied_before[0] * reference()["cycle_days"] / 365.25
    below = implied.death_before[0] < np.diff(population()) / np.diff(months())
    digits = reference()["implied"]["life_years_below_population"][arm]
    assert [as_printed(v, d) for v, d in zip((years[below].sum(), years.sum()), digits, strict=True)] == digits


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


def test_mortality_after_progression_runs_away_in_the_curves_and_not_in_the_model_of_states():
    # Progressed mortality of the partitioned curves rises without end; in the state-transition model it does not.
    free, alive = partitioned("control")
    implied = implied_transitions(months(), free, alive, 0.1)
    assert per_year(implied.death_after[0][step_of(14)]) > 1
    calibrated = calibrate_to_os("weibull", months(), [PublishedOS(leaving("control", "gamma"), os_statistics("control"))])
    after = hazard_after_progression("weibull", months(), calibrated.coefficients)
    occupied = clock_reset(leaving("control", "gamma"), after)
    transition = implied_transitions(months(), occupied.progression_free, occupied.alive, 0.1)
    assert np.nanmax(per_year(transition.death_after[0])) < 1
