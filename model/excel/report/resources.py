"""Resource use: quantities apart from what a unit costs."""

from __future__ import annotations

from .cells import Column, Live, rows_of
from .page import Page
from .report import RESOURCES, Report

UNITS = {"doses or packs": "doses or packs", "years": "patient-years"}


def write_resources(report: Report) -> None:
    """Every cost line of every arm, with quantity, value per unit and cost per patient."""
    page = Page(report, RESOURCES.name)
    table = report.base.resource_use()
    columns = [
        Column("Arm", "text", 18),
        Column("Category", "text", 28),
        Column("Item", "text", 46),
        Column("Quantity per patient, undiscounted", "value", 18),
        Column("Counted in", "text", 20),
        Column(f"Value per unit, {report.currency}", "price", 18),
        Column(f"Cost, undiscounted, {report.currency}", "money", 20),
        Column(f"Cost, discounted, {report.currency}", "money", 20),
    ]
    explanation = (
        "Expected over the whole horizon. A value per unit holds what one unit costs on average: the probability of an "
        "adverse event times its cost, the share treated times the cost of a course, a year of monthly costs. "
        + report.stored
    )
    names = dict(zip(report.base.arm_labels, report.names, strict=True))
    at = page.table(
        "Cost lines", explanation, columns, len(table) + len(report.names), n_totals=len(report.names)
    )
    for i, row in enumerate(rows_of(table)):
        undiscounted = Live(f"{at.local(i, 3)}*{at.local(i, 5)}", row.cost_undiscounted)
        at.rows.append(
            [
                names[row.arm],
                row.category,
                row.item,
                row.quantity,
                UNITS.get(row.unit, row.unit),
                row.cost_per_unit,
                undiscounted,
                row.cost,
            ]
        )
    for label, name in names.items():
        own = table[table["arm"] == label]
        sums = [
            Live(f"SUMIF({at.span(0)},{quoted(name)},{at.span(column)})", float(own[field].sum()))
            for column, field in ((6, "cost_undiscounted"), (7, "cost"))
        ]
        at.rows.append([name, "Total", "", "", "", "", *sums])
    page.freeze(at, 3)
    page.close()


def quoted(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'
