"""Sampled intervals beside reported ones: those of an independent replication of the PATINA model, and flags by their rule.

Oracle: 95% intervals of the palbociclib arm's median PFS (reported: 32.4 to 56.8 months) that the replication drew from the
covariances of each family, with the former effective numbers of the landmarks and with those of follow-up even from 39 to 88
months.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from model.analysis.sampled.sampled_against_evidence import LEAVES, SURER, leaving_families, sampled_against_evidence
from model.definition import ModelDefinition, edit
from model.definition.curves.coefficients import calibration
from model.excel import template_definition
from model.survival import distribution
from tests.helpers.shipped import shipped

FORMER = {"Log-logistic": (32.6, 57.4), "Weibull": (24.7, 54.9), "Gompertz": (26.5, 58.3), "Generalised gamma": (23.1, 62.9)}
EVEN = {"Weibull": (31.0, 55.6)}
STRAIGHT = {"former_effective_n": (5.3, 53.3), "follow_up_even": (25.4, 54.3)}
"""A gamma curve drawn by straight steps in log shape and log rate, as the replication did and this program does not."""
REPORTED = (32.4, 56.8)
OF_DRAWS = 1.2  # months: what two sets of some thousand draws of so wide an interval differ by


def medians(definition: ModelDefinition) -> pd.DataFrame:
    table = sampled_against_evidence(definition)
    own = table[(table["arm"] == "Palbociclib") & (table["statistic"] == "median")]
    return own.set_index("distribution")


def patina(scenario: str) -> ModelDefinition:
    definition = shipped("patina_us")
    return edit(definition, definition.scenario_changes()[scenario])


@pytest.mark.parametrize(("scenario", "expected"), [("former_effective_n", FORMER), ("follow_up_even", EVEN)])
def test_intervals_of_the_median_are_those_of_the_replication(
    scenario: str, expected: dict[str, tuple[float, float]]
) -> None:
    found = medians(patina(scenario))
    for name, (low, high) in expected.items():
        assert found.loc[name, "sampled_lower_95"] == pytest.approx(low, abs=OF_DRAWS)
        assert found.loc[name, "sampled_upper_95"] == pytest.approx(high, abs=OF_DRAWS)


@pytest.mark.parametrize("scenario", STRAIGHT)
def test_a_gamma_drawn_by_straight_steps_leaves_the_evidence_and_along_its_ridge_it_does_not(scenario: str) -> None:
    definition, family = patina(scenario), distribution("gamma")
    curve = definition.curve("palbociclib", "pfs")
    assert curve is not None
    made = calibration(definition, curve, "gamma")
    steps = np.random.default_rng(1).multivariate_normal([0.0, 0.0], made.covariance, 40_000)
    straight = family.quantile(0.5, family.to_natural(made.estimates + steps))
    assert np.percentile(straight, [2.5, 97.5]) == pytest.approx(STRAIGHT[scenario], abs=OF_DRAWS)
    ridge = family.quantile(0.5, family.around(made.estimates, steps))
    assert np.percentile(ridge, [2.5, 97.5]) == pytest.approx(REPORTED, abs=0.15 * (REPORTED[1] - REPORTED[0]))
    assert np.abs(family.steps_to(family.around(made.estimates, steps), made.estimates) - steps).max() <= 1e-9
    found = medians(definition)
    assert found.loc["Gamma", "flag"] != LEAVES
    assert "Palbociclib, progression-free survival: Gamma" not in leaving_families(sampled_against_evidence(definition))


def test_flags_follow_from_the_numbers_of_their_row() -> None:
    for row in sampled_against_evidence(shipped("patina_us")).itertuples():
        width = (row.sampled_upper_95 - row.sampled_lower_95) / (row.reported_upper_95 - row.reported_lower_95)
        outside = not row.reported_lower_95 <= row.sampled_median <= row.reported_upper_95
        assert row.width_ratio == pytest.approx(width)
        assert row.flag == (LEAVES if width > 1.2 or outside else SURER if width < 0.8 else "")


def test_a_curve_far_from_a_statistic_leaves_it_though_its_interval_is_as_wide() -> None:
    """An exponential through a median of 40 months, which is all but certain, is far above 26% at 24 months."""
    definition = template_definition()
    rows = [
        dataclasses.replace(e, value=40.0, lower=None, upper=None, standard_error=0.5)
        if e.endpoint == "pfs" and e.statistic == "median"
        else e
        for e in definition.evidence
    ]
    table = sampled_against_evidence(dataclasses.replace(definition, evidence=tuple(rows)))
    row = table[(table["distribution"] == "Exponential") & (table["month"] == 24.0)].iloc[0]
    assert row["flag"] == LEAVES and row["sampled_median"] > row["reported_upper_95"]


def test_curves_without_evidence_of_their_own_have_no_rows() -> None:
    assert set(sampled_against_evidence(template_definition())["arm"]) == {"Standard"}
