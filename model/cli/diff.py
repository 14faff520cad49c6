"""``run_model.py diff OLD NEW``: what changed between two workbooks, and what each change does to the result."""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from model.analysis.change_log import ChangeLog, change_log, runs_needed
from model.excel.change_log_workbook import LogFacts, write_change_log
from model.excel.errors import InputError, InputProblem, file_problem
from model.excel.placed_inputs import CellPlace, PlacedInputs, named_problems, read_placed_inputs

from .csv_file import write_csv
from .diff_print import print_log
from .job import model_version
from .progress import Progress

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


def diff_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    p = argparse.ArgumentParser(
        prog="run_model.py diff",
        description="The change log between two workbooks: what differs, and the effect of each change on the result.",
        epilog=GUIDE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("old", type=Path, metavar="OLD", help="workbook before the changes")
    p.add_argument("new", type=Path, metavar="NEW", help="workbook after the changes")
    p.add_argument("--out", type=_log_file, metavar="FILE", help="also write the log to FILE (.xlsx or .csv)")
    return p


def _log_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise argparse.ArgumentTypeError(f"'{text}' must end in .xlsx or .csv")
    return path


def diff_command(arguments: Sequence[str]) -> int:
    """Run the command; InputError or DefinitionError before anything is written."""
    a = diff_parser().parse_args(arguments)
    if a.out is not None and a.out.resolve() in (a.old.resolve(), a.new.resolve()):
        raise file_problem(f"--out {a.out} is one of the workbooks compared; choose another name")
    with Progress() as progress:
        old, new = _read_both(a.old, a.new, progress)
        with progress.task("Changes", runs_needed(old.definition, new.definition)) as done:
            log = change_log(old.definition, new.definition, done)
    places = places_of(log, old, new)
    names = _names(a.old, a.new)
    shown = [f"{name} shows {w}" for name, p in zip(names, (old, new), strict=True) for w in p.shown_instead]
    print_log(log, places, *names, [f"{words}; its inputs as typed are compared" for words in shown])
    if a.out is not None:
        _write(a.out, log, places, a.old, a.new)
        print(f"\nThe log is in {a.out}.")
    return 0


def _read_both(old: Path, new: Path, progress: Progress) -> tuple[PlacedInputs, PlacedInputs]:
    """Both workbooks; the problems of both are reported at once."""
    found: list[PlacedInputs] = []
    problems: list[InputProblem] = []
    with progress.task("Reading", 2) as done:
        for path, name in zip((old, new), _names(old, new), strict=True):
            try:
                found.append(read_placed_inputs(path))
            except InputError as error:
                problems += named_problems(error, name)
            done(1)
    if problems:
        raise InputError(problems)
    return found[0], found[1]


def _names(old: Path, new: Path) -> tuple[str, str]:
    """The names of the files; with their folders where the names alone are the same."""
    return (str(old), str(new)) if old.name == new.name else (old.name, new.name)


def places_of(log: ChangeLog, old: PlacedInputs, new: PlacedInputs) -> list[CellPlace]:
    """Where every change stands: in the new workbook, in the old one where the row is gone."""
    return [
        (old if logged.change.what == "removed" else new).place(
            logged.change.table, logged.change.position, logged.change.field
        )
        for logged in log.changes
    ]


def _write(out: Path, log: ChangeLog, places: list[CellPlace], old: Path, new: Path) -> None:
    """The log as a file: written beside it under another name, then renamed."""
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(suffix=out.suffix, prefix=".writing_", dir=out.parent)
    os.close(handle)
    try:
        if out.suffix.lower() == ".csv":
            _write_csv(Path(temporary), log, places)
        else:
            files = tuple((p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in (old, new))
            write_change_log(Path(temporary), log, places, LogFacts(files[0], files[1], model_version()))
        os.chmod(temporary, 0o644)  # mkstemp makes it private
        os.replace(temporary, out)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write_csv(path: Path, log: ChangeLog, places: list[CellPlace]) -> None:
    table = log.table()
    table.insert(1, "sheet", ["", *(p.sheet for p in places), ""])
    table.insert(2, "cell", ["", *(p.cell for p in places), ""])
    write_csv(table, path)
