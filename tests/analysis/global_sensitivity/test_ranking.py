"""Tornado, Sobol indices and EVPPI side by side: they agree where they must, and say why where they do not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import one_way, psa, rank_inputs, sobol
from model.definition import (
    AdverseEvent,
    Care,
    EventConsequence,
    EventProbability,
    ModelDefinition,
    Parameter,
    Threshold,
    edit,
)
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, monthly, own_curve


def at_start(name: str, arm: str, cost: Parameter) -> Care:
    return dataclasses.replace(monthly(name, "progression_free", cost, arm), during="at_start", frequency="once")


def costs_at_start(mean_of_new: float) -> ModelDefinition:
    """INMB = old - two new costs, independent normals with SD 30 and 40 around 0 or far from it."""

    def normal(value: float, sd: float) -> Parameter:
        return Parameter(value=value, distribution="normal", standard_error=sd)

    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    care = (
        at_start("old_cost", "old", Parameter(value=1000.0)),
        at_start("one", "new", normal(500.0, 30.0)),
        at_start("two", "new", normal(mean_of_new, 40.0)),
    )
    return model(curves, care=care, thresholds=(Threshold(value=1000.0),))


def ranked(definition: ModelDefinition, runs: int = 4096, draws: int = 3000) -> dict[str, dict[str, float | str]]:
    ranking = rank_inputs(one_way(definition), sobol(definition, runs, 1), psa(definition, draws, 1))
    return ranking.table().set_index("input").to_dict("index")


def test_in_an_additive_model_the_three_agree() -> None:
    """Shares .36 and .64 by tornado and Sobol alike; EVPPI of a normal INMB of mean 0 is s x .3989 (closed form)."""
    rows = ranked(costs_at_start(500.0))
    for name, sd, share in (("care.one", 30.0, 0.36), ("care.two", 40.0, 0.64)):
        row = rows[name]
        assert row["swing"] == pytest.approx(2 * 1.959964 * sd, rel=1e-6)
        assert row["swing_share"] == pytest.approx(share, rel=1e-6)
        assert row["sobol_total"] == pytest.approx(share, abs=0.02)
        assert row["evppi"] == pytest.approx(sd / np.sqrt(2 * np.pi), rel=0.15)
        assert row["remark"] == "agree"
    assert [rows["care.two"][f"{k}_rank"] for k in ("swing", "sobol", "evppi")] == [1, 1, 1]
    assert [rows["care.one"][f"{k}_rank"] for k in ("swing", "sobol", "evppi")] == [2, 2, 2]


def test_an_input_that_cannot_change_the_decision_is_said_to_move_only_the_result() -> None:
    rows = ranked(costs_at_start(5000.0))
    assert rows["care.two"]["evppi"] == 0.0
    assert rows["care.two"]["remark"] == ("moves the result, but not the decision: knowing it would be worth next to nothing")


def test_inputs_that_act_together_are_told_apart_from_those_that_act_alone() -> None:
    """Risk x cost, means .5 and 100, SDs .25 and 150. Of the variance 7656.25 the risk explains 100^2 x .25^2 = 625 alone,
    the cost .5^2 x 150^2 = 5625 alone, and their product .25^2 x 150^2 = 1406.25 together."""
    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    definition = model(
        curves,
        adverse_events=(AdverseEvent(id="event", label="Event"),),
        event_probabilities=(
            EventProbability(event="event", arm="old", parameter=Parameter(value=0.0)),
            EventProbability(
                event="event", arm="new", parameter=Parameter(value=0.5, distribution="beta", standard_error=0.25)
            ),
        ),
        event_consequences=(
            EventConsequence(
                event="event", item="cost", parameter=Parameter(value=100.0, distribution="gamma", standard_error=150.0)
            ),
        ),
    )
    rows = ranked(definition, runs=2**15)
    for name, alone in (("event_probabilities.event.new", 625.0), ("event_consequences.event.cost", 5625.0)):
        assert rows[name]["sobol_first"] == pytest.approx(alone / 7656.25, abs=0.03)
        assert rows[name]["sobol_total"] == pytest.approx((alone + 1406.25) / 7656.25, abs=0.03)
    assert "acts together with other inputs" in str(rows["event_probabilities.event.new"]["remark"])


def test_curves_are_ranked_whole_and_every_input_has_a_row() -> None:
    definition = edit(shipped("patina_us"), {"settings.horizon_years": 5.0})
    result = sobol(definition, 1000, 1)
    table = rank_inputs(one_way(definition), result, psa(definition, 400, 1)).table()
    assert set(table["input"]) == set(result.table()["input"]) and table["remark"].str.len().min() > 0
    assert {"curves.control.os", "curves.palbociclib.pfs"} <= set(table["input"])
    assert table["sobol_total"].is_monotonic_decreasing
    assert table["swing_share"].sum() == pytest.approx(1.0)


def test_results_of_different_models_are_not_compared() -> None:
    one, other = costs_at_start(500.0), costs_at_start(5000.0)
    with pytest.raises(ValueError, match="same definition"):
        rank_inputs(one_way(other), sobol(one, 64), psa(one, 30, 1))
