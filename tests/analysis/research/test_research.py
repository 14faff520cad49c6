"""Designs of studies on a model: they observe what its curves and inputs say, and are worth no more than these."""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import PSA, psa
from model.analysis.research import CostStudy, SurvivalStudy, UtilityStudy
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, monthly, settings, uncertain, uncertain_curves, utilities

METHODS = ["regression", "moment_matching"]


@pytest.fixture(scope="module")
def trial() -> PSA:
    """Exponential curves: PFS and OS of the old arm with uncertain rates, of the new arm with uncertain ratios."""
    definition = model(
        uncertain_curves(),
        settings=settings(discount_rate_costs=0.03, discount_rate_effects=0.03),
        utilities=utilities(uncertain(0.8, 0.05, "beta"), 0.6),
        care=(
            monthly("drug", "progression_free", 2600.0, arm="new"),
            monthly("care", "progressed", uncertain(1500.0, 500.0)),
        ),
    )
    return psa(definition, 4000, 3)


def test_event_probabilities_are_those_of_the_curves(trial: PSA) -> None:
    study = SurvivalStudy(24.0, start_months=12.0, intervals=1).of(trial)
    months = np.array([12.0, 24.0])
    place = 0
    survival = {}
    for endpoint in ("os", "pfs"):
        rate = trial.draws[f"coefficients.old.{endpoint}.rate"]
        for arm, ratio in (("old", 1.0), ("new", trial.draws[f"relative_effects.new.{endpoint}"])):
            curve = np.exp(-np.outer(rate * ratio, months))
            survival[arm, endpoint] = np.minimum(curve, survival.get((arm, "os"), 1.0))  # rule cap_pfs
            at_12, at_24 = survival[arm, endpoint].T
            np.testing.assert_allclose(study.probabilities[:, place, 0], 1 - at_24 / at_12, rtol=1e-9)
            place += 1


def test_of_patients_followed_on_the_mean_share_is_progression_free(trial: PSA) -> None:
    at_risk = SurvivalStudy(36.0, start_months=12.0).of(trial).at_risk
    rate = {k: trial.draws[f"coefficients.old.{k}.rate"] for k in ("os", "pfs")}
    np.testing.assert_array_equal(at_risk[:2], 1)
    assert at_risk[2] == pytest.approx(np.exp(-12 * (rate["pfs"] - rate["os"])).mean(), rel=1e-3)


def test_intervals_hold_about_equally_many_events_in_the_base_case(trial: PSA) -> None:
    p = SurvivalStudy(36.0, endpoints=["os"], intervals=3).of(trial).probabilities.mean(axis=0)
    survival = np.cumprod(1 - p, axis=1)
    events = -np.diff(survival, axis=1, prepend=1.0).sum(axis=0)
    np.testing.assert_allclose(events / events.mean(), 1, atol=0.1)


def test_a_survival_study_informs_the_curves_of_its_endpoints(trial: PSA) -> None:
    groups = trial.default_groups()
    informed = set(SurvivalStudy(36.0, endpoints=["os"]).of(trial).informs)
    assert informed == set(groups["Overall survival"])
    assert set(SurvivalStudy(36.0).of(trial).informs) == informed | set(groups["Progression-free survival"])


@pytest.mark.parametrize(
    "design",
    [
        SurvivalStudy(36.0),
        UtilityStudy({"progression_free": 0.2}),
        CostStudy(coefficient_of_variation={"care.care": 1.0}),
        CostStudy(individual_sd={"care.care": 1500.0}),
    ],
    ids=["survival", "utility", "cost", "cost sd"],
)
def test_evsi_lies_between_nothing_and_evppi_and_both_methods_agree(trial: PSA, design: object) -> None:  # U18
    sizes = [0, 50, 400]
    one, two = (trial.evsi(design, sizes, 100_000.0, method=m) for m in METHODS)  # type: ignore[arg-type]
    for table in (one, two):
        assert table["evsi"].iloc[0] == 0
        assert (table["evsi"] <= table["evppi"] + 2 * table["standard_error"]).all()
        assert table["evsi"].iloc[2] >= table["evsi"].iloc[1] - table["standard_error"].iloc[1]
    error = np.hypot(one["standard_error"], two["standard_error"])
    assert (np.abs(one["evsi"] - two["evsi"]) <= 3 * error).all()


