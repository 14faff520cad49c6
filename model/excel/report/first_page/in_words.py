"""Amounts within sentences, as formulas: with their sign, and chances in percent (``analysis/amounts.py``)."""

from __future__ import annotations

from model.analysis.amounts import chance
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, number_as_text, where
from model.excel.report.answer_words import money_words, quantity_words


def signed_money(x: Formula, currency: str) -> Formula:
    """An amount with its currency, ``-USD 500.00`` below zero."""
    return where(x < 0, "-", "").then(money_words(absolute(x), currency))


def signed_quantity(x: Formula) -> Formula:
    """A number of QALYs, with a minus below zero."""
    return where(x < 0, "-", "").then(quantity_words(absolute(x)))


def percent(x: Formula, decimals: int) -> Formula:
    """A share from 0 on in percent."""
    return number_as_text(Formula(f"{x.text}*hundred", float(x.value) * 100), decimals).then("%")


def chance_words(p: Formula, evpi: Formula) -> Formula:
    """A probability: ``<0.1%`` and ``>99.9%`` where rounding would make it impossible or certain, unless all draws agree."""
    shown = percent(p, 1)
    agree = f"ABS({evpi.text})<rounding"
    low = f'IF(AND({p.text}=0,{agree}),"0.0%","<0.1%")'
    high = f'IF(AND({p.text}=1,{agree}),"100.0%",">99.9%")'
    text = f'IF({shown.text}="0.0%",{low},IF({shown.text}="100.0%",{high},{shown.text}))'
    return Formula(text, chance(float(p.value), float(evpi.value) == 0))
