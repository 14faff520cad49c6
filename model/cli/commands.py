"""The commands: run, check, template."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from model.analysis.expectation import expectation_gap
from model.definition import addresses, edit
from model.engine import DaskCluster, Executor
from model.excel import read_inputs, write_template
from model.excel.left_over import notes_in_words

from .job import Clock, RunOptions, analyse, run_record
from .progress import Progress
from .publish import publish


def run_command(options: RunOptions) -> int:
    """The main job. Raises InputError, DefinitionError or ClusterError before anything is written."""
    clock = Clock()
    definition = read_inputs(options.workbook)
    changes = dict(options.changes)
    if options.sampling is not None:
        changes["settings.sampling"] = options.sampling
    if changes:
        definition = edit(definition, changes)
    clock.lap("reading")
    record = run_record(definition, options)
    with _executor(options) as executor, Progress() as progress:
        results = analyse(definition, options, progress, clock, executor)
        files = publish(results, record, options.out, progress, clock)
    print(f"{definition.about.title} - {options.workbook.name}, run {record['run_id']}\n")
    for name, value in options.changes.items():
        print(f"  with {name} = {value}")
    print(results.base.summary())
    if results.psa is not None:
        print("\n" + results.psa.summary())
        gap = expectation_gap(results.psa)
        if gap.large:
            print(gap.summary())
    if results.precision is not None:
        print(results.precision.summary(definition.settings.currency))
    where = os.path.relpath(options.out)
    print(f"\n{len(files)} files in {where}; start with {os.path.join(where, options.out.name + '.xlsx')}")
    return 0


def _executor(options: RunOptions) -> AbstractContextManager[Executor | None]:
    """The cluster that was asked for, or None: threads on this machine."""
    return nullcontext() if options.scheduler is None else DaskCluster(options.scheduler)


def check_command(workbook: Path) -> int:
    """Read and check a workbook; InputError lists every problem."""
    definition = read_inputs(workbook)
    uncertain = sum(p.uncertain for p in definition.parameters.values())
    print(
        f"{workbook.name}: no problem found. {len(definition.arms)} arms, {len(addresses(definition))} input cells, "
        f"{len(definition.parameters)} parameters of which {uncertain} uncertain, "
        f"{len(definition.scenario_changes())} scenarios."
    )
    for note in notes_in_words(workbook, definition):
        print(note)
    return 0


def template_command(file: Path) -> int:
    """Write the starter workbook; an existing file is never overwritten."""
    if file.exists():
        print(f"{file} exists already; choose another name.")
        return 2
    write_template(file)
    print(f"{file} written. Fill in the yellow cells, then: run_model.py check {file}; run_model.py {file}")
    return 0
