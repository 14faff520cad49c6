"""The house as its architecture has it: floors, no circles, twins, and a README in every room."""

from __future__ import annotations

import pytest

from tests.helpers.imports import MODEL, circle, files, folders, imports, rooms

FLOORS = ("survival", "definition", "engine", "analysis", "excel", "cli")
"""From the ground up. ``figures`` stands beside ``excel``; what is on no floor is the ground itself."""
BESIDE = {"figures": "excel", "arrays": None, "choices": None, "constants": None, "files": None, "spelling": None}
PURE = ("survival", "definition", "engine", "analysis")
"""Floors that never see a file, a cell, a figure or a progress bar."""

TWINS = ("costs", "dosing", "evaluate", "states", "streams", "subsequent", "timeline", "trace", "utilities")
"""Steps of the calculation that stand in ``engine`` and, as formulas, in ``excel/live``."""
NO_TWIN = {
    "chunks": "pieces of work: a workbook calculates one draw at a time",
    "dask_cluster": "who evaluates draws",
    "engine": "blocks of draws",
    "executors": "who evaluates draws",
    "outcomes": "arrays over draws: totals stand on the sheets",
}


def floor_name(module: str) -> str:
    """``engine`` for ``model.engine.states``; empty for the package itself."""
    return module.partition(".")[2].split(".")[0]


def height(module: str) -> int:
    part = floor_name(module)
    floor = BESIDE.get(part, part)
    return -1 if floor is None else FLOORS.index(floor)


def test_nothing_imports_from_a_floor_above() -> None:
    upward = [
        f"{module} -> {other}"
        for module, others in imports().items()
        for other in others
        if module != "model" and other != "model" and height(other) > height(module)
    ]
    assert upward == []


def test_the_floors_of_the_calculation_touch_no_file() -> None:
    assert [
        f"{m} -> {o}"
        for m, others in imports().items()
        for o in others
        if floor_name(m) in PURE and o.startswith("model.files")
    ] == []


def test_nothing_inside_imports_the_package_of_public_names() -> None:
    assert [m for m, others in imports().items() if "model" in others] == []


def test_excel_and_figures_do_not_know_each_other() -> None:
    sides = {
        (floor_name(module), floor_name(other))
        for module, others in imports().items()
        for other in others
        if module != "model"
    }
    assert not sides & {("excel", "figures"), ("figures", "excel")}


def test_no_circle_among_files() -> None:
    assert circle(imports()) == []


@pytest.mark.parametrize("folder", folders())
def test_no_circle_among_the_rooms_of_a_folder(folder: str) -> None:
    """A room is a file that stands loose in the folder, or a folder in it as a whole."""
    assert circle(rooms(folder)) == []


def test_each_step_of_the_engine_has_its_twin_in_formulas() -> None:
    engine = {path.stem for path in (MODEL / "engine").glob("*.py")} - {"__init__"}
    live = {path.stem for path in (MODEL / "excel" / "live").glob("*.py")}
    assert engine == {*TWINS, *NO_TWIN}, "say of each file of the engine whether it has a twin"
    assert set(TWINS) <= live


def test_every_folder_says_what_it_is_for() -> None:
    missing = [folder for folder in folders() if not (files()[folder].parent / "README.md").exists()]
    assert missing == []
