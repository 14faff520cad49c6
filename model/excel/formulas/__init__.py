"""Spreadsheet formulas as values that add up in Python."""
