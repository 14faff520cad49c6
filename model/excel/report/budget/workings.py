"""Workings of the budget impact, live: years, patients who start, what a patient costs in each year, their convolution."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from model.analysis.columns.budget import YEAR
from model.definition.model_definition import address_of
from model.definition.records.budget import ALREADY_TREATED, DEFAULTS, ELIGIBLE, GROWTH, INCIDENT, PREVALENT, START_MONTH
from model.definition.records.drugs import Drug
from model.engine.costs import drug_category, other_categories
from model.engine.subsequent import SUBSEQUENT
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, maximum, minimum, sumproduct, where, whole
from model.excel.live.care import CareLine
from model.excel.live.evaluate import LiveModel
from model.excel.live.streams import Line, Stretch
from model.excel.live.trace import ArmTrace
from model.excel.output_book import Report
from model.excel.output_sheets import BUDGET_WORKINGS
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.budget.stretches import write_stretches

SIDES = {"without": "without the intervention", "share_with": "with the intervention"}
"""The two markets, by the field of the market shares."""
KEYS = 2
"""Columns of words before those of the years."""
PAID = "Acquisition, share paid after rebates"


@dataclasses.dataclass(frozen=True)
class BudgetWorkings:
    """Cells by year. ``starting``: all patients who start; by arm and side, ``starting_by_arm``, ``treated`` and ``alive``,
    the last two at the end of the year; by side and category, of all arms, ``gross`` at the model's prices and ``net`` after
    rebates."""

    n_years: int
    categories: list[str]
    drugs: set[str]
    starting: list[Formula]
    starting_by_arm: dict[tuple[str, str], list[Formula]]
    treated: dict[tuple[str, str], list[Formula]]
    alive: dict[tuple[str, str], list[Formula]]
    gross: dict[tuple[str, str], list[Formula]]
    net: dict[tuple[str, str], list[Formula]]


def write_workings(report: Report, live: LiveModel) -> BudgetWorkings:
    """Write the sheet."""
    page = Page(report, BUDGET_WORKINGS.name)
    found = _Workings(report, live, page).write()
    page.close()
    return found


class _Workings:
    def __init__(self, report: Report, live: LiveModel, page: Page):
        self.report, self.live, self.page = report, live, page
        self.definition, self.inputs = report.definition, live.inputs
        self.n = max(row.year for row in self.definition.market_shares)
        self.drugs = {drug_category(drug) for drug in self.definition.drugs}
        rebated = {row.drug for row in self.definition.net_prices}
        self.courses = {d.id: f"{SUBSEQUENT}: of it {d.label}" for d in self.definition.drugs if d.id in rebated}

    def write(self) -> BudgetWorkings:
        starting, years = self._patients()
        stretches = write_stretches(self.live, years)
        by_arm, backwards = self._shares(starting)
        paid = self._rebates()
        costs = {arm: self._costs(arm, stretches) for arm in self.definition.arm_ids}
        treated, alive = self._counts(years, stretches, backwards)
        found = self._order({c for table in costs.values() for c in table})
        gross = self._convolved(found, costs, backwards)
        categories = [c for c in found if c not in self.courses.values()]
        net = self._net(categories, gross, paid)
        return BudgetWorkings(self.n, categories, self.drugs & set(categories), starting, by_arm, treated, alive, gross, net)

    # ---- patients --------------------------------------------------------------------------------------------------

    def _item(self, name: str) -> Formula | None:
        address = f"budget_items.{name}.value"
        found = self.inputs.get(address, 0)
        return found if isinstance(found, Formula) else None

    def _patients(self) -> tuple[list[Formula], list[tuple[Formula, Formula]]]:
        """Eligible patients who start in each year, and from which day until which each year lasts for those of year 1."""
        facts = Facts(
            self.page, "Patients in use", "As typed on the sheet Budget impact; what is not listed is at its default."
        )
        named = (PREVALENT, ALREADY_TREATED, INCIDENT, GROWTH, ELIGIBLE, START_MONTH)
        cells = {}
        for name in named:
            given = self._item(name)
            words = name.replace("_", " ").capitalize()
            if given is not None:
                cells[name] = facts.add(words, given)
            else:
                cells[name] = facts.number(words, DEFAULTS.get(name, 0.0), "", "Default")
        c = self.live.bench.constants
        offset = facts.add(
            "Days from the beginning of a year until its patients start", cells[START_MONTH] * c.days_per_month
        )
        table = GrowingTable(
            self.page,
            "Years of the budget",
            "Days are counted from a patient's start of treatment. New patients grow from year to year; in year 1 the "
            "prevalent patients who have not had this line of treatment start with them.",
            [
                *page_columns(self.report, [YEAR.wide(34)]),
                PageColumn("From day", "any", 24),
                PageColumn("Until day", "any", 16),
                PageColumn("New patients", "value", 16),
                PageColumn("Eligible patients who start", "value", 16),
            ],
        )
        starting, years = [], []
        new, end = cells[INCIDENT], formula_of(0)
        for k in range(self.n):
            row = RowBuilder(table)
            year = row.put_number(k + 1.0)
            begin = row.put(end)
            end = row.put(year * c.days_per_year - offset)
            new = row.put(new * (1 + cells[GROWTH]) if k else new, "value")
            more = cells[PREVALENT] * (1 - cells[ALREADY_TREATED])
            starting.append(row.put(cells[ELIGIBLE] * (new if k else new + more), "value"))
            years.append((begin, end))
            row.close()
        return starting, years

    def _years(self, title: str, explanation: str, first: Sequence[str], kind: str, backwards: bool = False) -> GrowingTable:
        """A table with a column for each year."""
        numbers = range(self.n, 0, -1) if backwards else range(1, self.n + 1)
        heads = [PageColumn(words, "text", 34 if i == 0 else 24) for i, words in enumerate(first)]
        return GrowingTable(self.page, title, explanation, [*heads, *(PageColumn(f"Year {k}", kind, 16) for k in numbers)])

    def _shares(self, starting: list[Formula]) -> tuple[dict[tuple[str, str], list[Formula]], dict[tuple[str, str], Row]]:
        """Patients who start in each arm, by arm and side: cells by year, and the row with the last year first."""
        table = self._years(
            "Patients who start in each arm",
            "Eligible patients who start x market share. The last year stands first, so that a row meets the years since the "
            "start of treatment in a sum of products.",
            ("Arm", "Market"),
            "value",
            backwards=True,
        )
        rows = {(r.year, r.arm): address_of("market_shares", r) for r in self.definition.market_shares}
        by_arm, backwards = {}, {}
        for arm in self.definition.arms:
            for side, words in SIDES.items():
                row = RowBuilder(table, arm.short_label, words.capitalize())
                cells = []
                for year in range(self.n, 0, -1):
                    given = rows.get((year, arm.id))
                    share = formula_of(0) if given is None else self.inputs[f"{given}.{side}"]
                    cells.append(row.put(starting[year - 1] * share, "value"))
                backwards[arm.id, side] = Row(table, row.close())
                by_arm[arm.id, side] = cells[::-1]
        return by_arm, backwards

    def _rebates(self) -> dict[str, list[Formula]]:
        """The share of acquisition that is paid, by category, of the drugs that are listed."""
        if not self.definition.net_prices:
            return {}
        table = self._years(
            PAID, "By the table 'Net prices'; a row holds until the next one of its drug.", ("Drug", ""), "share"
        )
        found = {}
        for drug in self.definition.drugs:
            rows = sorted((r for r in self.definition.net_prices if r.drug == drug.id), key=lambda r: r.from_year)
            if rows:
                row = RowBuilder(table, drug.label, "")
                found[drug_category(drug)] = [row.put(self._paid(drug, year), "share") for year in range(1, self.n + 1)]
                row.close()
        return found

    def _paid(self, drug: Drug, year: int) -> Formula:
        rows = sorted((r for r in self.definition.net_prices if r.drug == drug.id), key=lambda r: r.from_year)
        held = [r for r in rows if r.from_year <= year]
        return self.inputs[f"{address_of('net_prices', held[-1])}.factor"] if held else formula_of(1)

    # ---- a patient -------------------------------------------------------------------------------------------------

    def _costs(self, arm: str, stretches: list[Stretch]) -> dict[str, Row]:
        """What a patient of an arm costs in each year since the start of treatment: rows by category."""
        label = self.definition.arm(arm).short_label
        table = self._years(
            f"{label}: cost of a patient in each year since the start of treatment, line by line",
            "Undiscounted, at the model's prices, per patient who starts. Doses and visits on their days; deaths and "
            "progressions in the cycle in which they happen; what accrues, half a cycle on either side of each boundary.",
            ("Line", "Part"),
            "price",
        )
        parts: dict[str, list[list[Formula]]] = {}
        care: list[tuple[CareLine, list[Formula], list[Formula]]] = []
        for line in self.live.arms[arm].of_kind("cost"):
            whole_line = self._row(table, line.label, "", self._arising(line, stretches))
            if line.drug in self.courses and line.drug_arising is not None:
                of_drug = self._row(table, line.label, "of it the drug", map(line.drug_arising, stretches))
                parts.setdefault(self.courses[line.drug], []).append(of_drug)
            if isinstance(line, CareLine):
                assert line.free_arising is not None
                free = [self._of_payer(line, line.free_arising(stretch)) for stretch in stretches]
                care.append((line, whole_line, self._row(table, line.label, "while progression-free", free)))
            else:
                parts.setdefault(line.category, []).append(whole_line)
        self._care(label, care, parts)
        return self._by_category(label, parts)

    @classmethod
    def _arising(cls, line: Line, stretches: list[Stretch]) -> list[Formula]:
        assert line.arising is not None
        return [cls._of_payer(line, line.arising(stretch)) for stretch in stretches]

    @staticmethod
    def _of_payer(line: Line, amount: Formula) -> Formula:
        """Nothing of a cost that only a societal perspective counts."""
        return amount if line.of_payer is None else amount * line.of_payer

    @staticmethod
    def _row(table: GrowingTable, first: str, second: str, values: Iterable[Formula], kind: str = "price") -> list[Formula]:
        row = RowBuilder(table, first, second)
        cells = [row.put(value, kind) for value in values]
        row.close()
        return cells

    def _care(
        self, label: str, care: list[tuple[CareLine, list[Formula], list[Formula]]], parts: dict[str, list[list[Formula]]]
    ) -> None:
        """Care items by the category that their inputs put them in."""
        if not care:
            return
        table = self._years(
            f"{label}: care items by category",
            "By the state, drug or event that their inputs name.",
            ("Item", "Category"),
            "price",
        )
        for line, amounts, free in care:
            by_year = [
                dataclasses.replace(line, free=(f, f)).shares(amount, amount) for amount, f in zip(amounts, free, strict=True)
            ]
            for category in by_year[0]:
                cells = self._row(table, line.label, category, (shares[category][0] for shares in by_year))
                parts.setdefault(category, []).append(cells)

    def _by_category(self, label: str, parts: dict[str, list[list[Formula]]]) -> dict[str, Row]:
        table = self._years(
            f"{label}: cost of a patient in each year since the start of treatment",
            "Sums of the lines above. 'Of it': the part of a course that rebates reduce, which is counted in its category.",
            ("Category", ""),
            "price",
        )
        found = {}
        for category in self._order(set(parts)):
            row = RowBuilder(table, category, "")
            for k in range(self.n):
                cells = [part[k] for part in parts[category]]
                row.put(sum(cells[1:], cells[0]), "price")
            found[category] = Row(table, row.close())
        return found

    def _order(self, categories: set[str]) -> list[str]:
        rank = [
            *(drug_category(d) for d in self.definition.drugs),
            *other_categories(self.definition),
            *self.courses.values(),
        ]
        return sorted(categories, key=rank.index)

    # ---- all patients ----------------------------------------------------------------------------------------------

    def _counts(
        self, years: list[tuple[Formula, Formula]], stretches: list[Stretch], backwards: dict[tuple[str, str], Row]
    ) -> tuple[dict[tuple[str, str], list[Formula]], ...]:
        """Patients on treatment and alive at the end of each year, by arm and side."""
        table = self._years(
            "Share of a patient's arm on treatment, and alive, at the end of each year since the start",
            "By interpolation within a cycle; on treatment: on the drug of the arm that most are on, from its first day "
            "until its limits of time and doses, of those who get it. 0 beyond the horizon.",
            ("Arm", "Share"),
            "share",
        )
        shares = {}
        for arm, trace in self.live.arms.items():
            label = self.definition.arm(arm).short_label
            n_rows = stretches[0].cycles.length
            on = [
                self._row(table, label, column.header, (self._on(trace, number, end, n_rows) for _, end in years), "share")
                for number, column in enumerate(trace.states.on_treatment.values())
            ]
            by_year = {
                "On treatment": [maximum(0, *(cells[k] for cells in on)) for k in range(self.n)],
                "Alive": [self._at(trace.states.alive, end, n_rows) for _, end in years],
            }
            for what, values in by_year.items():
                row = RowBuilder(table, label, what)
                for value in values:
                    row.put(value, "share")
                shares[arm, what] = Row(table, row.close())
        found = []
        for what in ("On treatment", "Alive"):
            counted = self._years(
                f"Patients {what.lower()} at the end of each year",
                "Those who started in each year x share.",
                ("Arm", "Market"),
                "value",
            )
            made = {}
            for (arm, side), starts in backwards.items():
                label = self.definition.arm(arm).short_label
                row = RowBuilder(counted, label, SIDES[side].capitalize())
                made[arm, side] = [row.put(self._sum(starts, shares[arm, what], k), "value") for k in range(self.n)]
                row.close()
            found.append(made)
        return tuple(found)

    def _on(self, trace: ArmTrace, number: int, day: Formula, n_rows: int) -> Formula:
        """Share on one drug of an arm on a day, of those who get it, within its limits."""
        drug, column = list(trace.states.on_treatment.items())[number]
        taken = trace.windows[column.header]
        share = self.live.bench.parameter(f"treatment.{trace.states.arm}.{drug}.share_treated", 1)
        horizon, tolerance = self.live.timeline.rules.horizon_days, self.live.bench.constants.time_tolerance
        before_end = where(taken.stop < horizon - tolerance, day < taken.stop - tolerance, 1)
        within = (day >= taken.start - tolerance) * before_end
        return within * formula_of(share) * self._at(column, day, n_rows)

    def _at(self, column: GridColumn, day: Formula, n_rows: int) -> Formula:
        """A column of the trace on a day."""
        rules, c = self.live.timeline.rules, self.live.bench.constants
        position = day / rules.cycle_days
        span = column.part(0, n_rows)
        rows = Formula(f"ROWS({span.text})", float(n_rows))  # a check says where the calendar would need more
        cycle = minimum(whole(position + c.time_tolerance), rules.n_cycles - 1, rows - 2)
        part = maximum(0, position - cycle)
        ends = index(span, cycle + 1), index(span, cycle + 2)
        return where(day <= rules.horizon_days + c.time_tolerance, ends[0] * (1 - part) + ends[1] * part, 0)

    def _convolved(
        self, categories: list[str], costs: dict[str, dict[str, Row]], backwards: dict[tuple[str, str], Row]
    ) -> dict[tuple[str, str], list[Formula]]:
        """Costs of all patients at the model's prices, by side and category."""
        by_arm: dict[tuple[str, str, str], list[Formula]] = {}
        for side, words in SIDES.items():
            for arm in self.definition.arms:
                table = self._years(
                    f"{arm.short_label}, {words}: cost of all patients in each year of the budget",
                    "At the model's prices. Sum over the years in which patients started: patients x cost of a patient in "
                    "the year since the start of treatment.",
                    ("Category", ""),
                    "money",
                )
                for category in categories:
                    if category in costs[arm.id]:
                        row = RowBuilder(table, category, "")
                        starts, of_patient = backwards[arm.id, side], costs[arm.id][category]
                        cells = [row.put(self._sum(starts, of_patient, k), "money") for k in range(self.n)]
                        by_arm[side, arm.id, category] = cells
                        row.close()
        found = {}
        for side, words in SIDES.items():
            table = self._years(
                f"All arms, {words}: cost in each year of the budget", "At the model's prices.", ("Category", ""), "money"
            )
            for category in categories:
                row = RowBuilder(table, category, "")
                own = [by_arm[side, a, category] for a in self.definition.arm_ids if (side, a, category) in by_arm]
                found[side, category] = [row.put(sum((o[k] for o in own[1:]), own[0][k]), "money") for k in range(self.n)]
                row.close()
        return found

    def _net(
        self, categories: list[str], gross: dict[tuple[str, str], list[Formula]], paid: dict[str, list[Formula]]
    ) -> dict[tuple[str, str], list[Formula]]:
        """Costs of all patients after rebates, by side and category."""
        found = {}
        for side, words in SIDES.items():
            table = self._years(
                f"All arms, {words}: cost after rebates",
                "Acquisition x share paid; of courses after progression the drug x share paid; other costs as they are.",
                ("Category", ""),
                "money",
            )
            for category in categories:
                shares = paid.get(category)
                amounts = gross[side, category]
                if shares is not None:
                    amounts = [amount * share for amount, share in zip(amounts, shares, strict=True)]
                for drug, course in self.courses.items() if category == SUBSEQUENT else ():
                    if (side, course) in gross:
                        paid_of_it = paid[drug_category(self.definition.drug(drug))]
                        taken_off = zip(amounts, gross[side, course], paid_of_it, strict=True)
                        amounts = [amount - of_it * (1 - share) for amount, of_it, share in taken_off]
                row = RowBuilder(table, category, "")
                found[side, category] = [row.put(amount, "money") for amount in amounts]
                row.close()
        return found

    def _sum(self, starts: Row, of_patient: Row, k: int) -> Formula:
        """Those who started in year k and before, the last first, x the first years of a patient."""
        return sumproduct(starts.cells(self.n - 1 - k, self.n - 1), of_patient.cells(0, k))


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of cells by year."""

    table: GrowingTable
    number: int

    def cells(self, first: int, last: int) -> Formula:
        return self.table.across(self.number, KEYS + first, KEYS + last)
