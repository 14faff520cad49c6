"""Summaries of the probabilistic analysis: live where they are plain statistics of the stored draws."""

from __future__ import annotations

from typing import Literal

from model.analysis import PSA, decision

from .cells import As, Column, Live, rows_of
from .charts import plane_chart
from .page import Page, TableAt
from .psa_checks import write_convergence, write_crossing, write_moments
from .psa_draws import FIRST_ROW, DrawsAt
from .report import PSA_DRAWS, PSA_RESULTS, Report

PLOTTED_DRAWS = 3000
KINDS = {"life_years": "years", "qalys": "qalys", "costs": "money"}
WORDS = {"life_years": "Life years", "qalys": "QALYs", "costs": "Cost"}


def write_psa_results(report: Report, psa: PSA, draws: DrawsAt) -> dict[tuple[str, int | str], str]:
    """Write the sheet; returns the cells of the means by (outcome, arm position or "increment")."""
    page = Page(report, PSA_RESULTS.name)
    means, table = _means(report, page, psa, draws)
    _ratio(report, page, psa, table)
    _thresholds(report, page, psa, draws)
    _quadrants(report, page, psa)
    _plane(report, page, psa, draws, table)
    write_convergence(report, page, psa)
    write_crossing(report, page, psa)
    write_moments(report, page, psa)
    page.close()
    return means


def _means(
    report: Report, page: Page, psa: PSA, draws: DrawsAt
) -> tuple[dict[tuple[str, int | str], str], TableAt]:
    results = psa.results()
    columns = [
        Column("Outcome and arm", "text", 44),
        Column("Mean", "value"),
        Column("Standard deviation", "value"),
        Column("2.5th percentile", "value"),
        Column("97.5th percentile", "value"),
    ]
    at = page.table(
        "Means and 95% intervals",
        f"{draws.n_draws:,} draws, seed {psa.seed}. Per patient, discounted. Increment: {report.increment}. Live over the "
        "sheet PSA draws.",
        columns,
        len(results),
    )
    cells: dict[tuple[str, int | str], str] = {}
    for i, row in enumerate(rows_of(results)):
        arm: int | str = "increment" if row.arm == "Increment" else psa.arm_labels.index(row.arm)
        name = "increment" if arm == "increment" else report.names[int(arm)]
        unit = f", {report.currency}" if row.outcome == "costs" else ""
        span = draws.span(row.outcome, arm)
        at.rows.append(
            [
                f"{WORDS[row.outcome]}{unit}: {name}",
                *(
                    As(Live(f, v), KINDS[row.outcome])
                    for f, v in (
                        (f"AVERAGE({span})", row.mean),
                        (f"STDEV({span})", row.standard_deviation),
                        (f"PERCENTILE({span},0.025)", row.lower_95),
                        (f"PERCENTILE({span},0.975)", row.upper_95),
                    )
                ),
            ]
        )
        cells[row.outcome, arm] = at.cell(i, 1)
    return cells, at


def _ratio(report: Report, page: Page, psa: PSA, means: TableAt) -> None:
    """The ratio of means, its Monte Carlo error, and the interval of the ratio where there is one."""
    n = len(report.names) + 1
    cost, qalys = means.local(3 * n - 1, 1), means.local(2 * n - 1, 1)
    columns = [
        Column("ICER over draws", "text", 44),
        Column(f"{report.currency} per QALY", "money"),
        Column("Lower 95%", "money"),
        Column("Upper 95%", "money"),
        Column("Remark", "free", 16),
    ]
    rows: list[list[object]] = []
    value = "no ratio" if psa.icer is None else Live(f"{cost}/{qalys}", psa.icer)
    for method, label in (
        ("jackknife", "Ratio of means, with its Monte Carlo error"),
        ("fieller", "Interval for parameter uncertainty (Fieller)"),
    ):
        made = decision.icer_interval(psa.incremental_costs, psa.incremental_qalys, method=method)  # type: ignore[arg-type]
        remark = made.reason or f"{made.share_in_quadrant:.1%} of draws lie in the quadrant of the means"
        rows.append([label, value, made.lower, made.upper, remark])
    page.filled(
        "Cost per QALY gained",
        "Ratio of mean incremental cost to mean incremental QALYs, never the mean of ratios; no interval "
        f"where quadrants mix. {report.stored}",
        columns,
        rows,
    )


def acceptability_formula(draws: DrawsAt, threshold: str) -> str:
    """Share of draws with a positive INMB, those at zero counted half: two arms only."""
    worth, cost = f"{threshold}*{draws.span('qalys', 'increment')}", draws.span("costs", "increment")
    return f"SUMPRODUCT(({worth}>{cost})+({worth}={cost})/2)/ROWS({cost})"


def loss_formula(draws: DrawsAt, threshold: str, chosen: Literal["intervention", "comparator"]) -> str:
    """Mean loss of choosing an arm: what the other gains in the draws in which it is better; two arms only."""
    worth, cost = f"{threshold}*{draws.span('qalys', 'increment')}", draws.span("costs", "increment")
    if chosen == "intervention":
        return f"SUMPRODUCT(({worth}<{cost})*({cost}-{worth}))/ROWS({cost})"
    return f"SUMPRODUCT(({worth}>{cost})*({worth}-{cost}))/ROWS({cost})"


