"""The list price at which the decision changes, live: costs are linear in a price, so the price has a closed form.

The same as ``analysis/prices/switching_price.py``: against each other option the intervention is better below one price,
above one, or whatever the price; what all of these leave is the range of prices at which it is the best of all options.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

from model.analysis.columns.common import OPTION, WILLINGNESS_TO_PAY
from model.analysis.columns.prices import AT_THRESHOLDS, PRICE, SHARE_OF_PRICE
from model.analysis.decision import ROUNDING
from model.definition.model_definition import address_of
from model.engine.costs import drug_category
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, index, maximum, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.streams import Line
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.pack_words import pack_words

WIDE = 58.0
AT_NO_PRICE = "no price, not even zero, with all other prices unchanged: even at zero, the better option is "
BEST_TODAY, LOWER, HIGHER = "cost-effective today", "a lower price is needed", "a higher price is needed"
ANY_PRICE = "cost-effective at any price"


class Totals(Protocol):
    """Cells of the totals of all arms as they are compared."""

    def column(self, outcome: str) -> Formula:
        """Those of one outcome."""

    def cell(self, outcome: str, arm: int) -> Formula:
        """That of one arm."""


@dataclasses.dataclass(frozen=True)
class PriceAt:
    """A drug, and its limits at each threshold from the lowest on."""

    drug: str
    limits: list[LimitsAt]


@dataclasses.dataclass(frozen=True)
class LimitsAt:
    """Cells of one drug at one threshold: the shares of today's price between which the intervention is the best option
    (empty where no price sets a limit), whether there are any, the best other option with the drug free of charge, and what
    the intervention costs and gives more than it then."""

    lowest: Formula
    highest: Formula
    exists: Formula
    rival: Formula
    cost: Formula
    qalys: Formula


def write_switching_prices(
    report: Report,
    live: LiveModel,
    pages: tuple[Page, Page],
    positions: tuple[Formula, Formula],
    totals: Totals,
    thresholds: list[Formula],
) -> list[PriceAt]:
    """A row per pack of every drug that only the intervention of the run uses, and per threshold; on the second page how they
    come about. Returns the cells of each drug."""
    page, workings = pages
    drugs = _drugs(report)
    if not drugs:
        return []
    parts = _write_parts(report, live, workings, drugs)
    limits = _write_limits(report, workings, positions[1], totals, thresholds, parts)
    of_all = "" if len(report.names) == 2 else f" of all {len(report.names)} options"
    table = GrowingTable(
        page,
        "Price at which the decision changes",
        f"List prices per pack between which the intervention has the highest net benefit{of_all}, all other prices and all "
        "else as it is, at the discounts of the inputs; packs of one drug move together. Empty: no price sets a limit. Below "
        f"zero: not even at a price of zero would it be cost-effective.{_over_time(report)}",
        [
            *page_columns(report, AT_THRESHOLDS.pick("product", "willingness_to_pay"), WIDE),
            *page_columns(report, [PRICE.wide(0)]),
            PageColumn(f"Highest price, {report.currency}", "price"),
            *page_columns(report, [SHARE_OF_PRICE.wide(0)]),
            PageColumn("Price cut needed", "share"),
            PageColumn(f"Lowest price, {report.currency}", "price"),
            PageColumn("In words", "text", 44),
        ],
    )
    for drug in drugs:
        for product in (p for p in report.definition.products if p.drug == drug):
            label = pack_words(report, live, product)
            today = live.inputs[address_of("products", product)]
            for threshold, at in zip(thresholds, limits[drug], strict=True):
                _row(table, label, threshold, today, at)
    return [PriceAt(drug, limits[drug]) for drug in drugs]


def _over_time(report: Report) -> str:
    """What becomes of later prices; empty where the inputs list none."""
    words = " Of prices that change over time, those given as a factor move with the list price, and new prices stay."
    return words if report.definition.price_changes else ""


def _drugs(report: Report) -> list[str]:
    """Drugs that only the intervention uses (every drug it uses, if there is none such), with a cost in the run."""
    definition = report.definition
    others = {r.drug for r in definition.regimen(definition.settings.comparator)}
    used = [r.drug for r in definition.regimen(definition.settings.intervention)]
    own = [d for d in used if d not in others] or used
    return [d for d in own if any(p.parameter.value > 0 for p in definition.products if p.drug == d)]


def _write_parts(report: Report, live: LiveModel, page: Page, drugs: list[str]) -> dict[str, Formula]:
    """What each drug costs in each arm: a row of cells per drug."""
    table = GrowingTable(
        page,
        "What a drug costs in each arm",
        "Acquisition, as first-line treatment of the arm or after progression, discounted, at today's prices.",
        [PageColumn("Drug", "text", WIDE), *(PageColumn(f"{name}, {report.currency}", "money") for name in report.names)],
    )
    found = {}
    for drug in drugs:
        row = table.add(report.definition.drug(drug).label, *drug_costs(report, live, drug))
        found[drug] = table.across(row, 1, len(report.names))
    return found


def drug_costs(report: Report, live: LiveModel, drug: str) -> list[Formula]:
    """What a drug costs in each arm, at today's prices and moving with the list price."""
    category = drug_category(report.definition.drug(drug))
    amounts: list[Formula] = []
    for trace in live.arms.values():
        made: Formula = formula_of(0)
        for line in trace.of_kind("cost"):
            if line.category == category:
                made = made + _at_list_price(line, line.discounted)
            if line.drug == drug and line.of_drug is not None:
                made = made + _at_list_price(line, line.of_drug)
        amounts.append(made)
    return amounts


