"""Designs of the draws: what each promises about single columns, and what stays the same when the model changes.

Oracles: the definition of a Latin hypercube (McKay, Beckman and Conover 1979) and of a digital net in base 2 (Sobol 1967),
closed-form means, and the Kolmogorov-Smirnov test.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from model.analysis import base_case, psa
from model.choices import SAMPLINGS
from model.definition import Care, ModelDefinition, Parameter, sample
from model.definition.sampling.dimensions import uncertain
from model.definition.sampling.uniform_numbers import sampling_points
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, monthly, own_curve, settings, utilities

KEYS = [f"parameter_{i}" for i in range(7)]


def one_more(definition: ModelDefinition) -> ModelDefinition:
    extra = Care(
        id="new_item",
        label="New item",
        during="progressed",
        frequency="per_month",
        parameter=Parameter(value=10.0, distribution="gamma", standard_error=2.0),
    )
    return dataclasses.replace(definition, care=(extra, *definition.care))


def reordered(definition: ModelDefinition) -> ModelDefinition:
    return dataclasses.replace(
        definition, care=definition.care[::-1], utilities=definition.utilities[::-1], curves=definition.curves[::-1]
    )


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("key", KEYS[:3])
def test_columns_are_uniform(sampling: str, key: str) -> None:
    column = sampling_points(sampling, 4096, 1, KEYS).uniforms(key)
    assert column.min() > 0 and column.max() < 1
    assert stats.kstest(column, "uniform").pvalue > 0.01


@pytest.mark.parametrize(("sampling", "n"), [("latin_hypercube", 1000), ("latin_hypercube", 37), ("sobol", 1024)])
def test_every_one_of_n_equal_intervals_holds_one_number(sampling: str, n: int) -> None:
    made = sampling_points(sampling, n, 3, KEYS)
    for key in KEYS:
        assert sorted(np.floor(made.uniforms(key) * n).astype(int)) == list(range(n))


def test_pairs_of_sobol_columns_fill_every_square_alike() -> None:
    """The first two coordinates are a (0, m, 2)-net: each of 8 x 8 squares holds 1,024 / 64 points."""
    made = sampling_points("sobol", 1024, 3, KEYS)
    counts, *_ = np.histogram2d(*(made.uniforms(k) for k in KEYS[:2]), bins=8, range=[[0, 1], [0, 1]])
    assert (counts == 16).all()


@pytest.mark.parametrize("sampling", ["random", "sobol"])
def test_fewer_draws_are_the_first_of_more(sampling: str) -> None:
    definition = shipped("patina_us")
    few, many = (sample(definition, n, 2, sampling=sampling) for n in (64, 256))
    for key in few.varying():
        np.testing.assert_allclose(few[key], many[key][:64], rtol=1e-14)


@pytest.mark.parametrize("sampling", ["random", "latin_hypercube"])
def test_another_parameter_leaves_the_draws_of_the_others_as_they_were(sampling: str) -> None:
    definition = shipped("patina_us")
    before, after = (sample(d, 200, 5, sampling=sampling) for d in (definition, one_more(definition)))
    for key in before.values:
        np.testing.assert_array_equal(before[key], after[key])


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_the_order_of_rows_does_not_matter(sampling: str) -> None:
    definition = shipped("patina_us")
    before, after = (sample(d, 128, 5, sampling=sampling) for d in (definition, reordered(definition)))
    for key in before.values:
        np.testing.assert_allclose(before[key], after[key], rtol=1e-14)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_seed_repeats_whatever_the_threads_and_another_differs(sampling: str) -> None:
    definition = shipped("patina_us")
    one, same, other = (sample(definition, 128, seed, threads, sampling) for seed, threads in ((1, 1), (1, 4), (2, 2)))
    for key in one.varying():
        np.testing.assert_array_equal(one[key], same[key])
        assert not np.array_equal(one[key], other[key])


def test_curves_take_the_first_coordinates() -> None:
    keys = uncertain(shipped("patina_us")).keys()
    tables = [key.split(".")[0] for key in keys]
    first = tables.index("relative_effects")
    assert set(tables[:first]) == {"curves"} and "curves" not in tables[first:]
    assert len(set(keys)) == len(keys)


def test_the_setting_chooses_the_design_and_an_argument_overrules_it() -> None:
    plain = shipped("patina_us")
    chosen = dataclasses.replace(plain, settings=dataclasses.replace(plain.settings, sampling="sobol"))
    by_setting, by_argument = sample(chosen, 32, 1), sample(plain, 32, 1, sampling="sobol")
    for key in by_setting.values:
        np.testing.assert_array_equal(by_setting[key], by_argument[key])
    assert psa(chosen, 32, 1).sampling == "sobol" and psa(chosen, 32, 1, sampling="random").sampling == "random"


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ValueError, match="sampling must be one of random, latin_hypercube, sobol, not 'halton'"):
        sample(shipped("patina_us"), 10, 1, sampling="halton")


def multilinear() -> ModelDefinition:
    """Known curves; costs and utilities enter each outcome linearly, so their means give the mean outcome exactly."""
    rates = {("old", "pfs"): 0.05, ("old", "os"): 0.02, ("new", "pfs"): 0.03, ("new", "os"): 0.015}
    curves = [own_curve(arm, end, "exponential", rate=rate) for (arm, end), rate in rates.items()]
    care = (
        monthly("pf", "progression_free", Parameter(value=400.0, distribution="gamma", standard_error=120.0)),
        monthly("pd", "progressed", Parameter(value=900.0, distribution="gamma", standard_error=250.0)),
        monthly("new", "progression_free", Parameter(value=3000.0, distribution="gamma", standard_error=600.0), "new"),
    )
    states = utilities(
        Parameter(value=0.8, distribution="beta", standard_error=0.04),
        Parameter(value=0.2, distribution="beta", standard_error=0.08),
    )
    conventions = settings(horizon_years=10.0, cycle_days=91.3125)
    return model(
        curves, settings=conventions, utilities=(states[0], dataclasses.replace(states[1], given_as="decrement")), care=care
    )


@pytest.mark.parametrize("sampling", ["sobol", "latin_hypercube"])
def test_256_points_of_a_design_beat_2500_random_draws(sampling: str) -> None:
    """Root mean square error of the mean INMB over 20 seeds, against its exact value; of more points it falls faster still.
    For a sum of single inputs the error of a Latin hypercube is of a higher order as well (Stein 1987)."""
    assert error(sampling, 256) < error("random", 2500)


@cache
def error(sampling: str, n: int) -> float:
    definition = multilinear()
    exact = base_case(definition).inmb(150_000.0)
    means = [psa(definition, n, seed, sampling=sampling).inmb(150_000.0).mean() for seed in range(20)]
    return float(np.sqrt(np.mean(np.square(np.array(means) - exact))))


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_without_spread_every_draw_is_the_base_case(sampling: str) -> None:
    """Standard errors of a millionth of each value leave costs and QALYs where they are (standard U9)."""
    plain = multilinear()

    def certain(row: Any) -> Any:
        tiny = dataclasses.replace(row.parameter, standard_error=1e-6 * row.parameter.value)
        return dataclasses.replace(row, parameter=tiny)

    definition = dataclasses.replace(
        plain, care=tuple(map(certain, plain.care)), utilities=tuple(map(certain, plain.utilities))
    )
    outcomes, base = psa(definition, 64, 1, sampling=sampling).outcomes, base_case(plain).outcomes
    np.testing.assert_allclose(outcomes.total_costs, np.repeat(base.total_costs, 64, axis=0), rtol=1e-5)
    np.testing.assert_allclose(outcomes.total_qalys, np.repeat(base.total_qalys, 64, axis=0), rtol=1e-5)
