"""Output workbooks in LibreOffice: what they show is what Python calculates, in three locales.

    python .ci/office.py OUTPUT_WORKBOOK ...

Of each workbook (its name is that of the shipped input workbook):
  as it stands, in en-US: every formula and every sixth scenario (the weekly book takes four times as long);
  in cycles of four weeks (every input cell, a quarter of the rows), in de-DE and fr-FR, which write a decimal comma:
  every formula; in the one every scenario, in the other changes of inputs, turn about from workbook to workbook.
A formula is compared with the value stored with it, a named result with Python's own. Exit code 1 if anything differs, a
check of the workbook fails, a formula gives an error, or there is nothing to compare.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.definition import ModelDefinition  # noqa: E402
from tests.helpers.output_models import coarse_output  # noqa: E402
from tests.helpers.perturbations import effect, live_cells, perturbations, possible, together  # noqa: E402
from tests.helpers.recalculated import compare_formulas  # noqa: E402
from tests.helpers.recalculated_office import InOffice, python_of_office  # noqa: E402
from tests.helpers.replays import wrong_scenarios  # noqa: E402
from tests.helpers.shipped import shipped  # noqa: E402

SHOWN, N_INPUTS, SEED = 20, 20, 12
LOCALES = ("en-US", "de-DE", "fr-FR")
EXTREME: tuple[dict[str, Any], ...] = (
    {"settings.cycle_days": 14.0},
    {"settings.cycle_days": 28.0},
    {"settings.cycle_days": 30.4375},
    {"population.start_age": 65.0},
    {"population.start_age": 90.0},
    {"settings.horizon_years": 2.0},
    {
        "curves.palbociclib.os.waning": "exponential",
        "curves.palbociclib.os.waning_start": 12.0,
        "curves.palbociclib.os.waning_end": 12.5,
    },
)
"""Changes that lead formulas to where numbers become too small or too large."""


class Job(NamedTuple):
    """One workbook in one LibreOffice, every formula; ``coarse``: the shipped model of its name in cycles of four weeks;
    ``scenarios`` and ``inputs``: also each of them."""

    path: Path
    locale: str
    coarse: bool
    scenarios: bool
    inputs: bool

    @property
    def words(self) -> str:
        return f"{self.path.stem}{', cycles of four weeks' if self.coarse else ''}, {self.locale}"


def input_changes(definition: ModelDefinition) -> list[dict[str, Any]]:
    """As many cells as :data:`N_INPUTS`, drawn by chance among all that the live sheets take, one change of each; the
    changes that need each other; and the extreme ones."""
    cells = live_cells(definition)
    order = np.random.default_rng(SEED).permutation(len(cells))
    some = (change for i in order for change in perturbations(definition, cells[i])[:1])
    chosen = [change for change, _ in zip(some, range(N_INPUTS), strict=False)]
    waning = [change for what, change in together(definition).items() if what.startswith("waning")][:1]
    return [*chosen, *waning, *(c for c in EXTREME if possible(definition, c))]


def wrong_changes(book: InOffice) -> Iterator[str]:
    """Changes of inputs that end in an error, or in other numbers than Python's without a check that says so."""
    for change in input_changes(book.definition):
        found = effect(book, change)
        shows_error = any(str(shown).startswith("error") for _, shown in found.wrong.values())
        if found.wrong and (shows_error or not found.checks_failed):
            yield f"{change}: {dict(list(found.wrong.items())[:3])}, checks that fail: {found.checks_failed}"


def run(job: Job) -> list[str]:
    """Print what was compared and how long it took; returns what disagrees."""
    start, said, wrong = time.perf_counter(), list[str](), list[str]()
    path, definition = job.path, shipped(job.path.stem)
    if job.coarse:
        made = coarse_output(job.path.stem)
        path, definition = made.path, made.definition
    with InOffice(path, definition, job.locale) as book:
        opened = time.perf_counter()
        if book.value("checks_failed") != 0.0:
            wrong.append(f"as written: checks that fail: {book.value('checks_failed')}")
        formulas = compare_formulas(path, book)
        wrong += formulas.wrong if formulas.count else ["no formula"]
        said.append(f"{formulas.count:,} formulas")
        if job.scenarios:
            numbers = list(range(1, len(definition.scenario_changes()) + 1, 1 if job.coarse else 6))
            wrong += [f"scenario {name}: {found}" for name, found in wrong_scenarios(book, numbers).items()]
            said.append(f"{len(numbers)} scenarios")
        if job.inputs:
            wrong += wrong_changes(book)
            said.append(f"{len(input_changes(definition))} changes of inputs")
    times = f"opened in {opened - start:.0f} s, compared in {time.perf_counter() - opened:.0f} s"
    print(f"{job.words}: {', '.join(said)}, {times}, {len(wrong)} differ", flush=True)
    return [f"{job.words}: {line}" for line in wrong]


def jobs(paths: list[Path]) -> list[Job]:
    """The long ones first."""
    first, *others = LOCALES
    long = [Job(path, first, coarse=False, scenarios=True, inputs=False) for path in paths]
    short = [
        Job(path, locale, coarse=True, scenarios=i % len(others) == j, inputs=i % len(others) != j)
        for i, path in enumerate(paths)
        for j, locale in enumerate(others)
    ]
    return long + sorted(short, key=lambda job: not job.scenarios)


if __name__ == "__main__":
    if python_of_office() is None:
        sys.exit("LibreOffice is not installed, or no Python has its module 'uno'")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        differing = [line for found in pool.map(run, jobs(list(map(Path, sys.argv[1:])))) for line in found]
    for line in differing[:SHOWN]:
        print(line[:1000])
    sys.exit(1 if differing or len(sys.argv) == 1 else 0)
