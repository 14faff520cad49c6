"""The canvases on which a figure is laid out and drawn as PNG and as SVG, which measure no words twice.

Matplotlib measures anew on every canvas; the labels of axes are mostly the same words, in letters of the same size. It also
sets the size of the letters before each one that it draws, upon which FreeType prepares the whole font again.
"""

from __future__ import annotations

import math
from functools import lru_cache
from io import StringIO
from threading import get_ident
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.backends import backend_agg
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

from model.figures.style import OWN

Extent = tuple[float, float, float]
"""Width, height and descent in pixels."""
Heights = tuple[float | None, float | None, float | None]
"""Of the letters of a font in pixels: above the line, below it, and between two lines."""
Letter = tuple[Any, int, float, float]
"""Its font, its number in it, and its place in the text in pixels, to the right and upwards."""
KNOWN = matplotlib.__version_info__[:2] == (3, 11)
"""Is this the matplotlib whose own way with letters is followed here, to the same dots? Others go theirs."""
NOT_TOLD = (None, None, None)  # heights of letters that matplotlib finds itself
POINTS_AN_INCH = 72
SUBPIXELS = 64  # of a pixel, in FreeType
UNIT = 0x10000  # one, in FreeType's matrices


class Canvas(FigureCanvasAgg):
    """Matplotlib's, with a renderer that remembers."""

    _drawn: _Renderer | None = None

    def get_renderer(self) -> _Renderer:
        """The renderer, the same as long as the figure keeps its size."""
        width, height = self.get_width_height(physical=True)
        size = (width, height, self.figure.dpi)
        if self._drawn is None or size != self._drawn.size:
            self._drawn = _Renderer(*size)
        return self._drawn


def svg_of(figure: Figure) -> str:
    """The figure as text of SVG, as matplotlib's canvas writes it, in points (72 an inch) whatever its resolution."""
    text, resolution = StringIO(), figure.dpi
    width, height = figure.get_size_inches()
    figure.dpi = dpi = POINTS_AN_INCH
    try:
        vectors = _VectorRenderer(
            width * dpi, height * dpi, text, image_dpi=resolution, metadata={"Date": None, "Creator": None}
        )
        renderer: Any = MixedModeRenderer(figure, width, height, resolution, vectors)
        figure.draw(renderer)
        renderer.finalize()
    finally:
        figure.dpi = resolution
    return text.getvalue()


class _Renderer(RendererAgg):
    """Matplotlib's; fonts are looked up by rules that a style of the user's may change, and then nothing is remembered."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self.size = (width, height, dpi)

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]) -> Extent:
        """As matplotlib's."""
        if ismath or OWN.get():
            return super().get_text_width_height_descent(s, prop, ismath)
        return _extent(s, prop, self.dpi)

    def _get_font_height_metrics(self, prop: FontProperties) -> Heights:
        return NOT_TOLD if OWN.get() else _heights(prop, self.dpi)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """As matplotlib's, the size of the letters set once."""
        if not KNOWN or OWN.get() or ismath or not gc.get_antialiased() or (mtext is not None and mtext.get_fontfeatures()):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turned = (UNIT * np.array([[cos, -sin], [sin, cos]])).round().astype(int)
        flags, prepared, draw = backend_agg.get_hinting_flag(), None, self._renderer.draw_text_image
        language = None if mtext is None else mtext.get_language()
        for font, number, right, up in _letters(s, prop, self.dpi, language, get_ident()):
            if font is not prepared:
                font.set_size(prop.get_size_in_points(), self.dpi)
                prepared = font
            across = round(SUBPIXELS * (x + right * cos - up * sin))
            upwards = round(SUBPIXELS * (self.height - y + right * sin + up * cos))
            font._set_transform(turned, [across, upwards])
            drawn = font._render_glyph(number, flags, backend_agg.RenderMode.NORMAL)
            draw(drawn.buffer, drawn.left, int(self.height) - drawn.top + drawn.buffer.shape[0], 0, gc)


class _VectorRenderer(RendererSVG):
    """Matplotlib's for SVG, which remembers in the same way."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]) -> Extent:
        """As matplotlib's."""
        if ismath or OWN.get():
            return super().get_text_width_height_descent(s, prop, ismath)
        return _extent_of_outlines(s, prop)

    def _get_font_height_metrics(self, prop: FontProperties) -> Heights:
        return NOT_TOLD if OWN.get() else _heights(prop, POINTS_AN_INCH)


@lru_cache(maxsize=4096)
def _extent(text: str, letters: FontProperties, dpi: float) -> Extent:
    found: Any = RendererAgg(1, 1, dpi).get_text_width_height_descent(text, letters, False)
    width, height, descent = found
    return width, height, descent


@lru_cache(maxsize=4096)
def _extent_of_outlines(text: str, letters: FontProperties) -> Extent:
    found: Any = TextToPath().get_text_width_height_descent(text, letters, False)
    width, height, descent = found
    return width, height, descent


@lru_cache(maxsize=4096)
def _letters(text: str, letters: FontProperties, dpi: float, language: Any, thread: int) -> tuple[Letter, ...]:
    """Where each letter of a text stands. Fonts belong to a ``thread``."""
    font: Any = RendererAgg(1, 1, dpi)._prepare_font(letters)  # type: ignore[attr-defined]
    placed = font._layout(text, flags=backend_agg.get_hinting_flag(), features=None, language=language)
    return tuple((item.ft_object, item.glyph_index, item.x, item.y) for item in placed)


@lru_cache(maxsize=256)
def _heights(letters: FontProperties, dpi: float) -> Heights:
    """By the table of the font itself."""
    font: Any = get_font(findfont(letters))
    table = font.get_sfnt_table("OS/2")
    scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * letters.get_size_in_points() * dpi / 72
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale
