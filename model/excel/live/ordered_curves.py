"""States between ordered curves, as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from itertools import pairwise

from model.definition.model_definition import ModelDefinition
from model.definition.records.names import short_endpoint
from model.definition.records.states import WHOLE
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.curves.curve_sheet import CurveSheet
from model.excel.pages.grid import Grid, GridColumn


@dataclasses.dataclass(frozen=True)
class Ordered:
    """The curves of one arm in order, by endpoint, after the repair of crossing; ``gaps``: of each pair of neighbours, the
    lower curve above the higher one before it, while cycles count. ``before``: the curves before it, likewise."""

    before: dict[str, GridColumn]
    after: dict[str, GridColumn]
    gaps: dict[tuple[str, str], GridColumn]


def write_ordered(
    grid: Grid,
    definition: ModelDefinition,
    curves: Mapping[str, CurveSheet],
    before: dict[str, GridColumn],
    gap: GridColumn,
    inside: Formula,
    rule: Formula,
    starting: Mapping[str, Formula | None],
) -> Ordered:
    """Columns of every curve of the states. ``before``: PFS and OS before repair, ``gap``: PFS above OS; ``inside``: 1 in the
    cycles that count; ``rule``: the setting; ``starting``: the share who start below each curve, None for all."""
    names = definition.endpoints
    words = {e: short_endpoint(e, {}) for e in names}
    for e in definition.further_endpoints:
        column, own = grid.column(f"{words[e]} before repair"), exp(-curves[e].final_hazard.here)
        before[e] = column.fill(of_those_starting(column, starting[e], own))
    gaps = {}
    for low, high in pairwise(names):
        if (low, high) == ("pfs", "os"):
            gaps[low, high] = gap
            continue
        column = grid.column(f"{words[low]} above {words[high]}")
        gaps[low, high] = column.fill(inside * maximum(0, before[low].here - before[high].here))
    hazards = _raised_hazards(grid, names, words, curves)
    lowered: dict[str, GridColumn] = {names[-1]: before[names[-1]]}
    for low, high in reversed(list(pairwise(names))):
        column = grid.column(f"{words[low]} lowered to {words[high]}")
        typed = column.take("Rule where curves cross", rule)
        raised_hazard = of_those_starting(column, starting[low], exp(-hazards[low].here))
        held = where(typed.equals("hazard"), raised_hazard, before[low].here)
        lowered[low] = column.fill(minimum(held, lowered[high].here))
    raised: dict[str, GridColumn] = {names[0]: before[names[0]]}
    for low, high in pairwise(names):
        column = grid.column(f"{words[high]} raised to {words[low]}")
        raised[high] = column.fill(maximum(before[high].here, raised[low].here))
    after = {}
    for e in names:
        column = grid.column(f"{words[e]} in use")
        typed = column.take("Rule where curves cross", rule)
        after[e] = column.fill(where(typed.equals("raise_os"), raised[e].here, lowered[e].here))
    return Ordered({e: before[e] for e in names}, after, gaps)


def starting_below(bench: Bench, arm: str, endpoint: str) -> Formula | None:
    """Share of an arm's patients who start below the curve of an endpoint; None where the inputs name no others."""
    later = bench.definition.starting_later(endpoint, arm)
    if not later:
        return None
    return 1 - sum((bench.inputs[name] for name in later[1:]), bench.inputs[later[0]])


def of_those_starting(column: GridColumn, starting: Formula | None, curve: Formula) -> Formula:
    """A curve of those who start below it as share of all patients, in a column."""
    return curve if starting is None else column.take("Share who start below the curve", starting) * curve


def _raised_hazards(
    grid: Grid, names: tuple[str, ...], words: Mapping[str, str], curves: Mapping[str, CurveSheet]
) -> dict[str, GridColumn]:
    """The cumulative hazard of each curve but the highest, raised to that of the next higher one."""
    found = {names[-1]: curves[names[-1]].final_hazard}
    for low, high in reversed(list(pairwise(names))):
        own, above = curves[low].final_hazard, found[high]
        column = grid.column(f"Cumulative {words[low]} hazard, raised to that of {words[high]} in use")
        found[low] = column.accumulate(maximum(own.here - own.before, above.here - above.before))
    return found


def write_listed(
    grid: Grid, definition: ModelDefinition, curves: Mapping[str, GridColumn], regions: Mapping[str, GridColumn]
) -> dict[str, GridColumn]:
    """Occupancy of each state that the definition lists, side by side; those of three-state models stand in ``regions``."""
    found: dict[str, GridColumn] = {}
    below: str | None = None
    for state in definition.states:
        whole = WHOLE.get((below, state.endpoint))
        if whole is not None:
            found[state.id] = regions[whole]
        else:
            upper = curves[state.endpoint].here
            share = upper if below is None else upper - curves[below].here
            found[state.id] = grid.column(f"In state: {state.label}").fill(share)
        below = state.endpoint
    return found
