"""Draws: the value of every parameter in every draw, and how they are sampled.

The columns of the design are keyed by parameter id: with pseudo-random numbers, adding a parameter, reordering a sheet or
changing the number of threads never changes another parameter's draws. What holds for the other designs is told in
:mod:`model.definition.sampling.uniform_numbers`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.definition.curves.after_progression import responses_of
from model.definition.curves.coefficients import CurveCoefficients, curve_coefficients, root_of, sources_of_states
from model.definition.curves.typed import natural_coefficients
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.health import ON_TREATMENT
from model.definition.records.input_draws import INPUT_ROWS
from model.definition.records.parameters import Parameter
from model.definition.records.settings import STATE_TRANSITION
from model.definition.sampling.copula import correlated_columns
from model.definition.sampling.dimensions import (
    BOOTSTRAP_STREAM,
    Uncertain,
    choice_key,
    coefficients_by_id,
    normal_keys,
    uncertain,
    varies,
)
from model.definition.sampling.levels import UniformSource, correlated_levels, standard_normals
from model.definition.sampling.smooth_inverse import beta_quantile, gamma_quantile
from model.definition.sampling.uniform_numbers import Points, sampling_points
from model.definition.shares import dirichlet_groups
from model.definition.structure import (
    STRUCTURE,
    STRUCTURES,
    after_id,
    by_states,
    in_structure,
    number_in_use,
    structure_is_uncertain,
)
from model.processors import at_once
from model.shown import Shown, View
from model.survival.families.model_average import ModelAverage

Normals = Callable[[Array], Array]
REDRAWS = 50


def _numbers(values: Array) -> str:
    return " ".join(f"{value:.4g}" for value in values)


@dataclasses.dataclass(frozen=True)
class Draws(Shown):
    """Values by parameter id: ``(n_draws,)`` or ``(1,)`` where all draws share it; curve coefficients
    ``(n_draws, k)`` or ``(1, k)`` on the natural scale, under ``curves.<arm>.<endpoint>``."""

    n_draws: int
    values: Mapping[str, Array]

    def __post_init__(self) -> None:
        for name, value in self.values.items():
            if value.shape[0] not in (1, self.n_draws):
                raise ValueError(f"{name} holds {value.shape[0]} values for {self.n_draws} draws")

    def __getitem__(self, parameter_id: str) -> Array:
        return self.values[parameter_id]

    def get(self, parameter_id: str, default: float) -> Array:
        """The values of a parameter, or ``(1,)`` of a default where the definition does not list it."""
        found = self.values.get(parameter_id)
        return np.array([default]) if found is None else found

    def block(self, start: int, stop: int) -> Draws:
        """Draws ``start`` to ``stop - 1``."""
        part = {k: v if v.shape[0] == 1 else v[start:stop] for k, v in self.values.items()}
        return Draws(min(stop, self.n_draws) - start, part)

    def blocks(self, size: int) -> Iterator[tuple[slice, Draws]]:
        """All draws in blocks of ``size`` at the most, one after another, each with its place."""
        for start in range(0, self.n_draws, size):
            stop = min(start + size, self.n_draws)
            yield slice(start, stop), self.block(start, stop)

    def rows(self, positions: NDArray[np.int_]) -> Draws:
        """Some draws only, in the order given."""
        part = {k: v if v.shape[0] == 1 else v[positions] for k, v in self.values.items()}
        return Draws(len(positions), part)

    def replace(self, changes: Mapping[str, Array]) -> Draws:
        """A copy in which some parameters take other values."""
        return Draws(self.n_draws, {**self.values, **changes})

    def varying(self) -> list[str]:
        """Ids of the parameters that differ between draws."""
        return [name for name, value in self.values.items() if value.shape[0] > 1]

    def view(self) -> View:
        """Mean and standard deviation of every input that varies."""
        found = {name: v.reshape(len(v), -1) for name, v in self.values.items() if name in self.varying()}
        rows = [(name, _numbers(v.mean(axis=0)), _numbers(v.std(axis=0))) for name, v in found.items()]
        words = [f"{len(self.values)} inputs, of which {len(found)} vary"]
        return View(f"{self.n_draws:,} draws", ["Input", "Mean", "Standard deviation"], rows, ["text"] * 3, words)


def base_case_draws(definition: ModelDefinition) -> Draws:
    """One draw: every parameter at its value."""
    if structure_is_uncertain(definition):
        parts = {name: base_case_draws(in_structure(definition, name)) for name in STRUCTURES}
        return with_both_structures(definition, parts, np.array([float(number_in_use(definition))]))
    values = {name: np.array([p.value]) for name, p in definition.parameters.items()}
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None:
            values[curve.id] = made.natural[None, :]
    return Draws(1, values)


def sample(
    definition: ModelDefinition, n_draws: int, seed: int, threads: int | None = None, sampling: str | None = None
) -> Draws:
    """``n_draws`` draws of every uncertain parameter (inverse transforms of the columns of a design).

    ``sampling``: one of :data:`SAMPLINGS`, by default that of the settings. Inputs and curves listed on the sheet
    Correlations are drawn together (:mod:`model.definition.sampling.copula`); a progressed utility that is drawn as a
    level is held at or below the progression-free utility of the same draw. ``threads`` sample parameters side by side
    and never change a number. Inputs of which draws were made elsewhere take whole rows of these: in their order where
    there are as many as draws, else a row for each draw by a column of the design of their own. ValueError for fewer than 1
    draw, a negative seed or an unknown design.
    """
    kind = definition.settings.sampling if sampling is None else sampling
    points = sampling_points(kind, n_draws, seed, design_keys(definition))
    if structure_is_uncertain(definition):
        parts = {name: _sample_in(in_structure(definition, name), points, threads) for name in STRUCTURES}
        return with_both_structures(definition, parts, _structures_taken(definition, points.uniforms))
    return _sample_in(definition, points, threads)


def design_keys(definition: ModelDefinition) -> tuple[str, ...]:
    """Key of every column that sampling asks of a design; what both structures ask for comes once, the structure last."""
    rows = () if definition.input_draws is None else (INPUT_ROWS,)
    if not structure_is_uncertain(definition):
        return (*rows, *uncertain(definition).keys())
    partitioned, states = (uncertain(in_structure(definition, name)) for name in STRUCTURES)
    return (*rows, *dict.fromkeys((*partitioned.keys(), *states.keys())), STRUCTURE)


def _sample_in(definition: ModelDefinition, points: Points, threads: int | None) -> Draws:
    """The draws of a definition with one structure, at the points of a design."""
    found = uncertain(definition)
    levels = correlated_levels(definition, found)
    correlated = correlated_columns(definition.correlations, found.varying(), levels, points)

    given = definition.input_draws
    in_order = given is not None and given.n_rows == points.n_draws

    def uniform_of(key: str) -> Array:
        if key == INPUT_ROWS and in_order:  # the middle of the part of each row
            middles: Array = (np.arange(points.n_draws) + 0.5) / points.n_draws
            return middles
        together = correlated.uniforms.get(key)
        return points.uniforms(key) if together is None else together

    held = {name: partial(levels[name].put, level=level) for name, level in correlated.levels.items()}
    return draws_from_uniforms(definition, uniform_of, points.n_draws, threads, points.again, held)


def draws_from_uniforms(
    definition: ModelDefinition,
    uniform_of: UniformSource,
    n_draws: int,
    threads: int | None = None,
    again: UniformSource | None = None,
    held: Mapping[str, Normals] | None = None,
) -> Draws:
    """The draws that uniform numbers stand for: the inverse transforms of :func:`sample`, whatever the design.

    ``uniform_of(key)``: ``(n_draws,)`` numbers in (0, 1), asked for once per uncertain input and once per coefficient
    of a jointly estimated curve. ``again``: numbers for draws without a curve, which are drawn again (default:
    ``uniform_of``). ``held``: by the id of a curve, what its standard normals ``(n_draws, k)`` become, drawn again or not:
    a curve with a correlated level holds that level.
    """
    if structure_is_uncertain(definition):
        parts = {
            name: draws_from_uniforms(in_structure(definition, name), uniform_of, n_draws, threads, again, held)
            for name in STRUCTURES
        }
        return with_both_structures(definition, parts, _structures_taken(definition, uniform_of))
    found = uncertain(definition)
    jobs: dict[str, Callable[[], Array]] = {}
    for name, parameter in found.parameters.items():
        jobs[name] = partial(_sample_parameter, parameter, name, uniform_of)
    for curve, made in found.curves.items():
        hold = (held or {}).get(curve.id, _as_drawn)
        jobs[curve.id] = partial(_sample_coefficients, made, curve.endpoint, uniform_of, again or uniform_of, hold)
    with ThreadPoolExecutor(at_once(threads)) as pool:
        values = dict(zip(jobs, pool.map(lambda job: job(), jobs.values()), strict=True))
    values |= _drawn_elsewhere(definition, uniform_of)
    for group in dirichlet_groups(definition):
        if definition.drawn_elsewhere.intersection(group):
            continue  # these sum to one in every row
        total = np.sum([values[name] for name in group], axis=0)
        for name in group:
            values[name] = values[name] / total
    families = {curve.id: made.family for curve, made in found.curves.items()}
    for name, moved in answers_to_pfs(definition, values).items():
        values[name] = families[name].to_natural(families[name].to_estimation(values[name]) + moved)
    return Draws(n_draws, _as_used(definition, values))


def _drawn_elsewhere(definition: ModelDefinition, uniform_of: UniformSource) -> dict[str, Array]:
    """Values of the inputs of which draws were made elsewhere: whole rows of these, by one column of the design."""
    given = definition.input_draws
    if given is None:
        return {}
    names = {name: made.family.parameters for name, made in coefficients_by_id(definition).items()}
    return given.at(given.rows_of(uniform_of(INPUT_ROWS)), names)


def with_both_structures(definition: ModelDefinition, parts: Mapping[str, Draws], taken: Array) -> Draws:
    """Draws that hold what either structure takes, and which of them each draw takes ``(n_draws,)``.

    An input that only one structure draws is as drawn there, and one that both draw is as drawn in the structure taken: the
    level of a curve of OS, with which others may be correlated, is not the same in both. Coefficients of survival after
    progression stand beside those of the curves of OS."""
    of_os = {curve.id: after_id(curve.arm) for curve in definition.curves if curve.endpoint == "os"}
    partitioned, states = (parts[name] for name in STRUCTURES)
    values = dict(partitioned.values)
    for name, value in states.values.items():
        if name in of_os:
            values[of_os[name]] = value
        elif name not in values or value.shape[0] > values[name].shape[0]:
            values[name] = value
        elif value.shape == values[name].shape and not np.array_equal(value, values[name]):
            of_states = taken.reshape(-1, *[1] * (value.ndim - 1)) == STRUCTURES.index(STATE_TRANSITION)
            values[name] = np.where(of_states, value, values[name])
    return Draws(partitioned.n_draws, {**values, STRUCTURE: taken})


def _structures_taken(definition: ModelDefinition, uniform_of: UniformSource) -> Array:
    """``(n_draws,)``: 1 where a draw takes the state-transition structure, with its probability; its stream is its own."""
    return (uniform_of(STRUCTURE) < definition.settings.state_transition_probability).astype(np.float64)


def answers_to_pfs(definition: ModelDefinition, values: Mapping[str, Array]) -> dict[str, Array]:
    """By the id of a curve of OS in a state-transition model: how far ``(n_draws, k)``, on the estimation scale, its draws of
    survival after progression are moved away from their own, by what PFS and the share of deaths among its events were drawn
    away from the base case. Empty in a partitioned-survival model."""
    if not by_states(definition):
        return {}
    found = uncertain(definition)
    moved = {}
    for curve in found.curves:
        if curve.endpoint == "os":
            answers = responses_of(definition, curve.arm, *sources_of_states(definition))
            parts = [_away(definition, found, values, name) @ answer.T for name, answer in answers.items()]
            moved[curve.id] = sum(parts, np.zeros((1, 1)))
    return moved


def _away(definition: ModelDefinition, found: Uncertain, values: Mapping[str, Array], name: str) -> Array:
    """How far ``(n_draws, p)`` an input was drawn away from the base case, a ratio as its logarithm; or the coefficients of a
    curve, drawn together or each by itself, on their estimation scale."""
    parameter = found.parameters.get(name)
    if parameter is not None:
        drawn = values[name][:, None]
        return np.log(drawn / parameter.value) if name.startswith("relative_effects.") else drawn - parameter.value
    curve = next(c for c in definition.curves if c.id == name)
    made = found.curves.get(curve) or curve_coefficients(definition, curve)
    assert made is not None
    return made.family.steps_to(natural_coefficients(definition, curve, made.family, values), made.estimates)


def _sample_parameter(parameter: Parameter, name: str, uniform_of: UniformSource) -> Array:
    """``(n_draws,)``, or ``(1,)`` of a fixed value; a Dirichlet share before it is divided by its group's sum."""
    if not parameter.uncertain:
        return np.array([parameter.value])
    uniform = uniform_of(name)
    if parameter.distribution == "dirichlet":
        assert parameter.sample_size is not None
        if parameter.value == 0:  # a treatment that nobody gets, in this draw or any other
            return np.zeros(uniform.shape)
        return _by_runs(partial(gamma_quantile, parameter.value * parameter.sample_size), uniform)
    if parameter.distribution == "beta":
        return _by_runs(partial(beta_quantile, *parameter.beta_shapes()), uniform)
    if parameter.distribution == "gamma":
        assert parameter.standard_error is not None
        shape = (parameter.value / parameter.standard_error) ** 2
        return _by_runs(partial(gamma_quantile, shape), uniform) * (parameter.value / shape)
    return _by_runs(parameter.quantile, uniform)


