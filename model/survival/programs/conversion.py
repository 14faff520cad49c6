"""From coefficients as a program prints them to the model's own, and back, with their covariance.

The covariance is carried over by the delta method, J V J' with J the derivatives of the one set of coefficients by the other
(Oehlert 1992, Am Stat 46:27). J is exact: the conversions are analytic, so that f(x + ih) = f(x) + ih f'(x) gives the
derivative without a difference that loses digits (complex step; Squire and Trapp 1998, SIAM Rev 40:110).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.constants import DAYS_PER_MONTH
from model.spelling import did_you_mean
from model.survival.distributions import distribution as standard_distribution
from model.survival.families.base import Distribution
from model.survival.families.splines import SPLINE_NAMES, RoystonParmar, spline_parts
from model.survival.programs.forms import KEPT, Numbers
from model.survival.programs.parametrisation import Parametrisation
from model.survival.programs.programs import OWN, parametrisation
from model.survival.programs.time_units import MONTHS, months_in, rescaled

_STEP = 1e-30


@dataclasses.dataclass(frozen=True, eq=False)
class Conversion:
    """Between what a program prints of a curve and the model's coefficients of it, time in months.

    family: with knots in months, if it has any. base: the part of it that the program prints; further coefficients of the
    family (a cure fraction, an effect) are the same on either side, and their covariance is on the estimation scale.
    """

    printed: Parametrisation
    family: Distribution
    base: Distribution
    months: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients in the order of the covariance."""
        return self._around(self.family.parameters, self.printed.names)

    @property
    def changes_nothing(self) -> bool:
        """Are coefficients and covariance printed as the model has them?"""
        kinds = tuple("log" if scale == "log" else "itself" for scale in self.base.estimation_scale)
        return self.printed.form == KEPT and self.months == 1.0 and self.printed.covariance_of == kinds

    def natural(self, values: ArrayLike) -> Array:
        """Printed coefficients ``(..., k)`` to the model's natural ones ``(..., k)``, time in months."""
        if self.changes_nothing:
            return np.asarray(values, dtype=float)
        return np.asarray(self._natural(np.asarray(values, dtype=float)), dtype=float)

    def as_printed(self, natural: ArrayLike) -> Array:
        """The model's natural coefficients ``(..., k)``, time in months, to those that the program prints ``(..., k)``."""
        return np.asarray(self._as_printed(np.asarray(natural, dtype=float)), dtype=float)

    @np.errstate(all="ignore")
    def covariance(self, values: Array, covariance: ArrayLike) -> Array:
        """Covariance ``(k, k)`` as printed with the coefficients ``(k,)`` to that on the model's estimation scale."""
        if self.changes_nothing:
            return np.asarray(covariance, dtype=float)
        at = self._scaled(values)
        return _carried(lambda x: self._estimates(self._natural(self._unscaled(x))), at, covariance)

    @np.errstate(all="ignore")
    def covariance_as_printed(self, natural: Array, covariance: ArrayLike) -> Array:
        """Covariance ``(k, k)`` on the model's estimation scale to that which the program prints."""
        at = self.family.to_estimation(natural)
        return _carried(lambda x: self._scaled(self._as_printed(self._from_estimates(x))), at, covariance)

    # ---- real or complex, along the last axis --------------------------------------------------------------------

    @property
    def _place(self) -> slice:
        """Where the coefficients that the program prints stand among those of the family."""
        first = self.family.parameters.index(self.base.parameters[0])
        return slice(first, first + len(self.base.parameters))

    def _around(self, all_of_them: tuple[str, ...], printed: tuple[str, ...]) -> tuple[str, ...]:
        """The words of the family with those of the program in their place."""
        return (*all_of_them[: self._place.start], *printed, *all_of_them[self._place.stop :])

    def _natural(self, values: Array) -> Array:
        columns = tuple(np.moveaxis(values[..., self._place], -1, 0))
        return self._with(values, rescaled(Numbers, self.base, self.printed.form.to_ours(Numbers, *columns), self.months))

    def _as_printed(self, natural: Array) -> Array:
        columns = tuple(np.moveaxis(natural[..., self._place], -1, 0))
        return self._with(
            natural, self.printed.form.to_theirs(Numbers, *rescaled(Numbers, self.base, columns, 1 / self.months))
        )

    def _with(self, values: Array, columns: tuple[Array, ...]) -> Array:
        """The values, with others where the program's stand."""
        made = np.array(values)
        made[..., self._place] = np.stack(np.broadcast_arrays(*columns), axis=-1)
        return made

    def _scaled(self, values: Array) -> Array:
        """Printed coefficients on the scale of the printed covariance."""
        kinds = self._around(self.family.estimation_scale, self.printed.covariance_of)
        return _each(values, kinds, {"log": np.log, "logit": lambda x: np.log(x) - np.log1p(-x)})

    def _unscaled(self, values: Array) -> Array:
        kinds = self._around(self.family.estimation_scale, self.printed.covariance_of)
        return _each(values, kinds, {"log": np.exp, "logit": _expit})

    def _estimates(self, natural: Array) -> Array:
        kinds = self.family.estimation_scale
        return _each(natural, kinds, {"log": np.log, "logit": lambda x: np.log(x) - np.log1p(-x)})

    def _from_estimates(self, estimates: Array) -> Array:
        return _each(estimates, self.family.estimation_scale, {"log": np.exp, "logit": _expit})


