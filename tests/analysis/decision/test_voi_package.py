"""EVPI, acceptability curve, expected loss and expected net benefit against the R package voi 1.0.3.

Source: tests/reference/psa_sample.csv (3,000 draws of three strategies, 12 significant digits) and voi.json
(21 thresholds from 0 to 500,000). The curve agrees draw for draw. Sums agree to 1e-7 currency on net
benefits of 1e5 to 1e6; the largest difference seen is 5e-9.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.analysis.decision import ceac, ceaf, evpi, expected_loss, expected_net_benefit

REFERENCE = Path(__file__).parents[2] / "reference"
VOI = json.loads((REFERENCE / "voi.json").read_text())
SAMPLE = pd.read_csv(REFERENCE / "psa_sample.csv")
COSTS = SAMPLE[["cost_1", "cost_2", "cost_3"]].to_numpy()
EFFECTS = SAMPLE[["qaly_1", "qaly_2", "qaly_3"]].to_numpy()
THRESHOLDS = VOI["wtp"]
CURRENCY = 1e-7


def test_reference_has_3000_draws_and_21_thresholds():
    assert COSTS.shape == (3000, 3)
    assert len(THRESHOLDS) == 21


def test_acceptability_curve_counts_the_same_draws_as_voi():
    counts = ceac(COSTS, EFFECTS, THRESHOLDS).to_numpy() * 3000
    printed = np.array(VOI["ceac"]) * 3000
    assert np.abs(printed - printed.round()).max() < 1e-6
    np.testing.assert_array_equal(counts.round(9), printed.round())


def test_evpi_is_that_of_voi():
    np.testing.assert_allclose(evpi(COSTS, EFFECTS, THRESHOLDS), VOI["evpi"], rtol=0, atol=CURRENCY)


def test_expected_loss_is_that_of_voi():
    np.testing.assert_allclose(expected_loss(COSTS, EFFECTS, THRESHOLDS), VOI["expected_loss"], rtol=0, atol=CURRENCY)


def test_expected_net_benefit_is_that_of_voi():
    np.testing.assert_allclose(expected_net_benefit(COSTS, EFFECTS, THRESHOLDS), VOI["expected_nmb"], rtol=0, atol=CURRENCY)


def test_acceptability_frontier_follows_the_highest_expected_net_benefit_of_voi():
    frontier = ceaf(COSTS, EFFECTS, THRESHOLDS, ["1", "2", "3"])
    best = np.argmax(VOI["expected_nmb"], axis=1)
    assert frontier["option"].tolist() == [str(i + 1) for i in best]
    np.testing.assert_allclose(frontier["probability_cost_effective"], np.array(VOI["ceac"])[np.arange(21), best], atol=1e-12)


@pytest.mark.parametrize("row", [r for r in VOI["evppi"] if r["method"] == "gam"], ids=lambda r: f"{r['pars']}-{r['wtp']}")
def test_evpi_is_at_least_every_evppi_of_voi(row):  # U18
    assert evpi(COSTS, EFFECTS, row["wtp"]) >= row["evppi"]
