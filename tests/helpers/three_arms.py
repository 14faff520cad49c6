"""A small model with three arms, and its results and figures, which no test changes, once per test process."""

from __future__ import annotations

from functools import cache

from matplotlib.figure import Figure

from model.analysis import PSA, BaseCase, OneWay, Scenarios, base_case, one_way, psa, scenarios
from model.definition import Arm, Evidence, ModelDefinition, ScenarioChange, Threshold
from model.figures import figures
from tests.helpers.small_models import effect_curve, model, monthly, own_curve, settings, uncertain, utilities

N_DRAWS, SEED = 300, 1


@cache
def three_arms() -> ModelDefinition:
    """Three uncertain arms with dollar signs in their names, evidence, two thresholds and two scenarios."""

    arms = (
        Arm(id="old", label="Old $treatment$ with a very long name that no chart could hold", short_label="Old $1$"),
        Arm(id="mid", label="Middle treatment", short_label="Middle"),
        Arm(id="new", label="New treatment", short_label="New", colour="#D62728"),
    )
    evidence = (
        Evidence(arm="old", endpoint="os", statistic="median", item="", value=30.0, lower=25.0, upper=38.0),
        Evidence(arm="old", endpoint="os", statistic="landmark", item="60", value=0.2, effective_n=50.0),
        Evidence(arm="old", endpoint="os", statistic="landmark", item="12", value=0.8, effective_n=150.0, use=False),
    )
    return model(
        [
            own_curve("old", "pfs", "weibull", shape=1.1, scale=20.0),
            own_curve("old", "os", "weibull", shape=1.2, scale=40.0),
            effect_curve("mid", "pfs", "old", "weibull", uncertain(0.8, 0.1)),
            effect_curve("mid", "os", "old", "weibull", uncertain(0.9, 0.1)),
            effect_curve("new", "pfs", "old", "weibull", uncertain(0.6, 0.1)),
            effect_curve("new", "os", "old", "weibull", uncertain(0.8, 0.1)),
        ],
        arms=arms,
        evidence=evidence,
        settings=settings(currency="EUR", horizon_years=15.0),
        thresholds=(Threshold(value=20000.0), Threshold(value=50000.0), Threshold(value=80000.0, role="comparison")),
        utilities=utilities(uncertain(0.8, 0.03, "beta"), uncertain(0.6, 0.05, "beta")),
        care=(
            monthly("old_drug", "progression_free", 500.0, arm="old"),
            monthly("mid_drug", "progression_free", 900.0, arm="mid"),
            monthly("new_drug", "progression_free", uncertain(1500.0, 150.0), arm="new"),
            monthly("later", "progressed", uncertain(800.0, 200.0)),
        ),
        scenarios=(
            ScenarioChange(id="short", label="Horizon 5 years", input="settings.horizon_years", value=5),
            ScenarioChange(id="dear", label="New drug dearer", input="care.new_drug", value=3000),
        ),
    )


@cache
def results_of_three_arms() -> tuple[BaseCase, OneWay, Scenarios, PSA]:
    """Every fast analysis."""
    definition = three_arms()
    return base_case(definition), one_way(definition), scenarios(definition), psa(definition, N_DRAWS, SEED)


@cache
def figures_of_three_arms() -> dict[str, Figure]:
    """Every figure of these."""
    return figures(*results_of_three_arms())
