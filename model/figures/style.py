"""The look of every figure: one font, one grid, and a colour, line, marker and hatch for each arm.

Colours of arms come from the definition; those of everything else from Okabe and Ito's palette with a dark purple and a
grey, which readers with any common colour blindness can tell apart (tested by simulation). No mark relies on colour alone.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.colors import to_hex, to_rgb

from model.definition.model_definition import ModelDefinition

P = ParamSpec("P")
R = TypeVar("R")

INK = "#22262E"
GREY = "#5F6672"
PALE = "#B9BFC9"
GRID = "#E6E9EE"
LIGHT_BLUE, DARK_BLUE = "#8FB8DE", "#1F4E79"
"""Of what lowers and what raises a result: readable side by side in grey."""
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4B1248", "#6E6E6E")
LINE_STYLES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (1.2, 1.3)),
    (0, (8, 2, 2, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
MARKERS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "++")

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # ships with matplotlib: the same letters on every machine
    "font.size": 8.5,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "text.color": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # fixed: matplotlib need not look for ticks above the panel at every drawing
    "axes.labelsize": 8.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "lines.linewidth": 1.8,
    "lines.dash_capstyle": "butt",
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.handlelength": 2.8,
    "figure.facecolor": "white",
    "figure.dpi": 150,
    "savefig.dpi": 150,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",  # text stays text: it can be searched, copied and edited
    "svg.hashsalt": "partitioned-survival-model",  # the ids inside an SVG are the same in every run
    "path.simplify": True,
}


OWN: ContextVar[Mapping[str, Any]] = ContextVar("OWN", default=MappingProxyType({}))
"""Settings that go before those of the house."""


@contextmanager
def house_style() -> Iterator[None]:
    """matplotlib's settings for our figures; the caller's are restored on leaving."""
    settings: Any = {**RC, **OWN.get()}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)
        yield


@contextmanager
def own_style(settings: Mapping[str, Any]) -> Iterator[None]:
    """Figures made and written in the body take these settings of matplotlib (fonts, sizes, grid) before the house's.
    Colours, lines and marks of arms stay those of the model."""
    before = OWN.set(settings)
    try:
        yield
    finally:
        OWN.reset(before)


def style_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The settings of a matplotlib style file. Raises OSError where it cannot be read, ValueError where it is not text or
    a line of it is none of matplotlib's settings (matplotlib itself only logs what it does not know)."""
    told: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("matplotlib")
    passes_on = log.propagate
    log.addHandler(listener)
    log.propagate = False
    try:
        read: Any = matplotlib.rc_params_from_file(path, fail_on_error=False, use_default_template=False)
    except UnicodeDecodeError:
        raise ValueError("it is not a text file") from None
    finally:
        log.removeHandler(listener)
        log.propagate = passes_on
    if told:
        raise ValueError(" ".join(" ".join(told).split()))
    return dict(read)


def in_house_style(function: Callable[P, R]) -> Callable[P, R]:
    """A function that makes a figure, run with our settings."""

    @functools.wraps(function)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return function(*args, **kwargs)

    return styled


@dataclasses.dataclass(frozen=True)
class ArmStyle:
    """How one arm is drawn, everywhere."""

    label: str
    colour: str
    line: Any
    marker: str
    hatch: str


def arm_styles(definition: ModelDefinition) -> dict[str, ArmStyle]:
    """The style of every arm by id. An arm whose colour is taken gets that of the palette furthest from all others."""
    styles: dict[str, ArmStyle] = {}
    taken = {arm.colour.upper() for arm in definition.arms}
    used: set[str] = set()
    for i, arm in enumerate(definition.arms):
        colour = arm.colour.upper()
        if colour in used:
            colour = max(PALETTE, key=lambda c: min(_distance(c, other) for other in taken))
        used.add(colour)
        taken.add(colour)
        k = i % len(LINE_STYLES)
        styles[arm.id] = ArmStyle(arm.short_label, colour, LINE_STYLES[k], MARKERS[k], HATCHES[k])
    return styles


def _distance(one: str, other: str) -> float:
    """How far apart two colours are, red, green and blue weighted as the eye does (roughly)."""
    squares = ((a - b) ** 2 for a, b in zip(to_rgb(one), to_rgb(other), strict=True))
    return sum(weight * square for weight, square in zip((2.0, 4.0, 3.0), squares, strict=True))


def tint(colour: str, share: float) -> str:
    """The colour mixed with white: ``share`` 1 is the colour itself, 0 is white."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))
