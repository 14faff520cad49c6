"""The main job: definition -> base case, one-way analysis, scenarios, probabilistic analysis."""

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

from model.analysis import (
    PSA,
    BaseCase,
    OneWay,
    PriceAnalyses,
    Scenarios,
    Sensitivity,
    Tolerance,
    ValueOfInformation,
    base_case,
    one_way,
    price_analyses,
    psa,
    psa_until,
    scenarios,
    sensitivity,
    value_of_information,
)
from model.analysis.prices.sentences import price_sentences
from model.analysis.probabilistic.mean_against_base_case import MeanAgainstBaseCase, mean_against_base_case
from model.analysis.probabilistic.monte_carlo_error import Precision
from model.analysis.probabilistic.value_of_information import TABLES
from model.analysis.sampled.curves_against_base_case import curve_lines
from model.choices import SOBOL_RUNS
from model.cli.progress import Progress
from model.cli.version import model_version
from model.definition import ModelDefinition
from model.engine import Executor

PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "openpyxl", "XlsxWriter")


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


@dataclasses.dataclass
class Results:
    """The analyses of one run; those not asked for are None."""

    base: BaseCase
    one_way: OneWay | None = None
    scenarios: Scenarios | None = None
    psa: PSA | None = None
    prices: PriceAnalyses | None = None
    information: ValueOfInformation | None = None
    sensitivity: Sensitivity | None = None
    precision: Precision | None = None
    mean_against_base_case: MeanAgainstBaseCase | None = None
    price_sentences: list[str] | None = None
    curve_warnings: list[str] | None = None


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


def analyse(
    definition: ModelDefinition, options: RunOptions, progress: Progress, clock: Clock, executor: Executor | None = None
) -> Results:
    """Run the analyses asked for; ``executor`` evaluates draws (default: threads)."""
    only = options.only

    @contextmanager
    def step(name: str, total: int = 1, words: str = "") -> Iterator[Callable[[int], None]]:
        with progress.task(words or name, total) as done:
            yield done
        clock.lap(name.lower())

    with step("Base case"):
        made = Results(base_case(definition))
        made.price_sentences, made.curve_warnings = price_sentences(definition), curve_lines(definition)
    if "one_way" in only:
        with step("One-way analysis"):
            made.one_way = one_way(definition, options.threads)
    if "scenarios" in only:
        with step("Scenarios", len(definition.scenario_changes())) as done:
            made.scenarios = scenarios(definition, done)
    if "psa" in only:
        n = 1 if options.draws == "auto" else options.draws or definition.settings.psa_draws
        words = "draws until precise" if options.draws == "auto" else f"{n:,} draws"
        with step("Probabilistic analysis", n, f"Probabilistic analysis, {words}") as done:
            made.psa, made.precision = _sampled(definition, options, done, executor)
            made.mean_against_base_case = mean_against_base_case(made.psa)
    if "prices" in only:
        with step("Prices"):
            made.prices = price_analyses(made.base, made.psa)
    if "information" in only and made.psa is not None:
        with step("Value of information", TABLES) as done:
            made.information = value_of_information(made.psa, done)
    if "sensitivity" in only and made.psa is not None and made.one_way is not None:
        with step("Global sensitivity", options.sobol_runs) as done:
            made.sensitivity = sensitivity(
                made.one_way, made.psa, options.sobol_runs, options.seed, done, options.threads, executor
            )
    return made


def _sampled(
    definition: ModelDefinition, options: RunOptions, done: Callable[[int], None], executor: Executor | None
) -> tuple[PSA, Precision | None]:
    """The probabilistic analysis, and the precision reached where draws go on until they are precise."""
    if options.draws == "auto":
        tolerance = tolerance_of(options)
        return psa_until(definition, tolerance, options.seed, options.threads, executor=executor)
    return psa(definition, options.draws, options.seed, options.threads, done, executor=executor), None


def tolerance_of(options: RunOptions) -> Tolerance:
    """The tolerance asked for, or the default one."""
    return Tolerance() if options.tolerance is None else Tolerance(options.tolerance, options.tolerance)


def make_run_record(definition: ModelDefinition, options: RunOptions) -> dict[str, object]:
    """All that is needed to repeat a run to the byte. ``run_id`` is a hash of it: same inputs, same id."""
    record: dict[str, object] = {
        "title": definition.about.title,
        "inputs_version": definition.about.version,
        "model_version": model_version(),
        "input_file": options.workbook.name,
        "input_sha256": hashlib.sha256(options.workbook.read_bytes()).hexdigest(),
        "changes": dict(options.changes),
        "analyses": list(options.only),
        "draws": definition.settings.psa_draws if options.draws is None else options.draws,
        "seed": definition.settings.seed if options.seed is None else options.seed,
        **({"tolerance": dataclasses.asdict(tolerance_of(options))} if options.draws == "auto" else {}),
        "sampling": definition.settings.sampling,
        **({"sobol_runs": options.sobol_runs} if "sensitivity" in options.only else {}),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "settings": dataclasses.asdict(definition.settings),
    }
    text = json.dumps(record, sort_keys=True)
    return {"run_id": hashlib.sha256(text.encode()).hexdigest()[:12], **record}
