"""A run of one subgroup: its results, its folder, what is told, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.analysis import base_case
from model.cli import main
from model.definition import Subgroup, SubgroupChange, define, edit
from model.excel import read_inputs, write_inputs
from tests.helpers.small_models import tables_of
from tests.helpers.small_runs import small_definition


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of two subgroups, which no test changes."""
    definition = small_definition()
    tables = tables_of(definition)
    tables["subgroups"] = (
        Subgroup(id="early", label="Early disease", share=0.4),
        Subgroup(id="late", label="Late", share=0.6),
    )
    address = next(a for a in definition.parameters if a.startswith("care."))
    tables["subgroup_changes"] = (SubgroupChange(subgroup="late", input=address, value=321.0),)
    path = tmp_path_factory.mktemp("subgroups") / "book.xlsx"
    write_inputs(define(**tables), path)
    return path


def test_a_run_of_one_subgroup_is_that_of_its_inputs(
    workbook: Path, tmp_path: Path, workbook_alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([str(workbook), "--subgroup", "late", "--only", "base", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Subgroup: Late" in told and "= 321" in told
    assert json.loads((out / "run.json").read_text())["subgroup"] == "late"
    whole = read_inputs(workbook)
    expected = base_case(edit(whole, whole.changes_in_subgroups()["late"]))
    made = read_inputs(out / "out.xlsx")
    assert made.subgroups == ()
    assert base_case(made).total_costs.tolist() == expected.total_costs.tolist()
    patients = {row.item: row.value for row in whole.budget_items}
    of_its_share = {name: patients[name] * 0.6 for name in ("prevalent", "incident")}
    assert {row.item: row.value for row in made.budget_items} == pytest.approx({**patients, **of_its_share})
    assert f"budget_items.incident.value = {patients['incident'] * 0.6:g} (was {patients['incident']:g})" in told


def test_the_run_of_all_has_the_table_of_subgroups(
    workbook: Path, tmp_path: Path, tables_alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([str(workbook), "--only", "subgroups", "--out", str(out)]) == 0
    assert (out / "tables" / "subgroups.csv").exists()
    assert "Subgroups: Early disease (40%)" in capsys.readouterr().out


def test_an_unknown_subgroup_is_refused_in_one_line(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(workbook), "--subgroup", "erly"]) == 2
    told = capsys.readouterr().err
    assert "there is no subgroup 'erly'; did you mean 'early'?; there are early, late" in told and "Traceback" not in told
