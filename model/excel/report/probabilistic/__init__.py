"""Sheets of the probabilistic analysis."""
