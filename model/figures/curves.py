"""What the survival figures draw: curves of the trace by endpoint, and the statistics that were reported."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from model.analysis.base_case.against_evidence import calibrated_to
from model.analysis.base_case.base_case import BaseCase
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR, NORMAL_975
from model.definition.curves.effective_numbers import effective_n_of
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Evidence
from model.definition.records.names import endpoint_words, short_endpoint
from model.engine.dosing import stop_day
from model.figures.scales import share_axis, time_axis
from model.figures.style import GREY, INK
from model.survival.effective_number import standard_error_of_landmark

COLUMN = {"pfs": "PFS", "os": "OS"}
POPULATION = "General population"
POPULATION_LINE: dict[str, Any] = dict(color=GREY, linewidth=1.2, linestyle=(0, (1.2, 1.2)))


@dataclasses.dataclass(frozen=True)
class Reported:
    """One reported point of a survival curve with its 95% interval, along time for a median, else along survival."""

    month: float
    survival: float
    lower: float | None
    upper: float | None
    along_time: bool
    calibrated: bool


def reported(definition: ModelDefinition, arm: str, endpoint: str) -> list[Reported]:
    """Medians and landmarks of one arm and endpoint, in the order of the evidence table."""
    rows = [e for e in definition.evidence if (e.arm, e.endpoint) == (arm, endpoint)]
    return [_point(definition, row) for row in rows if row.statistic in ("median", "landmark")]


def _point(definition: ModelDefinition, row: Evidence) -> Reported:
    is_median = row.statistic == "median"
    month, survival = (row.value, 0.5) if is_median else (float(row.item), row.value)
    lower, upper, along_time = row.lower, row.upper, is_median
    if lower is None and upper is None:
        error = row.standard_error
        if error is None and (n := effective_n_of(definition, row)) is not None:
            error, along_time = standard_error_of_landmark(survival, n), False
        if error is not None:
            centre = month if along_time else survival
            lower, upper = centre - NORMAL_975 * error, centre + NORMAL_975 * error
    if not along_time:
        lower, upper = (None if x is None else min(max(x, 0.0), 1.0) for x in (lower, upper))
    return Reported(month, survival, lower, upper, along_time, calibrated_to(definition, row))


def draw_reported(
    axes: Axes, points: list[Reported], colour: str, marker: str, scale: float, until: float, aside: float = 0.0
) -> None:
    """Marks with bars; filled where the curve was calibrated to the statistic. ``scale`` turns months into the axis.

    ``aside`` moves landmarks by so many points, so that the bars of two arms at one time stand side by side.
    """
    assert axes.figure is not None
    moved = axes.transData + ScaledTranslation(aside / 72, 0, axes.figure.dpi_scale_trans)
    for p in points:
        if p.month > until:
            continue
        place = axes.transData if p.along_time else moved
        if p.lower is not None and p.upper is not None:
            ends = (
                ([p.lower * scale, p.upper * scale], [0.5, 0.5])
                if p.along_time
                else ([p.month * scale] * 2, [p.lower, p.upper])
            )
            axes.plot(*ends, color=colour, linewidth=1.1, alpha=0.75, zorder=3, solid_capstyle="butt", transform=place)
        axes.plot(
            [p.month * scale],
            [p.survival],
            marker,
            color=colour,
            markersize=5.2,
            markeredgewidth=1.2,
            zorder=4,
            markerfacecolor=colour if p.calibrated else "white",
            transform=place,
        )


def follow_up_months(definition: ModelDefinition) -> float:
    """Where the evidence ends: the latest reported time and a little more, in whole half-years; 60 without any."""
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    times = [p.month for c in definition.curves for p in reported(definition, c.arm, c.endpoint)]
    if not times:
        return min(60.0, horizon)
    return min(horizon, max(12.0, 6 * math.ceil(1.15 * max(times) / 6)))


def last_reported_month(definition: ModelDefinition) -> float | None:
    """The latest landmark or median of the evidence table, or None."""
    times = [p.month for c in definition.curves for p in reported(definition, c.arm, c.endpoint)]
    return max(times, default=None)


def visible_months(base: BaseCase, share: float = 0.005) -> float:
    """The time until which some arm has more than ``share`` of its patients alive, in whole years, as months."""
    last = 12.0
    for trace in base.traces.values():
        alive = np.nonzero(trace.columns["OS"] > share)[0]
        last = max(last, float(trace.columns["Months"][alive[-1]])) if len(alive) else last
    horizon = base.definition.settings.horizon_years * MONTHS_PER_YEAR
    return min(horizon, 12.0 * math.ceil(last / 12))


def column_of(definition: ModelDefinition, endpoint: str) -> str:
    """The trace column of an endpoint: pfs, os or a drug id."""
    if endpoint in definition.further_endpoints:
        return f"{short_endpoint(endpoint, {})} in use"
    return COLUMN.get(endpoint) or f"On {definition.drug(endpoint).label}"


def endpoint_title(definition: ModelDefinition, endpoint: str) -> str:
    """The endpoint as a heading."""
    words = endpoint_words(endpoint, {d.id: d.label for d in definition.drugs})
    return words[:1].upper() + words[1:]


def on_treatment(base: BaseCase, arm: str, drug: str) -> Array:
    """Share of the arm's patients on a drug ``(n_times,)``: the curve, within the regimen's limits, of those treated."""
    d = base.definition
    columns = base.traces[arm].columns
    regimen = next(r for r in d.regimen(arm) if r.drug == drug)
    stop = stop_day(d.drug(drug), regimen, *base.engine.timeline.limits)
    share = d.parameters.get(f"treatment.{arm}.{drug}.share_treated")
    values = columns[f"On {d.drug(drug).label}"] * (1.0 if share is None else share.value)
    days = columns["Days"]
    return np.where((days >= regimen.start_day - 1e-9) & (days <= stop + 1e-9), values, np.nan)


def treatment_curves(base: BaseCase, arm: str) -> list[tuple[str, Array]]:
    """Distinct curves of time on treatment of an arm: (names of the drugs that share it, share on them)."""
    d = base.definition
    found: list[tuple[list[str], Array]] = []
    for regimen in d.regimen(arm):
        values = on_treatment(base, arm, regimen.drug)
        same = next((names for names, other in found if np.array_equal(other, values, equal_nan=True)), None)
        if same is None:
            found.append(([d.drug(regimen.drug).label], values))
        else:
            same.append(d.drug(regimen.drug).label)
    return [(_listed(names), values) for names, values in found]


def _listed(names: list[str]) -> str:
    lowered = [names[0], *(n if n[1:2].isupper() else n[:1].lower() + n[1:] for n in names[1:])]
    return lowered[0] if len(lowered) == 1 else f"{', '.join(lowered[:-1])} and {lowered[-1]}"


def population_survival(base: BaseCase) -> Array | None:
    """Survival of the general population ``(n_times,)``, or None where the model has no life table."""
    return next(iter(base.traces.values())).columns.get(POPULATION)


def yearly_hazard(months: Array, survival: Array, width_months: float = 1.0) -> tuple[Array, Array]:
    """(midpoints in months, hazard per year) of a curve over steps of at least ``width_months``, while 0.1% remain."""
    step = max(1, round(width_months / (months[1] - months[0])))
    t, s = months[::step], survival[::step]
    kept = s > 1e-3
    t, s = t[kept], s[kept]
    if len(t) < 2:
        return np.empty(0), np.empty(0)
    return (t[1:] + t[:-1]) / 2, -np.diff(np.log(s)) / np.diff(t) * MONTHS_PER_YEAR


def evidence_handles(some_calibrated: bool, some_not: bool) -> list[tuple[Line2D, str]]:
    """Legend entries of the marks."""
    entries: list[tuple[Line2D, str]] = []
    common: dict[str, Any] = dict(color=INK, marker="o", linestyle="-", linewidth=1.1, markersize=5.2)
    if some_calibrated:
        entries.append((Line2D([], [], markerfacecolor=INK, **common), "Reported, calibrated to (95% bar)"))
    if some_not:
        entries.append((Line2D([], [], markerfacecolor="white", **common), "Reported, not calibrated to"))
    return entries


def population_handle() -> Line2D:
    """Legend entry of the general population."""
    return Line2D([], [], **POPULATION_LINE)


def draw_population(axes: Axes, base: BaseCase, until: float, scale: float) -> None:
    """Survival of the general population, where the model has a life table."""
    survival = population_survival(base)
    if survival is not None:
        months = next(iter(base.traces.values())).columns["Months"]
        inside = months <= until + 1e-9
        axes.plot(months[inside] * scale, survival[inside], zorder=1.5, **POPULATION_LINE)


def survival_axes(axes: Axes, until: float, years: bool) -> None:
    """Time from zero to ``until`` months along, survival from 0% to 100% up."""
    axes.set_xlim(0, until / (MONTHS_PER_YEAR if years else 1))
    axes.set_ylim(0, 1.02)
    time_axis(axes.xaxis, until, years)
    share_axis(axes.yaxis, "")


def horizon_words(base: BaseCase, until: float) -> str:
    """The horizon, and that the figure ends before it where it does."""
    horizon = base.definition.settings.horizon_years
    shorter = until < horizon * MONTHS_PER_YEAR - 6
    return f"Horizon {horizon:g} years" + (", shown until fewer than 0.5% are alive" if shorter else "")


def first_crossing_years(base: BaseCase) -> float | None:
    """The first time at which PFS would exceed OS in some arm and is bounded by it, or None."""
    months = base.outcomes.crossing_first_month[0]
    crossing = months[np.isfinite(months)]
    return float(crossing.min()) / MONTHS_PER_YEAR if len(crossing) else None
