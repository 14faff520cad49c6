"""The curves of a trace after each step on their way to the states, and where each rule moves one.

Of partitioned survival: before and after the hazard floor, and before the repair of crossing. Where states come by
transitions, see :mod:`model.engine.transition_states`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.definition.records.names import short_endpoint
from model.definition.sampling.draws import Draws
from model.engine.binding import REPAIR, UNDER_OS, UNDER_PFS, Binding, of_hazards, of_levels
from model.engine.curves import Curves, Shared
from model.engine.ordered_curves import starting_below

PFS_OF_CURVE, OS_OF_CURVE = "PFS of the curve", "OS of the curve"
BEFORE_REPAIR, AFTER_FLOOR = "PFS before repair", "OS after hazard floor"
POPULATION = "General population"
OF_CURVE = {"pfs": PFS_OF_CURVE, "os": OS_OF_CURVE}
"""Columns of a trace: the curve of an endpoint before any floor,"""
AFTER = {"pfs": BEFORE_REPAIR, "os": AFTER_FLOOR}
"""and after it."""
UNDER = {"pfs": UNDER_PFS, "os": UNDER_OS}


def steps_before_repair(
    curves: Curves, arm: str, draws: Draws, shared: Shared, before: Mapping[str, Array]
) -> dict[str, Array]:
    """Each curve of an arm ``(n_draws, n_times)`` before and after the floor, by the name of its column in a trace.
    ``before``: curves by endpoint after the floor, before the repair of crossing."""
    steps: dict[str, Array] = {}
    for endpoint in ("pfs", "os"):
        if endpoint == "os" or endpoint in curves.floors:
            steps[OF_CURVE[endpoint]] = np.exp(-curves.before_floor(curves.records[arm, endpoint], draws, shared))
        steps[AFTER[endpoint]] = before[endpoint].copy()
    starting = starting_below(curves.definition, arm, "pfs", draws)
    if starting is not None and PFS_OF_CURVE in steps:
        steps[PFS_OF_CURVE] *= starting
    steps |= of_population(curves, before["os"])
    return steps | {before_repair(e): before[e] for e in curves.definition.further_endpoints}


def of_population(curves: Curves, os: Array) -> dict[str, Array]:
    """The survival of the general population, in the shape of OS, where a curve takes it."""
    if curves.population is None:
        return {}
    return {POPULATION: np.broadcast_to(np.exp(-curves.population), os.shape)}


def binding_rules(
    curves: Curves, arm: str, draws: Draws, shared: Shared, steps: Mapping[str, Array], after: Mapping[str, Array]
) -> dict[str, Binding]:
    """Where each rule in force moves a curve of an arm, by the rule; ``after``: curves by endpoint after the repair."""
    found: dict[str, Binding] = {}
    for endpoint in ("os", "pfs"):
        curve, floor = curves.records[arm, endpoint], curves.floors.get(endpoint)
        if floor is not None and not curves.is_excess(curve):
            own = curves.with_effect(curve, draws, shared)
            moved = steps[OF_CURVE[endpoint]] - steps[AFTER[endpoint]]
            found[UNDER[endpoint]] = of_hazards(curves.months, own, floor[None, :], moved)
    moved = np.max([np.abs(after[e] - steps[before_repair(e)]) for e in curves.definition.endpoints], axis=0)
    if curves.definition.settings.crossing == "hazard" and not curves.definition.further_endpoints:
        pfs, os = (curves.hazard_and_survival(curves.records[arm, e], draws, shared)[0] for e in ("pfs", "os"))
        found[REPAIR] = of_hazards(curves.months, pfs, os, moved)
    else:
        found[REPAIR] = of_levels(curves.months, moved)
    return found


def before_repair(endpoint: str) -> str:
    """The column of a trace that holds the curve of an endpoint before the repair of crossing."""
    return AFTER.get(endpoint) or f"{short_endpoint(endpoint, {})} before repair"
