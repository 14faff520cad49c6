"""Where on its sheets a workbook holds what is told of its definition."""

from __future__ import annotations

from collections.abc import Iterable

from model.definition.problems import Problem
from model.excel.inputs.drafts import Book
from model.excel.inputs.errors import InputProblem


def located(book: Book, found: Iterable[Problem]) -> list[InputProblem]:
    """Problems or remarks of the definition in the workbook as read, each with its sheet and cell; each once."""
    return list(dict.fromkeys(map(book.locate, found)))
