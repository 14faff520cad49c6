"""Unit costs in one price year, as far as they count: the value of an input times what year and perspective ask for."""

from __future__ import annotations

from typing import Any

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.perspective import counts
from model.definition.price_index import price_factor
from model.engine.streams import Value, parameter


def unit_cost(definition: ModelDefinition, table: str, record: Any) -> Value:
    """The cost of one row of a table in the price year of the settings; 0 where their perspective does not count it."""
    return parameter(address_of(table, record), price_factor(definition, record) * counts(definition, record))
