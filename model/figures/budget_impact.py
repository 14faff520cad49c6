"""The budget impact year by year: what it is made of, and how many patients are on treatment with and without."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.analysis.budget.budget_impact import SIDES, BudgetImpact
from model.analysis.columns.budget import IMPACT, YEAR
from model.arrays import Array
from model.engine.costs import drug_category
from model.figures.frame import finished, framed, legend_below, model_line
from model.figures.scales import axis_words, money_axis, plain_axis
from model.figures.style import HATCHES, INK, PALETTE, arm_styles, in_house_style, tint

WIDTH = 0.62
MOST_PARTS = 6
SMALLEST_PART = 0.01
LINES = {"without": ((0, (4, 2)), "without"), "with": ("-", "with")}


@in_house_style
def budget_impact_by_year(found: BudgetImpact) -> Figure:
    """Two panels over the years: net impact by category, stacked; patients on treatment at each year's end."""
    d = found.definition
    note = (
        "Left: cost of all patients with the intervention in the market less that without, undiscounted, after rebates; dot: "
        "the sum. Right: on any drug of the arm, with (line) and without (dashes)."
    )
    figure, axes = framed("Net budget impact", model_line(d, f"{found.n_years} years"), (9.6, 4.4), 1, 2, note=note)
    years: Array = np.arange(1.0, found.n_years + 1.0)
    parts = _parts(found)
    handles = _stacked(axes[0, 0], years, parts)
    axes[0, 0].plot(years, found.impact, "o", color=INK, markersize=5, zorder=4)
    axes[0, 0].axhline(0, color=INK, linewidth=0.8)
    largest = max(float(np.abs(values).max()) for values in [found.impact, *parts.values()])
    money_axis(axes[0, 0].yaxis, d.settings.currency, axis_words(IMPACT), largest, per="per year")
    looks = arm_styles(d)
    for a, arm in enumerate(d.arms):
        for side in SIDES:
            line, _ = LINES[side]
            label = f"{arm.short_label}, {side}"
            axes[0, 1].plot(
                years,
                found.treated[side][a],
                color=looks[arm.id].colour,
                linestyle=line,
                marker=looks[arm.id].marker,
                label=label,
            )
    plain_axis(
        axes[0, 1].yaxis, "Patients on treatment at the year's end", float(max(v.max() for v in found.treated.values()))
    )
    axes[0, 1].set_ylim(bottom=0)
    for axis in axes[0]:
        axis.set_xticks(years, [f"{year:.0f}" for year in years])
        axis.set_xlabel(YEAR.words())
    lines, names = axes[0, 1].get_legend_handles_labels()
    legend_below(figure, [*handles, *lines], [*parts, *names], 3)
    return finished(figure)


def _parts(found: BudgetImpact) -> dict[str, Array]:
    """Impact by category ``(n_years,)``, the largest by name, the others together."""
    names = {drug_category(drug): drug.label for drug in found.definition.drugs}
    impact = found.costs["with"] - found.costs["without"]
    size = np.abs(impact).max(axis=0)
    order = [c for c in np.argsort(-size) if size[c] > SMALLEST_PART * max(float(size.max()), 1e-300)][:MOST_PARTS]
    parts = {names.get(found.cohort.categories[c], found.cohort.categories[c]): impact[:, c] for c in order}
    rest = [c for c in range(len(size)) if c not in order]
    if rest and float(size[rest].max()) > 0:
        parts[f"{len(rest)} smaller items"] = impact[:, rest].sum(axis=1)
    return parts


def _stacked(axis: Axes, years: Array, parts: dict[str, Array]) -> list[Patch]:
    """Bars above and below zero."""
    above, below = np.zeros(len(years)), np.zeros(len(years))
    handles = []
    for i, values in enumerate(parts.values()):
        base = np.where(values >= 0, above, below)
        look: dict[str, Any] = {
            "facecolor": tint(PALETTE[i % len(PALETTE)], 0.8),
            "edgecolor": INK,
            "hatch": HATCHES[i % len(HATCHES)],
        }
        axis.bar(years, values, WIDTH, bottom=base, linewidth=0.4, **look)
        handles.append(Patch(linewidth=0.4, **look))
        above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)
    return handles
