"""``run_model.py diff OLD NEW``: what changed between two workbooks, and what each change does to the result."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from model.analysis.change_log.difference_list import DifferenceList, difference_list
from model.analysis.change_log.log import ChangeLog, Logged, change_log, runs_needed, why_not_comparable
from model.analysis.columns.change_log import DIFFERENCES
from model.cli.csv_file import write_csv
from model.cli.diff_print import print_list, print_log
from model.cli.earlier_file import is_earlier
from model.cli.progress import Progress
from model.excel.inputs.errors import InputError, InputProblem, file_problem
from model.excel.inputs.placed_inputs import CellPlace, PlacedInputs, named_problems, read_placed_inputs
from model.excel.inputs.read_partly import read_partly
from model.excel.other_workbooks.change_log_workbook import ENTRIES, LogFacts, write_change_log
from model.excel.other_workbooks.difference_list_workbook import ENTRY, write_difference_list
from model.files import check_can_be_written, whole_file
from model.version import model_version

LOG_HEADER = ",".join(column.name for column in DIFFERENCES.declared[:6]) + ","


def diff_command(a: argparse.Namespace) -> int:
    """Run the command; InputError or DefinitionError before anything is written."""
    if a.out is not None:
        _check_log_file(a.out, (a.old, a.new))
    names = _names(a.old, a.new)
    with Progress(a.quiet) as progress:
        try:
            old, new = _read_both(a.old, a.new, progress)
        except InputError as error:
            return _list_of_what_was_read(a, names, error)
        if reason := why_not_comparable(old.definition, new.definition):
            _list(a, names, (old, new), reason)
            return _effects_not_stated(reason)
        with progress.task("Changes", runs_needed(old.definition, new.definition)) as done:
            log = change_log(old.definition, new.definition, done)
    places = places_of(log.changes, old, new)
    print_log(log, places, *names, _shown(names, (old, new)))
    if a.out is not None:
        _write(a.out, log, places, a.old, a.new)
        print(f"\nThe log is in {a.out}.")
    return 0


def _shown(names: tuple[str, str], both: Sequence[PlacedInputs]) -> list[str]:
    shown = [f"{name} shows {w}" for name, p in zip(names, both, strict=True) for w in p.shown_instead]
    return [f"{words}; its inputs as typed are compared" for words in shown]


def _list(
    a: argparse.Namespace, names: tuple[str, str], both: Sequence[PlacedInputs], reason: str, notes: Sequence[str] = ()
) -> None:
    """Print, and write where it is asked for, the differences without their effects."""
    old, new = both
    listed = difference_list(old.definition, new.definition, reason)
    places = places_of(listed.changes, old, new)
    print_list(listed, places, *names, [*_shown(names, both), *notes])
    if a.out is not None:
        _write(a.out, listed, places, a.old, a.new)
        print(f"\nThe list is in {a.out}.")


def _list_of_what_was_read(a: argparse.Namespace, names: tuple[str, str], error: InputError) -> int:
    """The differences between workbooks that cannot both be run; raises ``error`` where one cannot be opened."""
    try:
        both = [read_partly(a.old), read_partly(a.new)]
    except InputError:
        raise error from None
    notes = [
        f"of {name} could not be read: {', '.join(partly.unread)}"
        for name, partly in zip(names, both, strict=True)
        if partly.unread
    ]
    reason = "a workbook has problems; inputs are compared as they were typed"
    _list(a, names, [partly.inputs for partly in both], reason, notes)
    print(error, file=sys.stderr)
    count = len(error.problems)
    return _effects_not_stated(f"{count} problem{'s' if count != 1 else ''} found")


def _effects_not_stated(reason: str) -> int:
    print(f"{reason}; the differences are listed without their effects.", file=sys.stderr)
    return 2


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


def places_of(changes: Sequence[Logged], old: PlacedInputs, new: PlacedInputs) -> list[CellPlace]:
    """Where every change stands: in the new workbook, in the old one where the row is gone."""
    return [
        (old if logged.change.what == "removed" else new).place(
            logged.change.table, logged.change.position, logged.change.field
        )
        for logged in changes
    ]


def _check_log_file(out: Path, compared: Sequence[Path]) -> None:
    """Refuse what is compared, any other file that is not an earlier log, and places where nothing can be written."""
    if out.resolve() in [path.resolve() for path in compared]:
        raise file_problem(f"--out {out} is one of the workbooks compared; choose another name")
    check_can_be_written(out)
    if out.exists() and not is_earlier(out, LOG_HEADER, [ENTRIES[0].name, ENTRY.name]):
        raise file_problem(f"--out {out} exists already and is no change log; choose another name")


def _write(out: Path, log: ChangeLog | DifferenceList, places: list[CellPlace], old: Path, new: Path) -> None:
    """The log as a file, which appears when it is complete."""
    if out.suffix.lower() == ".csv":
        with whole_file(out) as unfinished:
            _write_csv(unfinished, log, places)
    elif isinstance(log, DifferenceList):
        write_difference_list(out, log, places, (old.name, new.name))
    else:
        files = tuple((p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in (old, new))
        write_change_log(out, log, places, LogFacts(files[0], files[1], model_version()))


def _write_csv(path: Path, log: ChangeLog | DifferenceList, places: list[CellPlace]) -> None:
    table = log.table()
    ends = [""] if isinstance(log, ChangeLog) else []  # rows of the old model, and of all changes together
    table.insert(1, "sheet", [*ends, *(p.sheet for p in places), *ends])
    table.insert(2, "cell", [*ends, *(p.cell for p in places), *ends])
    write_csv(table, path)
