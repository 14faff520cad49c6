"""Each rule of the house finds what breaks it: small trees of packages, sound but for one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.imports import Tree, circle, floors, unmatched_twins

SOUND = {
    "top/low/__init__.py": "",
    "top/low/number.py": "",
    "top/low/shape.py": "from top.low.number import one\n",
    "top/high/__init__.py": "",
    "top/high/one/__init__.py": "",
    "top/high/one/a.py": "from top.low.shape import line\n",
    "top/high/two/__init__.py": "",
    "top/high/two/b.py": "from top.high.one.a import name\n",
    "top/beside/__init__.py": "",
    "top/beside/picture.py": "import pandas\nfrom top.low.shape import line\n",
    "top/__init__.py": "from top.high.two.b import name\n",
}
ORDER = {"low": 0, "high": 1, "beside": 1}


def tree(folder: Path, changes: dict[str, str]) -> Tree:
    """The sound tree with some files changed."""
    for name, text in {**SOUND, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        (path.parent / "README.md").write_text("# room: a room\n")
    return Tree(folder / "top")


def broken(found: Tree) -> set[str]:
    """The rules that a tree breaks."""
    rules = {
        "upward": found.upward(ORDER),
        "circle of files": circle(found.imports),
        "circle of rooms": [folder for folder in found.folders if circle(found.rooms(folder))],
        "folders that import each other": found.mutual_folders(),
        "hidden import": found.hidden_imports(),
        "pure floor": found.outside(["low"], ["pandas", "openpyxl"]),
        "neighbours": found.between(["high"], ["beside"]) + found.between(["beside"], ["high"]),
        "public package": found.of_public_names(),
        "README": found.without_readme(),
    }
    return {name for name, breaches in rules.items() if breaches}


def test_a_sound_tree_breaks_no_rule(tmp_path: Path) -> None:
    found = tree(tmp_path, {})
    assert broken(found) == set()
    assert floors(found.rooms("top")) == {"low": 0, "high": 1, "beside": 1}
    assert floors(found.rooms("top.high")) == {"one": 0, "two": 1}


A_LINE_EACH = {
    "an import from a floor above": (
        {"top/low/number.py": "from top.high.one.a import name\n"},
        {"upward", "circle of files", "circle of rooms", "folders that import each other"},
    ),
    "the same for a type hint alone": (
        {"top/low/number.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from top.high.one import a\n"},
        {"upward", "circle of files", "circle of rooms", "folders that import each other"},
    ),
    "the same inside a function": (
        {"top/low/number.py": "def f():\n    import top.high.one.a\n"},
        {"upward", "circle of files", "circle of rooms", "folders that import each other"},
    ),
    "two files of one room that import each other": (
        {"top/low/number.py": "from top.low.shape import line\n"},
        {"circle of files", "circle of rooms"},
    ),
    "two rooms that import each other by different files": (
        {"top/high/one/c.py": "from top.high.two.d import x\n", "top/high/two/d.py": ""},
        {"circle of rooms", "folders that import each other"},
    ),
    "two rooms of different depth that import each other": (
        {
            "top/high/one/deep/__init__.py": "",
            "top/high/one/deep/e.py": "from top.high.two.d import x\n",
            "top/high/two/d.py": "",
        },
        {"circle of rooms", "folders that import each other"},
    ),
    "a pure floor that imports data frames": ({"top/low/number.py": "import pandas as pd\n"}, {"pure floor"}),
    "data frames inside a function": ({"top/low/number.py": "def f():\n    from pandas import DataFrame\n"}, {"pure floor"}),
    "a pure floor that imports a part of a library of cells": (
        {"top/low/shape.py": "from top.low.number import one\nimport openpyxl.styles\n"},
        {"pure floor"},
    ),
    "a room that imports the one beside it": (
        {"top/high/one/a.py": "from top.beside.picture import drawn\nfrom top.low.shape import line\n"},
        {"neighbours"},
    ),
    "the same the other way": ({"top/beside/picture.py": "from top.high.one import a\n"}, {"neighbours"}),
    "a file that imports the package of public names": ({"top/beside/picture.py": "import top\n"}, {"public package"}),
    "a name from the package of public names": ({"top/beside/picture.py": "from top import name\n"}, {"public package"}),
    "an import by a name made at run time": (
        {"top/low/number.py": "import importlib\nimportlib.import_module('top.' + 'high')\n"},
        {"hidden import"},
    ),
}


@pytest.mark.parametrize("case", A_LINE_EACH)
def test_each_rule_finds_what_breaks_it(tmp_path: Path, case: str) -> None:
    changes, rules = A_LINE_EACH[case]
    assert broken(tree(tmp_path, changes)) == rules


def test_a_package_may_hand_names_on_when_they_are_asked_for(tmp_path: Path) -> None:
    changes = {"top/__init__.py": "import importlib\ndef __getattr__(name): return importlib.import_module('top.low')\n"}
    assert broken(tree(tmp_path, changes)) == set()


def test_another_package_may_be_imported_by_its_name(tmp_path: Path) -> None:
    assert (
        broken(tree(tmp_path, {"top/low/number.py": "import importlib\nimportlib.import_module('distributed')\n"})) == set()
    )


def test_a_room_without_readme_is_found(tmp_path: Path) -> None:
    found = tree(tmp_path, {})
    (tmp_path / "top/high/two/README.md").unlink()
    assert found.without_readme() == ["top.high.two"]


def test_a_relative_import_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"top\.low\.shape: a relative import"):
        _ = tree(tmp_path, {"top/low/shape.py": "from .number import one\n"}).imports


@pytest.mark.parametrize(
    ("engine", "live", "said"),
    [
        ({"costs", "states", "threads", "new"}, {"costs", "states"}, "nothing is said of"),
        ({"costs", "threads"}, {"costs", "states"}, "not in the engine"),
        ({"costs", "states", "threads"}, {"costs"}, "no twin"),
        ({"costs", "states", "threads"}, {"costs", "states", "threads"}, "has a twin after all"),
    ],
)
def test_twins_that_do_not_match_are_found(engine: set[str], live: set[str], said: str) -> None:
    assert list(unmatched_twins(engine, live, {"costs", "states"}, {"threads"})) == [said]
    assert (
        unmatched_twins({"costs", "states", "threads"}, {"costs", "states", "more"}, {"costs", "states"}, {"threads"}) == {}
    )
