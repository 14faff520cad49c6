"""Summaries of the probabilistic analysis: live where they are plain statistics of the stored draws."""

from __future__ import annotations

import numpy as np

from model.analysis import PSA, decision
from model.analysis.amounts import chance
from model.analysis.columns.common import INCREMENTAL_COST, INCREMENTAL_QALYS, LOWER_95, UPPER_95, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import (
    BEST_ON_AVERAGE,
    CHANCE_BEST,
    DESCRIBED,
    EVPI_PER_PATIENT,
    LOSS,
    MEAN_NMB,
    QUADRANTS,
)
from model.analysis.columns.probabilistic import BY_STRUCTURE, RESULTS
from model.analysis.probabilistic.by_structure import structure_varies
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import nth_smallest, ordinal
from model.excel.live.stored_draws import FIRST_ROW, DrawsAt
from model.excel.output_book import Report
from model.excel.output_sheets import PSA_DRAWS, PSA_RESULTS
from model.excel.pages.cells import As, PageColumn, rows_of_frame
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns, put_results
from model.excel.report.charts import plane_chart
from model.excel.report.probabilistic.draw_formulas import DrawFormulas
from model.excel.report.probabilistic.draw_summaries import DrawSummaries, Key
from model.excel.report.probabilistic.psa_checks import (
    write_convergence,
    write_crossing_in_draws,
    write_moments,
    write_restricted_means,
)
from model.result_columns import columns_of

WIDE = 44.0
PLOTTED_DRAWS = 3000
KINDS = {"life_years": "years", "qalys": "qalys", "costs": "money"}
WORDS = {"life_years": "Life years", "qalys": "QALYs", "costs": "Cost"}


def write_psa_results(report: Report, psa: PSA, draws: DrawsAt) -> DrawSummaries:
    """Write the sheet; returns the cells that other sheets take."""
    page = Page(report, PSA_RESULTS.name)
    described, table = _means(report, page, psa, draws)
    _ratio(report, page, psa, table)
    probability, evpi = _thresholds(report, page, psa, draws)
    _by_structure(report, page, psa)
    _quadrants(report, page, psa, draws)
    _plane(report, page, psa, draws, table)
    write_convergence(report, page, psa)
    write_crossing_in_draws(report, page, psa)
    write_restricted_means(report, page, psa)
    write_moments(report, page, psa)
    page.close()
    return DrawSummaries(draws.n_draws, *described, probability, evpi)


Described = tuple[dict[Key, Formula], dict[Key, Formula], dict[Key, Formula]]


def _means(report: Report, page: Page, psa: PSA, draws: DrawsAt) -> tuple[Described, TableAt]:
    results = psa.results()
    columns = [PageColumn("Outcome and arm", "text", WIDE), *page_columns(report, DESCRIBED)]
    at = page.table(
        RESULTS.title,
        f"{draws.n_draws:,} draws, seed {psa.seed}. Per patient, discounted. Increment: {report.increment}. Live over the "
        "sheet PSA draws.",
        columns,
        len(results),
    )
    means: dict[Key, Formula] = {}
    lower: dict[Key, Formula] = {}
    upper: dict[Key, Formula] = {}
    for i, row in enumerate(rows_of_frame(results)):
        arm: int | str = "increment" if row.arm == "Increment" else psa.arm_labels.index(row.arm)
        name = "increment" if arm == "increment" else report.names[int(arm)]
        unit = f", {report.currency}" if row.outcome == "costs" else ""
        span = draws.span(row.outcome, arm)
        at.rows.append(
            [
                f"{WORDS[row.outcome]}{unit}: {name}",
                *(
                    As(Formula(f, v), KINDS[row.outcome])
                    for f, v in (
                        (f"AVERAGE({span})", row.mean),
                        (f"STDEV({span})", row.standard_deviation),
                        (f"PERCENTILE({span},interval_low)", row.lower_95),
                        (f"PERCENTILE({span},interval_high)", row.upper_95),
                    )
                ),
            ]
        )
        ends = ((means, 1, row.mean), (lower, 3, row.lower_95), (upper, 4, row.upper_95))
        for found, column, value in ends:
            found[row.outcome, arm] = Formula(at.cell(i, column), float(value))
    return (means, lower, upper), at


