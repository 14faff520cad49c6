"""Write the results of a run as one workbook: input sheets (readable as inputs again), curves, traces, results.

Same objects, same bytes: no clock, no machine name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from model.analysis import PSA, BaseCase, OneWay, PriceAnalyses, Scenarios, Sensitivity, ValueOfInformation
from model.excel.inputs.controls import replay_controls
from model.excel.inputs.writer import add_input_sheets, set_properties
from model.excel.live.evaluate import write_live
from model.excel.live.stored_draws import write_draws
from model.excel.output_book import Report
from model.excel.output_sheets import CURVES, RESULTS, fit_entries
from model.excel.pages.blocks import BlockSheet
from model.excel.pages.page import Page
from model.excel.pages.styles import Styles, new_workbook
from model.excel.report.answer import AnswerSheet
from model.excel.report.checklists import write_checklists
from model.excel.report.checks.all_checks import write_checks
from model.excel.report.checks.checked import Checked
from model.excel.report.checks.flags import write_flags, write_notices
from model.excel.report.curves.curves import write_curve_data, write_curve_sheet
from model.excel.report.curves.survival_fits import write_survival_fits
from model.excel.report.disaggregated import write_disaggregated
from model.excel.report.evidence import write_evidence
from model.excel.report.global_sensitivity import write_global_sensitivity
from model.excel.report.not_live import write_not_live
from model.excel.report.parameters import write_parameters
from model.excel.report.price_analyses import write_price_analyses
from model.excel.report.probabilistic.acceptability import write_acceptability
from model.excel.report.probabilistic.psa_results import write_psa_results
from model.excel.report.resources import write_resources
from model.excel.report.results import arm_positions, write_results
from model.excel.report.run_inputs import write_run_inputs
from model.excel.report.scenario_results import write_scenarios
from model.excel.report.tornado import write_tornado
from model.excel.report.value_of_information import write_value_of_information
from model.files import whole_file


def write_workbook(
    path: str | PathLike[str],
    *,
    base: BaseCase,
    one_way: OneWay | None = None,
    scenarios: Scenarios | None = None,
    psa: PSA | None = None,
    prices: PriceAnalyses | None = None,
    information: ValueOfInformation | None = None,
    sensitivity: Sensitivity | None = None,
    run: Mapping[str, Any] | None = None,
    price_sentences: Sequence[str] | None = None,
) -> None:
    """Write the workbook of a run to ``path``: all of it, or nothing. It is the model itself, as formulas.

    ``run``: facts for the first sheet, such as run_id, model_version, seed, input_file, input_sha256, packages.
    ``price_sentences``: those of the definition (``model.analysis.prices.sentences``), where they are made already.
    """
    results: dict[str, Any] = {
        "base": base,
        "one_way": one_way,
        "scenarios": scenarios,
        "psa": psa,
        "prices": prices,
        "information": information,
        "sensitivity": sensitivity,
        "price_sentences": price_sentences,
    }
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        set_properties(workbook, base.definition)
        styles = Styles(workbook)
        report = Report(workbook, styles, **results, run=run or {})
        workbook.add_worksheet("Answer")
        controls = replay_controls(len(base.definition.scenario_changes()), psa.outcomes.n_draws if psa is not None else 0)
        layout = add_input_sheets(workbook, base.definition, styles, controls, report.further_sheets)
        for entry in report.entries:
            workbook.add_worksheet(entry.name, BlockSheet)
        write_report(Report(workbook, styles, **results, run=run or {}, layout=layout))
        workbook.close()


def write_report(report: Report) -> None:
    """Fill the sheets: the calculation as formulas, results on it, stored analyses, checks, then the first sheet."""
    write_run_inputs(report)
    draws = write_draws(report, report.psa) if report.psa is not None else None
    live = write_live(report, draws)
    page = Page(report, RESULTS.name)
    page.paragraph("", report.styles.make(bold=True, font_size=11))
    positions = arm_positions(report, live, page)
    parts = write_disaggregated(report, write_resources(report, live), positions)
    means = {}
    if report.psa is not None and draws is not None:
        means = write_psa_results(report, report.psa, draws)
        write_acceptability(report, report.psa, draws)
    results = write_results(report, live, page, positions, parts, means)
    curves = write_curve_sheet(report, live, Page(report, CURVES.name), write_curve_data(report, live))
    if report.one_way is not None:
        write_tornado(report, report.one_way)
    if report.scenarios is not None:
        write_scenarios(report, report.scenarios)
    if report.prices is not None:
        write_price_analyses(report, report.prices, results.thresholds)
    if report.sensitivity is not None:
        write_global_sensitivity(report, report.sensitivity)
    if report.information is not None:
        write_value_of_information(report, report.information)
    for endpoint, pair in zip(report.endpoints, fit_entries(report.endpoints), strict=True):
        write_survival_fits(report, endpoint, pair)
    checks = write_checks(Checked(report, live, results, parts, curves), draws)
    live.close()
    write_evidence(report)
    write_parameters(report)
    write_checklists(report)
    write_not_live(report)
    AnswerSheet(report, results).write()
    write_flags(report, checks.words)
    write_notices(report)
