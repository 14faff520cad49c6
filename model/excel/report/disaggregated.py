"""Costs by category and state, QALYs and life years by state, live: discounted and not, with increments and shares."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.analysis.columns.base_case import DISAGGREGATED, as_undiscounted
from model.engine.costs import care_category, drug_category, other_categories
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, total, where
from model.excel.output_book import Report
from model.excel.output_sheets import DISAGGREGATED as SHEET
from model.excel.pages.cells import As
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.report.charts import cost_breakdown
from model.excel.report.resources import AccountAt

KINDS = {"life_years": "life_years", "qalys": "qaly", "costs": "cost"}
STATE_OF = {
    "Monitoring on treatment": "progression_free",
    "Care, progression-free": "progression_free",
    "Care, progressed": "progressed",
    "At progression": "progressed",
}


@dataclasses.dataclass(frozen=True)
class DisaggregatedAt:
    """Where the totals stand: (outcome, arm position, "discounted" or "undiscounted") -> cell; categories likewise;
    costs table for charts."""

    totals: dict[tuple[str, int, str], Formula]
    categories: dict[tuple[str, str, int, str], Formula]
    costs: TableAt


def write_disaggregated(report: Report, account: AccountAt, positions: tuple[Formula, Formula]) -> DisaggregatedAt:
    """Write the sheet; ``positions``: the numbers of the comparator and of the intervention in use."""
    page = Page(report, SHEET.name)
    found = DisaggregatedAt({}, {}, None)  # type: ignore[arg-type]
    tables = {}
    for outcome in DISAGGREGATED:
        tables[outcome] = _Outcome(report, page, account, positions, outcome, found).write()
    if len(tables["costs"].rows) > 1:
        page.heading("Costs by category")
        page.charts([cost_breakdown(report, tables["costs"])], width=1100, height=200)
    page.close()
    return dataclasses.replace(found, costs=tables["costs"])


class _Outcome:
    """One table."""

    def __init__(
        self,
        report: Report,
        page: Page,
        account: AccountAt,
        positions: tuple[Formula, Formula],
        outcome: str,
        found: DisaggregatedAt,
    ):
        self.report, self.page, self.account, self.positions = report, page, account, positions
        self.outcome, self.found = outcome, found
        self.n = len(report.names)

    def write(self) -> TableAt:
        rows = self._rows()
        n, table = self.n, DISAGGREGATED[self.outcome]
        amounts = [*(table.pick("{arm}")[0].of(arm=name) for name in self.report.names), *table.pick("increment")]
        columns = [*table.pick("category", "state"), *amounts, *table.pick("share_of_absolute_increment")]
        columns += [as_undiscounted(column) for column in amounts]
        explanation = (
            "Per patient; sums of the lines of the sheet Resource use. Increment: intervention minus comparator in use. "
            "Discounted first, undiscounted to the right of it."
        )
        at = self.page.table(table.title, explanation, page_columns(self.report, columns), len(rows) + 1, n_totals=1)
        for i, (category, state) in enumerate(rows):
            discounted, undiscounted = self._amounts(category, 0), self._amounts(category, 1)
            cells: list[Any] = [category, state]
            cells += [*discounted, self._increment(at, i, 2, discounted)]
            cells.append("")
            cells += [*undiscounted, self._increment(at, i, 4 + n, undiscounted)]
            at.rows.append(cells)
            for a in range(n):
                for which, start, made in (("discounted", 2, discounted), ("undiscounted", 4 + n, undiscounted)):
                    self.found.categories[self.outcome, category, a, which] = Formula(at.cell(i, start + a), made[a].value)
        self._shares(at, len(rows))
        self._total(at, len(rows))
        return at

    def _rows(self) -> list[tuple[str, str]]:
        """Categories and states: those of the run, then those that care may move to."""
        engine, definition = self.report.base.engine, self.report.definition
        state_of = {**STATE_OF, **{care_category(definition, state.id): state.id for state in definition.states}}
        kind = KINDS[self.outcome]
        pairs = dict(engine.categories[kind])
        for of_kind, category, _ in self.account.parts:
            if of_kind == kind:
                pairs.setdefault(category, state_of.get(category, "progression_free"))
        categories = [*(drug_category(d) for d in definition.drugs), *other_categories(definition)]
        rank = {c: i for i, c in enumerate(categories)}
        order = sorted(pairs, key=lambda c: rank.get(c, -1))
        return [(c, definition.state_labels[pairs[c]]) for c in order]

    def _amounts(self, category: str, which: int) -> list[Formula]:
        """An amount per arm: the sum of its lines."""
        made = []
        for arm in self.report.definition.arm_ids:
            cells = [pair[which] for pair in self.account.parts.get((KINDS[self.outcome], category, arm), [])]
            made.append(_sum(cells))
        return made

    def _increment(self, at: TableAt, row: int, start: int, amounts: list[Formula]) -> Formula:
        """Intervention minus comparator, by their numbers."""
        old, new = self.positions
        span = f"{at.local(row, start)}:{at.local(row, start + self.n - 1)}"
        value = float(amounts[int(new.value) - 1].value) - float(amounts[int(old.value) - 1].value)
        return Formula(f"INDEX({span},{new.text})-INDEX({span},{old.text})", value)

    def _shares(self, at: TableAt, n_rows: int) -> None:
        column = 2 + self.n
        values = [abs(float(row[column].value)) for row in at.rows]
        size = sum(values)
        increments = at.span(column)
        text = f'(SUMIF({increments},">0")-SUMIF({increments},"<0"))'
        for i in range(n_rows):
            share = values[i] / size if size > 0 else 0.0
            at.rows[i][column + 1] = Formula(f"IF({text}=0,0,ABS({at.local(i, column)})/{text})", share)  # type: ignore[index]

    def _total(self, at: TableAt, last: int) -> None:
        total_row: list[Any] = ["Total", ""]
        for which, start in (("discounted", 2), ("undiscounted", 4 + self.n)):
            sums = []
            for a in range(self.n):
                value = float(sum(float(row[start + a].value) for row in at.rows))
                sums.append(Formula(f"SUM({at.span(start + a)})" if last else "0", value))
                self.found.totals[self.outcome, a, which] = Formula(at.cell(last, start + a), value)
            total_row += [*sums, self._increment(at, last, start, sums)]
            if which == "discounted":
                total_row.append("")
        at.rows.append(total_row)


def _sum(cells: list[Formula]) -> Formula:
    """The sum of single cells; 0 without any."""
    if not cells:
        return formula_of(0)
    result = cells[0]
    for cell in cells[1:]:
        result = result + cell
    return result


__all__ = ["As", "absolute", "total", "where"]