def _by_structure(report: Report, page: Page, psa: PSA) -> None:
    """The draws of each structure by themselves, where structure is uncertain."""
    if not structure_varies(psa):
        return
    table = psa.by_structure()
    words = "Each draw takes one structure, by its probability on the sheet Settings; the column settings.structure of the "
    text = f"{words}sheet PSA draws says which (0: partitioned survival, 1: state transition). {report.stored}"
    put_results(page, BY_STRUCTURE.title, text, table, columns_of(table), WIDE)


def _ratio(report: Report, page: Page, psa: PSA, means: TableAt) -> None:
    """The ratio of means, its Monte Carlo error, and the interval of the ratio where there is one."""
    n = len(report.names) + 1
    cost, qalys = means.local(3 * n - 1, 1), means.local(2 * n - 1, 1)
    columns = [
        PageColumn("ICER over draws", "text", 44),
        PageColumn(f"{report.currency} per QALY", "money"),
        *page_columns(report, [LOWER_95.wide(0, "money"), UPPER_95.wide(0, "money")]),
        PageColumn("Remark", "free", 16),
    ]
    rows: list[list[object]] = []
    value = "no ratio" if psa.icer is None else Formula(f"{cost}/{qalys}", psa.icer)
    for method, label in (
        ("jackknife", "Ratio of means, with its Monte Carlo error"),
        ("fieller", "Interval for parameter uncertainty (Fieller)"),
    ):
        made = decision.icer_interval(psa.incremental_costs, psa.incremental_qalys, method=method)  # type: ignore[arg-type]
        remark = made.reason or f"{chance(made.share_in_quadrant, certain=True)} of draws lie in the quadrant of the means"
        lower, upper = made.lower, made.upper
        if method == "jackknife" and psa.sampling != "random":
            lower = upper = float("nan")
            remark = "No interval: points of this design are not independent; replicates tell its error"
        rows.append([label, value, lower, upper, remark])
    page.filled(
        "Cost per QALY gained",
        "Ratio of mean incremental cost to mean incremental QALYs, never the mean of ratios; no interval "
        f"where quadrants mix. {report.stored}",
        columns,
        rows,
    )


def _thresholds(report: Report, page: Page, psa: PSA, draws: DrawsAt) -> tuple[list[Formula], list[Formula]]:
    grid = list(report.thresholds)
    ceac, ceaf, evpi = psa.ceac(grid), psa.ceaf(grid), psa.evpi(grid)
    loss = psa.expected_loss(grid)
    n, (old, new) = len(report.names), report.positions
    columns = [
        *page_columns(report, [WILLINGNESS_TO_PAY], WIDE),
        PageColumn(f"Mean INMB, {report.currency}", "money"),
        *page_columns(report, [CHANCE_BEST.of(option=name).wide(0) for name in report.names]),
        *page_columns(report, [LOSS.of(option=name) for name in report.names]),
        *page_columns(report, [EVPI_PER_PATIENT, BEST_ON_AVERAGE]),
        *page_columns(report, [MEAN_NMB.of(option=name) for name in report.names]),
    ]
    at = page.table(
        "Probability of being cost-effective",
        "The arm with the highest net benefit in a draw counts for it; the shares sum to 1. Expected loss: what certainty "
        "would give more; EVPI is the lowest of them. Live over the stored draws, at the thresholds of the sheet Settings.",
        columns,
        len(grid),
    )
    formulas = DrawFormulas(draws, n)
    assert report.layout is not None
    block = report.layout.tables["thresholds"].block("value").reference
    typed = Formula(block, np.array([t.value for t in report.definition.thresholds]))
    names = report.layout.tables["arms"].block("short_label").reference
    for i, threshold in enumerate(grid):
        here = at.local(i, 0)
        own = nth_smallest(typed, ordinal(typed, i))
        benefits = [at.local(i, 4 + 2 * n + a) for a in range(n)]
        span = f"{benefits[0]}:{benefits[-1]}"
        means = [
            threshold * float(psa.outcomes.total_qalys[:, a].mean()) - float(psa.outcomes.total_costs[:, a].mean())
            for a in range(n)
        ]
        preferred = report.names[psa.arm_labels.index(ceaf["option"].iloc[i])]
        at.rows.append(
            [
                own,
                Formula(f"{benefits[new]}-{benefits[old]}", means[new] - means[old]),
                *(
                    Formula(formulas.probability(here, a), float(ceac[label].iloc[i]))
                    for a, label in enumerate(psa.arm_labels)
                ),
                *(Formula(formulas.loss(here, a), float(loss[label].iloc[i])) for a, label in enumerate(psa.arm_labels)),
                Formula(f"MIN({at.local(i, 2 + n)}:{at.local(i, 1 + 2 * n)})", float(evpi["evpi"].iloc[i])),
                Formula(f"INDEX({names},MATCH(MAX({span}),{span},0))", preferred),
                *(Formula(formulas.mean_benefit(here, a), means[a]) for a in range(n)),
            ]
        )
    probability = [Formula(at.cell(i, 2 + new), row[2 + new].value) for i, row in enumerate(at.rows)]
    return probability, [Formula(at.cell(i, 2 + 2 * n), row[2 + 2 * n].value) for i, row in enumerate(at.rows)]


