"""What is shown while a command runs: a bar of the whole that only grows and ends full, nothing in a pipe or when quiet."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest
from rich.console import Console

from model.choices import ANALYSES
from model.cli import main
from model.cli.progress import WHOLE, Progress


def on_a_terminal() -> tuple[Progress, io.StringIO]:
    """Progress as on a terminal, and what it writes there."""
    shown = io.StringIO()
    return Progress(console=Console(file=shown, force_terminal=True, width=120)), shown


def share(progress: Progress) -> float:
    """Of the whole run that is done."""
    (whole,) = (task for task in progress._bars.tasks if task.description == WHOLE)
    return whole.completed / (whole.total or 1.0)


def test_the_whole_grows_by_what_each_stage_takes() -> None:
    progress, _ = on_a_terminal()
    with progress:
        progress.expect({"Short": 1.0, "Long": 3.0})
        with progress.task("Short", 2) as done:
            done(1)
            assert share(progress) == pytest.approx(0.125)
        assert share(progress) == pytest.approx(0.25)
        with progress.task("Long, in other words", 10, stage="Long") as done:
            done(5)
            assert share(progress) == pytest.approx(0.25 + 0.375)
            done(50)  # more than were announced
            assert share(progress) == pytest.approx(1.0)
        assert share(progress) == pytest.approx(1.0)


def test_the_time_remaining_is_shown_of_the_whole() -> None:
    progress, shown = on_a_terminal()
    with progress:
        progress.expect({"One": 1.0})
        with progress.task("One", 4) as done:
            done(1)
            progress._bars.refresh()
    assert shown.getvalue().count(WHOLE) and "left" in shown.getvalue()


def test_quiet_shows_nothing() -> None:
    shown = io.StringIO()
    with Progress(quiet=True, console=Console(file=shown, force_terminal=True)) as progress:
        progress.expect({"One": 1.0})
        with progress.task("One", 1) as done:
            done(1)
    assert not shown.getvalue()


@pytest.mark.usefixtures("without_figures")
def test_the_template_can_be_checked_and_run_as_it_is_and_every_stage_of_the_run_is_expected_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from model.cli import commands

    made, _ = on_a_terminal()
    monkeypatch.setattr(commands, "Progress", lambda quiet: made)
    path = tmp_path / "starter.xlsx"
    assert main(["template", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    capsys.readouterr()
    assert main([str(path), "--out", str(tmp_path / "out"), "--draws", "40", "--sobol-runs", "64", "--quiet"]) == 0
    assert share(made) == pytest.approx(1.0)
    expected = set(made._seconds)
    stages = {str(task.description) for task in made._bars.tasks} - {WHOLE}
    assert len(stages) >= len(ANALYSES)
    assert {name for name in stages if name.partition(",")[0] not in expected} == set()
    assert all(task.finished for task in made._bars.tasks if task.description != WHOLE)
    told = capsys.readouterr()
    assert told.out == ""
    assert main(["template", str(path)]) == 2


def test_quiet_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere.xlsx"), "--quiet"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "nowhere.xlsx" in told.err


def test_every_command_can_be_quiet() -> None:
    from model.cli.arguments import parser

    tree = parser()
    (commands,) = (action for action in tree._actions if isinstance(action, argparse._SubParsersAction))
    assert len(commands.choices) > 10
    assert [name for name, command in commands.choices.items() if "--quiet" not in command.format_help()] == []
