"""Values of results as text, by the kind of their column: the digits that the workbook shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

NOTHING = ""
VERY_LARGE, THOUSAND, VERY_SMALL = 1e10, 1e3, 1e-4
LEAST_GAIN, LEAST_EXTRA, LEAST_OF_MEMBER = 0.0005, 0.5, 0.005
"""Differences below which a rounded number would read as none."""


def _decimals(digits: int) -> Callable[[float], str]:
    return lambda value: f"{value:,.{digits}f}"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _gain(value: float) -> str:
    return f"{value:,.3f}" if abs(value) >= LEAST_GAIN or value == 0 else f"{value:.2g}"


def _extra(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= LEAST_EXTRA or value == 0 else f"{value:.2g}"


def _two_to_four(value: float) -> str:
    whole, _, digits = f"{value:,.4f}".partition(".")
    return f"{whole}.{digits[:2]}{digits[2:].rstrip('0')}"


def _any(value: float) -> str:
    size = abs(value)
    if size >= VERY_LARGE or 0 < size < VERY_SMALL:
        return f"{value:.1e}"
    if size >= THOUSAND:
        return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if size >= 1 or round(value, 4) == value else f"{value:.6f}"


def _multiple(value: float) -> str:
    return "none" if abs(value) >= 1e9 else f"{value:,.4f}"


NUMBERS: Mapping[str, Callable[[float], str]] = {
    **dict.fromkeys(("money", "count", "plain"), _decimals(0)),
    **dict.fromkeys(("price", "area"), _decimals(2)),
    **dict.fromkeys(("years", "qalys", "ratio"), _decimals(3)),
    **dict.fromkeys(("share", "chance"), _percent),
    **dict.fromkeys(("months", "year"), _decimals(1)),
    "gain": _gain,
    "extra": _extra,
    "member": lambda value: f"{value:,.4f}" if abs(value) >= LEAST_OF_MEMBER or value == 0 else f"{value:.2g}",
    "place": lambda value: f"{value:.0f}" if value else "none",
    "change": lambda value: f"{value:+.1%}",
    "value": _two_to_four,
    "factor": _decimals(4),
    "small": _decimals(6),
    "multiple": _multiple,
    "any": _any,
    "tiny": lambda value: f"{value:.1e}",
}
"""How a number is written, by the kind of its column (``model.result_columns.KINDS``)."""


def text_of(value: Any, kind: str = "any") -> str:
    """A value as a reader sees it: "" for none, yes and no for truth, true minus signs, ``infinite`` in words."""
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return NOTHING
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, int | float | np.integer | np.floating):
        return str(value)
    number = float(value)
    if math.isinf(number):
        return "infinite"
    written = NUMBERS.get(kind, _any)(0.0 if abs(number) < 1e-12 else number)
    return signed(written)


def signed(written: str) -> str:
    """A number with a true minus sign, and none before zero; an exponent keeps its own."""
    size = written.removeprefix("-")
    if size == written:
        return written
    return size if size.strip("0.,%") == "" else f"\N{MINUS SIGN}{size}"
