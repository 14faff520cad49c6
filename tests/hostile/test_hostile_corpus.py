"""Hostile workbooks are refused by name or read as typed: a sample of every kind each time, the corpus when slow."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from model.excel import write_template
from tests.hostile.__main__ import BOOKS, INPUTS
from tests.hostile.answers import flat, input_cells
from tests.hostile.bad_cells import KINDS, cell_case
from tests.hostile.bad_files import file_cases
from tests.hostile.bad_structure import structure_cases
from tests.hostile.case import Case
from tests.hostile.corpus import Judged, corpus, judge, summary
from tests.hostile.parts import Parts
from tests.hostile.verdicts import TO_LOOK_AT

CELLS, STRUCTURES, FILES = 10, 6, 8
HEAVY = ("1.5 GB", "a million rows", "100,000 rows")


def _few(folder: Path) -> tuple[list[Case], dict[str, Path]]:
    """Two dozen cases of different kinds, made from the starter workbook."""
    path = folder / "starter.xlsx"
    write_template(path)
    book, cells, choice = Parts.of(path), input_cells(path), random.Random(3)
    kinds = choice.sample(sorted(KINDS), CELLS)
    of_cells = [cell_case(kind, "starter", book, choice.choice(cells), cells, fewer=False) for kind in kinds]
    of_structure = structure_cases(choice, {"starter": book}, {"starter": cells})
    light = [c for c in (*of_structure, *file_cases("starter", path)) if not any(w in c.name for w in HEAVY)]
    structures = choice.sample([c for c in light if c.kind != "file"], STRUCTURES)
    files = choice.sample([c for c in light if c.kind == "file"], FILES)
    return [*of_cells, *structures, *files], {"starter": path}


def _told(judged: list[Judged]) -> str:
    bad = [f"{j.verdict}: {j.case.name} {j.answer.lines[:1]} {list(j.answer.changed)[:3]}" for j in judged if j.bad]
    return "\n".join([*bad, summary(judged)])


def test_some_hostile_workbooks_are_refused_by_name_or_read_as_typed(tmp_path: Path) -> None:
    cases, books = _few(tmp_path)
    judged = judge(cases, books)
    assert len(judged) == CELLS + STRUCTURES + FILES
    assert not any(j.bad for j in judged), _told(judged)


@pytest.mark.slow
def test_seven_hundred_hostile_workbooks_are_refused_by_name_or_read_as_typed() -> None:
    books = {name: INPUTS / file for name, file in BOOKS.items()}
    judged = judge(corpus(700, 11, books), books)
    assert not any(j.bad for j in judged), _told(judged)
    assert sum(j.verdict in TO_LOOK_AT for j in judged) < 0.1 * len(judged), _told(judged)


def test_an_untouched_copy_is_read_as_the_workbook_itself(tmp_path: Path) -> None:
    """The corpus edits archives as text; a copy that it saves without an edit is no other workbook."""
    from model.excel import read_inputs

    path = tmp_path / "starter.xlsx"
    write_template(path)
    Parts.of(path).copy().save(tmp_path / "copy.xlsx")
    assert flat(read_inputs(tmp_path / "copy.xlsx")) == flat(read_inputs(path))
