"""An output workbook given back as input: the same results, edits honoured, and refused while it shows a replay."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import openpyxl
import pytest

from model.analysis import base_case
from model.analysis.agreement import relative_difference
from model.analysis.base_case.named_outputs import named_outputs
from model.cli import main
from model.definition import ModelDefinition, edit
from model.excel import InputError, layout_of, read_inputs
from model.excel.inputs.controls import replay_controls
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.inputs.replay_settings import ReplaySetting
from model.excel.verification.libreoffice import convert, office_program, write_cells
from model.excel.verification.output_cells import read_output_cells
from tests.helpers.output_models import N_DRAWS, SEED, small_output
from tests.helpers.small_runs import small_run

SAMPLED = ["--draws", str(N_DRAWS), "--seed", str(SEED)]
EDITS: dict[str, float] = {"settings.horizon_years": 4.0, "utilities.progressed": 0.61}


@pytest.fixture(scope="module")
def made() -> tuple[Path, ModelDefinition]:
    written = small_output("three arms")
    return written.path, written.definition


def cells_of(definition: ModelDefinition, values: dict[str, float]) -> dict[CellPlace, float | None]:
    """Values at addresses as values at cells of the definition's output workbook."""
    cells = layout_of(definition, replay_controls(len(definition.scenario_changes()), 1)).cells
    return {CellPlace(cells[a].sheet, cells[a].a1): value for a, value in values.items()}


def same_results(a: ModelDefinition, b: ModelDefinition) -> bool:
    return named_outputs(base_case(a)) == named_outputs(base_case(b))


@pytest.fixture(scope="module")
def edited(made: tuple[Path, ModelDefinition], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with :data:`EDITS`, saved by openpyxl, which drops the results of formulas."""
    path, definition = made
    book = openpyxl.load_workbook(path)
    for where, value in cells_of(definition, EDITS).items():
        book[where.sheet][where.cell] = value
    saved = tmp_path_factory.mktemp("round_trip") / "edited.xlsx"
    book.save(saved)
    return saved


# ---- honoured --------------------------------------------------------------------------------------------------------


def test_an_output_workbook_run_again_gives_the_same_results(
    made: tuple[Path, ModelDefinition], tmp_path: Path, workbook_alone: None
) -> None:
    path, definition = made
    assert main([str(path), "--out", str(tmp_path / "again"), "--only", "base,psa", *SAMPLED]) == 0
    again = tmp_path / "again" / "again.xlsx"
    assert read_inputs(again) == read_inputs(path) == definition
    first, second = read_output_cells(path), read_output_cells(again)
    assert second.stored == first.stored
    assert first.draws is not None and second.draws is not None
    assert second.draws.columns == first.draws.columns


def test_an_edit_by_another_program_is_honoured_and_nothing_else_moves(
    made: tuple[Path, ModelDefinition], edited: Path
) -> None:
    definition = made[1]
    found = read_inputs(edited)
    assert found == edit(definition, EDITS)
    assert not same_results(found, definition)


@pytest.mark.slow
@pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")
def test_an_edit_saved_by_libreoffice_is_honoured(made: tuple[Path, ModelDefinition], edited: Path, tmp_path: Path) -> None:
    back, definition = convert(edited, tmp_path / "office"), made[1]
    found, expected = read_inputs(back), edit(definition, EDITS)
    assert found.settings.horizon_years == 4.0 and found.arms == expected.arms
    python, shown = named_outputs(base_case(expected)), read_output_cells(back).stored
    for results, allowed in ((named_outputs(base_case(found)), 1e-12), (shown, 1e-9)):
        assert max(relative_difference(python[name], results[name]) for name in python) < allowed


# ---- refused ---------------------------------------------------------------------------------------------------------


@cache
def replay_cells(path: Path) -> dict[str, CellPlace]:
    cells = read_output_cells(path).cells
    return {name: cells[f"set_{name}"] for name in ("scenario", "psa_draw")}


def showing(path: Path, folder: Path, values: dict[CellPlace, float | None]) -> Path:
    """A copy with other numbers in some cells, saved with the results as they were."""
    write_cells(path, folder / "edited.xlsx", values)
    return folder / "edited.xlsx"


@pytest.mark.parametrize(("name", "header", "value"), [("scenario", "Scenario shown", 2), ("psa_draw", "Draw shown", 17)])
def test_a_workbook_that_shows_a_scenario_or_a_draw_is_refused_as_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, header: str, value: float
) -> None:
    starter = small_run()  # with subgroups
    where = replay_cells(starter)[name]
    shown = showing(starter, tmp_path, {where: value})
    out = tmp_path / "out"
    out.mkdir()
    (out / "earlier.csv").write_text("kept")
    for command in ([str(shown), "--out", str(out)], ["check", str(shown)]):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"{where} '{header}': it is {value};") and "1 problem found" in error
        assert "set 'Subgroup shown', 'Scenario shown' and 'Draw shown' to 0" in error and "Traceback" not in error
    assert [p.name for p in out.iterdir()] == ["earlier.csv"] and (out / "earlier.csv").read_text() == "kept"


def test_both_rows_and_a_bad_input_are_reported_at_once(made: tuple[Path, ModelDefinition], tmp_path: Path) -> None:
    path, definition = made
    where = replay_cells(path)
    bad = cells_of(definition, {"utilities.progressed": 1.2})
    with pytest.raises(InputError) as caught:
        read_inputs(showing(path, tmp_path, {where["scenario"]: 1, where["psa_draw"]: 1, **bad}))
    assert [p.header for p in caught.value.problems] == ["Scenario shown", "Draw shown", "Value"]


def test_empty_rows_count_as_0(made: tuple[Path, ModelDefinition], tmp_path: Path) -> None:
    path, definition = made
    assert read_inputs(showing(path, tmp_path, dict.fromkeys(replay_cells(path).values()))) == definition


def test_only_0_and_an_empty_cell_show_the_inputs() -> None:
    shown = {value: ReplaySetting("psa_draw", "Settings", "B30", value) for value in (0, None, " ", 1, "0", "all")}
    assert [value for value, row in shown.items() if row.shows_inputs] == [0, None, " "]


@pytest.mark.slow
def test_the_inputs_of_a_workbook_that_shows_a_scenario_can_be_compared(
    made: tuple[Path, ModelDefinition], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = made
    where = replay_cells(path)["scenario"]
    shown = showing(path, tmp_path, {where: 1})
    assert read_inputs(shown, replays="ignore") == read_inputs(path)
    assert main(["diff", str(path), str(shown)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"edited.xlsx shows 'Scenario shown' ({where}): it is 1; its inputs as typed are compared" in out
    assert "No input differs" in out
