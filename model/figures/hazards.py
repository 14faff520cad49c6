"""Hazards of the curves, and the hazard ratio between arms that they imply."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.base_case import post_progression
from model.analysis.base_case.base_case import BaseCase
from model.constants import MONTHS_PER_YEAR
from model.figures.curves import (
    POPULATION_LINE,
    column_of,
    endpoint_title,
    first_crossing_years,
    last_reported_month,
    population_survival,
    visible_months,
    yearly_hazard,
)
from model.figures.frame import compared_arms, finished, framed, legend_below, model_line
from model.figures.scales import log_axis, time_axis
from model.figures.style import GREY, GRID, LINE_STYLES, arm_styles, in_house_style


@in_house_style
def implied_hazard_ratio(base: BaseCase) -> Figure:
    """Hazard ratio that the curves imply, year by year and cumulatively, of every arm against the comparator."""
    d, styles = base.definition, arm_styles(base.definition)
    reference = d.settings.comparator
    others = [arm for arm in d.arm_ids if arm != reference]
    until = visible_months(base, 0.01)
    title = (
        f"Hazard ratio implied by the curves ({compared_arms(d)})"
        if len(others) == 1
        else (f"Hazard ratios implied by the curves (each arm against {styles[reference].label})")
    )
    note = (
        "Yearly: ratio of the mean hazards within each year. Cumulative: ratio of the cumulative hazards from time zero. "
        "Shown while at least 1% are event-free in both arms; dotted line: last time for which a statistic was reported."
    )
    figure, axes = framed(title, model_line(d), (9.2, 3.4), 1, 2, note, sharey=True)
    handles: dict[str, Line2D] = {}
    for axis, endpoint in zip(axes[0], ("pfs", "os"), strict=True):
        axis.axhline(1, color=GREY, linewidth=1.0)
        for arm in others:
            look = styles[arm]
            ends, yearly, cumulative = _ratios(base, arm, reference, column_of(d, endpoint), until)
            if len(ends):
                handles[f"{look.label}, within the year"] = axis.stairs(
                    yearly, np.append(ends - 1, ends[-1]), baseline=None, color=look.colour, linewidth=1.8
                )
                (handles[f"{look.label}, cumulative"],) = axis.plot(
                    ends,
                    cumulative,
                    color=look.colour,
                    linewidth=1.1,
                    linestyle=LINE_STYLES[1],
                    marker=look.marker,
                    markersize=3,
                )
        if (last := last_reported_month(d)) is not None:
            axis.axvline(last / MONTHS_PER_YEAR, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[3])
        axis.set_title(endpoint_title(d, endpoint))
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        time_axis(axis.xaxis, until, True)
    _mark_crossing(axes[0, 0], base)
    low, high = axes[0, 0].get_ylim()
    axes[0, 0].set_ylim(max(0.1, min(low * 0.95, 0.5)), min(10.0, max(high * 1.18, 1.5)))
    log_axis(axes[0, 0], "y", "Hazard ratio (log scale)")
    legend_below(figure, list(handles.values()), list(handles))
    return finished(figure)


def _ratios(base: BaseCase, arm: str, reference: str, name: str, until: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(year ends, ratio of hazards within the year, ratio of cumulative hazards) while 1% remain in both arms."""
    years = np.arange(0, until / MONTHS_PER_YEAR + 1e-9)
    new, old = (np.interp(years, base.traces[a].columns["Years"], base.traces[a].columns[name]) for a in (arm, reference))
    kept = int(np.sum((new > 0.01) & (old > 0.01)))
    hazard_new, hazard_old = -np.log(new[:kept]), -np.log(old[:kept])
    step_new, step_old = np.diff(hazard_new), np.diff(hazard_old)
    blank = np.full(step_old.shape, np.nan)
    yearly = np.divide(step_new, step_old, out=blank.copy(), where=step_old > 0)
    total = np.divide(hazard_new[1:], hazard_old[1:], out=blank.copy(), where=hazard_old[1:] > 0)
    return years[1:kept], yearly, total


