"""Where on its sheets a workbook holds what is told of its definition."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from model.definition.problems import Problem
from model.excel.inputs.drafts import read_book
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.workbook_cells import read_grids


def located(path: str | PathLike[str], found: Iterable[Problem]) -> list[InputProblem]:
    """Problems or remarks of the definition in the workbook at ``path``, each with its sheet and cell.

    The workbook is read again for it, which only a workbook with something to tell has to wait for.
    """
    remarks = list(found)
    if not remarks:
        return []
    book = read_book(read_grids(Path(path), [sheet.name for sheet in SHEETS]))
    return list(dict.fromkeys(map(book.locate, remarks)))
