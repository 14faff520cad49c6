"""Each flag of coherence is raised just outside its limit and not just inside. Oracle: three states run forward with known
hazards, or curves crossed by hand; every model has one thing wrong with it, by a known amount."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.analysis.coherence.flag_words import NAMES, SENTENCES
from model.definition import Draws, ExternalEvidence, ModelDefinition, Progression, base_case_draws, edit
from model.definition.records.coherence import FLAGS
from model.engine import evaluate
from model.engine.coherence import SAME
from tests.helpers.occupancy_models import (
    CYCLE_YEARS,
    DEATH_SHARE,
    constant,
    population,
    run_forward,
    run_model,
    with_occupancies,
)
from tests.helpers.shipped import shipped
from tests.helpers.small_models import effect_curve, model, own_curve, settings, uncertain, utilities

NEAR = 1e-3
OUTSIDE, INSIDE = 1 + NEAR, 1 - NEAR
POPULATION = population(0.02)


def raised(definition: ModelDefinition) -> set[str]:
    """The flags raised, the same in both arms."""
    table = base_case(definition).coherence().flags()
    by_arm = table[table["raised"]].groupby("arm")["flag"].agg(set)
    found = [by_arm.get(arm, set()) for arm in ("Old", "New")]
    assert found[0] == found[1]
    return set(found[0])


def row(definition: ModelDefinition, flag: str) -> dict[str, Any]:
    """One flag of the old arm."""
    table = base_case(definition).coherence().flags()
    return dict(table[(table["arm"] == "Old") & (table["flag"] == flag)].iloc[0])


def test_sound_transitions_raise_no_flag() -> None:
    sound = run_model(constant(0.3), constant(0.2), years=20.0, life_table=POPULATION)
    assert raised(sound) == set()
    assert base_case(sound).coherence().line().startswith("PFS and OS hang together: none of 14 flags")


def test_every_flag_has_a_name_and_a_sentence() -> None:
    assert set(FLAGS) == set(NAMES) == set(SENTENCES)


# ---- mortality --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "expected"), [(INSIDE, set()), (OUTSIDE, {"after_high"})])
def test_mortality_after_progression_above_one_a_year(factor: float, expected: set[str]) -> None:
    d = run_model(constant(0.3), constant(1.0 * factor))
    assert raised(d) == expected
    assert row(d, "after_high")["value"] == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(("factor", "expected"), [(OUTSIDE, set()), (INSIDE, {"after_below_population"})])
def test_mortality_after_progression_below_the_populations(factor: float, expected: set[str]) -> None:
    d = run_model(constant(0.3), constant(0.02 * factor), life_table=POPULATION)
    assert raised(d) == expected
    assert row(d, "after_below_population")["value"] == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(("factor", "expected"), [(OUTSIDE, set()), (INSIDE, {"before_below_population"})])
def test_mortality_before_progression_below_the_populations(factor: float, expected: set[str]) -> None:
    """Deaths are a fifth of the PFS events."""
    d = run_model(constant(0.02 * factor / DEATH_SHARE), constant(0.2), life_table=POPULATION)
    assert raised(d) == expected
    assert row(d, "before_below_population")["value"] == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(("factor", "expected"), [(INSIDE, set()), (OUTSIDE, {"after_rises"})])
def test_mortality_after_progression_that_rises_threefold_in_two_years(factor: float, expected: set[str]) -> None:
    growth = math.log(3.0 * factor) / (round(2 / CYCLE_YEARS) * CYCLE_YEARS)
    d = run_model(constant(0.3), lambda t: 0.01 * math.exp(growth * t), years=8.0)
    assert raised(d) == expected
    assert row(d, "after_rises")["value"] == pytest.approx(3.0 * factor, rel=1e-6)


def test_a_rise_within_the_first_year_is_no_rise_and_one_that_is_over_sooner_counts() -> None:
    early = run_model(constant(0.3), lambda t: 0.05 if t < 0.9 else 0.2, years=8.0)
    assert raised(early) == set()
    late = run_model(constant(0.3), lambda t: 0.05 if t < 4 else 0.2, years=8.0)
    assert raised(late) == {"after_rises"}
    found = row(late, "after_rises")
    assert found["value"] == pytest.approx(4.0, rel=1e-6)
    assert (found["from_month"] / 12, found["to_month"] / 12) == pytest.approx((4.0, 6.0), abs=0.04)


@pytest.mark.parametrize(
    ("flag", "after"), [("after_high", constant(1.5)), ("after_below_population", constant(0.01)), ("after_rises", None)]
)
def test_mortality_after_progression_counts_while_enough_are_there(flag: str, after: Any) -> None:
    """The limit is the largest mean share in the progressed state while the rule is broken."""
    hazard = after or (lambda t: 0.05 if t < 4 else 0.2)
    d = run_model(constant(0.1), hazard, years=8.0, life_table=POPULATION)
    pfs, os = run_forward(constant(0.1), hazard, 8.0)
    progressed = (os - pfs)[:-1] / 2 + (os - pfs)[1:] / 2
    if after is None:  # both cycles of the pair must have enough patients, and the earlier has fewer
        progressed = progressed[: round(4 / CYCLE_YEARS)]
    for factor, expected in ((INSIDE, True), (OUTSIDE, False)):
        limit = float(progressed.max()) * factor
        assert (flag in raised(edit(d, {f"coherence_limits.{flag}.share": limit}))) is expected


@pytest.mark.parametrize(("factor", "expected"), [(INSIDE, True), (OUTSIDE, False)])
def test_a_rise_counts_while_enough_are_left_at_its_end(factor: float, expected: bool) -> None:
    """PFS is soon over, so that of the two ends of a rise the later one has fewer progressed."""

    def after(t: float) -> float:
        return 0.05 if t < 4 else 0.2

    d = run_model(constant(2.0), after, years=8.0)
    pfs, os = run_forward(constant(2.0), after, 8.0)
    progressed = (os - pfs)[:-1] / 2 + (os - pfs)[1:] / 2
    first = math.ceil(4 / CYCLE_YEARS - 0.5)
    assert progressed[first] < progressed[first - round(2 / CYCLE_YEARS)]
    share = float(progressed[first]) * factor
    assert ("after_rises" in raised(edit(d, {"coherence_limits.after_rises.share": share}))) is expected


def test_the_value_told_is_the_worst_of_all_times() -> None:
    """Mortality after progression is first 1.5 times the population's, then half of it."""
    d = run_model(constant(0.3), lambda t: 0.03 if t < 3 else 0.01, life_table=POPULATION)
    assert row(d, "after_below_population")["value"] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(("factor", "expected"), [(INSIDE, True), (OUTSIDE, False)])
