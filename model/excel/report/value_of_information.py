"""Value of information: which inputs are worth knowing, and what a further trial would be worth, by its size."""

from __future__ import annotations

from typing import Any

import pandas as pd

from model.analysis import ValueOfInformation
from model.analysis.columns.decision import (
    EVPI_PER_PATIENT,
    EVPPI_PER_PATIENT,
    EVSI_PER_PATIENT,
    GROUP,
    PATIENTS,
    RESIDUAL_CHECK,
    SHARE_OF_EVPI,
    SIZE,
    STANDARD_ERROR,
)
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import PALETTE, Report
from model.excel.pages.cells import PageColumn, Typed, rows_of_frame
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.lines import add_line, dash_of, line_chart
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

CALCULATOR = (
    ("People affected per year", "Incidence of the decision in the population that the payer covers"),
    ("Years for which the decision stands", "Whole years; up to 50"),
    ("Discount rate per year", "That of costs, unless another is typed"),
    ("Fixed cost of the trial", "Set-up, data management and analysis"),
    ("Cost of the trial per patient", "All arms; beyond usual care"),
)

INFORMATION = Entry(
    "Information",
    "Value of information",
    "What it would be worth to know each input, and what a further trial would be worth, by its size",
    stored=True,
)


def write_value_of_information(report: Report, found: ValueOfInformation) -> None:
    """Write the sheet."""
    page = Page(report, INFORMATION.name)
    at = ", ".join(f"{report.currency} {t:,.0f}" for t in found.thresholds)
    page.paragraph(
        f"Per patient, at {at} per QALY. The last is the ratio of mean cost to mean QALYs where that is no threshold of the "
        "decision: there the decision is least certain, and information worth most. A value of zero means that no finding "
        f"within the uncertainty of the inputs would change the decision. {report.stored}"
    )
    page.row += 1
    known = _everything(report, page, found)
    _partial(report, page, found, found.groups, "Groups of inputs", "The sheets of the inputs. ")
    trial = None
    if found.evsi is not None and found.trial is not None:
        trial = _trial(report, page, found, found.evsi)
    _for_everybody(report, page, found, known, trial)
    _partial(report, page, found, found.parameters, "Every input", "Coefficients of one curve together. ")
    page.close()


def _everything(report: Report, page: Page, found: ValueOfInformation) -> TableAt:
    """EVPI per patient at every threshold."""
    evpi = found.psa.evpi(found.thresholds)["evpi"].tolist()
    return page.filled(
        "Value of knowing everything",
        "Expected value of perfect information (EVPI): what certainty about all inputs at once would give per patient; no "
        f"study is worth more. {report.stored}",
        [
            PageColumn("Value", "text", 50),
            *page_columns(report, [EVPI_PER_PATIENT.at(t).wide(16, "money") for t in found.thresholds]),
        ],
        [["Perfect information, per patient", *evpi]],
    )


def _partial(report: Report, page: Page, found: ValueOfInformation, table: pd.DataFrame, title: str, what: str) -> None:
    """EVPPI of groups or inputs, one column per threshold, with its standard error at the last."""
    words = InputWords(report.definition)
    last = found.thresholds[-1]
    columns = [GROUP, *(EVPPI_PER_PATIENT.at(t) for t in found.thresholds), STANDARD_ERROR.at(last), SHARE_OF_EVPI.at(last)]
    found_by = {(r.group, r.willingness_to_pay): r for r in rows_of_frame(table)}
    rows: list[list[Any]] = []
    for group in dict.fromkeys(table["group"]):
        at = found_by[group, last]
        values = [found_by[group, t].evppi for t in found.thresholds]
        rows.append([words.of(group), *values, at.standard_error, at.share_of_evpi, at.residual_check])
    rows.sort(key=lambda row: -float(row[len(found.thresholds)]))
    page.filled(
        f"Value of knowing it: {title.lower()}",
        f"{what}Expected value of partial perfect information (EVPPI) by penalised-spline regression (Strong, Oakley and "
        "Brennan 2014). One or two numbers count for nothing where the regression cannot be told from chance (F test, 1%). "
        "Residual check: share of the variance that depends on the input and that the regression missed; doubtful above "
        f"0.05 and twice 1 / sqrt(draws). {report.stored}",
        page_columns(report, [*columns, RESIDUAL_CHECK]),
        rows,
    )


