"""Columns of results, each declared once: sheets, CSV files, figures, console and notebooks take their words from here.

The mirror of the columns of the inputs (``definition/records/columns.py``). The declarations stand in ``analysis/columns/``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

KINDS = (
    *("text", "note", "free"),  # words: short, wrapped, running on
    *("money", "price", "extra", "member"),  # amounts: whole, with cents, differences, of one of many who pay
    *("years", "qalys", "gain", "months", "year", "area"),  # time and health
    *("share", "chance", "change"),  # in percent: part of a whole, probability, relative difference
    *(
        "count",
        "value",
        "ratio",
        "factor",
        "multiple",
        "small",
        "plain",
        "place",
        "any",
        "tiny",
    ),  # other numbers, from few digits to many
)
"""How a column is shown; sheets give each its format of numbers (``FORMATS``)."""
PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")
UNIT = ", {unit}"
END = "\x1f"


@dataclasses.dataclass(frozen=True)
class ResultColumn:
    """A column of a table of results.

    name: header in data frames and CSV files. header: what a reader sees; ``{unit}`` in it is the unit. unit: may hold
    ``{currency}`` and ``{effect}``. kind: one of :data:`KINDS`. width: on a sheet, in characters (0: that of its kind).
    help: what the column means. Each text may hold places, such as ``{arm}`` or ``{threshold:,.0f}``, that :meth:`of` fills;
    one with a format is a number.
    ValueError for an unknown kind.
    """

    name: str
    header: str
    unit: str = ""
    kind: str = "text"
    width: float = 0.0
    help: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.name}: the kind must be one of {', '.join(KINDS)}, not '{self.kind}'")

    def of(self, **words: Any) -> ResultColumn:
        """The column of one arm, threshold and so on."""
        name, header, unit, meaning = (filled(t, words) for t in (self.name, self.header, self.unit, self.help))
        return ResultColumn(name, header, unit, self.kind, self.width, meaning)

    def wide(self, width: float, kind: str = "") -> ResultColumn:
        """The same column, wider or narrower on a sheet, or with other digits."""
        return dataclasses.replace(self, width=width, kind=kind or self.kind)

    def at(self, threshold: float) -> ResultColumn:
        """The column at one threshold, where the others stand beside it."""
        head, unit, tail = self.header.partition(UNIT)
        return dataclasses.replace(self, header=f"{head} at {threshold:,.0f}{unit}{tail}")

    def measured(self, unit: str, kind: str) -> ResultColumn:
        """The same column in another unit."""
        return dataclasses.replace(self, unit=unit, kind=kind)

    def unit_words(self, currency: str = "", effect: str = "QALY") -> str:
        """The unit, or "" without one."""
        return filled(self.unit, {"currency": currency, "effect": effect}).strip()

    def heading(self, currency: str = "", effect: str = "QALY") -> str:
        """The header with its unit, as a sheet shows it."""
        unit = self.unit_words(currency, effect)
        header = self.header if unit else self.header.replace(UNIT, "")
        return filled(header, {"unit": unit, "currency": currency, "effect": effect}).strip()

    def words(self, effect: str = "QALY") -> str:
        """The header without its unit."""
        return filled(self.header.partition(UNIT)[0], {"effect": effect})

    def matched(self, name: str) -> ResultColumn | None:
        """The column with its places filled as in a header of a data frame; None where the header is not of this column."""
        found = _header(self.name).fullmatch(name)
        if found is None:
            return None
        numbers = {place[1] for place in PLACE.finditer(self.name) if place[2] is not None}
        try:
            return self.of(**{k: float(v) if k in numbers else v for k, v in found.groupdict().items()})
        except ValueError:  # words where this column has a number
            return None


def text(name: str, header: str, width: float = 0.0, help: str = "", kind: str = "text") -> ResultColumn:
    """A column of words."""
    return ResultColumn(name, header, "", kind, width, help)


def amount(name: str, header: str, width: float = 0.0, help: str = "", kind: str = "money") -> ResultColumn:
    """A column of money, whose header ends in the currency."""
    return ResultColumn(name, header + UNIT, "{currency}", kind, width, help)


def number(name: str, header: str, kind: str, width: float = 0.0, help: str = "", unit: str = "") -> ResultColumn:
    """A column of other numbers."""
    return ResultColumn(name, header, unit, kind, width, help)


@dataclasses.dataclass(frozen=True)
class Repeated:
    """Columns that come one after the other for each arm, option, threshold or candidate of a run; also not at all."""

    columns: tuple[ResultColumn, ...]


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of results: the stem of its CSV file, what it shows, and its columns in order."""

    name: str
    title: str
    columns: tuple[ResultColumn | Repeated, ...]

    def __deepcopy__(self, memo: object) -> Table:
        return self

    @property
    def declared(self) -> list[ResultColumn]:
        """Every column."""
        return [c for part in self.columns for c in (part.columns if isinstance(part, Repeated) else (part,))]

    @property
    def names(self) -> list[str]:
        """Headers in data frames of the columns that are always there."""
        return [c.name for c in self.columns if isinstance(c, ResultColumn)]

    def pick(self, *names: str) -> list[ResultColumn]:
        """Some of the columns by name, in the order asked for; KeyError for a name that the table has not."""
        known = {c.name: c for c in self.declared}
        return [known[name] for name in names]

    def without(self, *names: str) -> list[ResultColumn]:
        """All columns but some; KeyError for a name that the table has not."""
        left_out = self.pick(*names)
        return [c for c in self.declared if c not in left_out]

    def frame(self, rows: Sequence[Any] | Mapping[str, Any]) -> pd.DataFrame:
        """A data frame of rows (tuples in the order of the columns, or mappings by name) or of arrays by name.

        ValueError where these are not the columns of the table.
        """
        if isinstance(rows, Mapping):
            return self.checked(pd.DataFrame(rows))
        by_name = len(rows) > 0 and isinstance(rows[0], Mapping)
        if by_name and len(self.names) < len(self.columns):
            return self.checked(pd.DataFrame(rows))
        if by_name and (unknown := {name for row in rows for name in row} - set(self.names)):
            raise ValueError(f"the table {self.name} has no column {', '.join(sorted(unknown))}")
        return self.checked(pd.DataFrame(rows, columns=self.names))

    def checked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself, known as this table (:func:`table_of`); its named index counts as the first columns.

        ValueError where it has not the columns of the table.
        """
        found = headers_of(frame)
        if not re.fullmatch("".join(_repeated(part) for part in self.columns), "".join(name + END for name in found)):
            wanted = ", ".join(shown(c.name) for c in self.declared)
            raise ValueError(f"the table {self.name} has the columns {wanted}; not {', '.join(found)}")
        frame.attrs["table"] = self
        return frame

    def within(self, frame: pd.DataFrame) -> Table:
        """The table without what this frame of it has not."""
        headers = headers_of(frame)
        return Table(self.name, self.title, tuple(c for c in self.declared if any(c.matched(h) for h in headers)))

    def column(self, name: str) -> ResultColumn | None:
        """The column of a header of a data frame, with its places filled."""
        found = [made for c in self.declared if (made := c.matched(name)) is not None]
        return next((c for c in self.declared if c.name == name), found[0] if found else None)


def table_of(frame: pd.DataFrame) -> Table | None:
    """The table that a data frame is; None for one that is not of a declared table."""
    found = frame.attrs.get("table")
    return found if isinstance(found, Table) else None


def headers_of(frame: pd.DataFrame) -> list[str]:
    """The headers of a data frame, a named index first."""
    return [str(name) for name in [*(n for n in frame.index.names if n is not None), *frame.columns]]


def columns_of(frame: pd.DataFrame) -> list[ResultColumn]:
    """The column of each header of a data frame; ValueError for one that is not declared."""
    table = table_of(frame)
    found = [None if table is None else table.column(name) for name in headers_of(frame)]
    if None in found:
        raise ValueError(
            f"no declared column: {', '.join(h for h, c in zip(headers_of(frame), found, strict=True) if c is None)}"
        )
    return [c for c in found if c is not None]


def column_help(frame: pd.DataFrame, currency: str = "", effect: str = "QALY") -> pd.DataFrame:
    """What each column of a table of results is: header, unit and meaning, by its name in the frame.

    >>> import model
    >>> model.column_help(model.base_case(model.example()).totals(), currency="EUR").loc["costs", "unit"]
    'EUR'
    """
    table = table_of(frame)
    found = {name: None if table is None else table.column(name) for name in headers_of(frame)}
    rows = [_described(column, currency, effect) if column is not None else ("", "", "") for column in found.values()]
    return pd.DataFrame(rows, index=pd.Index(found, name="column"), columns=DICTIONARY.names[3:])


def data_dictionary(tables: Mapping[str, Table], currency: str = "", effect: str = "QALY") -> pd.DataFrame:
    """A row for each column of some tables, which go by their file stems; ``<arm>`` in a name: one column for each arm."""
    rows = [
        (stem, table.title, shown(column.name), *_described(column, currency, effect))
        for stem, table in tables.items()
        for column in table.declared
    ]
    return DICTIONARY.frame(rows)


def filled(text: str, words: Mapping[str, Any]) -> str:
    """A text with the places filled for which there are words; a format says how a number is written."""

    def put(place: re.Match[str]) -> str:
        value = words.get(place[1], place[0])
        return format(value, "" if isinstance(value, str) else place[2] or "")

    return PLACE.sub(put, text)


def shown(text: str) -> str:
    """A text with its places as ``<arm>``."""
    return PLACE.sub(r"<\1>", text)


def _described(column: ResultColumn, currency: str, effect: str) -> tuple[str, str, str]:
    """Header, unit and meaning."""
    meaning = filled(column.help, {"currency": currency, "effect": effect})
    return shown(column.heading(currency, effect)), shown(column.unit_words(currency, effect)), shown(meaning)


def _repeated(part: ResultColumn | Repeated) -> str:
    """Headers of a part of a table, one after the other, as a regular expression."""
    columns = part.columns if isinstance(part, Repeated) else (part,)
    found = "".join(_pattern(c.name, f"[^{END}]+") + END for c in columns)
    return f"(?:{found})*" if isinstance(part, Repeated) else found


@cache
def _header(name: str) -> re.Pattern[str]:
    """Headers of the column of this name, each place a group."""
    return re.compile(_pattern(name, r"(?P<\1>.+)"))


@cache
def _pattern(name: str, place: str) -> str:
    """A name as a regular expression, with each place as ``place``."""
    ends = [0, *(end for found in PLACE.finditer(name) for end in found.span()), len(name)]
    fixed = [re.escape(name[a:b]) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    places = [found.expand(place) for found in PLACE.finditer(name)]
    return "".join(part for pair in zip(fixed, [*places, ""], strict=True) for part in pair)


DICTIONARY = Table(
    "columns",
    "What every column of the tables means",
    (
        text("table", "Table", help="Stem of the file, without .csv"),
        text("shows", "Shows", help="What the table shows"),
        text("column", "Column", help="Header in the file; <arm>: one column for each arm, and so on"),
        text("header", "Header", help="The same in the workbook, where it stands there"),
        text("unit", "Unit", help="Unit of its values; empty for words and plain numbers"),
        text("meaning", "Meaning", help="What it means", kind="note"),
    ),
)
