"""``profile``: a copy of a workbook that follows another agency."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.choices import PROFILE_WORDS
from model.cli.options.shared import Commands, add_command

GUIDE = """\
A profile sets inputs that stay visible and editable: discount rates, thresholds (in the agency's currency only), weights by
severity, equal-value life years, stepped results. WORKBOOK stays as it is; every input that the copy changes is listed, and
its source stands beside it in the copy. Rows that another agency's profile brought are left out. The profile free changes
nothing but the name. 'check' tells where a workbook departs from its profile.

Examples
  run_model.py profile inputs/patina_us.xlsx pbac
  run_model.py profile inputs/patina_england.xlsx cda_amc --out england_canada.xlsx
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "profile",
        _start,
        "a copy of a workbook that follows another agency's profile",
        "Write a copy of an input workbook with another agency profile, and list what it changes.",
        GUIDE,
    )
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="input workbook")
    words = "; ".join(f"{name}: {meaning}" for name, meaning in PROFILE_WORDS.items())
    p.add_argument("name", choices=tuple(PROFILE_WORDS), metavar="NAME", help=words)
    p.add_argument("--out", type=_workbook, metavar="FILE", help="name of the copy (default: WORKBOOK_NAME.xlsx, here)")


def _start(a: argparse.Namespace) -> int:
    from model.cli.profile import profile_command

    return profile_command(a.workbook, a.name, a.out)


def _workbook(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".xlsx":
        raise argparse.ArgumentTypeError(f"'{text}' must end in .xlsx")
    return path
