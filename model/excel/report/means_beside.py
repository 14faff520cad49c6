"""Deterministic results beside the means over draws, with the difference in per cent."""

from __future__ import annotations

from typing import Any

from .cells import As, Column, Live
from .page import Page, TableAt
from .report import OUTCOMES, Report


def write_means_beside(
    report: Report, page: Page, totals: TableAt, means: dict[tuple[str, int | str], str]
) -> None:
    """Deterministic totals beside the means over draws."""
    assert report.psa is not None
    results = report.psa.results()
    old, new = report.positions
    base = report.base.totals()
    columns = [
        Column("Outcome and arm", "text", 58),
        Column("Deterministic", "value"),
        Column("Mean over draws", "value"),
        Column("Difference, % of deterministic", "change"),
    ]
    keys: list[tuple[str, int | str]] = [
        (o, a) for o in OUTCOMES for a in (*range(len(report.names)), "increment")
    ]
    words = {"life_years": "Life years", "qalys": "QALYs", "costs": f"Cost, {report.currency}"}
    at = page.table(
        "Deterministic and probabilistic results",
        "A model that is not linear in its inputs gives other means over draws than at the means of its inputs; a large "
        "difference points to skewed or constrained inputs. Discounted.",
        columns,
        len(keys) + 1,
    )
    for i, (outcome, arm) in enumerate(keys):
        values = base[outcome]
        number = float(values[new] - values[old]) if arm == "increment" else float(values[arm])
        label = "Increment" if arm == "increment" else report.base.arm_labels[int(arm)]
        mean = float(results.loc[(results["outcome"] == outcome) & (results["arm"] == label), "mean"].iloc[0])
        row = len(report.names) if arm == "increment" else int(arm)
        name = "increment" if arm == "increment" else report.names[int(arm)]
        difference = Live(f"{at.local(i, 2)}/{at.local(i, 1)}-1", mean / number - 1) if number else ""
        kind = {"life_years": "years", "qalys": "qalys", "costs": "money"}[outcome]
        at.rows.append(
            [
                f"{words[outcome]}: {name}",
                As(Live(totals.local(row, 1 + OUTCOMES.index(outcome)), number), kind),
                As(Live(means[outcome, arm], mean), kind),
                difference,
            ]
        )
    last = len(keys)
    cost, qaly = keys.index(("costs", "increment")), keys.index(("qalys", "increment"))
    deterministic, probabilistic = report.base.icer, report.psa.icer
    cells: list[Any] = [f"ICER, {report.currency} per QALY gained (ratio of mean increments)"]
    for column, value in ((1, deterministic), (2, probabilistic)):
        cells.append(
            "no ratio"
            if value is None
            else As(Live(f"{at.local(cost, column)}/{at.local(qaly, column)}", value), "money")
        )
    if deterministic is None or probabilistic is None:
        cells.append("")
    else:
        cells.append(Live(f"{at.local(last, 2)}/{at.local(last, 1)}-1", probabilistic / deterministic - 1))
    at.rows.append(cells)
