"""Every chart and picture of an output workbook has words for readers who do not see it."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter

from model.excel.pages.chart_words import LONGEST, chart_words
from tests.helpers.output_models import SMALL, shipped_output, small_output

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def described(path: Path) -> list[str]:
    """The alternative text of every chart, picture and shape of a workbook; "" where one has none."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
        roots = [ElementTree.fromstring(archive.read(name)) for name in names]
    return [unescape(e.get("descr", "")) for root in roots for e in root.iter(f"{DRAWING}cNvPr")]


@pytest.mark.parametrize("name", SMALL)
def test_every_chart_of_a_small_output_is_described(name: str) -> None:
    words = described(small_output(name).path)
    assert len(words) >= 10
    assert all(len(w) > 40 for w in words)


@pytest.mark.slow
def test_every_chart_of_the_shipped_output_is_described_in_words_of_its_own() -> None:
    words = described(shipped_output("patina_us").path)
    assert len(words) >= 10 and all(len(w) > 40 for w in words)
    survival = next(w for w in words if "Progression-free and overall survival" in w)
    assert survival.startswith("Line chart: ") and "Control: OS" in survival and "Palbociclib: PFS" in survival
    assert "Share of patients over Years since time zero" in survival


def test_a_chart_is_described_by_its_title_axes_and_series(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        chart = book.add_chart({"type": "column"})
        assert chart is not None
        chart.set_title({"name": "Fruit sold."})
        chart.set_x_axis({"name": "Month"})
        chart.set_y_axis({"name": "Tonnes"})
        for name in ("Apples", "Pears"):
            chart.add_series({"name": name, "values": "=Sheet1!$A$1:$A$3"})
        book.add_worksheet().insert_chart(0, 0, chart)
        assert chart_words(chart).startswith("Column chart: Fruit sold. Tonnes over Month. 2 series: Apples and Pears.")


def test_a_chart_with_many_series_is_described_in_few_words(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        chart = book.add_chart({"type": "scatter", "subtype": "straight"})
        assert chart is not None
        for k in range(30):
            cells = {"categories": "=Sheet1!$A$1:$A$3", "values": "=Sheet1!$B$1:$B$3"}
            chart.add_series({"name": f"A series with a long name, number {k}", **cells})
        book.add_worksheet().insert_chart(0, 0, chart)
        assert len(chart_words(chart)) <= LONGEST + 90
