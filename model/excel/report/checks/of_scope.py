"""Checks of the inputs (W12-W14), of what this workbook follows without a new run (W1-W9), and against the run."""

from __future__ import annotations

from model.analysis.columns.common import INPUT
from model.definition.checks.remarks import remarks
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.settings import STATE_TRANSITION
from model.definition.structure import structure_is_uncertain
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import flag, where
from model.excel.inputs.schema import SHEET_OF
from model.excel.live.evaluate import LiveModel
from model.excel.live.rules.between_inputs import broken_rules
from model.excel.pages.cells import PageColumn
from model.excel.pages.check_table import REFRESH, CheckTable
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.checks.checked import Checked


def check_scope(table: CheckTable, of: Checked) -> None:
    """The sheets have room for the inputs as they are now; what they store still belongs to these inputs."""
    live = of.live
    words = "The sheets have a row for every cycle of the horizon: cycles without one"
    table.below("W1", words, live.timeline.rules.rows_missing, 0, REFRESH)
    for words, cell in live.bench.rows_missing:
        table.below("W2", f"Every event has a row: {words}", cell, 0, REFRESH)
    for drug in live.drugs.values():
        words = f"Combinations of packs cover every dose: {drug.drug.label}"
        table.below("W3", words, drug.packs_missing, 0, REFRESH)
        table.below("W4", f"Every dose day has a row: {drug.drug.label}", drug.days_missing, 0, REFRESH)
    if live.unsettled:
        words = "Calibrations in use have settled: curves whose calibration has not"
        table.below("W5", words, sum(live.unsettled[1:], live.unsettled[0]), 0, REFRESH)
    later = "Rows count from the next run on"
    table.below("W6", "No row of an input table is added or removed", live.rows_changed, 0, later)
    table.below("W7", "No row of an input table has another id than at the run", live.ids_changed, 0, later)
    if live.data_changed is not None:
        what = "" if live.bench.definition.input_draws is None else ", and draws from elsewhere,"
        words = f"The data that curves are fitted to{what} are those of the run: sums that differ"
        table.below("W8", words, live.data_changed, 0, REFRESH)
    for words, cell in live.availability():
        table.below("W9", words, cell, 0, REFRESH)
    if live.bench.draws is not None:
        words = "A draw shown is of the structure, link and distribution after progression in use"
        table.below("W19", words, _other_structure(live), 0, "If not, its coefficients belong to another model")
    words = "Every input is of the right kind and within its limits: cells that are not"
    table.below("W12", words, live.inputs.not_allowed, 0, "See 'Not allowed' on the sheet In use")
    for words, cell in broken_rules(live.inputs):
        table.below("W13", words, cell, 0)
    for words, cell in live.rules.broken:
        table.below("W14", words, cell, 0, "If not, see the sheet Input rules")
    for words, cell in live.rules.noted:
        table.note("W15", words, cell, "Listed on the sheet Input rules" if cell.value else "")
    words = "Inputs that are allowed and outside what is usual: cells"
    table.note("W18", words, live.inputs.unusual, "See 'Unusual' on the sheet In use, and the remarks below")


def _other_structure(live: LiveModel) -> Formula:
    """1 where a draw is shown, and the structure in use, or what it takes, is not that of the run that drew."""
    settings, inputs = live.bench.definition.settings, live.inputs
    if structure_is_uncertain(live.bench.definition):  # then the draw says which it takes
        other = formula_of(0)
    else:
        other = flag(inputs["settings.structure"].differs(settings.structure))
    taken = [("settings.link_between_arms", settings.link_between_arms)]
    taken.append(("settings.after_progression", settings.after_progression))
    of_states = [flag(inputs[name].differs(value)) for name, value in taken]
    in_states = flag(inputs["settings.structure"].equals(STATE_TRANSITION))
    count = other + in_states * sum(of_states[1:], of_states[0])
    return where(inputs.draw.equals(0), 0, where(count > 0, 1, 0))


OF_FIELDS = ("settings", "about")
"""Records that are no rows of a table."""


def write_remarks(page: Page, definition: ModelDefinition) -> None:
    """What was worth a question in the inputs of the run; no table where nothing was."""
    found = remarks(definition)
    if not found:
        return
    table = GrowingTable(
        page,
        "Remarks on the inputs of the run",
        "Allowed, and worth a look; no check fails by them. [S] as of the run.",
        [PageColumn("Sheet", "text", 12), PageColumn("Remark", "text", 70), *page_columns(page.report, [INPUT.wide(18)])],
    )
    for remark in found:
        address = ""
        if remark.position is not None:
            alone = remark.table in OF_FIELDS
            record = None if alone else definition.table(remark.table)[remark.position]
            address = f"{remark.table}.{remark.field}" if record is None else address_of(remark.table, record)
        table.add(SHEET_OF[remark.table].name, remark.message, address)


def agreement_rows(table: CheckTable) -> tuple[int, int]:
    """Rows that compare live results with the run's, and with a shown draw's or scenario's; filled later."""
    named = "Live results equal those of the run: results that differ"
    replay = "The draw or scenario shown gives what the run stored: results that differ"
    nothing = formula_of(0)
    return (
        table.below("W10", named, nothing, 0, "Compared while nothing is changed"),
        table.below("W11", replay, nothing, 0),
    )
