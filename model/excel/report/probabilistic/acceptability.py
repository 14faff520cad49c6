"""Acceptability curves, frontier, expected loss and value of perfect information over willingness to pay.

Two charts of the curves where the ICER lies far beyond the thresholds of the decision: one that reaches the ICER, and one
that ends at twice the highest of them. In each the thresholds of the decision are upright lines.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from xlsxwriter.chart import Chart

from model.analysis import PSA
from model.analysis.amounts import money
from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.analysis.columns.decision import BEST_ON_AVERAGE, CHANCE_BEST, CHANCE_OF_FRONTIER, EVPI_PER_PATIENT, LOSS, MEAN_NMB
from model.arrays import Array
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import nth_smallest, ordinal
from model.excel.live.stored_draws import DrawsAt
from model.excel.output_book import Report
from model.excel.output_sheets import CEAC
from model.excel.pages.cells import PageColumn
from model.excel.pages.lines import SMALL, dash_of
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.charts import add_line, line_chart
from model.excel.report.probabilistic.draw_formulas import DrawFormulas

HEIGHT, WIDTH = 370, 545
POINTS, NEAR_POINTS = 41, 21
MARK_DASHES = ("square_dot", "dash", "long_dash_dot", "round_dot")


@dataclasses.dataclass(frozen=True)
class AcceptabilityAt:
    """The curves over a grid that reaches the ICER, and the marks of the thresholds: what a chart is drawn from."""

    report: Report
    curves: TableAt
    marks: TableAt
    top: float

    def chart(self) -> Chart:
        """The acceptability curves and their frontier, with the thresholds of the decision marked."""
        chart = self._curves("Probability of being the best choice")
        at, n = self.curves, len(self.report.names)
        add_line(chart, "Frontier", at.series(0), at.series(1 + n), "#111827", "round_dot", 1.5)
        self._mark(chart)
        return chart

    def low_chart(self) -> Chart:
        """The same for little height: without the frontier, the legend beside the curves."""
        chart = self._curves("Probability")
        self._mark(chart)
        chart.set_legend({"position": "right", "font": SMALL})
        return chart

    def _curves(self, share: str) -> Chart:
        words = WILLINGNESS_TO_PAY.heading(self.report.currency)
        axis = {"x_min": 0.0, "x_max": self.top, "x_step": self.top / 5, "y_min": 0.0, "y_max": 1.0, "y_step": 0.2}
        title = "Probability of being the best choice, by willingness to pay (acceptability)"
        chart = line_chart(self.report, title, words, share, "0%", **axis)
        for a, (name, colour) in enumerate(zip(self.report.names, self.report.colours, strict=True)):
            add_line(chart, name, self.curves.series(0), self.curves.series(1 + a), colour, dash_of(a))
        return chart

    def _mark(self, chart: Chart) -> None:
        """An upright line at each threshold of the decision."""
        for k, threshold in enumerate(sorted(self.report.definition.decision_thresholds())):
            x, y = (self.marks.series(column, 2 * k, 2 * k + 1) for column in (1, 2))
            name = f"{money(threshold, self.report.currency)} per QALY"
            add_line(chart, name, x, y, "#B45309", MARK_DASHES[k % len(MARK_DASHES)], 1.75)

    def in_words(self) -> str:
        """What the chart shows, for who cannot see it."""
        thresholds = " and ".join(
            money(t, self.report.currency) for t in sorted(self.report.definition.decision_thresholds())
        )
        return (
            f"Acceptability curves of {', '.join(self.report.names)}: the probability that each has the highest net benefit, "
            f"at a willingness to pay from 0 to {money(self.top, self.report.currency)} per QALY; upright lines at "
            f"{thresholds}."
        )


def write_acceptability(report: Report, psa: PSA, draws: DrawsAt) -> AcceptabilityAt:
    """Charts above, the tables they are drawn from below, live over the stored draws."""
    page = Page(report, CEAC.name)
    grid = psa.threshold_grid(POINTS)
    near = psa.near_grid(NEAR_POINTS)
    far_away = near is not None
    top = page.room(HEIGHT)
    below = page.room(HEIGHT) if far_away else top
    whole = _table(report, page, psa, draws, grid, "Over willingness to pay")
    close = _table(report, page, psa, draws, near, "Near the thresholds of the decision") if near is not None else None
    marks = _marks(report, page)
    at = AcceptabilityAt(report, whole, marks, float(grid[-1]))
    page.place(top, [at.chart(), _loss_chart(report, at)], WIDTH, HEIGHT)
    if close is not None and near is not None:
        page.place(below, [AcceptabilityAt(report, close, marks, float(near[-1])).chart()], WIDTH, HEIGHT)
    page.close()
    return at


def _loss_chart(report: Report, of: AcceptabilityAt) -> Chart:
    """Expected loss of each choice, and EVPI."""
    words, at, n = WILLINGNESS_TO_PAY.heading(report.currency), of.curves, len(report.names)
    axis = {"x_min": 0.0, "x_max": of.top, "x_step": of.top / 5, "y_min": 0.0}
    chart = line_chart(
        report, "Expected loss and EVPI", words, f"Expected loss per patient, {report.currency}", "#,##0", **axis
    )
    for a, (name, colour) in enumerate(zip(report.names, report.colours, strict=True)):
        add_line(chart, f"Loss of choosing {name}", at.series(0), at.series(3 + n + a), colour, dash_of(a))
    add_line(chart, "EVPI", at.series(0), at.series(3 + 2 * n), "#111827", "round_dot", 1.5)
    return chart


def _marks(report: Report, page: Page) -> TableAt:
    """Two points for each threshold of the decision: the ends of its line."""
    definition = report.definition
    decided, everything = sorted(definition.decision_thresholds()), list(definition.all_thresholds())
    at = page.table(
        "Lines at the thresholds of the decision",
        "Their two ends in the charts; the thresholds are those of the sheet Settings.",
        [
            PageColumn("Threshold", "text", 22),
            *page_columns(report, [WILLINGNESS_TO_PAY]),
            PageColumn("Probability", "share"),
        ],
        2 * len(decided),
    )
    assert report.layout is not None
    block = report.layout.tables["thresholds"].block("value").reference
    typed = Formula(block, np.array([t.value for t in definition.thresholds]))
    for number, threshold in enumerate(decided, start=1):
        place = everything.index(threshold)
        for share in (0.0, 1.0):
            at.rows.append([f"Decision threshold {number}", nth_smallest(typed, ordinal(typed, place)), share])
    return at


def _table(report: Report, page: Page, psa: PSA, draws: DrawsAt, grid: Array, title: str) -> TableAt:
    """Everything over a grid of thresholds; the first two set the step of the others."""
    chance, frontier, loss, evpi = psa.ceac(grid), psa.ceaf(grid), psa.expected_loss(grid), psa.evpi(grid)
    n = len(report.names)
    columns = [
        WILLINGNESS_TO_PAY,
        *(CHANCE_BEST.of(option=name) for name in report.names),
        *(CHANCE_OF_FRONTIER, BEST_ON_AVERAGE),
        *(LOSS.of(option=name).wide(18) for name in report.names),
        EVPI_PER_PATIENT.wide(18, "money"),
        *(MEAN_NMB.of(option=name).wide(18) for name in report.names),
    ]
    at = page.table(
        title,
        "All arms on one graph; a row of probabilities sums to 1. EVPI is the lowest expected loss. Live over the sheet PSA "
        "draws; the first two thresholds set the step of the others.",
        page_columns(report, columns, 22),
        len(grid),
    )
    formulas = DrawFormulas(draws, n)
    assert report.layout is not None
    names = report.layout.tables["arms"].block("short_label").reference
    for i, threshold in enumerate(grid):
        here = at.local(i, 0)
        step: Any = float(threshold)
        if i > 1:
            step = Formula(f"{at.local(i - 1, 0)}+{at.local(1, 0)}-{at.local(0, 0)}", float(threshold))
        benefits = f"{at.local(i, 4 + 2 * n)}:{at.local(i, 3 + 3 * n)}"
        best = f"MATCH(MAX({benefits}),{benefits},0)"
        preferred = report.names[psa.arm_labels.index(frontier["option"].iloc[i])]
        on_frontier = float(frontier["probability_cost_effective"].iloc[i])
        means = [
            float(threshold) * float(psa.outcomes.total_qalys[:, a].mean()) - float(psa.outcomes.total_costs[:, a].mean())
            for a in range(n)
        ]
        chances = [Formula(formulas.probability(here, a), float(chance[lab].iloc[i])) for a, lab in enumerate(psa.arm_labels)]
        losses = [Formula(formulas.loss(here, a), float(loss[label].iloc[i])) for a, label in enumerate(psa.arm_labels)]
        at.rows.append(
            [
                step,
                *chances,
                Formula(f"INDEX({at.local(i, 1)}:{at.local(i, n)},{best})", on_frontier),
                Formula(f"INDEX({names},{best})", preferred),
                *losses,
                Formula(f"MIN({at.local(i, 3 + n)}:{at.local(i, 2 + 2 * n)})", float(evpi["evpi"].iloc[i])),
                *(Formula(formulas.mean_benefit(here, a), means[a]) for a in range(n)),
            ]
        )
    return at
