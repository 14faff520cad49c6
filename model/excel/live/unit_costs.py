"""Unit costs in one price year as formulas: the twin of the engine's file of this name.

One row per cost: as it is in use, its price year, the factor of the index, and the cost that the calculation takes.
"""

from __future__ import annotations

import numpy as np

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.perspective import WITH_PERSPECTIVE
from model.definition.price_index import WITH_PRICE_YEAR, is_amount, target_year
from model.definition.records.columns import SOCIETAL
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import if_error, index, match, where
from model.excel.live.inputs import InputsInUse
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page

WITHOUT_INDEX = "If 1, no index is listed for a year: the cost is taken as typed, and a check fails"


class UnitCosts:
    """``costs["care.visits"]`` is the cell of a cost in the price year of the settings."""

    def __init__(self, inputs: InputsInUse, page: Page):
        self.inputs, self.definition = inputs, inputs.definition
        self._made: dict[str, Formula] = {}
        self.unknown: list[tuple[str, Formula]] = []
        self.levels = self._index()
        self.target = self._target(page)
        self.table = GrowingTable(
            page,
            "Unit costs in one price year",
            "Uprated: cost in use x index of the price year of the sheet Settings / index of the cost's own year. A cost "
            f"without a price year is taken as typed. No index: {WITHOUT_INDEX[0].lower()}{WITHOUT_INDEX[1:]}. Counted: 0 "
            "where the perspective of the settings leaves a cost out: it is then taken as nothing.",
            [
                PageColumn("Cost", "text", 58),
                PageColumn("Input id", "text", 34),
                PageColumn("Cost in use", "any", 16),
                PageColumn("Price year", "any", 16),
                PageColumn("Factor", "any", 16),
                PageColumn("Counted", "plain", 16),
                PageColumn("Uprated", "any", 16),
                PageColumn("No index", "plain", 16),
            ],
        )
        words = InputWords(self.definition)
        for address in addresses_of_costs(self.definition):
            self._add(address, words)

    def __getitem__(self, address: str) -> Formula:
        return self._made[address]

    def column(self, addresses: list[str]) -> Formula:
        """Neighbouring cells of uprated costs, of addresses in the order of their table."""
        cells = [self[address] for address in addresses]
        last = cells[-1].text.rsplit("!", 1)[1]
        return Formula(f"{cells[0].text}:{last}", np.array([cell.value for cell in cells], dtype=float))

    def of_payer(self, address: str) -> Formula:
        """1 where a row of costs is the payer's, 0 where it is of the societal perspective alone."""
        return where(self.inputs[f"{address}.perspective"].equals(SOCIETAL), 0, 1)

    def _index(self) -> tuple[Formula, Formula] | None:
        """Years and levels of the index; None where none is listed."""
        rows = self.definition.price_index
        if not rows:
            return None
        levels = self.inputs.column([f"{address_of('price_index', row)}.index" for row in rows])
        return self.inputs.keys("price_index", "year"), levels

    def _target(self, page: Page) -> Formula:
        """The year to which costs are brought; 0 where the price year is a note."""
        facts = Facts(page, "Price year", "Costs of other years are brought to it by the sheet Price index.")
        typed = self.inputs["settings.price_year"]
        year = float(target_year(self.definition) or 0)
        digits = f'LEFT({typed.text},LEN("0000"))'
        read = f'IF(LEN(TRIM({typed.text}))=LEN("0000"),IFERROR(VALUE({digits}),0),0)'
        return facts.add("Price year of the settings", Formula(read, year), "", "0: a note, and no year")

    def _level(self, year: Formula) -> Formula:
        """The index of a year; 0 where none is listed."""
        if self.levels is None:
            return formula_of(0)
        years, levels = self.levels
        at = match(year, years)
        found = index(levels, at)
        if np.isnan(at.value):
            found.value = float("nan")
        return if_error(found, 0)

    def _add(self, address: str, words: InputWords) -> None:
        row = RowBuilder(self.table, words.of(address), address)
        cost = row.put(self.inputs[address], "price")
        typed = self.inputs[f"{address}.price_year"]
        year = row.put(where(typed.equals(""), 0, typed), "plain")
        same = where(year.equals(0), 1, year.equals(self.target))
        own, target = self._level(year), self._level(self.target)
        known = (own > 0) * (target > 0)
        factor = row.put(where(same, 1, where(known, target / where(own > 0, own, 1), 1)))
        if address.split(".")[0] in WITH_PERSPECTIVE:
            counted = row.put(where(self.inputs["settings.cost_perspective"].equals(SOCIETAL), 1, self.of_payer(address)))
            uprated = cost * factor * counted
        else:
            row.cells.append("")
            uprated = cost * factor
        self._made[address] = row.put(uprated, "price")
        self.unknown.append((address, row.put(where(same, 0, 1 - known))))
        row.close()


def addresses_of_costs(definition: ModelDefinition) -> list[str]:
    """The amounts of money that may have a price year, table by table."""
    return [
        address_of(table, record)
        for table in WITH_PRICE_YEAR
        for record in definition.table(table)
        if is_amount(table, record)
    ]
