"""Draw the floors of the house from its imports: ``python tests/structure/draw_floors.py`` writes ``model/floors.svg``."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.helpers.imports import MODEL, files, floors, rooms

FIGURE = MODEL / "floors.svg"
WIDTH, HEIGHT, GAP, TOP = 860, 64, 26, 46
WORDS = {
    "arrays": "what an array is",
    "choices": "words that can be chosen",
    "constants": "months, days, the normal quantile",
    "spelling": "words for words",
    "survival": "one curve",
    "definition": "what a model is",
    "engine": "definition + draws -> outcomes",
    "analysis": "questions asked of the engine",
    "excel": "workbook in, live workbook out",
    "figures": "pictures of results",
    "cli": "commands",
    "files": "folders swapped in as a whole",
}


def figure() -> str:
    """The picture as SVG: one row per floor, an arrow for every import between two rooms of the house."""
    graph = rooms("model")
    floor_of = floors(graph)
    highest = max(floor_of.values())
    boxes: dict[str, tuple[float, float, float]] = {}
    for level in range(highest + 1):
        row = [room for room in graph if floor_of[room] == level]
        width = (WIDTH - GAP * (len(row) + 1)) / len(row)
        for place, room in enumerate(row):
            x = GAP + place * (width + GAP)
            boxes[room] = (x, TOP + (highest - level) * (HEIGHT + GAP), width)
    height = TOP + (highest + 1) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{GAP}" y="28" font-size="16" fill="#222222">model/: a room imports only from floors below its own</text>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#8899aa"/></marker></defs>',
    ]
    for room, others in sorted(graph.items()):
        for other in sorted(others):
            if floor_of[room] - floor_of[other] == 1:
                (x, y, w), (u, v, z) = boxes[room], boxes[other]
                parts.append(
                    f'<line x1="{x + w / 2:.0f}" y1="{y + HEIGHT:.0f}" x2="{u + z / 2:.0f}" y2="{v:.0f}" '
                    'stroke="#8899aa" stroke-width="1.5" marker-end="url(#tip)"/>'
                )
    for room, (x, y, w) in sorted(boxes.items()):
        count = sum(1 for m in files() if m == f"model.{room}" or m.startswith(f"model.{room}."))
        words = f"{escape(WORDS[room])} ({count} file{'s' if count > 1 else ''})"
        parts.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{HEIGHT}" rx="6" fill="#e8eef4" stroke="#5b7083"/>'
        )
        parts.append(
            f'<text x="{x + 14:.0f}" y="{y + 27:.0f}" font-size="16" font-weight="bold" fill="#1f3344">{room}</text>'
        )
        parts.append(f'<text x="{x + 14:.0f}" y="{y + 48:.0f}" font-size="13" fill="#44586a">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    FIGURE.write_text(figure(), encoding="utf-8")
