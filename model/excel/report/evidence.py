"""The model beside the trial, figures from outside and published analyses, and why results differ."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.amounts import money
from model.analysis.base_case import against_evidence
from model.analysis.base_case.words import ratio_in_words
from model.analysis.columns.common import DIFFERENCE
from model.analysis.columns.evidence import EXTERNAL, PUBLISHED, TRIAL
from model.analysis.prices.sentences import PriceSentences, price_sentences
from model.engine.costs import drug_category
from model.engine.dosing import stop_day
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.output_sheets import EVIDENCE
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.input_words import sources
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

STATISTIC_COLUMNS = ("endpoint", "statistic", "month", "reported", "lower_95", "upper_95")
STATISTICS = {
    "median": "median, months",
    "landmark": "share event-free",
    "not_reached": "share not reached",
    "hazard_ratio": "hazard ratio",
}
INDEPENDENCE = {"dependent": "dependent", "partly_dependent": "partly dependent", "independent": "independent"}


def write_evidence(report: Report) -> None:
    """Write the sheet."""
    page = Page(report, EVIDENCE.name)
    page.heading("Why this result differs from others")
    for text in explanations(report):
        page.paragraph(text)
    page.row += 1
    _trial(report, page)
    _external(report, page)
    _published(report, page)
    page.close()


# ---- in words --------------------------------------------------------------------------------------------------------


def explanations(report: Report) -> list[str]:
    """What drives the result, in plain words and numbers of this model."""
    base, definition = report.base, report.definition
    old, new = report.positions
    currency = report.currency
    texts = [f"This model finds {ratio_in_words(base)} ({report.names[new]} against {report.names[old]})."]
    costs = base.costs()
    total = base.incremental_cost
    drugs = costs.loc[np.array([str(c).startswith("Drug: ") for c in costs["category"]], dtype=bool)]
    if total > 0:
        share = float(drugs["increment"].sum()) / total
        texts.append(
            f"The drugs of the arms make up {share:.0%} of the incremental cost of {money(total, currency)} per patient."
        )
    for regimen in own_regimens(report):
        drug = definition.drug(regimen.drug)
        years = mean_years(report, regimen)
        increment = float(costs.loc[costs["category"] == drug_category(drug), "increment"].sum())
        part = f" and {increment / total:.0%} of the incremental cost" if total > 0 else ""
        texts.append(
            f"{drug.label} is taken for {years:.2f} years on average; it adds {money(increment, currency)} "
            f"per patient{part}. "
            "What is paid depends on the time on treatment, not on survival alone."
        )
    texts += _shared_drugs(report, costs, total)
    texts += found.lines if (found := report.results.of(PriceSentences)) else price_sentences(definition)
    texts.append(
        "Published analyses differ from this one in the trial and its comparator, the length of treatment, the price and "
        "its year, what is paid for after progression, the horizon and the extrapolation; their ratios are not converted or "
        "adjusted here."
    )
    return texts


def own_regimens(report: Report) -> list[Any]:
    """Regimens of drugs that only the intervention uses."""
    s = report.definition.settings
    others = {r.drug for r in report.definition.regimen(s.comparator)}
    return [r for r in report.definition.regimen(s.intervention) if r.drug not in others]


def mean_years(report: Report, regimen: Any) -> float:
    """Mean undiscounted time on a drug in years, up to the end of its calendar."""
    engine, definition = report.base.engine, report.definition
    drug = definition.drug(regimen.drug)
    share = report.base.traces[regimen.arm].columns[f"On {drug.label}"]
    stop = stop_day(drug, regimen, *engine.timeline.limits)
    weights = engine.timeline.accrual_between("none", regimen.start_day, stop)
    return float(share @ weights)


def _shared_drugs(report: Report, costs: pd.DataFrame, total: float) -> list[str]:
    """Drugs of both arms whose cost grows because the intervention is taken longer."""
    own = {r.drug for r in own_regimens(report)}
    texts = []
    s = report.definition.settings
    for regimen in report.definition.regimen(s.intervention):
        drug = report.definition.drug(regimen.drug)
        increment = float(costs.loc[costs["category"] == drug_category(drug), "increment"].sum())
        if drug.id not in own and total > 0 and increment > 0.02 * total:
            other = next(r for r in report.definition.regimen(s.comparator) if r.drug == drug.id)
            texts.append(
                f"{drug.label}, part of both arms, costs {money(increment, report.currency)} more "
                f"({increment / total:.0%} of the increment): patients are on it for {mean_years(report, regimen):.2f} "
                f"years instead of {mean_years(report, other):.2f}."
            )
    return texts


# ---- tables ----------------------------------------------------------------------------------------------------------


def _trial(report: Report, page: Page) -> None:
    table = against_evidence.trial_against_model(report.base)
    if table.empty:
        return
    columns = [
        *page_columns(report, TRIAL.pick("arm", *STATISTIC_COLUMNS, "model", "difference")),
        *page_columns(report, TRIAL.pick("verdict", "used_as", "source", "notes")),
    ]
    at = page.table(
        TRIAL.title,
        "What the trial reported beside the model after hazard floor and repair of crossing. Calibrated "
        f"figures are dependent evidence: agreement shows the fit, not validity. {report.stored}",
        columns,
        len(table),
    )
    for i, row in enumerate(records(table)):
        known = not math.isnan(row["model"])
        difference = Formula(f"{at.local(i, 7)}-{at.local(i, 4)}", row["difference"]) if known else ""
        at.rows.append(
            [
                row["arm"],
                row["endpoint"],
                STATISTICS[row["statistic"]],
                _number(row["month"]),
                row["reported"],
                _number(row["lower_95"]),
                _number(row["upper_95"]),
                _number(row["model"]),
                difference,
                row["verdict"],
                row["used_as"],
                sources(row["source"]),
                row["notes"],
            ]
        )


def _external(report: Report, page: Page) -> None:
    table = against_evidence.external_evidence(report.base)
    if table.empty:
        return
    columns = [
        *EXTERNAL.pick("study", *STATISTIC_COLUMNS, "model"),
        DIFFERENCE,
        *EXTERNAL.pick("verdict", "compared_with", "independence", "source", "notes"),
    ]
    at = page.table(
        EXTERNAL.title,
        f"Figures from outside the trial. Nothing is fitted to them. {against_evidence.external_in_words(report.base)} "
        f"{report.stored}",
        page_columns(report, columns),
        len(table),
    )
    for i, row in enumerate(records(table)):
        known = not math.isnan(row["model"])
        difference = Formula(f"{at.local(i, 7)}-{at.local(i, 4)}", row["model"] - row["reported"]) if known else ""
        at.rows.append(
            [
                row["study"],
                row["endpoint"],
                STATISTICS[row["statistic"]],
                _number(row["month"]),
                row["reported"],
                _number(row["lower_95"]),
                _number(row["upper_95"]),
                _number(row["model"]),
                difference,
                row["verdict"],
                row["compared_with"],
                INDEPENDENCE[row["independence"]],
                sources(row["source"]),
                row["notes"],
            ]
        )


def _published(report: Report, page: Page) -> None:
    table = against_evidence.published_analyses(report.base)
    names = (
        "study",
        "compared",
        "setting",
        "icer",
        "currency",
        "price_year",
        "incremental_qalys",
        "qalys_ratio",
        "icer_ratio",
    )
    columns = [*page_columns(report, PUBLISHED.pick(*names, "notes")), PageColumn("Source", "text", 30)]
    rows = []
    for row in records(table):
        icer = row["icer"]
        rows.append(
            [
                *(row["study"], row["compared"], row["setting"]),
                "not given" if pd.isna(icer) else float(icer),
                *(row["currency"], row["price_year"] or "not stated"),
                *(_number(row[name]) for name in names[6:]),
                *(row["notes"], sources(row["source"])),
            ]
        )
    words = (
        "As published, in their own currency and price year. Ratios to this model's: QALYs gained, and ICERs where both "
        f"are in one currency, not brought to one price year. {report.stored}"
    )
    page.filled(PUBLISHED.title, words, columns, rows)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) or not np.isfinite(value) else float(value)
