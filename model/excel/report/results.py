"""Results, live: totals, comparisons, net benefit, the price at which the decision changes; how the answer in words comes
about stands on the sheet Workings."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.analysis.base_case.named_outputs import NO_RATIO
from model.analysis.columns.base_case import INCREMENTAL_NHB, INCREMENTAL_NMB, NET_BENEFIT, NHB, NMB, PREFERRED, TOTALS
from model.analysis.columns.common import INCREMENTAL_LIFE_YEARS, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import PAIRWISE
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import all_of, index, match, nth_smallest, ordinal, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import OUTCOMES, Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.answer_words import Decided, write_words
from model.excel.report.compared import BestOptions, Compared
from model.excel.report.disaggregated import DisaggregatedAt
from model.excel.report.frontier import FrontierAt, write_frontier
from model.excel.report.probabilistic.draw_summaries import DrawSummaries
from model.excel.report.probabilistic.means_beside import write_means_beside
from model.excel.report.probabilistic_answer import ProbabilisticAt, write_probabilistic_answer
from model.excel.report.switching_price import PriceAt, write_switching_prices

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
    ``inmb``, ``nmb``, ``nhb``: a cell per threshold (and arm), from the lowest threshold on; ``answer``: the sentence;
    ``preferred``: the name of the best option at each threshold; ``frontier``: of each arm in the fully incremental analysis;
    ``prices``: of each drug; ``draws``: summaries of the probabilistic analysis; ``probabilistic``: what its means say."""

    totals: dict[tuple[str, int | str], Formula]
    undiscounted: dict[tuple[str, int | str], Formula]
    icer: Formula
    thresholds: list[Formula]
    roles: list[Formula]
    inmb: list[Formula]
    inhb: list[Formula]
    nmb: list[list[Formula]]
    nhb: list[list[Formula]]
    answer: Formula
    verdict: Formula
    preferred: list[Formula]
    frontier: FrontierAt
    prices: list[PriceAt]
    draws: DrawSummaries | None
    probabilistic: ProbabilisticAt | None


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
    pages: tuple[Page, Page],
    positions: tuple[Formula, Formula],
    parts: DisaggregatedAt,
    draws: DrawSummaries | None,
) -> ResultsAt:
    """Write the sheets Results and Workings (``pages``); ``draws``: cells of the probabilistic results, if any."""
    page, workings = pages
    top = page.paragraph("", bold=True, font_size=11)
    totals = _Totals(report, pages, positions, parts)
    icer = _pairwise(report, live, pages, positions, totals)
    frontier = write_frontier(report, pages, totals.column("costs"), totals.column("qalys"))
    benefit = _NetBenefit(report, live, pages, totals)
    decided = Decided(benefit.thresholds, benefit.roles, benefit.best, frontier.status)
    words = write_words(report, workings, positions, totals.increment, decided)
    top.text = words.answer
    prices = write_switching_prices(report, live, pages, positions, totals, benefit.thresholds)
    probabilistic = None
    if draws is not None:
        write_means_beside(report, page, totals, draws.means, icer)
        probabilistic = write_probabilistic_answer(report, workings, positions, draws, decided)
    page.close()
    return ResultsAt(
        totals.cells["discounted"],
        totals.cells["undiscounted"],
        icer,
        benefit.thresholds,
        benefit.roles,
        benefit.inmb,
        benefit.inhb,
        benefit.nmb,
        benefit.nhb,
        words.answer,
        words.verdict,
        benefit.preferred,
        frontier,
        prices,
        draws,
        probabilistic,
    )


class _Totals:
    """Totals per patient, and the increment."""

    def __init__(self, report: Report, pages: tuple[Page, Page], positions: tuple[Formula, Formula], parts: DisaggregatedAt):
        self.report = report
        page, workings = pages
        columns = page_columns(report, TOTALS.declared, WIDE)
        n = len(report.names)
        self.at: TableAt = page.table(
            TOTALS.title,
            "Discounted unless it says undiscounted; sums of the sheet Disaggregated. Increment: intervention minus "
            "comparator; a difference of rounding alone counts as 0 (sheet Workings).",
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
        by_field = {(which, o): [self.cells[which][o, i] for i in range(n)] for which, o in fields}
        self.compared = Compared(report, workings, positions, "Totals as they are compared", by_field, columns)
        for j, (which, o) in enumerate(fields):
            made_equal = self.compared.increments[which, o]
            self.cells[which][o, "increment"] = Formula(self.at.cell(n, 1 + j), made_equal.value)
        shown = [As(self.compared.increments[f], "extra" if f[1] == "costs" else "gain") for f in fields]
        self.at.rows.append(["Increment", *shown])

    def column(self, outcome: str) -> Formula:
        """The discounted totals of all arms as they are compared."""
        return self.compared.column(("discounted", outcome))

    def cell(self, outcome: str, arm: int) -> Formula:
        """The discounted total of an arm as it is compared."""
        return self.compared.cell(("discounted", outcome), arm)

    def increment(self, outcome: str) -> Formula:
        return self.cells["discounted"][outcome, "increment"]


def _pairwise(
    report: Report, live: LiveModel, pages: tuple[Page, Page], positions: tuple[Formula, Formula], totals: _Totals
) -> Formula:
    """Every arm against the comparator; returns the ICER of the intervention, or the words in its place."""
    page, workings = pages
    words = workings.table(
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
    facts = Facts(workings, "Headline ratio", "That of the intervention in use, from the comparison of the sheet Results.")
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

    def __init__(self, report: Report, live: LiveModel, pages: tuple[Page, Page], totals: _Totals):
        self.thresholds: list[Formula] = []
        self.roles: list[Formula] = []
        self.inmb: list[Formula] = []
        self.inhb: list[Formula] = []
        self.nmb: list[list[Formula]] = []
        self.nhb: list[list[Formula]] = []
        page, workings = pages
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
        best = BestOptions(report, workings, "Best of all options", len(rows))
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
            preferred = best.add(here, totals.column("costs"), totals.column("qalys"), self.nmb[i])
            at.rows.append([threshold, *nmb, more, *nhb, health, preferred, role])
        self.best, self.preferred = best.best, best.preferred
