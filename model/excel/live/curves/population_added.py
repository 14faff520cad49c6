"""The general population's mortality that is added to an excess hazard, and from which month on."""

from __future__ import annotations

from model.excel.formulas.formula import Formula, Term
from model.excel.formulas.functions import index, match_below, maximum, minimum, where
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.own_curve import KaplanMeierCells
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page


def excess_from(
    page: Page, label: str, relative: Formula, km: KaplanMeierCells | None, reference: CurveCells | None
) -> Formula | None:
    """The month from which the general population's mortality is added to an excess hazard; None where it is always 0."""
    theirs = reference.excess_from if reference is not None else None
    own: Term = 0
    if km is not None and not km.lent:
        own = where(km.until.equals(""), 0, km.until)
    elif theirs is None:
        return None
    month = own if theirs is None else where(relative, theirs, own)
    facts = Facts(page, f"{label}: general population", "Added after a Kaplan-Meier part, which holds every death.")
    return facts.add("General-population mortality is added from", month, "months")


def population_added(column: GridColumn, timeline: Timeline, cells: CurveCells) -> Formula:
    """The general population's cumulative hazard that a column adds to an excess hazard; after a Kaplan-Meier part what comes
    later, with a constant hazard within the cycle in which that part ends."""
    assert cells.excess is not None and timeline.population is not None
    added, whole = column.take("General population is added", cells.excess), timeline.population.hazard
    if cells.excess_from is None:
        return added * whole.here
    begins = column.take("It is added from month", cells.excess_from)
    months, hazards = timeline.months.span, whole.span
    rows = Formula(f"ROWS({months.text})", float(timeline.months.length))
    before = minimum(match_below(begins, months), rows - 1)
    start, low = index(months, before), index(hazards, before)
    part = minimum(1, (begins - start) / (index(months, before + 1) - start))
    there = column.take("Its cumulative hazard there", low + part * (index(hazards, before + 1) - low))
    return added * maximum(0, whole.here - there)
