"""A workbook of results alone, without inputs or a live calculation."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from model.excel.pages.desk import Entry
from model.excel.pages.styles import Styles


class SmallBook:
    """What the sheets of such a workbook need (see :class:`.desk.Desk`); the first of ``entries`` is the contents."""

    run_words = ""
    currency = ""
    stored = "[S] stored values."

    def __init__(self, workbook: Workbook, title: str, entries: Sequence[Entry]):
        self.workbook, self.title, self.entries = workbook, title, entries
        self.styles = Styles(workbook)
        self.stored_tables: list[tuple[str, str]] = []

    @property
    def home(self) -> str:
        return self.entries[0].name

    def entry(self, name: str) -> Entry:
        return next(e for e in self.entries if e.name == name)

    def sheet(self, name: str) -> Worksheet:
        found = self.workbook.get_worksheet_by_name(name)
        assert found is not None
        return found
