"""Patients start in any of the states between ordered curves: a curve is of those who start below it.

Oracle: closed forms of the four states with constant hazards (tests/helpers/four_states.py), each curve times the share of
the patients who start below it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case, one_way, psa
from model.definition import DefinitionError, ModelDefinition, State, TreatmentParameter, base_case_draws
from model.definition.records import PopulationItem, StateShare
from model.engine import evaluate, trace
from tests.helpers.four_states import RATES, STATES, four_states, with_own_curve, years_below
from tests.helpers.small_models import POPULATION, fixed, model, own_curve, settings, uncertain, utilities

OFF, LATER = 0.25, 0.1
BELOW = {"ttd": 1 - OFF - LATER, "pfs": 1 - LATER, "os": 1.0}
SHARES = (StateShare(state="off_therapy", parameter=fixed(OFF)), StateShare(state="progressed", parameter=fixed(LATER)))
EXACT = 1e-9


def starting(shares: tuple[StateShare, ...] = SHARES, **tables: Any) -> ModelDefinition:
    return four_states(state_shares=shares, **tables)


def years_in(arm: str, below: dict[str, float]) -> list[float]:
    """Life years in each state where these shares of the patients start below each curve."""
    return list(np.diff([0.0, *(below[e] * years_below(r) for e, r in RATES[arm].items())]))


def test_life_years_in_every_state_have_their_closed_form() -> None:
    lived = base_case(starting()).life_years().set_index("state")
    for arm, label in (("old", "Old treatment"), ("new", "New treatment")):
        assert list(lived.loc[[s.label for s in STATES], label]) == pytest.approx(years_in(arm, BELOW), rel=EXACT)


def test_patients_are_where_they_start() -> None:
    columns = trace(starting(), "old").columns
    assert [columns[f"In state: {s.label}"][0] for s in STATES] == pytest.approx([0.65, 0.25, 0.1], abs=1e-15)
    assert columns["Dead"][0] == pytest.approx(0.0, abs=1e-15)


def test_the_first_state_may_be_listed_and_states_of_no_row_hold_nobody() -> None:
    listed = evaluated(starting((StateShare(state="on_therapy", parameter=fixed(0.65)), *SHARES)))
    np.testing.assert_allclose(listed, evaluated(starting()), rtol=1e-12)
    found = evaluated(starting(SHARES[:1]))[0]
    np.testing.assert_allclose(found, years_in("old", {"ttd": 0.75, "pfs": 1.0, "os": 1.0}), rtol=EXACT)


def test_an_arm_of_its_own_shares_starts_with_them() -> None:
    """The rows of an arm take the place of those for all, also where it names fewer states."""
    own = (StateShare(state="progressed", arm="new", parameter=fixed(0.4)),)
    old, new = evaluated(starting((*SHARES, *own)))
    np.testing.assert_allclose(old, years_in("old", BELOW), rtol=EXACT)
    np.testing.assert_allclose(new, years_in("new", {"ttd": 0.6, "pfs": 0.6, "os": 1.0}), rtol=EXACT)


def test_a_drawn_share_of_one_arm_moves_that_arm_alone() -> None:
    own = (StateShare(state="off_therapy", arm="new", parameter=uncertain(0.3, 0.05, "beta")),)
    definition = starting(own)
    np.testing.assert_allclose(evaluated(definition)[0], years_in("old", {"ttd": 1.0, "pfs": 1.0, "os": 1.0}), rtol=EXACT)
    draws = base_case_draws(definition).replace({"state_shares.off_therapy.new": np.array([0.5])})
    moved = evaluate(definition, draws, threads=1).life_years.discounted[0]
    np.testing.assert_allclose(moved[0], evaluated(definition)[0], rtol=1e-15)
    np.testing.assert_allclose(moved[1], years_in("new", {"ttd": 0.5, "pfs": 1.0, "os": 1.0}), rtol=EXACT)


def evaluated(definition: ModelDefinition) -> np.ndarray:
    """Discounted life years (arm, state)."""
    return evaluate(definition, base_case_draws(definition), threads=1).life_years.discounted[0]


def test_the_share_that_starts_progressed_says_the_same_of_three_states() -> None:
    curves = [own_curve(a, e, "exponential", rate=RATES[a][e]) for a in RATES for e in ("pfs", "os")]
    item = PopulationItem(item="progressed_share", parameter=fixed(0.2))
    rows = tuple(State(id=s, endpoint=e, label=w) for s, e, w in (("a", "pfs", "First"), ("b", "os", "Second")))
    used = tuple(dataclasses.replace(u, state=s) for u, s in zip(utilities(0.8, 0.6), ("a", "b"), strict=True))
    share = (StateShare(state="b", parameter=fixed(0.2)),)
    by_row, by_state = (
        model(curves, population=(*POPULATION, item)),
        model(curves, states=rows, utilities=used, state_shares=share),
    )
    np.testing.assert_array_equal(evaluated(by_row), evaluated(by_state))


def test_a_state_after_progression_has_a_share_of_its_own() -> None:
    """Progressed patients are divided at the curve of a second progression, which is of those who start below it."""
    rates = {"pfs": 0.06, "pfs2": 0.04, "os": 0.02}
    rows = tuple(State(id=f"s{i}", endpoint=e, label=f"State {i}") for i, e in enumerate(rates))
    used = tuple(dataclasses.replace(utilities(0.8, 0.6)[0], id=s.id, state=s.id) for s in rows)
    shares = (StateShare(state="s1", parameter=fixed(0.3)), StateShare(state="s2", parameter=fixed(0.2)))
    found = evaluated(
        model(_curves(rates), states=rows, utilities=used, state_shares=shares, settings=settings(accrual="simpson"))
    )
    areas = [b * years_below(r, 0.0, 240.0) for b, r in zip((0.5, 0.8, 1.0), rates.values(), strict=True)]
    np.testing.assert_allclose(found[0], np.diff([0.0, *areas]), rtol=EXACT)


def _curves(rates: dict[str, float]) -> list[Any]:
    return [own_curve(arm, e, "exponential", rate=r) for arm in ("old", "new") for e, r in rates.items()]


@pytest.mark.parametrize("rule", ["cap_pfs", "raise_os", "hazard"])
def test_crossing_is_of_the_curves_of_those_who_start_below_them(rule: str) -> None:
    """Hazards of 0.01, 0.02 and 0.04 a month of TTD, PFS and OS: every curve but OS is above the next one in time. Where
    hazards are raised, all are that of OS, and patients stay divided as they start."""
    rates = {"ttd": 0.01, "pfs": 0.02, "os": 0.04}
    used = four_states().utilities
    columns = trace(
        model(_curves(rates), states=STATES, utilities=used, state_shares=SHARES, settings=settings(crossing=rule)), "old"
    ).columns
    ttd, pfs, os = (BELOW[e] * np.exp(-r * np.arange(241)) for e, r in rates.items())
    capped, raised = np.minimum(pfs, os), np.maximum(pfs, ttd)
    expected = {
        "cap_pfs": (np.minimum(ttd, capped), capped, os),
        "raise_os": (ttd, raised, np.maximum(os, raised)),
        "hazard": (BELOW["ttd"] * os, BELOW["pfs"] * os, os),
    }[rule]
    np.testing.assert_allclose([columns[n] for n in ("TTD in use", "PFS", "OS")], expected, rtol=1e-12)


def test_a_hazard_ratio_of_stopping_acts_on_those_who_start_on_the_curve() -> None:
    """Tablets until TTD, at twice its hazard: 0.65 exp(-2 r t) of all patients, doses of 500 monthly: a geometric series."""
    start = with_own_curve(starting())
    twice = TreatmentParameter(arm="new", drug="tablets", item="hazard_ratio", parameter=fixed(2.0))
    paid = base_case(dataclasses.replace(start, treatment=(twice,))).costs().set_index("category").loc["Drug: Tablets"]
    factor = np.exp(-(2 * RATES["new"]["ttd"] + 0.03 / 12))
    assert paid["New treatment"] == pytest.approx(BELOW["ttd"] * 500.0 * (1 - factor**360) / (1 - factor), rel=EXACT)


# ---- uncertain shares --------------------------------------------------------------------------------------------------


def test_dirichlet_shares_sum_to_one_and_each_draw_is_the_base_case_of_its_shares() -> None:
    kind = {"distribution": "dirichlet", "sample_size": 80.0}
    values = {"on_therapy": 0.65, "off_therapy": 0.25, "progressed": 0.1}
    definition = starting(tuple(StateShare(state=s, parameter=fixed(v, **kind)) for s, v in values.items()))
    sampled = psa(definition, 400, seed=3)
    drawn = np.stack([sampled.draws[f"state_shares.{s}"] for s in values])
    np.testing.assert_allclose(drawn.sum(axis=0), 1.0, rtol=1e-12)
    # A Dirichlet share p of n has the variance p (1 - p) / (n + 1); 400 draws tell it within a fifth.
    assert drawn[1].std() == pytest.approx(np.sqrt(0.25 * 0.75 / 81), rel=0.2)
    for i in range(3):
        below = dict(zip(BELOW, np.cumsum(drawn[:, i]), strict=True))
        rates = [float(sampled.draws[f"coefficients.old.{e}.rate"][i]) for e in BELOW]
        areas = [b * years_below(r) for b, r in zip(below.values(), rates, strict=True)]
        assert sampled.outcomes.life_years.discounted[i, 0] == pytest.approx(np.diff([0.0, *areas]), rel=EXACT)


def test_one_uncertain_share_takes_from_the_first_state() -> None:
    definition = starting((StateShare(state="progressed", parameter=uncertain(0.1, 0.03, "beta")),))
    varied = one_way(definition)
    at = [b.parameter_id for b in varied.bounds].index("state_shares.progressed")
    high = float(definition.parameters["state_shares.progressed"].quantile(0.975))
    below = {"ttd": 1 - high, "pfs": 1 - high, "os": 1.0}
    assert varied.outcomes.life_years.discounted[2 * at + 1, 0] == pytest.approx(years_in("old", below), rel=EXACT)


# ---- what is refused ---------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody in the first state": ({"shares": (StateShare(state="off_therapy", parameter=fixed(1.0)),)}, "must be below 1"),
    "shares that do not sum to 1": (
        {"shares": (StateShare(state="on_therapy", parameter=fixed(0.5)), *SHARES)},
        "sum to 0.85",
    ),
    "several uncertain shares": (
        {"shares": (SHARES[0], StateShare(state="progressed", parameter=uncertain(0.1, 0.03, "beta")))},
        "give all as dirichlet, with a row of 'on_therapy'",
    ),
    "a group of one": (
        {"shares": (StateShare(state="progressed", parameter=fixed(0.1, distribution="dirichlet", sample_size=9.0)),)},
        "give it as beta",
    ),
    "nobody in the first state of one arm": (
        {"shares": (*SHARES, StateShare(state="off_therapy", arm="new", parameter=fixed(1.0)))},
        "must be below 1",
    ),
    "shares of one arm that do not sum to 1": (
        {"shares": (*SHARES, *(StateShare(state=s, arm="new", parameter=fixed(0.6)) for s in ("on_therapy", "progressed")))},
        "sum to 1.2",
    ),
    "an arm that is not listed": ({"shares": (StateShare(state="progressed", arm="x", parameter=fixed(0.1)),)}, "'x'"),
    "a state that is not listed": ({"shares": (StateShare(state="elsewhere", parameter=fixed(1.0)),)}, "'elsewhere'"),
    "the share of the sheet Population as well": (
        {"population": (*POPULATION, PopulationItem(item="progressed_share", parameter=fixed(0.1)))},
        "leave this row out",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_shares_that_cannot_be_are_refused_with_what_to_do(what: str) -> None:
    tables, words = REFUSED[what]
    with pytest.raises(DefinitionError) as error:
        starting(**tables)
    assert words in str(error.value)
    assert len(error.value.problems) == 1


def test_all_start_progression_free_in_a_state_transition_model() -> None:
    curves = [own_curve(a, e, "exponential", rate=RATES[a][e]) for a in RATES for e in ("pfs", "os")]
    rows = tuple(State(id=s, endpoint=e, label=w) for s, e, w in (("a", "pfs", "First"), ("b", "os", "Second")))
    used = tuple(dataclasses.replace(u, state=s) for u, s in zip(utilities(0.8, 0.6), ("a", "b"), strict=True))
    chosen = settings(structure="state_transition", link_between_arms="own")
    with pytest.raises(DefinitionError, match="all patients start progression-free"):
        model(
            curves, states=rows, utilities=used, state_shares=(StateShare(state="b", parameter=fixed(0.2)),), settings=chosen
        )
