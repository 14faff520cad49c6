"""trace(definition, draws, draw) -> every cycle boundary of one draw of one arm, as named columns.

Each column is what the boundary adds to a total: sums over rows are the totals of :func:`evaluate`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import short_endpoint
from model.definition.records.states import REGIONS
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.binding import Binding
from model.engine.costs import END_OF_LIFE, once_at_start
from model.engine.crossing import Crossing
from model.engine.engine import Engine, curve_values, engine_of
from model.engine.outcomes import KINDS
from model.engine.streams import START, Stream
from model.engine.timeline import Timeline
from model.shown import Shown, View, columns_view


@dataclasses.dataclass(frozen=True)
class Trace(Shown):
    """One arm, one draw: columns ``(n_cycles + 1,)`` by name, in the order of calculation.

    ``discounted`` and ``undiscounted`` hold one column per (kind, category) and add up to the totals. ``arising``: by kind,
    discounted, when it arises: events on exact days with the boundary before them, deaths in the cycle that ends at theirs.
    ``binding``: where each rule moves a curve.
    """

    arm: str
    columns: dict[str, Array]
    discounted: dict[tuple[str, str], Array]
    undiscounted: dict[tuple[str, str], Array]
    arising: dict[str, Array]
    crossing: Crossing
    binding: dict[str, Binding]

    def view(self) -> View:
        """The first cycles."""
        cycles = len(self.columns["Years"]) - 1
        return columns_view(f"Trace of the arm {self.arm}: {cycles:,} cycles", self.columns, rest=".columns")


def in_use(endpoint: str) -> str:
    """The column of the curve of an endpoint in a trace, after the repair of crossing."""
    return endpoint.upper() if endpoint in REGIONS.values() else f"{short_endpoint(endpoint, {})} in use"


def in_state(label: str) -> str:
    """The column of a listed state in a trace."""
    return f"In state: {label}"


def trace(
    definition: ModelDefinition, arm: str, draws: Draws | None = None, draw: int = 0, engine: Engine | None = None
) -> Trace:
    """The trace of one arm in one draw (default: the base case).

    >>> import model
    >>> trace = model.trace(model.example(), "new")
    >>> trace.columns["OS"].shape, float(trace.columns["OS"][0])  # ten years of months, and time zero
    ((121,), 1.0)
    """
    engine = engine or engine_of(definition)
    one = (draws or base_case_draws(definition)).block(draw, draw + 1)
    states = engine.states.states(arm, one, keep_steps=True)
    timeline = engine.timeline
    assert states.progressing is not None
    progressing = states.progressing
    start_age = definition.population_value("start_age")
    columns: dict[str, Array] = {
        "Cycle": np.arange(timeline.n_cycles + 1, dtype=float),
        "Days": timeline.days,
        "Months": timeline.months,
        "Years": timeline.years,
        "Age": start_age + timeline.years,
        "Discount factor, costs": timeline.factor(timeline.years, "costs"),
        "Discount factor, effects": timeline.factor(timeline.years, "effects"),
        **{name: values[0] for name, values in states.steps.items()},
        "PFS": states.progression_free[0],
        "OS": states.alive[0],
        "Progression-free": states.progression_free[0],
        "Progressed": states.progressed[0],
        "Dead": 1 - states.alive[0],
        "Progressing": progressing[0],
        **{in_use(e): states.further[e][0] for e in definition.further_endpoints},
        **{in_state(s.label): states.listed[s.id][0] for s in definition.states},
    }
    for drug, share in states.on_treatment.items():
        columns[f"On {definition.drug(drug).label}"] = share[0]
    discounted: dict[tuple[str, str], Array] = {}
    undiscounted: dict[tuple[str, str], Array] = {}
    arising = {kind: np.zeros(timeline.n_cycles + 1) for kind in KINDS}
    for stream in engine.streams[arm]:
        value = float(stream.value(one)[0])
        curve = np.ones(timeline.n_cycles + 1) if stream.curve == START else curve_values(states, stream.curve)[0]
        scale = value
        if stream.normalised:
            counted = float(curve @ stream.undiscounted)
            if counted > 0:
                scale = value / counted
            else:  # nobody is treated: counted at time zero, as the engine does
                stream = dataclasses.replace(stream, curve=START, weights=once_at_start(timeline), normalised=False)
                curve = np.ones(timeline.n_cycles + 1)
        key = (stream.kind, stream.category)
        zero = np.zeros(timeline.n_cycles + 1)
        discounted[key] = discounted.get(key, zero) + curve * stream.discounted * scale
        undiscounted[key] = undiscounted.get(key, zero) + curve * stream.undiscounted * scale
        arising[stream.kind] += _arising(timeline, stream, curve) * scale
    return Trace(arm, columns, discounted, undiscounted, arising, states.crossing, states.binding)


def _arising(timeline: Timeline, stream: Stream, curve: Array) -> Array:
    """One unit of a stream over the boundaries, discounted, when it arises ``(n_times,)``."""
    found = np.zeros(len(curve))
    if stream.days is not None:
        left, of_start, of_end = timeline.on_days(stream.days, "costs")
        np.add.at(found, left, of_start * curve[left] + of_end * curve[left + 1])
    elif stream.category == END_OF_LIFE and stream.curve == "alive":
        # Weights on a falling curve: their sums are the factors of the cycles (Abel's summation of factor x deaths).
        found[1:] = np.cumsum(stream.discounted)[:-1] * (curve[:-1] - curve[1:])
    else:
        found += curve * stream.discounted
    return found