def test_mortality_before_progression_counts_while_enough_are_there(factor: float, expected: bool) -> None:
    """The hazard of PFS is too low from year 5 on, when exp(-0.3 x 5) are progression-free."""
    d = run_model(lambda t: 0.3 if t < 5 else 0.05, constant(0.2), life_table=POPULATION)
    first = math.ceil(5 / CYCLE_YEARS - 0.5)  # cycles before it have the higher hazard
    share = math.exp(-0.3 * first * CYCLE_YEARS) * (1 + math.exp(-0.05 * CYCLE_YEARS)) / 2
    changed = edit(d, {"coherence_limits.before_below_population.share": share * factor})
    assert ("before_below_population" in raised(changed)) is expected


def test_without_a_life_table_flags_of_the_population_are_not_looked_for() -> None:
    table = base_case(run_model(constant(0.3), constant(0.001))).coherence().flags()
    assert not table["flag"].isin(["after_below_population", "before_below_population"]).any()


# ---- crossing ---------------------------------------------------------------------------------------------------------


def crossing(gap: float) -> ModelDefinition:
    """OS stops falling at year 3, and PFS before it, higher by ``gap``."""
    years = np.arange(round(4 / CYCLE_YEARS) + 1) * CYCLE_YEARS
    last = math.exp(-0.1 * 3)
    return with_occupancies(np.maximum(np.exp(-0.2 * years), last + gap), np.maximum(np.exp(-0.1 * years), last))


@pytest.mark.parametrize("rule", ["cap_pfs", "raise_os"])
@pytest.mark.parametrize(("gap", "expected"), [(0.0099, False), (0.0101, True)])
def test_the_repair_moves_more_than_one_in_a_hundred(rule: str, gap: float, expected: bool) -> None:
    d = edit(crossing(gap), {"settings.crossing": rule})
    found = row(d, "repair_moves")
    assert (found["raised"], found["value"]) == (expected, pytest.approx(gap, rel=1e-9))
    if expected:
        assert found["from_month"] / 12 == pytest.approx(3.0, abs=0.04)