def test_a_very_large_trial_is_worth_knowing_the_curves(trial: PSA) -> None:
    table = trial.evsi(SurvivalStudy(60.0), [50_000], 100_000.0).loc[0]
    assert table["evsi"] == pytest.approx(table["evppi"], abs=3 * table["standard_error"])


def test_patients_of_all_arms_and_states_are_counted(trial: PSA) -> None:
    assert trial.evsi(SurvivalStudy(36.0), [10], 1e5)["patients"].tolist() == [20]
    both = UtilityStudy()
    assert trial.evsi(both, [10], 1e5)["patients"].tolist() == [20]
    assert trial.evsi(CostStudy(individual_sd={"care.care": 1.0}), [10], 1e5)["patients"].tolist() == [10]


def test_mean_utilities_are_those_of_the_states() -> None:
    result = psa(shipped("patina_us"), 200, 1)
    means = UtilityStudy({"progression_free": 0.2, "progressed": 0.22, "on_palbociclib": 0.2}).of(result).means
    free = result.draws["utilities.progression_free"]
    np.testing.assert_allclose(means["progressed"], free - result.draws["utilities.progressed"])
    np.testing.assert_allclose(means["on_palbociclib"], free + result.draws["utilities.on_palbociclib"])


def test_population_evpi_takes_the_discount_rate_of_the_model(trial: PSA) -> None:
    table = trial.population_evpi(incidence_per_year=100, horizon_years=2, thresholds=[100_000.0])
    people = 100 + 100 / 1.03
    np.testing.assert_allclose(table["population_evpi"], table["evpi"] * people)


def test_net_benefit_of_sampling_of_a_model_marks_one_size(trial: PSA) -> None:
    value = trial.evsi(SurvivalStudy(36.0), [0, 100, 400], 100_000.0)
    table = trial.enbs(value, incidence_per_year=1000, horizon_years=5, fixed_cost=1e5, cost_per_patient=1e3, delay_years=3)
    assert table["optimal"].sum() == 1
    assert table["enbs"].iloc[0] == 0
    np.testing.assert_allclose(table["study_cost"], [0, 1e5 + 2e5, 1e5 + 8e5])


def test_where_no_draw_changes_the_decision_a_study_is_worth_nothing() -> None:
    result = psa(shipped("patina_us"), 500, 1)
    table = result.evsi(SurvivalStudy(60.0), [100])
    assert result.evpi(result.definition.decision_thresholds())["evpi"].eq(0).all()
    assert table["willingness_to_pay"].tolist() == list(result.definition.decision_thresholds())
    assert (table["evsi"] == 0).all() and (table["standard_error"] == 0).all()


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda p: SurvivalStudy(12.0, start_months=24.0), "follow_up_months must lie after start_months"),
        (lambda p: SurvivalStudy(12.0, endpoints=["dfs"]), "endpoints must be a list of"),
        (lambda p: SurvivalStudy(12.0, endpoints="os"), "endpoints must be a list of"),
        (lambda p: SurvivalStudy(12.0, intervals=0), "intervals must be at least 1"),
        (lambda p: SurvivalStudy(1000.0).of(p), "must not exceed the model's horizon of 240 months"),
        (lambda p: SurvivalStudy(3.0, intervals=9).of(p), "9 intervals need as many cycles"),
        (lambda p: UtilityStudy({"asleep": 0.2}).of(p), "unknown utilities \\['asleep'\\]"),
        (lambda p: CostStudy(), "either coefficient_of_variation or individual_sd"),
        (lambda p: CostStudy(individual_sd={}), "at least one input"),
        (lambda p: CostStudy(individual_sd={"care.drug": 1.0}).of(p), "cannot inform \\['care.drug'\\]"),
        (lambda p: p.evppi("everything"), "groups must be"),
        (lambda p: p.evppi({"mine": ["care.car"]}), "'care.car' is not an uncertain input"),
    ],
)
def test_a_mistake_is_named(trial: PSA, make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(trial)  # type: ignore[operator]