def _quadrants(report: Report, page: Page, psa: PSA, draws: DrawsAt) -> None:
    columns = page_columns(report, QUADRANTS.without("reference", "NE_cost_effective", "SW_cost_effective"), WIDE)
    formulas = DrawFormulas(draws, len(report.names))
    reference = report.positions[0]
    thresholds = report.definition.decision_thresholds() or report.thresholds
    found = [(t, row) for t in thresholds for row in rows_of_frame(psa.quadrants(t))]
    at = page.table(
        QUADRANTS.title,
        f"Share of draws, each arm against {report.names[reference]}. Live over the stored draws.",
        columns,
        len(found),
    )
    for i, (threshold, row) in enumerate(found):
        a = psa.arm_labels.index(row.option)
        at.rows.append(
            [
                report.names[a],
                threshold,
                Formula(formulas.share(a, reference, ">0", ">0"), row.NE),
                Formula(f"1-SUM({at.local(i, 2)},{at.local(i, 4)}:{at.local(i, 6)})", row.SE),
                Formula(formulas.share(a, reference, "<0", "<0"), row.SW),
                Formula(f"{formulas.share(a, reference, '>=0', '<=0')}-{formulas.share(a, reference, '=0', '=0')}", row.NW),
                Formula(formulas.share(a, reference, "=0", "=0"), row.origin),
                Formula(formulas.above_zero(at.local(i, 1), a, reference), row.cost_effective),
            ]
        )


def _plane(report: Report, page: Page, psa: PSA, draws: DrawsAt, means: TableAt) -> None:
    shown = min(PLOTTED_DRAWS, draws.n_draws)
    cost, qalys = psa.incremental_costs[:shown], psa.incremental_qalys[:shown]
    left, right = min(0.0, float(qalys.min())), max(0.0, float(qalys.max()))
    thresholds = report.definition.decision_thresholds() or report.thresholds
    columns = [
        PageColumn("Point or line", "text", 44),
        *page_columns(report, [INCREMENTAL_QALYS.wide(0, "qalys"), INCREMENTAL_COST.wide(0, "money"), WILLINGNESS_TO_PAY]),
    ]
    n = len(report.names) + 1
    plane_words = "" if shown == draws.n_draws else f" The chart shows the first {shown:,} of {draws.n_draws:,} draws."
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
                    Formula(f"{at.local(row, 1)}*{at.local(row, 3)}", x * threshold),
                    threshold,
                ]
            )
    base = report.base
    mean_cells = (means.local(2 * n - 1, 1), means.local(3 * n - 1, 1))
    at.rows.append(
        [
            "Mean over draws",
            Formula(mean_cells[0], float(psa.incremental_qalys.mean())),
            Formula(mean_cells[1], float(psa.incremental_costs.mean())),
            "",
        ]
    )
    at.rows.append(["Base case", base.incremental_qalys, base.incremental_cost, ""])
    first = FIRST_ROW
    place = {
        k: [PSA_DRAWS.name, first, draws.columns[k, "increment"], first + shown - 1, draws.columns[k, "increment"]]
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
