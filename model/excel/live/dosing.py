"""From a dose to its cost, as formulas: the twin of the engine's file of this name.

Per drug the days of its schedule, the packs that cover a dose, and the cost of a dose and of a visit; per regimen its
first and last day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from model.definition.doses import dose_days
from model.definition.records.arms import Regimen
from model.definition.records.drugs import Drug
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import flag, index, minimum, where, whole
from model.excel.live.bench import Bench
from model.excel.live.packs import PacksAt, write_packs
from model.excel.live.price_periods import PeriodPrices, PeriodsAt, write_price_periods
from model.excel.live.timeline import Timeline
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page

SHEET = "Treatment"
SPARE_DAYS = 4


@dataclasses.dataclass(frozen=True)
class CostsOverTime:
    """A drug whose prices change: its periods, and in the order of their numbers the expected cost of a dose and of a first
    one."""

    at: PeriodsAt
    table: GrowingTable

    @property
    def usual(self) -> Formula:
        return self.table.span(1)

    @property
    def loading(self) -> Formula:
        return self.table.span(2)

    def __iter__(self) -> Iterator[tuple[PeriodPrices, Formula, Formula]]:
        """Each period with its two costs."""
        return ((period, self.table.cell(i, 1), self.table.cell(i, 2)) for i, period in enumerate(self.at.periods))


@dataclasses.dataclass(frozen=True)
class DrugCells:
    """One drug. ``usual`` and ``loading``: expected cost of a dose; ``first_visit``, ``later_visit``: cost of giving it.
    ``over_time``: None where no row changes its prices."""

    drug: Drug
    schedule: Formula
    days: Formula
    n_days: Formula
    days_missing: Formula
    usual: Formula
    loading: Formula
    packs_missing: Formula
    first_visit: Formula
    later_visit: Formula
    over_time: CostsOverTime | None = None


@dataclasses.dataclass(frozen=True)
class RegimenCells:
    """One drug of one arm. ``end``: last day by months and horizon; ``stop``: also by the number of doses."""

    regimen: Regimen
    drug: DrugCells
    start: Formula
    end: Formula
    stop: Formula
    max_doses: Formula
    share: Term
    paid: Term
    stopping_ratio: Term

    def day_of(self, n: Formula) -> Formula:
        """The day of dose ``n``, counted from 0."""
        return dose_day(self.drug, self.start, n)


def dose_day(drug: DrugCells, start: Formula, n: Formula) -> Formula:
    """Day of dose ``n`` (from 0) of a schedule that begins on day ``start``."""
    repeat = whole(n / drug.n_days)
    return start + repeat * drug.schedule + index(drug.days, n - repeat * drug.n_days + 1) - 1


def write_drugs(bench: Bench, page: Page, timeline: Timeline) -> dict[str, DrugCells]:
    """Every drug of the definition."""
    periods = write_price_periods(bench, page, timeline)
    packs = write_packs(bench, periods)
    return {drug.id: _drug(bench, page, drug, packs[drug.id], periods.get(drug.id)) for drug in bench.definition.drugs}


def _drug(bench: Bench, page: Page, drug: Drug, packs: PacksAt, periods: PeriodsAt | None) -> DrugCells:
    inputs, base = bench.inputs, f"drugs.{drug.id}"
    slots = len(dose_days(drug.dose_days)) + SPARE_DAYS
    table = GrowingTable(
        page,
        f"{drug.label}: days of the schedule",
        "The list of dose days of the sheet Drugs, taken apart and sorted.",
        [
            PageColumn("Place in the list", "plain", 58),
            PageColumn("Day as typed", "any", 22),
            PageColumn("Sorted", "any", 16),
        ],
    )
    text = inputs[f"{base}.dose_days"]
    listed = str(text.value).replace(";", ",")
    typed = f'SUBSTITUTE({text.text},";",",")'
    n_days = listed.count(",") + 1
    count_text = f'(LEN({typed})-LEN(SUBSTITUTE({typed},",",""))+1)'
    words = [float(w) for w in listed.split(",")]
    span_rows = [table.at.cell(i, 1) for i in range(slots)]
    span = f"{span_rows[0]}:{span_rows[-1].rsplit('!', 1)[1]}"
    for k in range(slots):
        place = table.at.cell(k, 0)
        part = f'VALUE(TRIM(MID(SUBSTITUTE({typed},",",REPT(" ",LEN({typed}))),({place}-1)*LEN({typed})+1,LEN({typed}))))'
        known = k < n_days
        table.add(
            float(k + 1),
            Formula(f'IF({place}<={count_text},{part},"")', words[k] if known else ""),
            Formula(f'IF({place}<={count_text},SMALL({span},{place}),"")', sorted(words)[k] if known else ""),
        )
    sorted_days = table.span(2)
    facts = Facts(page, drug.label, "Schedule, cost of a dose and of a visit, by the inputs in use.")
    schedule = facts.add("The schedule repeats after", inputs[f"{base}.schedule_days"], "days")
    count = facts.add("Doses per schedule", Formula(count_text, float(n_days)), "doses")
    missing = facts.add(
        "Dose days without a row above", flag(count > _slots(table)), "1 yes, 0 no", "If 1, run the model again"
    )
    usual, loading = packs.costs[0]
    first, later = _visits(bench, facts, drug)
    currency = bench.report.currency
    usual = facts.add(
        "Expected cost of a dose", usual, currency, "Whole packs over the spread of body size, or amount shared"
    )
    typed_loading = inputs[f"{base}.loading_dose"]
    loading = facts.add("Expected cost of the first dose", where(typed_loading.equals(""), usual, loading), currency)
    over_time = None if periods is None else _dose_costs(bench, page, drug, periods, (usual, loading), packs)
    return DrugCells(drug, schedule, sorted_days, count, missing, usual, loading, packs.missing, first, later, over_time)


def _dose_costs(
    bench: Bench, page: Page, drug: Drug, periods: PeriodsAt, listed: tuple[Formula, Formula], packs: PacksAt
) -> CostsOverTime:
    """What a dose costs in each period."""
    table = GrowingTable(
        page,
        f"{drug.label}: cost of a dose over time",
        "By the number of the prices in the table 'prices over time' of this drug.",
        [
            PageColumn("Prices", "text", 58),
            PageColumn(f"Expected cost of a dose, {bench.report.currency}", "any", 22),
            PageColumn(f"Of the first dose, {bench.report.currency}", "any", 16),
        ],
    )
    typed_loading = bench.inputs[f"drugs.{drug.id}.loading_dose"]
    rows = [listed, *((usual, where(typed_loading.equals(""), usual, first)) for usual, first in packs.costs[1:])]
    for period, costs in zip(periods.periods, rows, strict=True):
        row = RowBuilder(table, period.suffix.removeprefix(", ").capitalize() or "List prices, less discount")
        for cost in costs:
            row.put(cost, "price")
        row.close()
    return CostsOverTime(periods, table)


def _slots(table: GrowingTable) -> Formula:
    """The number of the last row of the list of days."""
    return table.cell(table.at.n_rows - 1, 0)


def _visits(bench: Bench, facts: Facts, drug: Drug) -> tuple[Formula, Formula]:
    """Cost of the first and of a later administration; 0 without one."""
    rows = bench.definition.administration
    if not rows:
        nothing = facts.number("Cost of a visit", 0.0, bench.report.currency)
        return nothing, nothing
    inputs = bench.inputs
    chosen = inputs[f"drugs.{drug.id}.administration"]
    ids, occasions = inputs.keys("administration", "id"), inputs.keys("administration", "occasion")
    costs = bench.unit_costs.column([f"administration.{r.id}.{r.occasion}" for r in rows])
    found = []
    for words, which in (("first", "Cost of the first visit"), ("later", "Cost of a later visit")):
        wanted = [r.id == chosen.value and r.occasion in ("every", words) for r in rows]
        value = float(sum(v for v, w in zip(costs.value, wanted, strict=True) if w))
        due = f'({occasions.text}="every")+({occasions.text}="{words}")'
        text = f"SUMPRODUCT(({ids.text}={chosen.text})*({due}),{costs.text})"
        found.append(facts.add(which, Formula(text, value), bench.report.currency))
    return found[0], found[1]


def write_regimens(
    bench: Bench, page: Page, timeline: Timeline, drugs: dict[str, DrugCells]
) -> dict[tuple[str, str], RegimenCells]:
    """Every regimen of every arm."""
    return {(r.arm, r.drug): _regimen(bench, page, timeline, r, drugs[r.drug]) for r in bench.definition.regimens}


def _regimen(bench: Bench, page: Page, timeline: Timeline, regimen: Regimen, drug: DrugCells) -> RegimenCells:
    inputs, c = bench.inputs, bench.constants
    base = f"regimens.{regimen.arm}.{regimen.drug}"
    arm = bench.definition.arm(regimen.arm).short_label
    facts = Facts(page, f"{arm}: {drug.drug.label}", "First and last day, and who takes it, by the inputs in use.")
    start = facts.add("Starts on day", inputs[f"{base}.start_day"], "days")
    months, most = inputs[f"{base}.max_months"], inputs[f"{base}.max_doses"]
    horizon = timeline.rules.horizon_days
    longest = facts.add("Longest duration", where(months.equals(""), 0, months), "months", "0: no limit")
    by_months = minimum(horizon, start + longest * c.days_per_month)
    end = facts.add("Ends by day", where(longest > 0, by_months, horizon), "days", "By its longest duration and the horizon")
    doses = facts.add("Largest number of doses", where(most.equals(""), 0, most), "doses", "0: no limit")
    due = facts.add("Day on which the next dose would be due", dose_day(drug, start, doses), "days")
    stop = facts.add(
        "Ends by day, also by the number of doses", where((doses > 0) * (due < end - c.time_tolerance), due, end), "days"
    )
    share = bench.parameter(f"treatment.{regimen.arm}.{regimen.drug}.share_treated", 1)
    intensity = bench.parameter(f"treatment.{regimen.arm}.{regimen.drug}.relative_dose_intensity", 1)
    ratio = bench.parameter(f"treatment.{regimen.arm}.{regimen.drug}.hazard_ratio", 1)
    share_cell = facts.add("Share of patients who get the drug", share, "share")
    paid = facts.add(
        "Share of planned doses paid for",
        formula_of(share) * formula_of(intensity),
        "share",
        "Share treated x relative dose intensity",
    )
    ratio_cell = facts.add("Hazard ratio of stopping", ratio, "ratio")
    return RegimenCells(regimen, drug, start, end, stop, doses, share_cell, paid, ratio_cell)
