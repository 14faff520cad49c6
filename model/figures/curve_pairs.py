"""Every PFS family with every OS family as a heat map: ICER, and where the two curves cross."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from model.analysis.amounts import quantity
from model.analysis.columns.common import ICER
from model.analysis.columns.curve_pairs import FIRST_CROSSING, LIFE_YEARS, PFS
from model.analysis.deterministic.curve_pairs import FEW_ALIVE, CurvePairs
from model.figures.frame import compared_arms, finished, framed, legend_below, model_line
from model.figures.scales import axis_words
from model.figures.style import INK, LIGHT_BLUE, in_house_style

HELD, CROSSED = LIGHT_BLUE, "#F6D0CE"


@in_house_style
def curve_pairs_map(found: CurvePairs) -> Figure:
    """One cell per pair: ICER, life years of both arms, first crossing; coloured by whether the curves hang together."""
    d = found.definition
    table = found.table()
    pfs, os = (list(dict.fromkeys(table[side])) for side in ("pfs", "os"))
    note = (
        f"In each cell: {ICER.words()} in thousand {ICER.unit_words(d.settings.currency)} gained; undiscounted life years of "
        "both arms; year in which PFS first exceeds OS in either arm. Framed: in use."
        f"{' Empty: not possible.' if found.not_run else ''}"
    )
    title = f"Pairs of survival curves: {compared_arms(d)}"
    figure, axes = framed(title, model_line(d), (2.6 + 1.25 * len(os), 1.6 + 0.62 * len(pfs)), note=note)
    axis = axes[0, 0]
    old, new = (d.arms[a].short_label for a in d.compared)
    for row in table.to_dict("records"):
        x, y = os.index(row["os"]), pfs.index(row["pfs"])
        crossed = row["alive_at_crossing"] > FEW_ALIVE
        axis.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=CROSSED if crossed else HELD, edgecolor="white"))
        if row["in_use"]:
            axis.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, fill=False, edgecolor=INK, linewidth=1.6, zorder=3))
        first = np.array([row[FIRST_CROSSING.of(arm=arm).name] for arm in (old, new)], dtype=float)
        icer = "no ratio" if np.isnan(row["icer"]) else quantity(row["icer"] / 1000, 0)
        years = " / ".join(f"{row[LIFE_YEARS.of(arm=arm).name]:.1f}" for arm in (old, new))
        crossing = "never cross" if np.isnan(first).all() else f"cross in year {np.nanmin(first):.0f}"
        axis.text(x, y, f"{icer}\n{years}\n{crossing}", ha="center", va="center", fontsize=6.5, color=INK)
    axis.set_xlim(-0.5, len(os) - 0.5)
    axis.set_ylim(len(pfs) - 0.5, -0.5)
    axis.set_xticks(range(len(os)), os)
    axis.set_yticks(range(len(pfs)), pfs)
    axis.set_xlabel(found.second)
    axis.set_ylabel(axis_words(PFS))
    axis.grid(False)
    axis.tick_params(length=0)
    words = (f"No crossing while more than {FEW_ALIVE:.0%} are alive", "PFS exceeds OS while more are alive")
    legend_below(figure, [Patch(facecolor=HELD), Patch(facecolor=CROSSED)], list(words))
    return finished(figure)
