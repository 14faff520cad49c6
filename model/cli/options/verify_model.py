"""``verify-model``: black-box tests of the model of a workbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import Commands, add_command, whole_number

GUIDE = """\
Makes the verification record of the model in WORKBOOK, as it is now: about 150 black-box tests by TECH-VER and for
partitioned survival. Each changes a copy of the model (no prices, no deaths, equal arms, other cycles, ...), runs it,
and compares what is found with what must be found. A test that does not apply says why.

Exit code 0: no test failed. 1: a test failed. 2: WORKBOOK cannot be read, or FILE cannot be written.

Examples
  run_model.py verify-model inputs/patina_us.xlsx
  run_model.py verify-model my_model.xlsx --out verification.xlsx
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "verify-model",
        _start,
        "black-box tests made on the model of a workbook",
        "Make the verification record of the model in a workbook, whatever was changed in it.",
        GUIDE,
    )
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="input or output workbook")
    p.add_argument("--out", type=_record_file, metavar="FILE", help="also write every test to FILE (.xlsx or .csv)")
    p.add_argument("--draws", type=_draws, default=500, metavar="N", help="draws of the tests of uncertainty (default: 500)")


def _start(a: argparse.Namespace) -> int:
    from model.cli.verify_model import verify_model_command

    return verify_model_command(a)


def _record_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise argparse.ArgumentTypeError(f"'{text}' must end in .xlsx or .csv")
    return path


def _draws(text: str) -> int:
    return whole_number(text, least=100)
