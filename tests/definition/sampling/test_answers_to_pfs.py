"""Survival after progression answers to the PFS of each draw.

Oracles: OS published of ten million patients, so that every draw must keep it, to the second order of what PFS was moved by;
the covariance with which survival after progression is drawn before it answers.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis.probabilistic.draws_against_targets import sampled_coefficients, sampled_correlations
from model.definition import Evidence, ModelDefinition, define, edit
from model.definition.checks.remarks import remarks
from model.definition.sampling.draws import sample
from model.engine import Engine
from tests.helpers.fitted_models import averaged
from tests.helpers.shipped import shipped
from tests.helpers.small_models import effect_curve, model, own_curve, tables_of, uncertain

STATES = {"settings.structure": "state_transition"}
MONTH, ALIVE = 24, 0.6


def published(curves: list[Any], arms: tuple[str, ...], link: str) -> ModelDefinition:
    """A state-transition model in which OS of some arms at 24 months is known for certain."""
    definition = model([*curves, *(own_curve(arm, "os", "exponential", rate=0.02) for arm in ("old", "new"))])
    rows = tuple(
        Evidence(arm=arm, endpoint="os", statistic="landmark", item=str(MONTH), value=ALIVE, effective_n=1e7) for arm in arms
    )
    settings = dataclasses.replace(
        definition.settings, structure="state_transition", link_between_arms=link, after_progression="exponential"
    )
    tables = tables_of(definition)
    return define(**{**tables, "settings": settings, "evidence": rows})


def os_of_draws(definition: ModelDefinition, arm: int) -> np.ndarray:
    every = Engine(definition).states.all_arms(sample(definition, 300, 1))
    return [states.alive[:, MONTH] for states in every][arm]


def test_os_is_kept_where_typed_coefficients_of_pfs_are_drawn_one_by_one() -> None:
    own = [own_curve(arm, "pfs", "weibull", shape=uncertain(1.2, 0.03), scale=uncertain(30.0, 1.0)) for arm in ("old", "new")]
    alive = os_of_draws(published(own, ("old", "new"), "own"), 0)
    assert alive.mean() == pytest.approx(ALIVE, abs=0.001) and alive.std() < 0.001


def test_os_is_kept_where_an_effect_on_pfs_is_drawn() -> None:
    """Of the new arm by its own link: nothing but the ratio varies."""
    curves = [
        own_curve("old", "pfs", "exponential", rate=0.05),
        effect_curve("new", "pfs", "old", "exponential", uncertain(0.7, 0.035, "lognormal")),
    ]
    alive = os_of_draws(published(curves, ("old", "new"), "own"), 1)
    assert alive.mean() == pytest.approx(ALIVE, abs=0.001) and alive.std() < 0.001


@pytest.mark.parametrize(
    ("changes", "name"), [(STATES, "os"), ({"settings.state_transition_probability": 0.5}, "after_progression")]
)
def test_draws_of_survival_after_progression_meet_their_targets_before_they_answer(
    changes: dict[str, Any], name: str
) -> None:
    """To four standard errors of a standard deviation and of a correlation among the draws that took states."""
    definition = edit(shipped("patina_us"), changes)
    draws = sample(definition, 4000, 1)
    n = 4000 if name == "os" else int(draws["settings.structure"].sum())
    moments = sampled_coefficients(definition, draws).set_index("input").filter(like=f"curves.control.{name}[", axis=0)
    assert len(moments) == 2
    assert moments["sd_sampled"].to_numpy() == pytest.approx(moments["sd_target"].to_numpy(), rel=4 / np.sqrt(2 * n))
    pairs = sampled_correlations(definition, draws).set_index("first")
    (pair,) = pairs.filter(like=f"curves.control.{name}[", axis=0).to_dict("records")
    error = 4 * (1 - pair["correlation_target"] ** 2) / np.sqrt(n)
    assert pair["correlation_sampled"] == pytest.approx(pair["correlation_target"], abs=error)


def test_an_average_of_pfs_gets_no_answer_and_a_remark() -> None:
    definition = averaged()
    curves = tuple(
        dataclasses.replace(c, distribution="model_average" if c.endpoint == "pfs" else "weibull") for c in definition.curves
    )
    weights = tuple(dataclasses.replace(w, endpoint="pfs") for w in definition.model_weights)
    points = tuple(
        Evidence(arm=arm, endpoint="os", statistic="landmark", item=str(m), value=v, effective_n=200)
        for arm in ("old", "new")
        for m, v in ((24, 0.8), (48, 0.6))
    )
    changed = dataclasses.replace(definition, curves=curves, model_weights=weights, evidence=points)
    in_states = edit(changed, STATES | {"settings.link_between_arms": "own", "settings.median_follow_up": 48.0})
    assert sample(in_states, 5, 1).n_draws == 5
    told = [r.message for r in remarks(in_states) if "does not answer" in r.message]
    assert len(told) == 2 and not [r for r in remarks(changed) if "does not answer" in r.message]
