"""Survival: the curves the model uses beside what was reported, and with time on treatment."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.base_case.base_case import BaseCase
from model.constants import MONTHS_PER_YEAR
from model.definition.records.names import lower_first, short_endpoint
from model.figures.curves import (
    column_of,
    draw_population,
    draw_reported,
    endpoint_title,
    evidence_handles,
    follow_up_months,
    horizon_words,
    last_reported_month,
    population_handle,
    population_survival,
    reported,
    survival_axes,
    treatment_curves,
    visible_months,
)
from model.figures.frame import finished, framed, hide_unused, label_outer, legend_below, model_line
from model.figures.style import INK, LINE_STYLES, arm_styles, in_house_style, tint

REPORTED_NOTE = (
    "Bars: 95% interval as reported, or implied by the standard error or the effective number at risk. "
    "The curves are those the model uses, after the hazard floor and the crossing rule."
)


@in_house_style
def survival_follow_up(base: BaseCase) -> Figure:
    """PFS and OS of all arms over the trial's follow-up, with the reported medians and landmarks."""
    return _by_endpoint(
        base, follow_up_months(base.definition), False, "Survival over the trial's follow-up: model and reported"
    )


@in_house_style
def survival_horizon(base: BaseCase) -> Figure:
    """PFS and OS of all arms to the time when almost no one is alive, with the reported medians and landmarks."""
    return _by_endpoint(
        base, visible_months(base), True, "Survival over the time horizon: model, reported and general population"
    )


def _by_endpoint(base: BaseCase, until: float, years: bool, title: str) -> Figure:
    d, styles = base.definition, arm_styles(base.definition)
    note = REPORTED_NOTE if last_reported_month(d) else ""
    figure, axes = framed(
        title, model_line(d, horizon_words(base, until) if years else ""), (9.2, 3.9), 1, 2, note, sharey=True
    )
    scale = 1 / MONTHS_PER_YEAR if years else 1.0
    marks: set[bool] = set()
    for axis, endpoint in zip(axes[0], ("pfs", "os"), strict=True):
        axis.set_title(endpoint_title(d, endpoint))
        for i, arm in enumerate(d.arm_ids):
            columns, look = base.traces[arm].columns, styles[arm]
            inside = columns["Months"] <= until + 1e-9
            axis.plot(
                columns["Months"][inside] * scale,
                columns[column_of(d, endpoint)][inside],
                color=look.colour,
                linestyle=look.line,
            )
            points = reported(d, arm, endpoint)
            marks |= {p.calibrated for p in points if p.month <= until}
            draw_reported(axis, points, look.colour, look.marker, scale, until, 3.0 * (i - (len(d.arms) - 1) / 2))
        if endpoint == "os":
            draw_population(axis, base, until, scale)
        survival_axes(axis, until, years)
    axes[0, 0].set_ylabel("Share of patients")
    handles = [Line2D([], [], color=s.colour, linestyle=s.line, marker=s.marker, markersize=5.2) for s in styles.values()]
    entries = [
        *zip(handles, (s.label for s in styles.values()), strict=True),
        *evidence_handles(True in marks, False in marks),
    ]
    if population_survival(base) is not None:
        entries.append((population_handle(), "General population, same age and sex"))
    legend_below(figure, [handle for handle, _ in entries], [label for _, label in entries])
    return finished(figure)


@in_house_style
def curves_by_arm(base: BaseCase) -> Figure:
    """One panel per arm: OS, PFS and time on each drug together."""
    d, styles = base.definition, arm_styles(base.definition)
    until, wide = visible_months(base), min(3, len(d.arms))
    rows = -(-len(d.arms) // wide)
    drugs: dict[str, Any] = {}
    same: list[str] = []
    for arm in d.arms:
        for names, values in treatment_curves(base, arm.id):
            if np.allclose(np.nan_to_num(values, nan=-1), base.traces[arm.id].columns["PFS"], atol=1e-9):
                same.append(f"{arm.short_label}: time on {lower_first(names)} equals PFS.")
            else:
                drugs.setdefault(names, LINE_STYLES[2 + len(drugs) % 4])
    further = {short_endpoint(e, {}): e for e in d.further_endpoints}
    lines = {name: LINE_STYLES[2 + (len(drugs) + i) % 4] for i, name in enumerate(further)}
    figure, axes = framed(
        "Overall survival, progression-free survival and time on treatment, by arm",
        model_line(d, horizon_words(base, until)),
        (max(9.2, 3.6 * wide), 3.7 * rows),
        rows,
        wide,
        " ".join(["The shaded distance between OS and PFS is the share of patients with progressed disease.", *same]),
        sharex=True,
        sharey=True,
    )
    for axis, arm in zip(hide_unused(axes, len(d.arms)), d.arms, strict=True):
        columns, colour = base.traces[arm.id].columns, styles[arm.id].colour
        inside = columns["Months"] <= until + 1e-9
        years = columns["Years"][inside]
        pfs, alive = columns["PFS"][inside], columns["OS"][inside]
        axis.fill_between(years, pfs, alive, color=tint(colour, 0.13), linewidth=0)
        axis.plot(years, alive, color=colour)
        axis.plot(years, pfs, color=colour, linestyle=LINE_STYLES[1])
        for name, endpoint in further.items():
            axis.plot(years, columns[column_of(d, endpoint)][inside], color=colour, linewidth=1.3, linestyle=lines[name])
        for names, values in treatment_curves(base, arm.id):
            if names in drugs and not np.allclose(np.nan_to_num(values, nan=-1), columns["PFS"], atol=1e-9):
                axis.plot(years, values[inside], color=INK, linewidth=1.3, linestyle=drugs[names])
        draw_population(axis, base, until, 1 / MONTHS_PER_YEAR)
        axis.set_title(arm.short_label)
        survival_axes(axis, until, True)
        axis.set_ylabel("Share of patients")
    label_outer(figure)
    shown = {
        "Overall survival": Line2D([], [], color=INK),
        "Progression-free survival": Line2D([], [], color=INK, linestyle=LINE_STYLES[1]),
    }
    shown |= {name: Line2D([], [], color=INK, linewidth=1.3, linestyle=line) for name, line in lines.items()}
    shown |= {
        f"On {lower_first(names)}": Line2D([], [], color=INK, linewidth=1.3, linestyle=line) for names, line in drugs.items()
    }
    if population_survival(base) is not None:
        shown["General population"] = population_handle()
    legend_below(figure, list(shown.values()), list(shown))
    return finished(figure)
