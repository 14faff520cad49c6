"""How a result shows itself: one line at a prompt, a title with a table and words in a notebook."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from model.cell_text import text_of

LONGEST = 240
"""Characters of the line."""
MOST_ROWS, MOST_COLUMNS = 12, 9
"""Of the table: what is beyond is counted."""
NUMBER = ' style="text-align:right"'
WORDS = ' style="text-align:left"'


@dataclasses.dataclass(frozen=True)
class View:
    """What a result shows of itself.

    title: what it is. headers and rows: one table, with values as they are; kinds: of each column, as those of
    :data:`model.result_columns.KINDS` (default: text as text, numbers with the digits that they need). words: what follows
    from it, in sentences. rest: where the rows are that are not shown.
    """

    title: str
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    kinds: Sequence[str] = ()
    words: Sequence[str] = ()
    rest: str = ""

    def line(self, name: str) -> str:
        """In one line: ``<BaseCase: title. Words>``."""
        said = ". ".join(part.strip().rstrip(".") for part in (self.title, *self.words) if part.strip())
        text = " ".join((said if said.startswith(name) else f"{name}: {said}").split())
        return f"<{text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + '...'}>"

    def html(self) -> str:
        """As a piece of a page: title, table, words."""
        parts = [f"<p><strong>{escape(self.title)}</strong></p>", self._table() if self.headers else ""]
        return "\n".join([*filter(None, parts), *(f"<p>{escape(said)}</p>" for said in self.words if said.strip())])

    def _table(self) -> str:
        n = min(len(self.headers), MOST_COLUMNS)
        kinds = [*self.kinds, *["any"] * (n - len(self.kinds))]
        head = "".join(f"<th>{escape(name)}</th>" for name in self.headers[:n])
        shown = [row[:n] for row in self.rows[:MOST_ROWS]]
        lines = ["".join(_cell(value, kind) for value, kind in zip(row, kinds, strict=False)) for row in shown]
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        if not self.rows:
            return "<p><small>no rows</small></p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{self._left_out()}"

    def _left_out(self) -> str:
        rows, columns = max(len(self.rows) - MOST_ROWS, 0), max(len(self.headers) - MOST_COLUMNS, 0)
        counts = [f"{n:,} more {word}{'s' if n > 1 else ''}" for n, word in ((rows, "row"), (columns, "column")) if n]
        where = f": {self.rest}" if self.rest else ""
        return f"<p><small>{escape(' and '.join(counts) + where)}</small></p>" if counts else ""


def _cell(value: Any, kind: str) -> str:
    look = WORDS if isinstance(value, str) or value is None else NUMBER
    return f"<td{look}>{escape(text_of(value, kind))}</td>"


class Shown(abc.ABC):
    """A result that shows itself as its :meth:`view`; what a dataclass would show, all its arrays, it does not."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__repr__" not in vars(cls):  # before a dataclass puts its own there
            cls.__repr__ = next(base for base in cls.__mro__[1:] if issubclass(base, Shown)).__repr__  # type: ignore[method-assign]

    @abc.abstractmethod
    def view(self) -> View:
        """Title, table and words that a notebook shows."""

    def __repr__(self) -> str:
        return self.view().line(type(self).__name__)

    def _repr_html_(self) -> str:
        return self.view().html()


def columns_view(title: str, columns: Mapping[str, Any], words: Sequence[str] = (), rest: str = "") -> View:
    """A view of columns of equal length by their headers: arrays or lists."""
    return View(title, list(columns), list(zip(*columns.values(), strict=True)), words=words, rest=rest)
