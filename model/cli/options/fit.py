"""``fit``: the survival analysis alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.choices import CURES
from model.cli.options.shared import OUTPUTS, Commands, add_command, add_csv, add_no_figures, add_results_folder

GUIDE = """\
DATA is one of
  patient data, one row per patient and endpoint   arm, endpoint, time, event [patient, entry, weight, age, female]
  patient data, one row per patient                arm, pfs_time, pfs_event, os_time, os_event [patient, age, ...]
  a digitised Kaplan-Meier curve                   arm, endpoint, time, survival; with --at-risk FILE: arm, endpoint, time,
                                                   n_risk, and a row with time total_events if they were reported
  an input workbook                                its sheets Patient data and Digitised curves
as CSV (comma, semicolon or tab) or as the first sheet of a workbook. Times are months.

Examples
  run_model.py fit inputs/example_patient_data.csv
  run_model.py fit inputs/example_digitised_curve.csv --at-risk inputs/example_numbers_at_risk.csv
  run_model.py fit trial.csv --endpoint os --cure mixture --excess inputs/patina_us.xlsx
  run_model.py fit trial.csv --into my_model.xlsx --arm "Drug A=drug_a"

--into writes the coefficients and covariance of every candidate into the tables of that workbook, so that its
distribution selector switches between them; the workbook's other inputs stay as they are.
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "fit",
        _start,
        "fit survival curves to patient data or a digitised curve",
        "Fit seven distributions and nine splines to survival data; compare, draw, and write them down.",
        GUIDE,
    )
    p.add_argument("data", type=Path, metavar="DATA", help="CSV file or workbook (see below)")
    p.add_argument("--endpoint", action="append", default=[], help="only this endpoint; may be repeated")
    p.add_argument("--at-risk", type=Path, metavar="FILE", help="numbers at risk of a digitised curve")
    p.add_argument("--reference", metavar="ARM", help="arm against which others are compared (default: the first)")
    p.add_argument("--horizon-years", type=float, default=40.0, metavar="Y", help="horizon of means (default: 40)")
    p.add_argument("--cure", choices=tuple(CURES), default="none", help="cure models")
    p.add_argument(
        "--excess",
        type=Path,
        metavar="WORKBOOK",
        help="excess-hazard models over the life table and population of this input workbook",
    )
    p.add_argument(
        "--cut-points",
        default="",
        metavar="LIST",
        help="also a piecewise exponential with its rate changing at these months, split by ;",
    )
    add_results_folder(p, "outputs/<data name>_fit", "of other data or other options")
    p.add_argument("--into", type=Path, metavar="WORKBOOK", help="write every candidate into this input workbook")
    p.add_argument("--arm", action="append", default=[], metavar="NAME=ID", help="arm of the data = arm id of the workbook")
    add_csv(p)
    add_no_figures(p)


def _start(a: argparse.Namespace) -> int:
    from model.cli.fit import fit_command

    return fit_command(a, OUTPUTS)
