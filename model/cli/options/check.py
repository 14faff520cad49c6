"""``check``: problems of a workbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import Commands, add_command


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(commands, "check", _start, "list every problem of an input workbook and stop")
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="input workbook")


def _start(a: argparse.Namespace) -> int:
    from model.cli.check import check_command

    return check_command(a.workbook)
