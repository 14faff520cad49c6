"""A table in a text file (CSV), as R, Python and spreadsheet programs of any country write one.

Encoding: UTF-8 with or without its mark, UTF-16, and what Western European Windows writes (cp1252). Columns apart by
commas, semicolons or tabs, told by a first line ``sep=;`` or by the header. Decimal signs: all points or all commas,
never guessed where a file holds both; marks for thousands are refused.
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import re
from collections.abc import Callable
from pathlib import Path

from model.excel.inputs.errors import InputError, InputProblem, file_problem
from model.excel.inputs.workbook_cells import address

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
LARGEST_BYTES = 200_000_000  # ten thousand draws of a thousand inputs
MOST_ROWS = 1_048_576  # as many as a sheet holds
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
SEPARATORS = ",;\t"
SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?[ \t]*(?:\r\n?|\n)""", re.IGNORECASE)
EXPONENT = r"(?:[eE][-+]?\d+)?"
COMMA_NUMBER = re.compile(rf"[-+]?\d*,\d+{EXPONENT}|[-+]?\d+,{EXPONENT}")
POINT_NUMBER = re.compile(rf"[-+]?\d*\.\d+{EXPONENT}|[-+]?\d+\.{EXPONENT}")
THOUSANDS = re.compile(  # 1.234,5  1,234.5  1.234.567  1 234,5  1'234.5
    r"[-+]?\d{1,3}(?:\.\d{3})+,\d+|[-+]?\d{1,3}(?:,\d{3})+\.\d+|[-+]?\d{1,3}(?:\.\d{3}){2,}|[-+]?\d{1,3}(?:,\d{3}){2,}"
    r"|[-+]?\d{1,3}(?:[ '\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?"
)


@dataclasses.dataclass(frozen=True)
class TextTable:
    """Headers and rows of a text file; every row as long as the headers, numbers with a decimal point.

    row_numbers: the row of each in the file as a spreadsheet counts it."""

    name: str
    headers: tuple[str, ...]
    header_row: int
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]

    def problem(self, row: int, column: int, message: str) -> InputProblem:
        """A problem of a cell; row, column from 0 in the table."""
        cell = address(self.row_numbers[row], column + 1)
        return InputProblem(self.name, cell, self.headers[column], "", message)

    def problem_of_header(self, column: int, message: str) -> InputProblem:
        """A problem of a column as a whole, at its header; column from 0."""
        return InputProblem(self.name, address(self.header_row, column + 1), self.headers[column], "", message)


def read_text_table(path: Path, numbers: Callable[[str], bool] = lambda header: True) -> TextTable:
    """Read the file. numbers: which columns hold numbers, by header; names of patients may hold points.

    Raises InputError: no file, a file that is too large or no text, two names of columns alike, rows
    longer than the header, decimal signs of two kinds, marks for thousands; with file and cell."""
    if not path.exists():
        raise file_problem(f"{path} does not exist")
    if not path.is_file():
        raise file_problem(f"'{path}' is a folder, not a file")
    text = _text(path)
    told = SEPARATOR_LINE.match(text)
    body = text[told.end() :] if told else text
    mark = told[1] if told else _separator(body)
    numbered = [(n, line) for n, line in _lines(path.name, body, mark, 2 if told else 1) if any(c.strip() for c in line)]
    if not numbered:
        raise InputError([InputProblem(path.name, "", "", "", "is empty: it holds no rows of data")])
    header_row, first = numbered[0]
    headers = tuple(h.strip() for h in first)
    _check_headers(path.name, headers, header_row)
    long = next((n for n, line in numbered[1:] if any(c.strip() for c in line[len(headers) :])), None)
    if long is not None:
        message = f"has more cells than the header, which has {len(headers)}; a decimal comma in a file with commas?"
        raise InputError([InputProblem(path.name, f"A{long}", "", "", message)])
    rows = tuple(
        tuple([c.strip() for c in line[: len(headers)]] + [""] * (len(headers) - len(line))) for _, line in numbered[1:]
    )
    table = TextTable(path.name, headers, header_row, rows, tuple(n for n, _ in numbered[1:]))
    return _with_decimal_points(table, mark, [j for j, header in enumerate(headers) if numbers(header)])


