"""Survival of every arm with its interval over the draws of the probabilistic analysis."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from model.analysis.probabilistic.psa import PSA
from model.constants import MONTHS_PER_YEAR
from model.figures.curves import endpoint_title, survival_axes
from model.figures.frame import finished, framed, legend_below, model_line
from model.figures.style import GREY, arm_styles, in_house_style, tint

SHOWN = 0.01  # of patients: the axis ends where even the upper limit of every curve is below


@in_house_style
def survival_intervals(psa: PSA) -> Figure:
    """PFS and OS of all arms over the horizon: the base case as a line, 95% of the draws as a band."""
    d, found = psa.definition, psa.curve_intervals
    styles = arm_styles(d)
    above = np.flatnonzero((found.upper > SHOWN).any(axis=0))
    until = float(found.months[min(above[-1] + 1, len(found.months) - 1)])
    note = (
        f"Bands: 2.5th to 97.5th percentile at each time over {found.n_draws:,} draws. Curves before crossing of "
        "progression-free and overall survival is repaired."
    )
    figure, axes = framed(
        "Survival and its uncertainty", model_line(d, "Probabilistic analysis"), (9.2, 3.9), 1, 2, note, sharey=True
    )
    for axis, endpoint in zip(axes[0], ("pfs", "os"), strict=True):
        axis.set_title(endpoint_title(d, endpoint))
        for i, curve in enumerate(found.curves):
            if curve.endpoint == endpoint:
                look, years = styles[curve.arm], found.months / MONTHS_PER_YEAR
                axis.fill_between(years, found.lower[i], found.upper[i], color=look.colour, alpha=0.16, linewidth=0)
                for limit in (found.lower[i], found.upper[i]):  # the band's edges survive grey print where bands overlap
                    axis.plot(years, limit, color=tint(look.colour, 0.6), linestyle=look.line, linewidth=0.7)
                axis.plot(years, found.base[i], color=look.colour, linestyle=look.line)
        survival_axes(axis, until, True)
    axes[0, 0].set_ylabel("Share of patients")
    handles = [*(Line2D([], [], color=s.colour, linestyle=s.line) for s in styles.values()), Patch(color=GREY, alpha=0.2)]
    legend_below(figure, handles, [*(s.label for s in styles.values()), "95% of the draws"])
    return finished(figure)
