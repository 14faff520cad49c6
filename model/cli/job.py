"""The main job: definition -> the analyses asked for, each of :data:`model.choices.ANALYSES`, in their order."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Literal

from model.analysis.all_analyses import analyse, seconds_of
from model.analysis.analysis import Results, RunSettings
from model.analysis.probabilistic.psa_of_run import tolerance_of
from model.choices import SOBOL_RUNS
from model.cli.progress import Progress
from model.definition import ModelDefinition
from model.engine import Executor
from model.version import model_version

TABLES, WORKBOOK, FIGURES, REPORT = "Tables", "Workbook", "Figures", "Report"
"""What is written once the analyses are done, as steps."""
PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "openpyxl", "XlsxWriter", "Jinja2")


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """What was asked for on the command line; without ``out`` the folder is named after the workbook and the change."""

    workbook: Path
    out: Path | None
    draws: int | Literal["auto"] | None
    seed: int | None
    changes: Mapping[str, str]
    only: tuple[str, ...]
    threads: int | None
    sampling: str | None = None
    tolerance: float | None = None
    scheduler: str | None = None
    sobol_runs: int = SOBOL_RUNS
    overwrite: bool = False
    subgroup: str | None = None
    quiet: bool = False
    csv: str = "comma"
    input_draws: Path | None = None

    def settings(self, executor: Executor | None = None) -> RunSettings:
        """What the analyses need of them."""
        return RunSettings(self.draws, self.seed, self.threads, self.tolerance, self.sobol_runs, executor)


@dataclasses.dataclass
class Clock:
    """Seconds spent per part of the run."""

    seconds: dict[str, float] = dataclasses.field(default_factory=dict)
    _start: float = dataclasses.field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        """Note the time since the last lap under ``name``."""
        now = time.perf_counter()
        self.seconds[name] = round(now - self._start, 3)
        self._start = now


def run_analyses(
    definition: ModelDefinition,
    options: RunOptions,
    progress: Progress,
    clock: Clock,
    executor: Executor | None = None,
    take: Callable[[object], None] = lambda _: None,
) -> Results:
    """Run the analyses asked for; ``executor`` evaluates draws (default: threads), ``take`` is handed each result."""

    @contextmanager
    def step(name: str, total: int, words: str) -> Iterator[Callable[[int], None]]:
        with progress.task(words, total, stage=name) as done:
            yield done
        clock.lap(name.lower())

    return analyse(definition, options.only, options.settings(executor), step, take)


def expected_seconds(definition: ModelDefinition, options: RunOptions) -> dict[str, float]:
    """About how long each analysis of a run takes, and then each kind of file, by the name of its step: the workbook as its
    cycles do, the others beside all of them."""
    cycles = definition.settings.n_cycles * len(definition.arms)
    files = {TABLES: 2.0, WORKBOOK: 1.0 + 0.002 * cycles, FIGURES: 4.0, REPORT: 1.5}
    return seconds_of(definition, options.only, options.settings()) | files


def _input_draws(definition: ModelDefinition, file: Path | None) -> dict[str, object]:
    """Draws of inputs from elsewhere: from where, of what, how many rows, and their checksum; ``file``: where they do not
    stand in the workbook itself."""
    given = definition.input_draws
    if given is None:
        return {}
    about: dict[str, object] = {"file": file.name} if file is not None else {}
    about |= {"source": given.source, "rows": given.n_rows, "inputs": list(given.ids), "sha256": given.checksum}
    return {"input_draws": about}


def make_run_record(definition: ModelDefinition, options: RunOptions) -> dict[str, object]:
    """All that is needed to repeat a run to the byte. ``run_id`` is a hash of it: same inputs, same id."""
    record: dict[str, object] = {
        "title": definition.about.title,
        "inputs_version": definition.about.version,
        "model_version": model_version(),
        "input_file": options.workbook.name,
        "input_sha256": hashlib.sha256(options.workbook.read_bytes()).hexdigest(),
        "changes": dict(options.changes),
        **({"subgroup": options.subgroup} if options.subgroup is not None else {}),
        "analyses": list(options.only),
        "draws": definition.settings.psa_draws if options.draws is None else options.draws,
        "seed": definition.settings.seed if options.seed is None else options.seed,
        **({"tolerance": dataclasses.asdict(tolerance_of(options.settings()))} if options.draws == "auto" else {}),
        "sampling": definition.settings.sampling,
        **_input_draws(definition, options.input_draws),
        **({"sobol_runs": options.sobol_runs} if "sensitivity" in options.only else {}),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "settings": dataclasses.asdict(definition.settings),
    }
    text = json.dumps(record, sort_keys=True)
    return {"run_id": hashlib.sha256(text.encode()).hexdigest()[:12], **record}
