"""``verify``: an output workbook recalculated elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from model.choices import RECALCULATING, REPLAYED_DRAWS
from model.cli.options.shared import Commands, add_command, from_zero

GUIDE = """\
WORKBOOK is an output workbook of run_model.py, as written or edited since: its inputs are read from it, and nothing is
written to it. Compared are
  the numbers stored in the file with the recalculated ones    a workbook that was edited and not recalculated is told
                                                               apart from one whose formulas are wrong
  every named result of the base case                          Python's calculation of the inputs in the workbook
  the stored draws                                             sampled and calculated anew with the seed of the run
  every named result of stored draws and of scenarios          shown one after another, as the sheet Settings shows them
  the same of every subgroup, alone and with a scenario        not with --scenarios 0
A difference is relative to Python's value, and absolute below 1. Allowed are 1e-9, and 1e-7 where a gamma or
generalised gamma curve is in use; words must be the same. LibreOffice is started once, with
a profile of its own, and ended afterwards; a minute or so loads the workbook, each case takes seconds. formualizer takes
half a second for each case of the shipped workbook.

Exit code 0: all agree. 1: something differs, or stored numbers are out of date. 2: WORKBOOK cannot be verified.

Examples
  run_model.py verify outputs/patina_us/patina_us.xlsx
  run_model.py verify my_edited.xlsx --draws 5 --scenarios 0
  run_model.py verify outputs/patina_us/patina_us.xlsx --engine libreoffice --draws 5
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "verify",
        _start,
        "recalculate an output workbook elsewhere, compare with Python",
        "Recalculate an output workbook in a program that is not ours, and compare its results with Python's.",
        GUIDE,
    )
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="output workbook")
    p.add_argument("--draws", type=from_zero, metavar="N", help=f"stored draws to replay (default: {REPLAYED_DRAWS})")
    p.add_argument("--scenarios", type=_number_or_all, metavar="N", help="scenarios to replay, or 'all' (default: all)")
    p.add_argument(
        "--engine",
        choices=RECALCULATING,
        default=RECALCULATING[0],
        help=f"program that recalculates (default: {RECALCULATING[0]})",
    )
    p.add_argument(
        "--seed", type=from_zero, default=1, metavar="S", help="seed by which draws and scenarios are chosen (default: 1)"
    )


def _start(a: argparse.Namespace) -> int:
    from model.cli.verify import verify_command

    return verify_command(a)


def _number_or_all(text: str) -> int | Literal["all"]:
    return "all" if text == "all" else from_zero(text)
