"""Draw the floors of the house from its imports: ``python tests/structure/draw_floors.py`` writes ``model/floors.svg``.

Rooms, their order and what each uses are read from the source; the words are those of the first line of each README, or of
a file's docstring. Nothing is counted, so that a further file does not change the picture.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.helpers.imports import HOUSE, MODEL, floors

FIGURE = MODEL / "floors.svg"
WIDTH, LEFT, RIGHT, GAP, TOP = 980, 64, 24, 30, 78
PAD, CHIP, LINE = 16, 22, 28
FONT = "Helvetica, Arial, sans-serif"
INK, PALE, ARROW = "#1d2b36", "#5a6b78", "#7d8e9a"
PURE, EDGE, GROUND = ("#e3eef6", "#3f7296"), ("#fbeedd", "#b0722a"), ("#eeeeee", "#8a8a8a")
"""Fill and line: floors of the calculation, floors that touch files, the ground."""
CALCULATION = ("survival", "definition", "engine", "analysis")


def words_of(room: str) -> str:
    """What a room is for: the heading of its README, or the first sentence of the file."""
    readme = MODEL / room / "README.md"
    if readme.exists():
        return readme.read_text(encoding="utf-8").splitlines()[0].partition(": ")[2]
    said = ast.get_docstring(ast.parse((MODEL / f"{room}.py").read_text(encoding="utf-8"))) or ""
    first = said.splitlines()[0].rstrip(".").partition(":")[0]
    return first[:1].lower() + first[1:]


def look_of(room: str) -> tuple[str, str]:
    """Fill and line of a room."""
    if room in CALCULATION:
        return PURE
    return EDGE if room in ("excel", "figures", "report", "cli") else GROUND


def width_of(text: str, size: float) -> float:
    """Room that a text takes, a little more than in any usual font without serifs."""
    return 0.58 * size * len(text)


def chips(room: str, width: float) -> list[list[tuple[str, float]]]:
    """The rooms of a room that are folders, from the ground up, in lines of (name, width)."""
    inside = HOUSE.rooms(f"model.{room}")
    level = floors(inside)
    names = [n for n in sorted(inside, key=lambda n: (level[n], n)) if (MODEL / room / n).is_dir()]
    found: list[list[tuple[str, float]]] = []
    for name in names:
        wide = width_of(name, 12) + 16
        if not found or sum(w + 8 for _, w in found[-1]) + wide > width - 2 * PAD:
            found.append([])
        found[-1].append((name, wide))
    return found


def text(x: float, y: float, size: float, colour: str, words: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:g}" fill="{colour}"{more}>{escape(words)}</text>'


def rectangle(x: float, y: float, width: float, height: float, fill: str, line: str) -> str:
    """A box with round corners: those of a small one are half circles."""
    corner = height / 2 if height <= CHIP else 8.0
    size = f'x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="{corner:.0f}"'
    return f'<rect {size} fill="{fill}" stroke="{line}"/>'


def uses(room: str, graph: Mapping[str, set[str]], level: Mapping[str, int]) -> str:
    """The rooms that a room imports, the nearest first; the files of the ground are for everybody and not named."""
    named = [other for other in graph[room] if (MODEL / other).is_dir()]
    others = sorted(named, key=lambda other: (-level[other], other))
    return f"uses {', '.join(others)}" if others else "uses the ground alone" if graph[room] else ""


def box(room: str, x: float, y: float, width: float, height: float, used: str) -> Iterator[str]:
    """One room: its name, what it is for, its rooms, and whom it uses."""
    fill, line = look_of(room)
    yield rectangle(x, y, width, height, fill, line)
    yield text(x + PAD, y + 27, 17, INK, room, ' font-weight="bold"')
    beside = width_of(room, 17) + width_of(words_of(room), 13.5) + 2 * PAD + 12 < width
    if beside:
        yield text(x + PAD + width_of(room, 17) + 12, y + 27, 13.5, INK, words_of(room))
    else:
        yield text(x + PAD, y + 27 + 19, 13.5, INK, words_of(room))
    top = y + (40 if beside else 58)
    for row in chips(room, width):
        at = x + PAD
        for name, wide in row:
            yield rectangle(at, top, wide, CHIP, "#ffffff", line)
            yield text(at + wide / 2, top + 15, 12, INK, name, ' text-anchor="middle"')
            at += wide + 8
        top += LINE
    if used:
        yield text(x + PAD, top + 13, 11.5, PALE, used)


def asked(room: str, used: str) -> float:
    """Width that a room would like: for its words, and for its own rooms in two lines."""
    own = sum(wide + 8 for line in chips(room, WIDTH) for _, wide in line) if (MODEL / room).is_dir() else 0.0
    return 2 * PAD + max(width_of(words_of(room), 13.5), width_of(used, 11.5), own / 2)


def height_of(room: str, width: float) -> float:
    beside = width_of(room, 17) + width_of(words_of(room), 13.5) + 2 * PAD + 12 < width
    return (40 if beside else 58) + LINE * len(chips(room, width)) + 26


def figure() -> str:
    """The picture as SVG: one row per floor, an arrow from each room to those that it uses one floor below."""
    graph = HOUSE.rooms("model")
    level = floors(graph)
    places: dict[str, tuple[float, float, float, float]] = {}
    y = float(TOP)
    for floor in range(max(level.values()), -1, -1):
        row = sorted(room for room in graph if level[room] == floor)
        shares = [asked(room, uses(room, graph, level)) for room in row]
        free, x = WIDTH - LEFT - RIGHT - GAP * (len(row) - 1), float(LEFT)
        widths = [free * share / sum(shares) for share in shares]
        height = max(height_of(room, width) for room, width in zip(row, widths, strict=True))
        for room, width in zip(row, widths, strict=True):
            places[room] = (x, y, width, height)
            x += width + GAP
        y += height + GAP
    whole = y - GAP + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole:.0f}" font-family="{FONT}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0.5L8 4L0 7.5z" fill="{ARROW}"/></marker></defs>',
        text(LEFT, 32, 20, INK, "The floors of model/", ' font-weight="bold"'),
        text(
            LEFT,
            55,
            13.5,
            PALE,
            "A file imports only from floors below its own. Drawn from the imports; arrows lead one floor down.",
        ),
    ]
    for room, others in sorted(graph.items()):
        for other in sorted(others):
            if level[room] - level[other] == 1:
                (x, y, w, h), (u, v, z, _) = places[room], places[other]
                middle = x + w / 2 if w < z else u + z / 2
                parts.append(
                    f'<line x1="{middle:.0f}" y1="{y + h + 2:.0f}" x2="{middle:.0f}" y2="{v - 2:.0f}" '
                    f'stroke="{ARROW}" stroke-width="1.6" marker-end="url(#tip)"/>'
                )
    for room, (x, y, w, h) in sorted(places.items()):
        parts += box(room, x, y, w, h, uses(room, graph, level))
    high, low = (places[name] for name in (CALCULATION[-1], CALCULATION[0]))
    top, bottom = high[1], low[1] + low[3]
    parts.append(f'<line x1="44" y1="{top:.0f}" x2="44" y2="{bottom:.0f}" stroke="{PURE[1]}" stroke-width="3"/>')
    parts.append(
        text(
            30,
            (top + bottom) / 2,
            13,
            PURE[1],
            "the calculation: no file, no cell, no figure",
            f' text-anchor="middle" transform="rotate(-90 30 {(top + bottom) / 2:.0f})"',
        )
    )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    FIGURE.write_text(figure(), encoding="utf-8")
