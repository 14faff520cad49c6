"""The verification record: verdicts by domain, then every test with what was done, expected and observed."""

from __future__ import annotations

from model.analysis import VerificationRecord
from model.analysis.columns.verification import COUNTS, VERIFICATION
from model.analysis.verification.declared import FAIL, FLAG
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.result_tables import put_results

RECORD = Entry(
    "Verification record",
    "Verification record",
    "Black-box tests made on the model of this workbook: done, expected, observed, verdict",
    stored=True,
)
WORDS = (
    "Each test changes a copy of the model just read, runs it, and compares what is found with what must be found. pass: it "
    "holds. flag: the calculation is as it should be, and the inputs show something that a reader must judge. fail: it does "
    "not hold. does not apply: the reason stands there. The column for an independent reviewer is left empty on purpose."
)
LETTERS = (
    "Ids: T, E, R and U by the domains of TECH-VER (Buyukkaramikli et al. 2019, PharmacoEconomics 37:1391); P for what is "
    "particular to partitioned survival (NICE DSU TSD 19 and 21)."
)
LOOKED_AT = ("domain", "test", "statement", "done", "expected", "observed", "verdict")


def put_record(page: Page, record: VerificationRecord) -> None:
    """The record on a page of any workbook."""
    page.paragraph(record.line())
    page.paragraph(WORDS)
    page.paragraph(LETTERS)
    page.row += 1
    summary, table = record.summary(), record.table()
    put_results(page, COUNTS.title, page.report.stored, summary, COUNTS.declared)
    told = table[table["verdict"].isin([FAIL, FLAG])]
    if len(told):
        put_results(page, "To be looked at", "Tests that failed or are to be judged.", told, VERIFICATION.pick(*LOOKED_AT))
    at = put_results(page, VERIFICATION.title, page.report.stored, table, VERIFICATION.declared)
    page.freeze(at, 2)
    page.close()


SHEET = AnalysisSheet(VerificationRecord, (RECORD,), lambda report, found, _: put_record(Page(report, RECORD.name), found))
