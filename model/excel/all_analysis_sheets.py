"""The sheets of the analyses of a run, in their order: those laid out by hand, then plain ones for any further analysis."""

from __future__ import annotations

from collections.abc import Sequence

from model.analysis import PSA, BaseCase, BudgetImpact
from model.analysis.agency_run import AgencyResults
from model.analysis.all_analyses import found_in
from model.analysis.analysis import Results
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.output_sheets import CEAC, PSA_DRAWS, PSA_RESULTS
from model.excel.report import (
    curve_pairs,
    global_sensitivity,
    price_analyses,
    scenario_results,
    structures,
    subgroup_results,
    tornado,
    value_of_information,
    verification_record,
)
from model.excel.report.plain_tables import plain_sheet

LAID_OUT = (
    AnalysisSheet(AgencyResults, (), None),
    tornado.SHEET,
    scenario_results.SHEET,
    subgroup_results.SHEET,
    curve_pairs.SHEET,
    structures.SHEET,
    AnalysisSheet(BudgetImpact, (), None),  # live: a sheet of the calculation
    AnalysisSheet(PSA, (PSA_RESULTS, CEAC, PSA_DRAWS), None),
    price_analyses.SHEET,
    global_sensitivity.SHEET,
    value_of_information.SHEET,
    verification_record.SHEET,
)


def sheets_of(results: Results) -> Sequence[AnalysisSheet]:
    """The sheets of what was found; the base case is the rest of the workbook."""
    laid_out = [sheet for sheet in LAID_OUT if sheet.result in results]
    known = {BaseCase, *(sheet.result for sheet in LAID_OUT)}
    return [*laid_out, *(plain_sheet(analysis) for analysis in found_in(results) if analysis.result not in known)]
