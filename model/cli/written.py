"""What a run writes from its results alone: figures, drawn as soon as a result is there, then tables, report and summary."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from model.analysis import BaseCase
from model.analysis.all_analyses import all_tables
from model.analysis.analysis import Results
from model.cli.beside import Written
from model.cli.job import FIGURES, TABLES
from model.cli.job import REPORT as REPORT_STEP
from model.cli.progress import Done
from model.cli.staging import Staging
from model.cli.tables_folder import write_tables
from model.figures import figure_files, figure_groups
from model.files import REPORT, SUMMARY
from model.report import front, write_html_of, write_pdf_of


class Tasks(Protocol):
    """Who is told how far it is, such as :class:`model.cli.progress.Progress`."""

    def task(self, name: str, total: int, /) -> AbstractContextManager[Done]:
        """Opens a task of so many steps; gives what is told of the steps done."""
        ...


class Writer:
    """Takes results in the order in which they are found, or all at once, and writes when all are there."""

    def __init__(self, results: Results | None = None) -> None:
        self._results = Results() if results is None else results
        self._figures: dict[str, dict[str, bytes]] = {}  # by group: the files drawn so far, by name
        self._lost: list[str] = []
        self._seconds = {FIGURES: 0.0}

    def take(self, found: object) -> None:
        """One more result: what it adds to the figures is drawn, and kept until a folder is there."""
        self._results.add(found)
        with self._timed(FIGURES):
            self._draw()

    def write(self, folder: Path, record: dict[str, object], csv: str, progress: Tasks) -> Written:
        """Everything into ``folder``: a fault in one group of figures or in one table costs none of the others."""
        made = Staging(folder, record, lost=self._lost)
        currency = self._results.the(BaseCase).definition.settings.currency
        with progress.task(FIGURES, len(figure_groups(self._results))) as done, self._timed(FIGURES):
            done(len(self._figures))
            self._draw(done)
            self._write_figures(folder / "figures")
        makers = all_tables(self._results)
        with progress.task(TABLES, len(makers)) as done, self._timed(TABLES):
            tables = write_tables(made, makers, currency, done=done, form=csv)
        with progress.task(REPORT_STEP, 2) as done, self._timed(REPORT_STEP), made.part(f"{REPORT} and {SUMMARY}"):
            first = front(self._results)
            write_html_of(folder / REPORT, self._results, record, self._drawings(), tables, first)
            done(1)
            write_pdf_of(folder / SUMMARY, self._results, record, first)
        return Written(made.lost, {kind.lower(): round(seconds, 3) for kind, seconds in self._seconds.items()})

    def _draw(self, done: Done = lambda _: None) -> None:
        """The figures that can be drawn and are not, group by group."""
        drawing = Staging(Path(), {}, lost=self._lost)
        for what, make in figure_groups(self._results).items():
            if what not in self._figures:
                self._figures[what] = {}
                with drawing.part(f"figure {what}"):
                    self._figures[what] = figure_files(make())
                done(1)

    def _write_figures(self, folder: Path) -> None:
        for files in self._figures.values():
            for name, data in files.items():
                folder.mkdir(exist_ok=True)
                (folder / name).write_bytes(data)

    def _drawings(self) -> dict[str, str]:
        """The figures as text of SVG, by stem."""
        files = {Path(name): data for group in self._figures.values() for name, data in group.items()}
        return {path.stem: data.decode() for path, data in sorted(files.items()) if path.suffix == ".svg"}

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[kind] = self._seconds.get(kind, 0.0) + time.perf_counter() - start
