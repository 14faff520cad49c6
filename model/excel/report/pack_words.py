"""A pack or vial in words, live: its drug, its name, and the year of its price where that is not the price year."""

from __future__ import annotations

from model.definition.model_definition import address_of
from model.definition.price_index import own_price_year
from model.definition.records.drugs import Product
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report


def pack_words(report: Report, live: LiveModel, product: Product) -> Formula:
    """``Palbociclib, pack 21``; ``Palbociclib, pack 21, in money of 2019``."""
    plain = f"{report.definition.drug(product.drug).label}, {product.product.replace('_', ' ')}"
    return formula_of(plain).then(
        where(_of_other_year(report, live, product), formula_of(", in money of ").then(_year(live, product)), "")
    )


def list_price_words(report: Report, live: LiveModel, product: Product) -> Formula:
    """``list price today``; ``list price of 2019``."""
    of_year = formula_of("list price of ").then(_year(live, product))
    return where(_of_other_year(report, live, product), of_year, "list price today")


def _year(live: LiveModel, product: Product) -> Formula:
    """The year as a text."""
    typed = live.inputs[f"{address_of('products', product)}.price_year"]
    return Formula(typed.text, "" if product.price_year is None else str(product.price_year))


def _of_other_year(report: Report, live: LiveModel, product: Product) -> Formula:
    typed = live.inputs[f"{address_of('products', product)}.price_year"].text
    value = float(own_price_year(report.definition, product) is not None)
    return Formula(f'IF({typed}="",0,IF({typed}={live.bench.unit_costs.target.text},0,1))', value)
