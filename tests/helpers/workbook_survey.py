"""What one pass over every cell of a workbook finds, and formulas by what they point at, relative to their own cell."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from openpyxl.utils import column_index_from_string

from tests.helpers.workbook_file import Cell, WorkbookFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT = re.compile(r'"(?:[^"]|"")*"')
SHEET = re.compile(r"'((?:[^']|'')+)'!|\b([A-Za-z]\w*)!")
REFERENCE = re.compile(r"(?<![A-Za-z0-9_.])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![A-Za-z0-9_(.])")
NAMED_REFERENCE = re.compile(rf"(?:{SHEET.pattern})?{REFERENCE.pattern}".replace(r"(\$?)", r"\$?"))
CALL = re.compile(r"([A-Z][A-Z0-9.]*)\(")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
NUMBER = re.compile(r"(?<![A-Za-z0-9_.$])\d+\.?\d*(?:E[+-]?\d+)?(?![A-Za-z0-9_.])")
PLAIN_NUMBERS = {0.0, 1.0, 2.0, 0.5}
FUTURE, QUOTE = "_xlfn.", "'"


@dataclasses.dataclass
class Survey:
    """What was found, as ``Sheet!A1`` or the like. ``blocks``: by sheet and column the cells of the long columns whose
    cells have one formula; ``used``: the words of all formulas; ``cells``: single cells that formulas take."""

    path: Path
    n_formulas: int = 0
    errors: list[str] = dataclasses.field(default_factory=list)
    without_value: list[str] = dataclasses.field(default_factory=list)
    constants: list[str] = dataclasses.field(default_factory=list)
    functions: set[str] = dataclasses.field(default_factory=set)
    used: set[str] = dataclasses.field(default_factory=set)
    taken: set[str] = dataclasses.field(default_factory=set)
    broken_columns: list[str] = dataclasses.field(default_factory=list)
    block_sheets: set[str] = dataclasses.field(default_factory=set)
    flagged_sheets: set[str] = dataclasses.field(default_factory=set)

    def __post_init__(self) -> None:
        self.file = WorkbookFile(self.path)
        for sheet in self.file.sheets:
            columns: dict[str, list[Cell]] = {}
            for cell in self.file.cells(sheet):
                if cell.is_error:
                    self.errors.append(f"{sheet}!{cell.address}")
                columns.setdefault(cell.column, []).append(cell)
                if cell.is_formula:
                    self._formula(sheet, cell)
            self._columns(sheet, columns)

    def _formula(self, sheet: str, cell: Cell) -> None:
        self.n_formulas += 1
        if cell.stored is None:
            self.without_value.append(f"{sheet}!{cell.address}")
        if not cell.formula:  # one of a group whose first cell writes the formula out
            return
        text = TEXT.sub('""', cell.formula)
        bare = REFERENCE.sub("cell", SHEET.sub("", text))
        if any(float(n) not in PLAIN_NUMBERS for n in NUMBER.findall(bare)):
            self.constants.append(f"{sheet}!{cell.address} ={cell.formula}")
        self.functions |= {name.removeprefix(FUTURE) for name in CALL.findall(bare.replace(FUTURE, ""))}
        self.used |= set(WORD.findall(bare))
        self.taken |= set(references(text, sheet))
        if "checks_failed" in bare:
            self.flagged_sheets.add(sheet)

    def _columns(self, sheet: str, columns: dict[str, list[Cell]]) -> None:
        """A sheet whose shared formulas all begin in one row is a block: from there every column is one group, or numbers.
        (Where they begin in several rows, tables stand one below the other.)"""
        starts: dict[str, int] = {}
        for cell in (cell for cells in columns.values() for cell in cells if cell.shared):
            starts[cell.shared] = min(cell.row, starts.get(cell.shared, cell.row))
        if len(set(starts.values())) != 1:
            return
        self.block_sheets.add(sheet)
        first = next(iter(starts.values()))
        for name, cells in columns.items():
            body = [cell for cell in cells if cell.row >= first]
            gaps = any(below.row != above.row + 1 for above, below in pairwise(body))
            if len({cell.shared for cell in body}) > 1 or gaps:
                self.broken_columns.append(f"{sheet}!{name}")


def references(text: str, sheet: str) -> Iterator[str]:
    """The single cells and the first corners of ranges that a formula on a sheet names, as ``Sheet!A1``."""
    for quoted, plain, column, row in NAMED_REFERENCE.findall(text):
        yield f"{(quoted or plain or sheet).replace(QUOTE * 2, QUOTE)}!{column}{row}"


def relative(formula: str, cell: Cell) -> str:
    """The formula with every reference as rows and columns from its own cell (R1C1 style)."""
    column = column_index_from_string(cell.column)

    def shifted(match: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits = match.groups()
        number, row = column_index_from_string(letters), int(digits)
        across = f"C{number}" if fixed_column else f"C[{number - column}]"
        return (f"R{row}" if fixed_row else f"R[{row - cell.row}]") + across

    parts = re.split(f"({TEXT.pattern})", formula)
    return "".join(part if i % 2 else REFERENCE.sub(shifted, part) for i, part in enumerate(parts))


def runs(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Formula cells of one column in stretches of neighbouring rows."""
    run: list[Cell] = []
    for cell in cells:
        if run and cell.row != run[-1].row + 1:
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def invisible_styles(file: WorkbookFile) -> list[int]:
    """Cell styles with white type on no fill or a white one."""
    styles = ElementTree.fromstring(file.text("xl/styles.xml"))

    def section(name: str) -> list[ElementTree.Element]:
        found = styles.find(f"{MAIN}{name}")
        return [] if found is None else list(found)

    def is_white(element: ElementTree.Element | None) -> bool:
        return element is not None and element.get("rgb", "").endswith("FFFFFF")

    def is_coloured(fill: ElementTree.Element) -> bool:
        pattern = fill.find(f"{MAIN}patternFill")
        solid = pattern is not None and pattern.get("patternType") == "solid"
        return solid and pattern is not None and not is_white(pattern.find(f"{MAIN}fgColor"))

    fonts = [is_white(font.find(f"{MAIN}color")) for font in section("fonts")]
    coloured = [is_coloured(fill) for fill in section("fills")]
    return [
        i
        for i, style in enumerate(section("cellXfs"))
        if fonts[int(style.get("fontId", 0))] and not coloured[int(style.get("fillId", 0))]
    ]
