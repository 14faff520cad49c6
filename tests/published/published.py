"""A published model: its definition, where it comes from, and the digits that its source gives."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping

from model.analysis.agreement import Found
from model.definition import ModelDefinition

PRINTED = "printed"
"""The source prints the digits; any other word says how else they were found."""
ROUNDING = 1e-12
"""Relative; some sources print more digits than two orders of adding up agree in."""


@dataclasses.dataclass(frozen=True)
class Digits:
    """A number as printed. ``result``: the name of a result of the output workbook, or several with + or - between them.
    ``within``: what it may differ by where the source itself did not round its last digit right."""

    result: str
    text: str
    within: float | None = None

    @property
    def decimals(self) -> int:
        """Digits behind the point."""
        return len(self.text.partition(".")[2])

    @property
    def allowed(self) -> float:
        """Half of the last digit's unit, and what sums of doubles may differ by."""
        return self.within or 0.5 * 10.0**-self.decimals + ROUNDING * abs(float(self.text))

    def ours(self, results: Mapping[str, Found]) -> float:
        """The same from named results. Raises KeyError for a name that is none."""
        terms = re.findall(r"([+-]?)\s*(\w+)", self.result)
        return sum(-_number(results[name]) if sign == "-" else _number(results[name]) for sign, name in terms)

    def difference(self, results: Mapping[str, Found]) -> float:
        """Ours, less the number printed."""
        return self.ours(results) - float(self.text)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Published:
    """``title``: the model in a few words; ``source``: who published it and where; ``special``: what others of this folder
    have not; ``beside``: what the digits do not cover, or how they were found where the source prints none."""

    define: Callable[[], ModelDefinition]
    title: str
    source: str
    special: str
    digits: tuple[Digits, ...]
    origin: str = PRINTED
    beside: str = ""


def _number(value: Found) -> float:
    assert isinstance(value, float), value
    return value
