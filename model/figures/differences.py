"""The difference between the options: what it consists of, when it arises, and the frontier of all options."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import ratio_in_words, verdict
from model.analysis.columns.base_case import CATEGORY
from model.analysis.columns.common import INCREMENTAL_COST, INCREMENTAL_QALYS
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.engine.trace import Trace
from model.figures.curves import last_reported_month, visible_months
from model.figures.frame import compared_arms, finished, framed, legend_below, model_line
from model.figures.results import Breakdown, breakdown
from model.figures.scales import decimals_for, money_axis, number, plain_axis, time_axis
from model.figures.style import GREY, INK, LINE_STYLES, PALETTE, arm_styles, in_house_style

HIDES = 0.04
RISE, FALL, TOTAL = "#C8553D", "#3E7CB1", "#4A4F59"


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
        f"What the difference consists of: {compared_arms(d)}",
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
        fills = [RISE if v > 0 else FALL for v in values] if kind == "cost" else [FALL if v > 0 else RISE for v in values]
        hatches = ["" if v > 0 else "///" for v in values]
        axis.barh(
            places[:-1], values, left=edges[:-1], height=0.62, color=fills, hatch=hatches, edgecolor="white", linewidth=0.6
        )
        axis.barh(places[-1:], [total], height=0.62, color=TOTAL)
        for place, edge in zip(places, edges[1:], strict=False):
            axis.plot([edge, edge], [place - 0.31, place + 1.31], color=GREY, linewidth=0.7)
        if kind == "cost":
            divisor, _ = money_axis(axis.xaxis, currency, INCREMENTAL_COST.words(), span)
        else:
            plain_axis(axis.xaxis, f"{INCREMENTAL_QALYS.words()} per patient", span)
            divisor = 1.0
        digits = decimals_for(span / divisor) + 1
        for row, (value, end) in enumerate(
            zip([*values, total], [*np.maximum(edges[:-1], edges[1:]), max(total, 0)], strict=True)
        ):
            sign = "+" if value > 0 else ""
            axis.annotate(
                sign + number(value / divisor, digits),
                (end, row),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.8,
                weight="bold" if row == len(names) else "normal",
            )
        axis.set_yticks(places, [*names, "Total"])
        axis.tick_params(axis="y", length=0, labelcolor=INK)
        axis.invert_yaxis()
        axis.grid(False, axis="y")
        axis.axvline(0, color=GREY, linewidth=0.8)
        axis.set_title(f"{'Costs' if kind == 'cost' else 'QALYs'}")
        axis.set_xlim(min(0.0, float(edges.min())) - 0.04 * span, max(0.0, float(edges.max())) + 0.2 * span)
        axis.set_ylabel(CATEGORY.words())
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
        f"When the difference arises: {compared_arms(d)}", model_line(d, "Base case"), (9.2, 3.3), 1, 2, note
    )
    running = {kind: _running(new, kind) - _running(old, kind) for kind in ("qaly", "life_years", "cost")}
    axes[0, 0].plot(years[inside], running["qaly"][inside], color=INK, label="QALYs")
    axes[0, 0].plot(
        years[inside], running["life_years"][inside], color=PALETTE[0], linestyle=LINE_STYLES[1], label="Life years"
    )
    axes[0, 1].plot(years[inside], running["cost"][inside], color=INK)
    health = np.concatenate([running["qaly"], running["life_years"]])
    plain_axis(axes[0, 0].yaxis, "QALYs or life years per patient", float(np.ptp(health)))
    money_axis(axes[0, 1].yaxis, currency, INCREMENTAL_COST.words(), float(np.abs(running["cost"]).max()))
    axes[0, 0].set_title("Health gained")
    axes[0, 1].set_title("Cost added")
    for axis, kind in zip(axes[0], ("qaly", "cost"), strict=True):
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        time_axis(axis.xaxis, until, True)
        axis.axhline(0, color=GREY, linewidth=0.8)
        if last is not None and last < until:
            axis.axvline(last / MONTHS_PER_YEAR, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[3])
            total = float(running[kind][-1])
            share = float(np.interp(last / MONTHS_PER_YEAR, years, running[kind])) / total if total else float("nan")
            if 0 <= share <= 1.5:
                axis.text(
                    last / MONTHS_PER_YEAR,
                    0.12,
                    f"  {100 * share:.0f}% of the incremental {'QALYs' if kind == 'qaly' else 'cost'} by then",
                    transform=axis.get_xaxis_transform(),
                    fontsize=7.8,
                    color=GREY,
                )
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return finished(figure)


def _running(trace: Trace, kind: str) -> Array:
    """Running total ``(n_times,)`` of one kind; zero where the arm has nothing of it."""
    chosen = [values for (k, _), values in trace.discounted.items() if k == kind]
    return np.cumsum(np.sum([np.zeros(len(trace.columns["Years"])), *chosen], axis=0))


def _close(across: Array, up: Array) -> list[list[int]]:
    """Positions of points ``(n_points,)`` in groups that would hide each other: nearer than :data:`HIDES` of the picture."""
    groups: list[list[int]] = []
    for i, (x, y) in enumerate(zip(across, up, strict=True)):
        near = (g for g in groups if abs(across[g[0]] - x) < HIDES and abs(up[g[0]] - y) < HIDES)
        found = next(near, None)
        if found is None:
            groups.append([i])
        else:
            found.append(i)
    return groups


@in_house_style
def frontier(base: BaseCase) -> Figure:
    """Costs and QALYs of all arms with the cost-effectiveness frontier."""
    d, styles = base.definition, arm_styles(base.definition)
    costs, qalys = base.outcomes.total_costs[0], base.outcomes.total_qalys[0]
    table = base.incremental()
    ids = {arm.label: arm.id for arm in d.arms}
    efficient = [
        ids[o] for o, status in zip(table["option"], table["status"], strict=True) if status in ("reference", "on frontier")
    ]
    said = f"{ratio_in_words(base)}; {verdict(base)}"
    note = f"Line: options that are neither dominated nor extendedly dominated. {compared_arms(d)}: {said}."
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
    statuses = {ids[o]: status for o, status in zip(table["option"], table["status"], strict=True)}
    for together in _close(qalys / span_q, costs / span_c):
        words = []
        for i in sorted(together, key=lambda i: -costs[i]):
            look, on = styles[d.arm_ids[i]], d.arm_ids[i] in efficient
            axis.plot(
                qalys[i],
                costs[i],
                look.marker,
                color=look.colour,
                markersize=8 if on or len(together) == 1 else 13,  # around the filled mark that it would hide
                markerfacecolor=look.colour if on else "none",
                markeredgewidth=1.5,
                zorder=3 if on else 2,
            )
            words.append(look.label if on else f"{look.label} ({statuses[d.arm_ids[i]]})")
        place = (qalys[together[0]], max(costs[i] for i in together))
        axis.annotate("\n".join(words), place, (-9, 5), textcoords="offset points", ha="right")
    axis.set_xlim(qalys.min() - 0.3 * span_q, qalys.max() + 0.2 * span_q)
    axis.set_ylim(costs.min() - 0.2 * span_c, costs.max() + 0.2 * span_c)
    plain_axis(axis.xaxis, "Discounted QALYs per patient", 1.5 * span_q)
    money_axis(axis.yaxis, d.settings.currency, "Discounted cost", float(costs.max()))
    return finished(figure)