def _trial(report: Report, page: Page, found: ValueOfInformation, evsi: pd.DataFrame) -> TableAt:
    assert found.trial is not None
    height = 330
    row = page.room(height)
    by = {(r.size, r.willingness_to_pay): r for r in rows_of_frame(evsi)}
    sizes = list(dict.fromkeys(int(r.size) for r in rows_of_frame(evsi)))
    thresholds = found.thresholds
    at = page.filled(
        "Value of a further trial",
        f"Progression-free and overall survival of both arms, followed for {found.trial.follow_up_months:g} months: "
        "expected value of sample information (EVSI) by regression on simulated trials (Strong, Oakley, Brennan and Breeze "
        f"2015). {report.stored}",
        page_columns(
            report, [SIZE, PATIENTS, *(EVSI_PER_PATIENT.at(t) for t in thresholds), STANDARD_ERROR.at(thresholds[-1])]
        ),
        [
            [
                size,
                by[size, thresholds[-1]].patients,
                *(by[size, t].evsi for t in thresholds),
                by[size, thresholds[-1]].standard_error,
            ]
            for size in sizes
        ],
    )
    chart = line_chart(
        report, "Value of a further trial", SIZE.words(), EVSI_PER_PATIENT.heading(report.currency), "#,##0", x_min=0
    )
    for k, t in enumerate(thresholds):
        name = f"At {report.currency} {t:,.0f} per QALY"
        add_line(chart, name, at.series(0), at.series(2 + k), PALETTE[1 + k % (len(PALETTE) - 1)], dash_of(k))
    page.place(row, [chart], 760, height)
    return at


def _for_everybody(report: Report, page: Page, found: ValueOfInformation, everything: TableAt, trial: TableAt | None) -> None:
    """A calculator: numbers that the reader types, and what follows for everybody affected."""
    rate = report.definition.settings.discount_rate_costs
    typed = page.filled(
        "For everybody affected: type these",
        "No number here has a default, since none belongs to the model: the values below stay empty until they are typed. "
        "Yellow cells are not read back as inputs.",
        [PageColumn("Quantity", "text", 50), PageColumn("Value", "any", 16), PageColumn("What it is", "free", 16)],
        [[words, Typed(rate, "share") if words.startswith("Discount") else Typed(), remark] for words, remark in CALCULATOR],
    )
    people, years, discount, fixed, each = (f"$B${typed.first_row + 1 + k}" for k in range(5))
    counted = f"IF({discount}=0,{years},(1-(1+{discount})^(-{years}))/{discount}*(1+{discount}))"
    thresholds, last = found.thresholds, found.thresholds[-1]

    def of_all(table: TableAt, row: int, first: int) -> list[Formula]:
        """The values of a row per patient, for everybody."""
        return [
            Formula(f'IF(COUNT({people},{years})=2,{table.local(row, first + j)}*{people}*{counted},"")', "")
            for j in range(len(thresholds))
        ]

    columns = [PageColumn(f"For everybody at {t:,.0f}, {report.currency}", "money", 16) for t in thresholds]
    text = "Live over the yellow cells: value per patient x people per year, each year discounted from its start"
    page.filled(
        "Value of knowing everything, for everybody affected",
        f"{text}.",
        [PageColumn("Value", "text", 50), *columns],
        [["Perfect information", *of_all(everything, 0, 1)]],
    )
    if trial is None:
        return
    rows: list[list[object]] = []
    for k in range(trial.n_rows):
        size = float(trial.rows[k][0])
        gross = f"{trial.local(k, 1 + len(thresholds))}*{people}*{counted}"
        cost = f"{fixed}+{each}*{trial.local(k, 1)}"
        net = f'IF(COUNT({people},{years},{fixed},{each})=4,{gross}-({cost}),"")'
        rows.append([Formula(trial.local(k, 0), size), *of_all(trial, k, 2), Formula(net, "")])
    page.filled(
        "Value of a further trial, for everybody affected",
        f"{text}; the expected net benefit of sampling takes off the cost of the trial. The largest net benefit above zero "
        "names the best size.",
        [
            *page_columns(report, [SIZE]),
            *columns,
            PageColumn(f"Net benefit of the trial at {last:,.0f}, {report.currency}", "money", 16),
        ],
        rows,
    )


SHEET = AnalysisSheet(ValueOfInformation, (INFORMATION,), lambda report, found, _: write_value_of_information(report, found))
