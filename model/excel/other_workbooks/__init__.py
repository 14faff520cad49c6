"""Workbooks of single commands: change log, fit, summary of draws."""
