"""The command without a name: the main job, its files and what it prints."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from model.analysis.all_analyses import all_lines
from model.cli.check import remark_lines
from model.cli.job import Clock, RunOptions, expected_seconds, make_run_record, run_analyses
from model.cli.output_folder import check_folder
from model.cli.progress import Progress
from model.cli.publish import publish
from model.cli.stopped import noting
from model.cli.what_if import change_lines, default_folder, departures, losses, subgroup_lines
from model.definition import edit
from model.definition.one_subgroup import in_subgroup
from model.engine import DaskCluster, Executor
from model.excel.inputs.reader import read_with_book


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
    with _executor(options) as executor, Progress(options.quiet) as progress:
        progress.expect(expected_seconds(definition, options))
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
