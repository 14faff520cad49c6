"""Figures as pictures inside the page: vectors made small, with their alternative text."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from urllib.parse import quote

from model.figures.descriptions import alternative_text, description_of

BEYOND_HUNDREDTHS = re.compile(r"(?<=\d\.\d\d)\d+")
PATHS = re.compile(r'(?<=\sd=")[^"]+(?=")|(?<=\sx=")[\d.]+(?=")|(?<=\sy=")[\d.]+(?=")')
METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
BLANKS = re.compile(r"\s*\n\s*")
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
FONT = re.compile(r"'(DejaVu Sans[\w ]*)'")
QUOTE_INSIDE = re.compile(r"""<[^>]*="[^"]*'[^>]*>""")
KEPT = " '=:/;,()!*@$+?.-_~"
"""Letters that need not be escaped inside a data address between double quotes."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure: its stem, title, alternative text, the address that holds it, its size in points, and the stems of the
    tables that hold its numbers."""

    stem: str
    title: str
    alternative: str
    address: str
    width: int
    height: int
    tables: tuple[str, ...]


def picture(stem: str, svg: str) -> Picture:
    """A figure from the text of its SVG file."""
    small = slim(svg)
    size = SIZE.search(small)
    width, height = (round(float(size[k])) for k in (1, 2)) if size else (720, 480)
    title = words_of(svg, "title")
    known = description_of(stem)
    address = "data:image/svg+xml," + quote(with_single_quotes(small), safe=KEPT)
    return Picture(stem, title, alternative_text(stem, title), address, width, height, known.tables if known else ())


def slim(svg: str) -> str:
    """The same drawing in fewer letters: hundredths of a point, no comments to machines, one line."""
    text = METADATA.sub("", PROLOGUE.sub("", svg))
    text = PATHS.sub(lambda found: BEYOND_HUNDREDTHS.sub("", found[0]), text)
    return BLANKS.sub(" ", text).strip()


def with_single_quotes(svg: str) -> str:
    """The same drawing with its attributes between single quotes, which need not be escaped; unchanged where a value of
    one holds such a quote itself."""
    bare = FONT.sub(r"\1", svg)
    return bare if QUOTE_INSIDE.search(bare) else bare.replace('"', "'")


def words_of(svg: str, gid: str) -> str:
    """The text of the group of a name, such as the title of a figure; "" where there is none."""
    group = re.search(rf'<g id="{gid}">(.*?)</g>', svg, re.DOTALL)
    lines = re.findall(r"<(?:text|tspan)\b[^>]*>([^<]+)</", group[1]) if group else []
    return unescape(" ".join(line.strip() for line in lines))
