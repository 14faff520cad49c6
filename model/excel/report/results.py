"""Results, live: totals, comparisons, net benefit, the price at which the decision changes, the answer in words."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from model.analysis.base_case.named_outputs import NO_RATIO
from model.analysis.columns.base_case import INCREMENTAL_NHB, INCREMENTAL_NMB, NET_BENEFIT, NHB, NMB, PREFERRED, TOTALS
from model.analysis.columns.common import INCREMENTAL_LIFE_YEARS, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import PAIRWISE
from model.analysis.decision import ROUNDING
from model.definition.model_definition import ModelDefinition
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import (
    all_of,
    flag,
    index,
    largest,
    match,
    maximum,
    nth_smallest,
    ordinal,
    smallest,
    sumproduct,
    where,
)
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import OUTCOMES, Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.answer_words import Decided, write_words
from model.excel.report.disaggregated import DisaggregatedAt
from model.excel.report.frontier import write_frontier
from model.excel.report.probabilistic.means_beside import write_means_beside
from model.excel.report.switching_price import write_switching_prices

WIDE = 58.0
CONCLUSIONS = (
    ("less costly and less effective", "dominant", "dominant"),
    ("dominated", "identical", "dominant"),
    ("dominated", "dominated", "more costly and more effective"),
)
"""By the sign of the difference in cost (rows) and in effect (columns): below, at, above zero."""


@dataclasses.dataclass(frozen=True)
class ResultsAt:
    """Cells that other sheets take. ``totals``: by (outcome, arm position or "increment"), discounted and not;
    ``inmb``, ``nmb``, ``nhb``: a cell per threshold (and arm); ``answer``: the sentence; ``preferred``: the name of the best
    option at each threshold; ``status`` of each arm in the fully incremental analysis."""

    totals: dict[tuple[str, int | str], Formula]
    undiscounted: dict[tuple[str, int | str], Formula]
    icer: Formula
    thresholds: list[Formula]
    inmb: list[Formula]
    inhb: list[Formula]
    nmb: list[list[Formula]]
    nhb: list[list[Formula]]
    answer: Formula
    verdict: Formula
    preferred: list[Formula]
    status: list[Formula]


def arm_positions(report: Report, live: LiveModel, page: Page) -> tuple[Formula, Formula]:
    """The numbers of the comparator and of the intervention in use among the arms."""
    facts = Facts(page, "Arms compared", "Counted in the order of the sheet Arms; an input of the sheet Settings.")
    ids = live.inputs.keys("arms", "id")
    old, new = (
        facts.add(words, match(live.inputs[f"settings.{name}"], ids))
        for words, name in (("Number of the comparator", "comparator"), ("Number of the intervention", "intervention"))
    )
    return old, new


def write_results(
    report: Report,
    live: LiveModel,
    page: Page,
    positions: tuple[Formula, Formula],
    parts: DisaggregatedAt,
    means: dict[tuple[str, int | str], Formula],
) -> ResultsAt:
    """Write the sheet; ``means`` are the cells of the probabilistic means, where there are any."""
    totals = _Totals(report, page, positions, parts)
    icer = _pairwise(report, live, page, positions, totals)
    status = write_frontier(report, page, totals.column("costs"), totals.column("qalys"))
    benefit = _NetBenefit(report, live, page, positions, totals)
    decided = Decided(benefit.thresholds, benefit.roles, benefit.best, status)
    words = write_words(report, page, positions, totals.increment, decided)
    write_switching_prices(report, live, page, positions, totals, benefit.thresholds)
    if means:
        write_means_beside(report, page, totals, means, icer)
    page.close()
    return ResultsAt(
        totals.cells["discounted"],
        totals.cells["undiscounted"],
        icer,
        benefit.thresholds,
        benefit.inmb,
        benefit.inhb,
        benefit.nmb,
        benefit.nhb,
        words.answer,
        words.verdict,
        benefit.preferred,
        status,
    )


class _Totals:
    """Totals per patient, and the increment."""

    def __init__(self, report: Report, page: Page, positions: tuple[Formula, Formula], parts: DisaggregatedAt):
        self.report = report
        columns = page_columns(report, TOTALS.declared, WIDE)
        n = len(report.names)
        self.at: TableAt = page.table(
            TOTALS.title,
            "Discounted unless it says undiscounted; sums of the sheet Disaggregated. Increment: intervention minus "
            "comparator; a difference of rounding alone counts as 0 (see the next table).",
            columns,
            n + 1,
            n_totals=1,
        )
        self.cells: dict[str, dict[tuple[str, int | str], Formula]] = {"discounted": {}, "undiscounted": {}}
        fields = [(which, o) for which in ("discounted", "undiscounted") for o in OUTCOMES]
        for i, arm in enumerate(report.definition.arms):
            made = [parts.totals[o, i, which] for which, o in fields]
            self.at.rows.append([arm.label, *made])
            for j, (which, o) in enumerate(fields):
                self.cells[which][o, i] = Formula(self.at.cell(i, 1 + j), made[j].value)
        self.compared = page.table(
            "Totals as they are compared",
            "Options are equal where they differ by rounding alone: each total gives way to the lowest one that is not below "
            "it by more than a billionth of the largest.",
            columns,
            n,
        )
        increments: list[Formula] = []
        settled: list[list[Formula]] = []
        for j, (which, o) in enumerate(fields):
            span = _span(self.at, 1 + j, [self.cells[which][o, i].value for i in range(n)])
            column = [_settled(span, self.cells[which][o, i]) for i in range(n)]
            settled.append(column)
            made_equal = _span(self.compared, 1 + j, [cell.value for cell in column])
            increments.append(_difference(made_equal, positions))
            self.cells[which][o, "increment"] = Formula(self.at.cell(n, 1 + j), increments[-1].value)
        kinds_of = ["extra" if o == "costs" else "gain" for _, o in fields]
        self.at.rows.append(["Increment", *(As(v, kind) for v, kind in zip(increments, kinds_of, strict=True))])
        self.compared.rows = [[arm.label, *(column[i] for column in settled)] for i, arm in enumerate(report.definition.arms)]

    def column(self, outcome: str) -> Formula:
        """The discounted totals of all arms as they are compared."""
        j = 1 + OUTCOMES.index(outcome)
        values = [self.compared.rows[i][j].value for i in range(len(self.report.names))]
        return _span(self.compared, j, values)

    def cell(self, outcome: str, arm: int) -> Formula:
        """The discounted total of an arm as it is compared."""
        j = 1 + OUTCOMES.index(outcome)
        return Formula(self.compared.cell(arm, j), self.compared.rows[arm][j].value)

    def increment(self, outcome: str) -> Formula:
        return self.cells["discounted"][outcome, "increment"]


def _span(at: TableAt, column: int, values: list[Any]) -> Formula:
    """The cells of a column, one per value."""
    first, last = at.cell(0, column), at.cell(len(values) - 1, column)
    return Formula(f"{first}:{last.rsplit('!', 1)[1]}", np.array(values, dtype=float))


def largest_size(span: Formula) -> Formula:
    """The largest of some numbers without their signs."""
    return maximum(largest(span), -smallest(span))


def _settled(span: Formula, own: Formula) -> Formula:
    """A total as it is compared: the lowest of all that is not below it by more than rounding (decision/rounding.py)."""
    allowed = Formula("alike", ROUNDING) * largest_size(span)
    return nth_smallest(span, 1 + sumproduct((span < own - allowed) * 1))


def _difference(span: Formula, positions: tuple[Formula, Formula]) -> Formula:
    """Intervention minus comparator."""
    old, new = (index(span, p) for p in positions)
    return new - old


def _pairwise(report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula], totals: _Totals) -> Formula:
    """Every arm against the comparator; returns the ICER of the intervention, or the words in its place."""
    words = page.table(
        "Conclusions",
        "By the sign of the difference in cost (rows) and in QALYs (columns).",
        [PageColumn("", "text", WIDE), *(PageColumn(f"QALYs {w}", "text", 30) for w in ("fewer", "the same", "more"))],
        3,
    )
    for label, row in zip(("Cheaper", "As dear", "Dearer"), CONCLUSIONS, strict=True):
        words.rows.append([label, *row])
    n = len(report.names)
    at = page.table(
        "Each arm against the comparator",
        "A ratio stands only where it means what its header says: never a negative ICER.",
        [
            *page_columns(report, PAIRWISE.pick("option", "incremental_cost"), WIDE),
            *page_columns(report, [INCREMENTAL_LIFE_YEARS]),
            *page_columns(report, PAIRWISE.pick("incremental_effect", "icer", "saving_per_unit_forgone", "conclusion")),
        ],
        n,
    )
    old, new = positions
    icers: list[Any] = []
    for i, arm in enumerate(report.definition.arms):
        cells = [_against(totals, o, i, old) for o in ("costs", "life_years", "qalys")]
        places = [Formula(at.cell(i, 1 + k), c.value) for k, c in enumerate(cells)]
        cost, qalys = places[0], places[2]
        dearer_better, cheaper_worse = all_of(cost > 0, qalys > 0), all_of(cost < 0, qalys < 0)
        ratio = _ratio(cost, qalys)
        icer, saving = where(dearer_better, ratio, NO_RATIO), where(cheaper_worse, ratio, "")
        value = CONCLUSIONS[int(_sign(cost.value)) + 1][int(_sign(qalys.value)) + 1]
        block = f"{words.cell(0, 1)}:{words.cell(2, 3).rsplit('!', 1)[1]}"
        conclusion = Formula(f"INDEX({block},SIGN({cost.text})+2,SIGN({qalys.text})+2)", value)
        at.rows.append([arm.label, *cells, icer, saving, conclusion])
        icers.append(icer.value)
    first, last = at.cell(0, 4), at.cell(n - 1, 4)
    span = f"{first}:{last.rsplit('!', 1)[1]}"
    facts = Facts(page, "Headline ratio", "That of the intervention in use, from the table above.")
    found = Formula(f"INDEX({span},{new.text})", icers[int(new.value) - 1])
    return facts.add("ICER of the intervention", found, f"{report.currency} per QALY", kind="money")


def _sign(value: Any) -> float:
    return float(value > 0) - float(value < 0)


def _ratio(cost: Formula, qalys: Formula) -> Formula:
    return cost / qalys if qalys.value != 0 else Formula(f"{cost.text}/{qalys.text}", 0.0)


def _against(totals: _Totals, outcome: str, arm: int, old: Formula) -> Formula:
    """An arm minus the comparator."""
    return totals.cell(outcome, arm) - index(totals.column(outcome), old)


class _NetBenefit:
    """Net benefit at every threshold of the sheet Settings, from the lowest."""

    def __init__(self, report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula], totals: _Totals):
        self.report, self.totals, self.positions = report, totals, positions
        self.thresholds: list[Formula] = []
        self.roles: list[Formula] = []
        self.inmb: list[Formula] = []
        self.inhb: list[Formula] = []
        self.nmb: list[list[Formula]] = []
        self.nhb: list[list[Formula]] = []
        n = len(report.names)
        columns = [
            WILLINGNESS_TO_PAY,
            *(NMB.of(arm=name) for name in report.names),
            INCREMENTAL_NMB,
            *(NHB.of(arm=name) for name in report.names),
            INCREMENTAL_NHB,
            PREFERRED,
        ]
        rows = report.definition.thresholds
        at = page.table(
            NET_BENEFIT.title,
            "Net monetary benefit (NMB) = threshold x QALYs - cost; net health benefit (NHB) = QALYs - cost / threshold. "
            "Incremental: intervention minus comparator. Thresholds are those of the sheet Settings.",
            [*page_columns(report, columns, WIDE), PageColumn("Role of the threshold", "text")],
            len(rows),
        )
        self.best_at = page.table(
            "Best of all options",
            "1: no option has a higher net monetary benefit (several, where they differ by rounding alone); the fully "
            "incremental analysis over thresholds. The first of several is named.",
            [
                *page_columns(report, [WILLINGNESS_TO_PAY], WIDE),
                *(PageColumn(f"Best: {name}", "plain") for name in report.names),
                *page_columns(report, [PREFERRED]),
            ],
            len(rows),
        )
        self.best: list[Formula] = []
        self.preferred: list[Formula] = []
        values = live.inputs.keys("thresholds", "value")
        roles = live.inputs.column([f"thresholds.{t.value:g}.role" for t in rows])
        for i in range(len(rows)):
            threshold = nth_smallest(values, ordinal(values, i))
            here = Formula(at.cell(i, 0), threshold.value)
            costs = [totals.cell("costs", a) for a in range(n)]
            qalys = [totals.cell("qalys", a) for a in range(n)]
            nmb = [here * q - c for q, c in zip(qalys, costs, strict=True)]
            nhb = [q - c / here for q, c in zip(qalys, costs, strict=True)]
            gained, spent = totals.increment("qalys"), totals.increment("costs")
            more, health = here * gained - spent, gained - spent / here
            role = index(roles, match(here, values))
            self.thresholds.append(here)
            self.roles.append(Formula(at.cell(i, 4 + 2 * n), role.value))
            self.inmb.append(Formula(at.cell(i, 1 + n), more.value))
            self.inhb.append(Formula(at.cell(i, 2 + 2 * n), health.value))
            self.nmb.append([Formula(at.cell(i, 1 + a), v.value) for a, v in enumerate(nmb)])
            self.nhb.append([Formula(at.cell(i, 2 + n + a), v.value) for a, v in enumerate(nhb)])
            self._write_best(i)
            at.rows.append([threshold, *nmb, more, *nhb, health, self.preferred[i], role])

    def _write_best(self, row: int) -> None:
        """Which arms have the highest net monetary benefit at a threshold, and the name of the first of them."""
        threshold, nmb, n = self.thresholds[row], self.nmb[row], len(self.nmb[row])
        span = Formula(f"{nmb[0].text}:{nmb[-1].text.rsplit('!', 1)[1]}", np.array([v.value for v in nmb]))
        qalys, costs = (largest_size(self.totals.column(o)) for o in ("qalys", "costs"))
        least = largest(span) - Formula("alike", ROUNDING) * (threshold * qalys + costs)
        flags = [flag(own >= least) for own in nmb]
        cells = f"{self.best_at.cell(row, 1)}:{self.best_at.cell(row, n).rsplit('!', 1)[1]}"
        best = Formula(cells, np.array([float(f.value) for f in flags]))
        names = short_names(self.report.definition, self.report)
        name = Formula(f"INDEX({names},MATCH(1,{cells},0))", self.report.names[int(np.argmax(best.value))])
        self.best_at.rows.append([threshold, *flags, name])
        self.best.append(best)
        self.preferred.append(Formula(self.best_at.cell(row, n + 1), name.value))


def short_names(definition: ModelDefinition, report: Report) -> str:
    """The cells with the short names of the arms."""
    assert report.layout is not None
    return report.layout.tables["arms"].block("short_label").reference
