"""Curves of several groups estimated jointly: one base family, and one effect that sets each group apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.cure import places_of_cure, with_cure_odds

EFFECTS = ("hazard_ratio", "acceleration_factor", "odds_ratio", "cure_odds_ratio")
_LARGE = 600.0  # beyond this exp(H) overflows; there the odds ratio adds its logarithm


class TreatmentCovariate(Distribution):
    """The curve of one group. H = r H0 (`hazard_ratio`), H0(t / r) (`acceleration_factor`),
    log(1 + r (exp(H0) - 1)) (`odds_ratio`), or H0 with the odds of being cured multiplied by r (`cure_odds_ratio`), with r
    the group's own ratio, 1 for the reference (`group` None).

    groups: the groups other than the reference. Parameters: those of the base family, then effect_<group> for each
    group, a ratio (log scale). The curves of all groups share one vector of coefficients, so that draws of it keep
    the correlation between the groups. Cox (1972), Wei (1992), Bennett (1983); Farewell (1982), Biometrics 38:1041 for the
    cure share. Raises ValueError for an unknown effect or group, and for the odds of cure of a family without.
    """

    name = "treatment_covariate"

    def __init__(self, base: Distribution, effect: str, groups: Sequence[str], group: str | None = None):
        if effect not in EFFECTS:
            raise ValueError(f"{effect!r} is not an effect. Allowed: {', '.join(EFFECTS)}.")
        if group is not None and group not in groups:
            raise ValueError(f"{group!r} is not a group. Allowed: {', '.join(groups)}.")
        if effect == "cure_odds_ratio" and not places_of_cure(base.parameters):
            raise ValueError(f"the odds of cure need a cure fraction, which a {base.label} curve does not have.")
        self.base, self.effect, self.groups, self.group = base, effect, tuple(groups), group
        self.proportional_hazards = base.proportional_hazards
        self.label = f"{base.label}, fitted jointly"
        self.parameters = (*base.parameters, *(f"effect_{g}" for g in groups))
        self.estimation_scale = (*base.estimation_scale, *("log",) * len(self.groups))
        self.time_role = (*base.time_role, *("shape",) * len(self.groups))

    def of(self, group: str | None) -> TreatmentCovariate:
        """The curve of another group, with the same coefficients."""
        return TreatmentCovariate(self.base, self.effect, self.groups, group)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, self.effect, self.groups, self.group, *self.base.identity)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return TreatmentCovariate, (self.base, self.effect, self.groups, self.group)

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        given = np.asarray(coefficients, dtype=float)
        return super().valid(given) & self.base.valid(given[..., : len(self.base.parameters)])

    def edge(self, coefficients: Array) -> str:
        return self.base.edge(coefficients[: len(self.base.parameters)])

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        given = np.asarray(coefficients, dtype=float)
        k = len(self.base.parameters)
        rest = self.base.rescale_time(given[..., :k], factor)
        ratios = np.broadcast_to(given[..., k:], (*rest.shape[:-1], len(self.groups)))
        return np.concatenate([rest, ratios], axis=-1)

    def _split(self, columns: tuple[Array, ...]) -> tuple[tuple[Array, ...], Array | None]:
        """Coefficients of the base family, in which an effect on the cure share has acted, and any other ratio."""
        k = len(self.base.parameters)
        base, ratio = list(columns[:k]), None if self.group is None else columns[k + self.groups.index(self.group)]
        if ratio is None or self.effect != "cure_odds_ratio":
            return tuple(base), ratio
        for place in places_of_cure(self.base.parameters):
            base[place] = with_cure_odds(base[place], ratio)
        return tuple(base), None

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        base, ratio = self._split(columns)
        if ratio is None:
            return self.base._cumulative_hazard(time, *base)
        if self.effect == "acceleration_factor":
            return self.base._cumulative_hazard(time / ratio, *base)
        hazard = self.base._cumulative_hazard(time, *base)
        if self.effect == "hazard_ratio":
            return ratio * hazard
        early = np.log1p(ratio * np.expm1(np.minimum(hazard, _LARGE)))
        return np.where(hazard < _LARGE, early, np.maximum(hazard + np.log(ratio), early))

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        base, ratio = self._split(columns)
        if ratio is None:
            return self.base._log_hazard(time, *base)
        if self.effect == "acceleration_factor":
            return self.base._log_hazard(time / ratio, *base) - np.log(ratio)
        own = self.base._log_hazard(time, *base)
        if self.effect == "hazard_ratio":
            return own + np.log(ratio)
        # h = h0 r exp(H0) / (1 + r (exp(H0) - 1)) = h0 r / (exp(-H0) + r (1 - exp(-H0)))
        hazard = self.base._cumulative_hazard(time, *base)
        return own + np.log(ratio) - np.log(np.exp(-hazard) - ratio * np.expm1(-hazard))

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        base, ratio = self._split(columns)
        if ratio is None:
            return self.base._quantile(probability, *base)
        if self.effect == "acceleration_factor":
            return ratio * self.base._quantile(probability, *base)
        if self.effect == "hazard_ratio":
            return self.base._quantile(-np.expm1(np.log1p(-probability) / ratio), *base)
        return self.base._quantile(probability / (probability + ratio * (1 - probability)), *base)

    def _mean(self, *columns: Array) -> Array:
        base, ratio = self._split(columns)
        if ratio is None:
            return self.base._mean(*base)
        if self.effect == "acceleration_factor":
            return ratio[..., 0] * self.base._mean(*base)
        return self._mean_by_quadrature(*columns)
