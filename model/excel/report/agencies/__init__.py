"""Sheets of what agencies ask for, live: severity, equal-value life years, stepped results."""
