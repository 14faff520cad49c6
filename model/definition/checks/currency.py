"""Checks of words that become part of formulas and headings of the outputs."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem

LONGEST_CURRENCY = 12


def currency_is_a_code_or_sign(d: ModelDefinition) -> Iterator[Problem]:
    """The currency stands inside formulas that put amounts into words, so it holds no quotation mark, and is short."""
    currency = d.settings.currency
    if '"' in currency or len(currency) > LONGEST_CURRENCY or not currency.isprintable():
        message = (
            f"'{currency[:40]}' is no code or sign of a currency, such as USD; it may have at most {LONGEST_CURRENCY} "
            "characters and no quotation mark"
        )
        yield Problem("settings", 0, "currency", message)
