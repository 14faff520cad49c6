"""A pack or vial in words, live: its drug, its name, and the year of its price where that is not the price year."""

from __future__ import annotations

from model.analysis.prices.value_based_price import plain_pack_words
from model.definition.model_definition import address_of
from model.definition.price_index import own_price_year
from model.definition.records.drugs import Product
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.report.answer_words import money_words


def pack_words(report: Report, live: LiveModel, product: Product) -> Formula:
    """``Palbociclib, pack 21``; ``Palbociclib, pack 21, in money of 2019``."""
    return formula_of(plain_pack_words(report.definition, product)).then(
        where(_of_other_year(report, live, product), formula_of(", in money of ").then(_year(live, product)), "")
    )


def list_price_words(report: Report, live: LiveModel, product: Product) -> tuple[Formula, Formula]:
    """``list price today USD 107``, and no words; ``list price of 2019 USD 100, in money of 2025 USD 107``, and ``, in money
    of 2025``."""
    other, currency, address = _of_other_year(report, live, product), report.currency, address_of("products", product)
    target = live.bench.unit_costs.target
    year = Formula(target.text, f"{target.value:g}")
    listed, uprated = (money_words(at[address], currency) for at in (live.inputs, live.bench.unit_costs))
    money_of = formula_of(", in money of ").then(year)
    of_year = formula_of("list price of ").then(_year(live, product)).then(" ").then(listed)
    both = of_year.then(money_of).then(" ").then(uprated)
    return where(other, both, formula_of("list price today ").then(listed)), where(other, money_of, "")


def _year(live: LiveModel, product: Product) -> Formula:
    """The year as a text."""
    typed = live.inputs[f"{address_of('products', product)}.price_year"]
    return Formula(typed.text, "" if product.price_year is None else str(product.price_year))


def _of_other_year(report: Report, live: LiveModel, product: Product) -> Formula:
    typed = live.inputs[f"{address_of('products', product)}.price_year"].text
    value = float(own_price_year(report.definition, product) is not None)
    return Formula(f'IF({typed}="",0,IF({typed}={live.bench.unit_costs.target.text},0,1))', value)
