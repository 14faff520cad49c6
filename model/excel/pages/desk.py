"""What a sheet of results needs of the workbook that it stands in."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from model.excel.pages.styles import Styles


@dataclasses.dataclass(frozen=True)
class Entry:
    """A sheet of results: its name, title, one-line purpose and class (C calculation, O output, K control); ``stored``: its
    results are all of the run, and follow no edited input; ``printed``: it is printed with the whole workbook."""

    name: str
    title: str
    purpose: str
    sheet_class: str = "O"
    stored: bool = False
    printed: bool = False


class Desk(Protocol):
    """A workbook of results: its formats, its title and facts for the page frame, and the list of its sheets."""

    @property
    def workbook(self) -> Workbook: ...

    @property
    def styles(self) -> Styles: ...

    @property
    def stored_tables(self) -> list[tuple[str, str]]:
        """Sheet and title of every table that holds values of the run; tables add themselves when they are written."""

    @property
    def title(self) -> str: ...

    @property
    def currency(self) -> str:
        """That of the amounts; "" where none is known."""

    @property
    def run_words(self) -> str: ...

    @property
    def stored(self) -> str: ...

    @property
    def home(self) -> str:
        """The first sheet, to which every other one links back."""

    def entry(self, name: str) -> Entry: ...

    def sheet(self, name: str) -> Worksheet: ...