def _thresholds(report: Report, page: Page, psa: PSA, draws: DrawsAt) -> None:
    grid = list(report.thresholds)
    ceac, ceaf, evpi = psa.ceac(grid), psa.ceaf(grid), psa.evpi(grid)
    columns = [
        Column(f"Willingness to pay, {report.currency} per QALY", "money", 44),
        Column(f"Mean INMB, {report.currency}", "money"),
        *(Column(f"Probability cost-effective, {name}", "share") for name in report.names),
        Column(f"EVPI per patient, {report.currency}", "money"),
        Column("Highest mean net benefit", "text", 18),
    ]
    two = len(report.names) == 2
    old, new = report.positions
    at = page.table(
        "Probability of being cost-effective",
        "The arm with the highest net benefit in a draw counts for it; the shares sum "
        f"to 1. EVPI: what certainty about the best choice would be worth. {report.stored}",
        columns,
        len(grid),
    )
    for i, threshold in enumerate(grid):
        here = at.local(i, 0)
        mean = Live(
            f"{here}*AVERAGE({draws.span('qalys', 'increment')})-AVERAGE({draws.span('costs', 'increment')})",
            float(psa.inmb(threshold).mean()),
        )
        shares: list[object] = [float(ceac[label].iloc[i]) for label in psa.arm_labels]
        if two:
            own = Live(acceptability_formula(draws, here), float(ceac[psa.arm_labels[new]].iloc[i]))
            shares[new] = own
            shares[old] = Live(f"1-{at.local(i, 2 + new)}", float(ceac[psa.arm_labels[old]].iloc[i]))
        preferred = report.names[psa.arm_labels.index(ceaf["option"].iloc[i])]
        at.rows.append([threshold, mean, *shares, float(evpi["evpi"].iloc[i]), preferred])


def _quadrants(report: Report, page: Page, psa: PSA) -> None:
    columns = [
        Column("Option", "text", 44),
        Column("Threshold", "money"),
        Column("Dearer, more QALYs (NE)", "share"),
        Column("Cheaper, more QALYs (SE)", "share"),
        Column("Cheaper, fewer QALYs (SW)", "share"),
        Column("Dearer, fewer QALYs (NW)", "share"),
        Column("No difference", "share"),
        Column("INMB above zero", "share"),
    ]
    rows = [
        [
            report.names[psa.arm_labels.index(row.option)],
            threshold,
            row.NE,
            row.SE,
            row.SW,
            row.NW,
            row.origin,
            row.cost_effective,
        ]
        for threshold in (report.definition.decision_thresholds() or report.thresholds)
        for row in rows_of(psa.quadrants(threshold))
    ]
    old = report.names[report.positions[0]]
    page.filled(
        "Quadrants of the cost-effectiveness plane",
        f"Share of draws, each arm against {old}. {report.stored}",
        columns,
        rows,
    )


def _plane(report: Report, page: Page, psa: PSA, draws: DrawsAt, means: TableAt) -> None:
    shown = min(PLOTTED_DRAWS, draws.n_draws)
    cost, qalys = psa.incremental_costs[:shown], psa.incremental_qalys[:shown]
    left, right = min(0.0, float(qalys.min())), max(0.0, float(qalys.max()))
    thresholds = report.definition.decision_thresholds() or report.thresholds
    columns = [
        Column("Point or line", "text", 44),
        Column("Incremental QALYs", "qalys"),
        Column(f"Incremental cost, {report.currency}", "money"),
        Column(f"Willingness to pay, {report.currency} per QALY", "money"),
    ]
    n = len(report.names) + 1
    plane_words = (
        "" if shown == draws.n_draws else f" The chart shows the first {shown:,} of {draws.n_draws:,} draws."
    )
    page.heading("Cost-effectiveness plane")
    page.row += 1
    top = page.room(460)
    at = page.table(
        "Points and lines of the plane",
        f"On a dashed line the cost is the willingness to pay times the QALYs.{plane_words}",
        columns,
        2 * len(thresholds) + 2,
    )
    for threshold in thresholds:
        for x in (left, right):
            row = len(at.rows)
            at.rows.append(
                [
                    f"{report.currency} {threshold:,.0f} per QALY",
                    x,
                    Live(f"{at.local(row, 1)}*{at.local(row, 3)}", x * threshold),
                    threshold,
                ]
            )
    base = report.base
    mean_cells = (means.local(2 * n - 1, 1), means.local(3 * n - 1, 1))
    at.rows.append(
        [
            "Mean over draws",
            Live(mean_cells[0], float(psa.incremental_qalys.mean())),
            Live(mean_cells[1], float(psa.incremental_costs.mean())),
            "",
        ]
    )
    at.rows.append(["Base case", base.incremental_qalys, base.incremental_cost, ""])
    first = FIRST_ROW
    place = {
        k: [
            PSA_DRAWS.name,
            first,
            draws.columns[k, "increment"],
            first + shown - 1,
            draws.columns[k, "increment"],
        ]
        for k in ("qalys", "costs")
    }
    points = {
        "name": "Draws",
        "categories": place["qalys"],
        "values": place["costs"],
        "categories_data": qalys.tolist(),
        "values_data": cost.tolist(),
    }
    colours = ("#374151", "#9CA3AF", "#B45309", "#6D28D9")
    lines = [
        (
            f"{report.currency} {t:,.0f} per QALY",
            at.series(1, 2 * i, 2 * i + 1),
            at.series(2, 2 * i, 2 * i + 1),
            colours[i % len(colours)],
        )
        for i, t in enumerate(thresholds)
    ]
    k = 2 * len(thresholds)
    single = [
        ("Mean over draws", at.series(1, k, k), at.series(2, k, k), "#111827"),
        ("Base case", at.series(1, k + 1, k + 1), at.series(2, k + 1, k + 1), "#F59E0B"),
    ]
    chart = plane_chart(report, points, lines, single)
    page.place(top, [chart], 900, 460)
