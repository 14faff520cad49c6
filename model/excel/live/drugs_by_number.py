"""The drugs of an arm as a table, so that formulas find one by its number in the arm: an input may name another drug."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.excel.formulas.formula import Formula, formula_of
from model.excel.live.bench import Bench
from model.excel.live.dosing import RegimenCells
from model.excel.live.states import ArmStates
from model.excel.live.streams import Window, window
from model.excel.live.timeline import Timeline
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page


@dataclasses.dataclass(frozen=True)
class ArmDrugs:
    """The drugs of an arm as a table: ids, and by number the share treated and the first and last day."""

    ids: Formula | None
    share: Formula | None = None
    start: Formula | None = None
    stop: Formula | None = None
    years: Formula | None = None
    windows: tuple[Window, ...] = ()


def drug_table(
    bench: Bench, page: Page, timeline: Timeline, states: ArmStates, regimens: dict[tuple[str, str], RegimenCells]
) -> ArmDrugs:
    """The drugs of one arm by number, with the undiscounted time on each."""
    label = bench.definition.arm(states.arm).short_label
    if not states.on_treatment:
        return ArmDrugs(None)
    assert bench.report.layout is not None
    place = bench.report.layout.tables["regimens"]
    rows = {r.drug: i for i, r in enumerate(bench.definition.regimens) if r.arm == states.arm}
    table = GrowingTable(
        page,
        f"{label}: drugs by number",
        "In the order of the columns of the trace.",
        [
            PageColumn("Drug", "text", 58),
            PageColumn("Drug id", "text", 22),
            PageColumn("Number", "plain", 16),
            PageColumn("Share treated", "any", 16),
            PageColumn("From day", "any", 16),
            PageColumn("Until day", "any", 16),
            PageColumn("Whole horizon", "any", 16),
            PageColumn("Years, over the horizon", "any", 16),
            PageColumn("At starts of cycles inside", "any", 16),
            PageColumn("At ends of cycles inside", "any", 16),
            PageColumn("Years on the drug, undiscounted", "any", 16),
        ],
    )
    windows = []
    for number, (drug, on) in enumerate(states.on_treatment.items()):
        cells = regimens[states.arm, drug]
        typed = Formula(place.cell(rows[drug], "drug").reference, drug)
        row = RowBuilder(table, cells.drug.drug.label)
        row.put(typed)
        row.put_number(number + 1)
        row.put(formula_of(cells.share))
        start, stop = row.put(cells.start), row.put(cells.stop)

        def put(_: str, formula: Formula, row: RowBuilder = row) -> Formula:
            return row.put(formula)

        windows.append(window(timeline, start, stop, put))
        row.put(windows[-1].years(timeline, put, on))
        row.close()
    ids, share, first, last, years = (table.span(c) for c in (1, 3, 4, 5, 10))
    return ArmDrugs(ids, share, first, last, years, tuple(windows))


def maximum_one(place: Formula) -> Formula:
    """A number that may be 0, as a place in a list."""
    return Formula(f"MAX(1,{place.text})", max(1.0, float(np.asarray(place.value))))
