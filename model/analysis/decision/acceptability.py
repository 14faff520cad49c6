"""Cost-effectiveness acceptability curve (van Hout et al. 1994) and frontier (Fenwick et al. 2001)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import CEAC, CEAF
from model.analysis.decision.checks import draws_of_options, option_names, willingness_to_pay
from model.analysis.decision.net_benefit import by_threshold, each_threshold, expected_net_benefit


def acceptability_curve(
    costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Multi-way acceptability curve: the probability that an option has the highest net monetary benefit.

    costs, effects: `(n_draws, n_options)`. thresholds: a number or `(n_thresholds,)`.
    Returns one row per threshold (index `willingness_to_pay`), one column per option; a row sums to 1, since
    options that tie in a draw share it equally.
    ValueError for shapes that differ or hold no draws, numbers that are not finite, fewer than two options,
    negative thresholds, names that repeat.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> decision.acceptability_curve(costs, qalys, [0.0, 1000.0], ["old", "new"]).values.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    n_draws, n_options = cost.shape
    labels = option_names(names, n_options)

    shares = np.empty((threshold.size, n_options))
    for k, net_benefit in enumerate(each_threshold(cost, effect, threshold)):
        best = net_benefit == net_benefit.max(axis=0)
        wins = np.count_nonzero(best, axis=1)
        if wins.sum() == n_draws:
            shares[k] = wins / n_draws
        else:
            shares[k] = (best / np.count_nonzero(best, axis=0)).sum(axis=1) / n_draws
    return by_threshold(CEAC, shares, threshold, labels)


ceac = acceptability_curve


def ceaf(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Acceptability frontier: the option with the highest mean net benefit, and its probability to be best.

    Shapes and errors as `acceptability_curve`. Rows: thresholds (index `willingness_to_pay`). Columns:
    `option`, `probability_cost_effective` (which may be below that of another option) and
    `expected_net_monetary_benefit`. Of options whose means tie exactly, the cheaper is named.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> decision.ceaf(costs, qalys, [0.0, 1000.0], ["old", "new"])["option"].tolist()
    ['old', 'new']
    """
    cost, effect = draws_of_options(costs, effects)
    mean = expected_net_benefit(cost, effect, thresholds, names)
    probability = acceptability_curve(cost, effect, thresholds, names)

    cheapest_first = np.argsort(cost.mean(axis=0), kind="stable")
    chosen = cheapest_first[mean.to_numpy()[:, cheapest_first].argmax(axis=1)]
    rows = np.arange(len(mean))
    found = {
        "option": mean.columns.to_numpy()[chosen],
        "probability_cost_effective": probability.to_numpy()[rows, chosen],
        "expected_net_monetary_benefit": mean.to_numpy()[rows, chosen],
    }
    return CEAF.checked(pd.DataFrame(found, index=mean.index))
