"""Figures of the curve choice: the data of an endpoint, every candidate, and what speaks for each."""

from model.figures.curve_choice.all import curve_choice_figures

__all__ = ["curve_choice_figures"]
