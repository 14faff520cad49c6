"""One piece of work: a chunk of draws -> their outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.definition.sampling.draws import Draws
from model.engine.coherence import Seen
from model.engine.outcomes import Outcomes
from model.engine.transition_states import links_met

if TYPE_CHECKING:
    from model.engine.engine import Engine

WORTH_SHARING = 0.9  # share of distinct curves up to which draws with the same curves are computed together


def chunk_outcomes(engine: Engine, chunk: Draws) -> Outcomes:
    """The outcomes of a chunk of draws.

    Draws that differ only in what the curves do not depend on (prices, utilities, shares) share one computation of the
    curves: one-way, two-way and variance-based analyses consist of such draws.
    """
    found = _empty(engine, chunk.n_draws)
    distinct = distinct_curves(engine, chunk)
    if distinct is None:
        sums, seen = _curve_sums(engine, chunk, found)
    else:
        first, place = distinct
        few = _empty(engine, len(first))
        sums, seen = _curve_sums(engine, chunk.rows(first), few)
        sums, seen = {arm: s[place] for arm, s in sums.items()}, {arm: s.rows(place) for arm, s in seen.items()}
        found.put(0, few.rows(place))
    for a, arm in enumerate(engine.arms):
        found.flags[:, a] = engine.coherence.raised(arm, seen[arm], chunk)
        per_stream = engine.plans[arm].stream_sums(sums[arm])
        for i, stream in enumerate(engine.streams[arm]):
            column = engine.categories[stream.kind].index((stream.category, stream.state))
            value, account = stream.value(chunk), found.account(stream.kind)
            account.discounted[:, a, column] += value * per_stream[i, 0]
            account.undiscounted[:, a, column] += value * per_stream[i, 1]
    return found


def distinct_curves(engine: Engine, chunk: Draws) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """First draw of each distinct set of curves, and the set of each draw; None where (nearly) all differ."""
    columns = [
        value.reshape(chunk.n_draws, -1)
        for name, value in chunk.values.items()
        if value.shape[0] > 1 and name in engine.state_inputs  # which takes a run to find out
    ]
    if not columns:
        return np.zeros(1, dtype=np.intp), np.zeros(chunk.n_draws, dtype=np.intp)
    rows = np.ascontiguousarray(np.concatenate(columns, axis=1))
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return None if len(first) > WORTH_SHARING * chunk.n_draws else (first, place)


def _empty(engine: Engine, n_draws: int) -> Outcomes:
    return Outcomes.empty(engine.arms, engine.categories, engine.coherence.names, n_draws, engine.pairs)


def _curve_sums(engine: Engine, draws: Draws, found: Outcomes) -> tuple[dict[str, Array], dict[str, Seen]]:
    """By arm ``(n_draws, n_columns)``, sums over time of curve x weight, in blocks that stay in cache, and what the flags
    look at. Crossing and survivors are filled in on the way."""
    sums = {arm: np.empty((draws.n_draws, engine.plans[arm].n_columns)) for arm in engine.arms}
    draws = engine.states.with_links(draws)
    seen = {arm: Seen.empty(draws.n_draws, engine.coherence.boundaries[arm]) for arm in engine.arms}
    for place, block in draws.blocks(engine.block_draws):
        for a, states in enumerate(engine.states.all_arms(block)):
            arm = engine.arms[a]
            engine.plans[arm].block_sums(states, sums[arm][place])
            seen[arm].put(place, states, engine.coherence.boundaries[arm])
            found.crossing_first_month[place, a] = states.crossing.first_month
            found.crossing_largest_gap[place, a] = states.crossing.largest_gap
            found.crossing_area_months[place, a] = states.crossing.area_months
            found.alive_at_horizon[place, a] = states.alive[:, -1]
            for i, pair in enumerate(engine.pairs):
                of_pair = states.crossings[pair]
                found.pair_crossings[place, a, i, 0] = of_pair.first_month
                found.pair_crossings[place, a, i, 1] = of_pair.largest_gap
                found.pair_crossings[place, a, i, 2] = of_pair.area_months
    for a, arm in enumerate(engine.arms):
        found.link_met[:, a] = links_met(arm, draws)
    return sums, seen
