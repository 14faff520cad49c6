"""Draws: keyed streams, the base case, shares, curves and the order of utilities."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.definition import Care, Parameter, base_case_draws, candidates, edit, sample
from model.survival import distribution
from tests.helpers.shipped import NAMES, shipped, varying_alone, without_scenarios
from tests.helpers.small_models import model, own_curve, utilities


@pytest.mark.parametrize("name", NAMES)
def test_the_base_case_is_every_parameter_at_its_value(name: str) -> None:
    definition = shipped(name)
    draws = base_case_draws(definition)
    assert draws.n_draws == 1
    for key, parameter in definition.parameters.items():
        assert draws[key][0] == parameter.value


def test_adding_a_parameter_leaves_every_other_draw_unchanged() -> None:
    definition = shipped("patina_us")
    extra = Care(
        id="new_item",
        label="New item",
        during="progressed",
        frequency="per_month",
        parameter=Parameter(value=10.0, distribution="gamma", standard_error=2.0),
    )
    larger = dataclasses.replace(definition, care=(extra, *definition.care))
    before, after = sample(definition, 300, 5), sample(larger, 300, 5)
    assert set(after.values) - set(before.values) == {"care.new_item"}
    for key in before.values:
        np.testing.assert_array_equal(before[key], after[key])


def test_reordering_a_sheet_leaves_every_draw_unchanged() -> None:
    definition = shipped("patina_us")
    reordered = dataclasses.replace(
        definition,
        care=definition.care[::-1],
        event_probabilities=definition.event_probabilities[::-1],
        curves=definition.curves[::-1],
        subsequent=definition.subsequent[::-1],
    )
    before, after = sample(definition, 200, 5), sample(reordered, 200, 5)
    for key in before.values:
        np.testing.assert_allclose(before[key], after[key], rtol=1e-15)


def test_a_seed_repeats_and_another_seed_differs() -> None:
    definition = shipped("patina_us")
    one, same, other = (sample(definition, 100, seed, threads) for seed, threads in ((1, 1), (1, 4), (2, 2)))
    for key in one.varying():
        np.testing.assert_array_equal(one[key], same[key])
        assert not np.array_equal(one[key], other[key])


def test_shares_sum_to_one_in_every_draw() -> None:
    definition = shipped("patina_us")
    draws = sample(definition, 500, 1)
    shares = [k for k in draws.values if k.startswith("subsequent.") and k.endswith(".share")]
    assert len(shares) == 2
    np.testing.assert_allclose(np.sum([draws[k] for k in shares], axis=0), 1.0, atol=1e-15)


def test_dirichlet_shares_have_the_variance_of_their_sample_size() -> None:
    """Var = s (1 - s) / (n + 1)."""
    key, whole = "subsequent.trastuzumab_deruxtecan.share", without_scenarios("patina_us")
    shares = [name for name in whole.parameters if name.startswith("subsequent.") and name.endswith(".share")]
    definition = varying_alone(dataclasses.replace(whole, correlations=()), *shares)
    parameter = definition.parameters[key]
    values = sample(definition, 40_000, 3)[key]
    n = parameter.sample_size
    assert n is not None
    assert values.mean() == pytest.approx(parameter.value, abs=4e-3)
    assert values.var() == pytest.approx(parameter.value * (1 - parameter.value) / (n + 1), rel=0.05)


@pytest.mark.parametrize("given_as", ["utility", "decrement"])
def test_progressed_is_never_ranked_above_progression_free(given_as: str) -> None:
    free = Parameter(value=0.7, distribution="beta", standard_error=0.05)
    level = Parameter(value=0.66 if given_as == "utility" else 0.04, distribution="beta", standard_error=0.03)
    rows = utilities(free, level)
    rows = (rows[0], dataclasses.replace(rows[1], given_as=given_as))
    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    draws = sample(model(curves, utilities=rows), 5000, 1)
    free_draws, other = draws["utilities.progression_free"], draws["utilities.progressed"]
    progressed = other if given_as == "utility" else free_draws - other
    assert (progressed <= free_draws).all()


INTERVALS = {
    # arm: (median and its reported 95% interval, {month: (share, binomial standard error)})
    "control": ((29.1, 23.3, 38.6), {48.0: (0.383, 177), 60.0: (0.334, 104)}),
    "palbociclib": ((44.3, 32.4, 56.8), {48.0: (0.465, 180), 60.0: (0.432, 106)}),
}


def test_control_pfs_reproduces_the_reported_points() -> None:
    """PATINA control arm: 29.1 months, 38.3% at 48 and 33.4% at 60 months, within 0.6 (points; months)."""
    definition = shipped("patina_us")
    curve = definition.curve("control", "pfs")
    assert curve is not None
    made = candidates(definition, curve)["loglogistic"]
    family = distribution("loglogistic")
    survival = family.survival(np.array([48.0, 60.0]), made.coefficients)
    np.testing.assert_allclose(survival, [0.383, 0.334], atol=0.006)
    assert family.quantile(0.5, made.coefficients) == pytest.approx(29.1, abs=0.6)


@pytest.mark.parametrize("name", ["loglogistic", "gamma"])
@pytest.mark.parametrize("arm", INTERVALS)
def test_sampled_medians_and_landmarks_reproduce_the_reported_intervals(arm: str, name: str) -> None:
    """Each limit of the sampled interval lies within a third of the reported interval's width of the reported limit,
    and the median's within a tenth: the published points of one curve are correlated, and two coefficients cannot
    follow three points exactly."""
    alone = varying_alone(dataclasses.replace(without_scenarios("patina_us"), correlations=()))
    definition = edit(alone, {f"curves.{a}.pfs.distribution": name for a in INTERVALS})
    coefficients = sample(definition, 20_000, 1)[f"curves.{arm}.pfs"]
    family = distribution(name)
    (_, low, high), landmarks = INTERVALS[arm]
    medians = family.quantile(0.5, coefficients)
    np.testing.assert_allclose(np.percentile(medians, [2.5, 97.5]), [low, high], atol=0.1 * (high - low))
    for month, (share, n) in landmarks.items():
        half = 1.96 * np.sqrt(share * (1 - share) / n)
        sampled = np.percentile(family.survival(np.array([month]), coefficients), [2.5, 97.5])
        np.testing.assert_allclose(sampled, [share - half, share + half], atol=2 * half / 3)
