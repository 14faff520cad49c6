"""A file named with --out is replaced only where it is an earlier one of its kind."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path


def is_earlier(file: Path, csv_header: str, first_sheets: Sequence[str]) -> bool:
    """Whether a file is an earlier one: a CSV with its header, or a workbook with its first sheet; an empty file is
    nobody's."""
    if file.stat().st_size == 0:
        return True
    if file.suffix.lower() == ".csv":
        with file.open("rb") as lines:
            return lines.readline(1000).startswith(csv_header.encode())
    try:
        with zipfile.ZipFile(file) as archive, archive.open("xl/workbook.xml") as part:
            opening = part.read(20_000)
            return any(f'<sheet name="{name}" sheetId="1"'.encode() in opening for name in first_sheets)
    except (KeyError, zipfile.BadZipFile):
        return False
