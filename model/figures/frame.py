"""The frame of every figure: a title that says what it shows, a line that says which model, panels, and notes.

Figures are made from ``matplotlib.figure.Figure`` and never through pyplot: nothing is registered, nothing to close.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import ScaledTranslation

from model.analysis.amounts import money
from model.definition.model_definition import ModelDefinition
from model.figures.canvas import Canvas
from model.figures.style import GREY, INK

TITLE_SIZE, SUBTITLE_SIZE, NOTE_SIZE = 12.5, 8.5, 7.5
MARGIN_INCHES = 0.12
LEGEND_ROW_INCHES = 0.178
CHARACTERS_PER_INCH = {TITLE_SIZE: 8.6, SUBTITLE_SIZE: 13.6, NOTE_SIZE: 15.2}  # of DejaVu Sans, on the safe side


def model_line(definition: ModelDefinition, *details: str) -> str:
    """Title and version of the model, and what else a reader must know to place the figure."""
    version = definition.about.version
    parts = [f"{definition.about.title}, inputs {version if version[:1].isalpha() else 'version ' + version}"]
    return ". ".join([*parts, *(d for d in details if d)]) + "."


def compared_arms(definition: ModelDefinition) -> str:
    """The headline comparison in short names: intervention against comparator."""
    s = definition.settings
    return f"{definition.arm(s.intervention).short_label} against {definition.arm(s.comparator).short_label}"


def at_threshold(definition: ModelDefinition, threshold: float) -> str:
    """The threshold in words."""
    return f"Willingness to pay {money(threshold, definition.settings.currency)} per QALY"


def framed(
    title: str, subtitle: str, size: tuple[float, float], rows: int = 1, columns: int = 1, note: str = "", **options: Any
) -> tuple[Figure, Any]:
    """A figure of ``size`` inches (of the panels; title and notes come on top) and its axes ``(rows, columns)``."""
    width, height = size
    head, head_size = _wrapped(title, width, TITLE_SIZE)
    under, under_size = _wrapped(subtitle, width, SUBTITLE_SIZE)
    foot, foot_size = _wrapped(note, width, NOTE_SIZE)
    top = MARGIN_INCHES + head_size + 0.04 + under_size + 0.10
    bottom = foot_size + (0.12 if foot else 0.02)
    total = height + top + bottom
    figure = Figure(figsize=(width, total))
    Canvas(figure)  # which becomes the figure's
    rect = (0.0, bottom / total, 1.0, 1 - (bottom + top) / total)
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=rect, w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.03))
    _place(figure, head, 1, -MARGIN_INCHES, va="top", fontsize=TITLE_SIZE, weight="bold", color=INK, gid="title")
    below = MARGIN_INCHES + head_size + 0.04
    _place(figure, under, 1, -below, va="top", fontsize=SUBTITLE_SIZE, color=GREY, gid="subtitle")
    if foot:
        _place(figure, foot, 0, 0.06, va="bottom", fontsize=NOTE_SIZE, color=GREY, gid="note")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, axes


def _place(figure: Figure, text: str, edge: int, inches: float, **look: Any) -> None:
    """Text at the left margin, at a distance in inches from the top (1) or bottom (0) edge, however high the figure."""
    shift = ScaledTranslation(MARGIN_INCHES, inches, figure.dpi_scale_trans)
    figure.text(0, edge, text, transform=figure.transFigure + shift, **look)


def _wrapped(text: str, width: float, size: float) -> tuple[str, float]:
    """Text broken to a width in inches, and its height in inches."""
    lines = textwrap.wrap(text, max(20, int((width - 2 * MARGIN_INCHES) * CHARACTERS_PER_INCH[size])))
    return "\n".join(lines), len(lines) * size * 1.25 / 72


def legend_below(figure: Figure, handles: Sequence[Any], labels: Sequence[str], columns: int | None = None) -> None:
    """One legend for all panels, under them and above the notes."""
    if not handles:
        return
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    left, bottom, width, height = engine.get()["rect"]
    longest = max(len(label) for label in labels)
    fits = max(1, int(figure.get_figwidth() / (0.55 + longest * 0.068)))
    wide = min(columns or fits, fits, len(labels))
    wide = -(-len(labels) // -(-len(labels) // wide))  # rows as even as they can be
    added, old = -(-len(labels) // wide) * LEGEND_ROW_INCHES + 0.06, figure.get_figheight()
    total = old + added  # the figure grows, so that the panels keep their size
    figure.set_figheight(total)
    bottom, height = bottom * old / total, height * old / total
    engine.set(rect=(left, bottom + added / total, width, height))
    legend = figure.legend(
        handles,
        labels,
        loc="lower center",
        ncols=wide,
        columnspacing=1.6,
        borderpad=0.2,
        borderaxespad=0,
        bbox_to_anchor=(0.5, bottom),
    )
    legend.set_in_layout(False)


def label_outer(figure: Figure) -> None:
    """Axis labels only along the left and the bottom of a grid of panels that share their axes."""
    for axis in figure.axes:
        axis.label_outer()


def finished(figure: Figure) -> Figure:
    """The figure with its layout computed once and fixed, so that every file of it looks the same."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    return figure


def hide_unused(axes: Any, used: int) -> list[Axes]:
    """The first ``used`` axes in reading order; the others are taken away."""
    every = list(np.ravel(axes))
    for axis in every[used:]:
        axis.remove()
    return every[:used]


def nothing_to_show(title: str, subtitle: str, reason: str) -> Figure:
    """A figure that says why it is empty."""
    figure, axes = framed(title, subtitle, (7.0, 1.4))
    axis = axes[0, 0]
    axis.set_axis_off()
    axis.text(0.5, 0.5, reason, ha="center", va="center", color=GREY, fontsize=10, transform=axis.transAxes)
    return finished(figure)


def is_empty(figure: Figure) -> bool:
    """Was the figure made by :func:`nothing_to_show`?"""
    return not any(axis.axison for axis in figure.axes)