def _text(path: Path) -> str:
    """What the file says, in any of the encodings that spreadsheet programs write."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise file_problem(f"'{path.name}' is {size / 1e6:,.0f} MB; a table may be at most {LARGEST_BYTES / 1e6:,.0f} MB")
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)  # also of a file that has no size, such as a pipe
    except OSError as error:
        raise file_problem(f"'{path.name}' cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_BYTES:
        raise file_problem(f"'{path.name}' is larger than {LARGEST_BYTES / 1e6:,.0f} MB")
    try:
        text = _decoded(content)
    except UnicodeDecodeError:
        raise file_problem(f"'{path.name}' is not text in UTF-8, UTF-16 or cp1252; save it as CSV UTF-8") from None
    if "\0" in text or content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise file_problem(f"'{path.name}' is not a text file; is it a workbook under the name of a CSV file?")
    return text


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    head = content[:200]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4 and not head[0::2].count(0):
        return content.decode("utf-16-le")  # without its mark
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4 and not head[1::2].count(0):
        return content.decode("utf-16-be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _separator(text: str) -> str:
    """The mark that the header holds most of, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)


def _lines(name: str, text: str, mark: str, first: int) -> list[tuple[int, list[str]]]:
    """Rows of cells, each with its number as a spreadsheet counts it."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for number, line in enumerate(reader, start=first):
            if number > MOST_ROWS:
                raise file_problem(f"'{name}' has more than {MOST_ROWS:,} rows; a table may have as many as a sheet")
            if len(line) > MOST_COLUMNS:
                raise file_problem(f"'{name}' row {number} has more than {MOST_COLUMNS:,} columns")
            if any(len(cell) > LONGEST_CELL for cell in line):
                message = f"holds more than {LONGEST_CELL:,} letters; is a quotation mark not closed?"
                raise InputError([InputProblem(name, f"A{number}", "", "", message)])
            found.append((number, line))
    except csv.Error as error:
        raise InputError([InputProblem(name, f"A{first + len(found)}", "", "", f"cannot be read ({error})")]) from None
    return found


def _check_headers(name: str, headers: tuple[str, ...], row: int) -> None:
    seen: set[str] = set()
    for column, header in enumerate(headers, start=1):
        if header and header in seen:
            message = f"the column name '{header}' stands twice"
            raise InputError([InputProblem(name, address(row, column), "", "", message)])
        seen.add(header)


def _with_decimal_points(table: TextTable, mark: str, columns: list[int]) -> TextTable:
    """Decimal points everywhere. Commas as decimal signs are read where all numbers with decimals have them; where
    points stand among them, or marks for thousands, nothing is guessed."""
    comma = point = None
    for i, row in enumerate(table.rows):
        for j in columns:
            cell = row[j]
            if not cell or not (cell[0].isdigit() or cell[0] in "+-.,"):
                continue
            if THOUSANDS.fullmatch(cell):
                message = f"'{cell}' has a mark for thousands; write numbers without them, such as 1234.5"
                raise InputError([table.problem(i, j, message)])
            if comma is None and COMMA_NUMBER.fullmatch(cell):
                comma = i, j
            elif point is None and POINT_NUMBER.fullmatch(cell):
                point = i, j
    if comma is None:
        return table
    words = f"'{table.rows[comma[0]][comma[1]]}' has a comma"
    if point is not None:
        other = address(table.row_numbers[point[0]], point[1] + 1)
        message = (
            f"{words} and {other} '{table.rows[point[0]][point[1]]}' a point: it "
            "cannot be told which is the decimal sign; write all numbers with one, and without marks for thousands"
        )
        raise InputError([table.problem(*comma, message)])
    if mark == ",":
        message = f"{words} inside a file with commas between its columns; write decimals with a point"
        raise InputError([table.problem(*comma, message)])
    wanted = frozenset(columns)
    rows = tuple(
        tuple(cell.replace(",", ".") if j in wanted and COMMA_NUMBER.fullmatch(cell) else cell for j, cell in enumerate(row))
        for row in table.rows
    )
    return dataclasses.replace(table, rows=rows)
