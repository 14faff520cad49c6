"""How a record of the definition declares its columns: header, type, unit, bounds and help, once.

Everything that must agree about an input derives from these declarations: the workbook's sheets, drop-downs
and comments, the reader's checks and messages, scenario edits, the command line's ``--set`` and the parameter
dictionary of the outputs.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from model.definition.records.limits import SMALLEST
from model.definition.synonyms import did_you_mean, did_you_mean_id

QUALITY_MARKS: Mapping[str, str] = {
    "trial": "reported by the trial",
    "published": "another publication",
    "official": "statistics office or official price list",
    "derived": "arithmetic on other figures, shown in the notes",
    "proxy": "another trial or disease",
    "assumption": "no source; the reason is in the notes",
}

PAYER, SOCIETAL = "payer", "societal"
PERSPECTIVES = {
    PAYER: "counted always",
    SOCIETAL: "counted only where the setting 'Perspective of costs' is societal, and never in the budget",
}

PATTERNS: Mapping[str, str] = {"id": r"[a-z][a-z0-9_]*", "colour": r"#[0-9A-Fa-f]{6}", "date": r"\d{4}-\d{2}-\d{2}"}
KINDS = ("text", "id", "number", "integer", "choice", "yes_no", "colour", "address", "date", "any")
FIRST_PRICE_YEAR, LAST_PRICE_YEAR = 1950, 2100
FIRST_YEAR = 1901  # spreadsheets count days from 1900, and disagree on that year


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of an input table, or one row of a key-and-value table.

    ``refers_to`` names the table whose keys are allowed, beside ``choices`` as well as these. ``may_be_missing``: a row
    of a key-and-value table, or a column, that older workbooks do not have, and that then is at its default.

    Beyond ``minimum``, ``maximum`` and ``above`` a number is refused; below ``unusual_below`` or above ``unusual_above``
    it is questioned. ``by``: the field of the record that says which of the limits ``of`` holds in its row, where a
    column means different things in different rows; the column's own limits then hold all of them.
    """

    header: str
    kind: str
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    unusual_below: float | None = None
    unusual_above: float | None = None
    by: str = ""
    of: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict, compare=False)
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    required: bool = True
    default: Any = None
    width: float = 14.0
    number_format: str = ""
    may_be_missing: bool = False

    def allowed(self) -> str:
        """What a cell of this column may hold, in words."""
        if self.choices:
            further = f", or an id listed in the table '{self.refers_to}'" if self.refers_to else ""
            return "one of " + ", ".join(self.choices) + further
        if self.kind == "yes_no":
            return "yes or no"
        if self.refers_to:
            return f"an id listed in the table '{self.refers_to}'"
        if self.kind in ("number", "integer"):
            return self._number_in_words()
        return {
            "id": "a short id of lower-case letters, digits and underscores, starting with a letter",
            "colour": "a colour such as #1F77B4",
            "date": "a date as year-month-day, such as 2027-03-05",
            "address": "the address of an input, such as utilities.progression_free",
            "any": "a number or a word that the input accepts",
        }.get(self.kind, "text")

    def _has_right_type(self, value: Any) -> bool:
        if self.kind == "any":
            return True
        if self.kind == "yes_no":
            return isinstance(value, bool)
        if self.kind == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if self.kind == "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        return isinstance(value, str)

    def _number_in_words(self) -> str:
        noun = "a whole number" if self.kind == "integer" else "a number"
        if self.minimum is not None and self.maximum is not None:
            return f"{noun} from {self.minimum:,.10g} to {self.maximum:,.10g}"
        if self.above is not None and self.maximum is not None:
            return f"{noun} above {self.above:,.10g} and at most {self.maximum:,.10g}"
        if self.above is not None:
            return f"{noun} above {self.above:,.10g}"
        if self.minimum is not None:
            return f"{noun} of at least {self.minimum:,.10g}"
        if self.maximum is not None:
            return f"{noun} of at most {self.maximum:,.10g}"
        return noun

    def _may_be_listed(self, value: str) -> bool:
        """Beside choices: could the value be an id of the table that the column refers to?"""
        return bool(self.refers_to) and re.fullmatch(PATTERNS["id"], value) is not None

    def problem_with(self, value: Any) -> str | None:
        """Why ``value`` is not allowed, or None."""
        if value is None:
            return f"is empty; it must hold {self.allowed()}" if self.required else None
        if not self._has_right_type(value):
            return f"{value!r} is not {self.allowed()}"
        if self.choices and value not in self.choices and not self._may_be_listed(value):
            return f"'{value}' is not allowed; it must be {self.allowed()}{did_you_mean(value, self.choices)}"
        if self.kind in PATTERNS and not re.fullmatch(PATTERNS[self.kind], value):
            words = dataclasses.replace(self, refers_to="").allowed()
            hint = did_you_mean_id(value) if self.kind == "id" else ""
            return f"'{value}' is not allowed; it must be {words}{hint}"
        if self.kind == "date" and not _is_day(value):
            return f"'{value}' is no day of the calendar; it must be {self.allowed()}"
        if self.kind in ("number", "integer"):
            if self.above is not None and not value > self.above:
                return f"{value:g} is not above {self.above:g}"
            if self.minimum is not None and value < self.minimum:
                return f"{value:g} is below the minimum of {self.minimum:,.10g}"
            if self.maximum is not None and value > self.maximum:
                return f"{value:g} is above the maximum of {self.maximum:,.10g}"
            if self.kind == "number" and 0 < abs(value) < SMALLEST:
                return f"{value:g} is not 0 but nearer to it than {SMALLEST:g}; type 0, or the number that is meant"
        return None

    def problem_with_draw(self, value: float) -> str | None:
        """Why a drawn value is impossible, or None: draws are held to mathematics (above 0, at most 1), not to the
        limits that keep slips out of the cells."""
        lowest, highest = self.minimum, self.maximum
        if (self.above is not None and not value > self.above) or (lowest is not None and lowest > 0 and not value > 0):
            return f"{value:g} is not above {self.above or 0:g}"
        if lowest is not None and lowest <= 0 and value < lowest:
            return f"{value:g} is below the minimum of {lowest:,.10g}"
        if highest is not None and highest <= 1 and value > highest:
            return f"{value:g} is above the maximum of {highest:g}"
        return None

    def remark_on(self, value: Any) -> str | None:
        """Why an allowed value is questioned, or None."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if self.unusual_below is not None and value < self.unusual_below:
            return f"{value:,.10g} is below {self.unusual_below:,.10g}, which is unusual: is it meant?"
        if self.unusual_above is not None and value > self.unusual_above:
            return f"{value:,.10g} is above {self.unusual_above:,.10g}, which is unusual: is it meant?"
        return None

    @cached_property
    def _by_word(self) -> Mapping[str, Column]:
        return {word: dataclasses.replace(self, **{**NO_LIMITS, **limits}) for word, limits in self.of.items()}

    def in_row(self, record: Any) -> Column:
        """The column with the limits that hold in the row of ``record``."""
        return self._by_word.get(str(getattr(record, self.by)), self) if self.by else self


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).year >= FIRST_YEAR
    except ValueError:
        return False


NO_LIMITS: Mapping[str, None] = dict.fromkeys(("minimum", "maximum", "above", "unusual_below", "unusual_above"))


@dataclasses.dataclass(frozen=True)
class Bounds:
    """What a table allows in the Value column of its parameter block (see :class:`Column`)."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    unusual_below: float | None = None
    unusual_above: float | None = None
    unit: str = ""
    by: str = ""
    of: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict, compare=False)

    @cached_property
    def _by_word(self) -> Mapping[str, Bounds]:
        return {word: Bounds(unit=self.unit, **limits) for word, limits in self.of.items()}

    def in_row(self, record: Any) -> Bounds:
        """The bounds that hold in the row of ``record``."""
        return self._by_word.get(str(getattr(record, self.by)), self) if self.by else self


