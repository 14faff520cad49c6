"""The input workbook: which tables stand on which sheet, under which title.

Columns are not declared here: headers, types, units, bounds and help texts come from the records of
:mod:`model.definition`, and reader, writer, drop-downs, comments and messages come from both.
"""

from __future__ import annotations

from model.excel.inputs.analysis_sheets import ANALYSES, GENERAL_POPULATION
from model.excel.inputs.decision_sheets import DECISION
from model.excel.inputs.document_sheets import DOCUMENTS
from model.excel.inputs.outcome_sheets import COSTS, HEALTH
from model.excel.inputs.survival_sheets import SURVIVAL
from model.excel.inputs.table_specs import SheetSpec, TableSpec

SHEETS: tuple[SheetSpec, ...] = (*DECISION, *SURVIVAL, *HEALTH, *COSTS, *GENERAL_POPULATION, *ANALYSES, *DOCUMENTS)

TABLE_SPECS: dict[str, TableSpec] = {
    table.name: table for sheet in SHEETS for table in sheet.tables if isinstance(table, TableSpec)
}
SHEET_OF: dict[str, SheetSpec] = {table.name: sheet for sheet in SHEETS for table in sheet.tables}