@in_house_style
def hazards(base: BaseCase) -> Figure:
    """PFS and OS hazards of all arms with the hazard of the general population."""
    d, styles = base.definition, arm_styles(base.definition)
    until = visible_months(base)
    note = (
        "Hazard of the curves the model uses, after the hazard floor and the crossing rule, as a mean over each "
        "month, while more than 0.1% are event-free. Where PFS is bounded by OS its hazard is that of OS."
    )
    figure, axes = framed(
        "Hazard of progression or death and hazard of death", model_line(d), (9.2, 3.7), 1, 2, note, sharey=True
    )
    population = population_survival(base)
    for axis, endpoint in zip(axes[0], ("pfs", "os"), strict=True):
        for arm in d.arm_ids:
            columns, look = base.traces[arm].columns, styles[arm]
            months, hazard = yearly_hazard(columns["Months"], columns[column_of(d, endpoint)])
            _draw_hazard(axis, months, hazard, until, label=look.label, color=look.colour, linestyle=look.line)
        if population is not None:
            months, hazard = yearly_hazard(next(iter(base.traces.values())).columns["Months"], population)
            _draw_hazard(axis, months, hazard, until, label="General population, same age and sex", **POPULATION_LINE)
        if endpoint == "pfs":
            _mark_crossing(axis, base)
        axis.set_title("Progression or death" if endpoint == "pfs" else "Death")
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        time_axis(axis.xaxis, until, True)
    log_axis(axes[0, 0], "y", "Hazard per patient-year (log scale)")
    legend_below(figure, *axes[0, 1].get_legend_handles_labels())
    return finished(figure)


@in_house_style
def implied_mortality(base: BaseCase) -> Figure:
    """Mortality that PFS and OS imply before and after progression, by arm, beside the general population's."""
    d, styles = base.definition, arm_styles(base.definition)
    until = visible_months(base)
    note = (
        "PFS and OS fix the mortality of progressed patients: deaths (fall of OS) less the deaths among PFS events. Shown "
        "while at least 0.1% of the patients are in the state, as moving means over a year; gaps: below zero."
    )
    title = "Mortality implied before and after progression"
    figure, axes = framed(title, model_line(d), (9.2, 3.7), 1, 2, note, sharey=True)
    for axis, state, head in zip(
        axes[0], ("progressed", "progression_free"), ("Progressed", "Progression-free"), strict=True
    ):
        for arm in d.arm_ids:
            table, look = post_progression.implied_mortality(d, base.traces[arm]), styles[arm]
            cycles = max(1, round(base.engine.timeline.cycle_years**-1))
            smooth = table[state].rolling(cycles, center=True, min_periods=max(1, cycles // 2)).mean()
            shown = (table["month"] <= until) & (smooth > 1e-4)
            axis.plot(
                table["month"] / MONTHS_PER_YEAR,
                smooth.where(shown),
                label=look.label,
                color=look.colour,
                linestyle=look.line,
            )
        if table["general_population"].notna().any():
            kept = table["month"] <= until
            axis.plot(
                table["month"][kept] / MONTHS_PER_YEAR,
                table["general_population"][kept],
                label="General population, same age and sex",
                **POPULATION_LINE,
            )
        axis.set_title(head)
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        time_axis(axis.xaxis, until, True)
    _mark_crossing(axes[0, 0], base)
    log_axis(axes[0, 0], "y", "Deaths per patient-year (log scale)")
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return finished(figure)


def _draw_hazard(axis: Axes, months: np.ndarray, hazard: np.ndarray, until: float, **look: Any) -> None:
    shown = (months <= until) & (hazard > 1e-6)
    axis.plot(months[shown] / MONTHS_PER_YEAR, hazard[shown], **look)


def _mark_crossing(axis: Axes, base: BaseCase) -> None:
    """Shade the time from which PFS would exceed OS in some arm."""
    first, end = first_crossing_years(base), visible_months(base) / MONTHS_PER_YEAR
    if first is not None and first < end:
        axis.axvspan(first, end, color=GRID, alpha=0.55, linewidth=0, zorder=0.5)
        axis.text(
            first, 0.985, " PFS bounded by OS", transform=axis.get_xaxis_transform(), va="top", fontsize=7.5, color=GREY
        )
