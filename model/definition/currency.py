"""The currency of the amounts: units that name it follow the setting, and units that name another one are found."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from model.definition.records.columns import block_of

if TYPE_CHECKING:
    from model.definition.model_definition import ModelDefinition

CODES = (
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "JPY",
    "CNY",
    "CAD",
    "AUD",
    "NZD",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "TRY",
    "ILS",
    "SAR",
    "AED",
    "ZAR",
    "EGP",
    "INR",
    "KRW",
    "SGD",
    "HKD",
    "TWD",
    "THB",
    "MYR",
    "IDR",
    "PHP",
    "VND",
    "BRL",
    "MXN",
    "ARS",
    "CLP",
    "COP",
    "PEN",
    "RUB",
    "UAH",
    "KZT",
    "NGN",
    "KES",
)
"""Codes of ISO 4217 that health economic models are written in."""
SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY"}
WORD = re.compile(r"[A-Za-z]{3,}|[$£€¥]")


def currencies_in(unit: str) -> list[str]:
    """The currency codes that a unit names: ``["USD"]`` for ``USD per vial``."""
    words = WORD.findall(unit)
    return [SIGNS.get(word, word) for word in words if word in CODES or word in SIGNS]


def is_foreign(unit: str, currency: str) -> bool:
    """Does a unit name another currency than that of the model? A sign such as $ serves several currencies."""
    words = WORD.findall(unit)
    codes = [word for word in words if word in CODES]
    signs = [word for word in words if word in SIGNS]
    if codes:
        return any(code != currency for code in codes)
    return any(not (sign == "$" and currency.endswith("D")) and SIGNS[sign] != currency for sign in signs)


def units(definition: ModelDefinition) -> Iterator[tuple[str, int, str]]:
    """Table, position and unit of every input that has a unit of its own."""
    from model.definition.model_definition import TABLES

    for table, record_type in TABLES.items():
        block = block_of(record_type)
        if block is not None:
            for position, record in enumerate(definition.table(table)):
                yield table, position, getattr(record, block[0]).unit


def with_currency(definition: ModelDefinition, currency: str) -> ModelDefinition:
    """The definition in another currency: units that named the one before name the new one. No amount is converted."""
    old = definition.settings.currency
    changed: dict[str, Any] = {"settings": dataclasses.replace(definition.settings, currency=currency)}
    named = {(t, i) for t, i, unit in units(definition) if old and old in unit.split()}
    for table in {t for t, _ in named}:
        records = list(definition.table(table))
        for i, record in enumerate(records):
            if (table, i) in named:
                field = block_of(type(record))[0]  # type: ignore[index]
                inner = getattr(record, field)
                unit = " ".join(currency if word == old else word for word in inner.unit.split())
                records[i] = dataclasses.replace(record, **{field: dataclasses.replace(inner, unit=unit)})
        changed[table] = tuple(records)
    return dataclasses.replace(definition, **changed)
