"""The cost-effectiveness plane."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.amounts import chance, money
from model.analysis.base_case.base_case import BaseCase
from model.analysis.columns.common import INCREMENTAL_COST, INCREMENTAL_QALYS
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.figures.frame import finished, framed, legend_below, model_line
from model.figures.scales import money_axis, plain_axis
from model.figures.style import GREY, INK, LINE_STYLES, arm_styles, in_house_style

MOST_POINTS = 3000
CHI_SQUARE_95 = 5.991464547107979  # 95th percentile with two degrees of freedom


@in_house_style
def plane(psa: PSA, base: BaseCase | None = None) -> Figure:
    """Incremental costs against incremental QALYs of every arm over the comparator, draw by draw."""
    d, styles, o = psa.definition, arm_styles(psa.definition), psa.outcomes
    s, n = d.settings, o.n_draws
    reference = d.arm_ids.index(s.comparator)
    others = [i for i in range(len(d.arms)) if i != reference]
    shown = min(n, max(100, MOST_POINTS // len(others)))
    quadrants = psa.quadrants(d.willingness_to_pay())
    how_many = f"All {n:,}" if shown == n else f"The first {shown:,} of {n:,}"
    note = f"{how_many} draws are drawn; means, ellipses (95%, bivariate normal) and shares use all of them."
    figure, axes = framed(
        f"Cost-effectiveness plane: against {styles[s.comparator].label}",
        model_line(d, f"{n:,} draws, seed {psa.seed}"),
        (7.6, 5.2),
        note=note,
    )
    axis: Axes = axes[0, 0]
    handles: dict[str, Line2D] = {}
    for i in others:
        look = styles[d.arm_ids[i]]
        cost, qalys = (o.total_costs[:, i] - o.total_costs[:, reference], o.total_qalys[:, i] - o.total_qalys[:, reference])
        axis.plot(
            qalys[:shown],
            cost[:shown],
            look.marker,
            color=look.colour,
            markersize=2.6,
            alpha=0.28,
            markeredgewidth=0,
            rasterized=True,
            zorder=2,
        )
        edge = _ellipse(qalys, cost)
        axis.plot(*edge, color=INK, linewidth=1.2, linestyle=look.line, zorder=4)
        axis.plot(
            qalys.mean(),
            cost.mean(),
            look.marker,
            color=look.colour,
            markersize=9,
            markeredgecolor="white",
            markeredgewidth=1.5,
            zorder=6,
        )
        handles[f"{look.label}: mean"] = Line2D([], [], color=look.colour, marker=look.marker, markersize=8, linestyle="none")
        if base is not None:
            totals = base.outcomes
            point = (
                totals.total_qalys[0, i] - totals.total_qalys[0, reference],
                totals.total_costs[0, i] - totals.total_costs[0, reference],
            )
            axis.plot(*point, marker="x", color=INK, markersize=7, markeredgewidth=1.6, zorder=7)
            handles["Base case"] = Line2D([], [], color=INK, marker="x", markersize=6, markeredgewidth=1.6, linestyle="none")
    _frame_of_plane(axis, s.currency)
    low, high = axis.get_xlim()
    for k, threshold in enumerate(d.all_thresholds()):
        line = LINE_STYLES[k % len(LINE_STYLES)]
        (handle,) = axis.plot(
            [low, high], [low * threshold, high * threshold], color=GREY, linewidth=1.1, linestyle=line, zorder=3
        )
        handles[f"{money(threshold, s.currency)} per QALY"] = handle
        if threshold in d.decision_thresholds():
            _mark_line(axis, threshold, high, money(threshold, s.currency))
    axis.set_xlim(low, high)
    for quadrant, (x, y) in {"NE": (0.985, 0.985), "NW": (0.015, 0.985), "SE": (0.985, 0.015), "SW": (0.015, 0.015)}.items():
        rows = []
        for i, share in zip(others, quadrants[quadrant], strict=True):
            rows.append((f"{styles[d.arm_ids[i]].label} " if len(others) > 1 else "") + chance(float(share), certain=True))
        axis.text(
            x,
            y,
            "\n".join(rows),
            transform=axis.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            fontsize=8,
            weight="bold",
            color=GREY,
            zorder=8,
            bbox=dict(facecolor="white", alpha=0.75, edgecolor="none", pad=1.5),
        )
    legend_below(figure, list(handles.values()), list(handles))
    return finished(figure)


def _ellipse(x: Array, y: Array) -> tuple[Array, Array]:
    """The 95% ellipse of a bivariate normal with the moments of the draws."""
    angle = np.linspace(0, 2 * np.pi, 181)
    covariance = np.cov(x, y) if len(x) > 1 else np.zeros((2, 2))
    scale = np.sqrt(np.diag(covariance))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    circle = vectors @ (np.sqrt(np.maximum(values, 0) * CHI_SQUARE_95)[:, None] * np.stack([np.cos(angle), np.sin(angle)]))
    return x.mean() + scale[0] * circle[0], y.mean() + scale[1] * circle[1]


def _mark_line(axis: Axes, threshold: float, right: float, words: str) -> None:
    """A mark and the threshold at the end of its line: at the right edge, or where the line leaves the plane above."""
    top = axis.get_ylim()[1]
    x = min(right, top / threshold)
    axis.plot([x], [x * threshold], ">", color=INK, markersize=6, clip_on=False, zorder=8)
    inside = x == right
    axis.annotate(
        words,
        (x, x * threshold),
        xytext=(6, 0) if inside else (0, 6),
        textcoords="offset points",
        ha="left" if inside else "center",
        va="center" if inside else "bottom",
        fontsize=7,
        annotation_clip=False,
    )


def _frame_of_plane(axis: Axes, currency: str) -> None:
    """Limits that hold the cloud and the origin, with axes through zero."""
    (x0, x1), (y0, y1) = axis.get_xlim(), axis.get_ylim()
    x0, x1, y0, y1 = min(x0, 0), max(x1, 0), min(y0, 0), max(y1, 0)
    axis.set_xlim(x0 - 0.06 * (x1 - x0), x1 + 0.06 * (x1 - x0))
    axis.set_ylim(y0 - 0.06 * (y1 - y0), y1 + 0.06 * (y1 - y0))
    axis.axhline(0, color=INK, linewidth=0.9, zorder=1)
    axis.axvline(0, color=INK, linewidth=0.9, zorder=1)
    plain_axis(axis.xaxis, f"{INCREMENTAL_QALYS.words()} per patient", x1 - x0)
    money_axis(axis.yaxis, currency, INCREMENTAL_COST.words(), max(abs(y0), abs(y1)))
