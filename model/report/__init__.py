"""The report of a run as one HTML page, and its first page as a PDF file."""

from model.report.first_page import FirstPage, first_page
from model.report.page import write_report, write_report_of
from model.report.summary_pdf import write_summary, write_summary_of

__all__ = ["FirstPage", "first_page", "write_report", "write_report_of", "write_summary", "write_summary_of"]
