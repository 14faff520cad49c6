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
SPILL = 0.3  # of a page, by which the pages before it may be made to hold more
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

    def capacity(self, widths: Sequence[float]) -> float:
        """Points of row height that one page takes."""
        short, long = PAPER[self.paper]
        across, down = (long, short) if self.orientation == "landscape" else (short, long)
        total = sum(0.75 * (7 * width + 5) for width in widths)
        scale = min(1.0, (across - SIDE_MARGINS) / total)
        return CAUTION * (down - TOP_AND_BOTTOM) / scale


def page_for(widths: Sequence[float]) -> PaperPage:
    """Narrow sheets stand upright; wide ones take the larger paper, so that the type can be read."""
    total = sum(widths)
    return PaperPage("A3" if total > A3_FROM_WIDTH else "A4", "portrait" if total < PORTRAIT_TO_WIDTH else "landscape")


def longer_page(page: PaperPage, widths: Sequence[float], height: float) -> PaperPage:
    """Twice as long a page of the same width, for a broad sheet of ``height`` points that one page does not take."""
    broad = page == PaperPage("A4", "landscape")
    return PaperPage("A3", "portrait") if broad and height > page.capacity(widths) else page


def pages_down(height: float, capacity: float) -> int:
    """How many pages a sheet of ``height`` points is given: it shrinks a little rather than leave a page nearly empty."""
    return max(1, math.ceil(height / capacity - SPILL))


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
