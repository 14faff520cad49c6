"""The command without a name: the main job, its files and what it prints."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from model.analysis.all_analyses import all_lines
from model.analysis.change_log.differences import differences
from model.analysis.probabilistic.psa_until import number_is_open
from model.cli.beside import ALONE, Beside
from model.cli.check import remark_lines
from model.cli.job import Clock, RunOptions, expected_seconds, make_run_record, run_analyses
from model.cli.output_folder import check_folder
from model.cli.progress import Progress
from model.cli.publish import publish
from model.cli.stopped import noting
from model.cli.what_if import change_lines, default_folder, departures, losses, subgroup_lines
from model.definition import DefinitionError, ModelDefinition, Problem, edit
from model.definition.one_subgroup import in_subgroup
from model.engine import DaskCluster, Executor
from model.excel.inputs.reader import read_with_book
from model.excel.other_programs.input_draws_file import read_input_draws


def run_command(options: RunOptions, outputs: Path, beside: Beside = ALONE) -> int:
    """The main job; ``outputs``: where folders for results are, unless one is named; ``beside``: a second process. Raises
    InputError, DefinitionError, OutputError or ClusterError before anything is written.
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
    if options.input_draws is not None:
        definition = read_input_draws(options.input_draws, definition)
    draws_follow(definition, as_read, changes)
    if options.draws == "auto":
        number_is_open(definition)
    clock.lap("reading")
    record = make_run_record(definition, options)
    out = options.out or default_folder(outputs, as_read, options)
    departed = departures(as_read, options)
    check_folder(out, "run", losses=lambda earlier: losses(earlier, record, departed), overwrite=options.overwrite)
    with _executor(options) as executor, Progress(options.quiet) as progress:
        progress.expect(expected_seconds(definition, options))
        results = run_analyses(definition, options, progress, clock, executor, beside.take)
        made = publish(results, record, out, progress, clock, options.csv, beside)
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


def draws_follow(definition: ModelDefinition, as_read: ModelDefinition, changes: Mapping[str, object]) -> None:
    """Raises DefinitionError where an input was changed for this run whose draws are from elsewhere and stay as they are."""
    given = definition.input_draws
    if given is not None:
        moved = {change.address for change in differences(as_read, definition)} | set(changes)
        stay = [name for name in given.ids if name in moved or f"{name}.value" in moved]
        message = f"the draws of this input are from {given.source} and do not follow a change of its value for one run"
        if stay:
            raise DefinitionError([Problem("", None, name, message) for name in stay])


def _executor(options: RunOptions) -> AbstractContextManager[Executor | None]:
    """The cluster that was asked for, or None: threads on this machine."""
    return nullcontext() if options.scheduler is None else DaskCluster(options.scheduler)
