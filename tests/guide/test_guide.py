"""The guide is true: its code runs, its printed answers come, its pictures and links are there.

Commands of a shell are parsed, and run in the slow form, by ``tests/cli/test_printed_commands.py``; here each block is one
that is run somewhere, Python blocks and the notebook are run, and what the analyst is shown is what the program says.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import model
from model.cli import main
from model.excel import write_inputs
from tests.helpers.documents import Block, blocks_of, cells_of, run_cell
from tests.helpers.shipped import ROOT
from tests.helpers.small_runs import small_definition

GUIDE = ROOT / "model" / "guide"
PAGES = [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))]
NOTEBOOKS = sorted(GUIDE.glob("*.ipynb"))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
CELL = re.compile(r"^  [A-Z]+\d+ ")
MOST_BYTES, MOST_PICTURES = 150_000, 8
INSTALLING = ("python3 -m venv", "python -m pip install")
"""How a command begins that a test of the installed package, or the test of the API pages, runs."""


def python_blocks(page: Path) -> list[Block]:
    return [block for block in blocks_of(page) if block.language == "python"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_block_of_code_is_one_that_a_test_runs(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in ("", "python", "text"), block
        if block.language == "":
            for command in block.commands:
                assert command.startswith(("python run_model.py", "python -m pdoc model", *INSTALLING)), command


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the workbooks that pages name, each a small model."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "outputs").mkdir()
    write_inputs(small_definition(), tmp_path / "inputs" / "patina_us.xlsx")
    shutil.copy(tmp_path / "inputs" / "patina_us.xlsx", tmp_path / "inputs" / "patina_england.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["quick", pytest.param("whole", marks=pytest.mark.slow)])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, list[str]]:
    """The files that blocks write, by the function; in the quick form, of the two that take longest, the names alone."""
    files: dict[str, list[str]] = {"write_workbook": [], "write_html_report": []}
    for name in files:
        write = getattr(model, name)

        def note(path: str, *, name: str = name, write: Callable[..., None] = write, **results: Any) -> None:
            files[name].append(path)
            assert results.keys() >= {"base", "psa"}
            if request.param == "whole":
                write(path, **results)

        monkeypatch.setattr(model, name, note)
    return files


@pytest.mark.parametrize("page", [p for p in PAGES if python_blocks(p)], ids=lambda p: p.name)
def test_blocks_of_python_run_one_after_another(
    page: Path, world: Path, written: Mapping[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    for block in python_blocks(page):
        run_cell(block.text.replace("draws=10_000", "draws=100"), names)
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda p: p.name)
def test_every_cell_of_a_notebook_runs_and_shows_something_short(
    notebook: Path, world: Path, written: Mapping[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    for code in cells_of(notebook):
        shown = run_cell(code, names)
        assert len(repr(shown)) + len(capsys.readouterr().out) < 10_000, code
    base = names["base"]
    assert names["answers"][20.0]["ICER"] == pytest.approx(base.icer)
    assert names["fitted"].coefficients == pytest.approx([1.3, 24.0], rel=0.15)  # the truth that was simulated from
    assert {"plane.png", "tornado.png"} <= {p.name for p in world.iterdir()}
    assert written == {"write_workbook": ["my_results.xlsx"], "write_html_report": ["my_results.html"]}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_is_stored_without_results(notebook: Path) -> None:
    """They would be of another version sooner or later."""
    book = json.loads(notebook.read_text(encoding="utf-8"))
    assert book["nbformat"] == 4
    assert [c["id"] for c in book["cells"] if c.get("outputs") or c.get("execution_count")] == []


def test_the_analyst_is_shown_what_the_program_says(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Until the workbook is filled in: each block of answers follows the commands that give it. Addresses of cells may
    differ, as columns are added."""
    said = ""
    for block in blocks_of(GUIDE / "analyst.md"):
        if block.language == "text":
            known = {CELL.sub("", line) for line in said.splitlines()}
            for line in block.text.splitlines():
                assert line == "..." or CELL.sub("", line) in known, line
        elif block.commands[0].startswith(("python run_model.py template", "python run_model.py check")):
            for command in block.commands:
                main(shlex.split(command)[2:])
                printed = capsys.readouterr()
                said += printed.out + printed.err
    assert (world / "my_model.xlsx").exists() and "cells are still to be filled in" in said


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda p: p.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_pictures_are_small_and_all_of_them_are_shown() -> None:
    pictures = sorted((GUIDE / "pictures").iterdir())
    shown = {link for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))}
    assert {f"pictures/{p.name}" for p in pictures} <= shown
    assert 0 < len(pictures) <= MOST_PICTURES
    for picture in pictures:
        assert picture.stat().st_size < MOST_BYTES
        assert Image.open(picture).width >= 1000


def test_the_index_leads_to_the_pages_of_the_guide() -> None:
    links = set(LINK.findall((GUIDE / "README.md").read_text(encoding="utf-8")))
    assert {p.name for p in (*PAGES[1:], *NOTEBOOKS)} - {"README.md"} <= links
    assert "](model/guide/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_pictures_are_drawn_again_from_the_program(tmp_path: Path) -> None:
    """Their size in points shows what stands in them: fonts may differ between machines."""
    drawing = pytest.importorskip("tests.guide.draw_pictures")
    from tests.guide.draw_pictures import SHOWN

    try:
        drawing.main(tmp_path)
    except FileNotFoundError as missing:
        pytest.skip(f"not installed: {missing.filename}")
    assert {p.name for p in tmp_path.iterdir()} == {f"{p.name}.png" for p in SHOWN}
    assert {p.name for p in (GUIDE / "pictures").iterdir()} == {f"{p.name}.png" for p in SHOWN}
    assert all(p.stat().st_size < MOST_BYTES for p in tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pdoc") is None, reason="the optional extra docs is not installed")
def test_the_pages_of_the_interface_are_made_by_the_command_that_is_printed(tmp_path: Path) -> None:
    command = next(c for b in blocks_of(GUIDE / "README.md") for c in b.commands if "pdoc" in c)
    words = shlex.split(command.replace("outputs/api", str(tmp_path / "api")))
    subprocess.run([sys.executable, *words[1:]], cwd=ROOT, check=True, capture_output=True)
    made = {str(p.relative_to(tmp_path / "api")) for p in (tmp_path / "api").rglob("*.html")}
    assert {"index.html", "model.html", "model/survival.html", "model/analysis/decision.html"} <= made
    assert "incremental_analysis" in (tmp_path / "api" / "model" / "analysis" / "decision.html").read_text(encoding="utf-8")