def column(header: str, kind: str, help: str, **options: Any) -> Any:
    """A dataclass field that is a column; fields with ``required=False`` default to ``default`` (None)."""
    if kind not in KINDS:
        raise ValueError(f"a column's kind must be one of {KINDS}, not {kind!r}")
    spec = Column(header, kind, help, **options)
    metadata = {"column": spec}
    if spec.required and spec.default is None:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=spec.default, metadata=metadata)


def choice(header: str, meanings: Mapping[str, str], intro: str = "", **options: Any) -> Any:
    """A column whose cells hold one of the words of ``meanings``; its help says what each of them means."""
    return column(header, "choice", intro + meanings_in_words(meanings), choices=tuple(meanings), **options)


def meanings_in_words(meanings: Mapping[str, str]) -> str:
    return "; ".join(f"{word}: {meaning}" for word, meaning in meanings.items())


def price_year() -> Any:
    """A column for the year of the prices in which a cost is given."""
    return column(
        "Price year",
        "integer",
        "Year of the prices of the value; uprated by the table Price index to that of the settings; empty: as typed",
        minimum=FIRST_PRICE_YEAR,
        maximum=LAST_PRICE_YEAR,
        number_format="0",
        required=False,
        may_be_missing=True,
        width=11,
    )


def perspective() -> Any:
    """A column for whose cost a row is."""
    return choice("Perspective", PERSPECTIVES, default=PAYER, may_be_missing=True, required=False, width=12)


def parameter_block(**bounds: Any) -> Any:
    """A dataclass field that holds a :class:`Parameter`, spread over the standard parameter columns."""
    return dataclasses.field(metadata={"block": Bounds(**bounds)})


def columns_of(record: type) -> Mapping[str, Column]:
    """The plain columns of a record class by field name (the parameter block is not among them)."""
    if record not in _COLUMNS:
        found = {f.name: f.metadata["column"] for f in dataclasses.fields(record) if "column" in f.metadata}
        _COLUMNS[record] = MappingProxyType(found)
    return _COLUMNS[record]


def column_in_row(record: Any, name: str) -> Column:
    """The column of one field of a record, with the limits that hold in its row."""
    return columns_of(type(record))[name].in_row(record)


def block_of(record: type) -> tuple[str, Bounds] | None:
    """The name and bounds of a record's parameter block, or None."""
    if record not in _BLOCKS:
        blocks = ((f.name, f.metadata["block"]) for f in dataclasses.fields(record) if "block" in f.metadata)
        _BLOCKS[record] = next(blocks, None)
    return _BLOCKS[record]


_COLUMNS: dict[type, Mapping[str, Column]] = {}  # declarations never change; they are asked for very often
_BLOCKS: dict[type, tuple[str, Bounds] | None] = {}
