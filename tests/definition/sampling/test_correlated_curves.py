"""Curves correlated by their level, with another curve, a hazard ratio or any other input.

Oracles: the level of an exponential curve is minus the logarithm of its rate, in its standard errors; that of two
coefficients is the normalised gradient of the restricted mean, here by numerical integration of the survival function of the
log-logistic and the Weibull distribution; the moments of coefficients are those of the calibration; the sampling error of a
correlation r over n draws is (1 - r^2) / sqrt(n - 3) (Fisher 1921).
"""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from model.analysis import psa
from model.analysis.probabilistic.draws_against_targets import sampled_correlations
from model.arrays import Array
from model.choices import SAMPLINGS
from model.constants import MONTHS_PER_YEAR
from model.definition import Correlation, Draws, ModelDefinition, ModelWeight, edit, sample, validate
from model.definition.curves.coefficients import CurveCoefficients, curve_coefficients
from model.definition.curves.level import curve_direction, level_weights
from model.definition.sampling.unit_cube import unit_cube
from model.excel import read_inputs, write_inputs
from model.excel.inputs.errors import InputError
from tests.helpers.curve_models import typed, typed_os
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.fitted_models import averaged, joint
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import varying_alone, without_scenarios
from tests.helpers.trial_data import curves, digitised_tables, trial_model

PFS, OS, TREATED = "curves.control.pfs", "curves.control.os", "curves.palbociclib.pfs"
RATIO, FREE = "relative_effects.palbociclib.os", "utilities.progression_free"
N = 20_000
ROWS = ((PFS, OS, 0.47), (OS, RATIO, 0.62), (PFS, RATIO, 0.29), (TREATED, RATIO, -0.37), (OS, FREE, 0.2))
SURVIVAL = {
    "loglogistic": lambda t, shape, scale: 1 / (1 + (t / scale) ** shape),
    "weibull": lambda t, shape, scale: np.exp(-((t / scale) ** shape)),
}


@cache
def plain() -> ModelDefinition:
    """The former base case (log-logistic PFS, Weibull OS) without any correlation."""
    return edit(dataclasses.replace(without_scenarios("patina_us"), correlations=()), former_edits())


@cache
def alone() -> ModelDefinition:
    """The same in which nothing varies but what :data:`ROWS` name and the curves."""
    return varying_alone(plain(), RATIO, FREE)


def correlated(*rows: tuple[str, str, float], definition: ModelDefinition | None = None) -> ModelDefinition:
    pairs = tuple(Correlation(first=a, second=b, value=r) for a, b, r in rows)
    return dataclasses.replace(definition or plain(), correlations=pairs)


def averaged_os(definition: ModelDefinition) -> ModelDefinition:
    """The control arm's OS as an average of two distributions."""
    rows = tuple(ModelWeight(arm="control", endpoint="os", distribution=n, weight=0.5) for n in ("weibull", "gamma"))
    return edit(dataclasses.replace(definition, model_weights=rows), {f"{OS}.distribution": "model_average"})


def made_of(definition: ModelDefinition, name: str) -> CurveCoefficients:
    _, arm, endpoint = name.split(".")
    curve = definition.curve(arm, endpoint)
    assert curve is not None
    made = curve_coefficients(definition, curve)
    assert made is not None and made.covariance is not None
    return made


def level(definition: ModelDefinition, draws: Draws, name: str) -> Array:
    """Levels of drawn curves by numerical integration, of other inputs their logarithms or values."""
    if not name.startswith("curves."):
        return np.log(draws[name]) if name == RATIO else draws[name]
    made = made_of(definition, name)
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    survival = SURVIVAL[made.family.name]

    def mean(estimates: Array) -> float:
        return quad(survival, 0, horizon, args=tuple(np.exp(estimates)), epsabs=1e-10, limit=200)[0]

    steps = 1e-4 * np.eye(2)
    gradient = np.array([(mean(made.estimates + s) - mean(made.estimates - s)) / 2e-4 for s in steps])
    values: Array = (np.log(draws[name]) - made.estimates) @ gradient / np.sqrt(gradient @ made.covariance @ gradient)
    return values


def error(r: float) -> float:
    return (1 - r**2) / np.sqrt(N - 3)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_levels_have_their_correlations_within_three_standard_errors(sampling: str) -> None:
    """Among three curves, a hazard ratio and a utility at once; pairs without a row have none."""
    definition = correlated(*ROWS[:4], definition=alone())
    assert validate(definition) == []
    draws = sample(definition, N, 1, sampling=sampling)
    names = (PFS, OS, TREATED, RATIO)
    given = {frozenset(pair): r for *pair, r in ROWS}
    found = np.corrcoef([level(definition, draws, name) for name in names])
    for i, first in enumerate(names):
        for j, second in enumerate(names[:i]):
            target = given.get(frozenset((first, second)), 0.0)
            assert abs(found[i, j] - target) < 3 * error(target), (first, second)


