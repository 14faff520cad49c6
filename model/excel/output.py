"""Write the results of a run as one workbook: input sheets (readable as inputs again), curves, traces, results.

Same objects, same bytes: no clock, no machine name.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from model.analysis import PSA, BaseCase, OneWay, Scenarios

from .report.acceptability import write_acceptability
from .report.answer import AnswerSheet
from .report.blocks import BlockSheet
from .report.checklists import write_checklists
from .report.curves import write_curve_data, write_curves
from .report.disaggregated import write_disaggregated
from .report.evidence import write_evidence
from .report.parameters import write_parameters
from .report.psa_draws import write_draws
from .report.psa_results import write_psa_results
from .report.report import Report
from .report.resources import write_resources
from .report.results import write_results
from .report.scenario_results import write_scenarios
from .report.survival_fits import write_survival_fits
from .report.tornado import write_tornado
from .report.traces import write_trace
from .styles import Styles, new_workbook
from .writer import add_input_sheets, set_properties


def write_workbook(
    path: str | PathLike[str],
    *,
    base: BaseCase,
    one_way: OneWay | None = None,
    scenarios: Scenarios | None = None,
    psa: PSA | None = None,
    run: Mapping[str, Any] | None = None,
) -> None:
    """Write the workbook of a run to ``path``: all of it, or nothing.

    ``run``: facts for the first sheet, such as run_id, model_version, seed, input_file, input_sha256, packages.
    """
    target = Path(path)
    handle, temporary = tempfile.mkstemp(suffix=".xlsx", prefix=".writing_", dir=target.parent)
    os.close(handle)
    try:
        workbook = new_workbook(temporary)
        set_properties(workbook, base.definition)
        styles = Styles(workbook)
        report = Report(workbook, styles, base, one_way, scenarios, psa, run or {})
        workbook.add_worksheet("Answer")
        layout = add_input_sheets(workbook, base.definition, styles, further_sheets=report.further_sheets)
        for entry in report.entries:
            workbook.add_worksheet(entry.name, BlockSheet)
        write_report(Report(workbook, styles, base, one_way, scenarios, psa, run or {}, layout))
        workbook.close()
        os.chmod(temporary, 0o644)  # mkstemp makes it private
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_report(report: Report) -> None:
    """Fill the report sheets, each after those whose cells it points at."""
    traces = {arm: write_trace(report, arm) for arm in report.definition.arm_ids}
    write_curves(report, write_curve_data(report, traces))
    parts = write_disaggregated(report, traces)
    write_resources(report)
    means: dict[tuple[str, int | str], str] = {}
    if report.psa is not None:
        draws = write_draws(report, report.psa)
        means = write_psa_results(report, report.psa, draws)
        write_acceptability(report, report.psa, draws)
    results = write_results(report, parts, means)
    if report.one_way is not None:
        write_tornado(report, report.one_way)
    if report.scenarios is not None:
        write_scenarios(report, report.scenarios)
    for endpoint in report.endpoints:
        write_survival_fits(report, endpoint)
    write_evidence(report)
    write_parameters(report)
    write_checklists(report)
    AnswerSheet(report, results).write()
