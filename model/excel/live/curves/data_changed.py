"""Whether the data that curves were fitted to, and draws from elsewhere, are those of the run: counts and sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.definition.records.columns import columns_of
from model.definition.records.input_draws import InputDraws
from model.definition.records.survival_inputs import DigitisedCurveSource, DigitisedPoint, NumberAtRisk, PatientRecord
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import where
from model.excel.inputs.input_draws_sheet import column_text
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page

TABLES: dict[str, tuple[type, tuple[str, ...]]] = {
    "patient_data": (PatientRecord, ("time", "event", "entry", "weight", "age")),
    "digitised": (DigitisedPoint, ("time", "survival")),
    "numbers_at_risk": (NumberAtRisk, ("time", "n_risk")),
    "digitised_sources": (DigitisedCurveSource, ("total_events",)),
}
WEIGHTED = {"patient_data": ("event", "time"), "digitised": ("survival", "time"), "numbers_at_risk": ("n_risk", "time")}


def write_data_changed(bench: Bench, page: Page) -> Formula | None:
    """The number of sums that are not those of the run; None where no curve may be fitted to data and no draws are from
    elsewhere."""
    curves = [c for c in bench.definition.curves if _has_data(bench, c.arm, c.endpoint)]
    given = bench.definition.input_draws
    if not curves and given is None:
        return None
    table = GrowingTable(
        page,
        "Data that curves are fitted to" if given is None else "Data that curves are fitted to, and draws from elsewhere",
        "Sums over the rows of a curve. Fits are stored: when data change they hold no longer, and the model runs again."
        + ("" if given is None else " So are draws: of each column the sum of value x row."),
        [
            PageColumn("Sum", "text", 54),
            PageColumn("Curve", "text", 46),
            PageColumn("At the run", "any", 14),
            PageColumn("Now", "any", 16),
            PageColumn("Another one", "plain", 16),
        ],
    )
    for curve in curves:
        for name, (record_type, fields) in TABLES.items():
            rows = [r for r in bench.definition.table(name) if (r.arm, r.endpoint) == (curve.arm, curve.endpoint)]
            if not rows:
                continue
            for field in fields:
                header = _header(record_type, field)
                _row(
                    bench,
                    table,
                    f"{name.replace('_', ' ').capitalize()}: {header}",
                    f"{curve.arm}, {curve.endpoint}",
                    _sum(bench, name, field, curve, rows),
                )
            if name in WEIGHTED:
                words = " x ".join(_header(record_type, f) for f in WEIGHTED[name])
                _row(
                    bench,
                    table,
                    f"{name.replace('_', ' ').capitalize()}: {words}",
                    f"{curve.arm}, {curve.endpoint}",
                    _product(bench, name, curve, rows),
                )
    for number, name in enumerate(() if given is None else given.columns, start=1):
        assert given is not None
        _row(bench, table, "Draws from elsewhere: value x row", name, _draws(given, number, name))
    span = table.span(4)
    return Formula(f"SUM({span.text})", 0.0)


def _has_data(bench: Bench, arm: str, endpoint: str) -> bool:
    tables = ("patient_data", "digitised")
    return any((r.arm, r.endpoint) == (arm, endpoint) for t in tables for r in bench.definition.table(t))


def _draws(given: InputDraws, number: int, name: str) -> Formula:
    """Sum over the rows of a column of the sheet Input draws."""
    numbers = np.arange(1.0, given.n_rows + 1)
    return Formula(f"SUMPRODUCT({column_text(given, 0)},{column_text(given, number)})", float(numbers @ given.columns[name]))


def _row(bench: Bench, table: GrowingTable, words: str, of: str, now: Formula) -> None:
    row = RowBuilder(table, words, of)
    at_run = row.put_number(float(now.value))
    found = row.put(now)
    far = Formula(f"ABS({found.text}-{at_run.text})", 0.0)
    row.put(where(far > bench.constants.rounding, 1, 0), "plain")
    row.close()


def _texts(bench: Bench, name: str, curve: Any) -> dict[str, str]:
    assert bench.report.layout is not None
    place = bench.report.layout.tables[name]
    fields = {f: place.block(f).reference for f in ("arm", "endpoint")}
    return {"arm": f'{fields["arm"]},"{curve.arm}"', "endpoint": f'{fields["endpoint"]},"{curve.endpoint}"'}


def _sum(bench: Bench, name: str, field: str, curve: Any, rows: list[Any]) -> Formula:
    assert bench.report.layout is not None
    own = bench.report.layout.tables[name].block(field).reference
    where_text = _texts(bench, name, curve)
    value = sum(float(v) for r in rows if (v := getattr(r, field)) is not None)
    return Formula(f"SUMIFS({own},{where_text['arm']},{where_text['endpoint']})", value)


def _product(bench: Bench, name: str, curve: Any, rows: list[Any]) -> Formula:
    """A sum of products, which notices when two rows exchange a value."""
    assert bench.report.layout is not None
    place = bench.report.layout.tables[name]
    first, second = (place.block(f).reference for f in WEIGHTED[name])
    arm, endpoint = (place.block(f).reference for f in ("arm", "endpoint"))
    value = sum(float(getattr(r, WEIGHTED[name][0])) * float(getattr(r, WEIGHTED[name][1])) for r in rows)
    same = f'({arm}="{curve.arm}")*({endpoint}="{curve.endpoint}")'
    return Formula(f"SUMPRODUCT({same},{first},{second})", value)


def _header(record_type: type, field: str) -> str:
    return columns_of(record_type)[field].header.lower()
