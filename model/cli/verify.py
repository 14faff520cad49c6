"""``run_model.py verify WORKBOOK``: an output workbook recalculated by a spreadsheet program, beside Python."""

from __future__ import annotations

import argparse

from model.cli.progress import Progress
from model.cli.verify_print import print_agreement
from model.excel.verification.verify import verify_workbook


def verify_command(a: argparse.Namespace) -> int:
    """Run the command; InputError where the workbook cannot be verified."""
    with Progress(a.quiet) as progress:
        found = verify_workbook(
            a.workbook, draws=a.draws, scenarios=a.scenarios, engine=a.engine, seed=a.seed, steps=progress.task
        )
    print_agreement(found)
    return 0 if found.agrees else 1