def test_a_high_level_is_a_long_restricted_mean() -> None:
    definition = correlated((OS, RATIO, 0.9), definition=alone())
    draws = sample(definition, 2000, 1)
    made = made_of(definition, OS)
    means = [float(made.family.restricted_mean(480.0, c)) for c in draws[OS]]
    assert np.corrcoef(means, np.log(draws[RATIO]))[0, 1] > 0.8


def test_the_level_of_an_exponential_curve_is_its_rate() -> None:
    definition = edit(alone(), {f"{OS}.distribution": "exponential"})
    made = made_of(definition, OS)
    assert made.covariance is not None
    assert level_weights(made, 480.0) == pytest.approx(-1 / np.sqrt(np.diag(made.covariance)))
    draws = sample(correlated((OS, RATIO, 0.6), definition=definition), N, 1)
    found = np.corrcoef(np.log(draws[OS][:, 0]), np.log(draws[RATIO]))[0, 1]
    assert abs(found + 0.6) < 3 * error(0.6)


@pytest.mark.parametrize("name", [PFS, OS])
def test_a_step_along_the_level_raises_the_level_by_one(name: str) -> None:
    made = made_of(plain(), name)
    step = curve_direction(made, 480.0)
    assert level_weights(made, 480.0) @ step == pytest.approx(1.0)
    assert step @ np.linalg.solve(made.covariance, step) == pytest.approx(1.0)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_coefficients_keep_mean_and_covariance_of_the_calibration(sampling: str) -> None:
    definition = correlated(*ROWS, definition=alone())
    draws = sample(definition, N, 3, sampling=sampling)
    for name in (PFS, OS, TREATED):
        made = made_of(definition, name)
        assert made.covariance is not None
        spread = np.sqrt(np.diag(made.covariance))
        found = (np.log(draws[name]) - made.estimates) / spread
        target = made.covariance / np.outer(spread, spread)
        np.testing.assert_allclose(found.mean(axis=0), 0, atol=3.5 / np.sqrt(N))
        np.testing.assert_allclose(np.cov(found.T), target, atol=3.5 * np.sqrt(2 / N))


def test_what_is_at_right_angles_to_the_level_stays() -> None:
    """With r = 1 a curve has the other one's level in every draw, and keeps the rest of its own draws to rounding."""
    definition = correlated((PFS, OS, 1.0))
    before, after = sample(plain(), 1000, 1), sample(definition, 1000, 1)
    np.testing.assert_allclose(level(definition, after, PFS), level(definition, after, OS), atol=1e-6)
    made = made_of(definition, PFS)
    moved = np.log(after[PFS]) - np.log(before[PFS])
    step = curve_direction(made, definition.settings.horizon_years * MONTHS_PER_YEAR)
    along = moved @ step / (step @ step)
    np.testing.assert_allclose(moved, np.outer(along, step), atol=1e-12)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_correlation_of_zero_is_no_row_to_the_bit(sampling: str) -> None:
    rows = ((PFS, OS, 0.0), (OS, RATIO, 0.0), (OS, FREE, 0.0))
    without, zero = sample(plain(), 500, 1, sampling=sampling), sample(correlated(*rows), 500, 1, sampling=sampling)
    for name in without.values:
        if name in (RATIO, FREE):  # through the normal distribution and back
            np.testing.assert_allclose(zero[name], without[name], rtol=1e-13)
        else:
            np.testing.assert_array_equal(zero[name], without[name])


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_inputs_without_a_correlation_keep_their_draws_to_the_bit(sampling: str) -> None:
    without, some = sample(plain(), 500, 1, sampling=sampling), sample(correlated(*ROWS[:4]), 500, 1, sampling=sampling)
    changed = {name for name in without.values if not np.array_equal(without[name], some[name])}
    assert changed == {PFS, RATIO}  # control OS and palbociclib PFS: the first of those that they go with


def test_the_first_draws_of_many_are_the_draws() -> None:
    few, many = sample(correlated(*ROWS), 100, 1), sample(correlated(*ROWS), 1000, 1)
    for name, value in few.values.items():
        np.testing.assert_array_equal(value, many[name][:100])


