"""What the costs and the QALYs of each arm consist of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.analysis.amounts import money
from model.analysis.base_case.base_case import BaseCase
from model.analysis.columns.common import ARM
from model.arrays import Array
from model.engine.evaluate import Account
from model.figures.frame import finished, framed, legend_below, model_line
from model.figures.scales import decimals_for, money_axis, number, plain_axis
from model.figures.style import HATCHES, INK, PALETTE, arm_styles, in_house_style, tint

SMALLEST_SHARE = 0.015
MOST_CATEGORIES = 10


@dataclasses.dataclass(frozen=True)
class Breakdown:
    """Discounted amounts by category ``(n_categories, n_arms)``; small categories are put together."""

    names: list[str]
    amounts: Array


def breakdown(account: Account) -> Breakdown:
    """Categories of one account, largest first; those below 1.5% of the largest total become one."""
    merged: dict[str, Array] = {}
    for j, name in enumerate(account.categories):
        merged[name] = merged.get(name, 0.0) + account.discounted[0, :, j]
    largest = max(float(np.abs(np.sum(list(merged.values()), axis=0)).max()), 1e-300) if merged else 1.0
    size = {name: float(np.abs(values).max()) for name, values in merged.items()}
    order = [name for name in sorted(merged, key=lambda n: -size[n]) if size[name] > 0]
    kept = [name for name in order if size[name] >= SMALLEST_SHARE * largest][:MOST_CATEGORIES]
    rest = [name for name in order if name not in kept]
    if len(rest) == 1:
        kept, rest = order, []
    rows = [merged[name] for name in kept]
    if rest:
        kept = [*kept, f"{len(rest)} smaller items"]
        rows.append(np.sum([merged[name] for name in rest], axis=0))
    n_arms = account.discounted.shape[1]
    return Breakdown([tidy(name) for name in kept], np.array(rows).reshape(len(rows), n_arms))


def tidy(category: str) -> str:
    """A category as a label: a drug by its name."""
    return category.removeprefix("Drug: ")


@in_house_style
def cost_breakdown(base: BaseCase) -> Figure:
    """Discounted costs by category, stacked, one bar per arm."""
    currency = base.definition.settings.currency
    parts = breakdown(base.outcomes.costs)
    totals = base.outcomes.total_costs[0]
    figure, axis = _stacked(base, parts, "What the costs consist of", [money(float(t), currency) for t in totals])
    divisor, _ = money_axis(axis.xaxis, currency, "Discounted cost", float(np.abs(totals).max()))
    _label_parts(
        axis,
        parts,
        lambda value: number(value / divisor, decimals_for(float(np.abs(totals).max()) / divisor) + 1 if divisor > 1 else 0),
    )
    return finished(figure)


@in_house_style
def qaly_breakdown(base: BaseCase) -> Figure:
    """Discounted QALYs by state and decrement, stacked, one bar per arm."""
    parts = breakdown(base.outcomes.qalys)
    totals = base.outcomes.total_qalys[0]
    figure, axis = _stacked(base, parts, "What the QALYs consist of", [f"{number(float(t), 2)} QALYs" for t in totals])
    plain_axis(axis.xaxis, "Discounted QALYs per patient", float(np.abs(totals).max()))
    _label_parts(axis, parts, lambda value: number(value, 2))
    return finished(figure)


def _category_looks(parts: Breakdown) -> list[tuple[str, str]]:
    """(fill, hatch) of every category."""
    shades = [tint(PALETTE[i % 7], 0.85 if i < 7 else 0.5) for i in range(len(parts.names))]
    looks = [(shade, HATCHES[i % len(HATCHES)]) for i, shade in enumerate(shades)]
    if parts.names and parts.names[-1].endswith("smaller items"):
        looks[-1] = ("#C9CDD4", "")
    return looks


def _stacked(base: BaseCase, parts: Breakdown, title: str, totals: list[str]) -> tuple[Figure, Axes]:
    d, styles = base.definition, arm_styles(base.definition)
    s = d.settings
    rates = f"Discounted at {100 * s.discount_rate_costs:g}% (costs) and {100 * s.discount_rate_effects:g}% (effects) a year"
    size = (9.2, 1.35 + 0.62 * len(d.arms) + 0.18 * (1 + len(parts.names) // 4))
    figure, axes = framed(title, model_line(d, f"Base case, horizon {s.horizon_years:g} years", rates), size)
    axis: Axes = axes[0, 0]
    places = np.arange(len(d.arms))[::-1]
    above, below = np.zeros(len(d.arms)), np.zeros(len(d.arms))
    looks = _category_looks(parts)
    for amounts, (fill, hatch) in zip(parts.amounts, looks, strict=True):
        start = np.where(amounts >= 0, above, below)
        axis.barh(places, amounts, left=start, height=0.62, color=fill, hatch=hatch, edgecolor="white", linewidth=0.8)
        above, below = above + np.maximum(amounts, 0), below + np.minimum(amounts, 0)
    for place, end, words in zip(places, above, totals, strict=True):
        axis.annotate(words, (end, place), (5, 0), textcoords="offset points", va="center", weight="bold")
    axis.set_yticks(places, [styles[a].label for a in d.arm_ids])
    axis.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axis.grid(False, axis="y")
    low, high = min(0.0, float(below.min(initial=0.0))), max(float(above.max(initial=0.0)), 1e-9)
    axis.set_xlim(low * 1.05, high * 1.22)
    axis.set_ylabel(ARM.words())
    handles = [Patch(facecolor=fill, hatch=hatch, edgecolor="white") for fill, hatch in looks]
    legend_below(figure, handles, parts.names)
    return figure, axis


def _label_parts(axis: Axes, parts: Breakdown, words: Callable[[float], str]) -> None:
    """Write the amount inside each part that is wide enough for it."""
    n_arms = parts.amounts.shape[1]
    low, high = axis.get_xlim()
    for a in range(n_arms):
        end = 0.0
        for amount in parts.amounts[:, a]:
            if amount > 0:
                if amount > 0.055 * (high - low):
                    text = words(amount)
                    axis.text(
                        end + amount / 2,
                        n_arms - 1 - a,
                        text,
                        ha="center",
                        va="center",
                        fontsize=8,
                        color=INK,
                        bbox=dict(facecolor="white", alpha=0.85, edgecolor="none", pad=1.5),
                    )
                end += amount
