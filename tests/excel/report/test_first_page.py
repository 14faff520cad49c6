"""The sheet Answer, recalculated: word for word and number for number Python's, in every situation, on one page.

Oracles: formualizer, which knows only the file; ``first_page`` of the results; the page of A4.
"""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from model.analysis import base_case, psa
from model.analysis.analysis import Results
from model.analysis.first_page import drivers, uncertainty
from model.analysis.first_page.first_page import FirstPage, first_page
from model.analysis.first_page.price_line import NO_DRUG
from model.definition import edit
from model.excel.output import write_run
from model.excel.report.first_page.price_line import PRICE_IS_ZERO
from tests.helpers.answer_page import key_figures, shown_on_answer
from tests.helpers.output_models import RUN, quarterly_output, small_output, small_recalculated
from tests.helpers.recalculated import Recalculated
from tests.helpers.shipped import NAMES
from tests.helpers.situation_books import book_of
from tests.helpers.situations import FOUR, IDS, PRICED, THREE, TWO, Situation
from tests.helpers.small_models import published_example_a

A4_ACROSS, A4_DOWN = 595 - 0.8 * 72, 842 - 0.9 * 72  # points within the margins of the sheet


def differences(shown: Mapping[str, list[str]], page: FirstPage) -> list[tuple[str, object, object]]:
    """Labels of the sheet whose texts are not those of Python."""
    expected = {
        "Question": [page.question],
        "Answer": [page.answer],
        "Why, how certain": [page.reasons],
        "The other result": [page.beside],
        **({"Severity": page.severity} if page.severity else {}),
        "Price": page.prices,
        "Coherence": [page.coherence],
        "Limitations": [f"{n}. {text}" for n, text in page.limitations.items()],
    }
    return [(label, shown.get(label, []), texts) for label, texts in expected.items() if shown.get(label, []) != texts]


@pytest.mark.parametrize("group", [TWO, THREE, FOUR], ids=["two", "three", "four"])
def test_the_page_says_what_python_says(group: dict[str, Situation]) -> None:
    for name, situation in group.items():
        shown, changes = book_of(len(situation.rates)), situation.changes()
        with shown.with_inputs(changes):
            base = base_case(edit(shown.definition, changes))
            assert differences(shown_on_answer(shown), first_page(Results(base))) == [], name
            figures = key_figures(shown, len(situation.rates))
            assert figures["Cost, USD"] == pytest.approx([*base.total_costs, base.incremental_cost], rel=1e-9, abs=1e-6)
            for threshold in base.definition.decision_thresholds():
                nmb = [threshold * q - c for q, c in zip(base.compared_qalys, base.compared_costs, strict=True)]
                at = f"at USD {threshold:,.0f}"
                expected = [*nmb, base.inmb(threshold)]
                assert figures[f"Net monetary benefit, USD, {at}"] == pytest.approx(expected, rel=1e-9, abs=1e-6), name
                expected = [value / threshold for value in expected]
                assert figures[f"Net health benefit, QALYs, {at}"] == pytest.approx(expected, rel=1e-9, abs=1e-9), name


@pytest.mark.parametrize("name", PRICED)
@pytest.mark.parametrize("price", [1_000.0, 40_000.0])
def test_the_price_at_which_the_decision_changes_is_told(name: str, price: float) -> None:
    situation = PRICED[name]
    n = len(situation.rates)
    shown = book_of(n, (0.0, 1.0, 0.5)[:n])
    shares = {f"treatment.{IDS[k]}.pill.share_treated": share for k, share in enumerate(situation.shares) if share}
    changes = {**situation.changes(), **shares, "products.pill.pack": price}
    with shown.with_inputs(changes):
        base = base_case(edit(situation.definition(), {"products.pill.pack": price}))
        assert differences(shown_on_answer(shown), first_page(Results(base))) == []


def test_a_price_of_zero_is_told_and_no_other_one_worked_out() -> None:
    shown = book_of(2, (0.0, 1.0))
    with shown.with_inputs({"products.pill.pack": 0.0}):
        assert shown_on_answer(shown)["Price"] == [f"Pill, pack (list price today USD 0.00): {PRICE_IS_ZERO}"]
    assert shown_on_answer(book_of(2))["Price"] == [NO_DRUG]


def test_what_was_not_run_is_said() -> None:
    shown = shown_on_answer(book_of(2))
    assert shown["Why, how certain"] == [uncertainty.NOT_RUN.capitalize() + "."]
    assert shown["Largest drivers"] == [drivers.NOT_RUN]
    assert shown["Range"] == ["Scenarios: none was run.", "Structures: no other one was run."]
    assert shown["The other result"] == ["Probabilistic: not run."]


def results_of(name: str, **settings: Any) -> Results:
    """The results of a run, with settings that change none."""
    found = small_output(name).results
    base = found["base"]
    definition = dataclasses.replace(base.definition, settings=dataclasses.replace(base.definition.settings, **settings))
    return Results(dataclasses.replace(base, definition=definition), *(v for k, v in found.items() if k != "base"))


