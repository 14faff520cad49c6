"""``run_model.py verify-model WORKBOOK``: black-box tests made on the model of an input workbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from model.analysis import VerificationRecord, scenarios, verify_model
from model.analysis.columns.verification import COUNTS, VERIFICATION
from model.analysis.verification.declared import FAIL, FLAG
from model.analysis.verification.record import TESTS, MadeTest
from model.cli.csv_file import write_csv
from model.cli.earlier_file import is_earlier
from model.cli.printed import plain_table, print_with
from model.cli.progress import Progress
from model.excel import read_inputs
from model.excel.inputs.errors import file_problem
from model.excel.other_workbooks.verification_workbook import write_verification
from model.excel.report.verification_record import RECORD
from model.files import check_can_be_written, whole_file


def verify_model_command(a: argparse.Namespace) -> int:
    """Run the command; InputError where the workbook cannot be read, OutputError where the record cannot be written."""
    if a.out is not None:
        _check(a.out, a.workbook)
    definition = read_inputs(a.workbook)
    with Progress(a.quiet) as progress:
        with progress.task("Scenarios", 1):
            varied = scenarios(definition) if definition.scenarios else None
        with progress.task("Verification tests", len(TESTS)) as done:
            record = verify_model(definition, scenarios=varied, draws=a.draws, done=done)
    print_with(lambda console: _all(console, record, a.workbook.name))
    if a.out is not None:
        _write(a.out, record, a.workbook.name)
        print(f"\nEvery test is in {a.out}.")
    return 0 if record.passes else 1


def _check(out: Path, tested: Path) -> None:
    """Refuse the workbook itself, any other file that is not an earlier record, and places where nothing can be written."""
    if out.resolve() == tested.resolve():
        raise file_problem(f"--out {out} is the workbook that is tested; choose another name")
    check_can_be_written(out)
    header = ",".join(VERIFICATION.names)
    if out.exists() and not is_earlier(out, header, [RECORD.name]):
        raise file_problem(f"--out {out} exists already and is no verification record; choose another name")


def _all(console: Console, record: VerificationRecord, name: str) -> None:
    console.print(f"{name}: black-box tests made on its model\n")
    table = plain_table(console)
    for place, column in enumerate(COUNTS.declared):
        table.add_column(column.words(), justify="right" if place else "left")
    for row in record.summary().itertuples(index=False):
        table.add_row(*(str(value) for value in row))
    console.print(table)
    for heading, verdict in (("Failed", FAIL), ("To be judged", FLAG)):
        found = record.of(verdict)
        if found:
            console.print(f"\n{heading}:")
        for test in found:
            console.print(_words(test))
    console.print(f"\n{record.line()}")


def _words(test: MadeTest) -> str:
    return (
        f"  {test.test}  {test.statement}\n      done: {test.done}\n      expected: {test.expected}\n"
        f"      observed: {test.observed}"
    )


def _write(path: Path, record: VerificationRecord, name: str) -> None:
    if path.suffix.lower() == ".csv":
        with whole_file(path) as unfinished:
            write_csv(record.table(), Path(unfinished))
    else:
        write_verification(path, record, name)
