"""Acceptability curves, frontier, expected loss and value of perfect information over willingness to pay."""

from __future__ import annotations

from model.analysis import PSA

from .cells import Column, Live
from .charts import add_line, line_chart
from .page import Page
from .psa_draws import DrawsAt
from .psa_results import acceptability_formula, loss_formula
from .report import CEAC, Report

HEIGHT = 370


def write_acceptability(report: Report, psa: PSA, draws: DrawsAt) -> None:
    """Charts above, the table they are drawn from below: live for two arms, stored for more."""
    page = Page(report, CEAC.name)
    grid = psa.threshold_grid()
    chance, frontier, loss, evpi = psa.ceac(grid), psa.ceaf(grid), psa.expected_loss(grid), psa.evpi(grid)
    n = len(report.names)
    old, new = report.positions
    columns = [
        Column(f"Willingness to pay, {report.currency} per QALY", "money", 22),
        *(Column(f"Probability of being best: {name}", "share", 18) for name in report.names),
        Column("Frontier: probability of the arm with the highest mean net benefit", "share", 24),
        Column("That arm", "text", 18),
        *(
            Column(f"Expected loss of choosing {name}, {report.currency}", "money", 18)
            for name in report.names
        ),
        Column(f"EVPI per patient, {report.currency}", "money", 18),
    ]
    top = page.room(HEIGHT)
    live = "Live over the sheet PSA draws, but for the frontier." if n == 2 else ""
    text = "All arms on one graph; a row of probabilities sums to 1. EVPI is the lowest expected loss."
    at = page.table("Over willingness to pay", f"{text} {live} {report.stored}", columns, len(grid))
    for i, threshold in enumerate(grid):
        here = at.local(i, 0)
        shares: list[object] = [float(chance[label].iloc[i]) for label in psa.arm_labels]
        losses: list[object] = [float(loss[label].iloc[i]) for label in psa.arm_labels]
        if n == 2:
            shares[new] = Live(acceptability_formula(draws, here), float(chance[psa.arm_labels[new]].iloc[i]))
            shares[old] = Live(f"1-{at.local(i, 1 + new)}", float(chance[psa.arm_labels[old]].iloc[i]))
            losses[new] = Live(
                loss_formula(draws, here, "intervention"), float(loss[psa.arm_labels[new]].iloc[i])
            )
            losses[old] = Live(
                loss_formula(draws, here, "comparator"), float(loss[psa.arm_labels[old]].iloc[i])
            )
        first, last = at.local(i, 3 + n), at.local(i, 2 + 2 * n)
        preferred = report.names[psa.arm_labels.index(frontier["option"].iloc[i])]
        at.rows.append(
            [
                float(threshold),
                *shares,
                float(frontier["probability_cost_effective"].iloc[i]),
                preferred,
                *losses,
                Live(f"MIN({first}:{last})", float(evpi["evpi"].iloc[i])),
            ]
        )
    words = f"Willingness to pay, {report.currency} per QALY"
    axis = {"x_min": 0.0, "x_max": float(grid[-1]), "x_step": float(grid[-1]) / 5, "y_min": 0.0}
    curves = line_chart(
        report,
        "Cost-effectiveness acceptability",
        words,
        "Probability of being the best choice",
        "0%",
        y_max=1.0,
        **axis,
    )
    expected = line_chart(
        report,
        "Expected loss and EVPI",
        words,
        f"Expected loss per patient, {report.currency}",
        "#,##0",
        **axis,
    )
    for a, (name, colour) in enumerate(zip(report.names, report.colours, strict=True)):
        add_line(curves, name, at.series(0), at.series(1 + a), colour)
        add_line(expected, f"Loss of choosing {name}", at.series(0), at.series(3 + n + a), colour)
    add_line(curves, "Frontier", at.series(0), at.series(1 + n), "#111827", "round_dot", 1.5)
    add_line(expected, "EVPI", at.series(0), at.series(3 + 2 * n), "#111827", "round_dot", 1.5)
    page.place(top, [curves, expected], 545, HEIGHT)
    page.close()
