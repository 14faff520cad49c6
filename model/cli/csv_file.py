"""A table as a CSV file, written in one place: a spreadsheet program that opens it runs none of its text as a formula.

Excel, LibreOffice and Google Sheets take a cell of a CSV file for a formula when its text begins with one of
:data:`FORMULA_STARTS`, whether or not the text stands in quotation marks ("CSV injection"). Such text gets an apostrophe
in front, which those programs take for the sign of text. Numbers, and text that is nothing but a number, stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and full-width
MARK_OF_TEXT = "'"
NUMBERS = {"float64", "int64"}


def write_csv(table: pd.DataFrame, path: Path, form: str = "comma") -> None:
    """Write ``table`` without its index: UTF-8, one line feed per row; text and headers safe to open. ``form``: one of
    :data:`model.choices.CSV_FORMS`; Excel splits the columns of a file where they are as its own country writes them, and
    takes the letters for UTF-8 where the file begins with a byte order mark."""
    safe = table.rename(columns=plain_text)
    if form == "comma" and {str(kind) for kind in table.dtypes} <= NUMBERS and not table.empty:
        _write_numbers(safe, path)
        return
    for place, kind in enumerate(table.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)):
            safe.isetitem(place, table.iloc[:, place].astype(object).map(plain_text).to_numpy())
    written: dict[str, str] = {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"} if form == "semicolon" else {}
    safe.to_csv(path, index=False, lineterminator="\n", **written)  # type: ignore[call-overload]


def _write_numbers(table: pd.DataFrame, path: Path) -> None:
    """A table of nothing but numbers, in half the time that pandas takes for the same text."""
    columns = [["" if value != value else repr(value) for value in column.tolist()] for _, column in table.items()]
    with open(path, "w", encoding="utf-8", newline="") as file:
        table.iloc[:0].to_csv(file, index=False, lineterminator="\n")
        file.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))


def plain_text(value: Any) -> Any:
    """Text that would be taken for a formula with an apostrophe in front; anything else as it is.

    A carriage return becomes a line feed, as the csv module would write it without quotation marks: a row of its own.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return MARK_OF_TEXT + text if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