def test_redrawn_splines_hold_their_level() -> None:
    """Covariance ninefold, so that some draws are no curve (the cumulative hazard falls) and are drawn again."""
    model = typed("spline_hazard_2")
    wide = tuple(dataclasses.replace(row, value=9 * row.value) for row in model.covariance)
    definition = edit(dataclasses.replace(model, covariance=wide), typed_os("spline_hazard_2"))
    made = made_of(definition, OS)
    assert made.covariance is not None
    first = np.random.default_rng(1).multivariate_normal(made.estimates, made.covariance, 2000)
    assert np.mean(~made.family.valid(made.family.to_natural(first))) > 0.02
    some = correlated((OS, FREE, 0.9), definition=definition)
    assert validate(some) == []
    row = sampled_correlations(some, sample(some, 5000, 1)).iloc[0]
    assert row["correlation_sampled"] == pytest.approx(0.9, abs=0.03)


def test_a_digitised_curve_drawn_from_its_covariance_can_be_correlated() -> None:
    definition = correlated(
        ("curves.old.pfs", "curves.old.os", 0.5), definition=trial_model(*curves("digitised"), **digitised_tables())
    )
    assert validate(definition) == []
    row = sampled_correlations(definition, sample(definition, N, 1)).iloc[0]
    assert abs(row["correlation_sampled"] - 0.5) < 3 * error(0.5)
    resampled = edit(definition, {"settings.curve_uncertainty": "bootstrap", "settings.bootstrap_resamples": 100})
    assert ["drawn by resampling" in p.message for p in validate(resampled)] == [True, True]


def test_sampled_levels_stand_beside_their_targets() -> None:
    quarterly = edit(alone(), {"settings.cycle_days": 91.3125})
    table = psa(correlated(*ROWS, definition=quarterly), 4000, 1).sampled_correlations().set_index(["first", "second"])
    for first, second, target in ROWS:
        row = table.loc[(first, second)]
        assert row["correlation_target"] == target
        assert row["correlation_sampled"] == pytest.approx(target, abs=4 * (1 - target**2) / np.sqrt(4000))


def test_global_sensitivity_moves_curves_independently() -> None:
    points = np.random.default_rng(1).random((64, len(unit_cube(plain()).streams)))
    alone, together = (unit_cube(d).draws(points) for d in (plain(), correlated(*ROWS)))
    for name, value in alone.values.items():
        np.testing.assert_array_equal(value, together[name])


def test_a_scenario_may_make_the_curve_in_another_way() -> None:
    """The correlation is then idle."""
    changed = averaged_os(correlated((PFS, OS, 0.5)))
    assert np.array_equal(sample(changed, 10, 1)[PFS], sample(plain(), 10, 1)[PFS])


@pytest.mark.parametrize(
    ("name", "gist"),
    [
        ("curves.control.oss", "there is no uncertain input 'curves.control.oss'; did you mean 'curves.control.os'?"),
        ("curves.palbociclib.os", "its effect is 'relative_effects.palbociclib.os'"),
        ("evidence.control.os.landmark.60", "is evidence behind a curve; name the curve"),
        (FREE, "is the first input again"),
    ],
)
def test_what_has_no_level_is_named(name: str, gist: str) -> None:
    (problem,) = validate(correlated((FREE, name, 0.1)))
    assert problem.field == "second" and gist in problem.message


@pytest.mark.parametrize("definition", [trial_model(), joint(), averaged()])
def test_curves_fitted_to_patients_are_left_to_the_bootstrap(definition: ModelDefinition) -> None:
    found = validate(correlated(("curves.old.os", "curves.old.pfs", 0.1), definition=definition))
    assert [p.field for p in found] == ["first", "second"]
    assert all("is fitted to patients; their resampling" in p.message for p in found)


def test_an_average_of_distributions_has_no_one_level() -> None:
    (problem,) = validate(correlated((OS, RATIO, 0.1), definition=averaged_os(plain())))
    assert "is an average of distributions" in problem.message


def test_an_impossible_set_with_curves_is_refused() -> None:
    (problem,) = validate(correlated((PFS, OS, 0.9), (OS, RATIO, 0.9), (PFS, RATIO, -0.9)))
    assert "cannot hold together" in problem.message and OS in problem.message


def test_curves_survive_the_workbook_and_a_refusal_names_sheet_and_cell(tmp_path: Path) -> None:
    definition, path = correlated(*ROWS), tmp_path / "model.xlsx"
    write_inputs(definition, path)
    assert read_inputs(path) == definition
    write_copy(path.read_bytes(), path, [("Correlations", "B10", "curves.palbociclib.os")])
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    assert str(caught.value).startswith("Correlations!B10 'Second input'")
