"""The state-transition structure on the same inputs as partitioned survival.

Oracles: closed forms of exponential hazards; an independent replication of the first PATINA base case (QALYs gained to the
digit given, costs and ICERs 0.4%: treatment after progression counts progressions here, there 90% of all PFS events).
"""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.analysis.base_run import trace_table
from model.definition import DefinitionError, edit, sample
from model.definition.curves.coefficients import curve_coefficients, statistics
from model.definition.sampling.draws import base_case_draws
from model.engine import Engine, evaluate, trace
from model.survival import Landmark
from model.survival.multistate import AFTER_PROGRESSION, LINKS
from tests.helpers.exponential_states import BEFORE, PROGRESSION, exponential_states, os_of_states
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import shipped

STATES = {"settings.structure": "state_transition"}
COARSE = STATES | {"settings.cycle_days": 28.0}
REPLICATED = [  # PFS, link, after progression, 77-month median: QALYs gained, extra cost, USD per QALY
    ("loglogistic", "common", "weibull", False, "0.828", 1_396_847, 1_687_870),
    ("loglogistic", "hazard_ratio", "weibull", False, "0.718", 1_394_360, 1_942_570),
    ("gamma", "hazard_ratio", "weibull", False, "0.795", 1.263e6, 1.59e6),
    ("weibull", "hazard_ratio", "weibull", False, "0.784", 1.305e6, 1.67e6),
    ("gamma", "common", "weibull", False, "0.881", 1_265_215, 1_436_355),
    ("loglogistic", "common", "exponential", False, "0.767", 1_395_467, 1_819_721),
    ("loglogistic", "common", "weibull", True, "0.845", 1_397_235, 1_654_297),
]
ENGLAND = [("loglogistic", "common", 372_581), ("loglogistic", "hazard_ratio", 429_249), ("gamma", "hazard_ratio", 359_421)]


def of_former(country: str, pfs: str, link: str, after: str = "weibull", median: bool = False) -> tuple[float, float]:
    """Incremental QALYs and cost of the first base case in the other structure."""
    changes = former_edits() | STATES | {"settings.link_between_arms": link, "settings.after_progression": after}
    changes |= {f"curves.{arm}.pfs.distribution": pfs for arm in ("control", "palbociclib")}
    if median:
        changes |= {"evidence.control.os.median.use": True, "evidence.control.os.median.effective_n": 41.0}
    definition = edit(shipped(country), changes)
    outcomes = evaluate(definition, base_case_draws(definition))
    qalys, costs = outcomes.qalys.discounted.sum(axis=-1)[0], outcomes.costs.discounted.sum(axis=-1)[0]
    return float(qalys[1] - qalys[0]), float(costs[1] - costs[0])


@pytest.mark.parametrize(("pfs", "link", "after", "median", "gained", "extra", "icer"), REPLICATED)
def test_the_first_base_case_in_states(
    pfs: str, link: str, after: str, median: bool, gained: str, extra: float, icer: float
) -> None:
    qalys, cost = of_former("patina_us", pfs, link, after, median)
    assert f"{qalys:.3f}" == gained
    assert cost == pytest.approx(extra, rel=0.004)
    assert cost / qalys == pytest.approx(icer, rel=0.006)


@pytest.mark.parametrize(("pfs", "link", "icer"), ENGLAND)
def test_the_first_base_case_of_england_in_states(pfs: str, link: str, icer: float) -> None:
    qalys, cost = of_former("patina_england", pfs, link)
    assert cost / qalys == pytest.approx(icer, rel=0.005)


# ---- exponential hazards: partitioned survival made from the closed form of the states ---------------------------------


def test_exponential_hazards_give_the_closed_form_of_os() -> None:
    definition = exponential_states()
    engine = Engine(definition)
    for states in engine.states.all_arms(base_case_draws(definition)):
        assert states.alive[0] == pytest.approx(os_of_states(engine.timeline.months), abs=1e-9)
        assert states.progression_free[0] == pytest.approx(np.exp(-0.04 * engine.timeline.months), abs=1e-12)


def test_progressions_are_those_of_the_states() -> None:
    definition = exponential_states()
    found = trace(definition, "old")
    events = found.columns["Progressing"] * (1 - BEFORE / (PROGRESSION + BEFORE))
    horizon = Engine(definition).timeline.months[-1]
    assert events.sum() == pytest.approx(PROGRESSION / 0.04 * (1 - np.exp(-0.04 * horizon)), abs=1e-12)


