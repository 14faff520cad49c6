"""Write the results of a run as one workbook: input sheets (readable as inputs again), curves, traces, results.

Same objects, same bytes: no clock, no machine name.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any

from model.analysis import PSA, BaseCase
from model.analysis.all_analyses import named_results
from model.analysis.analysis import Results
from model.excel.all_analysis_sheets import sheets_of
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.inputs.controls import replay_controls
from model.excel.inputs.writer import add_input_sheets, set_properties
from model.excel.live.evaluate import write_live
from model.excel.live.stored_draws import write_draws
from model.excel.output_book import Report
from model.excel.output_sheets import CURVES, RESULTS, WORKINGS, fit_entries
from model.excel.pages.blocks import BlockSheet
from model.excel.pages.page import Page
from model.excel.pages.styles import Styles
from model.excel.pages.workbook import new_workbook, tell_of_sheets_written
from model.excel.report.about_run import write_about_run
from model.excel.report.agencies.equal_value_sheet import write_equal_value
from model.excel.report.agencies.profile_sheet import write_profile
from model.excel.report.agencies.severity_sheet import write_severity
from model.excel.report.agencies.stepped_sheet import write_stepped
from model.excel.report.budget.sheet import write_budget
from model.excel.report.charts import cost_breakdown, costs_in_words
from model.excel.report.checklists import write_checklists
from model.excel.report.checks.all_checks import write_checks
from model.excel.report.checks.checked import Checked
from model.excel.report.checks.flags import write_flags, write_notices
from model.excel.report.coherence.coherence_sheet import write_coherence
from model.excel.report.contents import write_contents
from model.excel.report.curves.curves import write_curve_data, write_curve_sheet
from model.excel.report.curves.fitted_structures import write_fitted_structures
from model.excel.report.curves.survival_fits import write_survival_fits
from model.excel.report.disaggregated import write_disaggregated
from model.excel.report.evidence import write_evidence
from model.excel.report.first_page.answer_sheet import AnswerSheet
from model.excel.report.first_page.first_page_words import write_first_page_words
from model.excel.report.not_live import write_not_live
from model.excel.report.parameters import write_parameters
from model.excel.report.printing import leave_out_of_print
from model.excel.report.probabilistic.acceptability import write_acceptability
from model.excel.report.probabilistic.psa_results import write_psa_results
from model.excel.report.resources import write_resources
from model.excel.report.results import arm_positions, write_results
from model.excel.report.run_inputs import write_run_inputs
from model.files import whole_file

WRITING_STEPS, FILLING_STEPS = 100, 55
"""Of writing a workbook, and the part of them in which its sheets are filled (the rest: their markup)."""


def write_workbook(
    path: str | PathLike[str], *, base: BaseCase, run: Mapping[str, Any] | None = None, **further: object
) -> None:
    """Write the workbook of a run to ``path``: all of it, or nothing. It is the model itself, as formulas.

    ``run``: facts for the first sheet, such as run_id, model_version, seed, input_file, input_sha256, packages. ``further``:
    results of other analyses, each under its word of :data:`model.choices.ANALYSES`. Raises TypeError for another word or a
    result of another class.

    >>> import model
    >>> import tempfile, pathlib
    >>> small = model.edit(model.example(), {"settings.horizon_years": 1})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.write_workbook(f"{folder}/small.xlsx", base=model.base_case(small), one_way=model.one_way(small))
    ...     model.read_inputs(f"{folder}/small.xlsx").settings.horizon_years  # it is an input workbook too
    1.0
    """
    write_run(path, named_results({"base": base, **further}), run)


def write_run(
    path: str | PathLike[str],
    results: Results,
    run: Mapping[str, Any] | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> None:
    """The same of results that are together already; the base case must be among them. ``done`` is told how many more of
    :data:`WRITING_STEPS` are done: the sheets are filled, then each is written."""
    definition, psa = results.the(BaseCase).definition, results.of(PSA)
    sheets = sheets_of(results)
    entries = [entry for sheet in sheets for entry in sheet.entries]
    with whole_file(path) as unfinished, circles_left_alone():
        workbook = new_workbook(unfinished)
        set_properties(workbook, definition)
        styles = Styles(workbook)
        report = Report(workbook, styles, results, entries, run=run or {})
        for entry in report.front:
            workbook.add_worksheet(entry.name)
        controls = replay_controls(
            len(definition.scenario_changes()), psa.outcomes.n_draws if psa is not None else 0, len(definition.subgroups)
        )
        layout = add_input_sheets(workbook, definition, styles, controls, report.further_sheets)
        for entry in report.entries:
            workbook.add_worksheet(entry.name, BlockSheet)
        write_report(Report(workbook, styles, results, entries, run=run or {}, layout=layout), sheets, done)
        tell_of_sheets_written(workbook, WRITING_STEPS - FILLING_STEPS, done)
        workbook.close()


@contextmanager
def circles_left_alone() -> Iterator[None]:
    """Python does not look for circles among objects meanwhile: what a workbook is made of lasts until it is written, and
    each search would go through all that there is so far."""
    looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked_for:
            gc.enable()


def write_report(report: Report, sheets: Sequence[AnalysisSheet], done: Callable[[int], None] = lambda _: None) -> None:
    """Fill the sheets: the calculation as formulas, results on it, stored analyses, checks, then the first sheet. ``done`` is
    told of :data:`FILLING_STEPS`."""
    write_run_inputs(report)
    done(3)
    draws = write_draws(report, report.psa) if report.psa is not None else None
    live = write_live(report, draws)
    done(32)
    page, workings = Page(report, RESULTS.name), Page(report, WORKINGS.name)
    positions = arm_positions(report, live, workings)
    parts = write_disaggregated(report, write_resources(report, live), positions)
    summaries, acceptability = None, None
    if report.psa is not None and draws is not None:
        summaries = write_psa_results(report, report.psa, draws)
        acceptability = write_acceptability(report, report.psa, draws)
    results = write_results(report, live, (page, workings), positions, parts, summaries)
    curves = write_curve_sheet(report, live, Page(report, CURVES.name), write_curve_data(report, live))
    coherence = write_coherence(report, live, workings, positions)
    severity = write_severity(report, live, positions, results, curves.crossing)
    named = severity | write_equal_value(report, live, positions, results)
    named |= write_stepped(report, live, positions) | write_profile(report, live) | write_budget(report, live)
    for sheet in sheets:
        if sheet.write is not None:
            sheet.write(report, report.results.the(sheet.result), results.thresholds)
    for endpoint, pair in zip(report.endpoints, fit_entries(report.endpoints), strict=True):
        write_survival_fits(report, endpoint, pair)
    write_fitted_structures(report, report.endpoints)
    checks = write_checks(Checked(report, live, results, parts, curves, coherence, named), draws)
    live.close()
    done(FILLING_STEPS - 35)
    write_evidence(report)
    write_parameters(report)
    write_checklists(report)
    write_not_live(report)
    write_contents(report)
    write_about_run(report)
    chart, of_chart = None, ""
    if acceptability is not None:
        chart, of_chart = acceptability.low_chart(), acceptability.in_words()
    elif len(parts.costs.rows) > 1:
        chart, of_chart = cost_breakdown(report, parts.costs), costs_in_words(report)
    words = write_first_page_words(
        report, live, workings, positions, results, parts.costs, severity, coherence.line, checks.words, of_chart
    )
    workings.close()
    AnswerSheet(report, words, chart).write()
    write_flags(report, checks.words)
    write_notices(report)
    leave_out_of_print(report)