def _at_list_price(line: Line, amount: Formula) -> Formula:
    """The part of an amount that moves with the list price: none of it while a new price holds."""
    return amount if line.new_price is None else where(line.new_price > 0, 0, amount)


def _write_limits(
    report: Report, page: Page, new: Formula, totals: Totals, thresholds: list[Formula], parts: dict[str, Formula]
) -> dict[str, list[LimitsAt]]:
    """By drug: the limits at each threshold, worked out option by option."""
    against = _write_rivals(report, page, new, totals, thresholds, parts)
    free = _FreeOfCharge(totals, new, parts)
    table = GrowingTable(
        page,
        "Shares of today's price between which the intervention is the best option",
        "The lowest of the shares below which, and the highest of those above which, it is better than each other option.",
        [
            PageColumn("Drug", "text", WIDE),
            *page_columns(report, [WILLINGNESS_TO_PAY]),
            PageColumn("Highest share", "share"),
            PageColumn("Lowest share", "share"),
            PageColumn("Is there a price", "plain"),
            PageColumn("Best other option at a price of zero", "text"),
            PageColumn("Its number among the arms", "plain"),
            PageColumn(f"Extra cost over it at a price of zero, {report.currency}", "extra"),
            PageColumn("QALYs over it", "gain"),
        ],
    )
    found: dict[str, list[LimitsAt]] = {}
    for drug, threshold, of_options in against:
        row = RowBuilder(table, report.definition.drug(drug).label, As(threshold, "money"))
        lead, below, above = ([cells[k] for cells in of_options] for k in range(3))
        high, low = _extreme("MIN", below, min, row), _extreme("MAX", above, max, row)
        exists = _exists(high, low, row)
        place = _best_if_free(lead)
        rival = row.put(name_of_arm(report, place), "text")
        place = row.put(place, "plain")
        cost, qalys = row.put(free.cost(drug, place), "extra"), row.put(free.qalys(place), "gain")
        row.close()
        found.setdefault(drug, []).append(LimitsAt(low, high, exists, rival, cost, qalys))
    return found


@dataclasses.dataclass(frozen=True)
class _FreeOfCharge:
    """What the intervention costs and gives more than another option, with a drug free of charge."""

    totals: Totals
    new: Formula
    parts: dict[str, Formula]

    def cost(self, drug: str, other: Formula) -> Formula:
        costs, part = self.totals.column("costs"), self.parts[drug]
        own = index(costs, self.new) - index(part, self.new)
        return own - (index(costs, other) - index(part, other))

    def qalys(self, other: Formula) -> Formula:
        column = self.totals.column("qalys")
        return index(column, self.new) - index(column, other)


