"""How a result of an analysis shows itself: the model's name, its main table, its conclusion."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from model.result_columns import ResultColumn, table_of
from model.shown import Shown, View

NO_COLUMN = ResultColumn("", "", kind="any")


class ShownResult(Shown):
    """TITLE: what the result is. COLUMNS: the columns that are shown, by the first words of their names; all where empty.

    A result says which table it shows (:meth:`shown_table`, by default ``table()``) and what follows from it
    (:meth:`shown_words`). None of them may evaluate the model: what is shown must be there in a moment.
    """

    TITLE: ClassVar[str] = ""
    COLUMNS: ClassVar[tuple[str, ...]] = ()
    REST: ClassVar[str] = "table()"

    def shown_table(self) -> pd.DataFrame:
        """The table that is shown."""
        found: pd.DataFrame = self.table()  # type: ignore[attr-defined]
        return found

    def shown_words(self) -> list[str]:
        """What follows, in sentences."""
        return []

    def shown_title(self) -> str:
        """What the result is, with the title of the model."""
        definition: Any = getattr(self, "definition", None)
        return f"{self.TITLE}: {definition.about.title}" if definition is not None else self.TITLE

    def view(self) -> View:
        """Title with that of the model, table, words."""
        definition: Any = getattr(self, "definition", None)
        currency = definition.settings.currency if definition is not None else getattr(self, "currency", "")
        return frame_view(self.shown_title(), self.shown_table(), self.shown_words(), currency, self.COLUMNS, self.REST)

    def __repr__(self) -> str:  # the table is not made for one line
        return View(self.shown_title(), words=self.shown_words()).line(type(self).__name__)


def frame_view(
    title: str, frame: pd.DataFrame, words: list[str], currency: str = "", columns: tuple[str, ...] = (), rest: str = ""
) -> View:
    """A table of results as a view: headers with units, numbers by the kinds of their columns."""
    table = table_of(frame)
    named = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    order = [name for start in columns for name in named.columns if f"{name} ".startswith(f"{start} ")] or list(named.columns)
    found = [(table.column(str(name)) if table else None) or NO_COLUMN for name in order]
    heads = [column.heading(currency) or str(name) for column, name in zip(found, order, strict=True)]
    rows = list(named[order].itertuples(index=False, name=None))
    return View(title, heads, rows, [column.kind for column in found], words, rest)
