"""Survival curves as formulas: calibration, choice of the family, effects, data."""
