"""Draws of inputs that were made elsewhere: joint rows of a network meta-analysis, a Bayesian fit, an elicitation."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.definition.records.parameters import Parameter

INPUT_ROWS = "input_draws"  # the column of a design that says which row a draw takes
FROM_ELSEWHERE = "input_draws"  # the word that stands for the distribution of such an input


@dataclasses.dataclass(frozen=True, eq=False)
class InputDraws:
    """Joint draws. ``columns``: by the id of an input, or of a coefficient of a curve such as "curves.control.pfs[shape]",
    ``(n_rows,)`` each; ``source``: where they are from, in a word."""

    source: str
    columns: Mapping[str, Array]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InputDraws):
            return NotImplemented
        return self.source == other.source and self.checksum == other.checksum

    def __hash__(self) -> int:
        return hash((self.source, self.checksum))

    @property
    def n_rows(self) -> int:
        """Joint samples."""
        return len(next(iter(self.columns.values())))

    @property
    def ids(self) -> tuple[str, ...]:
        """What is drawn: an input, or a curve with all its coefficients, each once."""
        return tuple(dict.fromkeys(id_of(name) for name in self.columns))

    @property
    def checksum(self) -> str:
        """SHA-256 of names and numbers, whatever file they are from."""
        found = hashlib.sha256()
        for name, values in self.columns.items():
            found.update(name.encode() + b"\0" + np.ascontiguousarray(values, dtype="<f8").tobytes())
        return found.hexdigest()

    def at(self, rows: NDArray[np.int_], coefficients: Mapping[str, Sequence[str]]) -> dict[str, Array]:
        """The values in some rows by id: ``(n,)``, or ``(n, k)`` of a curve, of which ``coefficients`` gives the names."""
        found = {}
        for name in self.ids:
            plain = self.columns.get(name)
            found[name] = (self.of_curve(name, coefficients[name]) if plain is None else plain)[rows]
        return found

    def of_curve(self, curve_id: str, coefficients: Sequence[str]) -> Array:
        """All rows of the coefficients of a curve, by their names ``(n_rows, k)``."""
        return np.stack([self.columns[f"{curve_id}[{name}]"] for name in coefficients], axis=1)

    def rows_of(self, uniform: Array) -> NDArray[np.int_]:
        """The rows that uniform numbers stand for, each as likely as any other ``(n,)``."""
        return np.minimum((uniform * self.n_rows).astype(np.int_), self.n_rows - 1)


def id_of(column: str) -> str:
    """The id in the draws of a column: that before the name of a coefficient."""
    return column.partition("[")[0]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DrawnElsewhere(Parameter):
    """An input of which draws were made elsewhere: its value and source as typed, its distribution that of the draws."""

    draws: Array

    def quantile(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile of the draws; of one held fixed its value."""
        if not self.uncertain:
            return super().quantile(probability)
        return np.asarray(np.quantile(self.draws, np.asarray(probability, dtype=float)), dtype=np.float64)

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the draws."""
        if not self.uncertain:
            return super().moments()
        return float(self.draws.mean()), float(self.draws.std(ddof=1))


def drawn_elsewhere(parameter: Parameter, draws: Array) -> DrawnElsewhere:
    """The parameter with draws from elsewhere in the place of its distribution."""
    own = {field.name: getattr(parameter, field.name) for field in dataclasses.fields(Parameter)}
    return DrawnElsewhere(**{**own, "distribution": FROM_ELSEWHERE, "draws": draws})
