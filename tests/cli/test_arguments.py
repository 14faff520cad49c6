"""One tree of commands: its help lists them all, a run needs no name, a mistyped command gets a hint, and none of this waits
for the model to be loaded."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from model.choices import ANALYSES, NEEDS, SOBOL_RUNS
from model.cli import main
from model.cli.arguments import COMMANDS, parse, parser
from tests.helpers.shipped import ROOT

HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "openpyxl", "SALib", "rich", "model.definition", "model.engine")
ANSWERS = """
import contextlib, io, json, sys
from model.cli import main
answers = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as error:
        try:
            code = main(words)
        except SystemExit as stop:
            code = stop.code
    answers.append((code, error.getvalue(), sorted(sys.modules)))
print(json.dumps(answers))
"""


def tree() -> dict[str, argparse.ArgumentParser]:
    """The parser of every command by name."""
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(commands.choices)


ANSWERED = [
    (["--help"], 0),
    (["-h"], 0),
    (["--version"], 0),
    *((command.split(), 0) for command in ("run --help", "fit --help", "diff -h", "psa-summary --help", "verify --help")),
    (["check", "--help"], 0),
    (["template", "--help"], 0),
    (["--draws", "one"], 2),
    (["model.xlsx", "--tolerance", "0.1"], 2),
    (["verify"], 2),
    (["diff", "a.xlsx", "b.xlsx", "--out", "log.txt"], 2),
    (["chek", "model.xlsx"], 2),
]


def test_help_and_mistakes_are_answered_without_the_model() -> None:
    """By one process, one after the other."""
    command = [sys.executable, "-c", ANSWERS, json.dumps([words for words, _ in ANSWERED])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for (words, expected), (code, error, loaded) in zip(ANSWERED, json.loads(done.stdout), strict=True):
        assert code == expected, (words, error)
        assert [name for name in HEAVY if name in loaded] == [], words


def test_the_help_lists_every_command_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert stop.value.code == 0
    for name in COMMANDS:
        (at,) = (i for i, line in enumerate(lines) if line.split(" ")[0] == name)
        assert lines[at].removeprefix(name).strip() or lines[at + 1], name


def test_every_option_has_a_help() -> None:
    bare = [(name, a.dest) for name, p in tree().items() for a in p._actions if not a.help]
    assert bare == [] and set(tree()) == set(COMMANDS)


def test_a_run_needs_no_name() -> None:
    for words in ([], ["a.xlsx"], ["a.xlsx", "--set", "settings.seed=2", "--set", "settings.cycle_days=7"], ["--seed", "0"]):
        assert parse(words) == parse(["run", *words])
    plain = parse([])
    assert plain.workbook == ROOT / "inputs" / "patina_us.xlsx" and plain.only == tuple(ANALYSES)
    assert (plain.draws, plain.seed, plain.out, plain.changes, plain.sobol_runs) == (None, None, None, [], SOBOL_RUNS)
    assert parse(["a.xlsx", "--set", "x.y = 3"]).changes == [("x.y", "3")]


def test_an_analysis_brings_those_that_it_needs() -> None:
    for name, needed in NEEDS.items():
        assert parse(["--only", name]).only == tuple(a for a in ANALYSES if a in ("base", name, *needed))


@pytest.mark.parametrize(
    ("word", "meant"), [("vrify", "verify"), ("psa_summary", "psa-summary"), ("PSA-Summary", "psa-summary")]
)
def test_a_mistyped_command_is_told_which_one_is_meant(word: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 2
    assert f"there is no command and no file '{word}'; did you mean '{meant}'?" in capsys.readouterr().err


def test_a_file_without_an_ending_is_a_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("chek").write_text("no workbook")
    assert main(["chek"]) == 2
    assert "no command" not in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--seed", "-1"], ["--seed", "4294967296"], ["--threads", "0"], ["--draws", "²"]])
def test_numbers_out_of_range_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(words)
    assert stop.value.code == 2 and "argument" in capsys.readouterr().err
