"""A run that replaces an earlier one fails, is stopped or is killed at every file operation: old or new, as a whole."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from model.cli.staging import staged
from model.files import OutputError
from tests.helpers.faults import interrupted_at, killed_at, locked_at, operations, signalled_at, with_faults

NOTES = {"my_notes.txt": "mine", "tables/mine.csv": "a,b", "figures/mine.txt": "drawing"}


def publish(out: Path, run: str, names: tuple[str, ...]) -> None:
    """A small run: each of its files holds the name of the run."""
    with staged(out, {"run_id": run, "input_file": "m.xlsx"}) as made:
        for name in names:
            (made.folder / name).parent.mkdir(exist_ok=True)
            (made.folder / name).write_text(f"{run} {name}")


OLD = ("out.xlsx", "tables/totals.csv", "tables/stale.csv", "figures/plane.png")
NEW = ("out.xlsx", "tables/totals.csv", "tables/fresh.csv", "figures/plane.png")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An earlier run, with files of the user in its folder."""
    return earlier_run(tmp_path / "results")


def earlier_run(parent: Path) -> Path:
    parent.mkdir()
    folder = parent / "out"
    publish(folder, "old", OLD)
    for name, text in NOTES.items():
        (folder / name).write_text(text)
    return folder


def new_run(out: Path) -> None:
    publish(out, "new", NEW)


def swap_position(parent: Path) -> int:
    """The number of the operation that moves the earlier folder away."""
    out = earlier_run(parent)
    seen: list[int] = []

    def act(number: int) -> None:
        if not seen and not out.exists():  # the operation after it
            seen.append(number - 1)

    with_faults(lambda: new_run(out), parent, act)
    return seen[0]


def standing(out: Path) -> str:
    """Which run stands in the folder, after a check that it is there as a whole, with the user's files and nothing else."""
    record = json.loads((out / "run.json").read_text())
    files = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert files == {"run.json", *record["files_sha256"], *NOTES}
    for name, value in record["files_sha256"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == value
    assert {name: (out / name).read_text() for name in NOTES} == NOTES
    return str(record["run_id"])


def then_a_run_puts_all_in_order(out: Path) -> None:
    new_run(out)
    assert standing(out) == "new"
    assert os.listdir(out.parent) == ["out"]


def test_a_run_takes_the_place_of_an_earlier_one_and_the_users_files_stay(out: Path) -> None:
    assert standing(out) == "old"
    then_a_run_puts_all_in_order(out)


EVERY = pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])  # each fifth operation, and each


@EVERY
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_every_operation_the_next_run_is_complete_and_nothing_is_left(tmp_path: Path, step: int) -> None:
    n = operations(lambda: new_run(earlier_run(tmp_path / "count")), tmp_path)
    swap = swap_position(tmp_path / "position")
    found = set()
    for position in sorted({*range(1, n + 1, step), swap, swap + 1, swap + 2}):
        out = earlier_run(tmp_path / str(position))
        killed_at(position, lambda out=out: new_run(out), tmp_path)
        if out.exists():
            found.add(standing(out))
        else:  # between the two renames: both runs wait beside it
            found.add("between")
        then_a_run_puts_all_in_order(out)
    assert found == {"old", "between", "new"}


@EVERY
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_signal_at_every_operation_leaves_one_run_as_a_whole(tmp_path: Path, step: int, number: signal.Signals) -> None:
    n = operations(lambda: new_run(earlier_run(tmp_path / "count")), tmp_path)
    found = set()
    for position in sorted({*range(2, n + 1, step), n}):
        out = earlier_run(tmp_path / str(position))
        signalled_at(position, lambda out=out: new_run(out), tmp_path, number)
        found.add(standing(out))
        then_a_run_puts_all_in_order(out)
    assert found == {"old", "new"}


@EVERY
@pytest.mark.parametrize("stays", [False, True])
def test_a_file_locked_at_every_operation_leaves_one_run_as_a_whole_and_what_is_said_is_true(
    tmp_path: Path, stays: bool, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.files.swap.WAIT", 0.0)
    n = operations(lambda: new_run(earlier_run(tmp_path / "count")), tmp_path)
    swap = swap_position(tmp_path / "position")
    refused = 0
    for position in sorted({*range(1, n + 1, step), swap, swap + 1}):
        out = earlier_run(tmp_path / str(position))
        try:
            with_faults(lambda out=out: new_run(out), out.parent, locked_at(position, stays))
        except OutputError as error:
            refused += 1
            words = str(error)
            assert f"'{out}' cannot be written" in words and "open in another program" in words
            if "puts them back" in words:
                assert stays and not out.exists()
            else:
                assert words.endswith("What stood there is as it was.") and standing(out) == "old"
        else:
            assert standing(out) == "new"
        then_a_run_puts_all_in_order(out)
    assert refused >= 5


@EVERY
def test_stopped_at_every_operation_one_run_stands_and_the_note_says_which(tmp_path: Path, step: int) -> None:
    n = operations(lambda: new_run(earlier_run(tmp_path / "count")), tmp_path)
    found = set()
    for position in sorted({*range(1, n + 1, step), n}):
        out = earlier_run(tmp_path / str(position))
        try:
            with_faults(lambda out=out: new_run(out), out.parent, interrupted_at(position))
        except KeyboardInterrupt as stop:
            new = any("new results are complete" in note for note in getattr(stop, "__notes__", []))
            assert standing(out) == ("new" if new else "old")
            found.add(new)
        then_a_run_puts_all_in_order(out)
    assert found == {True, False}


def test_two_runs_killed_one_after_the_other_leave_nothing_behind_either(out: Path) -> None:
    for position in (12, 20):
        killed_at(position, lambda: new_run(out), out.parent)
        assert standing(out) == "old"
    then_a_run_puts_all_in_order(out)
