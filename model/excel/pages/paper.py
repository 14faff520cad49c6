"""The paper of a printed sheet, and which of its tables start a new page, so that none is parted without need."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from model.excel.pages.measures import pixels, width_for

PAPER = {"A4": (595.0, 842.0), "A3": (842.0, 1191.0)}  # points
SIDE_MARGINS, TOP_AND_BOTTOM = 0.8 * 72, 1.3 * 72
DEFAULT_HEIGHT = 15.0
DEFAULT_WIDTH = 8.43  # of a column that is not set
A3_FROM_WIDTH, PORTRAIT_TO_WIDTH = 220.0, 100.0  # units of column width
CERTAIN = 0.6
LEAST_SCALE = 0.6  # of the size on the screen, to which a sheet shrinks rather than take another page
CAUTION = 0.97  # programs differ a little in what they fit on a page


class Stretch(Protocol):
    """Rows that stay together: a table from its title to its last row, or a chart with its heading."""

    @property
    def title_row(self) -> int: ...

    @property
    def last_row(self) -> int: ...


@dataclasses.dataclass(frozen=True)
class PaperPage:
    """Paper and orientation of a sheet that is printed one page wide."""

    paper: str
    orientation: str

    @property
    def size(self) -> tuple[float, float]:
        """Points across and down."""
        short, long = PAPER[self.paper]
        return (long, short) if self.orientation == "landscape" else (short, long)

    def scale(self, widths: Sequence[float]) -> float:
        """The size at which one page is as wide as the sheet, or 1."""
        return min(1.0, (self.size[0] - SIDE_MARGINS) / sum(0.75 * (7 * width + 5) for width in widths))

    def capacity(self, widths: Sequence[float]) -> float:
        """Points of row height that one page takes."""
        return CAUTION * (self.size[1] - TOP_AND_BOTTOM) / self.scale(widths)

    def pages(self, widths: Sequence[float], height: float) -> int:
        """How many pages a sheet of ``height`` points is given: it shrinks, to :data:`LEAST_SCALE`, rather than leave a page
        nearly empty."""
        shrunk = min(1.0, LEAST_SCALE / self.scale(widths))
        return max(1, math.ceil(height / self.capacity(widths) * shrunk))


def page_for(widths: Sequence[float]) -> PaperPage:
    """Narrow sheets stand upright; wide ones take the larger paper, so that the type can be read."""
    total = sum(widths)
    return PaperPage("A3" if total > A3_FROM_WIDTH else "A4", "portrait" if total < PORTRAIT_TO_WIDTH else "landscape")


def fitting_page(widths: Sequence[float], height: float) -> PaperPage:
    """The page for a sheet of ``height`` points: that of its width; the longer one where it is as large in print, and one
    page of the usual kind does not take the sheet; else a long one that saves pages and can be read."""
    usual, long = page_for(widths), PaperPage("A3", "portrait")
    if usual == PaperPage("A4", "landscape") and height > usual.capacity(widths):
        return long
    readable = long.scale(widths) >= LEAST_SCALE
    return long if readable and long.pages(widths, height) < usual.pages(widths, height) else usual


def last_printed_column(widths: Sequence[float], texts: Sequence[str]) -> int:
    """The last column of the tables, or further right where a narrow table would cut the lines above it off."""
    missing = max(width_for(pixels(text)) for text in texts) - sum(widths)
    return len(widths) - 1 + max(0, math.ceil(missing / DEFAULT_WIDTH))


def page_breaks(places: Sequence[Stretch], heights: Mapping[int, float], capacity: float) -> list[int]:
    """Title rows of the tables that start a new page: those that only the next page takes whole."""
    ends = [place.title_row for place in places[1:]] + [places[-1].last_row + 1]
    breaks: list[int] = []
    used = sum(heights.get(row, DEFAULT_HEIGHT) for row in range(places[0].title_row))
    for place, end in zip(places, ends, strict=True):
        height = sum(heights.get(row, DEFAULT_HEIGHT) for row in range(place.title_row, end))
        worth_it = height <= capacity or used > CERTAIN * capacity  # a long table is parted in any case
        if place is not places[0] and used + height > capacity and worth_it:
            breaks.append(place.title_row)
            used = 0.0
        used += height
        if used > capacity:  # how far a table of several pages reaches down its last one is not certain
            rest = used % capacity
            used = rest if rest < CERTAIN * capacity else capacity
    return breaks
