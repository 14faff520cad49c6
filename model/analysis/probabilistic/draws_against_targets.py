"""Sampled inputs beside their targets: means, standard deviations and correlations of what was drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import special

from model.analysis.columns.probabilistic import CORRELATIONS, MOMENTS
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import CurveCoefficients
from model.definition.curves.level import levels_of
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition
from model.definition.records.settings import PARTITIONED_SURVIVAL, STATE_TRANSITION
from model.definition.sampling.copula import rank_correlation
from model.definition.sampling.dimensions import coefficients_by_id, uncertain, varies
from model.definition.sampling.draws import Draws, answers_to_pfs
from model.definition.sampling.levels import correlated_levels
from model.definition.structure import STRUCTURE, STRUCTURES, after_id, in_structure, structure_is_uncertain


def sampled_moments(definition: ModelDefinition, draws: Draws) -> pd.DataFrame:
    """Sampled mean and SD of every varying parameter beside its targets; z is the error of the mean in SEs."""
    labels = all_labels(definition)
    rows = []
    for name in draws.varying():
        parameter = definition.parameters.get(name)
        if parameter is not None and draws[name].ndim == 1:
            mean, sd = parameter.moments()
            numbers = _beside(draws[name], mean, sd)
            rows.append((name, labels.get(name, name), parameter.distribution, *numbers))
    return MOMENTS.frame(rows)


def sampled_coefficients(definition: ModelDefinition, draws: Draws) -> pd.DataFrame:
    """The same of every coefficient of the curves that are drawn as a whole, on the scale on which they are drawn.

    Drawn from a multivariate normal: on the estimation scale, against estimates and standard errors (a draw without a
    curve is drawn again, which moves the moments of splines). Resampled patients: natural scale, against all resamples.
    Survival after progression: as drawn on its own, before it answers to the PFS of the draw.
    """
    labels = all_labels(definition)
    rows = []
    for name, (made, drawn) in _curves(definition, draws).items():
        for parameter, how, values, mean, sd in _coefficients(made, drawn):
            label = f"{labels.get(name, name)}, {parameter}"
            rows.append((f"{name}[{parameter}]", label, how, *_beside(values, mean, sd)))
    return MOMENTS.frame(rows)


def sampled_correlations(definition: ModelDefinition, draws: Draws) -> pd.DataFrame:
    """Achieved correlations beside their targets: of every pair of the sheet Correlations, and of every pair of coefficients
    of a curve.

    `correlation`: on the scale on which it is given: of normal scores (by rank) for inputs, of levels for curves, of the
    estimation scale for coefficients. `rank`: Spearman's; `pearson_sampled`: of the values themselves, which for skewed
    inputs falls short of that of the scores. A pair of which one input does not vary is left out.
    """
    rows = [*_pairs_of_inputs(definition, draws), *_pairs_of_coefficients(definition, draws)]
    return CORRELATIONS.frame(rows)


def _pairs_of_inputs(definition: ModelDefinition, draws: Draws) -> Iterator[tuple[object, ...]]:
    values = _inputs_and_levels(definition, draws)
    for row in definition.correlations:
        if row.first in values and row.second in values:
            x, y = values[row.first], values[row.second]
            scores = _correlation(_normal_scores(x), _normal_scores(y))
            ranks = rank_correlation(row.value), _correlation(_ranks(x), _ranks(y))
            yield (row.first, row.second, "correlated inputs", row.value, scores, *ranks, _correlation(x, y))


def _inputs_and_levels(definition: ModelDefinition, draws: Draws) -> dict[str, Array]:
    """``(n_draws,)`` values of the inputs that vary, and levels of the curves that have one."""
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    values = {name: draws[name] for name in draws.varying() if draws[name].ndim == 1}
    if structure_is_uncertain(definition):  # a curve of OS that is correlated is that of partitioned survival
        definition = in_structure(definition, PARTITIONED_SURVIVAL)
    found = uncertain(definition)
    levels = correlated_levels(definition, found)
    made = {curve.id: m for curve, m in found.curves.items()}
    own = _drawn_on_their_own(definition, draws)
    return values | {name: levels_of(made[name], own[name], horizon) for name in levels}


def _pairs_of_coefficients(definition: ModelDefinition, draws: Draws) -> Iterator[tuple[object, ...]]:
    for name, (made, drawn) in _curves(definition, draws).items():
        if made.resamples is not None or made.averaged:
            continue
        assert made.covariance is not None
        spread = np.sqrt(np.diag(made.covariance))
        values = made.estimates + made.family.steps_to(drawn, made.estimates)
        for i, j in itertools.combinations(np.flatnonzero(spread), 2):
            target = float(made.covariance[i, j] / (spread[i] * spread[j]))
            x, y = values[:, i], values[:, j]
            ranks = rank_correlation(target), _correlation(_ranks(x), _ranks(y))
            first, second = (f"{name}[{made.family.parameters[k]}]" for k in (i, j))
            natural = _correlation(drawn[:, i], drawn[:, j])
            yield (first, second, "coefficients of a curve", target, _correlation(x, y), *ranks, natural)


def _drawn_on_their_own(definition: ModelDefinition, draws: Draws) -> Mapping[str, Array]:
    """Values by id, survival after progression as it was drawn before it answered to the PFS of the same draw. Where each
    draw takes a structure, of the draws that took states: only these hold the PFS that it answered to."""
    states, of_states = definition, draws
    if structure_is_uncertain(definition):
        states = in_structure(definition, STATE_TRANSITION)
        of_states = draws.rows(np.flatnonzero(draws[STRUCTURE] == STRUCTURES.index(STATE_TRANSITION)))
    own = dict(draws.values)
    made, id_of = coefficients_by_id(definition), {c.id: after_id(c.arm) for c in definition.curves if c.endpoint == "os"}
    for curve, moved in answers_to_pfs(states, of_states.values).items():
        name = curve if states is definition else id_of[curve]
        family = made[name].family
        own[name] = family.to_natural(family.to_estimation(of_states[name]) - moved)
    return own


def _curves(definition: ModelDefinition, draws: Draws) -> Mapping[str, tuple[CurveCoefficients, Array]]:
    """By id the coefficients of every curve that varies by its own covariance, and its draws."""
    own, varying = _drawn_on_their_own(definition, draws), set(draws.varying()) - definition.drawn_elsewhere
    made = coefficients_by_id(definition)
    found = {name: (m, own[name]) for name, m in made.items() if name in varying and m.covariance is not None and varies(m)}
    return {name: (m, drawn) for name, (m, drawn) in found.items() if len(drawn) > 1}


def _coefficients(made: CurveCoefficients, values: Array) -> Iterator[tuple[str, str, Array, float, float]]:
    """Name, way of drawing, sampled values, target mean and SD of each coefficient that varies."""
    assert made.covariance is not None
    estimated = made.estimates + made.family.steps_to(values, made.estimates)
    for j, name in enumerate(made.family.parameters):
        refits = np.full(1, np.nan) if made.resamples is None else made.resamples[:, j]
        if not np.isnan(refits).any():
            yield name, "resampled patients", values[:, j], float(refits.mean()), float(refits.std())
        elif made.covariance[j, j] > 0:
            target = float(made.estimates[j]), float(np.sqrt(made.covariance[j, j]))
            yield name, "multivariate normal", estimated[:, j], *target


def _beside(values: Array, mean: float, sd: float) -> tuple[float, ...]:
    error = sd / np.sqrt(len(values))
    z = (float(values.mean()) - mean) / error if error > 0 else 0.0
    return mean, float(values.mean()), sd, float(values.std(ddof=1)), z


def _normal_scores(values: Array) -> Array:
    return np.asarray(special.ndtri((_ranks(values) - 0.5) / len(values)))


def _ranks(values: Array) -> Array:
    """From 1, of equal values their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean: Array = np.cumsum(count) - (count - 1) / 2
    return mean[place]


def _correlation(x: Array, y: Array) -> float:
    return float(np.corrcoef(x, y)[0, 1])
