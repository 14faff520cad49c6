"""Amounts in words: money, QALYs and chances with as many digits as a reader needs, and never so few that a difference
reads as none."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEAST_SHOWN = 0.005  # what two decimals can still show
TEN = math.log(10.0)


def money(amount: float, currency: str) -> str:
    """An amount with its currency, rounded to what a reader needs."""
    size = abs(amount)
    sign = "-" if amount < 0 else ""
    if size >= 1e6:
        return f"{sign}{currency} {size / 1e6:,.2f} million"
    if size >= 1000:
        return f"{sign}{currency} {round(size, -2 if size >= 1e5 else -1):,.0f}"
    return f"{sign}{currency} {size:,.{decimals(size)}f}"


def quantity(amount: float, least: int = 2) -> str:
    """A number of QALYs or life years with ``least`` decimals; with two digits that are not zero where it is smaller."""
    return f"{amount:,.{decimals(abs(amount), least)}f}"


def decimals(size: float, least: int = 2) -> int:
    """``least``, or so many decimals that a size above zero shows two digits of its own."""
    return least if size == 0 or size >= LEAST_SHOWN * 10.0 ** (2 - least) else 1 - math.floor(math.log(size) / TEN)


def chance(share: float, certain: bool = False) -> str:
    """A probability in percent: ``<0.1%`` and ``>99.9%`` where rounding would make it impossible or certain.

    ``certain``: all draws agree, so that 0 and 1 are said as they are.
    """
    words = f"{share:.1%}"
    if words == "0.0%" and not (share == 0 and certain):
        return "<0.1%"
    if words == "100.0%" and not (share == 1 and certain):
        return ">99.9%"
    return words


def joined(names: Sequence[str]) -> str:
    """``A, B and C``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
