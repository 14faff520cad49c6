"""What the options of several commands have in common: how a command is added, kinds of values, the folder for results."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from model.choices import CSV_FORMS
from model.cli.called import as_called
from model.shipped import outputs_folder

OUTPUTS = outputs_folder()
"""Where the folders of results are, unless one is named."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The commands of the tree, to which each adds itself."""
Start = Callable[[argparse.Namespace], int]
"""Runs a command with its options; returns the exit code. Loads the model when it is called."""


def add_command(
    commands: Commands, name: str, start: Start, line: str, description: str = "", guide: str = ""
) -> argparse.ArgumentParser:
    """A command of the tree. ``line``: what the list of commands says of it; ``guide``: what its help ends with."""
    p = commands.add_parser(
        name,
        help=line,
        description=description or f"{line[:1].upper()}{line[1:]}.",
        epilog=as_called(guide),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("--quiet", action="store_true", help="no progress, no words but of what is wrong; see the exit code")
    p.set_defaults(start=start, mistake=lambda _: "")
    return p


def add_results_folder(p: argparse.ArgumentParser, default: str, replaced: str) -> None:
    """``--out`` and ``--overwrite``. ``replaced``: the results that only the second lets be replaced."""
    p.add_argument("--out", type=folder_name, metavar="DIR", help=f"folder for the results (default: {default})")
    p.add_argument(
        "--overwrite", action="store_true", help=f"replace the results in the folder also where they are {replaced}"
    )


def add_csv(p: argparse.ArgumentParser) -> None:
    """``--csv``."""
    forms = "; ".join(f"{name}: {meaning}" for name, meaning in CSV_FORMS.items())
    p.add_argument("--csv", choices=tuple(CSV_FORMS), default="comma", help=f"form of the tables (default: comma). {forms}")


def add_no_figures(p: argparse.ArgumentParser) -> None:
    """``--no-figures``."""
    p.add_argument("--no-figures", action="store_true", help="write the workbook and the tables only")


def folder_name(text: str) -> Path:
    """The folder named on the command line."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def whole_number(text: str, least: int = 1) -> int:
    """A whole number of at least ``least``."""
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least {least}")
    return int(text)


def from_zero(text: str) -> int:
    """A seed, or a number of things that may be none."""
    if not (text.isascii() and text.isdigit()) or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 to 4294967295")
    return int(text)
