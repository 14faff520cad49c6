"""``run_model.py psa-summary FILE``: every summary of a probabilistic analysis that another program has run."""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

from model.analysis.decision.psa_summary import PSASummary, psa_summary
from model.cli.output_folder import check_folder, of_other_data
from model.cli.progress import Progress
from model.cli.staging import Staging, staged
from model.cli.tables_folder import write_tables
from model.excel.inputs.errors import file_problem
from model.excel.other_programs.psa_file import PSAFile, read_psa_file
from model.excel.other_workbooks.psa_summary_workbook import write_psa_summary
from model.figures import write_figures
from model.figures.draws_summary import summary_figures
from model.version import model_version


def psa_summary_command(a: argparse.Namespace, outputs: Path) -> int:
    """Run the command; InputError where the file cannot be used, before anything is written."""
    out = a.out or outputs / f"{a.file.stem}_summary"
    check_folder(out, "psa-summary", a.file, of_other_data({"data_file": a.file.name}), a.overwrite)
    with Progress(a.quiet) as progress:
        with progress.task("Reading", 1):
            found = read_psa_file(a.file, a.costs, a.effects, a.arms, a.parameters, a.sheet)
        with progress.task("Value of information", 1):
            summary = _summary(a, found)
        made = _publish(a, summary, out, progress)
    print(f"{a.file.name}\n{summary.summary()}")
    where = os.path.relpath(out)
    print(f"\n{len(made.files)} files in {where}; start with {os.path.join(where, out.name + '.xlsx')}")
    return made.exit_code


def _summary(a: argparse.Namespace, found: PSAFile) -> PSASummary:
    try:
        return psa_summary(
            found.costs,
            found.effects,
            found.arms,
            a.thresholds,
            found.parameters,
            reference=a.reference,
            currency=a.currency,
            effect_unit=a.effect_unit,
        )
    except ValueError as error:
        raise file_problem(f"{a.file.name}: {error}") from None


def _publish(a: argparse.Namespace, summary: PSASummary, out: Path, progress: Progress) -> Staging:
    with staged(out, _record(a, summary), "psa-summary") as made:
        write_tables(made, summary.tables(), summary.currency, summary.effect_unit, form=a.csv)
        with progress.task("Workbook", 1), made.part("the workbook"):
            write_psa_summary(made.folder / f"{out.name}.xlsx", summary, made.record)
        if not a.no_figures:
            with progress.task("Figures", 1), made.part("figures"):
                write_figures(summary_figures(summary, a.file.name), made.folder / "figures")
    return made


def _record(a: argparse.Namespace, summary: PSASummary) -> dict[str, object]:
    return {
        "data_file": a.file.name,
        "data_sha256": hashlib.sha256(a.file.read_bytes()).hexdigest(),
        "draws": summary.n_draws,
        "options": ", ".join(summary.arms),
        "reference": summary.reference,
        "inputs": ", ".join(summary.parameters) or "none",
        "thresholds": ", ".join(f"{t:g}" for t in summary.thresholds),
        "currency": summary.currency,
        "effect_unit": summary.effect_unit,
        "model_version": model_version(),
    }
