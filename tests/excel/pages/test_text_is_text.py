"""Names that a user gives are text in every cell and chart of a workbook, whatever characters they begin with or hold."""

from __future__ import annotations

import dataclasses
import html
import re
import zipfile
from pathlib import Path

import openpyxl

from model.analysis import base_case, scenarios
from model.definition import ModelDefinition
from model.excel.output import write_workbook
from model.excel.pages.workbook import new_workbook
from tests.helpers.small_runs import small_definition

HOSTILE = ("=Settings!$A$1", "Phase 3! B2", '@SUM(1)"&"', "{=1+1}", '+1-2"', '=HYPERLINK("http://x.example","y")')
PLAIN = ("One", "Two", "drug", "care", "scenario", "Title")


def named(names: tuple[str, ...]) -> ModelDefinition:
    """The small model with these names of arms, drugs, care and scenarios, and this title."""
    d = small_definition()
    arms = tuple(dataclasses.replace(a, label=n, short_label=n) for a, n in zip(d.arms, names, strict=False))
    drugs = tuple(dataclasses.replace(x, label=f"{names[2]}{i}") for i, x in enumerate(d.drugs))
    care = tuple(dataclasses.replace(x, label=f"{names[3]}{i}") for i, x in enumerate(d.care))
    changes = tuple(dataclasses.replace(s, label=f"{names[4]}{s.id}") for s in d.scenarios)
    about = dataclasses.replace(d.about, title=names[5])
    return dataclasses.replace(d, arms=arms, drugs=drugs, care=care, scenarios=changes, about=about)


def formulas(path: Path, arms: tuple[str, ...]) -> dict[str, list[str]]:
    """The formulas of every part, with sheets named after arms under neutral names."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            texts = re.findall(r"<(?:c:)?(?:f|formula1)\b[^>]*>(.*?)</", archive.read(name).decode("latin-1"), re.S)
            plain = [re.sub(r"'(?:[^']|'')+'!", "sheet!", html.unescape(t)) for t in texts]
            found[name] = sorted(plain)
    return found


def test_hostile_names_add_no_formula_to_any_cell_or_chart(tmp_path: Path) -> None:
    for title, names in (("plain", PLAIN), ("hostile", HOSTILE)):
        definition = named(names)
        write_workbook(tmp_path / f"{title}.xlsx", base=base_case(definition), scenarios=scenarios(definition))
    plain, hostile = (formulas(tmp_path / f"{t}.xlsx", ()) for t in ("plain", "hostile"))
    assert plain.keys() == hostile.keys()
    assert {part: texts for part, texts in hostile.items() if len(texts) != len(plain[part])} == {}
    charts = [part for part in plain if part.startswith("xl/charts/")]
    assert charts and all(plain[part] == hostile[part] for part in charts)


def test_the_name_of_a_series_is_text_unless_it_is_given_as_a_cell(tmp_path: Path) -> None:
    """XlsxWriter alone takes both names below for references."""
    path = tmp_path / "chart.xlsx"
    book = new_workbook(path)
    sheet = book.add_worksheet("Data")
    chart = book.add_chart({"type": "line"})
    for name in ("=Data!$A$1", "Phase 3! B2", ["Data", 0, 0]):
        chart.add_series({"name": name, "values": ["Data", 0, 1, 3, 1]})
    chart.set_title({"name": "=Data!$A$1"})
    sheet.insert_chart("D2", chart)
    book.close()
    names = [series.tx for series in openpyxl.load_workbook(path)["Data"]._charts[0].series]
    assert [n.v if n.strRef is None else n.strRef.f for n in names] == ["=Data!$A$1", "Phase 3! B2", "Data!$A$1"]
