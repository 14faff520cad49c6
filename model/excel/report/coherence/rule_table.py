"""Where the floors and the repair of crossing move a curve, live."""

from __future__ import annotations

import numpy as np

from model.analysis.base_case.named_outputs import NEVER, slug
from model.engine.binding import RULES, UNDER_OS, UNDER_PFS
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.states import ArmStates
from model.excel.output_book import Report
from model.excel.pages.cells import As, Column
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page

WORDS = {
    UNDER_OS: "general population's hazard as a floor under OS",
    UNDER_PFS: "general population's hazard as a floor under PFS",
    "repair": "repair where PFS exceeds OS",
}


def write_rules_in_force(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """The table; returns its cells by the names of the outputs."""
    table = GrowingTable(
        page,
        "Where rules move a curve",
        "From month: the first that a rule moves. The rule 'hazard' acts wherever the hazard of OS is above that of PFS, years "
        "before the curves would meet.",
        [
            Column("Arm", "text", 22),
            Column("Rule", "text", 30),
            Column("In force: 1 yes, 0 no", "plain", 14),
            Column("From month", "months", 14),
            Column("Share of the cycles in which it acts", "share", 16),
            Column("Largest share of the patients moved", "small", 16),
        ],
    )
    found: dict[str, Formula] = {}
    for arm, trace in live.arms.items():
        for rule in RULES:
            row = table.at.n_rows
            on, binds, moved = _rule(live, arm, rule, trace.states)
            in_force = Formula(table.at.cell(row, 2), on.value)
            acts = Formula(f"SUMPRODUCT({binds.text})", float(np.sum(binds.value)))
            first = _first(live, binds)
            never = where(in_force * acts > 0, first, NEVER)
            share = where(in_force, acts / live.timeline.rules.n_cycles, 0)
            tiny = live.bench.constants.crossing_tolerance
            largest = where(in_force * (moved > tiny), moved, 0)
            cells = [As(on, "plain"), As(never, "months"), As(share, "share"), As(largest, "small")]
            table.add(report.definition.arm(arm).short_label, WORDS[rule], *cells)
            for k, name in enumerate(("binds_from", "binds_in_cycles", "binds_moving"), start=3):
                found[f"{name}_{slug(rule)}_{arm}"] = table.cell(row, k)
    return found


def _rule(live: LiveModel, arm: str, rule: str, states: ArmStates) -> tuple[Formula, Formula, Formula]:
    """Whether a rule is in force, in which cycles it acts (1 or 0 each), and the largest share that it moves."""
    curves, tiny = live.curves, live.bench.constants.crossing_tolerance
    if rule in (UNDER_OS, UNDER_PFS):
        sheet = curves[arm, "os" if rule == UNDER_OS else "pfs"]
        population = live.timeline.population
        if population is None or sheet.before_floor is None or sheet.floor_on is None:
            nothing = Formula("0", 0.0)
            return nothing, nothing, nothing
        own, final = sheet.before_floor, sheet.final_hazard
        moved = _largest(exp(-own.span), exp(-final.span), live)
        return where(sheet.floor_on.equals("yes"), 1, 0), _raised(population.hazard, own, live), moved
    crossing = live.inputs["settings.crossing"]
    pfs, os = curves[arm, "pfs"].final_hazard, curves[arm, "os"].final_hazard
    lowered = _largest(states.before_pfs.span, states.progression_free.span, live)
    raised = _largest(states.alive.span, states.before_os.span, live)
    by_hazard = _raised(os, pfs, live)
    n = states.gap.length
    inside = live.timeline.inside.part(1, n)
    gap = inside * (states.gap.part(1, n) > tiny)
    text = f'IF({crossing.text}="hazard",1,0)*({by_hazard.text})+IF({crossing.text}="hazard",0,1)*({gap.text})'
    binds = Formula(text, by_hazard.value if crossing.value == "hazard" else gap.value, 3)
    return Formula("1", 1.0), binds, Formula(f"MAX({lowered.text},{raised.text})", max(lowered.value, raised.value))


def _raised(floor: GridColumn, own: GridColumn, live: LiveModel) -> Formula:
    """1 in each cycle in which the hazard of one curve is above that of another."""
    n, tiny = own.length, live.bench.constants.crossing_tolerance
    above = (floor.part(1, n) - floor.part(0, n - 1)) > (own.part(1, n) - own.part(0, n - 1)) + tiny
    return live.timeline.inside.part(1, n) * above


def _largest(before: Formula, after: Formula, live: LiveModel) -> Formula:
    """The largest difference of two columns within the horizon."""
    gap = (before - after) * live.timeline.inside.span
    return Formula(f"SUMPRODUCT(MAX({gap.text}))", float(np.max(gap.value)))


def _first(live: LiveModel, binds: Formula) -> Formula:
    """The end of the first cycle in which a rule acts: the smallest of those months, the others moved out of the way."""
    if not isinstance(binds.value, np.ndarray):
        return Formula("0", 0.0)
    months = live.timeline.months.part(1, live.timeline.months.length)
    acts = binds.value > 0
    text = f"SUMPRODUCT(MIN({months.text}+(1-({binds.text}))*{live.bench.constants.no_price.text}))"
    return Formula(text, float(months.value[acts][0]) if acts.any() else 0.0)
