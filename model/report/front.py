"""What stands before everything else: the words of the first page, the key figures, what the slider and the chart of the
drivers are drawn from. The page and the one-page summary say the same from here."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.analysis.amounts import quantity
from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import all_options, ratio_in_words
from model.analysis.columns.base_case import COSTS, LIFE_YEARS, QALYS
from model.analysis.columns.common import ICER
from model.analysis.deterministic.one_way import OneWay
from model.analysis.first_page.drivers import SHOWN
from model.analysis.first_page.first_page import FirstPage, first_page
from model.analysis.prices.price_line import decision_prices
from model.analysis.prices.switching_price import SwitchingPrices
from model.cell_text import signed
from model.definition.limitations import numbered
from model.report.tables import ShownTable, plain_table


@dataclasses.dataclass(frozen=True)
class Driver:
    """An input that moves the result most: its words, its bounds with their unit, and the INMB at each."""

    label: str
    unit: str
    low: str
    high: str
    inmb_low: float
    inmb_high: float


@dataclasses.dataclass(frozen=True)
class Front:
    """``words`` of the first page, with ``options`` (of more than two, all in a line), ``comments`` on flags of coherence and
    all ``limitations``; ``threshold``: the willingness to pay of the ``drivers``, and ``inmb`` the base case there."""

    title: str
    words: FirstPage
    options: list[str]
    key_figures: ShownTable
    switching: SwitchingPrices
    drivers: list[Driver]
    comments: str
    limitations: list[str]
    currency: str
    threshold: float
    inmb: float


def front(results: Results) -> Front:
    """The front of a run; its base case must be among the results."""
    base = results.the(BaseCase)
    definition = base.definition
    threshold = definition.willingness_to_pay()
    return Front(
        title=definition.about.title,
        words=first_page(results),
        options=all_options(base),
        key_figures=key_figures(base),
        switching=decision_prices(definition),
        drivers=drivers(results.of(OneWay)),
        comments=base.coherence().comments(),
        limitations=list(numbered(definition.about.limitations).values()),
        currency=definition.settings.currency,
        threshold=threshold,
        inmb=base.inmb(threshold),
    )


def key_figures(base: BaseCase) -> ShownTable:
    """Totals by arm, their difference, the ICER, and net benefit at each decision threshold."""
    definition, currency = base.definition, base.definition.settings.currency
    old, new = base.positions
    names = [arm.short_label for arm in definition.arms]
    difference = "Difference" if len(names) == 2 else f"{names[new]} minus {names[old]}"

    def row(words: str, values: np.ndarray, gain: float, digits: int) -> list[str]:
        return [words, *(signed(f"{v:,.{digits}f}") for v in values), signed(quantity(gain, digits))]

    rows = [
        row(COSTS.heading(currency), base.total_costs, base.incremental_cost, 0),
        row(LIFE_YEARS.words(), base.total_life_years, base.incremental_life_years, 2),
        row(QALYS.words(), base.total_qalys, base.incremental_qalys, 2),
        [ICER.heading(currency), *("" for _ in names), ratio_in_words(base) if base.icer is None else f"{base.icer:,.0f}"],
    ]
    for threshold in sorted(definition.decision_thresholds()):
        benefit = threshold * base.compared_qalys - base.compared_costs
        rows.append(row(f"Net benefit at {threshold:,.0f} per QALY, {currency}", benefit, base.inmb(threshold), 0))
        rows.append(row("the same in QALYs", benefit / threshold, base.inmb(threshold) / threshold, 2))
    return plain_table("key_figures", "Key figures per patient, discounted", ["", *names, difference], rows)


def drivers(one_way: OneWay | None) -> list[Driver]:
    """The inputs with the widest range of INMB; none where the one-way analysis was not run."""
    if one_way is None:
        return []
    found = []
    for row in one_way.table().head(SHOWN).to_dict("records"):
        low, high = (f"{float(row[name]):,.3g}" for name in ("low", "high"))
        found.append(Driver(str(row["label"]), str(row["unit"]), low, high, float(row["inmb_low"]), float(row["inmb_high"])))
    return found
