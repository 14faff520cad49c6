"""The first page as a PDF file of one A4 page: selectable text, fonts inside, the same bytes every time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from os import PathLike
from typing import Any

from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from model.analysis.all_analyses import named_results
from model.analysis.amounts import money
from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.figures.style import DARK_BLUE, GREY, INK, LIGHT_BLUE, house_style
from model.files import whole_file
from model.report.front import Driver, Front, front
from model.report.tables import ShownTable

WIDTH, HEIGHT, MARGIN = 595.28, 841.89, 45.0
"""A4 in points."""
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""Sizes of the letters that are tried until all fits; at the last one the text is cut."""
LEADING = 1.32
CHART_HEIGHT = 74.0
MORE = " ..."


@lru_cache
def _letter(letter: str, weight: str) -> float:
    """Width of one letter at a size of 1."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    return float(font.load_char(ord(letter)).linearHoriAdvance / 65536 / 100)


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line in points; letters that stand closer in pairs make it a little less."""
    return size * sum(_letter(letter, weight) for letter in text)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Text broken into lines no wider than ``width`` points, but for a word that is wider itself."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@dataclasses.dataclass
class Sheet:
    """A page that is filled from the top; ``scale``: of the letters. ``y``: how far down it is filled, in points."""

    scale: float
    figure: Figure = dataclasses.field(default_factory=lambda: Figure(figsize=(WIDTH / 72, HEIGHT / 72)))
    y: float = MARGIN

    @property
    def room(self) -> float:
        """Points left above the foot of the page."""
        return HEIGHT - MARGIN - self.y

    def put(self, x: float, y: float, text: str, size: float, **look: Any) -> None:
        """A line of text with its base line at ``y`` points from the top."""
        self.figure.text(x / WIDTH, 1 - y / HEIGHT, text, fontsize=size, va="baseline", **look)

    def text(
        self, text: str, size: float, weight: str = "normal", colour: str = INK, indent: float = 0, above: float = 0
    ) -> None:
        """A paragraph over the width of the page."""
        size *= self.scale
        self.y += above * self.scale
        for line in wrapped(text, WIDTH - 2 * MARGIN - indent, size, weight):
            self.y += size * LEADING
            self.put(MARGIN + indent, self.y - size * 0.25, line, size, weight=weight, color=colour)

    def heading(self, text: str) -> None:
        """A small heading with a line below it."""
        self.text(text, 9, "bold", DARK_BLUE, above=7)
        self.rule(2.0)

    def rule(self, below: float, colour: str = DARK_BLUE, width: float = 0.8) -> None:
        """A line over the width of the page."""
        y = 1 - (self.y + 1) / HEIGHT
        self.figure.add_artist(_line((MARGIN / WIDTH, 1 - MARGIN / WIDTH), (y, y), colour, width))
        self.y += below * self.scale


def _line(x: tuple[float, float], y: tuple[float, float], colour: str, width: float) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(x, y, color=colour, linewidth=width)


def write_pdf_summary(
    path: str | PathLike[str], *, base: BaseCase, run: Mapping[str, Any] | None = None, **further: object
) -> None:
    """Write the first page to ``path`` as a PDF file of one page: all of it, or nothing (see ``write_html_report``).

    >>> import model
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.write_pdf_summary(f"{folder}/summary.pdf", base=model.base_case(model.example()))
    ...     pathlib.Path(folder, "summary.pdf").read_bytes()[:4]
    b'%PDF'
    """
    write_pdf_of(path, named_results({"base": base, **further}), run or {})


def write_pdf_of(path: str | PathLike[str], results: Results, run: Mapping[str, Any], first: Front | None = None) -> None:
    """The same of results that are together already."""
    told = first or front(results)
    with house_style(), _embedded():
        sheet = next((made for scale in SCALES if (made := _filled(told, run, scale)).room >= 0), None)
        figure = (sheet or _filled(told, run, SCALES[-1], cut=True)).figure
        metadata = {
            "Title": told.title,
            "Subject": told.words.question,
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
        }
        with whole_file(path) as unfinished, open(unfinished, "wb") as file:
            FigureCanvasPdf(figure).print_pdf(file, metadata=metadata)


def _embedded() -> Any:
    """Letters as TrueType fonts inside the file, so that its text can be selected and searched."""
    from matplotlib import rc_context

    return rc_context({"pdf.fonttype": 42, "pdf.compression": 6})


