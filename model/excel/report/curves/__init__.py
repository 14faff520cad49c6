"""Sheets of the survival curves, their fits and the effects."""
