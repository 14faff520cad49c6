"""Checks of the drawn curves: the mean over draws of every curve in use beside its base case (W16), and curves that the
data do not determine (W17)."""

from __future__ import annotations

import numpy as np

from model.analysis.columns.probabilistic import MEAN_CURVES
from model.analysis.sampled.curves_against_base_case import BY_CHANCE, CurvesAgainstBaseCase, open_curve_words
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import exp, maximum, where
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.check_table import CheckTable, largest_distance
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.as_run import AS_RUN
from model.excel.report.checks.checked import Checked

UNTOUCHED = "Compared while nothing is changed"


def draw_rows(table: CheckTable, of: Checked) -> list[int]:
    """One row per curve whose draws were stored; filled later, by :func:`write_drawn_curves`. And the row of W17."""
    words = open_curve_words(of.report.definition)
    row = table.below(
        "W17", "Curves in use that the data do not determine", formula_of(0), 0, "; ".join(words) if words else UNTOUCHED
    )
    rows = [row]
    psa = of.report.psa
    if psa is None:
        return rows
    found = psa.curves_against_base_case
    for curve in found.curves:
        name = f"{of.label(curve.arm)}: {found.words(curve)}"
        text = f"Mean over draws of S(t) agrees with the base case, beyond chance: {name}"
        limit = of.constants.largest_curve_gap
        rows.append(table.below("W16", text, formula_of(0), limit, UNTOUCHED))
    return rows


def _chance(found: CurvesAgainstBaseCase, i: int) -> float:
    """What chance explains of the largest distance: 3 standard errors of the mean there."""
    at = int(np.argmax(np.abs(found.mean[i] - found.base[i])))
    return BY_CHANCE * float(found.standard_error[i, at])


def _live(of: Checked, arm: str, endpoint: str, cycle: int) -> Formula:
    """A curve of the base case at a boundary, of those who start below it, before crossing is repaired, in the structure in
    use."""
    states = of.live.arms[arm].states
    columns = {"pfs": states.before_pfs, "os": states.before_os}
    if endpoint in columns and not of.report.definition.starting_later(endpoint, arm):
        return columns[endpoint].part(cycle, cycle + 1).single()
    return exp(-of.live.curves[arm, endpoint].final_hazard.part(cycle, cycle + 1).single())


def write_drawn_curves(table: CheckTable, rows: list[int], of: Checked, page: Page) -> None:
    """Base case (live) and mean over draws (stored) of every curve by month; fills the rows of the checks."""
    count = float(len(open_curve_words(of.report.definition)))
    table.fill(rows[0], where(AS_RUN.equals(1), count, 0))
    psa = of.report.psa
    if psa is None:
        return
    found = psa.curves_against_base_case
    columns = [PageColumn("", "text", 12), *page_columns(of.report, [MEAN_CURVES.pick("month")[0].wide(70)])]
    for curve in found.curves:
        name = f"{of.label(curve.arm)}: {found.words(curve)}"
        columns += [PageColumn(f"{name}, base case", "factor", 18), PageColumn(f"{name}, mean over draws", "factor", 18)]
    made = GrowingTable(
        page,
        "Drawn curves beside the base case",
        f"S(t) before crossing is repaired. Base case: live. Mean over the first {found.n_draws:,} draws: {of.report.stored}",
        columns,
    )
    for k, cycle in enumerate(found.cycles):
        cells: list[object] = ["", float(found.months[k])]
        for i, curve in enumerate(found.curves):
            cells += [As(_live(of, curve.arm, curve.endpoint, int(cycle)), "factor"), As(float(found.mean[i, k]), "factor")]
        made.add(*cells)
    curves = range(len(found.curves))
    farthest = [largest_distance(made.span(2 + 2 * i) - made.span(3 + 2 * i)) for i in curves]
    last = GrowingTable(
        page,
        "Farthest mean over draws",
        "Chance: 3 standard errors of the mean over these draws, at the farthest month.",
        [
            PageColumn("", "text", 12),
            *page_columns(of.report, [MEAN_CURVES.pick("curve")[0].wide(70)]),
            PageColumn("Largest distance", "factor", 18),
            PageColumn("Chance", "factor", 18),
            PageColumn("Beyond chance", "factor", 14),
        ],
    )
    for i, row in enumerate(rows[1:]):
        curve = found.curves[i]
        made_row = RowBuilder(last, "", f"{of.label(curve.arm)}: {found.words(curve)}")
        distance = made_row.put(farthest[i], "factor")
        beyond = made_row.put(maximum(0, distance - made_row.put_number(_chance(found, i))), "factor")
        made_row.close()
        table.fill(row, where(AS_RUN.equals(1), beyond, 0))
