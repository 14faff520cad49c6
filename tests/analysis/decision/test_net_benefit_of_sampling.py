"""Population value and expected net benefit of sampling: arithmetic by hand, and a closed-form optimum."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from model.analysis.decision import enbs, people_affected, population_value

TABLE = pd.DataFrame({"size": [0, 100, 400], "evsi": [0.0, 50.0, 60.0], "standard_error": [0.0, 1.0, 2.0]})
PEOPLE = {"incidence_per_year": 1000, "horizon_years": 2, "discount_rate": 0.25}
COSTS = {"fixed_cost": 10_000.0, "cost_per_patient": 100.0}


def test_people_are_discounted_by_year():
    assert people_affected(**PEOPLE) == 1000 + 800
    assert people_affected(**PEOPLE | {"discount_rate": 0.0, "horizon_years": 10}) == 10_000
    assert people_affected(**PEOPLE | {"incidence_per_year": [100, 50]}) == 100 + 40
    assert people_affected(**PEOPLE, timing="end of year") == pytest.approx(800 + 640)


def test_those_treated_before_the_results_gain_nothing():
    assert people_affected(**PEOPLE, delay_years=1) == 800
    assert people_affected(**PEOPLE, delay_years=1.5) == 400
    assert people_affected(**PEOPLE, delay_years=0.25) == 750 + 800
    assert people_affected(**PEOPLE, delay_years=7) == 0


def test_population_value_is_the_value_per_patient_times_the_people():
    assert population_value(2.0, **PEOPLE) == 3600
    np.testing.assert_array_equal(population_value([0, 1, 2], **PEOPLE), [0, 1800, 3600])


def test_net_benefit_of_sampling_by_hand():
    table = enbs(TABLE, **PEOPLE, **COSTS)
    assert table["population_evsi"].tolist() == [0, 90_000, 108_000]
    assert table["study_cost"].tolist() == [0, 20_000, 50_000]
    assert table["enbs"].tolist() == [0, 70_000, 58_000]
    assert table["standard_error"].tolist() == [0, 1800, 3600]
    assert table["optimal"].tolist() == [False, True, False]


def test_every_patient_of_every_arm_is_paid_for():
    table = enbs(TABLE.assign(patients=[0, 200, 800]), **PEOPLE, **COSTS)
    assert table["study_cost"].tolist() == [0, 30_000, 90_000]


def test_no_size_is_optimal_where_every_study_costs_more_than_it_brings():
    table = enbs(TABLE, **PEOPLE, **COSTS | {"fixed_cost": 1e9})
    assert not table["optimal"].any()
    assert table["enbs"].max() == 0


def test_each_threshold_has_its_own_optimum():
    two = pd.concat([TABLE.assign(willingness_to_pay=1.0), TABLE.assign(willingness_to_pay=2.0, evsi=[0, 5, 500])])
    table = enbs(two, **PEOPLE, **COSTS)
    assert table.loc[table["optimal"], ["size", "willingness_to_pay"]].values.tolist() == [[100, 1], [400, 2]]


def test_the_optimum_of_a_normal_study_is_where_the_slope_of_its_value_is_the_cost():
    # INB ~ N(0, 1) in units of 1,000; sampled with standard deviation 5: EVSI(n) = 1000 sqrt(n / (n + 25)) phi(0), whose
    # slope times 5,000 people equals 2,000 per patient at the root found below by bisection.
    def slope(n: float) -> float:
        return 5000 * 1000 * NormalDist().pdf(0) * 0.5 * 25 / (math.sqrt(n) * (n + 25) ** 1.5)

    low, high = 1.0, 1000.0
    for _ in range(60):
        low, high = (low, (low + high) / 2) if slope((low + high) / 2) < 2000 else ((low + high) / 2, high)
    sizes = np.arange(1, 301)
    value = 1000 * np.sqrt(sizes / (sizes + 25)) * NormalDist().pdf(0)
    table = enbs(
        pd.DataFrame({"size": sizes, "evsi": value, "standard_error": 0.0}),
        incidence_per_year=1000,
        horizon_years=5,
        discount_rate=0.0,
        fixed_cost=0.0,
        cost_per_patient=2000.0,
    )
    assert table.loc[table["optimal"], "size"].iloc[0] == pytest.approx(low, abs=1)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"fixed_cost": -1.0}, "fixed_cost must be 0 or more"),
        ({"cost_per_patient": np.nan}, "cost_per_patient must be 0 or more"),
        ({"horizon_years": 1.5}, "horizon_years must be a whole number"),
        ({"horizon_years": 0}, "horizon_years must be at least 1"),
        ({"incidence_per_year": -1}, "incidence_per_year must not be negative"),
        ({"delay_years": -1}, "delay_years must be 0 or more"),
        ({"discount_rate": -0.1}, "discount_rate must be 0 or more"),
        ({"evsi": TABLE[["size"]]}, "are missing"),
    ],
)
def test_a_mistake_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        enbs(**({"evsi": TABLE} | PEOPLE | COSTS | changes))