def _by_runs(transform: Callable[[Array], Array], numbers: Array) -> Array:
    """The transform of numbers ``(n_draws,)``, made once of those that stand several times in a row: a design that moves one
    input at a time repeats all others."""
    changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    if len(changes) > len(numbers) // 2:
        return np.asarray(transform(numbers))
    starts = np.concatenate([[0], changes])
    return np.repeat(transform(numbers[starts]), np.diff(starts, append=len(numbers)))


def _as_used(definition: ModelDefinition, values: dict[str, Array]) -> dict[str, Array]:
    """A drawn progressed utility as the engine takes it, at or below the progression-free one, so that stored draws show
    what was used. A certain one stays one number: the engine holds it (:func:`model.engine.utilities.state_utility`). Of more
    than three states levels stand as they are."""
    state = definition.living_states[0].id
    first = [u for u in definition.utilities if u.state == state]
    if len(first) != 1 or definition.further_endpoints:  # else the engine knows by arm and time which one holds beside it
        return values
    free = values[address_of("utilities", first[0])]
    for row in definition.utilities:
        address = address_of("utilities", row)
        if row.state not in (state, ON_TREATMENT) and row.given_as == "utility" and values[address].shape[0] > 1:
            values[address] = np.minimum(values[address], free)
    return values


