"""The main job: definition -> base case, one-way analysis, scenarios, probabilistic analysis."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

from model.analysis import (
    PSA,
    BaseCase,
    Information,
    OneWay,
    PriceAnalyses,
    Scenarios,
    Sensitivity,
    Tolerance,
    base_case,
    information,
    one_way,
    price_analyses,
    psa,
    psa_until,
    scenarios,
    sensitivity,
)
from model.analysis.convergence import Precision
from model.analysis.sensitivity import RUNS
from model.definition import ModelDefinition
from model.engine import Executor

from .progress import Progress

ANALYSES = ("base", "one_way", "scenarios", "psa", "prices", "information", "sensitivity")
NEEDS = {"information": ("psa",), "sensitivity": ("one_way", "psa")}
PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "openpyxl", "XlsxWriter")


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """What was asked for on the command line."""

    workbook: Path
    out: Path
    draws: int | Literal["auto"] | None
    seed: int | None
    changes: Mapping[str, str]
    only: tuple[str, ...]
    threads: int | None
    sampling: str | None = None
    tolerance: float | None = None
    scheduler: str | None = None
    sobol_runs: int = RUNS


@dataclasses.dataclass(frozen=True)
class Results:
    """The analyses of one run; those not asked for are None."""

    base: BaseCase
    one_way: OneWay | None
    scenarios: Scenarios | None
    psa: PSA | None
    prices: PriceAnalyses | None = None
    information: Information | None = None
    sensitivity: Sensitivity | None = None
    precision: Precision | None = None


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
    definition: ModelDefinition,
    options: RunOptions,
    progress: Progress,
    clock: Clock,
    executor: Executor | None = None,
) -> Results:
    """Run the analyses asked for; ``executor`` evaluates the draws of the probabilistic analysis (default: threads)."""
    with progress.task("Base case", 1) as done:
        base = base_case(definition)
        done(1)
    clock.lap("base case")
    one = None
    if "one_way" in options.only:
        with progress.task("One-way analysis", 1) as done:
            one = one_way(definition, options.threads)
            done(1)
        clock.lap("one-way analysis")
    several = None
    if "scenarios" in options.only:
        with progress.task("Scenarios", len(definition.scenario_changes())) as done:
            several = scenarios(definition, done)
        clock.lap("scenarios")
    sampled: PSA | None = None
    reached: Precision | None = None
    if "psa" in options.only and options.draws == "auto":
        with progress.task("Probabilistic analysis, until precise", 1):
            sampled, reached = psa_until(
                definition, tolerance_of(options), options.seed, options.threads, executor=executor
            )
        clock.lap("probabilistic analysis")
    elif "psa" in options.only:
        assert options.draws != "auto"
        n = definition.settings.psa_draws if options.draws is None else options.draws
        with progress.task(f"Probabilistic analysis, {n:,} draws", n) as done:
            sampled = psa(definition, n, options.seed, options.threads, done, executor=executor)
        clock.lap("probabilistic analysis")
    prices = None
    if "prices" in options.only:
        with progress.task("Prices", 1) as done:
            prices = price_analyses(base, sampled)
            done(1)
        clock.lap("prices")
    known = None
    if "information" in options.only and sampled is not None:
        with progress.task("Value of information", 3) as done:
            known = information(sampled, done)
        clock.lap("value of information")
    global_results = None
    if "sensitivity" in options.only and sampled is not None and one is not None:
        with progress.task("Global sensitivity", options.sobol_runs) as done:
            global_results = sensitivity(
                one, sampled, options.sobol_runs, options.seed, done, options.threads, executor
            )
        clock.lap("global sensitivity")
    return Results(base, one, several, sampled, prices, known, global_results, reached)


def tolerance_of(options: RunOptions) -> Tolerance:
    """The tolerance asked for, or the default one."""
    return Tolerance() if options.tolerance is None else Tolerance(options.tolerance, options.tolerance)


def run_record(definition: ModelDefinition, options: RunOptions) -> dict[str, object]:
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


def model_version() -> str:
    """Version of the installed model, or of the source tree beside it."""
    try:
        return metadata.version("partitioned-survival-model")
    except metadata.PackageNotFoundError:
        import tomllib

        text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
