"""With a second process beside it a run writes the same bytes as alone, whatever becomes of that process."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model.cli import beside, main
from tests.helpers.shipped import ROOT

WITH_A_SECOND_PROCESS = """
import sys
from model.cli import beside, main, publish
beside.processors = lambda: 2
publish.write_run = lambda *_: None
code = main()
print("drew itself" if "matplotlib" in sys.modules else "had figures drawn")
raise SystemExit(code)
"""


WRITES_ON_AND_ON = """
from itertools import count
from model.cli import serving

class Writer:
    def take(self, found):
        pass

    def write(self, folder, record, csv, progress):
        progress.tell("task", "Figures", 1)
        for number in count():
            (folder / f"{number % 500}.txt").write_text("")

serving.Writer = Writer
"""

BEGINS_AND_DIES = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from model.cli import serving

class Writer:
    def take(self, found):
        pass

    def write(self, folder, record, csv, progress):
        for name in ("figures", "tables"):
            (folder / name).mkdir()
        (folder / "tables" / "totals.csv").write_text("half")
        raise OSError

serving.Writer = Writer
serving.serve()
"""


def contents(out: Path) -> dict[str, object]:
    """The bytes of every file; of the record, what does not tell the time."""
    found: dict[str, object] = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    record = json.loads((out / "run.json").read_text())
    assert {"base case", "figures", "tables", "report", "workbook"} <= set(record.pop("seconds"))
    return found | {"run.json": record}


def test_all_but_the_workbook_is_written_beside_the_run(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run itself then needs no matplotlib at all."""
    monkeypatch.setattr("model.cli.publish.write_run", lambda *_: None)
    asked = [str(example_a), "--only", "base", "--out"]
    assert main([*asked, str(tmp_path / "alone" / "out")]) == 0
    command = [sys.executable, "-c", WITH_A_SECOND_PROCESS, *asked, tmp_path / "beside" / "out"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.splitlines()[-1] == "had figures drawn" and run.stderr == ""
    assert contents(tmp_path / "beside" / "out") == contents(tmp_path / "alone" / "out")


@pytest.mark.parametrize(
    "first",
    [
        "raise SystemExit(1)",
        "import sys; sys.stdin.buffer.read(1000)",
        "import sys; print('no pickle', flush=True)",
        BEGINS_AND_DIES,
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
    assert {"tables/totals.csv", "tables/survival.csv", "run.json"} <= set(contents(tmp_path / "out"))
    assert capfd.readouterr().err == ""


def test_a_run_that_fails_while_the_second_process_writes_leaves_nothing(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its folder is removed when nobody writes into it any more."""

    def no_space(path: Path, *_: object) -> None:
        while not (path.parent / "499.txt").exists():
            pass
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(beside, "processors", lambda: 2)
    monkeypatch.setattr(
        beside, "FIRST", beside.FIRST.replace("from model.cli.serving", f"exec({WRITES_ON_AND_ON!r}); from model.cli.serving")
    )
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