def _as_drawn(normals: Array) -> Array:
    return normals


def _sample_coefficients(
    made: CurveCoefficients, endpoint: str, uniform_of: UniformSource, redrawn: UniformSource, hold: Normals
) -> Array:
    """``(n_draws, k)`` natural coefficients: multivariate normal on the estimation scale, or refits to resampled
    patients; ``(1, k)`` where nothing is uncertain."""
    assert made.covariance is not None
    if not varies(made):
        return made.natural[None, :]
    values = _multivariate_normal(made, made.stream, uniform_of, hold)
    wrong = np.flatnonzero(~made.family.valid(values))
    for attempt in range(1, REDRAWS + 1):  # a draw without a curve (a spline that rises) is drawn again
        if not len(wrong):
            break
        again = _multivariate_normal(made, f"{made.stream}.again{attempt}", redrawn, hold)
        values[wrong] = again[wrong]
        wrong = wrong[~made.family.valid(values[wrong])]
    values[wrong] = made.natural
    if made.resamples is not None:
        row = (uniform_of(BOOTSTRAP_STREAM) * len(made.resamples)).astype(int)
        refitted = made.resamples[row]
        values = np.where(np.isnan(refitted), values, refitted)
    if made.averaged:
        values[:, 0] = _choices(made, uniform_of(choice_key(endpoint)))
    return values


def _multivariate_normal(made: CurveCoefficients, stream: str, uniform_of: UniformSource, hold: Normals) -> Array:
    """``(n_draws, k)`` on the natural scale."""
    assert made.covariance is not None
    standard = hold(standard_normals(normal_keys(made, stream), uniform_of))
    return made.family.around(made.estimates, standard @ root_of(made.covariance).T)


def _choices(made: CurveCoefficients, uniform: Array) -> Array:
    """Position of the family that each draw takes ``(n_draws,)``. The arms of an endpoint share the stream, so that
    with equal weights they take the same family in every draw."""
    assert isinstance(made.family, ModelAverage)
    bounds = np.cumsum(made.family.weights)[:-1]
    return np.searchsorted(bounds, uniform, side="right").astype(float)
