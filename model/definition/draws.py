"""Draws: the value of every parameter in every draw, and how they are sampled.

Streams are keyed by parameter id (Salmon et al. 2011, counter-based generators; NumPy's SeedSequence): adding a
parameter, reordering a sheet or changing the number of threads never changes another parameter's draws.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.survival.model_average import ModelAverage

from .calibrated_curves import curve_id
from .curve_coefficients import CurveCoefficients, curve_coefficients
from .model_definition import ModelDefinition, address_of
from .parameters import Parameter

Array = NDArray[np.float64]
REDRAWS = 50
BOOTSTRAP_STREAM = "curves.bootstrap"  # one resample per draw, whichever curves are refitted to it
CHOICE_STREAM = "curves.choice"

UniformSource = Callable[[str], Array]  # key of a stream -> its uniform numbers (n_draws,) in (0, 1)


@dataclasses.dataclass(frozen=True)
class Draws:
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


def uniforms(seed: int, key: str, n: int) -> Array:
    """``(n,)`` uniform numbers in (0, 1) of the stream that belongs to ``key``."""
    digest = hashlib.sha256(key.encode()).digest()
    entropy = [seed, *np.frombuffer(digest[:16], dtype=np.uint32).tolist()]
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
    uniform: Array = np.maximum(generator.random(n), 2.0**-54)
    return uniform


def base_case_draws(definition: ModelDefinition) -> Draws:
    """One draw: every parameter at its value."""
    values = {name: np.array([p.value]) for name, p in definition.parameters.items()}
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None:
            values[curve_id(curve)] = made.natural[None, :]
    return Draws(1, values)


def sample(definition: ModelDefinition, n_draws: int, seed: int, threads: int | None = None) -> Draws:
    """``n_draws`` independent draws of every uncertain parameter (inverse transforms of keyed streams).

    A progressed utility given as a level is held at or below the progression-free utility of the same draw.
    ``threads`` sample parameters side by side and never change a number.
    """
    if n_draws < 1 or seed < 0:
        raise ValueError(
            f"the number of draws must be at least 1 and the seed at least 0, not {n_draws} and {seed}"
        )
    return draws_from_uniforms(definition, lambda key: uniforms(seed, key, n_draws), n_draws, threads)


def draws_from_uniforms(
    definition: ModelDefinition, uniform_of: UniformSource, n_draws: int, threads: int | None = None
) -> Draws:
    """The draws that uniform numbers stand for: the inverse transforms of :func:`sample`, whatever the design.

    ``uniform_of(key)``: ``(n_draws,)`` numbers in (0, 1), asked for once per uncertain input and once per coefficient
    of a jointly estimated curve.
    """
    jobs: dict[str, Callable[[], Array]] = {}
    unused = unused_effects(definition)
    for name, parameter in definition.parameters.items():
        if name in unused:
            parameter = dataclasses.replace(parameter, distribution="fixed")
        jobs[name] = partial(_sample_parameter, parameter, name, uniform_of)
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None:
            jobs[curve_id(curve)] = partial(_sample_coefficients, made, uniform_of, curve.endpoint)
    workers = threads or min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        values = dict(zip(jobs, pool.map(lambda job: job(), jobs.values()), strict=True))
    for group in dirichlet_groups(definition):
        total = np.sum([values[name] for name in group], axis=0)
        for name in group:
            values[name] = values[name] / total
    return Draws(n_draws, _in_order(definition, values))


def unused_effects(definition: ModelDefinition) -> set[str]:
    """Ids of relative effects that no curve takes at present: they stand ready for the selector and are not sampled."""
    taken = {(c.arm, c.endpoint) for c in definition.curves if c.source == "relative_effect"}
    return {
        address_of("relative_effects", e)
        for e in definition.relative_effects
        if (e.arm, e.endpoint) not in taken
    }


def _sample_parameter(parameter: Parameter, name: str, uniform_of: UniformSource) -> Array:
    """``(n_draws,)``, or ``(1,)`` of a fixed value; a Dirichlet share before it is divided by its group's sum."""
    if not parameter.uncertain:
        return np.array([parameter.value])
    uniform = uniform_of(name)
    if parameter.distribution == "dirichlet":
        assert parameter.sample_size is not None
        size = parameter.value * parameter.sample_size
        return _once_per_value(lambda u: np.asarray(special.gammaincinv(size, u)), uniform)
    return _once_per_value(parameter.quantile, uniform)


