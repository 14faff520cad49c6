"""``diff``: what changed between two workbooks."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import Commands, add_command

GUIDE = """\
OLD and NEW are input workbooks or output workbooks (which hold the inputs they were run with).

Every input that differs is listed with sheet, cell, input id, old and new value. Its effect on incremental cost,
incremental QALYs, ICER and incremental net monetary benefit is stated alone (the change made in OLD and nothing
else) and in turn (change after change in the order of the sheets, ending at NEW). Rows are matched by their ids, so
that sorted or moved rows are no difference. Differences in words, in uncertainty and in scenarios do not move the
base case; they are listed and marked.

Examples
  run_model.py diff inputs/patina_us.xlsx my_model.xlsx
  run_model.py diff outputs/first/first.xlsx outputs/second/second.xlsx --out change_log.xlsx
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "diff",
        _start,
        "what changed between two workbooks, and what each change does",
        "The change log between two workbooks: what differs, and the effect of each change on the result.",
        GUIDE,
    )
    p.add_argument("old", type=Path, metavar="OLD", help="workbook before the changes")
    p.add_argument("new", type=Path, metavar="NEW", help="workbook after the changes")
    p.add_argument("--out", type=_log_file, metavar="FILE", help="also write the log to FILE (.xlsx or .csv)")


def _start(a: argparse.Namespace) -> int:
    from model.cli.diff import diff_command

    return diff_command(a)


def _log_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise argparse.ArgumentTypeError(f"'{text}' must end in .xlsx or .csv")
    return path
