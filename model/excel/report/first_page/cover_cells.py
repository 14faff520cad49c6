"""Cells of the cover that sentences are made from."""

from __future__ import annotations

from model.excel.formulas.formula import Formula
from model.excel.inputs.layout import Place
from model.excel.output_book import Report


def cover_cell(report: Report, field: str) -> Formula:
    """The cell of one text of the cover; an empty one reads as no text."""
    assert report.layout is not None
    place = report.layout.tables["about"]
    row = place.first_row + list(place.spec.fields).index(field)  # type: ignore[union-attr]
    text = getattr(report.definition.about, field)
    return Formula(f'{Place(place.sheet, row, 1).reference}&""', text)
