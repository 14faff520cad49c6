"""Correlated inputs: the copula keeps each distribution and gives the correlation; impossible sets are refused.

Oracles: rank correlation of a Gaussian copula 6/pi asin(r/2) (Kruskal 1958); the nearest correlation matrix of Higham's
example (2002): off-diagonals 0.7607 and 0.1573 for the tridiagonal matrix of ones.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.analysis import psa
from model.choices import SAMPLINGS
from model.definition import Correlation, ModelDefinition, edit, sample, validate
from model.definition.records.correlations import nearest_correlation, nearest_to_type
from model.excel import read_inputs, write_inputs
from model.excel.inputs.errors import InputError
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.shipped import varying_alone, without_scenarios

FREE, PROGRESSED, CARE = "utilities.progression_free", "utilities.progressed", "care.progressed_care"


@cache
def quarterly() -> ModelDefinition:
    """In cycles of a quarter: the draws know nothing of them."""
    return edit(without_scenarios("patina_us"), {"settings.cycle_days": 91.3125})


def plain() -> ModelDefinition:
    return dataclasses.replace(quarterly(), correlations=())


def correlated(*rows: tuple[str, str, float]) -> ModelDefinition:
    pairs = tuple(Correlation(first=a, second=b, value=r) for a, b, r in rows)
    return dataclasses.replace(quarterly(), correlations=pairs)


def messages(*rows: tuple[str, str, float]) -> list[str]:
    return [p.message for p in validate(correlated(*rows))]


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("r", [0.7, -0.4])
def test_ranks_have_the_correlation_of_a_gaussian_copula(sampling: str, r: float) -> None:
    draws = sample(varying_alone(correlated((FREE, CARE, r)), FREE, CARE), 16_384, 1, sampling=sampling)
    ranks = stats.spearmanr(draws[FREE], draws[CARE]).statistic
    assert ranks == pytest.approx(6 / np.pi * np.arcsin(r / 2), abs=0.015)


def test_each_input_keeps_its_own_distribution() -> None:
    definition = correlated((FREE, CARE, 0.7), (CARE, "care.progression_free_care", 0.6))  # 0.9 and 0.8 cannot be
    draws = sample(definition, 5000, 1)
    for name in (FREE, CARE, "care.progression_free_care"):
        grid = np.linspace(1e-6, 1 - 1e-6, 2001)
        quantiles = definition.parameters[name].quantile(grid)
        assert stats.kstest(np.interp(draws[name], quantiles, grid), "uniform").pvalue > 0.01


def test_a_correlation_of_one_makes_normal_scores_equal_and_minus_one_opposite() -> None:
    other = "care.progression_free_care"
    definition = correlated((FREE, CARE, 1.0), (FREE, other, -1.0), (CARE, other, -1.0))
    assert validate(definition) == []
    draws = sample(definition, 500, 1)
    ranks = {k: stats.rankdata(draws[k]) for k in (FREE, CARE, "care.progression_free_care")}
    np.testing.assert_array_equal(ranks[FREE], ranks[CARE])
    np.testing.assert_array_equal(ranks[FREE], 501 - ranks["care.progression_free_care"])


def test_a_correlation_of_one_gives_one_number_beside_others_too() -> None:
    """Two alike inputs, others that go with both: equal draws to the last digits; the first keeps what it has alone."""
    alike = ("care.progression_free_care", "care.progressed_care")
    definition = correlated((*alike, 1.0), (alike[0], FREE, 0.4), (alike[1], FREE, 0.4), (FREE, PROGRESSED, -0.3))
    same = {a: dataclasses.replace(definition.parameters[alike[0]]) for a in alike}
    care = tuple(
        dataclasses.replace(row, parameter=same[f"care.{row.id}"]) if f"care.{row.id}" in same else row
        for row in definition.care
    )
    definition = dataclasses.replace(definition, care=care)
    draws, alone = sample(definition, 200, 1), sample(dataclasses.replace(definition, correlations=()), 200, 1)
    np.testing.assert_allclose(draws[alike[0]], draws[alike[1]], rtol=1e-13)
    np.testing.assert_array_equal(draws[min(alike)], alone[min(alike)])


def test_inputs_without_a_correlation_keep_their_draws() -> None:
    alone, some = sample(plain(), 100, 1), sample(correlated((FREE, CARE, 0.5)), 100, 1)
    changed = {k for k in alone.values if not np.array_equal(alone[k], some[k])}
    assert changed == {FREE}  # care.progressed_care comes first in the alphabet, and keeps its own
    np.testing.assert_array_equal(sample(correlated((FREE, CARE, 0.0)), 100, 1)[CARE], alone[CARE])


def test_the_order_of_rows_and_of_a_pair_does_not_matter() -> None:
    one = sample(correlated((FREE, CARE, 0.5), (FREE, PROGRESSED, 0.3)), 100, 1)
    other = sample(correlated((PROGRESSED, FREE, 0.3), (CARE, FREE, 0.5)), 100, 1)
    for key in one.values:
        np.testing.assert_array_equal(one[key], other[key])


def test_achieved_correlations_stand_beside_their_targets() -> None:
    table = psa(correlated((FREE, CARE, 0.6)), 4000, 1).sampled_correlations()
    row = table.iloc[0]
    assert (row["first"], row["second"], row["correlation_target"]) == (FREE, CARE, 0.6)
    assert row["correlation_sampled"] == pytest.approx(0.6, abs=4 * (1 - 0.36) / np.sqrt(4000))
    assert row["rank_sampled"] == pytest.approx(row["rank_target"], abs=0.05)
    curves = table[table["drawn_by"] == "coefficients of a curve"]
    assert len(curves) == 3
    np.testing.assert_allclose(curves["correlation_sampled"], curves["correlation_target"], atol=0.06)


def test_coefficients_of_curves_have_the_moments_of_their_estimates() -> None:
    table = psa(quarterly(), 4000, 1).sampled_coefficients()
    assert len(table) == 6 and table["z"].abs().max() < 4
    np.testing.assert_allclose(table["sd_sampled"], table["sd_target"], rtol=0.05)


def test_the_nearest_matrix_is_that_of_highams_example() -> None:
    nearest = nearest_correlation(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]))
    np.testing.assert_allclose(nearest[[0, 1, 0], [1, 2, 2]], [0.7607, 0.7607, 0.1573], atol=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_the_values_offered_are_possible_as_they_stand(seed: int) -> None:
    random = np.random.default_rng(seed).uniform(-1, 1, (6, 6))
    given = np.triu(random, 1) + np.triu(random, 1).T + np.eye(6)
    offered = nearest_to_type(given)
    assert np.linalg.eigvalsh(offered)[0] >= 0
    np.testing.assert_array_equal(offered, np.round(offered, 3))
    np.testing.assert_allclose(offered, nearest_correlation(given), atol=0.01)


def test_an_impossible_set_is_refused_with_the_nearest_possible_one() -> None:
    rows = ((FREE, CARE, 0.9), (FREE, PROGRESSED, 0.9), (CARE, PROGRESSED, -0.9))
    (message,) = messages(*rows)
    assert "cannot hold together" in message and "Higham 2002" in message
    offered = [
        (a, b, float(message.split(f"{a} with {b} ")[1].split()[0]))
        for a, b in ((CARE, PROGRESSED), (CARE, FREE), (PROGRESSED, FREE))
    ]
    assert messages(*offered) == []


@pytest.mark.parametrize(
    ("row", "gist"),
    [
        ((FREE, "utilities.progresed", 0.1), "there is no uncertain input 'utilities.progresed'; did you mean"),
        ((FREE, "subsequent.trastuzumab_deruxtecan.share", 0.1), "share of a dirichlet group"),
        ((FREE, FREE, 0.1), "is the first input again"),
        ((FREE, "population.start_age", 0.1), "there is no uncertain input"),
        ((FREE, CARE, 1.2), "above the maximum of 1"),
    ],
)
def test_what_cannot_be_correlated_is_named(row: tuple[str, str, float], gist: str) -> None:
    (message,) = messages(row)
    assert gist in message


def test_a_pair_may_stand_once() -> None:
    assert any("stands twice" in m for m in messages((FREE, CARE, 0.1), (CARE, FREE, 0.1)))
    assert any("stands twice" in m for m in messages((FREE, CARE, 0.1), (FREE, CARE, 0.1)))


def test_a_fixed_input_has_no_correlation_but_a_scenario_may_fix_one() -> None:
    fixed = edit(plain(), {f"{CARE}.distribution": "fixed"})
    row = (Correlation(first=FREE, second=CARE, value=0.5),)
    (problem,) = validate(dataclasses.replace(fixed, correlations=row))
    assert "is fixed, so it has no correlation" in problem.message
    changed = edit(correlated((FREE, CARE, 0.5)), {f"{CARE}.distribution": "fixed"})
    assert sample(changed, 10, 1)[CARE].shape == (1,)


def test_correlations_survive_the_workbook_and_a_bad_one_is_named_by_its_cell(tmp_path: Path) -> None:
    definition, path = correlated((FREE, CARE, 0.5), (FREE, PROGRESSED, 0.25)), tmp_path / "model.xlsx"
    write_inputs(definition, path)
    assert read_inputs(path) == definition
    write_copy(path.read_bytes(), path, [("Correlations", "B10", "care.no_such")])
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    assert str(caught.value).startswith("Correlations!B10 'Second input'")


def test_an_input_that_plays_no_part_has_no_correlation() -> None:
    """The curve of palbociclib's PFS is its own: the hazard ratio beside it is for a scenario."""
    row = (Correlation(first="relative_effects.palbociclib.pfs", second="relative_effects.palbociclib.os", value=0.8),)
    (problem,) = validate(dataclasses.replace(plain(), correlations=row))
    assert problem.field == "first" and "plays no part in the base case" in problem.message