@pytest.mark.parametrize(("factor", "expected"), [(INSIDE, False), (OUTSIDE, True)])
def test_the_repair_in_hazards_moves_more_than_one_in_a_hundred(factor: float, expected: bool) -> None:
    """PFS at rate 0.1, OS at 0.05 until year 2 and at 0.1 + x from then on: PFS is lowered by the factor exp(-x s) s years
    later, the most at the end of year 4."""
    n, turn = round(4 / CYCLE_YEARS), round(2 / CYCLE_YEARS)
    years = np.arange(n + 1) * CYCLE_YEARS
    own = math.exp(-0.1 * years[-1])
    extra = -math.log(1 - 0.01 * factor / own) / (years[-1] - years[turn])
    os = np.exp(-0.05 * np.minimum(years, years[turn]) - (0.1 + extra) * np.maximum(years - years[turn], 0))
    d = edit(with_occupancies(np.exp(-0.1 * years), os), {"settings.crossing": "hazard"})
    found = row(d, "repair_moves")
    assert (found["raised"], found["value"]) == (expected, pytest.approx(0.01 * factor, rel=1e-6))


@pytest.mark.parametrize(("alive", "expected"), [(0.0099, False), (0.0101, True)])
def test_pfs_equal_to_os_while_some_are_alive(alive: float, expected: bool) -> None:
    """Both fall together from year 2 on; before it OS is higher."""
    turn = round(2 / CYCLE_YEARS)
    years = np.arange(round(4 / CYCLE_YEARS) + 1) * CYCLE_YEARS
    together = alive * np.exp(-np.maximum(years - years[turn], 0.0))
    early = np.arange(len(years)) < turn
    pfs, os = (np.where(early, np.exp(-rate * years) * (1 - alive) + alive, together) for rate in (3.0, 0.1))
    found = row(with_occupancies(pfs, os), "curves_equal")
    assert (found["raised"], found["value"]) == (expected, pytest.approx(alive, rel=1e-9))
    if expected:
        assert found["from_month"] / 12 == pytest.approx(2.0, abs=0.02)


def test_curves_that_nobody_has_left_yet_are_not_equal() -> None:
    """PFS and OS are 1 for a year."""
    n, turn = round(3 / CYCLE_YEARS), round(1 / CYCLE_YEARS)
    years = np.maximum(np.arange(n + 1) - turn, 0) * CYCLE_YEARS
    assert "curves_equal" not in raised(with_occupancies(np.exp(-0.4 * years), np.exp(-0.1 * years)))


def test_curves_that_come_within_a_few_patients_of_ten_thousand_are_not_equal() -> None:
    years = np.arange(round(4 / CYCLE_YEARS) + 1) * CYCLE_YEARS
    os = np.exp(-0.1 * years)
    pfs = np.maximum(np.exp(-2.0 * years), os - 5e-4 * np.minimum(years, 1.0))
    assert "curves_equal" not in raised(with_occupancies(pfs, os))


# ---- evidence and families --------------------------------------------------------------------------------------------

OS_AT_60 = math.exp(-0.1 * 5)  # 60 months are 5 years


def with_figures(*rows: dict[str, Any], **conventions: Any) -> ModelDefinition:
    """Exponential OS at 0.1 a year in both arms, and external figures, each for both arms."""
    curves = [
        own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", 0.3 / 12), ("os", 0.1 / 12))
    ]
    figures = tuple(
        ExternalEvidence(**{"id": f"figure_{i}_{arm}", "label": "Study", "endpoint": "os", "arm": arm, **given})
        for arm in ("old", "new")
        for i, given in enumerate(rows)
    )
    return model(curves, external_evidence=figures, settings=settings(cycle_days=7.0, **conventions))


