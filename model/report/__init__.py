"""The report of a run as one HTML page, and its first page as a PDF file."""

from model.report.front import Front, front
from model.report.page import write_html_of, write_html_report
from model.report.summary_pdf import write_pdf_of, write_pdf_summary

__all__ = ["Front", "front", "write_html_of", "write_html_report", "write_pdf_of", "write_pdf_summary"]
