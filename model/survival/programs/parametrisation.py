"""How one program prints one distribution: names, their meaning, and their form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from model.shown import Shown, View
from model.survival.programs.forms import Form


@dataclasses.dataclass(frozen=True, kw_only=True)
class Parametrisation(Shown):
    """One distribution as one program prints it, in the program's own unit of time.

    names: the coefficients in the order of the program's covariance.
    form: the way to the model's natural coefficients and back.
    covariance_of: "itself" where the covariance is of the coefficient as printed, "log" where it is of its logarithm.
    positive: the coefficients that must be above 0.
    equation: S(t) in the program's own letters. source: where the program documents it.
    """

    names: tuple[str, ...]
    form: Form
    equation: str
    source: str
    covariance_of: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.covariance_of:
            object.__setattr__(self, "covariance_of", ("itself",) * len(self.names))

    def view(self) -> View:
        """Its coefficients and its equation."""
        return View("Parametrisation: " + ", ".join(self.names), words=[self.equation, self.source])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Program:
    """A program, or one of several ways in which it prints. families: by the name of the model's distribution.

    spline: by the number of internal knots the parametrisation of a spline, None where the program has none;
    spline_scales: those it prints. meaning: of the word in a sentence.
    """

    meaning: str
    families: Mapping[str, Parametrisation]
    spline: Callable[[int], Parametrisation] | None = None
    spline_scales: tuple[str, ...] = ()


def spline_names(first: str, others: str, internal: int) -> Iterator[str]:
    """``first`` and then ``others`` with their numbers from 1: as many as a spline with so many internal knots has."""
    yield first
    for number in range(1, internal + 2):
        yield others.format(number)
