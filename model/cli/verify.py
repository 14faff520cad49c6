"""``run_model.py verify WORKBOOK``: an output workbook recalculated by a spreadsheet program, beside Python."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from model.cli.progress import Progress
from model.cli.verify_print import print_verification
from model.excel.verification.recalculation import ENGINES
from model.excel.verification.verify import DRAWS, verify_workbook

GUIDE = """\
WORKBOOK is an output workbook of run_model.py, as written or edited since: its inputs are read from it, and nothing is
written to it. Compared are
  the numbers stored in the file with the recalculated ones    a workbook that was edited and not recalculated is told
                                                               apart from one whose formulas are wrong
  every named result of the base case                          Python's calculation of the inputs in the workbook
  the stored draws                                             sampled and calculated anew with the seed of the run
  every named result of stored draws and of scenarios          shown one after another, as the sheet Settings shows them
A difference is relative to Python's value, and absolute below 1. Allowed are 1e-9, and 1e-7 where a gamma or
generalised gamma curve is in use; words must be the same. LibreOffice is started once, with
a profile of its own, and ended afterwards; a minute or so loads the workbook, each case takes seconds.

Exit code 0: all agree. 1: something differs, or stored numbers are out of date. 2: WORKBOOK cannot be verified.

Examples
  run_model.py verify outputs/patina_us/patina_us.xlsx
  run_model.py verify my_edited.xlsx --draws 5 --scenarios 0
  run_model.py verify outputs/patina_us/patina_us.xlsx --engine libreoffice --draws 5
"""


def verify_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    p = argparse.ArgumentParser(
        prog="run_model.py verify",
        description="Recalculate an output workbook in a program that is not ours, and compare its results with Python's.",
        epilog=GUIDE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="output workbook")
    p.add_argument("--draws", type=_whole, metavar="N", help=f"stored draws to replay (default: {DRAWS})")
    p.add_argument("--scenarios", type=_whole_or_all, metavar="N", help="scenarios to replay, or 'all' (default: all)")
    p.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="program that recalculates (default: formualizer)")
    p.add_argument(
        "--seed", type=_whole, default=1, metavar="S", help="seed by which draws and scenarios are chosen (default: 1)"
    )
    return p


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return int(text)


def _whole_or_all(text: str) -> int | Literal["all"]:
    return "all" if text == "all" else _whole(text)


def verify_command(arguments: Sequence[str]) -> int:
    """Run the command; InputError where the workbook cannot be verified."""
    a = verify_parser().parse_args(arguments)
    with Progress() as progress:
        found = verify_workbook(
            a.workbook, draws=a.draws, scenarios=a.scenarios, engine=a.engine, seed=a.seed, steps=progress.task
        )
    print_verification(found)
    return 0 if found.agrees else 1
