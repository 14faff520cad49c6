"""The base case in every structure as dots: QALYs gained and ICER, one row per structure and link between the arms."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.analysis.columns.common import ICER, INCREMENTAL_QALYS
from model.analysis.columns.structures import STRUCTURE
from model.analysis.structures.structures import Structures
from model.figures.frame import compared_arms, finished, framed, model_line
from model.figures.scales import axis_words, money_axis
from model.figures.scenario_results import icer_words
from model.figures.style import DARK_BLUE, GREY, INK, LIGHT_BLUE, in_house_style


@in_house_style
def structure_range(found: Structures) -> Figure:
    """Two panels over the same rows: QALYs gained; ICER where there is one, words where a ratio would mislead."""
    d, table = found.definition, found.table()
    note = (
        "Filled dot and line: the structure of the base case. State transition: survival after progression calibrated to the "
        "published OS, linked between the arms as the row says."
    )
    figure, axes = framed(
        f"Structures: {compared_arms(d)}", model_line(d), (9.6, 0.9 + 0.34 * len(table)), 1, 2, note=note, sharey=True
    )
    places = np.arange(len(table))
    names = [one.words[:1].upper() + one.words[1:] for one in found.found]
    for axis, column in zip(axes[0], ("incremental_qalys", "icer"), strict=True):
        values, used = table[column].to_numpy(dtype=float), table["in_use"].to_numpy(dtype=bool)
        for place in places[~np.isnan(values)]:
            look = {"markerfacecolor": DARK_BLUE if used[place] else LIGHT_BLUE, "markeredgecolor": DARK_BLUE}
            axis.plot(values[place], place, "o" if used[place] else "s", markersize=7, zorder=3, **look)
        if not np.isnan(values[used]).any():
            axis.axvline(values[used][0], color=INK, linewidth=1.0, zorder=1)
        axis.set_ylim(len(table) - 0.4, -0.6)
        axis.margins(x=0.12)
    _words_of_icers(axes[0, 1], found)
    axes[0, 0].set_yticks(places, ["\n".join(textwrap.wrap(name, 46)) for name in names])
    axes[0, 0].tick_params(axis="y", length=0, labelcolor=INK, labelsize=7.8)
    axes[0, 0].set_ylabel(STRUCTURE.words())
    axes[0, 0].set_xlabel(axis_words(INCREMENTAL_QALYS))
    if table["incremental_qalys"].min() < 0:
        axes[0, 0].axvline(0, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)))
    largest = float(np.nan_to_num(table["icer"]).max())
    money_axis(axes[0, 1].xaxis, d.settings.currency, axis_words(ICER), largest, per="per QALY gained")
    return finished(figure)


def _words_of_icers(axis: Axes, found: Structures) -> None:
    """Beside each row its ICER, or what stands in its place."""
    across = axis.get_yaxis_transform()
    for place, one in enumerate(found.found):
        words = "not run"
        if one.outcomes is not None:
            made = found.comparison(one.outcomes)
            words = icer_words(made.incremental_cost, made.incremental_qalys, found.definition.settings.currency)
        axis.text(1.02, place, words, transform=across, fontsize=7.5, va="center")
