"""What a distribution needs to write its survival function in the functions of a spreadsheet.

The arguments and results are expressions that the caller understands (formulas, or plain arrays in a test): they can be
added, multiplied, compared and raised to powers. Numbers other than 0, 1, 2 and 0.5 are constants of the caller's.
"""

from __future__ import annotations

from typing import Any, Protocol

SMALL_Q = 0.05  # below, a generalised gamma is written as a corrected normal: 1 / Q^2 is too large a shape

DEVIANCE_SERIES = tuple(2 / p for p in (6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0, 3628800.0))
"""Coefficients of y, y^2, ... in 2 (exp(y) - 1 - y) / y^2 - 1."""


class Worksheet(Protocol):
    """The functions that every spreadsheet program has, and constants that stand in named cells."""

    exponent_limit: Any
    smallest: Any
    smallest_shape: Any
    small_q: Any
    cube: Any
    deviance_series: Any
    deviance_powers: Any
    temme_first: Any
    temme_series: Any
    temme_powers: Any
    temme_second: Any
    median_series: Any
    median_powers: Any

    def exp(self, x: Any) -> Any: ...
    def ln(self, x: Any) -> Any: ...
    def sqrt(self, x: Any) -> Any: ...
    def sinh(self, x: Any) -> Any: ...
    def absolute(self, x: Any) -> Any: ...
    def sign(self, x: Any) -> Any: ...
    def minimum(self, *terms: Any) -> Any: ...
    def maximum(self, *terms: Any) -> Any: ...
    def where(self, condition: Any, yes: Any, no: Any) -> Any: ...
    def normal_cdf(self, z: Any) -> Any: ...
    def normal_density(self, z: Any) -> Any: ...
    def gamma_cdf(self, x: Any, shape: Any) -> Any: ...
    def gamma_median(self, shape: Any) -> Any: ...
    def polynomial(self, coefficients: Any, powers: Any, x: Any) -> Any:
        """Sum of coefficient x x^power."""

    def single(self, name: str, expression: Any) -> Any:
        """A value that follows from the coefficients alone, the same at every time."""

    def shared(self, name: str, expression: Any) -> Any:
        """An intermediate result that several distributions have in common."""

    def step(self, name: str, expression: Any) -> Any:
        """An intermediate result that deserves a cell of its own."""
