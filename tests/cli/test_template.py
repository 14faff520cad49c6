"""``template`` and ``check`` as a newcomer meets them: from the options, or answers, to a model that runs.

The newcomer's numbers are made up here; her curves are exponential by construction, so what the program must find is known.
"""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path

import openpyxl
import pytest

import model
from model.cli import main
from model.cli.starter_questions import QUESTIONS, asked_on_a_terminal
from model.definition import edit
from model.excel import read_inputs
from model.excel.inputs.layout import layout_of
from model.excel.template.asked import asked_for
from model.excel.template.blank import starter_definition
from tests.helpers.edited_workbooks import without_lists

MELANOMA = (
    '--arms "Chemotherapy, Targeted, Immunotherapy" --drugs "Dacarbazine=per_kg, Inhibitor=oral, Antibody=per_kg" '
    '--curves "digitised:exponential, hazard_ratio, coefficients:exponential" --events "Rash" --currency EUR'
)
RATES = {"pfs": 0.10, "os": 0.04}
RATIO = 0.7
LISTED = re.compile(r"^  (?P<cell>[A-Z]+\d+) (?P<header>.+?)(?: \((?P<label>.+?)\))?: ")

NUMBERS = {
    ("Settings", "Price year"): "2025",
    ("Settings", "Time horizon"): 10.0,
    ("Settings", "Discount rate, costs"): 0.0,
    ("Settings", "Discount rate, effects"): 0.0,
    ("Settings", "Threshold"): 50_000.0,
    ("Population", "start_age"): 60.0,
    ("Population", "female_share"): 1.0,
    ("Population", "weight_mean"): 70.0,
    ("Population", "weight_sd"): 10.0,
    ("Digitised curves", "At risk"): 200,
    ("Survival", "rate"): 0.02,
    ("Drugs", "Schedule length"): 28.0,
    ("Drugs", "Contents"): 100.0,
}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(list(words))
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def number_for(sheet: str, header: str, label: str) -> object:
    """What the newcomer types in a cell of which ``check`` gives sheet, header and row."""
    if sheet == "Cover":
        return "Second-line treatment of advanced melanoma"
    keys = [(sheet, header), *((sheet, part) for part in label.split(", "))]
    return next((NUMBERS[key] for key in keys if key in NUMBERS), RATIO if sheet == "Survival" else 0.5)


def fill_in(path: Path, listed: str) -> int:
    """Type into every cell that is listed; beside a value with a distribution its standard error. Returns how many."""
    book, sheet, filled = openpyxl.load_workbook(path), "", 0
    for line in listed.splitlines():
        if not line.startswith(" "):
            sheet = re.sub(r" \(\d+\)$", "", line)
        elif (found := LISTED.match(line)) and sheet in book.sheetnames:
            cell, filled = book[sheet][found["cell"]], filled + 1
            cell.value = number_for(sheet, found["header"], found["label"] or "")
            headers = {c.value: c.column for c in book[sheet][header_row(book[sheet], cell.row)]}
            if "its SE" in line:
                book[sheet].cell(cell.row, headers["SE"]).value = 0.05
            if "Low and High" in line:
                book[sheet].cell(cell.row, headers["Low"]).value = 0.5
                book[sheet].cell(cell.row, headers["High"]).value = 0.9
    book.save(path)
    return filled


def header_row(sheet, row: int) -> int:
    return next(r for r in range(row, 0, -1) if "Distribution" in {c.value for c in sheet[r]} or r == 1)


def paste(path: Path) -> None:
    """The tables of data: a curve read off a figure every month, a life table, norms."""
    book, places = openpyxl.load_workbook(path), layout_of(starter_definition(asked_for("A, B, C", "X"))).tables
    points = [("chemotherapy", e, float(t), round(math.exp(-r * t), 4)) for e, r in RATES.items() for t in range(1, 37)]
    first = 1 + next(r for r in range(400, 1, -1) if book["Digitised curves"].cell(r, 2).value == "os")
    for sheet, start, rows in (
        ("Digitised curves", first, points),
        ("Life table", places["life_table"].first_row + 1, [(age, 0.001, None) for age in range(40, 111)]),
        ("Utility norms", places["utility_norms"].first_row + 1, [(18.0, 0.9)]),
    ):
        for number, cells in enumerate(rows):
            for column, value in enumerate(cells, start=1):
                book[sheet].cell(start + number, column).value = value
    book.save(path)


def test_a_newcomer_comes_from_the_template_to_results_in_three_rounds_of_check(tmp_path: Path, capsys) -> None:
    path = tmp_path / "melanoma.xlsx"
    code, printed = said(capsys, "template", str(path), *shlex.split(MELANOMA))
    assert code == 0 and "3 arms (Chemotherapy, Targeted, Immunotherapy)" in printed and "amounts in EUR" in printed

    without_lists(path)
    code, first = said(capsys, "check", str(path))
    assert code == 2 and "cells are still to be filled in" in first
    assert "the hazard floor needs a life table" in first and "the age adjustment of utilities needs norms" in first
    assert "J9" not in first.split("Survival")[0]
    count = int(re.search(r"(\d+) cells are still", first)[1])  # type: ignore[index]
    assert fill_in(path, first) == count > 40

    code, second = said(capsys, "check", str(path))
    assert code == 2 and "still to be filled in" not in second
    assert "a digitised curve needs at least two points" in second
    paste(path)

    code, third = said(capsys, "check", str(path))
    assert code == 0, third
    assert "no problem found. 3 arms" in third
    base = model.base_case(edit(read_inputs(path), {"settings.cycle_days": 28.0, "settings.hazard_floor": False}))
    years = base.totals().set_index("arm")["life_years"]

    def exponential(rate: float) -> float:
        return (1 - math.exp(-rate * 120)) / rate / 12

    assert years["Immunotherapy"] == pytest.approx(exponential(0.02), rel=1e-3)
    assert years["Chemotherapy"] == pytest.approx(exponential(RATES["os"]), rel=0.03)  # as fitted to 200 patients
    assert years["Targeted"] == pytest.approx(exponential(RATIO * RATES["os"]), rel=0.03)


