"""The published statistics that a curve is calibrated to, as single cells."""

from __future__ import annotations

import dataclasses

from model.definition.curves.effective_numbers import AT_A_MONTH, WITH_NUMBER
from model.definition.model_definition import address_of
from model.definition.records.curves import Evidence
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import all_of, ln, sqrt, where
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page


@dataclasses.dataclass
class StatisticCells:
    """One published statistic as single cells; ``kind``: median, landmark, not_reached, hazard_ratio, prior."""

    kind: str
    item: str
    label: str
    month: Formula
    log_month: Formula
    target: Formula
    weight: Formula
    as_landmark: Formula
    reference: Term = 1


def write_statistics(
    bench: Bench,
    page: Page,
    rows: list[Evidence],
    label: str,
    reference_hazard: dict[str, Formula],
    effective: dict[str, Formula],
) -> list[StatisticCells]:
    """The table of a curve's statistics. ``effective``: effective numbers in use, where the curve has follow-up."""
    columns = [
        PageColumn("Statistic", "text", 34),
        PageColumn("Month, or coefficient", "any", 14),
        PageColumn("Target", "any", 14),
        PageColumn("Standard error", "any", 14),
        PageColumn("Used", "plain", 9),
        PageColumn("Weight", "any", 14),
        PageColumn("Median taken as the landmark 50%", "plain", 14),
        PageColumn("Logarithm of the month", "any", 14),
        PageColumn("Cumulative hazard of the reference arm", "any", 16),
    ]
    table = GrowingTable(
        page,
        label,
        "From the sheet Survival. A standard error comes from the cell, else from the 95% interval, else from the "
        "effective n. Weight: 1 / standard error, 0 for a statistic that is not used. Hazard ratios: logarithms.",
        columns,
    )
    return [_statistic(bench, table, row, reference_hazard, effective) for row in rows]


def _statistic(
    bench: Bench, table: GrowingTable, row: Evidence, reference_hazard: dict[str, Formula], effective: dict[str, Formula]
) -> StatisticCells:
    c, inputs = bench.constants, bench.inputs
    base = address_of("evidence", row)
    value = inputs[f"{base}.value" if f"{base}.value" in inputs else base]
    lower, upper, error = (inputs[f"{base}.{f}"] for f in ("lower", "upper", "standard_error"))
    interval = all_of(lower.differs(""), upper.differs(""))
    low, high = _or_stand_in(lower, 1.0), _or_stand_in(upper, 2.0)
    wide = ln(high / low) if row.statistic == "hazard_ratio" else high - low
    from_interval = _if_known(wide / (2 * c.normal_975), bool(interval.value))
    number = len(table.at.rows)
    error_cell = Formula(table.at.cell(number, 3), 0.0)
    median = row.statistic == "median"
    from_n = _from_effective_n(bench, row, value, effective.get(base)) if row.statistic in WITH_NUMBER else formula_of(0)
    standard_error = where(error.differs(""), error, where(interval, from_interval, from_n))
    known = where(error.differs(""), 1, where(interval, 1, 0))
    as_landmark = 1 - known if median else formula_of(0)
    as_cell = Formula(table.at.cell(number, 6), as_landmark.value)
    month: Term = value if median else _month_of(row)
    target = _target(row, value, as_cell)
    used = inputs.yes(f"{base}.use")
    error_cell.value = standard_error.value
    used_cell = Formula(table.at.cell(number, 4), used.value)
    weight = where(error_cell > 0, used_cell / error_cell, 0)
    month_cell = Formula(table.at.cell(number, 1), _value(month))
    log_month = ln(month_cell) if row.statistic != "prior" else ""
    reference: Term = reference_hazard.get(row.item, "") if row.statistic == "hazard_ratio" else ""
    table.add(_words(row), month, target, standard_error, used, weight, as_landmark if median else "", log_month, reference)
    cells = [table.cell(number, i) for i in range(9)]
    return StatisticCells(
        row.statistic,
        row.item,
        _words(row),
        cells[1],
        cells[7],
        cells[2],
        cells[5],
        cells[6],
        cells[8] if isinstance(reference, Formula) else 1,
    )


def _from_effective_n(bench: Bench, row: Evidence, value: Formula, in_use: Formula | None) -> Formula:
    """Binomial standard error; 0 where there is no effective n."""
    typed = bench.inputs[f"{address_of('evidence', row)}.effective_n"]
    n, known = (typed, typed.differs("")) if in_use is None else (in_use, in_use > 0)
    share = formula_of(0.5) if row.statistic == "median" else value
    binomial = sqrt(share * (1 - share) / _or_stand_in(n, 1.0))
    return where(known, _if_known(binomial, bool(known.value)), 0)


def _value(term: Term) -> object:
    return term.value if isinstance(term, Formula) else term


def _or_stand_in(cell: Formula, number: float) -> Formula:
    """An input in use that may be empty, with a number to work on where it is."""
    return cell if cell.value != "" else Formula(cell.text, number)


def _if_known(made: Formula, known: bool) -> Formula:
    """A formula on inputs that may be empty: its value counts only where they are not."""
    return made if known else Formula(made.text, 0.0, made.rank)


def _month_of(row: Evidence) -> Term:
    return row.item if row.statistic == "prior" else float(row.item)


def _target(row: Evidence, value: Formula, as_landmark: Formula) -> Formula:
    if row.statistic == "median":
        return where(as_landmark, 0.5, value)
    if row.statistic == "hazard_ratio":
        return ln(value)
    return value


def _words(row: Evidence) -> str:
    name = row.statistic.replace("_", " ").capitalize()
    return f"{name} at {row.item} months" if row.statistic in (*AT_A_MONTH, "hazard_ratio") else name
