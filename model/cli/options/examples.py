"""``examples``: the shipped workbooks."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import Commands, add_command

GUIDE = """\
Examples

  run_model.py examples                  lists them
  run_model.py examples my_folder        writes them and the data of fits into my_folder
  run_model.py patina_england            runs one of them as it is
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(commands, "examples", _start, "list the shipped workbooks, or copy them into a folder", guide=GUIDE)
    p.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="folder for copies of them (default: list them)")


def _start(a: argparse.Namespace) -> int:
    from model.cli.examples import examples_command

    return examples_command(a.folder)
