"""How the tables of the starter workbook are written down: a list of fields, then a line for each record."""

from __future__ import annotations

from typing import Any

from model.definition import Parameter

NOTE = "Illustrative; replace by your own value and its source"
EMPTY: Any = None
"""A cell that the user fills in."""


def rows(record: type, fields: str, *cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """Records of one table: ``fields`` names the columns of the ``cells``."""
    return tuple(record(**dict(zip(fields.split(), row, strict=True))) for row in cells)


def example_value(value: float, unit: str = "", distribution: str = "fixed", **numbers: float) -> Parameter:
    return Parameter(
        value=value, unit=unit, distribution=distribution, source="example", quality="assumption", notes=NOTE, **numbers
    )


def example_amount(value: float, unit: str = "USD") -> Parameter:
    """An amount with a standard error of a fifth of its value."""
    return example_value(value, unit, "gamma", standard_error=0.2 * value)


def to_fill(unit: str, distribution: str) -> Parameter:
    """A value that the user fills in, with its unit and the distribution that is customary for its kind."""
    return Parameter(value=EMPTY, unit=unit, distribution=distribution)