Against = tuple[str, Formula, list[tuple[Formula, Formula, Formula]]]


def _write_rivals(
    report: Report, page: Page, new: Formula, totals: Totals, thresholds: list[Formula], parts: dict[str, Formula]
) -> list[Against]:
    """By drug and threshold, for each option: its cells of the lead with the drug free, and the shares below and above."""
    table = GrowingTable(
        page,
        "Prices at which the intervention is better than each other option",
        "Lead: net monetary benefit of the intervention over the option, at a list price of zero. Then the share of "
        "today's price below which, and above which, the intervention is the better of the two; empty where there is none. "
        "-100%: at no price, since both use as much of the drug.",
        [
            PageColumn("Drug", "text", WIDE),
            *page_columns(report, [WILLINGNESS_TO_PAY]),
            *page_columns(report, [OPTION]),
            PageColumn(f"Lead over it, {report.currency}", "extra"),
            PageColumn("Better below", "share"),
            PageColumn("Better above", "share"),
        ],
    )
    found: list[Against] = []
    for drug, part in parts.items():
        own = index(part, new)
        least = Formula("alike", ROUNDING) * absolute(own)
        for threshold in thresholds:
            cells = []
            for a, name in enumerate(report.names):
                row = RowBuilder(table, report.definition.drug(drug).label, As(threshold, "money"), name)
                lead = _lead(totals, part, own, new, threshold, a, row)
                slope = own - _across(part, a)
                below = _share(lead, slope, 1, least, row)
                cells.append((lead, below, _share(lead, slope, -1, least, row)))
                row.close()
            found.append((drug, threshold, cells))
    return found


def _best_if_free(lead: list[Formula]) -> Formula:
    """The number of the option over which the lead of the intervention is the smallest, with the drug free of charge."""
    span = _range(lead)
    at = min((a for a in range(len(lead)) if lead[a].value != ""), key=lambda a: float(lead[a].value))
    return Formula(f"MATCH(MIN({span}),{span},0)", float(at + 1))


def name_of_arm(report: Report, place: Formula) -> Formula:
    """The short name of an arm by its number."""
    assert report.layout is not None
    short = report.layout.tables["arms"].block("short_label").reference
    return Formula(f"INDEX({short},{place.text})", report.names[int(place.value) - 1])


def _lead(
    totals: Totals, part: Formula, own: Formula, new: Formula, threshold: Formula, arm: int, row: RowBuilder
) -> Formula:
    """Net benefit of the intervention over an arm with the drug free of charge: 0 where it is rounding alone, empty for
    the intervention itself."""
    qalys, costs = totals.column("qalys"), totals.column("costs")
    other = totals.cell("costs", arm) - _across(part, arm)
    gap = threshold * (index(qalys, new) - totals.cell("qalys", arm)) - (index(costs, new) - own - other)
    size = threshold * maximum(absolute(index(qalys, new)), absolute(totals.cell("qalys", arm)))
    size = size + maximum(absolute(index(costs, new)), absolute(totals.cell("costs", arm)))
    made = where(absolute(gap) <= Formula("alike", ROUNDING) * size, 0, gap)
    return row.put(where(new.equals(_number(arm)), "", made), "money")


def _number(arm: int) -> Formula:
    """The number of an arm, from 1, as a sum of what may stand in a formula."""
    return Formula("+".join(["1"] * (arm + 1)), float(arm + 1))