def test_a_starter_has_nothing_to_overwrite() -> None:
    made = starter_definition(asked_for("Old, New", "Pill, Infusion=per_m2", endpoints="Pill", events="Rash, Fever"))
    assert [r.parameter.value for r in (*made.utilities, *made.products, *made.event_probabilities)] == [None] * 8
    assert {(c.arm, c.endpoint) for c in made.curves} == {
        *(("old", e) for e in ("pfs", "os", "pill")),
        *(("new", e) for e in ("pfs", "os")),
    }
    assert [(r.arm, r.drug, r.until) for r in made.regimens] == [
        ("old", "pill", "own_curve"),
        ("new", "infusion", "progression"),
    ]
    assert {p.parameter.unit for p in made.products} == {"USD per pack", "USD per vial"}
    assert {p.item for p in made.population} == {"start_age", "female_share", "bsa_mean", "bsa_sd"}
    assert made.references == () and made.scenarios == () and made.assumptions == ()


def test_a_profile_brings_its_rates_and_thresholds() -> None:
    made = starter_definition(asked_for("Old, New", "Pill", currency="GBP", profile="nice"))
    assert made.settings.discount_rate_costs == made.settings.discount_rate_effects == 0.035
    assert {t.value for t in made.thresholds if t.role == "decision"} == {25_000.0, 35_000.0}


@pytest.mark.parametrize(
    ("options", "gist"),
    [
        ({"arms": "Alone"}, "at least 2 arms"),
        ({"arms": "A, B, a"}, "the same id"),
        ({"drugs": "Pill=orall"}, "did you mean 'oral'?"),
        ({"curves": "evidence, digitised, evidence"}, "3 sources of curves for 2 arms"),
        ({"curves": "hazard_ratio"}, "give one arm another source"),
        ({"curves": "coefficients:piecewise_exponential"}, "take one of exponential"),
        ({"endpoints": "pfs, os, response"}, "from the lowest curve to the highest"),
        ({"regimens": "A=Tablet"}, "'tablet' is no drug"),
        ({"profile": "nicee"}, "is no profile"),
        ({"currency": " "}, "no code of a currency"),
        ({"arms": "甲, 乙"}, "no id can be made"),
        ({"drugs": "OS"}, "which is an endpoint"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(options: dict[str, str], gist: str, tmp_path: Path, capsys) -> None:
    with pytest.raises(ValueError, match=re.escape(gist)):
        asked_for(**{"arms": "A, B", "drugs": "Pill", **options})
    asked = {"arms": "A, B", "drugs": "Pill", **options}
    words = [word for name, text in asked.items() for word in (f"--{name}", text)]
    code, printed = said(capsys, "template", str(tmp_path / "t.xlsx"), *words)
    assert code == 2 and gist in printed and not (tmp_path / "t.xlsx").exists()


def test_questions_on_a_terminal_are_asked_again_until_the_answer_can_be_used(capsys) -> None:
    answers = iter(["Only one", "Old, New", "Pill, Vial=per_kg", "", "evidence:weibull", "", "Rash", "CHF", "pbac"])
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return next(answers)

    found = asked_on_a_terminal(ask)
    assert len(asked) == len(QUESTIONS) + 1 and asked[0] == asked[1]
    assert "at least 2 arms" in capsys.readouterr().err
    assert [a.label for a in found.arms] == ["Old", "New"] and found.arms[1].drugs == ("vial",)
    assert (found.currency, found.profile, found.arms[0].family) == ("CHF", "pbac", "weibull")


def test_in_a_pipe_without_options_and_with_example_it_is_the_complete_example(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: SIM115
    for number, more in enumerate(((), ("--example",))):
        code, printed = said(capsys, "template", str(tmp_path / f"{number}.xlsx"), *more)
        assert code == 0 and "an example" in printed
    assert (tmp_path / "0.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
    assert read_inputs(tmp_path / "0.xlsx").arm_ids == ("standard_care", "new_treatment")
    code, printed = said(capsys, "template", str(tmp_path / "3.xlsx"), "--example", "--arms", "A, B")
    assert code == 2 and "--example takes no other options" in printed


def test_no_answers_at_all_write_nothing(tmp_path: Path, capsys, monkeypatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return ""

    monkeypatch.setattr("sys.stdin", Terminal())
    code, printed = said(capsys, "template", str(tmp_path / "t.xlsx"))
    assert code == 2 and "no answer came" in printed and not (tmp_path / "t.xlsx").exists()


def test_further_endpoints_make_states_that_only_numbers_are_missing_from(tmp_path: Path, capsys) -> None:
    path, states = tmp_path / "four.xlsx", "response=Response, pfs=Stable disease, os=Progressed"
    words = ["--arms", "Old, New", "--drugs", "Pill", "--curves", "coefficients:exponential", "--endpoints", states]
    assert said(capsys, "template", str(path), *words)[0] == 0
    code, printed = said(capsys, "check", str(path))
    assert code == 2 and printed.count("rate): a number") == 6  # three curves of each arm
    made = starter_definition(asked_for("Old, New", "Pill", endpoints=states))
    assert [(s.id, s.endpoint, s.label) for s in made.states] == [
        ("response", "response", "Response"),
        ("stable_disease", "pfs", "Stable disease"),
        ("progressed", "os", "Progressed"),
    ]
    assert [u.state for u in made.utilities] == [s.id for s in made.states] == [c.during for c in made.care]
