"""The dictionary of parameters: every input that an analysis may vary, and the coefficients of calibrated curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from xlsxwriter.utility import quote_sheetname

from model.analysis.columns.curve_choice import COEFFICIENTS
from model.analysis.columns.evidence import PARAMETERS as DECLARED
from model.definition.addresses import addresses
from model.definition.curves.coefficients import curve_coefficients
from model.definition.records.columns import QUALITY_MARKS
from model.excel.formulas.formula import Formula
from model.excel.inputs.layout import Layout
from model.excel.output_book import Report
from model.excel.output_sheets import PARAMETERS
from model.excel.pages.cells import Link, PageColumn
from model.excel.pages.input_words import InputWords, sources
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns


def write_parameters(report: Report) -> None:
    """Write the sheet; numbers are links to the input sheets."""
    assert report.layout is not None
    page = Page(report, PARAMETERS.name)
    definition, layout = report.definition, report.layout
    words = InputWords(definition)
    columns = [
        *page_columns(report, DECLARED.pick("label", "value", "unit", "distribution", "standard_error", "sample_size")),
        *page_columns(report, DECLARED.pick("low", "high", "source", "quality")),
        PageColumn("Cell", "text", 22),
        *page_columns(report, DECLARED.pick("id")),
    ]
    at = page.table(
        DECLARED.title,
        "Live links to the input sheets [O]; the distribution is that of the probabilistic analysis. Age and share of "
        "women shift the life table and are not varied.",
        columns,
        len(definition.parameters),
    )
    known = addresses(definition)
    for name, p in definition.parameters.items():
        place = layout.cells[name]
        cells: list[Any] = [
            words.of(name),
            _live(layout, known, name, "value", p.value),
            p.unit,
            p.distribution.replace("_", " "),
        ]
        cells += [_live(layout, known, name, f, getattr(p, f)) for f in ("standard_error", "sample_size", "low", "high")]
        cell = Link(f"{quote_sheetname(place.sheet)}!{place.a1}", f"{place.sheet}!{place.a1}")
        cells += [sources(p.source), f"{p.quality}: {QUALITY_MARKS[p.quality]}", cell, name]
        at.rows.append(cells)
    _coefficients(report, page, words)
    page.freeze(at)
    page.close()


def _live(layout: Layout, known: Any, name: str, field: str, value: float | None) -> Any:
    """A link to one cell of a parameter's row."""
    if value is None:
        return ""
    where = known[name]
    place = layout.tables[where.table].cell(where.position, field)
    return Formula(place.reference, value)


def _coefficients(report: Report, page: Page, words: InputWords) -> None:
    rows: list[list[Any]] = []
    for curve in report.definition.curves:
        made = curve_coefficients(report.definition, curve)
        if made is None or made.covariance is None:
            continue
        family = made.family
        estimates, errors = family.to_estimation(made.natural), np.sqrt(np.diag(made.covariance))
        for i, name in enumerate(family.parameters):
            address = f"{curve.id}[{name}]"
            rows.append(
                [
                    words.column(address),
                    float(made.natural[i]),
                    "",
                    family.label,
                    float(errors[i]),
                    "",
                    float(estimates[i]),
                    address,
                ]
            )
    if rows:
        columns = [
            *page_columns(report, [c.wide(52) for c in COEFFICIENTS.pick("coefficient")]),
            PageColumn("Value", "factor", 14),
            PageColumn("", "text", 16),
            *page_columns(report, DECLARED.pick("distribution")),
            PageColumn("SE, estimation scale", "factor", 12),
            PageColumn("", "text", 9),
            PageColumn("Estimate, estimation scale", "factor", 12),
            PageColumn("Name in the draws", "free", 12),
        ]
        page.filled(
            "Coefficients drawn jointly",
            "flexsurv's parametrisation, time in months; positive coefficients are estimated as "
            f"logarithms and drawn from a multivariate normal distribution. {report.stored}",
            columns,
            rows,
        )
