"""Each option against one reference: four quadrants of the cost-effectiveness plane, and no negative ICER.

The same ratio means opposite things in opposite quadrants, and a negative one means nothing at all. So a
ratio stands in a column that says what it is, and only in the quadrant where it is that. Quadrants, with
their borders:
    NE      dearer and more effective        the ICER is the cost per unit gained
    SE      dominant: no dearer, no less effective, better in one of the two
    SW      cheaper and less effective       the ratio is the saving per unit forgone; the larger the better
    NW      dominated: no cheaper, no more effective, worse in one of the two
    origin  identical: no difference in either
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from model.analysis.columns.decision import PAIRWISE, QUADRANTS
from model.analysis.decision.checks import (
    draws_of_options,
    finite_array,
    mean_options,
    option_names,
    position,
    willingness_to_pay,
)
from model.analysis.decision.rounding import settled
from model.arrays import Array

Quadrant = Literal["NE", "SE", "SW", "NW", "origin"]

CONCLUSIONS: dict[Quadrant, str] = {
    "NE": "more costly and more effective",
    "SE": "dominant",
    "SW": "less costly and less effective",
    "NW": "dominated",
    "origin": "identical",
}


def pairwise_comparison(
    costs: ArrayLike, effects: ArrayLike, names: Sequence[str] | None = None, reference: str | None = None
) -> pd.DataFrame:
    """Each option against the reference, one row per other option in the order given.

    costs, effects: means `(n_options,)`, or draws `(n_draws, n_options)` of which the means are taken first.
    reference: a name; the first option where none is given.
    Columns: `option`, `reference`, `incremental_cost`, `incremental_effect`, `quadrant`, `conclusion` (in
    words), `icer` (NE only, else NaN) and `saving_per_unit_forgone` (SW only, else NaN); neither is ever
    negative. Means that differ by rounding alone are equal.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options, unknown or
    repeated names.

    >>> from model.analysis import decision
    >>> found = decision.pairwise_comparison([100.0, 300.0], [1.0, 2.0], ["old", "new"], reference="old")
    >>> found.loc[found["option"] == "new", "icer"].tolist()
    [200.0]
    """
    cost, effect = (settled(means) for means in mean_options(costs, effects))
    labels = option_names(names, cost.size)
    base = position(labels[0] if reference is None else reference, labels)
    others = [i for i in range(cost.size) if i != base]

    cost_difference, effect_difference = cost[others] - cost[base], effect[others] - effect[base]
    quadrant = quadrant_of(cost_difference, effect_difference)
    ratio = np.divide(cost_difference, effect_difference, out=np.full(len(others), np.nan), where=effect_difference != 0)
    return PAIRWISE.frame(
        {
            "option": [labels[i] for i in others],
            "reference": labels[base],
            "incremental_cost": cost_difference,
            "incremental_effect": effect_difference,
            "quadrant": quadrant,
            "conclusion": [CONCLUSIONS[q] for q in quadrant],
            "icer": np.where(quadrant == "NE", ratio, np.nan),
            "saving_per_unit_forgone": np.where(quadrant == "SW", ratio, np.nan),
        }
    )


def quadrants(
    costs: ArrayLike, effects: ArrayLike, threshold: float, names: Sequence[str] | None = None, reference: str | None = None
) -> pd.DataFrame:
    """Share of draws in each quadrant of the plane against the reference, and on the good side of the
    threshold.

    costs, effects: `(n_draws, n_options)`. reference: a name; the first option where none is given.
    Columns: `option`, `reference`, `willingness_to_pay`; the shares `NE`, `SE`, `SW`, `NW`, `origin`, which
    sum to 1; `cost_effective`, the share with a positive incremental net monetary benefit (draws at exactly
    zero count half, as in the acceptability curve, whose value for two options this is); `NE_cost_effective`
    and `SW_cost_effective`, the parts of it in those quadrants, where the threshold line runs.
    ValueError as `pairwise_comparison`, and where there are no draws.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> found = decision.quadrants(costs, qalys, 1000.0, ["old", "new"], reference="old")
    >>> float(found.select_dtypes("number").to_numpy().sum()) > 0
    True
    """
    cost, effect = draws_of_options(costs, effects)
    labels = option_names(names, cost.shape[1])
    base = position(labels[0] if reference is None else reference, labels)
    line = willingness_to_pay(threshold)
    if line.ndim:
        raise ValueError(f"quadrants takes one threshold; got {line.size}")

    net_benefit = line * effect - cost
    rows: list[dict[str, object]] = []
    for i, label in enumerate(labels):
        if i == base:
            continue
        quadrant = quadrant_of(cost[:, i] - cost[:, base], effect[:, i] - effect[:, base])
        better = 0.5 * (1 + np.sign(net_benefit[:, i] - net_benefit[:, base]))
        rows.append(
            {
                "option": label,
                "reference": labels[base],
                "willingness_to_pay": float(line),
                **{q: float(np.mean(quadrant == q)) for q in CONCLUSIONS},
                "cost_effective": float(better.mean()),
                "NE_cost_effective": float(better[quadrant == "NE"].sum() / better.size),
                "SW_cost_effective": float(better[quadrant == "SW"].sum() / better.size),
            }
        )
    return QUADRANTS.frame(rows)


def quadrant_of(incremental_cost: ArrayLike, incremental_effect: ArrayLike) -> NDArray[np.str_]:
    """The quadrant of each pair of differences, as an array of labels in the shape of the inputs."""
    cost: Array = finite_array(incremental_cost, "incremental costs")
    effect: Array = finite_array(incremental_effect, "incremental effects")
    return np.select(
        [(cost == 0) & (effect == 0), (cost > 0) & (effect > 0), (cost < 0) & (effect < 0), (cost <= 0) & (effect >= 0)],
        ["origin", "NE", "SW", "SE"],
        default="NW",
    )
