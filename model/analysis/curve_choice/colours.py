"""The colour of every candidate distribution, in figures and workbooks alike."""

from __future__ import annotations

from model.survival.distributions import STANDARD_NAMES
from model.survival.families.splines import SPLINE_NAMES, spline_parts

STANDARD_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4B1248")
SPLINE_COLOURS = {"hazard": "#3B5BA5", "odds": "#A0522D", "normal": "#2E8B57"}


def colour_and_round(name: str) -> tuple[str, int, int] | None:
    """Colour of a standard distribution, its place among the colours, and how often the colours were used up before it,
    for a line of its own; None for any other candidate."""
    if name not in STANDARD_NAMES:
        return None
    used_up, place = divmod(STANDARD_NAMES.index(name), len(STANDARD_COLOURS))
    return STANDARD_COLOURS[place], place, used_up


def spline_colour(name: str) -> tuple[str, int] | None:
    """Colour of a spline, by its scale, and the number of its knots, for the line; None for any other candidate."""
    if name not in SPLINE_NAMES:
        return None
    scale, internal = spline_parts(name)
    return SPLINE_COLOURS[scale], internal
