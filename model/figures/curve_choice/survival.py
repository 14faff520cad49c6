"""Kaplan-Meier with every candidate, over the follow-up with numbers at risk, and over the horizon."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.analysis.curve_choice.endpoint import ArmFits, EndpointFits
from model.constants import MONTHS_PER_YEAR
from model.figures.curve_choice.common import (
    KAPLAN_MEIER,
    candidate_label,
    chosen_of,
    legend_of,
    look_of,
    panels,
    steps,
    under_axis,
)
from model.figures.curves import POPULATION_LINE
from model.figures.frame import finished
from model.figures.scales import share_axis, time_axis
from model.figures.style import GREY, INK, in_house_style


@in_house_style
def candidates_follow_up(endpoint: EndpointFits, source: str) -> Figure:
    """Kaplan-Meier with 95% band, numbers at risk, and every candidate, while patients were observed."""
    until = endpoint.follow_up
    note = (
        "Steps: Kaplan-Meier with 95% limits (log scale). Numbers under the axis: patients at risk. Candidates that could "
        "not be fitted are left out; the table of fits gives the reason."
    )
    title = f"{endpoint.label}: every candidate over the follow-up"
    figure, axes = panels(endpoint, title, source, note, sharey=True)
    for axis, arm in zip(axes, endpoint.arms, strict=True):
        _kaplan_meier(axis, arm, 1.0)
        _candidates(axis, endpoint, arm, until, 1.0)
        _numbers_at_risk(axis, arm, until)
        _finish(axis, until, False)
    axes[0].set_ylabel("Event-free")
    legend_of(figure, axes)
    return finished(figure)


@in_house_style
def candidates_horizon(endpoint: EndpointFits, source: str) -> Figure:
    """Every candidate over the model's horizon, with the general population and points from outside the trial."""
    until = min(endpoint.horizon_months, 480.0)
    note = (
        "Beyond the dotted line nobody was observed: what the candidates say there is extrapolation."
        " Grey band: from the lowest to the highest candidate."
    )
    title = f"{endpoint.label}: every candidate to the horizon"
    figure, axes = panels(endpoint, title, source, note, sharey=True)
    for axis, arm in zip(axes, endpoint.arms, strict=True):
        _kaplan_meier(axis, arm, 1 / MONTHS_PER_YEAR)
        _candidates(axis, endpoint, arm, until, 1 / MONTHS_PER_YEAR, spread=True)
        if endpoint.population is not None:
            at = np.linspace(0, until, 300)
            axis.plot(at / MONTHS_PER_YEAR, np.exp(-endpoint.population(at)), label="General population", **POPULATION_LINE)
        for point in endpoint.external:
            if point.arm in (None, arm.arm) and point.month <= until:
                axis.plot(
                    [point.month / MONTHS_PER_YEAR],
                    [point.survival],
                    "D",
                    color=INK,
                    markersize=4.5,
                    markerfacecolor="white",
                    label=point.label,
                )
        axis.axvline(arm.data.follow_up / MONTHS_PER_YEAR, color=GREY, linewidth=1.0, linestyle=(0, (1.2, 1.3)))
        _finish(axis, until, True)
    axes[0].set_ylabel("Event-free")
    legend_of(figure, axes)
    return finished(figure)


def _kaplan_meier(axis: Axes, arm: ArmFits, scale: float) -> None:
    km = arm.kaplan_meier
    time, survival = steps(km, scale)
    low, high = km.interval()
    edges = np.concatenate([[0.0], km.times, [km.follow_up]]) * scale
    lower, upper = (np.concatenate([[1.0], limit, limit[-1:]]) for limit in (low, high))
    axis.fill_between(edges, lower, upper, step="post", color=INK, alpha=0.10, linewidth=0)
    axis.plot(time, survival, label="Kaplan-Meier", **KAPLAN_MEIER)  # type: ignore[arg-type]


def _candidates(axis: Axes, endpoint: EndpointFits, arm: ArmFits, until: float, scale: float, spread: bool = False) -> None:
    at = np.linspace(0.0, until, 300)
    curves = {name: endpoint.survival(fit, at) for name, fit in arm.usable.items()}
    if spread and len(curves) > 1:
        every = np.array(list(curves.values()))
        axis.fill_between(at * scale, every.min(axis=0), every.max(axis=0), color=GREY, alpha=0.10, linewidth=0)
    for name, curve in curves.items():
        look = look_of(name, name == chosen_of(arm))
        axis.plot(at * scale, curve, label=candidate_label(arm, name, arm.fits[name]), **look)


def _numbers_at_risk(axis: Axes, arm: ArmFits, until: float) -> None:
    """Under the axis, aligned with its ticks."""
    step = next(s for s in (3, 6, 12, 24, 60) if until / s <= 10) if until <= 600 else 120
    months = np.arange(0, until + 1e-9, step)
    numbers = arm.kaplan_meier.at_risk(months)
    under_axis(axis, months, [f"{number:,.0f}" for number in numbers])


def _finish(axis: Axes, until: float, years: bool) -> None:
    axis.set_xlim(0, until / MONTHS_PER_YEAR if years else until)
    axis.set_ylim(0, 1.02)
    share_axis(axis.yaxis, "")
    time_axis(axis.xaxis, until, years)
