"""The summary of any program's draws against the R package voi 1.0.3 on its own draws (tests/reference/README.md)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.analysis import PSASummary, psa_summary

REFERENCE = Path(__file__).parents[2] / "reference"
PARAMETERS = ["log_hr_pfs", "log_hr_os", "u_pf", "u_pd", "p_neut", "c_drug", "c_pd", "c_ae"]


@cache
def sample() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "psa_sample.csv")


@cache
def voi() -> dict[str, Any]:
    return json.loads((REFERENCE / "voi.json").read_text(encoding="utf-8"))


@cache
def summary() -> PSASummary:
    t = sample()
    costs, effects = (t[[f"{kind}_{i}" for i in (1, 2, 3)]].to_numpy() for kind in ("cost", "qaly"))
    return psa_summary(costs, effects, ["a", "b", "c"], [100_000, 150_000], {p: t[p] for p in PARAMETERS})


def test_acceptability_loss_and_evpi_are_those_of_voi() -> None:
    at = voi()["wtp"]
    np.testing.assert_allclose(summary().ceac(at).to_numpy(), voi()["ceac"], atol=1e-9)
    np.testing.assert_allclose(summary().expected_loss(at).to_numpy(), voi()["expected_loss"], atol=1e-4)
    np.testing.assert_allclose(summary().evpi(at)["evpi"], voi()["evpi"], atol=1e-4)


def test_means_and_increments_are_those_of_the_columns() -> None:
    means = summary().means().set_index(["outcome", "option"])["mean"]
    assert means["cost", "b"] == pytest.approx(sample()["cost_2"].mean())
    table = summary().against_reference().set_index(["option", "outcome", "willingness_to_pay"])
    inmb = 150_000 * (sample()["qaly_2"] - sample()["qaly_1"]) - (sample()["cost_2"] - sample()["cost_1"])
    assert table.loc[("b", "inmb", 150_000.0), "mean"] == pytest.approx(inmb.mean())
    assert table.loc[("b", "inmb", 150_000.0), "lower_95"] == pytest.approx(np.percentile(inmb, 2.5))


def test_each_parameter_has_an_evppi_no_larger_than_the_evpi() -> None:
    evppi = summary().evppi
    assert evppi is not None and set(evppi["group"]) == set(PARAMETERS)
    limit = evppi["willingness_to_pay"].map(summary().evpi([100_000, 150_000])["evpi"])
    assert (evppi["evppi"] <= limit + 1e-6).all() and (evppi["evppi"] >= 0).all()


def test_without_parameters_there_is_no_evppi() -> None:
    plain = psa_summary(summary().costs, summary().effects, ["a", "b", "c"], [150_000])
    assert plain.evppi is None and "evppi" not in plain.tables() and "EVPI" in plain.summary()


def test_another_reference_turns_increments_round() -> None:
    turned = psa_summary(summary().costs, summary().effects, ["a", "b", "c"], [1.0], reference="b")
    np.testing.assert_array_equal(turned.increments("a")[0], -summary().increments("b")[0])


def test_the_grid_reaches_twice_the_highest_threshold_in_round_steps() -> None:
    grid = summary().grid
    assert len(grid) == 101 and grid[1] == 5000.0 and grid[-1] >= 300_000


@pytest.mark.parametrize(
    ("change", "gist"),
    [
        ({"costs": [[1.0, np.nan], [2.0, 3.0]]}, "finite"),
        ({"effects": [[1.0], [2.0]]}, "same shape"),
        ({"arms": ["a", "a"]}, "differ"),
        ({"thresholds": [0.0]}, "above 0"),
        ({"thresholds": []}, "above 0"),
        ({"reference": "z"}, "not among the options"),
        ({"parameters": {"p": [1.0]}}, "needs 2 finite numbers"),
        ({"costs": [[1.0, 2.0]], "effects": [[1.0, 2.0]]}, "at least 2 draws"),
    ],
)
def test_what_cannot_be_summarised_is_refused(change: dict[str, Any], gist: str) -> None:
    given: dict[str, Any] = {
        "costs": [[1.0, 2.0], [2.0, 4.0]],
        "effects": [[1.0, 2.0], [1.0, 3.0]],
        "arms": ["a", "b"],
        "thresholds": [10.0],
        **change,
    }
    with pytest.raises(ValueError, match=gist):
        psa_summary(**given)
