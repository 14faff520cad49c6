"""Write the results of a run: the workbook here, and beside it what needs results alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from model.analysis.analysis import Results
from model.cli.beside import ALONE, Beside
from model.cli.job import WORKBOOK, Clock
from model.cli.progress import Progress
from model.cli.staging import Staging, staged
from model.excel.output import WRITING_STEPS, write_run


def publish(
    results: Results,
    record: dict[str, object],
    out: Path,
    progress: Progress,
    clock: Clock,
    csv: str = "comma",
    beside: Beside = ALONE,
) -> Staging:
    """Write workbook, figures, tables, report and run.json into ``out`` (see :func:`staged`); the files stand in ``files``.

    ``beside`` has the results already and writes all but the workbook meanwhile; where there is no second process, or it
    ended before its work was done, that follows here.
    """
    with staged(out, record) as made, closing(beside):  # whatever happens, it has ended before its folder is removed
        beside.write(made.folder, record, csv, progress)
        with progress.task(WORKBOOK, WRITING_STEPS) as done, made.part("the workbook"):
            write_run(made.folder / f"{out.name}.xlsx", results, record, done)
        clock.lap("workbook")
        written = beside.written()
        if written is None:
            from model.cli.written import Writer  # not above: it loads what draws

            written = Writer(results).write(made.folder, record, csv, progress)
        made.lost += written.lost
        made.record["seconds"] = clock.seconds | written.seconds
    return made
