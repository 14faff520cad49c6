"""Base-case results: totals, comparisons, net benefit, threshold prices, and probabilistic means beside them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.price import threshold_prices

from .cells import Column, Live, records, rows_of
from .disaggregated import DisaggregatedAt
from .means_beside import write_means_beside
from .page import Page, TableAt
from .report import OUTCOMES, RESULTS, Report


@dataclasses.dataclass(frozen=True)
class ResultsAt:
    """Cells that the first sheet repeats: totals by (outcome, arm position or "increment"), and the table of INMB."""

    totals: dict[tuple[str, int | str], str]
    inmb: dict[float, str]
    icer: str | None


def write_results(
    report: Report, parts: DisaggregatedAt, means: dict[tuple[str, int | str], str]
) -> ResultsAt:
    """Write the sheet; ``means`` are the cells of the probabilistic means, where there are any."""
    page = Page(report, RESULTS.name)
    page.paragraph(report.base.conclusion(), report.styles.make(bold=True, font_size=11))
    page.row += 1
    totals = _totals(report, page, parts)
    icer = _pairwise(report, page, totals)
    _incremental(report, page, totals)
    inmb = _net_benefit(report, page, totals)
    _prices(report, page)
    if means:
        write_means_beside(report, page, totals, means)
    page.close()
    cells: dict[tuple[str, int | str], str] = {}
    for j, outcome in enumerate(OUTCOMES):
        for i in range(len(report.names)):
            cells[outcome, i] = totals.cell(i, 1 + j)
        cells[outcome, "increment"] = totals.cell(len(report.names), 1 + j)
    return ResultsAt(cells, inmb, icer)


def _totals(report: Report, page: Page, parts: DisaggregatedAt) -> TableAt:
    unit = {"life_years": "years", "qalys": "QALYs", "costs": report.currency}
    words = {"life_years": "Life years", "qalys": "QALYs", "costs": "Cost"}
    columns = [Column("Arm", "text", 58)]
    for which in ("", ", undiscounted"):
        columns += [
            Column(
                f"{words[o]}{which}" + (f", {unit[o]}" if o == "costs" else ""),
                o if o == "qalys" else {"life_years": "years", "costs": "money"}[o],
                17,
            )
            for o in OUTCOMES
        ]
    old, new = report.positions
    at = page.table(
        "Totals per patient",
        f"Increment: {report.increment}. Discounted unless it says undiscounted. [O] sums "
        "over the sheet Disaggregated.",
        columns,
        len(report.names) + 1,
        n_totals=1,
    )
    table = report.base.totals()
    fields = [*OUTCOMES, *(f"{o}_undiscounted" for o in OUTCOMES)]
    for i, arm in enumerate(report.definition.arms):
        cells: list[Any] = [arm.label]
        for field in fields:
            outcome, which = (
                field.removesuffix("_undiscounted"),
                "undiscounted" if "undiscounted" in field else "discounted",
            )
            cells.append(Live(parts.totals[outcome, i, which], float(table[field][i])))
        at.rows.append(cells)
    differences = [
        Live(f"{at.local(new, 1 + j)}-{at.local(old, 1 + j)}", float(table[f][new] - table[f][old]))
        for j, f in enumerate(fields)
    ]
    at.rows.append(["Increment", *differences])
    return at


def _pairwise(report: Report, page: Page, totals: TableAt) -> str | None:
    old, new = report.positions
    table = report.base.pairwise()
    years = report.base.outcomes.total_life_years[0]
    columns = [
        Column("Option", "text", 58),
        Column(f"Incremental cost, {report.currency}", "money"),
        Column("Incremental life years", "years"),
        Column("Incremental QALYs", "qalys"),
        Column(f"ICER, {report.currency} per QALY gained", "money"),
        Column(f"Saving, {report.currency} per QALY forgone", "money"),
        Column("Conclusion", "text", 30),
    ]
    at = page.table(
        f"Each arm against {report.names[old]}",
        "A ratio stands only where it means what its header says: never a negative ICER.",
        columns,
        len(table),
    )
    icer_cell = None
    for i, row in enumerate(rows_of(table)):
        a = report.base.arm_labels.index(row.option)
        cost = Live(f"{totals.local(a, 3)}-{totals.local(old, 3)}", row.incremental_cost)
        gained = Live(f"{totals.local(a, 1)}-{totals.local(old, 1)}", float(years[a] - years[old]))
        qalys = Live(f"{totals.local(a, 2)}-{totals.local(old, 2)}", row.incremental_effect)
        ratio = f"{at.local(i, 1)}/{at.local(i, 3)}"
        icer = "no ratio" if np.isnan(row.icer) else Live(ratio, row.icer)
        saving = "" if np.isnan(row.saving_per_unit_forgone) else Live(ratio, row.saving_per_unit_forgone)
        at.rows.append([row.option, cost, gained, qalys, icer, saving, row.conclusion])
        if a == new and not np.isnan(row.icer):
            icer_cell = at.cell(i, 4)
    return icer_cell


def _incremental(report: Report, page: Page, totals: TableAt) -> None:
    table = report.base.incremental()
    columns = [
        Column("Option", "text", 58),
        Column(f"Cost, {report.currency}", "money"),
        Column("QALYs", "qalys"),
        Column(f"Incremental cost, {report.currency}", "money"),
        Column("Incremental QALYs", "qalys"),
        Column(f"ICER, {report.currency} per QALY gained", "money"),
        Column("Status", "text", 30),
        Column("Compared with", "text", 30),
    ]
    at = page.table(
        "Fully incremental comparison",
        "All arms by cost. Dominated: another arm is no dearer and no less effective. "
        "Extendedly dominated: a mix of two others does better.",
        columns,
        len(table),
    )
    labels = report.base.arm_labels
    where = {row.option: i for i, row in enumerate(rows_of(table))}
    for i, row in enumerate(rows_of(table)):
        a = labels.index(row.option)
        cells: list[Any] = [
            row.option,
            Live(totals.local(a, 3), row.cost),
            Live(totals.local(a, 2), row.effect),
        ]
        if pd.isna(row.icer):
            cells += ["", "", ""]
        else:
            before = where[row.compared_with]
            cells += [
                Live(f"{at.local(i, c)}-{at.local(before, c)}", v)
                for c, v in ((1, row.incremental_cost), (2, row.incremental_effect))
            ]
            cells.append(Live(f"{at.local(i, 3)}/{at.local(i, 4)}", row.icer))
        compared = "" if row.compared_with is None else report.names[labels.index(row.compared_with)]
        at.rows.append([*cells, row.status, compared])


def _net_benefit(report: Report, page: Page, totals: TableAt) -> dict[float, str]:
    table = report.base.net_benefit()
    old, new = report.positions
    n = len(report.names)
    columns = [
        Column(f"Willingness to pay, {report.currency} per QALY", "money", 58),
        *(Column(f"NMB {name}, {report.currency}", "money") for name in report.names),
        Column(f"Incremental NMB, {report.currency}", "money"),
        *(Column(f"NHB {name}, QALYs", "qalys") for name in report.names),
        Column("Incremental NHB, QALYs", "qalys"),
        Column("Preferred", "text"),
        Column("Role of the threshold", "text"),
    ]
    at = page.table(
        "Net benefit",
        f"Net monetary benefit (NMB) = threshold x QALYs - cost; net health benefit (NHB) = QALYs - "
        f"cost / threshold. Incremental: {report.increment}.",
        columns,
        len(table),
    )
    roles = {t.value: t.role for t in report.definition.thresholds}
    labels = report.base.arm_labels
    inmb = {}
    for i, row in enumerate(records(table)):
        threshold = float(row["willingness_to_pay"])
        here = at.local(i, 0)
        nmb = [
            Live(f"{here}*{totals.local(a, 2)}-{totals.local(a, 3)}", row[f"net monetary benefit, {label}"])
            for a, label in enumerate(labels)
        ]
        nhb = [
            Live(f"{totals.local(a, 2)}-{totals.local(a, 3)}/{here}", row[f"net health benefit, {label}"])
            for a, label in enumerate(labels)
        ]
        more = Live(f"{at.local(i, 1 + new)}-{at.local(i, 1 + old)}", row["incremental_net_monetary_benefit"])
        health = Live(
            f"{at.local(i, 2 + n + new)}-{at.local(i, 2 + n + old)}", row["incremental_net_health_benefit"]
        )
        preferred = report.names[labels.index(row["preferred"])]
        at.rows.append([threshold, *nmb, more, *nhb, health, preferred, roles.get(threshold, "")])
        inmb[threshold] = at.cell(i, 1 + n)
    return inmb


def _prices(report: Report, page: Page) -> None:
    table = threshold_prices(report.definition)
    if table.empty:
        return
    columns = [
        Column("Pack or vial", "text", 58),
        Column(f"Willingness to pay, {report.currency} per QALY", "money"),
        Column(f"List price today, {report.currency}", "price"),
        Column(f"Price at which INMB is zero, {report.currency}", "price"),
        Column("Share of today's price", "share"),
        Column("Price cut needed", "share"),
        Column("In words", "text", 30),
    ]
    explanation = (
        "List price per pack at which the decision changes, all else as it is, at the discounts of the inputs. "
        f"Below zero: not even a free drug would be cost-effective. {report.stored}"
    )
    at = page.table("Price at which the decision changes", explanation, columns, len(table))
    for i, row in enumerate(rows_of(table)):
        share = Live(f"{at.local(i, 3)}/{at.local(i, 2)}", row.share_of_price) if row.price else ""
        cut = Live(f"1-{at.local(i, 4)}", 1 - row.share_of_price) if row.price else ""
        words = (
            "no price is low enough"
            if row.price_at_zero_inmb < 0
            else (
                "cost-effective today" if row.price_at_zero_inmb >= row.price else "a lower price is needed"
            )
        )
        at.rows.append(
            [
                row.product,
                row.willingness_to_pay,
                row.price,
                row.price_at_zero_inmb,
                share,
                "" if row.price_at_zero_inmb < 0 else cut,
                words,
            ]
        )
