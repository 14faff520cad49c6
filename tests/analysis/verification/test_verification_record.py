"""The verification record as a whole: the shipped workbooks, wrong inputs, other structures and numbers of arms, the command.

What must hold: no test fails on a shipped workbook; a utility above the population's norm fails by name; a test that does not
apply says why; the record of the command, of Python and of a sheet is the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import model
from model.analysis.verification.declared import VERDICTS
from model.analysis.verification.independent import cheapest_packs, population_survival
from model.analysis.verification.record import BY_ID, TESTS, VerificationRecord, verify_model
from model.cli import main
from model.definition import LifeTableRow
from model.definition.editing import edit_unchecked
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.situations import options
from tests.helpers.three_arms import three_arms
from tests.helpers.verified_models import whole

FEW = 200
COARSE = {"settings.cycle_days": 28.0}


def verdicts(record: VerificationRecord) -> dict[str, str]:
    return {m.test: m.verdict for m in record.made}


def test_there_are_at_least_a_hundred_tests_each_declared_once() -> None:
    assert len(TESTS) == len(BY_ID) >= 100
    assert all(t.statement and t.done and t.expected and t.source for t in TESTS)


@pytest.mark.parametrize("name", [*NAMES, "example_synthetic_trial"])
def test_no_test_fails_on_a_shipped_workbook(name: str) -> None:
    definition = shipped(name)
    record = verify_model(definition, draws=FEW)
    assert record.passes, [(m.test, m.observed) for m in record.of("fail")]
    assert len(record.of("pass")) >= 100
    assert {m.test for m in record.of("flag")} <= {"E5"}  # alive at 94: the horizon of 40 years is a choice, and is told


def test_a_utility_above_the_norm_of_the_population_fails_and_says_where() -> None:
    wrong = edit_unchecked(whole(), {"utilities.progression_free": 0.99})
    (made,) = verify_model(wrong, ["E16"]).made
    assert made.verdict == "fail" and "progression-free" in made.observed and "above the norm" in made.observed


def test_curves_that_cross_are_told_with_the_month_and_the_gap() -> None:
    crossing = edit_unchecked(whole(), {"relative_effects.new_treatment.pfs": 0.05})
    made = {m.test: m for m in verify_model(crossing, ["P4", "T4", "P5"]).made}
    assert "from month" in made["P4"].observed and made["P4"].verdict == "pass"
    assert made["T4"].verdict == made["P5"].verdict == "pass"  # after repair


def test_a_short_horizon_is_flagged() -> None:
    (made,) = verify_model(edit_unchecked(whole(), {"settings.horizon_years": 2.0}), ["E5"]).made
    assert made.verdict == "flag"


def test_three_arms_and_arms_that_are_all_the_same_can_be_verified() -> None:
    for definition in (three_arms(), options(3), options(2)):
        record = verify_model(definition, draws=FEW)
        assert record.passes, [(m.test, m.observed) for m in record.of("fail")]
        assert all(m.observed for m in record.of("does not apply"))


def test_the_state_transition_structure_says_which_tests_do_not_apply() -> None:
    by_states = edit_unchecked(shipped("patina_us"), COARSE | {"settings.structure": "state_transition"})
    record = verify_model(by_states, draws=FEW)
    assert record.passes, [(m.test, m.observed) for m in record.of("fail")]
    reasons = {m.test: m.observed for m in record.of("does not apply")}
    assert {"E10", "E11", "R13", "E14", "P4", "P5"} <= set(reasons)
    assert all("state-transition" in reasons[t] for t in ("E10", "E14", "P4"))


def test_structure_as_an_input_can_be_verified() -> None:
    either = edit_unchecked(shipped("patina_us"), COARSE | {"settings.state_transition_probability": 0.5})
    record = verify_model(either, ["E1", "E20", "U9", "U12a", "U12b", "U13a", "U16a", "U22"], draws=FEW)
    assert set(verdicts(record).values()) == {"pass"}, [(m.test, m.observed) for m in record.of("fail")]


def test_what_a_broken_calculation_raises_is_a_failure_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no patients")

    monkeypatch.setattr("model.engine.utilities.norm_ratio", broken)
    (made,) = verify_model(whole(), ["E1"]).made
    assert made.verdict == "fail" and "ZeroDivisionError: no patients" in made.observed


def test_an_unknown_test_is_refused() -> None:
    with pytest.raises(KeyError, match="Z9"):
        verify_model(whole(), ["Z9"])


def test_the_record_counts_its_verdicts() -> None:
    record = model.verify_model(whole(), ["E1", "E10", "T13"])
    row = record.summary().set_index("domain")
    assert row["passed"].sum() == 2 and row["open"].sum() == 1 and row["failed"].sum() == 0
    assert record.line().startswith("Verification: 3 tests, 2 passed, none failed")
    assert set(record.table()["verdict"]) <= set(VERDICTS)


# ---- the arithmetic written a second time ----------------------------------------------------------------------------


def test_packs_are_combined_to_the_least_cost_that_holds_the_dose() -> None:
    assert cheapest_packs(250.0, [(100.0, 10.0), (150.0, 14.0)]) == pytest.approx(24.0)  # one of each
    assert cheapest_packs(125.0, [(21.0, 1.0)]) == pytest.approx(6.0)


def test_the_population_lives_by_its_yearly_probabilities() -> None:
    rows = tuple(LifeTableRow(age=age, qx_female=0.1 * (age - 53), qx_male=None) for age in range(54, 60))
    definition = edit_unchecked(
        dataclasses.replace(whole(), life_table=rows), {"population.start_age": 54.0, "population.female_share": 1.0}
    )
    assert population_survival(definition, np.array([0.0, 1.0, 2.0, 3.0])) == pytest.approx([1, 0.9, 0.72, 0.504])


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "mine.xlsx"
    model.write_inputs(three_arms(), path)
    return path


def test_the_command_writes_the_record_as_workbook_and_as_csv(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, csv = workbook.with_name("record.xlsx"), workbook.with_name("record.csv")
    for out in (sheet, csv):
        assert main(["verify-model", str(workbook), "--out", str(out), "--draws", str(FEW)]) == 0
    told = capsys.readouterr().out
    assert "Verification: " in told and "none failed" in told
    table = pd.read_csv(csv, keep_default_na=False)
    assert list(table["test"]) == [t.id for t in TESTS] and set(table["reviewer"]) == {""}
    cells = {str(c.value) for row in openpyxl.load_workbook(sheet)["Verification record"].iter_rows() for c in row}
    assert {t.id for t in TESTS} <= cells and "Independent reviewer" in cells


def test_a_failing_test_ends_the_command_with_exit_code_1(
    workbook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.engine.timeline.discount_factor", lambda years, *_: 0.9 + 0 * years)
    assert main(["verify-model", str(workbook), "--draws", str(FEW)]) == 1
    told = capsys.readouterr().out
    assert "Failed:" in told and "R11" in told


def test_files_that_are_no_record_are_never_overwritten(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = workbook.with_name("notes.csv")
    other.write_text("mine\n", encoding="utf-8")
    for out in (other, workbook):
        assert main(["verify-model", str(workbook), "--out", str(out)]) == 2
    assert other.read_text(encoding="utf-8") == "mine\n"
    assert "choose another name" in capsys.readouterr().err