def _filled(first: Front, run: Mapping[str, Any], scale: float, cut: bool = False) -> Sheet:
    """The page with letters of a size; ``cut``: long paragraphs are shortened."""
    sheet = Sheet(scale)

    def short(text: str, letters: int) -> str:
        return text if not cut or len(text) <= letters else text[:letters].rsplit(" ", 1)[0] + MORE

    sheet.text(first.title, 14, "bold", DARK_BLUE)
    sheet.rule(4.0, width=1.4)
    words = first.words
    sheet.text(short(words.question, 300), 8.5, colour=GREY)
    sheet.text(short(words.answer, 500), 10.5, "bold", above=3)
    for line in (words.reasons, words.beside, *words.severity, *first.options):
        sheet.text(short(line, 400), 8.5, above=1.5)
    sheet.heading(first.key_figures.title)
    _table(sheet, first.key_figures)
    sheet.heading("At which price would it change?")
    for line in words.prices:
        sheet.text(short(line, 300), 8, above=1)
    sheet.heading("What moves it most")
    if first.drivers:
        _chart(sheet, first)
    sheet.text(words.drivers[-1], 7.5, colour=GREY)
    sheet.heading("How far it goes")
    for line in words.ranges:
        sheet.text(short(line, 350), 8, above=1)
    sheet.heading("Do the curves hang together?")
    sheet.text(short(words.coherence, 300), 8)
    if words.limitations:
        sheet.heading("What to know before using it")
        for number, line in words.limitations.items():
            sheet.text(f"{number}. {short(line, 220)}", 8, above=1)
    _foot(sheet, run)
    return sheet


def _table(sheet: Sheet, table: ShownTable) -> None:
    """The key figures: names to the left, numbers to the right."""
    size = 8.0 * sheet.scale
    columns = len(table.heads) - 1
    first = max(text_width(row[0], size) for row in table.rows) + 8
    most = (WIDTH - 2 * MARGIN - first) / columns
    wanted = max(text_width(text, size, "bold") for row in [[h.words for h in table.heads], *table.rows] for text in row[1:])
    width = min(most, max(wanted + 14, 70.0))
    for k, row in enumerate([[head.words for head in table.heads], *table.rows]):
        lines = [wrapped(text, width - 6, size, "bold" if k == 0 else "normal") or [""] for text in row[1:]]
        for n in range(max(map(len, lines))):
            sheet.y += size * 1.35
            if n == 0:
                sheet.put(MARGIN, sheet.y, row[0], size, color=INK)
            for column, text in enumerate(lines):
                if n < len(text):
                    look = {"weight": "bold", "color": DARK_BLUE} if k == 0 else {"color": INK}
                    sheet.put(MARGIN + first + (column + 1) * width, sheet.y, text[n], size, ha="right", **look)
        sheet.y += 2.4 * sheet.scale
        colour, thickness = (DARK_BLUE, 0.8) if k == 0 else ("#D5DAE1", 0.5)
        y, right = 1 - sheet.y / HEIGHT, MARGIN + first + columns * width
        sheet.figure.add_artist(_line((MARGIN / WIDTH, right / WIDTH), (y, y), colour, thickness))
    sheet.y += 2 * sheet.scale


def _chart(sheet: Sheet, first: Front) -> None:
    """Bars of the inputs that move the result most; low and high differ in brightness and in hatching."""
    height, size = CHART_HEIGHT * sheet.scale, 7.5 * sheet.scale
    labels = [wrapped(_bounds(driver), 190, size) for driver in first.drivers]
    left = MARGIN + 200
    top = sheet.y + 3
    axes = sheet.figure.add_axes(
        (left / WIDTH, 1 - (top + height) / HEIGHT, (WIDTH - MARGIN - left - 8) / WIDTH, height / HEIGHT)
    )
    for k, driver in enumerate(first.drivers):
        for value, colour, hatch in ((driver.inmb_low, LIGHT_BLUE, "///"), (driver.inmb_high, DARK_BLUE, "")):
            axes.barh(-k, value - first.inmb, left=first.inmb, color=colour, hatch=hatch, edgecolor="white", height=0.6)
        for n, line in enumerate(labels[k]):
            y = top + height * (k + 0.5) / len(first.drivers) + (n - (len(labels[k]) - 1) / 2) * size * 1.2 + size * 0.35
            sheet.put(MARGIN, y, line, size, color=INK)
    axes.axvline(first.inmb, color=INK, linewidth=0.9)
    axes.set_ylim(0.5 - len(first.drivers), 0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.set_xticks(_ticks(*axes.get_xlim()))
    axes.set_xticklabels([money(float(tick), first.currency) for tick in axes.get_xticks()], fontsize=6.5 * sheet.scale)
    sheet.y = top + height + 10 * sheet.scale
    words = "Hatched: at the low bound. Solid: at the high bound. Line: base case."
    sheet.text(words, 7, colour=GREY, above=2)


def _ticks(low: float, high: float) -> Sequence[float]:
    """Four round places on an axis, at most."""
    from matplotlib.ticker import MaxNLocator

    return [t for t in MaxNLocator(nbins=4, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= t <= high]


def _bounds(driver: Driver) -> str:
    unit = f" {driver.unit}" if driver.unit and driver.unit not in driver.label else ""
    return f"{driver.label}, {driver.low} to {driver.high}{unit}"


def _foot(sheet: Sheet, run: Mapping[str, Any]) -> None:
    """Which run this is, at the foot of the page."""
    named = (("run_id", "Run"), ("input_file", "input"), ("inputs_version", "inputs"), ("model_version", "model version"))
    words = "; ".join(f"{label} {run[name]}" for name, label in named if run.get(name))
    sheet.put(MARGIN, HEIGHT - MARGIN + 12, words, 6.5, color=GREY)
