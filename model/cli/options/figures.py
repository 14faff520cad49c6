"""``figures``: some figures of a workbook by themselves."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.choices import FIGURE_KINDS
from model.cli.options.shared import Commands, add_command, folder_name, from_zero, whole_number

GUIDE = """\
NAME is that of a figure's file, with or without its number: plane, 16_tornado, survival_horizon; without any the names are
listed. Only the analyses that the figures need are run. A style file is matplotlib's (lines such as 'font.size: 11' or
'font.family: serif'); colours, lines and marks of arms stay those of the workbook.

Examples
  run_model.py figures inputs/patina_us.xlsx
  run_model.py figures inputs/patina_us.xlsx survival_horizon tornado --format pdf
  run_model.py figures inputs/patina_us.xlsx plane --draws 2000 --format svg,png --style journal.mplstyle --out journal
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "figures",
        _start,
        "some figures of a workbook, as PNG, SVG or PDF",
        "Run what some figures need, and write only these.",
        GUIDE,
    )
    p.add_argument("workbook", type=Path, metavar="WORKBOOK", help="input workbook")
    p.add_argument("names", nargs="*", metavar="NAME", help="figures wanted (none: list them)")
    p.add_argument(
        "--format",
        type=_kinds,
        default=FIGURE_KINDS[:1],
        metavar="LIST",
        dest="kinds",
        help=f"kinds of files, separated by commas: {', '.join(FIGURE_KINDS)} (default: png)",
    )
    p.add_argument("--style", type=Path, metavar="FILE", help="matplotlib style file that goes before the house's style")
    p.add_argument("--draws", type=_two, metavar="N", help="draws of the probabilistic analysis (default: the workbook's)")
    p.add_argument("--seed", type=from_zero, metavar="S", help="random seed (default: the workbook's)")
    p.add_argument("--out", type=folder_name, default=Path("figures"), metavar="DIR", help="folder (default: figures, here)")


def _start(a: argparse.Namespace) -> int:
    from model.cli.figures import figures_command

    return figures_command(a)


def _two(text: str) -> int:
    return whole_number(text, 2)


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(part.strip().lower() for part in text.split(","))
    for kind in kinds:
        if kind not in FIGURE_KINDS:
            raise argparse.ArgumentTypeError(f"'{kind}' is not one of {', '.join(FIGURE_KINDS)}")
    return kinds
