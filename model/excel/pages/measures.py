"""How much room a text takes in a cell, reckoned from the widths of its letters: no font and no screen is needed."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import xl_pixel_width

PIXELS_PER_UNIT = 7.0  # one unit of column width
INDENT = 9.0  # pixels that one step of indentation takes
BOLD = 1.14
AT_SPACES = re.compile(r"\S+\s*|\s+")
AT_SIGNS = re.compile(r"\S+?[-/?&]+(?=\S)|\S+\s*|\s+")  # some programs end a line after hyphens and slashes too
HIGHEST_ROW = 409.0
REMEMBERED = 20_000  # widths: the same words and notes stand in many cells


class _Widths(dict[str, int]):
    """Pixels of each letter, asked for once."""

    def __missing__(self, letter: str) -> int:
        self[letter] = xl_pixel_width(letter)
        return self[letter]


_OF_LETTERS = _Widths()


@lru_cache(REMEMBERED)
def pixels(text: str) -> float:
    """Width of one line. (XlsxWriter's letters are those of Calibri 11, on average 6% wider than ours: the margin.)"""
    return float(sum(map(_OF_LETTERS.__getitem__, text)))


def width_for(text_pixels: float) -> float:
    """The column width, a whole number, that shows so many pixels with one step of indentation."""
    return float(math.ceil((text_pixels + INDENT) / PIXELS_PER_UNIT))


def lines_needed(value: Any, width: float) -> int:
    """How many lines a text takes in a column of ``width`` units; the most that spreadsheet programs make of it."""
    return _lines_of_text(value, width) if isinstance(value, str) else 1


@lru_cache(REMEMBERED)
def _lines_of_text(text: str, width: float) -> int:
    room = max(width * PIXELS_PER_UNIT - INDENT, PIXELS_PER_UNIT)
    if "\n" not in text and pixels(text) <= room:
        return 1
    return sum(max(_lines(AT_SPACES.findall(line), room), _lines(AT_SIGNS.findall(line), room)) for line in text.split("\n"))


def _lines(parts: list[str], room: float) -> int:
    lines, used = 1, 0.0
    for part in parts:
        word = pixels(part.rstrip())
        if used and used + word > room:
            lines, used = lines + 1, 0.0
        if word > room:  # a word longer than the cell is cut where the cell ends
            cuts = math.ceil(word / room) - 1
            lines, used = lines + cuts, word - cuts * room
        else:
            used += pixels(part)
    return lines


def narrowest(text: str, lines: int = 2) -> float:
    """Pixels of the narrowest cell that takes ``text`` in so many lines without cutting a word."""
    words = text.split()
    if lines == 1 or len(words) < 2:
        return pixels(text)
    splits = ((" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words)))
    return min(max(pixels(first), narrowest(rest, lines - 1)) for first, rest in splits)


def row_height(lines: int) -> float:
    """Points for so many lines of the common font."""
    return min(HIGHEST_ROW, 15.0 if lines <= 1 else 5.0 + 13.0 * lines)
