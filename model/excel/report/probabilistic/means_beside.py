"""Deterministic results beside the means over draws, with the difference in per cent."""

from __future__ import annotations

from typing import Any, Protocol

from model.analysis.base_case.named_outputs import NO_RATIO
from model.analysis.columns.probabilistic import MEAN_CURVES
from model.excel.formulas.formula import Formula, formula_of
from model.excel.output_book import OUTCOMES, Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.as_run import only_as_run, run_label

SKEWED = (
    "A model that is not linear in its inputs gives other means over draws than at the means of its inputs; a large "
    "difference points to skewed or constrained inputs."
)
NOT_COMPARED = "Not compared: the means are of the run, the deterministic results of the inputs shown, which differ from it."


class TotalCells(Protocol):
    """Cells of the totals by kind, then by outcome and arm position or "increment"."""

    cells: dict[str, dict[tuple[str, int | str], Formula]]


def write_means_beside(
    report: Report, page: Page, totals: TotalCells, means: dict[tuple[str, int | str], Formula], icer: Formula
) -> None:
    """Deterministic totals beside the means over the draws of the run."""
    columns = [
        PageColumn("Outcome and arm", "text", 58),
        PageColumn("Deterministic", "value"),
        *page_columns(report, [c.wide(0, "value") for c in MEAN_CURVES.pick("mean_over_draws")]),
        PageColumn("Difference, % of deterministic", "change"),
    ]
    keys: list[tuple[str, int | str]] = [(o, a) for o in OUTCOMES for a in (*range(len(report.names)), "increment")]
    words = {"life_years": "Life years", "qalys": "QALYs", "costs": f"Cost, {report.currency}"}
    at = page.table(
        "Deterministic and probabilistic results",
        f"Discounted. The draws are those of {run_label(report)}; the two are compared while the inputs are its own.",
        columns,
        len(keys) + 1,
        remark=only_as_run(formula_of(SKEWED), formula_of(NOT_COMPARED)),
    )
    for i, (outcome, arm) in enumerate(keys):
        own, mean = totals.cells["discounted"][outcome, arm], means[outcome, arm]
        name = "increment" if arm == "increment" else report.names[int(arm)]
        kind = {"life_years": "years", "qalys": "qalys", "costs": "money"}[outcome]
        places = [Formula(at.local(i, 1), own.value), Formula(at.local(i, 2), mean.value)]
        at.rows.append([f"{words[outcome]}: {name}", As(own, kind), As(mean, kind), only_as_run(_change(*places))])
    last = len(keys)
    cost, qaly = keys.index(("costs", "increment")), keys.index(("qalys", "increment"))
    top, bottom = (Formula(at.local(i, 2), means[keys[i]].value) for i in (cost, qaly))
    ratio = _mean_ratio(top, bottom)
    cells: list[Any] = [f"ICER, {report.currency} per QALY gained (ratio of mean increments)"]
    cells += [As(icer, "money"), As(ratio, "money")]
    change = _change(Formula(at.local(last, 1), icer.value), Formula(at.local(last, 2), ratio.value))
    cells.append(only_as_run(change))
    at.rows.append(cells)


def _change(own: Formula, mean: Formula) -> Formula:
    """The mean over the deterministic value, less one; empty where there is no such ratio."""
    text = f'IF(AND(ISNUMBER({own.text}),ISNUMBER({mean.text})),IF({own.text}=0,"",{mean.text}/{own.text}-1),"")'
    words = isinstance(own.value, str) or isinstance(mean.value, str) or own.value == 0
    return Formula(text, "" if words else float(mean.value) / float(own.value) - 1)


def _mean_ratio(cost: Formula, qalys: Formula) -> Formula:
    text = f'IF(AND({cost.text}>0,{qalys.text}>0),{cost.text}/{qalys.text},"{NO_RATIO}")'
    both = cost.value > 0 and qalys.value > 0
    return Formula(text, float(cost.value) / float(qalys.value) if both else NO_RATIO)
