"""Ctrl-C and SIGTERM end a run with 130 and 143, leave nothing behind, and what is printed is true."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model.cli import commands, main
from model.cli import publish as publish_module
from tests.helpers.shipped import ROOT


def sends(number: signal.Signals) -> object:
    def at_once(*_: object, **__: object) -> None:
        os.kill(os.getpid(), number)

    return at_once


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_while_the_workbook_is_written(
    example_a: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    workbook_alone: None,
    number: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(publish_module, "write_run", sends(signal.Signals[number]))
    out = tmp_path / "results" / "out"
    assert main([str(example_a), "--out", str(out), "--only", "base"]) == code
    assert capsys.readouterr().err == "Stopped. Nothing was written.\n"
    assert os.listdir(tmp_path) == []
    assert signal.getsignal(signal.SIGTERM) is handler


def test_a_signal_after_the_swap_says_that_the_new_results_stand(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook_alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publish_module, "write_run", lambda path, *_: path.write_text("book"))
    monkeypatch.setattr(commands, "all_lines", sends(signal.SIGTERM))
    out = tmp_path / "out"
    assert main([str(example_a), "--out", str(out), "--only", "base"]) == 143
    assert capsys.readouterr().err == f"Stopped. The new results are complete, in '{out}'.\n"
    assert (out / "run.json").is_file() and os.listdir(tmp_path) == ["out"]


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

SLOWLY = """
import time
from model.cli import beside, commands, main
beside.processors = lambda: 2
def analyse(*_):
    print("calculating", flush=True)
    time.sleep(60)
commands.run_analyses = analyse
for second in {seconds!r}:
    beside.FIRST = second or beside.FIRST
    code = main()
    print(code, flush=True)
raise SystemExit(code)
"""
STAYS = "import time; time.sleep(600)"
"""A second process that ends when it is ended, and not before; and need not load the model."""


@pytest.mark.parametrize(
    ("stops", "seconds"),
    [
        ([(signal.SIGINT, 130), (signal.SIGTERM, 143)], [STAYS, STAYS]),
        pytest.param([(signal.SIGKILL, -9)], [""], marks=pytest.mark.slow),
    ],
    ids=["stopped twice", "killed"],
)
def test_a_run_that_is_stopped_while_it_calculates_leaves_nothing(
    example_a: Path, tmp_path: Path, stops: list[tuple[signal.Signals, int]], seconds: list[str]
) -> None:
    """Nor its second process, which has the same standard error: that is closed when all have ended. The whole group is
    told, as by a terminal. Where the run is killed, the second process ends by itself."""
    slowly = SLOWLY.format(seconds=seconds)
    command = [sys.executable, "-c", slowly, str(example_a), "--out", str(tmp_path / "out"), "--only", "base"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert run.stdout is not None
    for number, code in stops:
        assert run.stdout.readline() == "calculating\n"
        os.killpg(run.pid, number)
        assert run.stdout.readline() == ("" if number == signal.SIGKILL else f"{code}\n")
        assert os.listdir(tmp_path) == []
    _, error = run.communicate(timeout=120)
    assert run.returncode == stops[-1][1]
    assert error == "".join("" if number == signal.SIGKILL else "Stopped.\n" for number, _ in stops)


@pytest.mark.parametrize(
    ("word", "answer"),
    [("chek", "did you mean 'check'?"), ("Template", "did you mean 'template'?"), ("xyz", "Commands are run, check,")],
)
def test_a_mistyped_command_is_told(word: str, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word, "model.xlsx"]) == 2
    error = capsys.readouterr().err
    assert f"there is no command and no file '{word}'" in error and answer in error


def test_run_may_be_said(example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook_alone: None) -> None:
    monkeypatch.setattr(publish_module, "write_run", lambda path, *_: path.write_text("book"))
    assert main(["run", str(example_a), "--out", str(tmp_path / "out"), "--only", "base"]) == 0
    assert (tmp_path / "out" / "run.json").is_file()


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0 and capsys.readouterr().out == "partitioned-survival model 0.1.0\n"
