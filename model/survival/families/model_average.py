"""The average of several candidate curves: structural uncertainty as one more uncertain parameter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution

MIXED = -1.0  # value of the choice at which the curve is the weighted mean of all
_BISECTIONS = 100


class ModelAverage(Distribution):
    """S(t) = sum of w_i S_i(t) with `choice` -1 (base case), or S_i(t) with `choice` i (a draw takes one curve).

    families: m distributions; weights: (m,), summing to 1. Parameters: choice, then those of every family as
    "name.parameter". Drawing the choice with the weights and the coefficients of each family by its own covariance
    gives the mixture distribution of model averaging (Jackson, Thompson and Sharples 2009, J R Stat Soc A 172:383).
    """

    name = "model_average"
    proportional_hazards = False

    def __init__(self, families: Sequence[Distribution], weights: ArrayLike):
        w = np.array(weights, dtype=float)
        if len(families) == 0 or w.shape != (len(families),):
            raise ValueError("a model average needs one weight for each of its families.")
        if not (np.all(w > 0) and abs(w.sum() - 1) < 1e-9):
            raise ValueError(f"the weights of a model average must be above 0 and sum to 1, not {w.sum():.6g}.")
        self.families, self.weights = tuple(families), w
        self.label = f"Average of {len(families)} distributions"
        self.parameters = ("choice", *(f"{f.name}.{p}" for f in families for p in f.parameters))
        self.estimation_scale = ("identity", *(s for f in families for s in f.estimation_scale))
        self.time_role = ("shape", *(r for f in families for r in f.time_role))
        ends = np.cumsum([1, *(len(f.parameters) for f in families)])
        self._places = [slice(a, b) for a, b in itertools.pairwise(ends)]

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, *self.weights.tolist(), *(f.identity for f in self.families))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return ModelAverage, (self.families, self.weights)

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        given = np.asarray(coefficients, dtype=float)
        own = [f.valid(given[..., p]) for f, p in zip(self.families, self._places, strict=True)]
        return np.logical_and.reduce(own)

    def to_natural(self, estimates: ArrayLike) -> Array:
        given = np.asarray(estimates, dtype=float)
        parts = [f.to_natural(given[..., p]) for f, p in zip(self.families, self._places, strict=True)]
        return np.concatenate([given[..., :1], *parts], axis=-1)

    def around(self, estimates: Array, steps: ArrayLike) -> Array:
        moved = np.asarray(steps, dtype=float)
        parts = [f.around(estimates[p], moved[..., p]) for f, p in zip(self.families, self._places, strict=True)]
        return np.concatenate([estimates[:1] + moved[..., :1], *parts], axis=-1)

    def steps_to(self, natural: ArrayLike, estimates: Array) -> Array:
        given = np.asarray(natural, dtype=float)
        parts = [f.steps_to(given[..., p], estimates[p]) for f, p in zip(self.families, self._places, strict=True)]
        return np.concatenate([given[..., :1] - estimates[:1], *parts], axis=-1)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Each family's own; raises ValueError where one of them cannot."""
        given = np.asarray(coefficients, dtype=float)
        parts = [f.rescale_time(given[..., p], factor) for f, p in zip(self.families, self._places, strict=True)]
        choice = np.broadcast_to(given[..., :1], (*parts[0].shape[:-1], 1))
        return np.concatenate([choice, *parts], axis=-1)

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        """Each family only for the rows that take it; all of them for the rows that mix."""
        choice = columns[0][..., 0]
        by_row = time.ndim > 1
        result = np.empty((*np.broadcast_shapes(choice.shape, time.shape[:-1]), time.shape[-1]))
        flat, rows = result.reshape(-1, time.shape[-1]), np.broadcast_to(choice, result.shape[:-1]).ravel()
        cells = [np.broadcast_to(c, (*result.shape[:-1], 1)).reshape(-1, 1) for c in columns]
        times = np.broadcast_to(time, result.shape).reshape(flat.shape) if by_row else time
        for i, place in enumerate(self._places):
            mine = rows == i
            if mine.any():
                flat[mine] = self._one(i, times[mine] if by_row else times, [c[mine] for c in cells[place]])
        mixed = rows == MIXED
        if mixed.any():
            at = times[mixed] if by_row else times
            logs = [
                np.log(w) - self._one(i, at, [c[mixed] for c in cells[place]])
                for i, (w, place) in enumerate(zip(self.weights, self._places, strict=True))
            ]
            whole = np.logaddexp.reduce(np.log(self.weights))  # 0, but for rounding
            flat[mixed] = np.maximum(whole - np.logaddexp.reduce(logs, axis=0), 0.0)
        return result

    def _one(self, i: int, time: Array, cells: list[Array]) -> Array:
        return self.families[i]._cumulative_hazard(time, *cells)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """Of a mixture: the families' densities over their survival, both weighted."""
        choice = columns[0]
        parts = list(zip(self.weights, self.families, self._places, strict=True))
        hazards = [f._log_hazard(time, *columns[p]) for _, f, p in parts]
        logs = [np.log(w) - f._cumulative_hazard(time, *columns[p]) for w, f, p in parts]
        density = np.logaddexp.reduce([h + s for h, s in zip(hazards, logs, strict=True)], axis=0)
        result = density - np.logaddexp.reduce(logs, axis=0)
        for i, hazard in enumerate(hazards):
            result = np.where(choice == i, hazard, result)
        return result

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        """A single family's own; the mixture's lies between the lowest and highest of the families: bisection."""
        choice = columns[0]
        own = [f._quantile(probability, *columns[p]) for f, p in zip(self.families, self._places, strict=True)]
        low, high = np.minimum.reduce(own), np.minimum(np.maximum.reduce(own), 1e12)
        goal = -np.log1p(-probability)
        for _ in range(_BISECTIONS):
            middle = np.where(low > 0, np.sqrt(low * high), (low + high) / 2)
            below = self._at_rows(middle, columns) < goal
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        result = np.where(high >= 1e12, np.inf, high)
        for i, quantile in enumerate(own):
            result = np.where(choice == i, quantile, result)
        return result

    def _at_rows(self, time: Array, columns: tuple[Array, ...]) -> Array:
        """Cumulative hazard of the mixture at each row's own times."""
        logs = [
            np.log(w) - f._cumulative_hazard(time, *columns[p])
            for w, f, p in zip(self.weights, self.families, self._places, strict=True)
        ]
        return -np.logaddexp.reduce(logs, axis=0)

    def _mean(self, *columns: Array) -> Array:
        return self._of_means([f._mean(*columns[p]) for f, p in zip(self.families, self._places, strict=True)], columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        means = [f._restricted_mean(limit, *columns[p]) for f, p in zip(self.families, self._places, strict=True)]
        return self._of_means(means, columns)

    def _of_means(self, means: list[Array], columns: tuple[Array, ...]) -> Array:
        choice = columns[0][..., 0]
        used = [(w, m) for w, m in zip(self.weights, means, strict=True) if w > 0]
        result: Array = sum(w * m for w, m in used)  # type: ignore[assignment]
        for i, mean in enumerate(means):
            result = np.where(choice == i, mean, result)
        return result


def aic_weights(aic: ArrayLike) -> Array:
    """Akaike weights (m,): exp(-(AIC - lowest) / 2), summing to 1; nan counts as 0.

    Burnham and Anderson (2002), Model Selection and Multimodel Inference, section 2.9.

    >>> from model import survival
    >>> survival.aic_weights([100.0, 100.0]).tolist()
    [0.5, 0.5]
    """
    values = np.asarray(aic, dtype=float)
    with np.errstate(invalid="ignore"):
        relative = np.nan_to_num(np.exp(-(values - np.nanmin(values)) / 2), nan=0.0)
    return relative / relative.sum()
