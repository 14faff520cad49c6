"""The commands: run, check, template."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from model.analysis import base_case
from model.analysis.all_analyses import all_lines
from model.cli.job import Clock, RunOptions, make_run_record, run_analyses
from model.cli.output_folder import check_folder
from model.cli.progress import Progress
from model.cli.publish import publish
from model.cli.stopped import noting
from model.cli.what_if import change_lines, default_folder, departures, losses, subgroup_lines
from model.definition import ModelDefinition, addresses, edit
from model.definition.checks.remarks import remarks
from model.definition.one_subgroup import in_subgroup
from model.engine import DaskCluster, Executor
from model.excel import write_template
from model.excel.inputs.drafts import Book
from model.excel.inputs.errors import file_problem
from model.excel.inputs.located import located
from model.excel.inputs.reader import read_with_book
from model.excel.template.left_over import notes_in_words


def run_command(options: RunOptions, outputs: Path) -> int:
    """The main job; ``outputs``: where folders for results are, unless one is named. Raises InputError, DefinitionError,
    OutputError or ClusterError before anything is written.
    """
    clock = Clock()
    as_read, book = read_with_book(options.workbook)
    definition = as_read
    changes = dict(options.changes)
    if options.sampling is not None:
        changes["settings.sampling"] = options.sampling
    if options.subgroup is not None:
        definition = in_subgroup(definition, options.subgroup)
    whole = definition
    if changes:
        definition = edit(definition, changes)
    clock.lap("reading")
    record = make_run_record(definition, options)
    out = options.out or default_folder(outputs, as_read, options)
    departed = departures(as_read, options)
    check_folder(out, "run", losses=lambda earlier: losses(earlier, record, departed), overwrite=options.overwrite)
    with _executor(options) as executor, Progress() as progress:
        results = run_analyses(definition, options, progress, clock, executor)
        made = publish(results, record, out, progress, clock)
    with noting(f"The new results are complete, in '{out}'."):
        told = [*all_lines(results), *remark_lines(book, definition)]
        print(f"{definition.about.title} - {options.workbook.name}, run {record['run_id']}\n")
        if options.subgroup is not None:
            print("\n".join(subgroup_lines(as_read, whole, options.subgroup)) + "\n")
        if changes:
            print("\n".join(change_lines(whole, definition, changes)) + "\n")
        print("\n".join(told))
        where = os.path.relpath(out)
        print(f"\n{len(made.files)} files in {where}; start with {os.path.join(where, out.name + '.xlsx')}")
    return made.exit_code


def _executor(options: RunOptions) -> AbstractContextManager[Executor | None]:
    """The cluster that was asked for, or None: threads on this machine."""
    return nullcontext() if options.scheduler is None else DaskCluster(options.scheduler)


def check_command(workbook: Path) -> int:
    """Read and check a workbook; InputError lists every problem."""
    definition, book = read_with_book(workbook)
    uncertain = sum(p.uncertain for p in definition.parameters.values())
    counts = (
        f"{workbook.name}: no problem found. {len(definition.arms)} arms, {len(addresses(definition))} input cells, "
        f"{len(definition.parameters)} parameters of which {uncertain} uncertain, "
        f"{len(definition.scenario_changes())} scenarios, {len(definition.subgroups)} subgroups."
    )
    lines = [counts, *remark_lines(book, definition), *notes_in_words(book, definition), *coherence_lines(definition)]
    print("\n".join(lines))
    return 0


def remark_lines(book: Book, definition: ModelDefinition) -> list[str]:
    """What is allowed and worth a question, by sheet and cell; nothing where there is nothing."""
    found = located(book, remarks(definition))
    if not found:
        return []
    head = f"\n{len(found)} remark{'s' if len(found) != 1 else ''} (allowed, and worth a look):"
    return [head, *(f"  {remark}" for remark in found)]


def coherence_lines(definition: ModelDefinition) -> list[str]:
    """Do PFS and OS of the base case hang together? One line, and one more per flag that is raised."""
    found = base_case(definition).coherence()
    said = found.comments()
    return [f"\n{found.line()}", *([said] if said else []), *(f"  {words}" for words in found.sentences())]


def template_command(file: Path) -> int:
    """Write the starter workbook; an existing file is never overwritten. Raises InputError or OutputError."""
    if os.path.lexists(file):
        raise file_problem(f"'{file}' exists already; choose another name")
    if file.suffix.lower() != ".xlsx":
        raise file_problem(f"'{file}' must end in .xlsx")
    write_template(file)
    print(f"{file} written. Fill in the yellow cells, then: run_model.py check {file}; run_model.py {file}")
    return 0