def landmark(value: float, **more: Any) -> dict[str, Any]:
    return {"statistic": "landmark", "month": 60.0, "value": value, **more}


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("distance", "expected"), [(0.049, False), (0.051, True)])
def test_os_outside_an_external_figure(side: int, distance: float, expected: bool) -> None:
    figure = landmark(OS_AT_60 + side * distance)
    found = row(with_figures(figure), "outside_evidence")
    assert (found["raised"], found["value"]) == (expected, pytest.approx(distance, abs=1e-4))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([landmark(OS_AT_60 - 0.2, upper=OS_AT_60 - 0.049)], False),  # the interval is near enough
        ([landmark(OS_AT_60 - 0.2, upper=OS_AT_60 - 0.051)], True),
        ([landmark(OS_AT_60 + 0.2, lower=OS_AT_60 + 0.049)], False),
        ([landmark(OS_AT_60 - 0.2), landmark(OS_AT_60 + 0.2)], False),  # one above, one below
        ([landmark(OS_AT_60 - 0.2), landmark(OS_AT_60 - 0.04)], False),  # the nearest counts
        ([landmark(OS_AT_60 - 0.2), landmark(OS_AT_60, endpoint="pfs")], True),  # PFS is no OS
        ([landmark(OS_AT_60 - 0.2), landmark(OS_AT_60, dependence="dependent")], True),  # the model was made from it
        ([landmark(OS_AT_60 - 0.2), landmark(OS_AT_60, dependence="partly_dependent")], False),
    ],
)
def test_which_external_figures_count(rows: list[dict[str, Any]], expected: bool) -> None:
    assert row(with_figures(*rows), "outside_evidence")["raised"] == expected


@pytest.mark.parametrize(("distance", "expected"), [(0.049, False), (0.051, True)])
def test_a_median_is_a_survival_of_one_half(distance: float, expected: bool) -> None:
    """A figure whose median comes when the model's survival is that far above one half."""
    months = -math.log(0.5 + distance) / 0.1 * 12
    found = row(with_figures({"statistic": "median", "value": months}), "outside_evidence")
    assert (found["raised"], found["value"]) == (expected, pytest.approx(distance, abs=1e-4))


def test_figures_beyond_the_horizon_do_not_count() -> None:
    d = with_figures(landmark(0.01), horizon_years=4.0)
    assert not row(d, "outside_evidence")["raised"]
    assert math.isnan(row(d, "outside_evidence")["value"])


@pytest.mark.parametrize(("pfs", "os", "expected"), [(0.99, 1.01, True), (0.99, 0.99, False), (1.01, 1.01, False)])
def test_a_hazard_that_falls_for_pfs_and_rises_for_os(pfs: float, os: float, expected: bool) -> None:
    """A Weibull hazard changes from year 5 to 20 by the factor 4^(shape - 1); the limit is the change by 1.1, and the lesser
    of both changes counts. ``pfs`` below 1 and ``os`` above 1: the change is larger than that by 1% of its logarithm."""
    change = math.log(1.1) / math.log(4.0)
    shapes = {"pfs": 1 - change * (2 - pfs), "os": 1 + change * os}
    curves = [
        own_curve(a, e, "weibull", shape=shapes[e], scale=s)
        for a in ("old", "new")
        for e, s in (("pfs", 40.0), ("os", 150.0))
    ]
    d = model(curves, settings=settings(cycle_days=7.0, horizon_years=30.0))
    assert row(d, "opposite_hazards")["raised"] == expected


def test_families_are_not_compared_within_a_short_horizon() -> None:
    d = run_model(constant(0.3), constant(0.2), years=4.0)
    assert math.isnan(row(d, "opposite_hazards")["value"])


@pytest.mark.parametrize(("rate", "known"), [(0.08, True), (0.12, False)])
def test_families_are_not_compared_where_the_hazard_left_is_rounding(rate: float, known: bool) -> None:
    """A third cured: PFS has a hazard of 2 rate exp(-240 rate) per month in year 20, 7e-10 or, of 1e-16 in all, 8e-14."""
    curves = []
    for arm in ("old", "new"):
        pfs, rows = own_curve(arm, "pfs", "exponential", cure_fraction=1 / 3, rate=rate)
        curves += [(dataclasses.replace(pfs, cure="mixture"), rows), own_curve(arm, "os", "exponential", rate=0.005)]
    d = model(curves, settings=settings(horizon_years=30.0))
    assert math.isnan(row(d, "opposite_hazards")["value"]) != known


# ---- limits are inputs ------------------------------------------------------------------------------------------------


def test_a_flag_that_is_not_listed_is_not_looked_for() -> None:
    d = run_model(constant(0.3), constant(1.5))
    kept = tuple(r for r in d.coherence_limits if r.flag != "after_high")
    assert raised(d) == {"after_high"}
    assert raised(dataclasses.replace(d, coherence_limits=kept)) == set()


def test_limits_and_stretches_of_years_are_edited_like_any_input() -> None:
    d = run_model(constant(0.3), lambda t: 0.05 * 2 ** (t / 2), years=8.0)
    assert raised(edit(d, {"coherence_limits.after_rises.limit": 1.99})) == {"after_rises"}
    assert raised(edit(d, {"coherence_limits.after_rises.years": 3.3})) == {"after_rises"}
    assert raised(edit(d, {"coherence_limits.after_high.limit": 0.4})) == {"after_high"}


