"""What the figures of the curve choice share: the look of every candidate, one panel per arm, words of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.analysis.curve_choice.colours import colour_and_round, spline_colour
from model.analysis.curve_choice.endpoint import ArmFits, EndpointFits
from model.arrays import Array
from model.figures.frame import framed, legend_below
from model.figures.style import GREY, INK, LINE_STYLES, PALETTE
from model.survival.estimation import Fit

STANDARD_LINES: tuple[Any, ...] = (*LINE_STYLES, (0, (2, 1)))
SPLINE_LINES: tuple[Any, ...] = ((0, (4, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1, 1.5)))  # by number of internal knots
OTHER = dict(color=PALETTE[7], linestyle="-", linewidth=1.3)
KAPLAN_MEIER = dict(color=INK, linewidth=1.5, drawstyle="steps-post", zorder=5)
PANEL = (4.9, 3.3)


def standard_look(name: str) -> tuple[str, Any] | None:
    """Colour and line of a standard distribution, no two of them the same; None for any other candidate."""
    found = colour_and_round(name)
    if found is None:
        return None
    colour, place, used_up = found
    return colour, STANDARD_LINES[(place + used_up) % len(STANDARD_LINES)]


def look_of(name: str, chosen: bool) -> dict[str, Any]:
    """Line properties of a candidate: standard distributions in colours, splines thinner by scale and knots."""
    look: dict[str, Any] = OTHER
    if (standard := standard_look(name)) is not None:
        look = dict(color=standard[0], linestyle=standard[1], linewidth=1.3)
    elif (spline := spline_colour(name)) is not None:
        look = dict(color=spline[0], linestyle=SPLINE_LINES[(spline[1] - 1) % len(SPLINE_LINES)], linewidth=0.9, alpha=0.9)
    return {**look, "linewidth": 2.8, "alpha": 1.0, "zorder": 4} if chosen else look


def chosen_of(arm: ArmFits) -> str | None:
    """The candidate drawn boldest: the selected one, else the one with the lowest AIC."""
    if arm.selected in arm.usable:
        return arm.selected
    return min(arm.usable, key=lambda name: arm.usable[name].aic, default=None)


def candidate_label(arm: ArmFits, name: str, fit: Fit) -> str:
    """A candidate in the legend, with a word on why it is drawn boldly."""
    if name != chosen_of(arm):
        return fit.label
    return f"{fit.label} ({'selected' if name == arm.selected else 'lowest AIC'})"


def panels(
    endpoint: EndpointFits, title: str, source: str, note: str, height: float = PANEL[1], **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure with a panel per arm, titled with the arm's name and data."""
    count = len(endpoint.arms)
    width = PANEL[0] * max(count, 1) if count > 1 else 7.2
    figure, axes = framed(title, subtitle(endpoint, source), (width, height), 1, count, note, **options)
    for axis, arm in zip(axes[0], endpoint.arms, strict=True):
        axis.set_title(f"{arm.label}: {arm.data.n} patients, {arm.data.n_events} events")
    return figure, list(axes[0])


def subtitle(endpoint: EndpointFits, source: str) -> str:
    """Which trial and endpoint, and from what data."""
    read = any(arm.reconstruction is not None for arm in endpoint.arms)
    data = "data reconstructed from a digitised curve" if read else "patient data"
    kind = "; excess-hazard models" if endpoint.excess else ""
    return f"{source}. {endpoint.label}, {data}{kind}."


def steps(km: Any, scale: float = 1.0) -> tuple[Array, Array]:
    """Corners of a Kaplan-Meier curve from time 0 to the end of follow-up."""
    time = np.concatenate([[0.0], km.times, [km.follow_up]]) * scale
    return time, np.concatenate([[1.0], km.survival, km.survival[-1:] if len(km.survival) else [1.0]])


def under_axis(axis: Axes, months: Sequence[float] | Array, words: Sequence[str]) -> None:
    """A row of numbers at risk under the label of the axis, aligned with its times."""
    look: dict[str, Any] = dict(textcoords="offset points", va="top", fontsize=7, annotation_clip=False)
    for month, word in zip(months, words, strict=True):
        axis.annotate(word, (month, 0), (0, -42), xycoords=("data", "axes fraction"), ha="center", color=INK, **look)
    axis.annotate("At risk", (0, 0), (-2, -33), xycoords="axes fraction", ha="left", color=GREY, **look)


def legend_of(figure: Figure, axes: Sequence[Axes]) -> None:
    """One legend for all panels; a candidate that is bold in one panel keeps that label."""
    found: dict[str, Artist] = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    plain = {label for label in found if f"{label} (selected)" in found or f"{label} (lowest AIC)" in found}
    kept = {label: handle for label, handle in found.items() if label not in plain}
    legend_below(figure, list(kept.values()), list(kept))
