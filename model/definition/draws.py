"""Draws: the value of every parameter in every draw, and how they are sampled.

Streams are keyed by parameter id (Salmon et al. 2011, counter-based generators; NumPy's SeedSequence): adding a
parameter, reordering a sheet or changing the number of threads never changes another parameter's draws.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.survival import distribution

from .calibrated_curves import CurveCoefficients, curve_coefficients, curve_id
from .model_definition import ModelDefinition, address_of

Array = NDArray[np.float64]


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
    return np.maximum(generator.random(n), 2.0**-54)


def base_case_draws(definition: ModelDefinition) -> Draws:
    """One draw: every parameter at its value."""
    values = {name: np.array([p.value]) for name, p in definition.parameters.items()}
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None:
            values[curve_id(curve)] = made.natural[None, :]
    return Draws(1, values)


def sample(definition: ModelDefinition, n_draws: int, seed: int) -> Draws:
    """``n_draws`` independent draws of every uncertain parameter (inverse transforms of keyed streams)."""
    values: dict[str, Array] = {}
    for name, parameter in definition.parameters.items():
        if not parameter.uncertain:
            values[name] = np.array([parameter.value])
        elif parameter.distribution == "dirichlet":
            assert parameter.sample_size is not None
            shape = parameter.value * parameter.sample_size
            values[name] = np.asarray(special.gammaincinv(shape, uniforms(seed, name, n_draws)))
        else:
            values[name] = parameter.quantile(uniforms(seed, name, n_draws))
    for group in dirichlet_groups(definition):
        total = np.sum([values[name] for name in group], axis=0)
        for name in group:
            values[name] = values[name] / total
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is not None and made.covariance is not None:
            values[curve_id(curve)] = _sample_coefficients(made, seed, curve_id(curve), n_draws)
    return Draws(n_draws, values)


def _sample_coefficients(made: CurveCoefficients, seed: int, key: str, n_draws: int) -> Array:
    """``(n_draws, k)`` natural coefficients, multivariate normal on the estimation scale."""
    assert made.covariance is not None
    standard = np.stack([special.ndtri(uniforms(seed, f"{key}.{i}", n_draws)) for i in range(len(made.natural))], axis=1)
    family = distribution(made.distribution)
    estimates = family.to_estimation(made.natural) + standard @ root_of(made.covariance).T
    return family.to_natural(estimates)


def root_of(covariance: Array) -> Array:
    """A lower-triangular or symmetric root R with R R' = covariance (positive semi-definite)."""
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.maximum(values, 0.0))


def dirichlet_groups(definition: ModelDefinition) -> list[list[str]]:
    """Ids of the shares that are sampled together: the treatments after progression of one arm (or of all)."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for row in definition.subsequent:
        if row.parameter.distribution == "dirichlet":
            groups.setdefault((row.item, row.arm), []).append(address_of("subsequent", row))
    return list(groups.values())
