"""Equal-value life years. Oracles: cases worked by hand, identities of the definition, a run at the benchmark price."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.agencies.equal_value import equal_value_gained
from model.analysis.agency_run import agency_results, equal_value
from model.definition import Threshold, edit
from tests.helpers.agency_models import asking, without_agencies
from tests.helpers.shipped import shipped


def gained(new: list[tuple[float, float]], old: list[tuple[float, float]], utility: float = 0.851) -> float:
    """From pairs of life years and QALYs by cycle."""
    (ln, qn), (lo, qo) = (np.array(arm).T for arm in (new, old))
    return equal_value_gained((ln, qn), (lo, qo), utility)


def test_two_cycles_by_hand() -> None:
    """Cycle 1: both live 1 year, 0.80 and 0.70: 0.10. Cycle 2: 0.6 years at utility 0.5 against 0.2 at 0.4: for the 0.2 years
    that both live 0.2 x (0.5 - 0.4) = 0.02, for the 0.4 gained 0.4 x 0.851 = 0.3404."""
    assert gained([(1.0, 0.8), (0.6, 0.3)], [(1.0, 0.7), (0.2, 0.08)]) == pytest.approx(0.10 + 0.02 + 0.3404, abs=1e-12)


def test_life_lost_counts_as_in_qalys() -> None:
    assert gained([(0.2, 0.1)], [(0.5, 0.4)]) == pytest.approx(-0.3, abs=1e-15)


def test_nobody_alive_gains_nothing() -> None:
    assert gained([(0.0, 0.0)], [(0.0, 0.0)]) == 0.0
    assert gained([(0.5, 0.2)], [(0.0, 0.0)]) == pytest.approx(0.5 * 0.851)


def test_same_survival_gives_the_qalys_gained() -> None:
    new, old = [(0.9, 0.7), (0.5, 0.4)], [(0.9, 0.6), (0.5, 0.35)]
    assert gained(new, old) == pytest.approx(0.15, abs=1e-15)


def test_at_the_utility_that_patients_have_it_is_the_qalys_gained() -> None:
    new, old = [(1.0, 0.8), (0.6, 0.48)], [(0.9, 0.63), (0.2, 0.1)]
    assert gained(new, old, 0.8) == pytest.approx((0.8 + 0.48) - (0.63 + 0.1), abs=1e-15)


def test_an_arm_over_itself_gains_nothing_and_tables_say_what_each_unit_costs() -> None:
    definition = asking(without_agencies(shipped("patina_us")), groups=())
    found, base = equal_value(definition), base_case(definition)
    assert found is not None
    old, new = definition.compared
    assert found.equal_value[new] == found.costs[new] == 0.0
    row = found.table().iloc[0]
    assert row["incremental_life_years"] == pytest.approx(base.incremental_life_years, rel=1e-12)
    assert row["incremental_qalys"] == pytest.approx(base.incremental_qalys, rel=1e-9)
    assert row["per_life_year"] == pytest.approx(base.incremental_cost / base.incremental_life_years, rel=1e-9)
    assert row["per_equal_value"] == pytest.approx(base.incremental_cost / float(found.equal_value[old]), rel=1e-12)
    assert base.incremental_qalys < row["equal_value_gained"] < base.incremental_life_years


def test_at_the_benchmark_price_the_threshold_is_paid_for_each_unit() -> None:
    """Thresholds far above the usual ones, so that prices are above zero and the model can be run at them."""
    asked = asking(without_agencies(shipped("patina_us")), groups=())
    definition = dataclasses.replace(asked, thresholds=(*asked.thresholds, Threshold(value=1_500_000.0)))
    found = agency_results(base_case(definition))
    assert found is not None
    rows = found.price_benchmarks()
    row = rows[rows["willingness_to_pay"] == 1_500_000.0].iloc[0]
    for price, unit in (("price_by_qalys", "qalys"), ("price_by_equal_value", "equal_value")):
        assert row[price] > 0
        again = equal_value(edit(definition, {str(row["input"]): float(row[price])}))
        assert again is not None
        assert again.ratio(definition.compared[0], getattr(again, unit)) == pytest.approx(1_500_000.0, rel=1e-9)
