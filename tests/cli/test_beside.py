"""A run does its work whatever becomes of the second process beside it (its bytes: test_files_of_a_run.py)."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from model.cli import beside, main

OTHER_WRITER = """
import json, sys
from itertools import count
from types import ModuleType

sys.path[:] = json.loads(sys.argv[1])
{writer}
sys.modules["model.cli.written"] = ModuleType("model.cli.written")
sys.modules["model.cli.written"].Writer = Writer

from model.cli.serving import serve
serve()
"""
"""A second process that serves as ours does, with another writer: it need not load what draws."""

WRITES_ON_AND_ON = """
class Writer:
    def write(self, folder, record, csv, progress):
        progress.tell("task", "Figures", 1)
        for number in count():
            (folder / f"{number % 500}.txt").write_text("")
"""

BEGINS_AND_DIES = """
class Writer:
    def write(self, folder, record, csv, progress):
        for name in ("figures", "tables"):
            (folder / name).mkdir()
        (folder / "tables" / "totals.csv").write_text("half")
        (folder.parent / "begun").write_text("")
        raise OSError
"""


@pytest.fixture
def second_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the second process of a run be another one, which is sent no results: it would load the model for them."""

    def be(writer: str) -> None:
        monkeypatch.setattr(beside, "processors", lambda: 2)
        monkeypatch.setattr(beside, "FIRST", OTHER_WRITER.format(writer=writer))
        monkeypatch.setattr(beside.Beside, "take", lambda *_: None)

    return be


def wrote_all(out: Path) -> bool:
    """Tables, and in the record the seconds of every kind of file."""
    seconds = json.loads((out / "run.json").read_text())["seconds"]
    tables = [(out / "tables" / f"{name}.csv").read_text() for name in ("totals", "survival")]
    return {"base case", "figures", "tables", "report", "workbook"} <= set(seconds) and min(map(len, tables)) > 100


@pytest.mark.parametrize(
    "first",
    [
        "raise SystemExit(1)",
        "import sys; sys.stdin.buffer.read(1000)",
        "import sys; print('no pickle', flush=True)",
        "import sys; print('cno_such_module\\nname\\n.', flush=True); sys.stdin.buffer.read()",
    ],
)
def test_what_the_second_process_does_not_manage_the_run_does_itself(
    example_a: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tables_alone: None,
    first: str,
) -> None:
    monkeypatch.setattr(beside, "processors", lambda: 2)
    monkeypatch.setattr(beside, "FIRST", first)
    assert main([str(example_a), "--out", str(tmp_path / "out"), "--only", "base"]) == 0
    assert wrote_all(tmp_path / "out")
    assert capfd.readouterr().err == ""


def test_what_the_second_process_left_half_written_the_run_writes_anew(
    example_a: Path,
    tmp_path: Path,
    second_process: Callable[[str], None],
    capfd: pytest.CaptureFixture[str],
    tables_alone: None,
) -> None:
    second_process(BEGINS_AND_DIES)
    assert main([str(example_a), "--out", str(tmp_path / "out"), "--only", "base"]) == 0
    assert (tmp_path / "begun").exists() and wrote_all(tmp_path / "out")
    assert capfd.readouterr().err == ""


def test_a_run_that_fails_while_the_second_process_writes_leaves_nothing(
    example_a: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    second_process: Callable[[str], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Its folder is removed when nobody writes into it any more."""

    def no_space(path: Path, *_: object) -> None:
        while not (path.parent / "499.txt").exists():
            time.sleep(0.01)
        raise OSError(errno.ENOSPC, "No space left on device")

    second_process(WRITES_ON_AND_ON)
    monkeypatch.setattr("model.cli.publish.write_run", no_space)
    assert main([str(example_a), "--out", str(tmp_path / "out"), "--only", "base"]) == 2
    assert list(tmp_path.iterdir()) == []
    (line,) = capfd.readouterr().err.splitlines()
    assert "there is no space left on the disk. Nothing was written." in line


def test_the_second_process_runs_nothing_of_the_folder_where_the_program_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the user's called json.py is not the library of that name."""
    (tmp_path / "json.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(beside, "processors", lambda: 2)
    monkeypatch.setattr(beside, "FIRST", "import json; open('begun', 'w').close()")
    with beside.second_process():
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
    assert not (tmp_path / "ran").exists()
