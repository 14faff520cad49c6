"""The budget impact, live: by year without and with the intervention, by category, per member per month, and patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlsxwriter.chart import Chart

from model.analysis.base_case.named_outputs import slug
from model.analysis.columns.budget import BUDGET, CATEGORIES, PATIENTS
from model.definition.records.budget import COVERED_LIVES
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import total, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import BUDGET as ENTRY
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.lines import SMALL, axis_options, dress
from model.excel.pages.page import Page
from model.excel.report.budget.workings import SIDES, BudgetWorkings, write_workings
from model.excel.report.charts import CATEGORY_COLOURS

WITHOUT, WITH = SIDES
SMALLEST_PART = 0.01
INTRODUCTION = (
    "Patients who start in a year are shared out over the arms by the market shares of that year and stay in their arm. In "
    "year 1 the prevalent patients who have not had this line of treatment start together with the new ones. They cost what "
    "the model says of their arm in each year since the start of treatment, undiscounted and without inflation (sheet Budget "
    "workings). Gross: acquisition of the arms' drugs at the model's prices; net: all costs, after rebates, also those in "
    "courses after progression. Prices that change over time count from the start of each patient. Live: every figure "
    "follows the sheet Budget impact, the scenario and the draw shown. Method: ISPOR Budget Impact Analysis Good "
    "Practice II (Sullivan et al. 2014)."
)

WITH_SUBGROUPS = (
    "While a subgroup is shown, this sheet budgets its share of the prevalent and of the new patients, as a run of that "
    "subgroup alone does; all of them where an input of the sheet Budget impact is the subgroup's own."
)


def write_budget(report: Report, live: LiveModel) -> dict[str, Formula]:
    """Write the sheets, where the inputs list market shares; returns the cells of the named results."""
    if not report.definition.market_shares:
        return {}
    workings = write_workings(report, live)
    page = Page(report, ENTRY.name)
    page.paragraph(INTRODUCTION)
    if report.definition.subgroups:
        page.paragraph(WITH_SUBGROUPS)
    made = _Sheet(report, live, page, workings)
    made.write()
    page.close()
    return made.named


class _Sheet:
    """The sheet; ``named``: its results by name."""

    def __init__(self, report: Report, live: LiveModel, page: Page, workings: BudgetWorkings):
        self.report, self.live, self.page, self.w = report, live, page, workings
        self.n = workings.n_years
        self.named: dict[str, Formula] = {}

    def write(self) -> None:
        self._summary()
        impact = self._impact()
        self.page.heading("Net budget impact by category")
        self.page.charts([self._chart(impact)], width=1000, height=380)
        for side, name in ((WITHOUT, "cost_without"), (WITH, "cost_with")):
            column = CATEGORIES.pick(name)[0]
            self._categories(f"{column.words()}, by category", f"{column.help}.", lambda c, k, s=side: self.w.net[s, c][k])  # type: ignore[misc]
        self._patients()

    def _years(self, title: str, explanation: str, kind: str, all_years: bool = True) -> GrowingTable:
        columns = [PageColumn("", "text", 44), *(PageColumn(f"Year {k}", kind, 16) for k in range(1, self.n + 1))]
        columns += [PageColumn("All years", kind, 18)] if all_years else []
        return GrowingTable(self.page, title, explanation, columns)

    def _row(
        self,
        table: GrowingTable,
        words: str,
        values: Sequence[Formula],
        name: str = "",
        kind: str = "extra",
        summed: bool = True,
    ) -> list[Formula]:
        row = RowBuilder(table, words)
        cells = [row.put(value, kind) for value in values]
        if summed:
            row.put(total(_across(cells)), kind)
        row.close()
        for k, cell in enumerate(cells if name else (), start=1):
            self.named[f"{name}_{k}"] = cell
        return cells

    def _sum(self, of: dict[tuple[str, str], list[Formula]], side: str, k: int, only: Callable[[str], bool]) -> Formula:
        cells = [of[side, c][k] for c in self.w.categories if only(c)]
        return sum(cells[1:], cells[0]) if cells else formula_of(0)

    def _summary(self) -> None:
        """Totals by year, and what the impact is made of."""
        c, n, drugs = self.live.bench.constants, self.n, self.w.drugs
        table = self._years(BUDGET.title, f"{self.report.currency}; undiscounted.", "extra")
        words = {column.name: column.words() for column in BUDGET.declared}

        def row(name: str, values: Sequence[Formula], kind: str = "extra") -> list[Formula]:
            return self._row(table, words[name], values, f"budget_{name}", kind)

        def impact_of(of: dict[tuple[str, str], list[Formula]], k: int) -> Formula:
            return self._sum(of, WITH, k, drugs.__contains__) - self._sum(of, WITHOUT, k, drugs.__contains__)

        row("starting", self.w.starting, "price")
        without = row("cost_without", [self._sum(self.w.net, WITHOUT, k, bool) for k in range(n)])
        with_it = row("cost_with", [self._sum(self.w.net, WITH, k, bool) for k in range(n)])
        impact = row("impact", [b - a for a, b in zip(without, with_it, strict=True)])
        gross = row("gross_drugs", [impact_of(self.w.gross, k) for k in range(n)])
        net = [impact_of(self.w.net, k) for k in range(n)]
        rebates = row("rebates", [b - a for a, b in zip(gross, net, strict=True)])
        drugs_net = row("net_drugs", [a + b for a, b in zip(gross, rebates, strict=True)])
        row("other_costs", [a - b for a, b in zip(impact, drugs_net, strict=True)])
        address = f"budget_items.{COVERED_LIVES}.value"
        if address in self.live.inputs:
            lives = self.live.inputs[address]
            members = RowBuilder(table, words["per_member_per_month"])
            for k, amount in enumerate(impact, start=1):
                value = where(lives > 0, amount / where(lives > 0, lives, 1) / c.months_per_year, 0)
                self.named[f"budget_per_member_per_month_{k}"] = members.put(value, "member")
            members.cells.append("")
            members.close()

    def _impact(self) -> GrowingTable:
        column = CATEGORIES.pick("impact")[0]
        return self._categories(
            CATEGORIES.title,
            f"{column.help}, after rebates.",
            lambda c, k: self.w.net[WITH, c][k] - self.w.net[WITHOUT, c][k],
            named=True,
        )

    def _categories(
        self, title: str, explanation: str, value: Callable[[str, int], Formula], named: bool = False
    ) -> GrowingTable:
        """A row per category, and their total."""
        table = self._years(title, explanation, "extra")
        rows = []
        for category in self.w.categories:
            name = f"budget_of_{slug(category)}" if named else ""
            rows.append(self._row(table, category, [value(category, k) for k in range(self.n)], name))
        last = table.at.n_rows - 1
        self._row(table, "Total", [total(table.span(1 + k, 0, last)) for k in range(self.n)])
        return table

    def _patients(self) -> None:
        table = self._years(PATIENTS.title, "On treatment and alive: at the end of the year.", "price", all_years=False)
        counts = (("start", self.w.starting_by_arm), ("on treatment", self.w.treated), ("alive", self.w.alive))
        for arm in self.report.definition.arms:
            for what, of in counts:
                for side, words in SIDES.items():
                    name = f"budget_{slug(what)}_{side.removeprefix('share_')}_{arm.id}"
                    self._row(table, f"{arm.short_label}: {what}, {words}", of[arm.id, side], name, "price", summed=False)

    def _chart(self, table: GrowingTable) -> Chart:
        """Columns by year, stacked by category; those that the run hardly moves are left out."""
        chart = self.report.workbook.add_chart({"type": "column", "subtype": "stacked"})
        assert chart is not None
        title = f"Net budget impact by year (categories below {SMALLEST_PART:.0%} of the largest are left out)"
        dress(chart, title, "", f"Cost with less cost without, {self.report.currency}", "", "#,##0")
        chart.set_x_axis({"num_font": SMALL, "label_position": "low"})
        chart.set_y_axis(axis_options(f"{self.report.currency}", "#,##0"))
        at = table.at
        rows = range(at.n_rows - 1)
        sizes = [max(abs(_value(cell)) for cell in at.rows[i][1 : 1 + self.n]) for i in rows]
        moved = [i for i in rows if sizes[i] > SMALLEST_PART * max(sizes)]
        for i in moved or rows:
            row = at.first_row + i
            chart.add_series(
                {
                    "name": [at.sheet, row, 0],
                    "categories": [at.sheet, at.header_row, 1, at.header_row, self.n],
                    "values": [at.sheet, row, 1, row, self.n],
                    "fill": {"color": CATEGORY_COLOURS[i % len(CATEGORY_COLOURS)]},
                    "border": {"color": "#FFFFFF", "width": 0.5},
                    "gap": 60,
                }
            )
        return chart


def _value(cell: object) -> float:
    found = cell.value if isinstance(cell, As | Formula) else cell
    return _value(found) if isinstance(found, As | Formula) else float(str(found))


def _across(cells: Sequence[Formula]) -> Formula:
    """Neighbouring cells of one row."""
    first, last = cells[0].text, cells[-1].text
    text = first if len(cells) == 1 else f"{first}:{last.rsplit('!', 1)[1]}"
    return Formula(text, [cell.value for cell in cells])
