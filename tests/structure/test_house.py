"""The house as its architecture has it: floors, no circles, twins, and a README in every room.

The rules stand in ``tests/helpers/imports.py``; ``test_rules_of_the_house.py`` tries each on a small tree that breaks it.
"""

from __future__ import annotations

import pytest

from tests.helpers.imports import HOUSE, MODEL, circle, unmatched_twins
from tests.structure.draw_floors import FIGURE, figure

FLOORS = ("survival", "definition", "engine", "analysis", "excel", "report", "cli")
"""From the ground up. ``figures`` stands beside ``excel``; what stands in ``GROUND`` is the ground itself."""
BESIDE = {"figures": "excel", "records": "definition", "sample_models": "report", "__main__": "cli"}
GROUND = (
    "arrays",
    "processors",
    "cell_text",
    "choices",
    "constants",
    "files",
    "lazy",
    "result_columns",
    "shipped",
    "shown",
    "spelling",
    "version",
)
PURE = ("survival", "definition", "engine", "analysis")
"""Floors that never see a file, a cell, a figure or a progress bar."""
ARRAYS = ("survival", "definition", "engine")
"""Those that work on arrays alone: a data frame is a way to show results."""
FOREIGN = ("openpyxl", "xlsxwriter", "matplotlib", "rich", "argparse", "jinja2")
"""Packages that only floors above know."""

ORDER = {
    **{floor: height for height, floor in enumerate(FLOORS)},
    **{floor: FLOORS.index(other) for floor, other in BESIDE.items()},
    **dict.fromkeys(GROUND, -1),
}

TWINS = {
    *(
        "costs",
        "deaths",
        "discounting",
        "dosing",
        "evaluate",
        "implied_hazards",
        "ordered_curves",
        "state_transition",
        "states",
        "streams",
        "subsequent",
        "timeline",
        "trace",
        "unit_costs",
    ),
    "utilities",
}
"""Steps of the calculation that stand in ``engine`` and, as formulas, in ``excel/live``."""
NO_TWIN = {
    "arm_states": "the record of occupancies: columns of the trace, live/states",
    "binding": "its formulas stand on the sheet Coherence: report/coherence",
    "chunks": "pieces of work: a workbook calculates one draw at a time",
    "coherence": "its formulas stand on the sheet Coherence: report/coherence",
    "crossing": "its formulas are columns of the trace: live/states",
    "curve_steps": "what a trace shows of the curves: columns of the sheets of live/curves/",
    "curves": "its formulas stand on the sheet of each curve: live/curves/, called by live/states",
    "dask_cluster": "who evaluates draws",
    "engine": "blocks of draws",
    "events_within": "its formulas are columns of the trace: live/utilities",
    "executors": "who evaluates draws",
    "half_cycle": "its formulas are the weights of the time axis: live/timeline",
    "mixed_structures": "draws of several structures: a workbook calculates one draw at a time",
    "outcomes": "arrays over draws: totals stand on the sheets",
    "partitioned_survival": "its formulas are columns of the trace: live/states",
    "time_on_treatment": "its formulas are columns of the trace: live/states",
    "transition_states": "its formulas stand on the sheets of the arms: live/state_transition",
}


def test_every_room_has_its_floor() -> None:
    assert set(HOUSE.rooms("model")) == set(ORDER)


def test_nothing_imports_from_a_floor_above() -> None:
    assert HOUSE.upward(ORDER) == []


def test_the_floors_of_the_calculation_touch_no_file() -> None:
    assert HOUSE.between(PURE, ("files",)) == []


def test_the_floors_of_the_calculation_know_no_workbook_no_figure_and_no_terminal() -> None:
    assert HOUSE.outside(PURE, FOREIGN) == []


def test_the_floors_below_the_analyses_work_on_arrays_without_data_frames() -> None:
    assert HOUSE.outside(ARRAYS, ("pandas",)) == []


def test_nothing_inside_imports_the_package_of_public_names() -> None:
    assert HOUSE.of_public_names() == []


def test_excel_and_figures_do_not_know_each_other() -> None:
    assert HOUSE.between(("excel",), ("figures",)) + HOUSE.between(("figures",), ("excel",)) == []


def test_workbook_and_figures_do_not_know_the_report_that_is_made_beside_them() -> None:
    assert HOUSE.between(("excel", "figures"), ("report",)) == []


def test_no_file_imports_what_cannot_be_read_from_its_text() -> None:
    assert HOUSE.hidden_imports() == []


def test_no_circle_among_files() -> None:
    assert circle(HOUSE.imports) == []


@pytest.mark.parametrize("folder", HOUSE.folders)
def test_no_circle_among_the_rooms_of_a_folder(folder: str) -> None:
    assert circle(HOUSE.rooms(folder)) == []


def test_no_two_folders_import_each_other_at_any_level() -> None:
    assert HOUSE.mutual_folders() == []


def test_each_step_of_the_engine_has_its_twin_in_formulas() -> None:
    engine = {path.stem for path in (MODEL / "engine").glob("*.py")} - {"__init__"}
    live = {path.stem for path in (MODEL / "excel" / "live").glob("*.py")}
    assert unmatched_twins(engine, live, TWINS, set(NO_TWIN)) == {}


def test_every_folder_says_what_it_is_for() -> None:
    assert HOUSE.without_readme() == []


def test_the_figure_of_the_floors_is_that_of_the_imports() -> None:
    """If not: ``python tests/structure/draw_floors.py``."""
    assert FIGURE.read_text(encoding="utf-8") == figure()
