"""The verification record of a model as a workbook of its own."""

from __future__ import annotations

from pathlib import Path

from model.analysis import VerificationRecord
from model.excel.inputs.writer import CREATED
from model.excel.pages.page import Page
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import ExactWorksheet, new_workbook
from model.excel.report.verification_record import RECORD, put_record
from model.files import whole_file


def write_verification(path: Path, record: VerificationRecord, name: str) -> None:
    """Write the workbook to ``path``; ``name``: of the workbook that was tested."""
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = SmallBook(workbook, f"Verification record: {name}", (RECORD,))
        workbook.set_properties({"title": book.title, "created": CREATED})
        workbook.add_worksheet(RECORD.name, ExactWorksheet)
        put_record(Page(book, RECORD.name, book.title), record)
        workbook.close()
