"""The public doors: a curve from the coefficients of another program, and the coefficients another program would print."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.shown import Shown, View, columns_view
from model.survival.distributions import distribution as standard_distribution
from model.survival.families.base import Distribution
from model.survival.families.splines import RoystonParmar
from model.survival.programs.conversion import Conversion, conversion, family_printed, in_order
from model.survival.programs.programs import parametrisation
from model.survival.programs.time_units import MONTHS, months_in
from model.survival.shown_coefficients import coefficients_view


@dataclasses.dataclass(frozen=True, eq=False)
class Converted(Shown):
    """A curve in the model's own coefficients, time in months.

    family: a spline's with its knots. natural: ``(k,)``, in the order of ``family.parameters``. covariance: ``(k, k)`` on the
    estimation scale, or None where none was given.
    """

    family: Distribution
    natural: Array
    covariance: Array | None = None

    @property
    def estimates(self) -> Array:
        """The coefficients on the estimation scale ``(k,)``."""
        return self.family.to_estimation(self.natural)

    def survival(self, months: ArrayLike) -> Array:
        """S at times in months ``(n,)``."""
        return self.family.survival(months, self.natural)

    def view(self) -> View:
        """The coefficients with their standard errors on the estimation scale."""
        return coefficients_view(self.family, self.estimates, self.covariance, f"Curve: {self.family.label}, time in months")


@dataclasses.dataclass(frozen=True, eq=False)
class Printed(Shown):
    """Coefficients as a program prints them, in its unit of time.

    names, values ``(k,)``: in the order of the covariance ``(k, k)``, which is of what the program gives it of (its
    parametrisation says so), or None. knots: of a spline, times in that unit, or None.
    """

    program: str
    time_unit: str
    names: tuple[str, ...]
    values: Array
    covariance: Array | None = None
    knots: Array | None = None

    @property
    def coefficients(self) -> dict[str, float]:
        """The values by name."""
        return {name: float(value) for name, value in zip(self.names, self.values, strict=True)}

    def view(self) -> View:
        """The coefficients by the names of the program."""
        told = ", ".join(f"{name} {value:.5g}" for name, value in self.coefficients.items())
        columns = {"Coefficient": self.names, "Value": self.values}
        return columns_view(f"As {self.program} prints it, time in {self.time_unit}", columns, [told])


def from_program(
    program: str,
    distribution: str,
    coefficients: Mapping[str, float] | Sequence[float] | ArrayLike,
    covariance: ArrayLike | None = None,
    time_unit: str = MONTHS,
    knots: ArrayLike | None = None,
) -> Converted:
    """A curve from coefficients as a program prints them; everything it returns has time in months.

    program: one of :data:`PROGRAMS`. distribution: by the model's name, such as "weibull" or "spline_hazard_2".
    coefficients: by the program's names, or in its order ``(k,)``. covariance: ``(k, k)`` in that order, as the program
    prints it (of logarithms where it estimates logarithms). time_unit: days, weeks, months or years. knots: of a spline, all
    of them, times in that unit. What each program prints, with its equation and source:
    :func:`parametrisation`. Covariance by the delta method (Oehlert 1992, Am Stat 46:27).

    Raises ValueError for what the program does not print, a name that is missing (with the one that was meant), a value that
    cannot be, and a covariance of another shape.

    >>> made = from_program("survreg", "weibull", {"(Intercept)": 4.0, "Log(scale)": -0.5})
    >>> made.family.name, [round(float(c), 4) for c in made.natural]
    ('weibull', [1.6487, 54.5982])
    """
    parametrisation(program, distribution)  # refuses first what the program has not
    family = family_printed(distribution, knots, time_unit)
    made = conversion(program, family, time_unit)
    values = in_order(made, program, coefficients)
    natural = made.natural(values)
    if not family.valid(natural):
        raise ValueError(f"no {distribution} curve has these coefficients.")
    carried = None if covariance is None else made.covariance(values, _square(covariance, made))
    return Converted(family, natural, carried)


def to_program(
    program: str, family: str | Distribution, natural: ArrayLike, covariance: ArrayLike | None = None, time_unit: str = MONTHS
) -> Printed:
    """What a program would print of a curve: the way back of :func:`from_program`.

    family: a distribution or its name; a spline with its knots. natural: ``(k,)`` with time in months; covariance ``(k, k)``
    on the estimation scale. Raises ValueError for what the program does not print: another distribution, or a curve that
    its version of the distribution does not hold (a generalised gamma with Q at or below 0 in gengamma.orig, a Gompertz
    curve with a shape at or below 0 in scipy).

    >>> printed = to_program("streg", "weibull", [1.5, 20.0])
    >>> {name: round(value, 4) for name, value in printed.coefficients.items()}
    {'_cons': -4.4936, '/ln_p': 0.4055}
    """
    known = standard_distribution(family) if isinstance(family, str) else family
    made = conversion(program, known, time_unit)
    ours = np.asarray(natural, dtype=float)
    with np.errstate(all="ignore"):
        values = made.as_printed(ours)
    positive = [made.names.index(name) for name in made.printed.positive]
    if not (np.isfinite(values).all() and (values[positive] > 0).all()):
        raise ValueError(f"{program} does not print this {known.name} curve.")
    carried = None if covariance is None else made.covariance_as_printed(ours, _square(covariance, made))
    knots = np.exp(made.base.knots) / months_in(time_unit) if isinstance(made.base, RoystonParmar) else None
    return Printed(program, time_unit, made.names, values, carried, knots)


def _square(covariance: ArrayLike, made: Conversion) -> Array:
    matrix = np.asarray(covariance, dtype=float)
    if matrix.shape != (len(made.names), len(made.names)):
        raise ValueError(f"the covariance must be {len(made.names)} x {len(made.names)}, for {', '.join(made.names)}.")
    return matrix
