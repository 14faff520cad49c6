"""Implied hazards of every arm at the years of the report, live, from the sheets of transitions."""

from __future__ import annotations

import dataclasses

from model.analysis.base_case.named_outputs import NONE
from model.analysis.coherence.coherence import HAZARDS, REPORT_YEARS
from model.analysis.columns.coherence import IMPLIED_HAZARDS
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.implied_hazards import Transitions, cycle_that_holds
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns


def write_hazards(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """The tables; returns the cells of the hazards by the names of the outputs."""
    times = _times(live, page)
    table = GrowingTable(
        page,
        "Implied hazards",
        "Events per patient-year in the cycle that holds the year, of the curves in use after all steps. PFS events are "
        "progressions and deaths: deaths before progression are the share of the sheet After progression, and at least the "
        "general population's; deaths after progression are all others. 'none': fewer than 0.1% of the patients are in the "
        "state. Empty beyond the horizon.",
        [
            *page_columns(report, IMPLIED_HAZARDS.declared),
            PageColumn("Before progression, by the death share, over the general population", "area", 16),
        ],
    )
    found: dict[str, Formula] = {}
    for arm, made in live.transitions.items():
        for year, time in times.items():
            cells = _row(report, live, table, arm, made, time)
            found |= {f"hazard_of_{name}_{year}_years_{arm}": cell for name, cell in cells.items()}
    return found


@dataclasses.dataclass(frozen=True)
class _Time:
    """A year of the report: its row in the columns over cycles, from 1, and whether it lies within the horizon."""

    year: Formula
    place: Formula
    inside: Formula


def _times(live: LiveModel, page: Page) -> dict[int, _Time]:
    """The years of the report, and where they stand."""
    rules, c = live.timeline.rules, live.bench.constants
    table = GrowingTable(
        page,
        "Years of the report",
        "The cycle that holds each, and whether it lies within the horizon.",
        [
            *page_columns(page.report, (IMPLIED_HAZARDS.pick("year")[0].wide(22),)),
            PageColumn("Cycle, by its end", "plain", 30),
            PageColumn("Within the horizon", "plain", 14),
        ],
    )
    found = {}
    for year in REPORT_YEARS:
        row = RowBuilder(table)
        typed = row.put_number(float(year))
        cycle = row.put(cycle_that_holds(live.bench, live.timeline, typed), "plain")
        horizon = rules.horizon_days / c.days_per_year + c.time_tolerance
        inside = row.put(where(typed <= horizon, 1, 0), "plain")
        row.close()
        found[year] = _Time(typed, cycle + 1, inside)
    return found


def _row(
    report: Report, live: LiveModel, table: GrowingTable, arm: str, made: Transitions, time: _Time
) -> dict[str, Formula]:
    """One year of one arm."""
    row = RowBuilder(table, report.definition.arm(arm).short_label)
    row.put(time.year, "year")
    states = (made.progression_free, made.progressed)
    shares = [row.put(_within(time.inside, index(s.span, time.place)), "share") for s in states]
    cells: dict[str, Formula] = {}
    for name in HAZARDS:
        value = formula_of(NONE)
        if name in made.hazards:
            value = index(made.hazards[name].span, time.place)
            if name != "general_population":
                state = shares[1] if name.startswith("death_after") else shares[0]
                value = where(_few(state, live.bench.constants.fewest), NONE, value)
        cells[name] = row.put(_within(time.inside, value), "factor")
    row.put(_ratio(cells["death_before_by_death_share"], cells["general_population"]), "area")
    row.close()
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
