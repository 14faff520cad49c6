"""Deaths by state, and what they cost, as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

from model.definition.model_definition import address_of
from model.definition.records.care import ANY_STATE, EndOfLife
from model.definition.records.names import lower_first
from model.definition.records.settings import BY_OCCUPANCY
from model.engine.costs import END_OF_LIFE
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import maximum, minimum, total, where
from model.excel.live.bench import Bench
from model.excel.live.states import ArmStates
from model.excel.live.streams import Line
from model.excel.live.subsequent import alive_share
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import GridColumn


def end_of_life_lines(bench: Bench, timeline: Timeline, states: ArmStates) -> list[Line]:
    """Costs at death: of all deaths, or of those in one state."""
    items = bench.definition.end_of_life
    if not items:
        return []
    free = _dying_free(bench, timeline, states)
    dying = {"progression_free": free.here, "progressed": states.deaths.here - free.here}
    dying |= _dying_in_listed(bench, states, dying)
    return [_line(bench, timeline, states, item, dying) for item in items]


def _dying_free(bench: Bench, timeline: Timeline, states: ArmStates) -> GridColumn:
    """Deaths of progression-free patients in the cycle that ends here, by the setting."""
    free, alive, deaths = states.progression_free, states.alive, states.deaths
    column = states.grid.column("Dying progression-free in the cycle that ends here", "share", "share")
    rule = column.take("Deaths by state", bench.inputs["settings.deaths_by_state"])
    progressing = (
        column.take("Share alive of those leaving", formula_of(alive_share(bench, states.arm))) * states.progressing.here
    )
    by_occupancy = deaths.here * free.before / maximum(bench.constants.smallest, alive.before)
    flow = timeline.inside.here * (timeline.cycle.here > 0)
    by_share = minimum(deaths.here, maximum(0, flow * (free.before - free.here) - progressing))
    return column.fill(where(rule.equals(BY_OCCUPANCY), by_occupancy, by_share))


def _dying_in_listed(bench: Bench, states: ArmStates, of_regions: dict[str, Formula]) -> dict[str, Formula]:
    """Deaths in each state that the definition lists, in the cycle that ends here; of a state that is a whole region, all of
    that region's."""
    found, entered = {}, set()
    for state in bench.definition.states:
        region = "progressed" if bench.definition.is_progressed(state.id) else "progression_free"
        occupancy, whole = states.state(state.id), getattr(states, region)
        if occupancy is whole:
            found[state.id] = of_regions[region]
            continue
        column = states.grid.column(
            f"Dying in the state {lower_first(state.label)} in the cycle that ends here", "share", "share"
        )
        inside = occupancy.before / maximum(bench.constants.smallest, whole.before)
        nobody_yet = 0 if region in entered else 1
        found[state.id] = column.fill(of_regions[region] * where(whole.before > 0, inside, nobody_yet)).here
        entered.add(region)
    return found


def _line(bench: Bench, timeline: Timeline, states: ArmStates, item: EndOfLife, dying: dict[str, Formula]) -> Line:
    base, grid = address_of("end_of_life", item), states.grid
    counted = grid.column(f"{item.label}: deaths counted", "share", "share")
    state = counted.take("Dying in", bench.inputs[f"{base}.state"])
    (*others, (_, in_state)) = dying.items()
    for name, deaths_there in others:
        in_state = where(state.equals(name), deaths_there, in_state)
    counted.fill(where(state.equals(ANY_STATE), states.deaths.here, in_state))
    column = grid.column(item.label, bench.report.currency, "price")
    value = bench.unit_costs[base]
    column.fill(column.take("Cost per death", value) * counted.here * timeline.flow["costs"].here)
    deaths = total(counted.span)
    return Line(
        "cost",
        item.label,
        END_OF_LIFE,
        "deaths",
        deaths,
        value,
        deaths * value,
        column.total,
        arising=lambda year: year.flow(counted) * value,
        of_payer=bench.unit_costs.of_payer(base),
    )
