"""Rules of prices over time: each change has a time, no two say different things of a day, packs of a drug keep in step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from model.definition.model_definition import address_of
from model.definition.price_index import WITH_PRICE_YEAR, is_amount
from model.definition.price_periods import changes_of
from model.definition.records.drugs import PriceChange
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import days_after
from model.excel.live.bench import Bench
from model.excel.live.dosing import DrugCells

TIMES = "A price change has a month or a date; a date needs that of time zero, and is not before it"
ONE = "No two changes of a price that apply hold from the same day"
INDEX = "The price year of a cost, and that of the sheet Settings, have a price index"
AMOUNT = "Only amounts of money have a price year"
STEP = "The packs of a drug are all at new prices, or none is"


def price_rules(bench: Bench, drugs: dict[str, DrugCells]) -> Iterator[tuple[str, str, Formula]]:
    """The rules of the table of price changes."""
    start = bench.inputs["settings.time_zero_date"]
    for row in bench.definition.price_changes:
        base = address_of("price_changes", row)
        month, date = (bench.inputs[f"{base}.{field}"] for field in ("from_month", "from_date"))
        early = f"IF({days_after(date, start).text}<0,1,0)"
        dated = f'IF({month.text}="",IF({start.text}="",1,{early}),1)'
        yield TIMES, base, Formula(f'IF({date.text}="",IF({month.text}="",1,0),{dated})', 0.0)
    yield from _price_years(bench)
    for drug in drugs.values():
        if drug.over_time is not None:
            yield from _days(bench, drug)
            yield from _steps(drug)


def _price_years(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    for address, unknown in bench.unit_costs.unknown:
        yield INDEX, address, unknown
    for table in WITH_PRICE_YEAR:
        for record in (r for r in bench.definition.table(table) if not is_amount(table, r)):
            cell = bench.inputs[f"{address_of(table, record)}.price_year"].text
            yield AMOUNT, address_of(table, record), Formula(f'IF({cell}="",0,1)', 0.0)


def _days(bench: Bench, drug: DrugCells) -> Iterator[tuple[str, str, Formula]]:
    assert drug.over_time is not None
    rows = changes_of(bench.definition, drug.drug.id)
    starts = [period.start.text for period in drug.over_time.at.periods[1:]]
    for (one, day), (other, same) in combinations(zip(rows, starts, strict=True), 2):
        if one.product == other.product or None in (one.product, other.product):
            apply = ",".join(f'{_applies(bench, row).text}="yes"' for row in (one, other))
            yield ONE, address_of("price_changes", other), Formula(f"IF(AND({apply},{day}={same}),1,0)", 0.0)


def _applies(bench: Bench, row: PriceChange) -> Formula:
    return bench.inputs[f"{address_of('price_changes', row)}.applies"]


def _steps(drug: DrugCells) -> Iterator[tuple[str, str, Formula]]:
    """Only of drugs with several packs; a change that does not apply says nothing."""
    assert drug.over_time is not None
    for period in drug.over_time.at.periods[1:]:
        n = len(period.prices)
        if n > 1:
            packs = "+".join(["1"] * n)
            lasts = f"{period.stop.text}>{period.start.text}"
            text = f"IF(AND({lasts},{period.new.text}>0,{period.new.text}<{packs}),1,0)"
            yield STEP, f"{drug.drug.label}{period.suffix}", Formula(text, 0.0)
