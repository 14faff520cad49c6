"""Whether an input may be what it is: the rules of the reader that a typing mistake breaks, as formulas.

Without them a word where a price belongs would count as a price of nothing. The reader knows more rules; what it
refuses and these sheets do not follow is told when the model runs.
"""

from __future__ import annotations

from typing import Any

from model.definition.model_definition import ModelDefinition
from model.definition.records.columns import Column
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import is_date

AT_MOST_ONE = (("population", "female_share"), ("treatment", "share_treated"))
"""Rows of tables of amounts that are shares."""


class Allowed:
    """What an input may hold: words (between bars), or numbers from a lowest to a highest."""

    def __init__(self, column: Column, definition: ModelDefinition, table: str, record: Any):
        self._column = column
        ids = [r.id for r in definition.table(column.refers_to)] if column.refers_to else []
        options = (*column.choices, *dict.fromkeys(ids)) or (("yes", "no") if column.kind == "yes_no" else ())
        self.words = f"| {' | '.join(options)} |" if options else ""
        self.lowest = column.minimum if column.above is None else column.above
        self.highest = column.maximum
        if (table, getattr(record, "item", "")) in AT_MOST_ONE and column.kind == "number":
            self.highest = 1.0

    def wrong(self, value: str, words: str, lowest: str, highest: str) -> Formula | None:
        """1 where the cell ``value`` is not allowed; None where nothing can be said."""
        if self.words:
            inner = f'IF(ISNUMBER(SEARCH("| "&{value}&" |",{words})),0,1)'
        elif self._column.kind in ("number", "integer"):
            conditions = []
            if self.lowest is not None:
                conditions.append(f"{value}{'>' if self._column.above is not None else '>='}{lowest}")
            if self.highest is not None:
                conditions.append(f"{value}<={highest}")
            if self._column.kind == "integer":
                conditions.append(f"{value}=INT({value})")
            within = f"IF(AND({','.join(conditions)}),0,1)" if conditions else "0"
            inner = f"IF(ISNUMBER({value}),{within},1)"
        elif self._column.kind == "date":
            inner = f"IF({is_date(value)},0,1)"
        else:
            return None
        empty = "1" if self._column.required and self._column.default is None else "0"
        return Formula(f'IF({value}="",{empty},{inner})', 0.0)