# ---- any model ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", LINKS)
def test_no_draw_crosses_and_the_mean_of_draws_is_near_the_base_case(link: str) -> None:
    definition = edit(shipped("patina_us"), COARSE | {"settings.link_between_arms": link})
    draws = sample(definition, 40, 3)
    for states in Engine(definition).states.all_arms(draws):
        assert states.progressed.min() >= 0
        assert np.all(np.diff(states.alive, axis=1) <= 1e-14)
        assert np.isnan(states.crossing.first_month).all()
    base = evaluate(definition, base_case_draws(definition)).life_years.undiscounted.sum(axis=-1)[0]
    mean = evaluate(definition, draws).life_years.undiscounted.sum(axis=-1).mean(axis=0)
    assert mean == pytest.approx(base, rel=0.15)


def test_the_reported_hazard_ratio_of_os_holds_at_the_median_follow_up_in_every_draw() -> None:
    # Before any floor by the general population, as a relative effect acts before it.
    definition = edit(shipped("patina_us"), COARSE | {"settings.hazard_floor": "no"})
    draws, engine = sample(definition, 20, 3), Engine(definition)
    control, treated = (states.alive for states in engine.states.all_arms(draws))
    month, months = definition.settings.median_follow_up, engine.timeline.months
    hazards = [np.array([np.interp(month, months, -np.log(row)) for row in alive]) for alive in (control, treated)]
    ratio = draws["relative_effects.palbociclib.os"]
    assert hazards[1] / hazards[0] == pytest.approx(ratio, rel=1e-6)


def test_draws_whose_hazard_ratio_of_os_nothing_gives_are_counted_and_told() -> None:
    """Near the largest ratio that can be kept: in some draws OS has another one than was drawn."""
    definition = edit(shipped("patina_us"), COARSE | {"settings.hazard_floor": "no"})
    definition = edit(definition, {"relative_effects.palbociclib.os": 2.4})
    found = psa(definition, 200, 3)
    engine = Engine(definition)
    control, treated = (states.alive for states in engine.states.all_arms(found.draws))
    month, months = definition.settings.median_follow_up, engine.timeline.months
    hazards = [np.array([np.interp(month, months, -np.log(row)) for row in alive]) for alive in (control, treated)]
    kept = np.abs(hazards[1] / hazards[0] / found.draws["relative_effects.palbociclib.os"] - 1) < 1e-5
    assert np.array_equal(found.outcomes.link_met, np.stack([np.ones(200), kept], axis=1))
    missed = int((~kept).sum())
    assert 0 < missed < 200 and f"in {missed / 200:.1%} of 200 draws by states ({missed}) no survival" in found.summary()
    other = psa(edit(definition, {"settings.link_between_arms": "common"}), 20, 3)
    assert other.outcomes.link_met.all() and "no survival after progression" not in other.summary()


def test_sampled_os_spreads_little_more_than_its_landmarks() -> None:
    # PFS and the share of deaths are drawn too; survival after progression answers to them. By the delta method exactly.
    definition = edit(shipped("patina_us"), COARSE | {"settings.link_between_arms": "own"})
    draws, engine = sample(definition, 400, 5), Engine(definition)
    curve = definition.curve("control", "os")
    assert curve is not None
    alive = next(engine.states.all_arms(draws)).alive
    for statistic in statistics(definition, curve):
        if isinstance(statistic, Landmark):
            assert statistic.standard_error is not None
            at = int(np.argmin(np.abs(engine.timeline.months - statistic.time)))
            assert 0.9 < alive[:, at].std() / statistic.standard_error < 1.3


@pytest.mark.parametrize("link", LINKS)
def test_which_arm_is_compared_with_which_changes_no_arm(link: str) -> None:
    definition = edit(shipped("patina_us"), COARSE | {"settings.link_between_arms": link})
    swapped = edit(definition, {"settings.comparator": "palbociclib", "settings.intervention": "control"})
    one, two = (evaluate(d, base_case_draws(d)) for d in (definition, swapped))
    assert np.array_equal(one.total_qalys, two.total_qalys)
    assert np.array_equal(one.total_costs, two.total_costs)


@pytest.mark.parametrize("after", AFTER_PROGRESSION)
def test_every_distribution_after_progression_can_be_used(after: str) -> None:
    definition = edit(shipped("patina_us"), COARSE | {"settings.after_progression": after})
    years = evaluate(definition, base_case_draws(definition)).life_years.undiscounted.sum(axis=-1)[0]
    assert 8 < years[0] < years[1] < 16


def test_partitioned_survival_is_the_structure_where_nothing_is_said() -> None:
    definition = shipped("patina_us")
    assert definition.settings.structure == "partitioned_survival"
    other = edit(definition, {"settings.link_between_arms": "common", "settings.after_progression": "gamma"})
    one, two = (evaluate(d, base_case_draws(d)) for d in (definition, other))
    assert np.array_equal(one.costs.discounted, two.costs.discounted)


