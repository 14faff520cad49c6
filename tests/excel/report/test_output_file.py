"""The output workbook as a file: the same bytes again, readable as inputs, complete contents, written whole or not.

Oracles: the definition and results that it was written from, and the markup of the file.
"""

from __future__ import annotations

import dataclasses
import gc
import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from model.analysis import base_case, psa
from model.definition import ModelDefinition, define
from model.excel import read_inputs
from model.excel.inputs.schema import SHEETS
from model.excel.output import circles_left_alone, write_workbook
from tests.helpers import small_models
from tests.helpers.output_models import SMALL, Written, small_output, three_arms, two_arms
from tests.helpers.workbook_file import WorkbookFile


@pytest.fixture(scope="module", params=list(SMALL))
def written(request: pytest.FixtureRequest) -> Written:
    return small_output(request.param)


@pytest.fixture(scope="module")
def book(written: Written) -> WorkbookFile:
    return WorkbookFile(written.path)


def links(book: WorkbookFile) -> Iterator[tuple[str, str]]:
    """Sheet, and the sheet that a link on it leads to; a link outside the workbook has no location."""
    for sheet in book.sheets:
        for link in re.findall(r"<hyperlink [^>]*>", book.sheet_xml(sheet)):
            location = re.search(r'location="([^"]*)"', link)
            assert location is not None, link
            yield sheet, html.unescape(location[1]).rsplit("!", 1)[0].strip("'")


def print_areas(book: WorkbookFile) -> dict[str, str]:
    """The area of each sheet that is printed; a sheet has one."""
    areas = re.findall(
        r'<definedName name="_xlnm.Print_Area" localSheetId="(\d+)"[^>]*>([^<]*)</', book.text("xl/workbook.xml")
    )
    found = {book.sheets[int(number)]: area.rsplit("!", 1)[-1].replace("$", "") for number, area in areas}
    assert len(found) == len(areas) == len(book.sheets)
    return found


def empty(area: str) -> bool:
    """The last cell of column A alone: nothing is printed."""
    return area.partition(":")[0] == "A1048576"


@pytest.fixture(scope="module")
def base_alone(tmp_path_factory: pytest.TempPathFactory) -> WorkbookFile:
    """The base case alone, of a model without costs."""
    path = tmp_path_factory.mktemp("base") / "base.xlsx"
    write_workbook(path, base=base_case(dataclasses.replace(two_arms(), care=())))
    return WorkbookFile(path)


def test_the_same_results_give_the_same_bytes(written: Written, tmp_path: Path) -> None:
    written.write(tmp_path / "twice.xlsx")
    assert (tmp_path / "twice.xlsx").read_bytes() == written.path.read_bytes()


def test_the_output_can_be_read_back_as_inputs(written: Written) -> None:
    assert read_inputs(written.path) == written.definition


def test_every_sheet_is_in_the_contents_and_every_link_leads_somewhere(book: WorkbookFile) -> None:
    sheets, found = set(book.sheets), list(links(book))
    assert {target for _, target in found} <= sheets
    assert {target for sheet, target in found if sheet == "Contents"} == sheets - {"Contents"}


def test_what_is_not_printed_has_an_empty_print_area_and_the_contents_say_so(book: WorkbookFile) -> None:
    said = {row[0]: row[3] for row in book.rows("Contents") if len(row) > 3 and row[3] in ("yes", "no")}
    assert set(said) == set(book.sheets) - {"Contents"}
    unprinted = {name for name, area in print_areas(book).items() if empty(area)}
    assert unprinted == {name for name, printed in said.items() if printed == "no"}
    assert {name for name, printed in said.items() if printed == "yes"} >= {"Answer", "Settings", "Results"}
    assert all(said[name] == "no" for name in said if name.startswith(("Trace", "PSA draws", "Workings")))


def test_what_is_printed_stands_together_and_the_contents_name_its_first_and_last_tab(book: WorkbookFile) -> None:
    """But for input sheets that hold nothing."""
    inputs, areas = {s.name for s in SHEETS}, print_areas(book)
    printed = [name for name in book.sheets if not empty(areas[name])]
    first, last = (book.sheets.index(name) for name in (printed[0], printed[-1]))
    assert set(book.sheets[first : last + 1]) - set(printed) <= inputs
    words = str(book.rows("Contents")[4][0])
    assert f"click the tab {printed[0]}, hold Shift, click the tab {printed[-1]}," in words


def test_input_ids_are_left_off_the_paper(book: WorkbookFile) -> None:
    cells = book.cells("Utilities")
    headers = {c.stored: column_index_from_string(c.column) for c in cells if c.stored in ("Input id", "Notes")}
    last = range_boundaries(print_areas(book)["Utilities"])[2]
    assert headers["Notes"] <= last < headers["Input id"]


def test_charts_are_native_and_have_axis_titles(written: Written) -> None:
    file = zipfile.ZipFile(written.path)
    charts = [n for n in file.namelist() if n.startswith("xl/charts/chart")]
    arms = len(written.definition.arms)
    near = written.results["psa"].near_grid() is not None  # the ICER lies far beyond the thresholds: a second chart
    assert len(charts) == 9 + arms + near  # one of states per arm; these models have no drugs, so none of time on treatment
    for name in charts:
        assert file.read(name).decode().count("<c:title>") >= 2, name


def test_a_workbook_of_the_base_case_alone_has_no_sheets_of_other_analyses(base_alone: WorkbookFile) -> None:
    names = base_alone.sheets
    assert names[0] == "Answer"
    assert not {"Tornado", "Scenario results", "PSA results", "PSA draws", "CEAC"} & set(names)
    assert {"Results", "Trace chemo", "Trace target"} <= set(names)


def test_a_model_without_costs_can_be_written(base_alone: WorkbookFile) -> None:
    rows = base_alone.rows("Results")
    assert next(row for row in rows if row and row[0] == "Increment")[3] == 0


def test_a_failed_write_leaves_the_earlier_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "kept.xlsx"
    target.write_bytes(b"earlier")
    definition = small_models.published_example_a()
    broken = dataclasses.replace(psa(definition, 2, 1), outcomes=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        write_workbook(target, base=base_case(definition), psa=broken)
    assert target.read_bytes() == b"earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.xlsx"]


def test_the_model_of_three_arms_is_valid() -> None:
    fields: dict[str, Any] = {f.name: getattr(three_arms(), f.name) for f in dataclasses.fields(ModelDefinition)}
    assert define(**fields)


def test_a_result_is_taken_under_the_word_of_its_own_analysis(tmp_path: Path) -> None:
    base = base_case(small_models.published_example_a())
    with pytest.raises(TypeError, match="'psa' takes a PSA, not a BaseCase"):
        write_workbook(tmp_path / "a.xlsx", base=base, psa=base)
    with pytest.raises(TypeError, match="no analysis is called 'tornado'; there are base, agency, one_way,"):
        write_workbook(tmp_path / "a.xlsx", base=base, tornado=base)
    assert list(tmp_path.iterdir()) == []


def test_circles_among_objects_are_looked_for_again_also_after_a_workbook_that_fails() -> None:
    with pytest.raises(OSError, match="no room"), circles_left_alone():
        assert not gc.isenabled()
        raise OSError("no room")
    assert gc.isenabled()
