"""Write the results of a run: workbook, figures, tables, and the report made from them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.queues import Queue
from pathlib import Path
from threading import Thread

from model.analysis import PSA, BaseCase
from model.analysis.all_analyses import all_tables
from model.analysis.analysis import Results
from model.cli.job import FIGURES, TABLES, WORKBOOK, Clock
from model.cli.job import REPORT as REPORT_STEP
from model.cli.progress import Done, Progress
from model.cli.staging import Staging, staged
from model.cli.tables_folder import write_tables
from model.excel.output import WRITING_STEPS, write_run
from model.figures import figure_groups, write_figures
from model.files import REPORT, SUMMARY
from model.report import front, write_html_of, write_pdf_of

LARGE_RUN_DRAWS = 2000


def publish(
    results: Results, record: dict[str, object], out: Path, progress: Progress, clock: Clock, csv: str = "comma"
) -> Staging:
    """Write workbook, figures, tables and run.json into ``out`` (see :func:`staged`); the files stand in ``files``.

    Each table, each group of figures and the workbook is a part of its own: a fault in one costs none of the others.
    """
    with staged(out, record) as made:
        _write_all(results, record, made, out.name, progress, clock, csv)
        made.record["seconds"] = clock.seconds
    return made


def _write_all(
    results: Results, record: dict[str, object], made: Staging, name: str, progress: Progress, clock: Clock, csv: str
) -> None:
    folder = made.folder
    with _drawing(results, made, progress):
        makers = all_tables(results)
        with progress.task(TABLES, len(makers)) as done:
            currency = results.the(BaseCase).definition.settings.currency
            tables = write_tables(made, makers, currency, done=done, form=csv)
        clock.lap("tables")
        with progress.task(WORKBOOK, WRITING_STEPS) as done, made.part("the workbook"):
            write_run(folder / f"{name}.xlsx", results, record, done)
        clock.lap("workbook")
    clock.lap("figures")
    with progress.task(REPORT_STEP, 2) as done, made.part(f"{REPORT} and {SUMMARY}"):
        first = front(results)
        figures = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "figures").glob("*.svg"))}
        write_html_of(folder / REPORT, results, record, figures, tables, first)
        done(1)
        write_pdf_of(folder / SUMMARY, results, record, first)
    clock.lap("report")


@contextmanager
def _drawing(results: Results, made: Staging, progress: Progress) -> Iterator[None]:
    """Draw the figures while the body runs: in a process of their own for a large run, else after the body."""
    sampled = results.of(PSA)
    large = sampled is not None and sampled.outcomes.n_draws >= LARGE_RUN_DRAWS
    with progress.task(FIGURES, len(figure_groups(results))) as done:
        if large and (os.cpu_count() or 1) > 1:
            context = get_context("spawn")
            drawn_so_far = context.Queue()
            with ProcessPoolExecutor(1, context, _end_with_parent, (drawn_so_far,)) as pool:
                drawn = pool.submit(_draw, results, made.folder / "figures")
                try:
                    with _told(drawn_so_far, done):
                        yield
                        with made.part("figures"):
                            made.lost += drawn.result()
                except BaseException:
                    for process in active_children():  # what they draw is not wanted any more
                        process.terminate()
                    raise
        else:
            yield
            made.lost += _draw(results, made.folder / "figures", done)


@contextmanager
def _told(queue: Queue[int], done: Done) -> Iterator[None]:
    """While the body runs, ``done`` is told of what another process puts into the queue."""

    def tell() -> None:
        while steps := queue.get():
            done(steps)

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        queue.put(0)
        teller.join()


_steps_of_this_process: list[Queue[int]] = []
"""In the process that draws: where it tells how far it is."""


def _end_with_parent(steps: Queue[int]) -> None:
    """The process that draws ends when the run that wants the figures is killed, also while it still waits for them."""
    _steps_of_this_process.append(steps)
    parent = parent_process()
    if parent is not None:

        def watch(end: int = parent.sentinel) -> None:
            wait([end])
            os._exit(1)

        Thread(target=watch, daemon=True).start()


def _draw(results: Results, folder: Path, done: Done | None = None) -> list[str]:
    """Draw the figures, group by group, and tell of each; returns what could not be made."""
    tell = done if done is not None else _steps_of_this_process[0].put
    drawing = Staging(folder, {})
    for what, make in figure_groups(results).items():
        with drawing.part(f"figure {what}"):
            write_figures(make(), folder)
        tell(1)
    return drawing.lost