# ---- in the draws -----------------------------------------------------------------------------------------------------


def test_the_share_of_draws_is_that_of_the_draws_beyond_the_limit() -> None:
    """Only the death share varies: deaths before progression are below the population's where share x 0.1 < 0.02."""
    share = Progression(item="death_share", parameter=uncertain(0.2, 0.05, "beta"))
    d = run_model(constant(0.1), constant(0.2), life_table=POPULATION, progression=(share,))
    found = psa(d, draws=400, seed=3)
    below = float(np.mean(found.draws.values["progression.death_share"] < 0.2 * (1 - SAME)))
    table = found.coherence()
    shares = table[table["flag"] == "before_below_population"]["share_of_draws"]
    assert shares.tolist() == pytest.approx([below, below])
    assert 0.3 < below < 0.7


def test_draws_without_uncertainty_raise_the_flags_of_the_base_case() -> None:
    """Whose rules are broken for years: the draws are looked at about once a year."""
    wrong = run_model(lambda t: 0.3 if t < 3 else 0.05, lambda t: 0.05 if t < 4 else 1.5, life_table=POPULATION)
    base = base_case(wrong).coherence().flags()
    drawn = psa(wrong, draws=3, seed=1).coherence()
    assert drawn["share_of_draws"].tolist() == [float(r) for r in base["raised"]]
    assert base["raised"].sum() >= 6


def test_the_flags_of_draws_that_share_their_curves_are_those_of_each_draw_alone() -> None:
    """Three hazard ratios of OS, of which the high ones make the curves cross, and ten utilities with each."""
    curves = [own_curve("old", "pfs", "exponential", rate=0.03), own_curve("old", "os", "exponential", rate=0.01)]
    effects = [effect_curve("new", e, "old", "exponential", uncertain(1.0, 0.1, "lognormal")) for e in ("pfs", "os")]
    d = model([*curves, *effects], utilities=utilities(uncertain(0.8, 0.02, "beta"), 0.5))
    values = base_case_draws(d).values
    ratios, n = np.tile([0.8, 2.0, 4.0], 10), 30
    draws = Draws(n, {**values, "relative_effects.new.os": ratios, "utilities.progression_free": np.linspace(0.6, 0.9, n)})
    together = evaluate(d, draws, threads=1)
    alone = [evaluate(d, draws.block(k, k + 1), threads=1).flags[0] for k in range(n)]
    np.testing.assert_array_equal(together.flags, alone)
    equal = together.flags[:, 1, together.flag_names.index("curves_equal")]
    assert equal.tolist() == [ratio > 3 for ratio in ratios]


def test_a_state_transition_model_holds_deaths_before_progression_at_the_population_s() -> None:
    """Where the floor is laid under mortality; without it the death share alone says how many die."""
    states = {"settings.structure": "state_transition"}
    for floor, expected in (("yes", False), ("no", True)):
        flags = base_case(edit(shipped("patina_us"), states | {"settings.hazard_floor": floor})).coherence().flags()
        assert flags.loc[flags["flag"] == "before_below_population", "raised"].eq(expected).all()


def test_nothing_is_repaired_in_a_state_transition_model_and_floors_are_told() -> None:
    rules = base_case(edit(shipped("patina_us"), {"settings.structure": "state_transition"})).coherence().rules_in_force()
    repair = rules[rules["rule"].str.startswith("repair")]
    assert repair["largest_share_moved"].eq(0).all() and repair["from_month"].isna().all()
    before = rules[rules["rule"] == "floor under PFS"]
    assert before["from_month"].gt(60).all() and before["largest_share_moved"].gt(0).all()


def test_a_flag_is_looked_for_only_where_there_is_something_to_compare() -> None:
    plain = run_model(constant(0.3), constant(0.2), life_table=POPULATION)
    assert "outside_evidence" not in set(base_case(plain).coherence().flags()["flag"])
    partitioned = edit(shipped("patina_us"), {"settings.cycle_days": 28.0})
    states = edit(partitioned, {"settings.structure": "state_transition"})
    flags = [set(base_case(d).coherence().flags()["flag"]) for d in (partitioned, states)]
    assert flags[0] - flags[1] == {"opposite_hazards"}
