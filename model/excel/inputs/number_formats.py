"""Number formats of a table: the numbers that belong together are shown alike, and no entered value loses digits.

A ``?`` in a format is a digit that is shown only where it is needed but always takes its place, so that decimal signs
stay below each other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from model.excel.inputs.table_specs import SheetColumn, TableSpec

TOGETHER = ("value", "standard_error", "low", "high", "lower", "upper")
STATISTIC_UNITS = {
    "median": "months",
    "landmark": "probability",
    "not_reached": "probability",
    "hazard_ratio": "ratio",
    "prior": "",
}


@dataclasses.dataclass(frozen=True)
class Decimals:
    """``least`` decimals always; zeros are written out up to ``filled``; never more than ``most``."""

    least: int
    filled: int
    most: int


PROBABILITIES = Decimals(3, 3, 4)
KINDS = (
    (("utility", "probability"), PROBABILITIES),
    (("share",), Decimals(2, 3, 4)),
    (("ratio", "factor", "odds"), Decimals(2, 2, 4)),
    (("day", "days", "week", "weeks", "month", "months", "year", "years"), Decimals(0, 1, 2)),
)
OTHER = Decimals(0, 2, 4)
SMALL_AMOUNT = 100.0


class TableFormats:
    """The number format of every cell of one table."""

    def __init__(self, spec: TableSpec, records: Sequence[Any], currency: str):
        self.spec = spec
        self._currency = currency
        groups: dict[str, list[Any]] = {}
        for record in records:
            groups.setdefault(_unit(record), []).append(record)
        self._by_unit = {unit: self._together(unit, members) for unit, members in groups.items()}
        self._records = records
        self._by_field: dict[str, str] = {}

    def of(self, column: SheetColumn, record: Any) -> str:
        """The format of a record's number, or of a spare row's for ``record`` None; "" leaves it to the program."""
        if column.column.kind not in ("number", "integer"):
            return ""
        if column.column.number_format and not column.in_block:
            return column.column.number_format
        if column.field not in TOGETHER:
            if column.field not in self._by_field:
                self._by_field[column.field] = self._plain(column)
            return self._by_field[column.field]
        if record is not None:
            return self._by_unit[_unit(record)]
        if len(set(self._by_unit.values())) == 1:
            return next(iter(self._by_unit.values()))
        return column.column.number_format

    def _together(self, unit: str, records: list[Any]) -> str:
        values = list(_numbers(records, ("value",)))
        numbers = list(_numbers(records, TOGETHER))
        if self._currency in unit.split() or self.spec.value_format.startswith("#"):
            return amount_format(values, numbers)
        words = STATISTIC_UNITS.get(unit, unit).split()
        known = [decimals for names, decimals in KINDS if set(names) & set(words)]
        return number_format(known[0] if known else self._default(), numbers)

    def _default(self) -> Decimals:
        zeros = self.spec.value_format.partition(".")[2].count("0")
        return Decimals(zeros, max(zeros, 2), max(zeros + 2, 4)) if zeros else OTHER

    def _plain(self, column: SheetColumn) -> str:
        """A column of its own: thousands separated, as many decimals as its numbers have."""
        numbers = list(_numbers(self._records, (column.field,)))
        needed = max((decimals_of(n, 4) for n in numbers), default=0)
        if any(abs(n) >= 1000 for n in numbers):
            return _pattern(needed, 0, "#,##0")
        return _pattern(needed, 0, "0") if needed else ""


def amount_format(values: Iterable[float], numbers: Iterable[float]) -> str:
    """Whole amounts where every value is whole and no small number would lose what it says; else with cents."""
    whole = all(v == round(v) for v in values)
    if whole and all(n == round(n) or abs(n) >= SMALL_AMOUNT for n in numbers):
        return "#,##0"
    needed = max((decimals_of(v, 4) for v in values), default=2)
    return _pattern(2, max(needed - 2, 0), "#,##0")


def number_format(decimals: Decimals, numbers: Iterable[float]) -> str:
    needed = max((decimals_of(n, decimals.most) for n in numbers), default=decimals.least)
    if needed == decimals.least == 0:
        return ""
    filled = min(max(needed, decimals.least), decimals.filled)
    return _pattern(filled, max(needed - filled, 1), "0")


def decimals_of(number: float, most: int) -> int:
    """Decimals that a number needs, at most ``most``."""
    return next((n for n in range(most) if round(number, n) == number), most)


def shown_number(value: Any, number_format: str) -> str:
    """About how a number will look, for its width."""
    if not number_format or "." not in number_format + ".":
        return f"{value:.10g}"
    decimals = sum(number_format.partition(".")[2].count(mark) for mark in "0?#")
    if number_format.endswith("%"):
        return f"{value:.{decimals}%}"
    return f"{value:,.{decimals}f}" if "," in number_format else f"{value:.{decimals}f}"


def _pattern(filled: int, optional: int, whole: str) -> str:
    places = "0" * filled + "?" * optional
    return f"{whole}.{places}" if places else whole


def _unit(record: Any) -> str:
    """What the numbers of a record measure: the unit of its value, or the kind of statistic."""
    holder = getattr(record, "parameter", record)
    return str(getattr(holder, "unit", "") or getattr(record, "statistic", ""))


def _numbers(records: Iterable[Any], fields: Iterable[str]) -> Iterable[float]:
    names = tuple(fields)
    for record in records:
        for holder in (record, getattr(record, "parameter", None)):
            for name in names:
                number = getattr(holder, name, None)
                if isinstance(number, (int, float)) and not isinstance(number, bool):
                    yield float(number)