@pytest.mark.parametrize(
    "changes", [COARSE, COARSE | {"settings.hazard_floor": "no"}, {"settings.hazard_floor_under": "pfs_and_os"}]
)
def test_every_cycle_is_told_with_the_curves_before_and_after_the_floors(changes: dict[str, object]) -> None:
    definition = edit(shipped("patina_us"), changes)
    told = trace_table(trace(definition, "control"))
    assert (told["PFS"] <= told["PFS of the curve"] + 1e-12).all()
    assert (told["OS"] <= told["OS of the curve"] + 1e-12).all()


def test_results_of_a_run_can_be_summarised() -> None:
    definition = edit(shipped("patina_us"), COARSE)
    assert "Palbociclib" in str(base_case(definition).summary())
    assert "60 draws" in str(psa(definition, 60, 1).summary())


def test_waning_of_pfs_changes_who_progresses_but_not_what_is_known_of_survival_after_it() -> None:
    """Nobody lost the effect in the trial, whose OS says how long patients live after progression."""
    definition = edit(shipped("patina_us"), COARSE | {"settings.link_between_arms": "own", "settings.hazard_floor": "no"})
    waning = {"curves.palbociclib.pfs.waning_start": 24.0, "curves.palbociclib.pfs.waning_end": 36.0}
    waned = edit(definition, waning | {"curves.palbociclib.os.waning_start": 24.0, "curves.palbociclib.os.waning_end": 36.0})
    for arm in ("control", "palbociclib"):
        curves = (d.curve(arm, "os") for d in (definition, waned))
        as_was, now = (curve_coefficients(d, c) for d, c in zip((definition, waned), curves, strict=True))
        assert np.array_equal(as_was.natural, now.natural)
    before, after = (trace(d, "palbociclib") for d in (definition, waned))
    assert before.columns["PFS"][:25] == pytest.approx(after.columns["PFS"][:25], abs=1e-12)
    assert (before.columns["OS"] - after.columns["OS"]).max() > 0.01


def test_the_hazard_ratio_of_the_trial_is_that_of_an_effect_that_has_not_waned() -> None:
    """The factor on the hazard after progression is the same whatever is assumed of waning."""
    treatment_end = {"curves.palbociclib.pfs.waning": "treatment_end", "regimens.palbociclib.palbociclib.max_months": 24.0}
    plain, waned = edit(shipped("patina_us"), COARSE), edit(shipped("patina_us"), COARSE | treatment_end)
    factors = [Engine(d).states.with_links(base_case_draws(d)).values["link.palbociclib"] for d in (plain, waned)]
    assert factors[0] == pytest.approx(factors[1], rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"curves.palbociclib.pfs.waning": "treatment_end", "regimens.palbociclib.palbociclib.until": "death"},
            "which follows from this curve",
        ),
        ({"settings.median_follow_up": ""}, "the median follow-up must be given and lie within the horizon"),
        ({"settings.median_follow_up": 480.0}, "the median follow-up must be given and lie within the horizon"),
        ({"relative_effects.palbociclib.os": 0.01}, "gives a hazard ratio of OS of 0.01 at month 53.5"),
        (
            {"evidence.control.os.landmark.36.use": False, "evidence.control.os.landmark.60.use": False},
            "survival after progression is calibrated to its published OS",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        edit(shipped("patina_us"), STATES | changes)


def test_who_leaves_pfs_where_nobody_is_progressed_is_given_nothing_after_progression() -> None:
    """By the link no_os_benefit PFS of the treated arm may come to the OS of the other: all who leave it then die."""
    definition = edit(shipped("patina_us"), COARSE | {"settings.link_between_arms": "no_os_benefit"})
    columns = trace(definition, "palbociclib").columns
    nobody = columns["Progressed"] <= 0
    assert nobody[1:].any() and (columns["Progressing"][nobody] == 0).all()


@pytest.mark.parametrize("days", [7.0, 28.0, 91.3125])
def test_a_floor_holds_those_who_have_just_progressed_too(days: float) -> None:
    """Mortality after progression is nowhere below the population's, whatever the length of the cycles."""
    changes = {"settings.after_progression": "exponential", "settings.cycle_days": days}
    flags = base_case(edit(shipped("patina_us"), COARSE | changes)).coherence().flags()
    below = flags[flags["flag"] == "after_below_population"]
    assert not below["raised"].any() and (below["value"] > 1 - 3e-4).all()
