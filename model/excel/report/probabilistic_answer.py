"""What the means over the stored draws say: the same comparison and sentence as of the deterministic results (Workings)."""

from __future__ import annotations

import dataclasses

from model.analysis.base_case.named_outputs import NO_RATIO
from model.analysis.columns.base_case import INCREMENTAL_NHB, INCREMENTAL_NMB, NHB, NMB, TOTALS
from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.excel.formulas.formula import Formula
from model.excel.output_book import OUTCOMES, Report
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.answer_words import Decided, write_words
from model.excel.report.compared import WIDE, BestOptions, Compared
from model.excel.report.frontier import FrontierAt, write_frontier
from model.excel.report.probabilistic.draw_summaries import DrawSummaries

FRONTIER = "Fully incremental comparison of the means over draws"


@dataclasses.dataclass(frozen=True)
class ProbabilisticAt:
    """Cells: totals as they are compared by (outcome, arm position or "increment"), the ICER or the words in its place, net
    benefit at each threshold (and arm), the fully incremental analysis, and the sentence."""

    totals: dict[tuple[str, int | str], Formula]
    icer: Formula
    nmb: list[list[Formula]]
    nhb: list[list[Formula]]
    inmb: list[Formula]
    inhb: list[Formula]
    preferred: list[Formula]
    frontier: FrontierAt
    answer: Formula


def write_probabilistic_answer(
    report: Report, page: Page, positions: tuple[Formula, Formula], draws: DrawSummaries, decided: Decided
) -> ProbabilisticAt:
    """Write the tables; ``decided``: thresholds and their roles."""
    arms = range(len(report.names))
    columns = {o: [draws.means[o, a] for a in arms] for o in OUTCOMES}
    headers = page_columns(report, TOTALS.pick("arm", *OUTCOMES), WIDE)
    compared = Compared(report, page, positions, "Means over draws as they are compared", columns, headers)
    facts = Facts(page, "Increments of the means over draws", "Intervention minus comparator.")
    more = {o: facts.add(TOTALS.pick(o)[0].words(), compared.increments[o], kind="value") for o in OUTCOMES}
    icer = facts.add("ICER, the ratio of mean increments", _ratio(more["costs"], more["qalys"]), kind="value")
    benefit = _NetBenefit(report, page, compared, more, decided)
    frontier = write_frontier(report, (page, page), compared.column("costs"), compared.column("qalys"), FRONTIER)
    said = Decided(decided.thresholds, decided.roles, benefit.best.best, frontier.status)
    words = write_words(report, page, positions, more.__getitem__, said, "The answer of the probabilistic analysis in words")
    totals: dict[tuple[str, int | str], Formula] = {(o, a): compared.cell(o, a) for o in OUTCOMES for a in arms}
    totals |= {(o, "increment"): more[o] for o in OUTCOMES}
    preferred = benefit.best.preferred
    return ProbabilisticAt(
        totals, icer, benefit.nmb, benefit.nhb, benefit.inmb, benefit.inhb, preferred, frontier, words.answer
    )


def _ratio(cost: Formula, qalys: Formula) -> Formula:
    both = cost.value > 0 and qalys.value > 0
    text = f'IF(AND({cost.text}>0,{qalys.text}>0),{cost.text}/{qalys.text},"{NO_RATIO}")'
    return Formula(text, float(cost.value) / float(qalys.value) if both else NO_RATIO)


class _NetBenefit:
    """Net benefit of the means at every threshold, and the best options."""

    def __init__(self, report: Report, page: Page, compared: Compared, more: dict[str, Formula], decided: Decided):
        n = len(report.names)
        self.nmb: list[list[Formula]] = []
        self.nhb: list[list[Formula]] = []
        self.inmb: list[Formula] = []
        self.inhb: list[Formula] = []
        columns = [
            WILLINGNESS_TO_PAY,
            *(NMB.of(arm=name) for name in report.names),
            INCREMENTAL_NMB,
            *(NHB.of(arm=name) for name in report.names),
            INCREMENTAL_NHB,
        ]
        at = page.table(
            "Net benefit of the means over draws",
            "At the thresholds of the sheet Settings.",
            page_columns(report, columns, WIDE),
            len(decided.thresholds),
        )
        self.best = BestOptions(report, page, "Best of all options, by the means over draws", len(decided.thresholds))
        for i, threshold in enumerate(decided.thresholds):
            here = Formula(at.cell(i, 0), threshold.value)
            pairs = [(compared.cell("costs", a), compared.cell("qalys", a)) for a in range(n)]
            nmb = [here * q - c for c, q in pairs]
            nhb = [q - c / here for c, q in pairs]
            row = [*nmb, here * more["qalys"] - more["costs"], *nhb, more["qalys"] - more["costs"] / here]
            cells = [Formula(at.cell(i, 1 + k), made.value) for k, made in enumerate(row)]
            at.rows.append([threshold, *row])
            self.nmb.append(cells[:n])
            self.inmb.append(cells[n])
            self.nhb.append(cells[n + 1 : 2 * n + 1])
            self.inhb.append(cells[2 * n + 1])
            self.best.add(here, compared.column("costs"), compared.column("qalys"), self.nmb[-1])
