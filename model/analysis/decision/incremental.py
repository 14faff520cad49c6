"""Fully incremental analysis and the cost-effectiveness frontier (Johannesson and Weinstein 1993).

Options are sorted by cost. One that costs at least as much as another without being more effective is
dominated. One whose ICER against its predecessor exceeds the next ICER is extendedly dominated: a mix of its
neighbours does better. What is left is the frontier, the lower right edge of the convex hull on the
cost-effectiveness plane; its ICERs do not decrease. Costs, and effects, that differ by rounding alone are equal
(`rounding.py`).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import INCREMENTAL
from model.analysis.decision.checks import mean_options, option_names
from model.analysis.decision.rounding import settled
from model.arrays import Array

Status = Literal["reference", "on frontier", "identical", "extendedly dominated", "dominated"]

DAMPACK_STATUS: dict[Status, str] = {
    "reference": "ND",
    "on frontier": "ND",
    "identical": "D",
    "extendedly dominated": "ED",
    "dominated": "D",
}
"""How the R package dampack writes each status; an option equal to one on the frontier it calls dominated."""

_STATUS_ORDER: dict[Status, int] = {
    "reference": 0,
    "on frontier": 0,
    "identical": 0,
    "extendedly dominated": 1,
    "dominated": 2,
}


def incremental_analysis(
    costs: ArrayLike, effects: ArrayLike, names: Sequence[str] | None = None, *, order: Literal["cost", "status"] = "cost"
) -> pd.DataFrame:
    """The fully incremental table of all options.

    costs, effects: means `(n_options,)`, or draws `(n_draws, n_options)` of which the means are taken first.
    order: "cost" lists by cost (equal costs: more effective first, then as given); "status" puts the frontier
    first, then extendedly dominated, then dominated options, each by cost, as dampack does.

    Columns: `option`, `cost`, `effect`, `compared_with` (the previous option on the frontier),
    `incremental_cost`, `incremental_effect`, `icer` (currency per unit of effect) and `status`, one of
        reference             the cheapest option on the frontier
        on frontier           compared with its predecessor there; increments are NaN for all other statuses
        identical             same cost and effect (but for rounding) as the option on the frontier named in `compared_with`
        extendedly dominated  a mix of two other options is cheaper and no less effective
        dominated             another option is no dearer and no less effective, and better in one of the two
    Options that lie exactly on a line between two others stay on the frontier, with equal ICERs.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options, names that repeat.

    >>> table = incremental_analysis([100, 500, 400], [1.0, 2.0, 1.2], ["A", "B", "C"])
    >>> table[["option", "icer", "status"]].values.tolist()
    [['A', nan, 'reference'], ['C', nan, 'extendedly dominated'], ['B', 400.0, 'on frontier']]
    """
    given_cost, given_effect = mean_options(costs, effects)
    cost, effect = settled(given_cost), settled(given_effect)
    labels = option_names(names, cost.size)
    if order not in ("cost", "status"):
        raise ValueError(f'order must be "cost" or "status"; got {order!r}')

    by_cost = [int(i) for i in np.lexsort((-effect, cost))]  # stable: options equal in both stay as given
    undominated, twins = _undominated(cost, effect, by_cost)
    frontier = _convex(cost, effect, undominated)
    predecessor = dict(zip(frontier[1:], frontier[:-1], strict=True))

    rows = []
    for i in by_cost:
        status: Status
        before: int | None = None
        if i == frontier[0]:
            status = "reference"
        elif i in predecessor:
            status, before = "on frontier", predecessor[i]
        elif twins.get(i, i) in frontier:
            status, before = "identical", twins[i]
        elif twins.get(i, i) in undominated:
            status = "extendedly dominated"
        else:
            status = "dominated"
        step = before if status == "on frontier" else None
        rows.append(
            {
                "option": labels[i],
                "cost": given_cost[i],
                "effect": given_effect[i],
                "compared_with": None if before is None else labels[before],
                "incremental_cost": np.nan if step is None else cost[i] - cost[step],
                "incremental_effect": np.nan if step is None else effect[i] - effect[step],
                "icer": np.nan if step is None else _icer(cost, effect, step, i),
                "status": status,
            }
        )
    if order == "status":
        rows.sort(key=lambda row: _STATUS_ORDER[row["status"]])  # stable: cost order remains within a status
    return INCREMENTAL.frame(rows)


def _undominated(cost: Array, effect: Array, by_cost: list[int]) -> tuple[list[int], dict[int, int]]:
    """Options nobody dominates, by rising cost; and for each later copy of one, the option it equals."""
    kept = [by_cost[0]]
    twins: dict[int, int] = {}
    for i in by_cost[1:]:
        last = kept[-1]  # the most effective of all cheaper options
        if effect[i] > effect[last]:
            kept.append(i)
        elif cost[i] == cost[last] and effect[i] == effect[last]:
            twins[i] = last
    return kept, twins


def _convex(cost: Array, effect: Array, undominated: list[int]) -> list[int]:
    """Drop options whose ICER exceeds the next. Compares the ratios as reported, so these never decrease."""
    frontier: list[int] = []
    for i in undominated:
        while len(frontier) > 1 and (_icer(cost, effect, frontier[-2], frontier[-1]) > _icer(cost, effect, frontier[-1], i)):
            frontier.pop()
        frontier.append(i)
    return frontier


def _icer(cost: Array, effect: Array, before: int, after: int) -> float:
    return float((cost[after] - cost[before]) / (effect[after] - effect[before]))
