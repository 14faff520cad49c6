"""Acceptability curves, frontier, expected loss and value of perfect information over willingness to pay."""

from __future__ import annotations

from model.analysis import PSA
from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.analysis.columns.decision import BEST_ON_AVERAGE, CHANCE_BEST, CHANCE_OF_FRONTIER, EVPI_PER_PATIENT, LOSS, MEAN_NMB
from model.excel.formulas.formula import Formula
from model.excel.live.stored_draws import DrawsAt
from model.excel.output_book import Report
from model.excel.output_sheets import CEAC
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.charts import add_line, line_chart
from model.excel.report.probabilistic.draw_formulas import DrawFormulas

HEIGHT = 370
POINTS = 41


def write_acceptability(report: Report, psa: PSA, draws: DrawsAt) -> None:
    """Charts above, the table they are drawn from below, live over the stored draws."""
    page = Page(report, CEAC.name)
    grid = psa.threshold_grid(POINTS)
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
    top = page.room(HEIGHT)
    at = page.table(
        "Over willingness to pay",
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
        step = (
            Formula(f"{at.local(i - 1, 0)}+{at.local(1, 0)}-{at.local(0, 0)}", float(threshold))
            if i > 1
            else float(threshold)
        )
        benefits = f"{at.local(i, 4 + 2 * n)}:{at.local(i, 3 + 3 * n)}"
        best = f"MATCH(MAX({benefits}),{benefits},0)"
        preferred = report.names[psa.arm_labels.index(frontier["option"].iloc[i])]
        at.rows.append(
            [
                step,
                *(
                    Formula(formulas.probability(here, a), float(chance[label].iloc[i]))
                    for a, label in enumerate(psa.arm_labels)
                ),
                Formula(
                    f"INDEX({at.local(i, 1)}:{at.local(i, n)},{best})", float(frontier["probability_cost_effective"].iloc[i])
                ),
                Formula(f"INDEX({names},{best})", preferred),
                *(Formula(formulas.loss(here, a), float(loss[label].iloc[i])) for a, label in enumerate(psa.arm_labels)),
                Formula(f"MIN({at.local(i, 3 + n)}:{at.local(i, 2 + 2 * n)})", float(evpi["evpi"].iloc[i])),
                *(
                    Formula(
                        formulas.mean_benefit(here, a),
                        float(threshold) * float(psa.outcomes.total_qalys[:, a].mean())
                        - float(psa.outcomes.total_costs[:, a].mean()),
                    )
                    for a in range(n)
                ),
            ]
        )
    words = WILLINGNESS_TO_PAY.heading(report.currency)
    axis = {"x_min": 0.0, "x_max": float(grid[-1]), "x_step": float(grid[-1]) / 5, "y_min": 0.0}
    curves = line_chart(
        report, "Cost-effectiveness acceptability", words, "Probability of being the best choice", "0%", y_max=1.0, **axis
    )
    expected = line_chart(
        report, "Expected loss and EVPI", words, f"Expected loss per patient, {report.currency}", "#,##0", **axis
    )
    for a, (name, colour) in enumerate(zip(report.names, report.colours, strict=True)):
        add_line(curves, name, at.series(0), at.series(1 + a), colour)
        add_line(expected, f"Loss of choosing {name}", at.series(0), at.series(3 + n + a), colour)
    add_line(curves, "Frontier", at.series(0), at.series(1 + n), "#111827", "round_dot", 1.5)
    add_line(expected, "EVPI", at.series(0), at.series(3 + 2 * n), "#111827", "round_dot", 1.5)
    page.place(top, [curves, expected], 545, HEIGHT)
    page.close()