def _once_per_value(transform: Callable[[Array], Array], uniform: Array) -> Array:
    """``transform(uniform)``; where the first numbers repeat, as in designs that change one input at a time, every
    distinct number is transformed once (inverse gamma and beta functions are what sampling spends its time on)."""
    start = uniform[:64]
    if len(np.unique(start)) > len(start) // 2:
        return transform(uniform)
    distinct, place = np.unique(uniform, return_inverse=True)
    return transform(distinct)[place]


def _in_order(definition: ModelDefinition, values: dict[str, Array]) -> dict[str, Array]:
    """Utilities with progressed at most at the progression-free level."""
    ids = {u.state: (address_of("utilities", u), u.given_as) for u in definition.utilities}
    if "progressed" in ids and ids["progressed"][1] == "utility":
        free, progressed = values[ids["progression_free"][0]], values[ids["progressed"][0]]
        if free.shape[0] > 1 or progressed.shape[0] > 1:
            values[ids["progressed"][0]] = np.minimum(progressed, free)
    return values


def _sample_coefficients(made: CurveCoefficients, uniform_of: UniformSource, endpoint: str) -> Array:
    """``(n_draws, k)`` natural coefficients: multivariate normal on the estimation scale, or refits to resampled
    patients; ``(1, k)`` where nothing is uncertain."""
    assert made.covariance is not None
    if not made.averaged and made.resamples is None and not np.any(made.covariance):
        return made.natural[None, :]
    values = _multivariate_normal(made, uniform_of, made.stream)
    wrong = np.flatnonzero(~made.family.valid(values))
    for attempt in range(1, REDRAWS + 1):  # a draw without a curve (a spline that rises) is drawn again
        if not len(wrong):
            break
        again = _multivariate_normal(made, uniform_of, f"{made.stream}.again{attempt}")
        values[wrong] = again[wrong]
        wrong = wrong[~made.family.valid(values[wrong])]
    values[wrong] = made.natural
    if made.resamples is not None:
        row = (uniform_of(BOOTSTRAP_STREAM) * len(made.resamples)).astype(int)
        refitted = made.resamples[row]
        values = np.where(np.isnan(refitted), values, refitted)
    if made.averaged:
        values[:, 0] = _choices(made, uniform_of, endpoint)
    return values


def _multivariate_normal(made: CurveCoefficients, uniform_of: UniformSource, stream: str) -> Array:
    """``(n_draws, k)`` on the natural scale."""
    assert made.covariance is not None
    k = len(made.natural)
    standard = np.stack([special.ndtri(uniform_of(f"{stream}.{i}")) for i in range(k)], axis=1)
    return made.family.to_natural(made.estimates + standard @ root_of(made.covariance).T)


def _choices(made: CurveCoefficients, uniform_of: UniformSource, endpoint: str) -> Array:
    """Position of the family that each draw takes ``(n_draws,)``. The arms of an endpoint share the stream, so that
    with equal weights they take the same family in every draw."""
    assert isinstance(made.family, ModelAverage)
    bounds = np.cumsum(made.family.weights)[:-1]
    chosen = np.searchsorted(bounds, uniform_of(f"{CHOICE_STREAM}.{endpoint}"), side="right")
    return chosen.astype(float)


def root_of(covariance: Array) -> Array:
    """A lower-triangular or symmetric root R with R R' = covariance (positive semi-definite)."""
    try:
        root: Array = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def dirichlet_groups(definition: ModelDefinition) -> list[list[str]]:
    """Ids of the shares that are sampled together: the treatments after progression of one arm (or of all)."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for row in definition.subsequent:
        if row.parameter.distribution == "dirichlet":
            groups.setdefault((row.item, row.arm), []).append(address_of("subsequent", row))
    return list(groups.values())
