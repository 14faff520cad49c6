"""The canvas on which a figure is laid out and then drawn as PNG, which measures no words twice.

Matplotlib measures anew on every canvas; the labels of axes are mostly the same words, in letters of the same size.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties

from model.figures.style import OWN

Extent = tuple[float, float, float]
"""Width, height and descent in pixels."""


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


@lru_cache(maxsize=4096)
def _extent(text: str, letters: FontProperties, dpi: float) -> Extent:
    found: Any = RendererAgg(1, 1, dpi).get_text_width_height_descent(text, letters, False)
    width, height, descent = found
    return width, height, descent
