"""What cannot be written is said in one sentence about the user's file, exit code 2, and no temporary file stays."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cli import main, staging
from model.files import OutputError, whole_file
from tests.helpers.forks import in_a_fork
from tests.helpers.shipped import ROOT

resource = pytest.importorskip("resource", reason="limits of a process are needed to make writing fail")


@pytest.fixture(scope="module", autouse=True)
def only_what_is_new_is_looked_through() -> None:
    """For an archive left open, among the objects of these tests and not of all before them."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file may be larger than 3 kB, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python would have printed as a warning about an object it could not close."""
    found: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", found.append)
    return found


DRAWS = "cost_A,qaly_A,cost_B,qaly_B\n" + "1,1,2,2\n2,1,3,2\n" * 10
DATA = "arm,endpoint,time,event\n" + "a,os,3,1\na,os,7,1\na,os,9,0\na,os,12,1\n" * 8


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (["template", "t.xlsx"], "t.xlsx"),
        (["BOOK", "--only", "base", "--out", "new/out"], "new/out"),
        (["diff", "BOOK", "BOOK", "--out", "log.xlsx"], "log.xlsx"),
        (["psa-summary", "draws.csv", "--no-figures", "--out", "out"], "out"),
        (["fit", "data.csv", "--no-figures", "--out", "out"], "out"),
    ],
)
def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing(
    example_a: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    target: str,
    capsys: pytest.CaptureFixture[str],
    without_figures: None,
    silent: list[object],
    little_room: None,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "draws.csv").write_text(DRAWS)
    (tmp_path / "data.csv").write_text(DATA)
    assert main([str(example_a) if word == "BOOK" else word for word in command]) == 2
    gc.collect()  # an archive left open complains when it goes
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and error.startswith(f"'{target}' cannot be written: the file would be larger")
    assert error.endswith("Nothing was written.\n") and not silent
    assert sorted(os.listdir(tmp_path)) == ["data.csv", "draws.csv"]


def test_no_space_while_a_run_is_written_names_the_folder_and_keeps_the_earlier_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with staging.staged(out, {"input_file": "m.xlsx"}) as made:
        (made.folder / "out.xlsx").write_text("old")
    before = (out / "run.json").read_bytes()
    with (
        pytest.raises(OutputError) as stop,
        staging.staged(out, {}) as made,
        whole_file(made.folder / "out.xlsx") as unfinished,
    ):
        unfinished.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(unfinished))
    words = "there is no space left on the disk. What stood there is as it was."
    assert str(stop.value) == f"'{out}' cannot be written: {words}"
    assert (out / "run.json").read_bytes() == before and os.listdir(tmp_path) == ["out"]


LONG = "n" * 300


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["template", f"{LONG}.xlsx"], "the name is too long"),
        (["template", "file/t.xlsx"], "a part of its path is a file"),
        (["template", "folder/t.xls"], "must end in .xlsx"),
        (["template", "file"], "exists already"),
        (["check", f"{LONG}.xlsx"], "the name is too long"),
        (["check", "file/t.xlsx"], "there is no file"),
        (["verify", f"{LONG}.xlsx"], "the name is too long"),
        (["diff", "BOOK", "BOOK", "--out", f"{LONG}.csv"], "the name is too long"),
        (["diff", "BOOK", "BOOK", "--out", "file/log.csv"], "a part of its path is a file"),
        (["diff", "BOOK", "BOOK", "--out", "folder/x.csv"], "it is a folder"),
        (["fit", "DATA", "--out", LONG], "the name is too long"),
        (["fit", "DATA", "--out", "file"], "is a file"),
        (["psa-summary", "DRAWS", "--out", "file/x"], "a part of its path is a file"),
        (["BOOK", "--out", "b" * 252], "the name is too long"),  # .xlsx makes it so
        (["BOOK", "--out", "file/x/y"], "a part of its path is a file"),
        (["BOOK", "--out", "loop/x"], "a link that leads nowhere"),
        (["BOOK", "--out", "zero\0byte"], "no name for a folder"),
    ],
)
def test_an_impossible_path_is_refused_before_anything_is_calculated(
    example_a: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("a file")
    (tmp_path / "folder" / "x.csv").mkdir(parents=True)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "DATA").write_text(DATA)
    (tmp_path / "DRAWS").write_text(DRAWS)
    before = sorted(p.name for p in tmp_path.rglob("*"))
    for name in ("commands.run_analyses", "diff.change_log", "fit._endpoints", "psa_summary.read_psa_file"):
        monkeypatch.setattr(f"model.cli.{name}", None)
    assert main([str(example_a) if word == "BOOK" else word for word in command]) == 2
    gc.collect()  # an archive left open complains when it goes
    error = capsys.readouterr().err
    assert words in error and "Traceback" not in error and "-run-" not in error
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_folder_above_that_cannot_be_written_is_refused_before_anything_is_calculated(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on a disk that is read-only (whoever may write anywhere cannot be refused by the rights of a folder)."""

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", "whatever")

    monkeypatch.setattr("model.cli.commands.run_analyses", None)
    monkeypatch.setattr("model.files.temporary._write_note", refused)
    assert main([str(example_a), "--out", str(tmp_path / "new" / "out")]) == 2
    assert "a disk that is read-only. Nothing was run or written." in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_workbook_that_another_program_holds_is_told_before_anything_is_calculated(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with staging.staged(out, {"input_file": "example_a.xlsx"}) as made:
        (made.folder / "out.xlsx").write_text("old")
    monkeypatch.setattr("model.cli.commands.run_analyses", None)
    opened = Path.open

    def held(path: Path, mode: str = "r", *more: object, **options: object) -> object:
        if path.name == "out.xlsx" and "+" in mode:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, mode, *more, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", held)
    assert main([str(example_a), "--out", str(out)]) == 2
    assert f"'{out / 'out.xlsx'}' cannot be written: a file is open in another program" in capsys.readouterr().err


def test_a_file_written_through_a_link_keeps_the_link_and_the_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "disk" / "real.txt", tmp_path / "link.txt"
    real.parent.mkdir()
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with whole_file(link) as unfinished:
        unfinished.write_text("new")
    assert link.is_symlink() and real.read_text() == "new" and real.stat().st_mode & 0o777 == 0o640
    assert os.listdir(real.parent) == ["real.txt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_standard_output_on_a_full_disk_is_no_traceback(
    example_a: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["check", str(example_a)]) == 1
        assert capsys.readouterr().err == "Failed: there is no space left on the disk.\n"


def test_streams_that_the_caller_closed_change_no_exit_code(tmp_path: Path) -> None:
    """As a job without a console has them: nothing to read, and words go nowhere."""
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, str(ROOT / "run_model.py"), "examples"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_streams_that_the_caller_closed_change_no_exit_code_of_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where there is a second process, which is given streams of its own."""
    monkeypatch.setattr("model.cli.beside.processors", lambda: 2)

    def without_streams() -> int:
        os.closerange(0, 3)
        sys.stdin = sys.stdout = sys.stderr = None  # type: ignore[assignment]
        return main([str(tmp_path / "nowhere.xlsx")])

    assert in_a_fork(without_streams) == 2
