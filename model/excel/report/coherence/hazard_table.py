"""Implied hazards of every arm at the years of the report, live, from the sheets of transitions."""

from __future__ import annotations

from model.analysis.base_case.named_outputs import NONE
from model.analysis.coherence.coherence import HAZARDS, REPORT_YEARS
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import index, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.implied_hazards import Transitions, cycle_that_holds
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page

HEADERS = {
    "progression": "Progression",
    "death_before_progression": "Death before progression",
    "death_before_by_death_share": "Death before progression, by the death share alone",
    "death_after_progression": "Death after progression",
    "death_after_by_death_share": "Death after progression, by the death share alone",
    "general_population": "Death, general population",
}


def write_hazards(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """The table; returns its cells by the names of the outputs."""
    table = GrowingTable(
        page,
        "Implied hazards",
        "Events per patient-year in the cycle that holds the year, of the curves in use after all steps. PFS events are "
        "progressions and deaths: deaths before progression are the share of the sheet After progression, and at least the "
        "general population's; deaths after progression are all others. 'none': fewer than 0.1% of the patients are in the "
        "state. Empty beyond the horizon.",
        [
            PageColumn("Arm", "text", 22),
            PageColumn("Year", "year", 30),
            PageColumn("Progression-free", "share", 14),
            PageColumn("Progressed", "share", 14),
            *(PageColumn(HEADERS[name], "factor", 16) for name in HAZARDS),
            PageColumn("Before progression, by the death share, over the general population", "area", 16),
            PageColumn("After progression, over the general population", "area", 16),
            PageColumn("Cycle", "plain", 12),
            PageColumn("Within the horizon", "plain", 12),
        ],
    )
    found: dict[str, Formula] = {}
    for arm, made in live.transitions.items():
        for year in REPORT_YEARS:
            cells = _row(report, live, table, arm, made, year)
            found |= {f"hazard_of_{name}_{year}_years_{arm}": cell for name, cell in cells.items()}
    return found


def _row(
    report: Report, live: LiveModel, table: GrowingTable, arm: str, made: Transitions, year: float
) -> dict[str, Formula]:
    """One year of one arm. The cycle stands at the right end of the row, where the other cells find it."""
    rules, c, at = live.timeline.rules, live.bench.constants, table.at
    row, last = at.n_rows, 5 + len(HAZARDS)
    typed = Formula(at.cell(row, 1), float(year))
    cycle = cycle_that_holds(live.bench, live.timeline, typed)
    inside = where(typed <= rules.horizon_days / c.days_per_year + c.time_tolerance, 1, 0)
    place = Formula(at.cell(row, last + 1), cycle.value) + 1
    within = Formula(at.cell(row, last + 2), inside.value)
    builder = RowBuilder(table, report.definition.arm(arm).short_label)
    builder.put_number(float(year))
    shares = [builder.put(_within(within, index(s.span, place)), "share") for s in (made.progression_free, made.progressed)]
    cells: dict[str, Formula] = {}
    for name in HAZARDS:
        if name not in made.hazards:
            cells[name] = builder.put(_within(within, Formula(f'"{NONE}"', NONE)), "factor")
            continue
        value = index(made.hazards[name].span, place)
        if name != "general_population":
            state = shares[1] if name.startswith("death_after") else shares[0]
            value = where(_few(state, c.fewest), NONE, value)
        cells[name] = builder.put(_within(within, value), "factor")
    for name in ("death_before_by_death_share", "death_after_progression"):
        builder.put(_ratio(cells[name], cells["general_population"]), "area")
    builder.put(cycle, "plain")
    builder.put(inside, "plain")
    builder.close()
    return cells


def _few(state: Formula, fewest: Formula) -> Formula:
    """Are there too few patients in a state? An empty cell beyond the horizon counts as few."""
    value = 1.0 if state.value == "" or state.value < fewest.value else 0.0
    return Formula(f"IF(ISNUMBER({state.text}),IF({state.text}<{fewest.text},1,0),1)", value)


def _within(inside: Formula, made: Formula) -> Formula:
    return Formula(f'IF({inside.text},{made.text},"")', made.value if inside.value else "")


def _ratio(own: Formula, population: Formula) -> Formula:
    known = not isinstance(own.value, str) and not isinstance(population.value, str) and population.value > 0
    text = f'IF(COUNT({own.text},{population.text})<2,"",IF({population.text}>0,{own.text}/{population.text},""))'
    return Formula(text, float(own.value) / float(population.value) if known else "")
