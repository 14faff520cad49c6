"""Runs of the main job that are killed while they publish, and at any moment: what stands in the folder each time?

    python tests/cli/kill_campaign.py [--window 200] [--job 50] [--seed 1]

Every killed run is to replace an earlier one of other contents, in a folder that also holds notes of the user. SIGKILL and
SIGTERM take turns. ``--window``: kills within 20 ms from the moment when the finished folder is about to be swapped in;
``--job``: kills spread over a whole job with draws and figures. After each kill the folder must hold one run as a whole
(or, between the two renames, wait beside its place), after the next run that run as a whole and nothing beside it.
Processes are forked from one that has loaded the model. Exit code 1 if anything was otherwise.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.cli import beside, commands, main, publish, staging, written  # noqa: E402
from model.definition import ModelDefinition  # noqa: E402
from model.excel import write_inputs  # noqa: E402
from tests.helpers.small_models import published_example_a  # noqa: E402
from tests.helpers.small_runs import small_definition  # noqa: E402

WINDOW_SECONDS = 0.02
NOTE = "tables/mine.txt"


def started(arguments: list[str], prepare: Callable[[], None] = lambda: None) -> int:
    """A process of its own that runs the command line; its id."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
            prepare()
            code = main(arguments)
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """The exit code of a process, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def quickly() -> None:
    """Without reading the workbook again, without figures and with a small file for the workbook: all of them are done
    with before the window."""
    beside.processors = lambda: 1
    written.figure_groups = lambda _: {}
    publish.write_run = lambda path, _, run, *__: Path(path).write_text(str(run))
    commands.read_inputs = lambda path: definitions[Path(path).name]


definitions: dict[str, ModelDefinition] = {}


def standing(out: Path) -> str:
    """The seed of the run that stands in the folder as a whole; 'missing', or 'MIXED' and why."""
    if not out.exists():
        return "missing"
    record = json.loads((out / "run.json").read_text())
    files = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    if files != {"run.json", NOTE, *record["files_sha256"]}:
        return f"MIXED {sorted(files ^ {'run.json', NOTE, *record['files_sha256']})[:3]}"
    for name, value in record["files_sha256"].items():
        if hashlib.sha256((out / name).read_bytes()).hexdigest() != value:
            return f"MIXED {name}"
    return str(record["seed"])


def kill_in_window(command: list[str], number: int, delay: float) -> int:
    """A run that gets a signal a moment after it is about to swap its folder in."""
    reading, writing = os.pipe()
    swap_in = staging.swap_in

    def prepare() -> None:
        quickly()

        def told(place: object) -> object:
            os.write(writing, b"!")
            return swap_in(place)  # type: ignore[arg-type]

        staging.swap_in = told  # type: ignore[assignment]

    child = started(command, prepare)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(delay)
    os.kill(child, number)
    return ended(child)


def kill_in_job(command: list[str], number: int, delay: float) -> int:
    """A run with draws and all that it writes that gets a signal after a while."""
    child = started(command)
    time.sleep(delay)
    os.kill(child, number)
    return ended(child)


def campaign(
    kind: str, n: int, rng: random.Random, place: Path, workbook: Path, killed: list[str], quick: list[str], seconds: float
) -> int:
    """``n`` kills; returns how many found something wrong."""
    out = place / kind / "out"
    base = [str(workbook), "--out", str(out), "--overwrite"]
    kill = kill_in_window if kind == "window" else kill_in_job
    found: collections.Counter[str] = collections.Counter()
    if ended(started([*base, *quick, "--seed", "0"], quickly)) != 0:
        raise SystemExit("the first run failed")
    (out / NOTE).write_text("mine")
    wrong = 0
    for i in range(1, n + 1):
        number = signal.SIGKILL if i % 2 else signal.SIGTERM
        code = kill([*base, *killed, "--seed", str(2 * i - 1)], number, rng.uniform(0, seconds))
        after, before = standing(out), str(2 * i - 2)
        name = {before: "old", str(2 * i - 1): "new"}.get(after, after)
        beside = [p.name for p in out.parent.iterdir() if p != out]
        found[f"{signal.Signals(number).name}: exit {code}, {name}, {'leftovers' if beside else 'nothing'} beside"] += 1
        told = number != signal.SIGTERM or (code in (0, 143) and not beside and name != "missing")
        code = ended(started([*base, *quick, "--seed", str(2 * i)], quickly))
        beside = [p.name for p in out.parent.iterdir() if p != out]
        good = code == 0 and standing(out) == str(2 * i) and not beside
        if not good or not told or "MIXED" in after or not (out / NOTE).exists():
            wrong += 1
            print(f"{kind} {i}: after the kill {after}; then exit {code}, {standing(out)}, beside {beside}", flush=True)
    for words, count in sorted(found.items()):
        print(f"{kind}: {count:4} {words}")
    print(f"{kind}: {n} kills, {wrong} wrong", flush=True)
    return wrong


def run(window: int, job: int, seed: int) -> int:
    """Both campaigns in a folder of their own."""
    rng, place = random.Random(seed), Path(tempfile.mkdtemp(prefix="kills-"))
    try:
        definitions["example_a.xlsx"], definitions["starter.xlsx"] = published_example_a(), small_definition()
        for name, definition in definitions.items():
            write_inputs(definition, place / name)
        quick = ["--only", "base"]
        draws = ["--only", "base,psa", "--draws", "40"]
        start = time.perf_counter()
        ended(started([str(place / "starter.xlsx"), "--out", str(place / "timed"), *draws]))
        seconds = time.perf_counter() - start
        wrong = campaign("window", window, rng, place, place / "example_a.xlsx", quick, quick, WINDOW_SECONDS)
        return wrong + campaign("job", job, rng, place, place / "starter.xlsx", draws, quick, seconds)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("window", 200), ("job", 50), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    sys.exit(1 if run(chosen.window, chosen.job, chosen.seed) else 0)
