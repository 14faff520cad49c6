"""Cure models: a share of people never has the event.

Combined with an excess hazard (`estimation`, `excess=True`) the cured die at the general population's rate:
S = S_population x S_cure. Lambert, Thompson, Weston and Dickman (2007), Biostatistics 8:576.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution

CURE_FRACTION = "cure_fraction"


def places_of_cure(parameters: Sequence[str]) -> list[int]:
    """Where the cure fractions stand among the parameters of a family, also of an average or behind a first part."""
    return [i for i, name in enumerate(parameters) if name.rsplit(".", 1)[-1] == CURE_FRACTION]


def with_cure_odds(share: Array, odds_ratio: Array) -> Array:
    """The share cured whose odds are those of `share` times a ratio: logit pi' = logit pi + log ratio.

    The coefficient of a covariate on the cure share, in a logistic model, is the logarithm of the ratio (Farewell 1982,
    Biometrics 38:1041). Both broadcast; nobody cured stays nobody, everybody stays everybody.
    """
    cured = share * odds_ratio
    return cured / (1 - share + cured)


class _Cure(Distribution):
    """What both cure models share: the base family, and the cure fraction as the first parameter (logit scale)."""

    kind: str
    starts_from = "base family"

    def __init__(self, base: Distribution):
        self.base = base
        self.name = f"{self.kind}_cure_{base.name}"
        self.label = f"{base.label}, {self.kind.replace('_', '-')} cure"
        self.parameters = (CURE_FRACTION, *base.parameters)
        self.estimation_scale = ("logit", *base.estimation_scale)
        self.time_role = ("shape", *base.time_role)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, *self.base.identity)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return type(self), (self.base,)

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        given = np.asarray(coefficients, dtype=float)
        return super().valid(given) & self.base.valid(given[..., 1:])

    def edge(self, coefficients: Array) -> str:
        """That of the base family, and that it is without the cure fraction."""
        own = self.base.edge(coefficients[1:])
        return f"Apart from the cure fraction, {own[0].lower() if own[1:2].islower() else own[0]}{own[1:]}" if own else ""

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        given = np.asarray(coefficients, dtype=float)
        rest = self.base.rescale_time(given[..., 1:], factor)
        share = np.broadcast_to(given[..., :1], (*rest.shape[:-1], 1))
        return np.concatenate([share, rest], axis=-1)

    def _mean(self, *columns: Array) -> Array:
        """inf as soon as anybody is cured."""
        return np.where(columns[0][..., 0] > 0, np.inf, self.base._mean(*columns[1:]))


class MixtureCure(_Cure):
    """S(t) = pi + (1 - pi) S_u(t): a share pi is cured from the start; the others follow the base family.

    pi = 0 is the base family itself, pi = 1 means that nobody has the event. Boag (1949), J R Stat Soc B 11:15.
    """

    kind = "mixture"
    proportional_hazards = False

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        cured, base = columns[0], self.base._cumulative_hazard(time, *columns[1:])
        with_cure = -np.log1p((1 - cured) * np.expm1(-base))
        return np.where(cured > 0, with_cure, base)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """log h = log h_u + log((1 - pi) S_u / S)."""
        cured, base = columns[0], self.base._cumulative_hazard(time, *columns[1:])
        share = np.log1p(-cured) - base + self._cumulative_hazard(time, *columns)
        return self.base._log_hazard(time, *columns[1:]) + np.where(cured > 0, share, 0.0)

    def _log_density(self, time: Array, *columns: Array) -> Array:
        return np.log1p(-columns[0]) + self.base._log_density(time, *columns[1:])

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        among = probability / (1 - columns[0])
        inside = among < 1
        return np.where(inside, self.base._quantile(np.where(inside, among, 0.5), *columns[1:]), np.inf)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        cured = columns[0][..., 0]
        return cured * limit + (1 - cured) * self.base._restricted_mean(limit, *columns[1:])


class NonMixtureCure(_Cure):
    """S(t) = pi^F_u(t), F_u = 1 - S_u: the hazard is that of the base family's distribution function, times -log pi.

    pi = 1 means that nobody has the event; at pi -> 0 nobody is cured, and the curve is no proper limit of the base
    family, so pi = 0 is read as the base family itself. Tsodikov (1998), J R Stat Soc B 60:195.
    """

    kind = "non_mixture"
    proportional_hazards = True  # the ratio is a power of the cure fraction

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        cured, base = columns[0], self.base._cumulative_hazard(time, *columns[1:])
        scale = -np.log(np.where(cured > 0, cured, 0.5))
        return np.where(cured > 0, -scale * np.expm1(-base), base)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        cured = columns[0]
        own = self.base._log_hazard(time, *columns[1:])
        density = own - self.base._cumulative_hazard(time, *columns[1:])
        scale = -np.log(np.where(cured > 0, cured, 0.5))
        return np.where(cured > 0, np.log(scale) + density, own)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        cured = columns[0]
        safe = np.where(cured > 0, cured, 0.5)
        among = np.where(cured > 0, np.log1p(-probability) / np.log(safe), probability)
        inside = among < 1
        return np.where(inside, self.base._quantile(np.where(inside, among, 0.5), *columns[1:]), np.inf)
