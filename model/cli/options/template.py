"""``template``: a starter workbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.choices import PROFILE_WORDS, STARTER_ANSWERS, STARTER_CURVES, STARTER_DRUGS
from model.cli.options.shared import Commands, add_command

GUIDE = """\
On a terminal, without options, it asks. With options it does not: those that are left out have the answers in brackets.
What is asked for has its rows, with ids, units and drop-downs; empty cells are to be filled in, and 'check' lists them.
In a pipe without options, and with --example, the workbook is a small complete model to read, whose numbers are invented.

Examples
  run_model.py template my_model.xlsx --arms "Standard care, New drug" --drugs "Old=per_m2, New=oral" --currency EUR
  run_model.py template my_model.xlsx --arms "A, B" --drugs "Old=per_kg, New" --curves "digitised:weibull, hazard_ratio"
  run_model.py template my_model.xlsx --example
"""


def _listed(meanings: dict[str, str]) -> str:
    return "; ".join(f"{word}: {meaning}" for word, meaning in meanings.items())


_HELP = {
    "arms": "names of the arms; the first is the comparator, the last the intervention",
    "drugs": f"names of the drugs, each perhaps with =KIND. {_listed(STARTER_DRUGS)}",
    "regimens": "drugs of the arms, as ARM=DRUG+DRUG (left out: as listed where there are as many of both)",
    "curves": f"where the curves come from, one for all arms or for each. {_listed(STARTER_CURVES)}",
    "endpoints": "a drug named here has a curve of its own for the time on it; other words make further states, from the "
    "lowest curve to the highest, such as response=Response, pfs=Stable disease, os=Progressed",
    "events": "names of the adverse events",
    "currency": "code of the currency",
    "profile": f"agency whose reference case is followed: {', '.join(PROFILE_WORDS)}",
}


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "template",
        _start,
        "write a starter workbook to fill in",
        "Write a starter workbook for a model of your own: the rows it needs, with ids, units and drop-downs.",
        GUIDE,
    )
    p.add_argument("file", type=Path, metavar="FILE", help="name of the new workbook, which ends in .xlsx")
    for name, text in _HELP.items():
        shown = f" [{default}]" if (default := STARTER_ANSWERS[name]) else ""
        p.add_argument(f"--{name}", metavar="TEXT", help=f"{text}{shown}".replace("%", "%%"))
    p.add_argument("--example", action="store_true", help="write the complete example in place of a model of your own")


def _start(a: argparse.Namespace) -> int:
    from model.cli.starter import template_command

    return template_command(a.file, {name: getattr(a, name) for name in STARTER_ANSWERS}, example=a.example)
