"""Every distribution calibrated to the evidence of every curve, over the follow-up and beyond it."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.base_case.base_case import BaseCase
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import candidates
from model.definition.model_definition import ModelDefinition
from model.figures.curve_choice.common import look_of
from model.figures.curves import (
    column_of,
    draw_population,
    draw_reported,
    endpoint_title,
    follow_up_months,
    population_handle,
    population_survival,
    reported,
    survival_axes,
    visible_months,
)
from model.figures.frame import finished, framed, hide_unused, label_outer, legend_below, model_line, nothing_to_show
from model.figures.style import INK, PALE, arm_styles, in_house_style
from model.survival import distribution


@in_house_style
def candidates_follow_up(base: BaseCase) -> Figure:
    """Every calibrated distribution of every curve over the trial's follow-up, with the reported statistics."""
    return _candidates(base, follow_up_months(base.definition), False, "Candidate distributions over the trial's follow-up")


@in_house_style
def candidates_horizon(base: BaseCase) -> Figure:
    """Every calibrated distribution of every curve over the horizon."""
    until = max(visible_months(base), min(240.0, base.definition.settings.horizon_years * MONTHS_PER_YEAR))
    return _candidates(base, until, True, "Candidate distributions beyond the trial's follow-up")


def with_candidates(definition: ModelDefinition) -> list[tuple[str, str]]:
    """(endpoint, arm) of the curves that have evidence to be calibrated to."""
    used = {(e.endpoint, e.arm) for e in definition.evidence if e.use}
    return [
        (c.endpoint, c.arm)
        for e in _endpoints(definition)
        for c in definition.curves
        if c.endpoint == e and (c.endpoint, c.arm) in used
    ]


def _endpoints(definition: ModelDefinition) -> list[str]:
    return list(dict.fromkeys(["pfs", "os", *(c.endpoint for c in definition.curves)]))


def _candidates(base: BaseCase, until: float, years: bool, title: str) -> Figure:
    d, styles = base.definition, arm_styles(base.definition)
    panels = with_candidates(d)
    if not panels:
        return nothing_to_show(title, model_line(d), "No curve has evidence that distributions could be calibrated to.")
    wide = min(3, max(sum(e == endpoint for e, _ in panels) for endpoint, _ in panels))
    rows = -(-len(panels) // wide)
    figure, axes = framed(
        title,
        model_line(d),
        (max(8.4, 3.4 * wide), 3.0 * rows),
        rows,
        wide,
        "Candidates are shown as calibrated, before the hazard floor and the crossing rule; a distribution that the "
        "evidence does not identify is left out. Filled marks: calibrated to; hollow: reported only.",
        sharex=True,
        sharey=True,
    )
    scale = 1 / MONTHS_PER_YEAR if years else 1.0
    months = np.linspace(0, until, 361)
    shown: dict[str, Line2D] = {}
    for axis, (endpoint, arm) in zip(hide_unused(axes, len(panels)), panels, strict=True):
        columns = base.traces[arm].columns
        inside = columns["Months"] <= until + 1e-9
        curve = d.curve(arm, endpoint)
        assert curve is not None
        (used,) = axis.plot(
            columns["Months"][inside] * scale,
            columns[column_of(d, endpoint)][inside],
            color=PALE,
            linewidth=4.5,
            solid_capstyle="butt",
            zorder=1.5,
        )
        shown["Used in the base case"] = used
        for name, made in candidates(d, curve).items():
            if made.identified and made.converged:
                family = distribution(name)
                (handle,) = axis.plot(
                    months * scale, family.survival(months, made.coefficients), **{**look_of(name, False), "linewidth": 1.2}
                )
                shown.setdefault(family.label, handle)
        if endpoint == "os":
            draw_population(axis, base, until, scale)
        draw_reported(axis, reported(d, arm, endpoint), INK, styles[arm].marker, scale, until)
        axis.set_title(f"{endpoint_title(d, endpoint)}, {styles[arm].label}", fontsize=8.5)
        survival_axes(axis, until, years)
        axis.set_ylabel("Share of patients")
    label_outer(figure)
    if population_survival(base) is not None and any(e == "os" for e, _ in panels):
        shown["General population"] = population_handle()
    legend_below(figure, list(shown.values()), list(shown))
    return finished(figure)