def conversion(
    program: str, family: Distribution, time_unit: str = MONTHS, days_per_month: float = DAYS_PER_MONTH
) -> Conversion:
    """The conversion for a family: standard, a spline with its knots in months, or the cure version of either.

    Raises ValueError for an unknown program or unit, and for a family that the program does not print.
    """
    base = family
    while hasattr(base, "base"):
        base = base.base
    return Conversion(parametrisation(program, base.name), family, base, months_in(time_unit, days_per_month))


def family_printed(
    distribution: str, knots: ArrayLike | None, time_unit: str, days_per_month: float = DAYS_PER_MONTH
) -> Distribution:
    """The family of a distribution by name; a spline's knots are times in the program's unit, boundary knots included.

    Raises ValueError where a spline's knots are missing, too few or too many, or do not rise.
    """
    if distribution not in SPLINE_NAMES:
        return standard_distribution(distribution)
    scale, internal = spline_parts(distribution)
    given = np.zeros(0) if knots is None else np.asarray(knots, dtype=float)
    if given.shape != (internal + 2,) or not (np.all(given > 0) and np.all(np.diff(given) > 0)):
        raise ValueError(f"a {distribution} curve needs {internal + 2} knots, times above 0 that rise")
    return RoystonParmar(scale, np.log(given * months_in(time_unit, days_per_month)))


def in_order(made: Conversion, program: str, coefficients: Mapping[str, float] | Sequence[float] | ArrayLike) -> Array:
    """The printed coefficients ``(k,)`` in the order of the covariance, from a mapping by name or from numbers in order.

    Raises ValueError, with the name that was meant, where a name is missing or unknown, or a number cannot be.
    """
    if isinstance(coefficients, Mapping):
        problems = name_problems(made, program, coefficients)
        told = [*problems.slips.values(), *([problems.missing] if problems.missing else [])]
        if told:
            raise ValueError(" ".join(message if message.endswith("?") else f"{message}." for message in told))
        values = np.array([float(coefficients[name]) for name in made.names])
    else:
        values = np.atleast_1d(np.asarray(coefficients, dtype=float))
        if values.shape != (len(made.names),):
            raise ValueError(f"{program} prints {', '.join(made.names)} of a {made.base.name} curve, in this order.")
    wrong = [name for name in made.printed.positive if not values[made.names.index(name)] > 0]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} must be above 0.")
    return values


@dataclasses.dataclass(frozen=True)
class NameProblems:
    """What is wrong with typed names, in sentences without a full stop. slips: by the name that is one, with the one meant.
    missing: what is not there and not meant by any of them, or ""."""

    slips: Mapping[str, str]
    missing: str


def name_problems(made: Conversion, program: str, names: Iterable[str]) -> NameProblems:
    """What is wrong with the names of typed coefficients; further ones are no problem where none is missing."""
    given = tuple(names)
    missing = [name for name in made.names if name not in given]
    curve = f"a {made.base.name} curve" + ("" if program == OWN else f" of {program}")
    hints = {name: did_you_mean(name, missing) for name in given if name not in made.names}
    slips = {name: f"'{name}' is no coefficient of {curve}{hint}" for name, hint in hints.items() if hint}
    unexplained = [m for m in missing if not any(f"'{m}'" in hint for hint in hints.values())]
    return NameProblems(slips, f"{curve} needs the coefficient(s) {', '.join(unexplained)}" if unexplained else "")


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def _each(values: Array, kinds: Sequence[str], acts: Mapping[str, Callable[[Array], Array]]) -> Array:
    """Each value along the last axis by its kind; other kinds stay as they are."""
    made = np.array(values)
    for j, kind in enumerate(kinds):
        if kind in acts:
            made[..., j] = acts[kind](made[..., j])
    return made


def _carried(function: Callable[[Array], Array], at: Array, covariance: ArrayLike) -> Array:
    """J V J', exactly symmetric."""
    steps = at[None, :] + 1j * _STEP * np.eye(len(at))
    jacobian = np.imag(function(steps)).T / _STEP
    made = jacobian @ np.asarray(covariance, dtype=float) @ jacobian.T
    return np.asarray((made + made.T) / 2)