def _share(lead: Formula, slope: Formula, side: int, least: Formula, row: RowBuilder) -> Formula:
    """The share of today's price at which the intervention and an arm have the same net benefit, where the intervention
    uses more of the drug (``side`` 1) or less (-1). Where it uses as much and is worse no price helps: -1, of side 1."""
    text, l, s = lead.text, lead.value, float(slope.value)  # noqa: E741
    steep = f"{slope.text}>{least.text}" if side == 1 else f"{slope.text}<-{least.text}"
    level = f'IF(AND(ABS({slope.text})<={least.text},{text}<0),-1,"")' if side == 1 else '""'
    value: object = ""
    if l != "":
        tiny = float(least.value)
        if (s > tiny) if side == 1 else (s < -tiny):
            value = float(l) / s
        elif side == 1 and abs(s) <= tiny and float(l) < 0:
            value = -1.0
    inner = f"IF({steep},{text}/({slope.text}),{level})"
    return row.put(Formula(f'IF({text}="","",{inner})', value), "share")


def _extreme(function: str, cells: list[Formula], act: object, row: RowBuilder) -> Formula:
    """The lowest or highest of the numbers among some cells; empty where there is none."""
    numbers = [float(c.value) for c in cells if c.value != ""]
    value = act(numbers) if numbers else ""  # type: ignore[operator]
    span = _range(cells)
    return row.put(Formula(f'IF(COUNT({span})=0,"",{function}({span}))', value), "share")


def _exists(high: Formula, low: Formula, row: RowBuilder) -> Formula:
    """1 where there is a price from zero up at which the intervention is the best option."""
    h, l = high.text, low.text  # noqa: E741
    value = (high.value == "" or high.value >= 0) and (high.value == "" or low.value == "" or low.value <= high.value)
    text = f'IF(AND(OR({h}="",{h}>=0),OR({h}="",{l}="",{l}<={h})),1,0)'
    return row.put(Formula(text, float(value)), "plain")


def _range(cells: list[Formula]) -> str:
    return f"{cells[0].text}:{cells[-1].text.rsplit('!', 1)[1]}"


def _across(span: Formula, position: int) -> Formula:
    """One cell of neighbouring cells of a row."""
    return index(span, _number(position))


def _row(table: GrowingTable, label: Formula, threshold: Formula, today: Formula, at: LimitsAt) -> None:
    high, low, exists = at.highest, at.lowest, at.exists
    h, l = high.text, low.text  # noqa: E741
    row = RowBuilder(table, label, As(threshold, "money"), As(today, "price"))
    price = Formula(table.at.cell(table.at.n_rows, 2), today.value)
    none = high.value == ""
    row.put(Formula(f'IF({h}="","",{h}*{price.text})', "" if none else high.value * today.value), "price")
    row.put(Formula(f"{h}", high.value), "share")
    cut = 1 - float(high.value) if not none and exists.value and float(high.value) < 1 else ""
    row.put(Formula(f'IF({h}="","",IF(AND({exists.text}=1,{h}<1),1-{h},""))', cut), "share")
    positive = low.value != "" and low.value > 0
    floor = f'IF({l}="","",IF({l}>0,{l}*{price.text},""))'
    row.put(Formula(floor, low.value * today.value if positive else ""), "price")
    row.put(_words(high, low, exists, at.rival), "text")
    row.close()


def _words(high: Formula, low: Formula, exists: Formula, rival: Formula) -> Formula:
    """What follows for today's price."""
    h, l, close = high.text, low.text, "alike"  # noqa: E741
    inside = f'IF(AND({h}<>"",{h}<1-{close}),"{LOWER}",IF(AND({l}<>"",{l}>1+{close}),"{HIGHER}","{BEST_TODAY}"))'
    unbound = f'AND({h}="",OR({l}="",{l}<=0))'
    text = f'IF({exists.text}=0,"{AT_NO_PRICE}"&{rival.text},IF({unbound},"{ANY_PRICE}",{inside}))'
    if not exists.value:
        value = f"{AT_NO_PRICE}{rival.value}"
    elif high.value == "" and (low.value == "" or low.value <= 0):
        value = ANY_PRICE
    elif high.value != "" and high.value < 1 - ROUNDING:
        value = LOWER
    elif low.value != "" and low.value > 1 + ROUNDING:
        value = HIGHER
    else:
        value = BEST_TODAY
    return Formula(text, value)
