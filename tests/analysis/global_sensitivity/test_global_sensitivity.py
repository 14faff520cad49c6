"""Sobol indices and elementary effects: known functions, and the model as a function of the unit cube.

Ishigami function: analytic indices as given by SALib (src/SALib/test_functions/Ishigami.py, MIT): first order .3139, .4424,
0; total .5576, .4424, .2437.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from SALib.sample import sobol as salib_sample
from scipy import special

from model.analysis import Sobol, elementary_effects, morris, psa, sobol, sobol_indices
from model.analysis.global_sensitivity import SobolDesign
from model.arrays import Array
from model.definition import Coefficient, Covariance, ModelDefinition, Parameter, curve_coefficients, edit, sample
from model.definition.curves.coefficients import root_of
from model.definition.sampling.uniform_numbers import uniforms
from model.definition.sampling.unit_cube import unit_cube
from model.engine import evaluate
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.small_models import effect_curve, fixed, model, monthly, own_curve, settings, utilities

CUBE = [(-math.pi, math.pi)] * 3


def ishigami(x: Array) -> Array:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_ishigami_function_has_its_analytic_indices() -> None:
    (found,) = sobol_indices(ishigami, ["x1", "x2", "x3"], runs=5 * 2**14, seed=3, bounds=CUBE)
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0.0], atol=0.005)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.005)
    assert (np.abs(found.first - [0.3139, 0.4424, 0.0]) < 2 * found.first_half_width).all()


def test_grouped_columns_share_one_index() -> None:
    """x1 and x3 together explain all that x2 does not: 1 - .4424."""
    (found,) = sobol_indices(ishigami, ["x1 and x3", "x2", "x1 and x3"], runs=2**15, seed=1, bounds=CUBE)
    assert found.inputs == ("x1 and x3", "x2")
    np.testing.assert_allclose(found.first, [0.5576, 0.4424], atol=0.01)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424], atol=0.01)


def test_several_outcomes_of_one_function_are_told_apart() -> None:
    def both(x: Array) -> Array:
        return np.stack([x[:, 0], x[:, 1]], axis=1)

    one, two = sobol_indices(both, ["a", "b"], runs=2**12)
    np.testing.assert_allclose([one.total[0], one.total[1]], [1.0, 0.0], atol=0.01)
    np.testing.assert_allclose([two.total[0], two.total[1]], [0.0, 1.0], atol=0.01)


def test_an_outcome_that_nothing_changes_has_indices_of_zero() -> None:
    (found,) = sobol_indices(lambda x: np.ones(len(x)), ["a", "b"], runs=100)
    assert not found.first.any() and not found.total.any()


@pytest.mark.parametrize("groups", [("a", "b", "c"), ("a", "b", "a", "c")])
def test_the_points_are_salibs_in_its_order(groups: tuple[str, ...]) -> None:
    design = SobolDesign(groups, 2**15, seed=11)
    problem = {
        "num_vars": len(groups),
        "names": [f"x{i}" for i in range(len(groups))],
        "groups": list(groups),
        "bounds": [[0, 1]] * len(groups),
    }
    expected = salib_sample.sample(problem, design.base_samples, calc_second_order=False, seed=np.random.default_rng(11))
    np.testing.assert_array_equal(np.concatenate(list(design.blocks())), expected)


def test_the_base_sample_is_a_power_of_two_that_reaches_the_runs() -> None:
    for runs in (1, 100, 2**18):
        design = SobolDesign(tuple("abcdefgh"), runs, 1)
        assert design.n_points >= runs and design.n_points == design.base_samples * 10
        assert math.log2(design.base_samples).is_integer()
        assert design.base_samples == 16 or design.n_points < 2 * runs


@pytest.mark.parametrize(("groups", "runs", "seed"), [((), 100, 1), (("a",), 0, 1), (("a",), 10, -1)])
def test_impossible_designs_are_refused(groups: tuple[str, ...], runs: int, seed: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        SobolDesign(groups, runs, seed)


def test_elementary_effects_of_a_linear_function_are_its_slopes() -> None:
    """Range times slope, the same everywhere: no spread."""
    (found,) = elementary_effects(lambda x: 3 * x[:, 0] - 5 * x[:, 1], ["a", "b", "c"], bounds=[(0, 2), (0, 1), (0, 1)])
    np.testing.assert_allclose(found.mean, [6, -5, 0], atol=1e-12)
    np.testing.assert_allclose(found.mean_absolute, [6, 5, 0], atol=1e-12)
    np.testing.assert_allclose(found.spread, 0, atol=1e-12)


# The model on the unit cube


@pytest.mark.parametrize("name", NAMES)
def test_the_uniforms_of_a_psa_give_the_draws_of_the_psa(name: str) -> None:
    definition = dataclasses.replace(shipped(name), correlations=())  # a design moves the inputs independently
    cube = unit_cube(definition)
    points = np.stack([uniforms(5, stream, 200) for stream in cube.streams], axis=1)
    drawn, expected = cube.draws(points), sample(definition, 200, 5)
    assert set(drawn.values) == set(expected.values)
    for key, values in expected.values.items():
        np.testing.assert_array_equal(drawn[key], values, err_msg=key)


def test_a_curve_is_one_input_and_so_are_shares_that_sum_to_one() -> None:
    cube = unit_cube(shipped("patina_us"))
    assert cube.groups.count("curves.control.os") == 2
    shares = [m for m in cube.members.values() if len(m) > 1]
    assert shares == [("subsequent.trastuzumab_deruxtecan.share", "subsequent.trastuzumab_emtansine.share")]
    assert cube.groups.count(shares[0][0]) == 2


def test_the_ends_of_the_cube_give_finite_draws() -> None:
    cube = unit_cube(shipped("patina_us"))
    ends = np.stack([np.zeros(len(cube.streams)), np.ones(len(cube.streams))])
    for key, values in cube.draws(ends).values.items():
        assert np.isfinite(values).all(), key


def test_a_point_is_the_same_draw_in_a_design_that_repeats_it_and_alone() -> None:
    cube = unit_cube(shipped("patina_us"))
    points = np.random.default_rng(2).random((6, len(cube.streams)))
    order = np.array([0, 0, 0, 3, 3, 1, 2, 2, 2, 2, 5, 4, 4])
    alone, repeated = cube.draws(points), cube.draws(points[order])
    for key in alone.varying():
        np.testing.assert_array_equal(repeated[key], alone[key][order], err_msg=key)


def test_a_curve_that_cannot_be_is_drawn_again_from_the_point_alone() -> None:
    """A spline whose coefficients hardly vary together may rise: every point has one answer, wherever it stands."""
    definition = spline_model()
    cube = unit_cube(definition)
    points = np.random.default_rng(1).random((400, len(cube.streams)))
    drawn = cube.draws(points)["curves.old.os"]
    made = curve_coefficients(definition, definition.curves[0])
    assert made is not None and made.covariance is not None
    at_once = made.estimates + special.ndtri(points) @ root_of(made.covariance).T
    wrong = ~made.family.valid(made.family.to_natural(at_once))
    assert 0.02 < wrong.mean() < 0.5 and made.family.valid(drawn).all()
    np.testing.assert_allclose(drawn[~wrong], made.family.to_natural(at_once[~wrong]), rtol=1e-12)
    np.testing.assert_array_equal(cube.draws(points[::-1])["curves.old.os"], drawn[::-1])


def spline_model() -> ModelDefinition:
    curve, rows = own_curve(
        "old", "os", "spline_hazard_1", gamma0=-4.0, gamma1=1.0, gamma2=0.05, knot0=1.0, knot1=12.0, knot2=60.0
    )
    variances = {"gamma0": 0.1, "gamma1": 0.5, "gamma2": 0.01}
    covariance = tuple(Covariance(arm="old", endpoint="os", first=k, second=k, value=v) for k, v in variances.items())
    others = [own_curve(a, e, "exponential", rate=0.05) for a, e in (("old", "pfs"), ("new", "pfs"), ("new", "os"))]
    allowed = settings(undetermined_curves="allow")  # the point of the test: some of its draws are no curve
    return model([(curve, rows), *others], covariance=covariance, settings=allowed)


def additive() -> ModelDefinition:
    """Incremental cost = c1 + c2 per patient at the start: independent normals with SD 30 and 40."""

    def cost(name: str, sd: float) -> object:
        care = monthly(name, "progression_free", Parameter(value=500.0, distribution="normal", standard_error=sd), "new")
        return dataclasses.replace(care, during="at_start", frequency="once")

    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    return model(curves, care=(cost("one", 30.0), cost("two", 40.0)))


def test_indices_of_an_additive_model_are_its_shares_of_variance() -> None:
    """900 and 1600 of 2500."""
    table = sobol(additive(), runs=2**13, seed=1).table("inmb", 1000.0).set_index("input")
    for name, share in (("care.one", 0.36), ("care.two", 0.64)):
        assert table.loc[name, "first"] == pytest.approx(share, abs=0.01)
        assert table.loc[name, "total"] == pytest.approx(share, abs=0.01)
    assert not sobol(additive(), runs=64).table("qalys")["total"].any()


def test_elementary_effects_of_an_additive_model_are_the_ranges_of_its_costs() -> None:
    """From the 2.5th to the 97.5th percentile of the costs; a step of Morris on the probability scale spans unequal
    parts of a normal, so that the mean effect is the range only up to the spread of the steps."""
    effects = morris(additive(), trajectories=200, seed=1).table("costs").set_index("input")
    ratio = effects.loc["care.two", "mean_absolute_effect"] / effects.loc["care.one", "mean_absolute_effect"]
    assert ratio == pytest.approx(40 / 30, rel=0.05)
    assert (effects["mean_effect"] > 0).all()


@pytest.fixture(scope="module")
def short() -> Sobol:
    return sobol(edit(shipped("patina_us"), {"settings.horizon_years": 5.0}), runs=4000, seed=2)


def test_outcomes_are_those_of_the_engine_at_every_point(short: Sobol) -> None:
    definition = short.definition
    cube = unit_cube(definition)
    first = next(short.design.blocks())[:200]
    outcomes = evaluate(definition, cube.draws(first))
    old, new = definition.compared
    gain = outcomes.total_qalys[:, new] - outcomes.total_qalys[:, old]
    np.testing.assert_allclose(short.incremental_qalys[:200], gain, rtol=1e-10, atol=1e-12)


def test_the_variance_is_that_of_the_probabilistic_analysis(short: Sobol) -> None:
    draws = psa(short.definition, 4000, 1)
    assert short.outcome("qalys").std() == pytest.approx(draws.incremental_qalys.std(), rel=0.1)
    assert short.outcome("inmb", 1e5).std() == pytest.approx(draws.inmb(1e5).std(), rel=0.1)


def test_total_indices_are_at_least_the_first_order_ones_within_their_intervals(short: Sobol) -> None:
    table = short.table()
    assert len(table) == len(unit_cube(short.definition).inputs)
    slack = 1.6 * (table["first_half_width"] + table["total_half_width"])  # three standard errors: dozens are compared
    assert (table["total"] >= table["first"] - slack).all() and (table["total"] >= 0).all()
    assert table["first"].sum() < 1 + 3 * table["first_half_width"].max()


def test_the_same_seed_gives_the_same_result_for_any_number_of_threads(short: Sobol) -> None:
    again = sobol(short.definition, runs=4000, seed=2, threads=1)
    np.testing.assert_array_equal(again.incremental_costs, short.incremental_costs)
    np.testing.assert_array_equal(again.indices().total_half_width, short.indices().total_half_width)
    other = sobol(short.definition, runs=4000, seed=3)
    assert not np.array_equal(other.incremental_costs, short.incremental_costs)


def test_progress_adds_up_to_the_runs() -> None:
    done: list[int] = []
    result = sobol(additive(), runs=20_000, progress=done.append)
    assert sum(done) == result.design.n_points == len(result.incremental_costs) and len(done) > 1


def test_a_model_without_uncertain_inputs_is_refused() -> None:
    certain = model([own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")])
    for analysis in (sobol, morris):
        with pytest.raises(ValueError, match="at least one uncertain input"):
            analysis(certain)


def test_independent_coefficients_of_a_curve_are_inputs_of_their_own() -> None:
    shape = Parameter(value=1.2, distribution="gamma", standard_error=0.1)
    curves = [
        own_curve("old", "pfs", "weibull", shape=shape, scale=fixed(20.0)),
        own_curve("old", "os", "exponential", rate=0.02),
        effect_curve("new", "pfs", "old", "weibull", Parameter(value=0.7, distribution="lognormal_ratio", low=0.5, high=1.0)),
        own_curve("new", "os", "exponential", rate=0.02),
    ]
    cube = unit_cube(model(curves, utilities=utilities(0.8, 0.6)))
    assert cube.inputs == ("relative_effects.new.pfs", "coefficients.old.pfs.shape")
    assert isinstance(cube.definition.coefficients[0], Coefficient)
