"""Results, live: totals, comparisons, net benefit, the price at which the decision changes, the answer in words."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.analysis.named_outputs import NO_RATIO
from model.definition.model_definition import ModelDefinition

from ..live.evaluate import LiveModel
from ..live.formula import Formula
from ..live.functions import absolute, all_of, index, match, maximum, nth_smallest, ordinal, where
from ..live.tables import Facts
from .answer_words import write_words
from .cells import Column
from .disaggregated import DisaggregatedAt
from .frontier import write_frontier
from .means_beside import write_means_beside
from .page import Page, TableAt
from .prices import write_prices
from .report import OUTCOMES, Report

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
    ``inmb``, ``nmb``, ``nhb``: a cell per threshold (and arm); ``answer``: the sentence."""

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


def arm_positions(report: Report, live: LiveModel, page: Page) -> tuple[Formula, Formula]:
    """The numbers of the comparator and of the intervention in use among the arms."""
    facts = Facts(
        page, "Arms compared", "Counted in the order of the sheet Arms; an input of the sheet Settings."
    )
    ids = live.inputs.keys("arms", "id")
    old, new = (
        facts.add(words, match(live.inputs[f"settings.{name}"], ids))
        for words, name in (
            ("Number of the comparator", "comparator"),
            ("Number of the intervention", "intervention"),
        )
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
    write_frontier(report, page, totals.column("costs"), totals.column("qalys"))
    benefit = _NetBenefit(report, live, page, positions, totals)
    words = write_words(
        report, live, page, positions, totals.increment, icer, benefit.thresholds, benefit.roles
    )
    write_prices(report, live, page, positions, totals.increment, benefit.thresholds)
    if means:
        write_means_beside(report, page, totals, means, icer)
    page.close()
    return ResultsAt(
        totals.cells["discounted"], totals.cells["undiscounted"], icer, benefit.thresholds, benefit.inmb, benefit.inhb,
        benefit.nmb, benefit.nhb, words.answer, words.verdict,
    )  # fmt: skip


class _Totals:
    """Totals per patient, and the increment."""

    def __init__(
        self, report: Report, page: Page, positions: tuple[Formula, Formula], parts: DisaggregatedAt
    ):
        self.report = report
        unit = {"life_years": "years", "qalys": "QALYs", "costs": report.currency}
        words = {"life_years": "Life years", "qalys": "QALYs", "costs": "Cost"}
        kinds = {"life_years": "years", "qalys": "qalys", "costs": "money"}
        columns = [Column("Arm", "text", WIDE)]
        for which in ("", ", undiscounted"):
            columns += [
                Column(f"{words[o]}{which}" + (f", {unit[o]}" if o == "costs" else ""), kinds[o], 17)
                for o in OUTCOMES
            ]
        n = len(report.names)
        self.at: TableAt = page.table(
            "Totals per patient",
            "Discounted unless it says undiscounted; sums of the sheet Disaggregated. Increment: intervention minus "
            "comparator; a difference of rounding alone counts as 0.",
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
        increments = []
        for j, (which, o) in enumerate(fields):
            span = self._span(1 + j, [self.cells[which][o, i].value for i in range(n)])
            increments.append(_difference(span, positions))
            self.cells[which][o, "increment"] = Formula(self.at.cell(n, 1 + j), increments[-1].value)
        self.at.rows.append(["Increment", *increments])

    def _span(self, column: int, values: list[Any]) -> Formula:
        import numpy as np

        n = len(self.report.names)
        first, last = self.at.cell(0, column), self.at.cell(n - 1, column)
        return Formula(f"{first}:{last.rsplit('!', 1)[1]}", np.array(values, dtype=float))

    def column(self, outcome: str) -> Formula:
        """The discounted totals of all arms."""
        j = 1 + OUTCOMES.index(outcome)
        return self._span(
            j, [self.cells["discounted"][outcome, i].value for i in range(len(self.report.names))]
        )

    def increment(self, outcome: str) -> Formula:
        return self.cells["discounted"][outcome, "increment"]

    def local(self, row: int, column: int) -> str:
        return self.at.local(row, column)


def _difference(span: Formula, positions: tuple[Formula, Formula]) -> Formula:
    """Intervention minus comparator; exactly 0 where they differ by rounding alone."""
    old, new = (index(span, p) for p in positions)
    tolerance = Formula("crossing_tolerance", 1e-12)
    return where(absolute(new - old) <= tolerance * maximum(absolute(new), absolute(old)), 0, new - old)


def _pairwise(
    report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula], totals: _Totals
) -> Formula:
    """Every arm against the comparator; returns the ICER of the intervention, or the words in its place."""
    words = page.table(
        "Conclusions",
        "By the sign of the difference in cost (rows) and in QALYs (columns).",
        [
            Column("", "text", WIDE),
            *(Column(f"QALYs {w}", "text", 30) for w in ("fewer", "the same", "more")),
        ],
        3,
    )
    for label, row in zip(("Cheaper", "As dear", "Dearer"), CONCLUSIONS, strict=True):
        words.rows.append([label, *row])
    n = len(report.names)
    at = page.table(
        "Each arm against the comparator",
        "A ratio stands only where it means what its header says: never a negative ICER.",
        [
            Column("Option", "text", WIDE),
            Column(f"Incremental cost, {report.currency}", "money"),
            Column("Incremental life years", "years"),
            Column("Incremental QALYs", "qalys"),
            Column(f"ICER, {report.currency} per QALY gained", "money"),
            Column(f"Saving, {report.currency} per QALY forgone", "money"),
            Column("Conclusion", "text", 30),
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
    span = totals.column(outcome)
    own = totals.cells["discounted"][outcome, arm]
    reference = index(span, old)
    tolerance = Formula("crossing_tolerance", 1e-12)
    close = absolute(own - reference) <= tolerance * maximum(absolute(own), absolute(reference))
    return where(close, 0, own - reference)


class _NetBenefit:
    """Net benefit at every threshold of the sheet Settings, from the lowest."""

    def __init__(
        self, report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula], totals: _Totals
    ):
        self.report, self.totals, self.positions = report, totals, positions
        self.thresholds: list[Formula] = []
        self.roles: list[Formula] = []
        self.inmb: list[Formula] = []
        self.inhb: list[Formula] = []
        self.nmb: list[list[Formula]] = []
        self.nhb: list[list[Formula]] = []
        n = len(report.names)
        columns = [
            Column(f"Willingness to pay, {report.currency} per QALY", "money", WIDE),
            *(Column(f"NMB {name}, {report.currency}", "money") for name in report.names),
            Column(f"Incremental NMB, {report.currency}", "money"),
            *(Column(f"NHB {name}, QALYs", "qalys") for name in report.names),
            Column("Incremental NHB, QALYs", "qalys"),
            Column("Preferred", "text"),
            Column("Role of the threshold", "text"),
        ]
        rows = report.definition.thresholds
        at = page.table(
            "Net benefit",
            "Net monetary benefit (NMB) = threshold x QALYs - cost; net health benefit (NHB) = QALYs - cost / threshold. "
            "Incremental: intervention minus comparator. Thresholds are those of the sheet Settings.",
            columns,
            len(rows),
        )
        values = live.inputs.keys("thresholds", "value")
        roles = live.inputs.column([f"thresholds.{t.value:g}.role" for t in rows])
        for i in range(len(rows)):
            threshold = nth_smallest(values, ordinal(values, i))
            here = Formula(at.cell(i, 0), threshold.value)
            costs = [totals.cells["discounted"]["costs", a] for a in range(n)]
            qalys = [totals.cells["discounted"]["qalys", a] for a in range(n)]
            nmb = [here * q - c for q, c in zip(qalys, costs, strict=True)]
            nhb = [q - c / here for q, c in zip(qalys, costs, strict=True)]
            more, health = self._increment(at, i, 1, nmb), self._increment(at, i, 2 + n, nhb)
            role = index(roles, match(here, values))
            at.rows.append([threshold, *nmb, more, *nhb, health, self._preferred(at, i, nmb), role])
            self.thresholds.append(here)
            self.roles.append(Formula(at.cell(i, 4 + 2 * n), role.value))
            self.inmb.append(Formula(at.cell(i, 1 + n), more.value))
            self.inhb.append(Formula(at.cell(i, 2 + 2 * n), health.value))
            self.nmb.append([Formula(at.cell(i, 1 + a), v.value) for a, v in enumerate(nmb)])
            self.nhb.append([Formula(at.cell(i, 2 + n + a), v.value) for a, v in enumerate(nhb)])

    def _increment(self, at: TableAt, row: int, start: int, made: list[Formula]) -> Formula:
        old, new = self.positions
        span = f"{at.local(row, start)}:{at.local(row, start + len(made) - 1)}"
        value = float(made[int(new.value) - 1].value) - float(made[int(old.value) - 1].value)
        return Formula(f"INDEX({span},{new.text})-INDEX({span},{old.text})", value)

    def _preferred(self, at: TableAt, row: int, nmb: list[Formula]) -> Formula:
        """The arm with the highest net monetary benefit, by name."""
        span = f"{at.local(row, 1)}:{at.local(row, len(nmb))}"
        best = max(range(len(nmb)), key=lambda a: float(nmb[a].value))
        names = short_names(self.report.definition, self.report)
        return Formula(f"INDEX({names},MATCH(MAX({span}),{span},0))", self.report.names[best])


def short_names(definition: ModelDefinition, report: Report) -> str:
    """The cells with the short names of the arms."""
    assert report.layout is not None
    return report.layout.tables["arms"].block("short_label").reference
