"""Scales on which a distribution is a straight line, tests of proportional hazards, and two arms against each other."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.analysis.curve_choice.endpoint import EndpointFits
from model.analysis.curve_choice.landmarks import implied_hazard_ratio, months_grid
from model.constants import MONTHS_PER_YEAR
from model.figures.curve_choice.common import legend_of, look_of, subtitle
from model.figures.frame import finished, framed, legend_below
from model.figures.scales import log_axis, time_axis
from model.figures.style import GREY, INK, LINE_STYLES, MARKERS, in_house_style
from model.survival.cox import cox_hazard_ratio, proportional_hazards_test
from model.survival.plot_scales import on_scale, quantile_quantile
from model.survival.smoothed_hazard import smoothed_hazard

SCALES = {
    "log_cumulative_hazard": ("Straight: Weibull", "log(-log S): log cumulative hazard"),
    "log_odds": ("Straight: log-logistic", "log((1 - S) / S): log odds of the event"),
    "inverse_normal": ("Straight: log-normal", "Normal quantile of 1 - S"),
}


@in_house_style
def straight_lines(endpoint: EndpointFits, source: str) -> Figure:
    """Kaplan-Meier against log time on the three scales of NICE DSU TSD 14."""
    note = (
        "Points: Kaplan-Meier at event times; lines: least squares, with the share of variance they explain. Parallel lines "
        "speak for proportional hazards (left), proportional odds (middle), accelerated failure time (all three)."
    )
    title = f"{endpoint.label}: on which scale is the curve a straight line?"
    figure, axes = framed(title, subtitle(endpoint, source), (11.4, 3.4), 1, 3, note)
    for axis, (scale, (head, what)) in zip(axes[0], SCALES.items(), strict=True):
        for i, arm in enumerate(endpoint.arms):
            try:
                points = on_scale(arm.kaplan_meier, scale)
            except ValueError:
                continue
            look = dict(color=arm.colour, marker=MARKERS[i % len(MARKERS)], markersize=2.6, alpha=0.7)
            axis.plot(np.exp(points.log_time), points.value, linestyle="", label=arm.label, **look)
            ends = points.log_time[[0, -1]]
            axis.plot(
                np.exp(ends),
                points.intercept + points.slope * ends,
                color=arm.colour,
                linewidth=1.3,
                linestyle=LINE_STYLES[i % len(LINE_STYLES)],
            )
            axis.text(
                0.03,
                0.95 - 0.08 * i,
                f"{arm.label}: slope {points.slope:.2f}, R² {points.r_squared:.3f}",
                transform=axis.transAxes,
                va="top",
                fontsize=7.5,
                color=arm.colour,
            )
        log_axis(axis, "x", "Months since time zero (log scale)")
        axis.set_ylabel(what)
        axis.set_title(head)
    legend_of(figure, axes[0])
    return finished(figure)


@in_house_style
def schoenfeld(endpoint: EndpointFits, source: str) -> Figure | None:
    """Scaled Schoenfeld residuals of each other arm against the first, smoothed, with the test."""
    first, others = endpoint.arms[0], endpoint.arms[1:]
    if not others or not first.data.n_events or not all(a.data.n_events for a in others):
        return None
    note = (
        "Points: scaled Schoenfeld residuals (Grambsch and Therneau 1994), one per event, which estimate the log hazard "
        "ratio over time; line and band: local straight lines with 95% limits; dashed: Cox estimate. A level line speaks "
        "for proportional hazards; with few events the test has little power."
    )
    title = f"{endpoint.label}: does the hazard ratio change with time?"
    figure, axes = framed(title, subtitle(endpoint, source), (7.4 * len(others), 3.4), 1, len(others), note)
    for axis, arm in zip(axes[0], others, strict=True):
        test = proportional_hazards_test(first.data, arm.data, "km")
        cox = cox_hazard_ratio(first.data, arm.data)
        axis.axhline(0, color=GREY, linewidth=0.9)
        axis.axhline(cox.log_hazard_ratio, color=INK, linewidth=1.1, linestyle=LINE_STYLES[1])
        axis.plot(test.times, test.residuals, "o", color=arm.colour, markersize=2.4, alpha=0.45)
        axis.fill_between(test.times, test.lower, test.upper, color=arm.colour, alpha=0.15, linewidth=0)
        axis.plot(test.times, test.trend, color=arm.colour, linewidth=2.0)
        axis.set_title(f"{arm.label} against {first.label}: test of proportional hazards p = {test.p:.2g}")
        axis.set_ylabel("Log hazard ratio")
        time_axis(axis.xaxis, endpoint.follow_up, False)
        axis.set_xlim(0, endpoint.follow_up)
    return finished(figure)


@in_house_style
def quantiles(endpoint: EndpointFits, source: str) -> Figure | None:
    """Quantile-quantile plot: a straight line through the origin speaks for accelerated failure time."""
    first, others = endpoint.arms[0], endpoint.arms[1:]
    made = []
    for arm in others:
        try:
            made.append((arm, quantile_quantile(first.kaplan_meier, arm.kaplan_meier)))
        except ValueError:
            continue
    if not made:
        return None
    note = "Each point: the times by which the same share has had the event in both arms. Grey: equal times."
    title = f"{endpoint.label}: does treatment multiply time?"
    figure, axes = framed(title, subtitle(endpoint, source), (4.6 * len(made) + 1.2, 3.8), 1, len(made), note)
    for axis, (arm, qq) in zip(axes[0], made, strict=True):
        end = float(max(qq.reference.max(), qq.treated.max())) * 1.05
        axis.plot([0, end], [0, end], color=GREY, linewidth=1.0)
        axis.plot(
            [0, qq.reference.max()],
            [0, qq.slope * qq.reference.max()],
            color=arm.colour,
            linewidth=1.4,
            linestyle=LINE_STYLES[1],
            label=f"slope {qq.slope:.2f}: acceleration factor",
        )
        axis.plot(qq.reference, qq.treated, "o", color=arm.colour, markersize=3.2)
        axis.set_xlim(0, end)
        axis.set_ylim(0, end)
        axis.set_xlabel(f"{first.label}: months")
        axis.set_ylabel(f"{arm.label}: months")
        axis.legend(loc="upper left")
    return finished(figure)


@in_house_style
def hazard_ratio(endpoint: EndpointFits, source: str) -> Figure | None:
    """Hazard ratio over time when both arms take the same distribution, beside the smoothed hazards' ratio."""
    first, others = endpoint.arms[0], endpoint.arms[1:]
    if not others:
        return None
    until = min(endpoint.horizon_months, 240.0)
    at = months_grid(endpoint, 400)
    at = at[at <= until]
    table = implied_hazard_ratio(endpoint, at)
    note = (
        "Each line: both arms take that distribution, each with its own coefficients. Black: ratio of the smoothed hazards "
        "while both are observed; dashed: Cox. Dotted: end of follow-up."
    )
    title = f"{endpoint.label}: hazard ratio that each distribution implies"
    figure, axes = framed(title, subtitle(endpoint, source), (8.4 * len(others), 3.5), 1, len(others), note, sharey=True)
    for axis, arm in zip(axes[0], others, strict=True):
        axis.axhline(1, color=GREY, linewidth=1.0)
        for name, fit in arm.usable.items():
            column = f"{arm.label}: {fit.label}"
            if column in table:
                axis.plot(at / MONTHS_PER_YEAR, table[column], label=fit.label, **look_of(name, name == arm.selected))
        _observed_ratio(axis, endpoint, arm.arm)
        axis.axvline(endpoint.follow_up / MONTHS_PER_YEAR, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[3])
        axis.set_title(f"{arm.label} against {first.label}")
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        time_axis(axis.xaxis, until, True)
    log_axis(axes[0][0], "y", "Hazard ratio (log scale)")
    axes[0][0].set_ylim(0.25, 4.0)
    handles: dict[str, object] = {}
    for axis in axes[0]:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    legend_below(figure, list(handles.values()), list(handles))
    return finished(figure)


def _observed_ratio(axis: Axes, endpoint: EndpointFits, name: str) -> None:
    first, arm = endpoint.arms[0], endpoint.arm(name)
    if not first.data.n_events or not arm.data.n_events:
        return
    ends = [smoothed_hazard(a.data).until for a in (first, arm)]
    at = np.linspace(0.0, min(ends), 80)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = smoothed_hazard(arm.data, at).hazard / smoothed_hazard(first.data, at).hazard
    axis.plot(at / MONTHS_PER_YEAR, ratio, color=INK, linewidth=2.2, label="Smoothed hazards")
    cox = cox_hazard_ratio(first.data, arm.data)
    axis.axhline(cox.hazard_ratio, color=INK, linewidth=1.1, linestyle=LINE_STYLES[1], label="Cox")
