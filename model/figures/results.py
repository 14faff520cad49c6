"""Results of the base case: what the costs and QALYs consist of, what drives the difference, and when it arises."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from model.analysis.base_case import BaseCase
from model.analysis.words import money, ratio_in_words
from model.engine.evaluate import Account

from .curves import last_reported_month, visible_months
from .frame import comparison, finished, framed, legend_below, model_line
from .scales import decimals_for, money_axis, number, plain_axis, time_axis
from .style import GREY, HATCHES, INK, LINE_STYLES, PALETTE, arm_styles, in_house_style, tint

Array = NDArray[np.float64]
SMALLEST_SHARE = 0.015
MOST_CATEGORIES = 10
RISE, FALL, TOTAL = "#C8553D", "#3E7CB1", "#4A4F59"


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
    figure, axis = _stacked(
        base, parts, "What the costs consist of", [money(float(t), currency) for t in totals]
    )
    divisor, _ = money_axis(axis.xaxis, currency, "Discounted cost", float(np.abs(totals).max()))
    _label_parts(
        axis,
        parts,
        lambda value: number(
            value / divisor, decimals_for(float(np.abs(totals).max()) / divisor) + 1 if divisor > 1 else 0
        ),
    )
    return finished(figure)


@in_house_style
def qaly_breakdown(base: BaseCase) -> Figure:
    """Discounted QALYs by state and decrement, stacked, one bar per arm."""
    parts = breakdown(base.outcomes.qalys)
    totals = base.outcomes.total_qalys[0]
    figure, axis = _stacked(
        base, parts, "What the QALYs consist of", [f"{number(float(t), 2)} QALYs" for t in totals]
    )
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
        axis.barh(
            places,
            amounts,
            left=start,
            height=0.62,
            color=fill,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.8,
        )
        above, below = above + np.maximum(amounts, 0), below + np.minimum(amounts, 0)
    for place, end, words in zip(places, above, totals, strict=True):
        axis.annotate(words, (end, place), (5, 0), textcoords="offset points", va="center", weight="bold")
    axis.set_yticks(places, [styles[a].label for a in d.arm_ids])
    axis.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axis.grid(False, axis="y")
    low, high = min(0.0, float(below.min(initial=0.0))), max(float(above.max(initial=0.0)), 1e-9)
    axis.set_xlim(low * 1.05, high * 1.22)
    axis.set_ylabel("Arm")
    handles = [Patch(facecolor=fill, hatch=hatch, edgecolor="white") for fill, hatch in looks]
    legend_below(figure, handles, parts.names)
    return figure, axis


def _label_parts(axis: Axes, parts: Breakdown, words: object) -> None:
    """Write the amount inside each part that is wide enough for it."""
    n_arms = parts.amounts.shape[1]
    low, high = axis.get_xlim()
    for a in range(n_arms):
        end = 0.0
        for amount in parts.amounts[:, a]:
            if amount > 0:
                if amount > 0.055 * (high - low):
                    text = words(amount)  # type: ignore[operator]
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


@in_house_style
def increments(base: BaseCase) -> Figure:
    """How the categories add up to the incremental cost and to the incremental QALYs: two waterfalls."""
    d = base.definition
    old, new = base.positions
    currency = d.settings.currency
    accounts = (base.outcomes.costs, base.outcomes.qalys)
    steps = [_steps(breakdown(account), old, new) for account in accounts]
    longest = max(len(names) for names, _ in steps)
    figure, axes = framed(
        f"What the difference consists of: {comparison(d)}",
        model_line(d, "Base case, discounted"),
        (10.4, 1.0 + 0.3 * (longest + 1)),
        1,
        2,
        "Each bar starts where the one above it ends; the last is the sum.",
    )
    for axis, (names, values), kind in zip(axes[0], steps, ("cost", "QALYs"), strict=True):
        edges = np.concatenate([[0.0], np.cumsum(values)])
        span = float(max(edges.max(), 0) - min(edges.min(), 0)) or 1.0
        places = np.arange(len(names) + 1)
        total = float(edges[-1])
        fills = (
            [RISE if v > 0 else FALL for v in values]
            if kind == "cost"
            else [FALL if v > 0 else RISE for v in values]
        )
        hatches = ["" if v > 0 else "///" for v in values]
        axis.barh(
            places[:-1],
            values,
            left=edges[:-1],
            height=0.62,
            color=fills,
            hatch=hatches,
            edgecolor="white",
            linewidth=0.6,
        )
        axis.barh(places[-1:], [total], height=0.62, color=TOTAL)
        for place, edge in zip(places, edges[1:], strict=False):
            axis.plot([edge, edge], [place - 0.31, place + 1.31], color=GREY, linewidth=0.7)
        if kind == "cost":
            divisor, _ = money_axis(axis.xaxis, currency, "Incremental cost", span)
        else:
            plain_axis(axis.xaxis, "Incremental QALYs per patient", span)
            divisor = 1.0
        digits = decimals_for(span / divisor) + 1
        for place, (value, end) in enumerate(
            zip([*values, total], [*np.maximum(edges[:-1], edges[1:]), max(total, 0)], strict=True)
        ):
            sign = "+" if value > 0 else ""
            axis.annotate(
                sign + number(value / divisor, digits),
                (end, place),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.8,
                weight="bold" if place == len(names) else "normal",
            )
        axis.set_yticks(places, [*names, "Total"])
        axis.tick_params(axis="y", length=0, labelcolor=INK)
        axis.invert_yaxis()
        axis.grid(False, axis="y")
        axis.axvline(0, color=GREY, linewidth=0.8)
        axis.set_title(f"{'Costs' if kind == 'cost' else 'QALYs'}")
        axis.set_xlim(min(0.0, float(edges.min())) - 0.04 * span, max(0.0, float(edges.max())) + 0.2 * span)
        axis.set_ylabel("Category")
    return finished(figure)


def _steps(parts: Breakdown, old: int, new: int) -> tuple[list[str], Array]:
    """Names and increments of the categories, largest rise first."""
    change = parts.amounts[:, new] - parts.amounts[:, old]
    size = float(np.abs(change).max(initial=0.0))
    order = [i for i in np.argsort(-change, kind="stable") if abs(change[i]) > 1e-9 * max(size, 1e-12)]
    return [parts.names[i] for i in order], change[order]


@in_house_style
def accrual(base: BaseCase) -> Figure:
    """When the incremental QALYs, life years and costs arise: running totals over time."""
    d = base.definition
    currency = d.settings.currency
    old, new = (base.traces[d.arm_ids[i]] for i in base.positions)
    until, years = visible_months(base), old.columns["Years"]
    inside = old.columns["Months"] <= until + 1e-9
    last = last_reported_month(d)
    note = "Running totals to each time, discounted."
    if last is not None:
        note += f" Dotted line: last time for which a statistic was reported ({last:g} months)."
    figure, axes = framed(
        f"When the difference arises: {comparison(d)}", model_line(d, "Base case"), (9.2, 3.3), 1, 2, note
    )
    running = {
        kind: _running(new.discounted, kind) - _running(old.discounted, kind)
        for kind in ("qaly", "life_years", "cost")
    }
    axes[0, 0].plot(years[inside], running["qaly"][inside], color=INK, label="QALYs")
    axes[0, 0].plot(
        years[inside],
        running["life_years"][inside],
        color=PALETTE[0],
        linestyle=LINE_STYLES[1],
        label="Life years",
    )
    axes[0, 1].plot(years[inside], running["cost"][inside], color=INK)
    health = np.concatenate([running["qaly"], running["life_years"]])
    plain_axis(axes[0, 0].yaxis, "QALYs or life years per patient", float(np.ptp(health)))
    money_axis(axes[0, 1].yaxis, currency, "Incremental cost", float(np.abs(running["cost"]).max()))
    axes[0, 0].set_title("Health gained")
    axes[0, 1].set_title("Cost added")
    for axis, kind in zip(axes[0], ("qaly", "cost"), strict=True):
        axis.set_xlim(0, until / 12)
        time_axis(axis.xaxis, until, True)
        axis.axhline(0, color=GREY, linewidth=0.8)
        if last is not None and last < until:
            axis.axvline(last / 12, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[3])
            total = float(running[kind][-1])
            share = float(np.interp(last / 12, years, running[kind])) / total if total else float("nan")
            if 0 <= share <= 1.5:
                axis.text(
                    last / 12,
                    0.12,
                    f"  {100 * share:.0f}% of the incremental {'QALYs' if kind == 'qaly' else 'cost'} by then",
                    transform=axis.get_xaxis_transform(),
                    fontsize=7.8,
                    color=GREY,
                )
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return finished(figure)


def _running(columns: dict[tuple[str, str], Array], kind: str) -> Array:
    chosen = [values for (k, _), values in columns.items() if k == kind]
    return np.cumsum(np.sum(chosen, axis=0))


@in_house_style
def frontier(base: BaseCase) -> Figure:
    """Costs and QALYs of all arms with the cost-effectiveness frontier."""
    d, styles = base.definition, arm_styles(base.definition)
    costs, qalys = base.outcomes.total_costs[0], base.outcomes.total_qalys[0]
    table = base.incremental()
    ids = {arm.label: arm.id for arm in d.arms}
    efficient = [
        ids[o]
        for o, status in zip(table["option"], table["status"], strict=True)
        if status in ("reference", "on frontier")
    ]
    note = f"Line: options that are neither dominated nor extendedly dominated. {comparison(d)}: {ratio_in_words(base)}."
    figure, axes = framed(
        "Costs and QALYs of the options, with the cost-effectiveness frontier",
        model_line(d, "Base case, discounted"),
        (7.2, 4.2),
        note=note,
    )
    axis: Axes = axes[0, 0]
    at = [d.arm_ids.index(a) for a in efficient]
    axis.plot(qalys[at], costs[at], color=GREY, linewidth=1.2, zorder=1)
    span_q, span_c = max(float(np.ptp(qalys)), 0.02), max(float(np.ptp(costs)), 1.0)
    for i, arm in enumerate(d.arm_ids):
        look = styles[arm]
        on = arm in efficient
        axis.plot(
            qalys[i],
            costs[i],
            look.marker,
            color=look.colour,
            markersize=8,
            markerfacecolor=look.colour if on else "white",
            markeredgewidth=1.5,
            zorder=2,
        )
        left = qalys[i] > qalys.mean()
        axis.annotate(
            look.label,
            (qalys[i], costs[i]),
            (-8 if left else 8, 6),
            textcoords="offset points",
            ha="right" if left else "left",
        )
    axis.set_xlim(qalys.min() - 0.2 * span_q, qalys.max() + 0.2 * span_q)
    axis.set_ylim(costs.min() - 0.2 * span_c, costs.max() + 0.2 * span_c)
    plain_axis(axis.xaxis, "Discounted QALYs per patient", 1.4 * span_q)
    money_axis(axis.yaxis, d.settings.currency, "Discounted cost", float(costs.max()))
    return finished(figure)
