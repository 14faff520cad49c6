"""Every room says what it is for, and what its README says of the code is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.imports import HOUSE as TREE
from tests.helpers.imports import MODEL
from tests.helpers.readmes import House, names_said

HOUSE = House(MODEL)
ROOMS = {folder: TREE.files[folder].parent for folder in TREE.folders}
ONE_PAGE = 90
"""Lines; the README of the whole house, with its glossary, may have more."""


@pytest.mark.parametrize("folder", ROOMS)
def test_what_a_readme_names_is_there(folder: str) -> None:
    assert HOUSE.unknown(ROOMS[folder]) == []


@pytest.mark.parametrize("folder", ROOMS)
def test_a_readme_names_every_file_and_room_of_its_folder(folder: str) -> None:
    assert HOUSE.unsaid(ROOMS[folder]) == []


@pytest.mark.parametrize("folder", [folder for folder in ROOMS if folder != "model"])
def test_a_readme_is_one_page_that_says_how_to_extend_the_room_and_what_it_must_never_know(folder: str) -> None:
    text = (ROOMS[folder] / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {ROOMS[folder].name}: ")
    assert "\n## How to extend it\n" in text
    assert "\n## What it must never know\n" in text
    assert len(text.splitlines()) <= ONE_PAGE


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of one room: ``top/room/curve.py`` with a class, a function and a choice of words."""
    room = tmp_path / "top" / "room"
    room.mkdir(parents=True)
    for place in (room.parent, room):
        (place / "__init__.py").write_text("")
    (room / "curve.py").write_text(
        "class Base:\n    def area(self): ...\n\n"
        "class Curve(Base):\n    shape: float\n    def __init__(self): self.kept = 1\n\n"
        'def fitted(kind="least_squares"): ...\n'
    )
    return room


@pytest.mark.parametrize(
    "said",
    [
        *(
            "curve",
            "curve.py",
            "room/",
            "top/room/curve.py",
            "Curve",
            "Curve.shape",
            "Curve.kept",
            "Curve.area",
            "curve.fitted(x)",
        ),
        *(
            "least_squares",
            "room.curve",
            "room.fitted",
            "top.room.curve.Curve.area",
            "--option",
            "(t / scale)^shape",
            "run.json",
            "Settings!Draw shown",
        ),
    ],
)
def test_what_is_there_may_be_said(house: Path, said: str) -> None:
    (house / "README.md").write_text(f"Of `{said}` and `curve`.\n")
    assert House(house.parent).unknown(house) == []


@pytest.mark.parametrize(
    "said",
    [
        "kurve",
        "kurve.py",
        "attic/",
        "top/curve.py",
        "Curve.colour",
        "curve.drawn(x)",
        "most_squares",
        "rooms.curve",
        "top.room.kurve",
    ],
)
def test_what_is_not_there_is_found(house: Path, said: str) -> None:
    (house / "README.md").write_text(f"Of `{said}`.\n")
    assert House(house.parent).unknown(house) == [said.removesuffix("(x)")]


def test_a_file_or_room_that_is_left_out_is_found(house: Path) -> None:
    (house / "README.md").write_text("Nothing of it; only in a block:\n```\n`curve`\n```\n")
    (house.parent / "README.md").write_text("Nothing of `elsewhere/`.\n")
    assert House(house.parent).unsaid(house) == ["curve"]
    assert House(house.parent).unsaid(house.parent) == ["room/"]


def test_blocks_of_code_and_arithmetic_name_nothing() -> None:
    assert list(names_said("`a.py`, `--set`, `x + y`\n```\n`b.py`\n```\n`c(1, 2)` `run.json`")) == ["a.py", "c"]


ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \| `(?P<code>\w+)` \| `(?P<home>[\w./]+\.py)` \|$")


def glossary() -> list[re.Match[str]]:
    """The rows of the glossary in the README of the house."""
    text = (MODEL / "README.md").read_text(encoding="utf-8").partition("\n## Glossary")[2]
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    rows = [ROW.match(line) for line in lines]
    assert None not in rows, lines[rows.index(None)]
    return [row for row in rows if row is not None]


def test_the_glossary_gives_each_word_once_in_alphabetical_order() -> None:
    words = [row["word"] for row in glossary()]
    assert words == sorted(set(words), key=str.casefold)
    assert 40 <= len(words) <= 80


def test_each_word_of_the_glossary_lives_where_it_says() -> None:
    astray = [
        row["word"]
        for row in glossary()
        if not (MODEL / row["home"]).exists()
        or not re.search(rf"\b{row['code']}\b", (MODEL / row["home"]).read_text(encoding="utf-8"))
    ]
    assert astray == []


def test_the_readme_of_the_house_leads_to_every_room() -> None:
    text = (MODEL / "README.md").read_text(encoding="utf-8")
    links = [MODEL / link for link in re.findall(r"\]\(([\w./]+)\)", text)]
    assert [str(link) for link in links if not link.exists()] == []
    assert {link.parent for link in links if link.name == "README.md"} == {*ROOMS.values()} - {MODEL}


PATH_IN_CODE = re.compile(r"`([\w/.]+\.py)`")
REFERENCE = re.compile(r":(?:mod|func|class|meth|data):`(model\.[\w.]+)`")


@pytest.mark.parametrize("folder", ROOMS)
def test_files_and_names_that_docstrings_and_comments_refer_to_are_there(folder: str) -> None:
    astray = [
        f"{path.name}: {name}"
        for path in ROOMS[folder].glob("*.py")
        for pattern in (PATH_IN_CODE, REFERENCE)
        for name in pattern.findall(path.read_text(encoding="utf-8"))
        if not HOUSE.exists(name, path.parent)
    ]
    assert astray == []