@pytest.mark.parametrize("name", ["two arms", "three arms"])
def test_a_run_with_draws_says_the_same_as_python(name: str) -> None:
    shown, page = shown_on_answer(small_recalculated(name)), first_page(results_of(name))
    assert differences(shown, page) == []
    assert shown["Largest drivers"] == page.drivers and shown["Range"] == page.ranges


@pytest.mark.parametrize("name", ["two arms", "three arms"])
def test_the_headline_typed_in_the_workbook_heads_the_page(name: str) -> None:
    """The means over draws in sentence and table; the deterministic sentence below."""
    shown, psa = small_recalculated(name), small_output(name).results["psa"]
    cell = shown.cells["settings.headline"]
    place = (cell.sheet, cell.row + 1, cell.column + 1)
    with shown._typed({place: ("probabilistic", "deterministic")}):
        page = first_page(results_of(name, headline="probabilistic"))
        found = shown_on_answer(shown)
        marked = f"Of run abc123: {page.answer}"
        assert found["Answer"] == [marked]  # a setting was edited: the draws are told to be of the run
        assert found["The other result"] == [page.beside] and page.beside.startswith("Deterministic: ")
        costs = psa.outcomes.total_costs.mean(axis=0)
        row = key_figures(shown, len(costs))["Cost, USD"]
        assert row == pytest.approx([*costs, costs[1] - costs[0]], rel=1e-9)


def test_a_probabilistic_headline_without_draws_says_why_it_is_not_there() -> None:
    shown = book_of(2)
    cell = shown.cells["settings.headline"]
    with shown._typed({(cell.sheet, cell.row + 1, cell.column + 1): ("probabilistic", "deterministic")}):
        (answer,) = shown_on_answer(shown)["Answer"]
    assert answer.startswith("No probabilistic analysis was run, so that the deterministic result heads the page. ")


LIMITS = "1. Short. 2. Prices of 2024.\n3. Proxies of phase 2. Trials differ."


@pytest.mark.parametrize(
    "first, expected",
    [
        ("", ["1. Short.", "2. Prices of 2024.", "3. Proxies of phase 2. Trials differ."]),
        ("3, 1", ["3. Proxies of phase 2. Trials differ.", "1. Short."]),
        ("2;9", ["2. Prices of 2024."]),
    ],
)
def test_limitations_typed_in_the_workbook_are_taken_apart(first: str, expected: list[str]) -> None:
    shown = book_of(2)
    rows = {str(row[0]): n for n, row in enumerate(shown.sheet("Cover", 40, 1), start=1)}
    typed = {"Limitations": LIMITS, "Limitations shown first": first}
    with shown._typed({("Cover", rows[label], 2): (text, None) for label, text in typed.items()}):
        assert shown_on_answer(shown).get("Limitations", []) == expected


EMPTY_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'


def first_sheet(path: Path) -> Any:
    """The first sheet of a workbook; the others, which take long to read, are taken for empty."""
    small = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(small, "w") as part:
        for name in whole.namelist():
            other = name.startswith("xl/worksheets/sheet") and name != "xl/worksheets/sheet1.xml"
            if not (other or name.startswith(("xl/drawings/", "xl/charts/", "xl/worksheets/_rels/"))):
                part.writestr(name, whole.read(name))
            elif other:
                part.writestr(name, EMPTY_SHEET)
    return openpyxl.load_workbook(small).worksheets[0]


def scale(path: Path) -> float:
    """How large the sheet Answer is printed on its one page of A4."""
    sheet = first_sheet(path)
    assert sheet.title == "Answer"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    assert sheet.page_setup.orientation == "portrait" and int(sheet.page_setup.paperSize) == 9
    area = sheet.print_area[0] if isinstance(sheet.print_area, list) else sheet.print_area
    _, _, last_column, last_row = openpyxl.utils.range_boundaries(area.rsplit("!", 1)[-1].replace("$", ""))
    across = sum(0.75 * (7 * sheet.column_dimensions[get_column_letter(c)].width) for c in range(1, last_column + 1))
    down = sum(sheet.row_dimensions[r].height or 15.0 for r in range(1, last_row + 1))
    return min(1.0, A4_ACROSS / across, A4_DOWN / down)


def test_the_page_is_large_enough_to_be_read() -> None:
    shipped = (quarterly_output(name).path for name in NAMES)
    assert all(scale(path) >= 0.75 for path in (*shipped, small_output("three arms").path, book_of(4).path))


def test_draws_that_are_all_the_same_are_not_said_to_be_certain(tmp_path: Path) -> None:
    """A published model whose inputs have no uncertainty: no interval without a width, on the page as in Python."""
    definition = edit(published_example_a(), {"settings.horizon_years": 5.0})
    results = Results(base_case(definition), psa(definition, 20))
    write_run(tmp_path / "same.xlsx", results, RUN)
    shown = shown_on_answer(Recalculated(tmp_path / "same.xlsx", definition))
    assert uncertainty.ALL_THE_SAME in shown["Why, how certain"][0] and "95%" not in shown["Why, how certain"][0]
    assert differences(shown, first_page(results)) == []
