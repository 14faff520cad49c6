"""What a distribution of the registry says of itself: all that a fit, a sheet, a figure or a check asks of it.

A new distribution is a class of this kind in a file of its own and an entry in :mod:`model.survival.distributions`; every
list of distributions, of their coefficients and of their limits derives from these.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from model.survival.families.base import Distribution
from model.survival.worksheet import Worksheet

DECLARED = ("name", "label", "parameters", "estimation_scale", "time_role", "proportional_hazards")
WIDEST = {"log": (0.0, 1e6), "identity": (-1e6, 1e6)}  # limits of a coefficient by its estimation scale
Point = tuple[float, float]  # time, survival


class StandardDistribution(Distribution):
    """A family without data of its own. Abstract: it writes its curve in numbers and as a worksheet, and says every
    attribute of `DECLARED`; the others have a value that works.

    other_names: what other programs call it, in lower case with underscores.
    limits: lowest and highest value of a coefficient that a cell may hold, where they are narrower than `WIDEST`.
    starting_coefficients: for each coefficient the values (time in any unit) that a search starts from once the curve has
    been stretched through a point; empty: chosen by scale and role.
    incomplete_gamma: does its worksheet formula hold one? Programs agree on it to fewer digits.
    fitted_jointly: does it stand in the table of arms fitted apart and jointly?
    """

    starts_from = "points"
    other_names: tuple[str, ...] = ()
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {}
    starting_coefficients: tuple[tuple[float, ...], ...] = ()
    incomplete_gamma: bool = False
    fitted_jointly: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        missing = [attribute for attribute in DECLARED if not hasattr(cls, attribute)]
        if missing:
            raise TypeError(f"the distribution {cls.__name__} does not say its {', '.join(missing)}.")
        if not len(cls.parameters) == len(cls.estimation_scale) == len(cls.time_role):
            raise TypeError(f"the distribution {cls.__name__} needs a scale and a role for each of its parameters.")

    @abstractmethod
    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any: ...

    @abstractmethod
    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any: ...

    def through_two_points(self, first: Point, second: Point) -> tuple[float, ...] | None:
        """Coefficients of the curve through two points, in order of time; None without a closed form."""
        return None

    def coefficients_to_try(self) -> tuple[tuple[float, ...], ...]:
        """`starting_coefficients`, or by scale and role: a shape small, one and large, anything else 1 (logarithms: 0)."""
        chosen = []
        for scale, role in zip(self.estimation_scale, self.time_role, strict=True):
            middle, step = (1.0, 2.0) if scale == "log" else (0.0, 1.0)
            around = (middle / step, middle, middle * step) if scale == "log" else (middle - step, middle, middle + step)
            chosen.append(around if role == "shape" else (middle,))
        return self.starting_coefficients or tuple(chosen)

    def limits_of(self, parameter: str) -> tuple[float, float]:
        """Lowest and highest value that a cell may hold."""
        scale = self.estimation_scale[self.parameters.index(parameter)]
        return self.limits.get(parameter, WIDEST[scale])
