"""``template``: a starter workbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import Commands, add_command


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(commands, "template", _start, "write an annotated starter workbook to fill in")
    p.add_argument("file", type=Path, metavar="FILE", help="name of the new workbook, which ends in .xlsx")


def _start(a: argparse.Namespace) -> int:
    from model.cli.starter import template_command

    return template_command(a.file)
