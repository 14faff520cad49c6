"""Output workbooks in LibreOffice, in three locales; and that nothing of LibreOffice stays behind.

Oracle: Python's own calculation. The shipped books, every scenario of them, are gone through in .ci/office.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.agreement import DIFFERS
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import edit
from model.excel import InputError
from model.excel.verification.libreoffice import ConvertingLibreOffice, office_program
from model.excel.verification.open_office import PREFIX, OpenOffice, python_with_uno
from model.excel.verification.verify import verify_workbook
from tests.helpers.output_models import small_output
from tests.helpers.recalculated import compare_formulas, differences
from tests.helpers.recalculated_office import InOffice, python_of_office
from tests.helpers.replays import wrong_scenarios
from tests.helpers.small_runs import write_small_run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(python_of_office() is None, reason="LibreOffice or a Python with 'uno' is missing"),
]


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR"])
def test_untouched_and_in_every_scenario_it_shows_pythons_results(locale: str) -> None:
    made = small_output("two arms")
    with InOffice(made.path, made.definition, locale) as book:
        formulas = compare_formulas(made.path, book)
        assert formulas.count > 5_000 and formulas.wrong == []
        assert book.value("checks_failed") == 0.0
        assert wrong_scenarios(book, [1]) == {}


SMALL_FORMULAS = {
    "1E-200*1E-200": 0.0,
    "EXP(-740)": pytest.approx(0.0, abs=1e-300),
    "EXP(-740)^1": "error #NUM!",
    "_xlfn.GAMMA.DIST(1E150,2,1,TRUE)": "error Err:523",
}


def test_why_no_power_is_taken_of_next_to_nothing(tmp_path: Path) -> None:
    """What the formulas of the workbook avoid; when LibreOffice learns it, this test says so."""
    import xlsxwriter

    path = tmp_path / "limits.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("S")
    for row, formula in enumerate(SMALL_FORMULAS):
        sheet.write_formula(row, 0, f"={formula}")
    book.close()
    with _open() as office:
        office.open(path)
        found = office.read([("S", f"A1:A{len(SMALL_FORMULAS)}")])[0]
    assert [row[0] for row in found] == list(SMALL_FORMULAS.values())


def test_the_starter_model_also_of_old_patients_shows_pythons_results(tmp_path: Path) -> None:
    """Patients of 65 and 90 years: the rows of the sheets reach ages that nobody sees."""
    path = tmp_path / "steep.xlsx"
    definition = write_small_run(path)
    with InOffice(path, definition) as book:
        assert book.value("checks_failed") == 0.0 and book.value("first_error") is None
        assert differences(book.python, book.base, 1e-9) == {}
        for age in (65.0, 90.0):
            change = {"population.start_age": age}
            with book.with_inputs(change):
                assert differences(named_outputs(base_case(edit(definition, change))), book.results(), 1e-9) == {}


# ---- nothing stays behind --------------------------------------------------------------------------------------------


def _open(**options: Any) -> OpenOffice:
    program = office_program()
    python = python_of_office()
    assert program is not None and python is not None
    return OpenOffice(program, python, **options)


def _left(folder: str) -> list[str]:
    """Processes that know the folder, and the folder itself."""
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.split("\n")
    return [line for line in lines if folder in line] + ([folder] if Path(folder).exists() else [])


def _gone(folder: str, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while _left(folder) and time.monotonic() < until:
        time.sleep(0.2)
    return not _left(folder)


WAITS = """
import sys, time
from pathlib import Path
from model.excel.verification.libreoffice import office_program
from model.excel.verification.open_office import OpenOffice, python_with_uno
office = OpenOffice(office_program(), python_with_uno(office_program()))
print(office._folder, flush=True)
office.open(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("when", ["while it opens", "when it is open"])
def test_a_program_that_is_ended_leaves_neither_process_nor_profile(how: signal.Signals, when: str) -> None:
    root = Path(__file__).resolve().parents[3]
    made = small_output("two arms")
    call = [sys.executable, "-c", WAITS, str(made.path)]
    process = subprocess.Popen(call, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    folder = process.stdout.readline().strip()
    assert PREFIX in folder and _left(folder)
    if when == "when it is open":
        assert process.stdout.readline().strip() == "open"
    process.send_signal(how)
    process.wait(60)
    assert _gone(folder)


def test_one_that_does_not_answer_in_time_is_ended(tmp_path: Path) -> None:
    office = _open()
    folder = str(office._folder)
    office.seconds = 0.01
    with pytest.raises(InputError, match="did not answer"):
        office.open(small_output("two arms").path)
    assert _gone(folder)


def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    with _open() as office, pytest.raises(InputError, match="LibreOffice could not recalculate"):
        office.open(broken)
        office.read([("Settings", "A1")])


def test_no_lock_file_is_laid_beside_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(small_output("two arms").path.read_bytes())
    with _open() as office:
        office.open(path)
        assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_without_a_python_that_has_uno_each_case_is_converted_and_a_note_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("model.excel.verification.libreoffice.python_with_uno", lambda _: None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = verify_workbook(small_output("two arms").path, engine="libreoffice", draws=0)
    assert found.agrees and found.notes == (ConvertingLibreOffice.remark,)
    assert next(p.cases for p in found.parts if p.what.startswith("Scenarios")) == 0
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_one_that_stays_open_replays_every_scenario_by_default() -> None:
    assert python_with_uno(str(office_program())) is not None
    found = verify_workbook(small_output("two arms").path, engine="libreoffice", draws=3)
    replayed = next(p for p in found.parts if p.what.startswith("Scenarios"))
    assert replayed.cases == 2
    # of the second scenario's distribution the workbook holds no curve, and a check of it says so
    assert [p.what for p in found.parts if p.verdict == DIFFERS] == [replayed.what]
    assert len(found.notes) == 1 and found.notes[0].endswith(" in: scenario 2 (weibull) (2).")
