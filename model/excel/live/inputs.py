"""Every input that the calculation uses: as typed, as the subgroup, the scenario and the draw shown have it, in use."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.definition.addresses import addresses
from model.definition.one_subgroup import COUNTED
from model.definition.structure import STRUCTURE, STRUCTURES
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import choose, flag, number_in, total, where
from model.excel.inputs.layout import Place, TablePlace
from model.excel.live.admissible import Allowed
from model.excel.live.patients_shown import share_shown
from model.excel.live.stored_draws import DrawsAt
from model.excel.live.used import live_addresses
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page

NOW, RUN, CHANGED, SUBGROUP, SCENARIO, DRAW, IN_USE, ALLOWED, LOWEST, HIGHEST, WRONG, USUAL_FROM, USUAL_TO, UNUSUAL = range(
    3, 17
)


class InputsInUse:
    """``inputs["utilities.progressed"]`` is the cell that holds the value in use."""

    def __init__(self, report: Report, page: Page, draws: DrawsAt | None):
        assert report.layout is not None
        self.report, self.layout, self.definition = report, report.layout, report.definition
        self.draws = draws
        self._made: dict[str, Formula] = {}
        self.subgroup = self._control("subgroup")
        self.scenario = self._control("scenario")
        self.draw = self._control("psa_draw")
        self.groups, self.lines = _subgroup_lines(self, page), _scenario_lines(self, page)
        self.patients = (
            share_shown(self.definition, self.layout, page, self.subgroup, self.groups[0]) if self.groups else None
        )
        self.places = addresses(self.definition)
        self.table = GrowingTable(
            page,
            "Inputs in use",
            "One row per input that changes a deterministic result. 'In use' is what the calculation takes: the cell "
            "of the input sheet, or what the subgroup, the scenario or the draw has that the sheet Settings asks for: the "
            "subgroup first, the scenario on it, the draw on both. "
            "'Changed': 1 where the cell differs from the run. 'Not allowed': 1 where it holds what this input may not. "
            "'Unusual': 1 where it is allowed, and outside what is usual.",
            [
                PageColumn("Input", "text", 54),
                PageColumn("Input id", "text", 50),
                PageColumn("Unit", "text", 14),
                PageColumn("Input sheet", "any", 16),
                PageColumn("At the run", "any", 16),
                PageColumn("Changed", "plain", 10),
                PageColumn("In the subgroup", "any", 16),
                PageColumn("With the scenario", "any", 16),
                PageColumn("In the draw", "any", 16),
                PageColumn("In use", "any", 16),
                PageColumn("Words allowed", "text", 22),
                PageColumn("Lowest", "any", 13),
                PageColumn("Highest", "any", 13),
                PageColumn("Not allowed", "plain", 12),
                PageColumn("Usual from", "any", 12),
                PageColumn("Usual to", "any", 12),
                PageColumn("Unusual", "plain", 10),
            ],
        )
        words = InputWords(self.definition)
        self._n_unusual = 0
        for address in live_addresses(self.definition):
            self._add(address, words)
        self.changed = total(self.table.span(CHANGED))
        self.not_allowed = Formula(f"SUM({self.table.span(WRONG).text})", 0.0)
        self.unusual = Formula(f"SUM({self.table.span(UNUSUAL).text})", float(self._n_unusual))

    def __getitem__(self, address: str) -> Formula:
        return self._made[address]

    def __contains__(self, address: str) -> bool:
        return address in self._made

    def get(self, address: str, default: Formula | float) -> Formula | float:
        """The value in use, or a default where the definition does not list the input."""
        return self._made.get(address, default)

    def yes(self, address: str) -> Formula:
        """1 where a yes/no input is yes."""
        return flag(self[address].equals("yes"))

    def key(self, table: str, position: int, field: str) -> Formula:
        """A number by which a row of an input table is known: the input cell itself."""
        place = self.layout.tables[table].cell(position, field)
        value = getattr(self.definition.table(table)[position], field)
        return Formula(place.reference, float(value) if isinstance(value, int) else value)

    def keys(self, table: str, field: str) -> Formula:
        """All cells of one column of an input table."""
        records = self.definition.table(table)
        values = [getattr(r, field) for r in records]
        text = any(isinstance(v, str) or v is None for v in values)
        array = np.array(["" if v is None else v for v in values], dtype=object if text else float)
        return Formula(self.layout.tables[table].block(field).reference, array)

    def column(self, addresses_in_order: list[str]) -> Formula:
        """Neighbouring cells in use, which the addresses of one table and field are when their order is that of the
        table. Raises ValueError where they are not."""
        cells = [self[a] for a in addresses_in_order]
        first, last = cells[0].text, cells[-1].text
        rows = [int(c.text.rsplit("$", 1)[1]) for c in cells]
        if rows != list(range(rows[0], rows[0] + len(rows))):
            raise ValueError("the inputs do not stand below each other")
        values = [c.value for c in cells]
        text = any(isinstance(v, str) for v in values)
        return Formula(f"{first}:{last.rsplit('!', 1)[1]}", np.array(values, dtype=object if text else float))

    def _control(self, name: str) -> Formula:
        """A replay setting; 0 where the workbook has none."""
        if name not in self.layout.controls:
            return Formula("0", 0.0)
        return Formula(f"set_{name}", 0.0)

    def _add(self, address: str, words: InputWords) -> None:
        place = self.places[address]
        value = _stored(self._value(address))
        now = _now(self.layout.cells[address], place.column.default, value)
        row = self.table.at.n_rows
        typed = Formula(self.table.at.cell(row, NOW), value)
        changed = where(typed.differs(Formula(self.table.at.cell(row, RUN), value)), 1, 0)
        whole = typed if self.patients is None or address not in COUNTED else typed * self.patients
        in_subgroup = _shown_value(self.subgroup, self.groups, address, whole)
        subgroup_cell = Formula(self.table.at.cell(row, SUBGROUP), value)
        with_scenario = _shown_value(self.scenario, self.lines, address, subgroup_cell)
        scenario_cell = Formula(self.table.at.cell(row, SCENARIO), value)
        drawn, in_use = self._with_draw(address, row, scenario_cell)
        unit = self._unit(getattr(self._holder(address), "unit", "") or place.column.unit)
        self.table.add(
            words.of(address),
            address,
            unit,
            now,
            As(value, "any"),
            changed,
            in_subgroup,
            with_scenario,
            drawn,
            in_use,
            *self._allowed(address, row),
            *self._usual(address, row, value),
        )
        self._made[address] = self.table.cell(row, IN_USE)

    def _allowed(self, address: str, row: int) -> tuple[Any, ...]:
        """What the input may hold, and 1 where it holds something else."""
        place = self.places[address]
        record = None if place.table == "settings" else self.definition.table(place.table)[place.position]
        allowed = Allowed(place.column, self.definition, place.table, record)
        cells = (self.table.at.local(row, column) for column in (SCENARIO, ALLOWED, LOWEST, HIGHEST))
        wrong = allowed.wrong(*cells)
        return allowed.words, _shown(allowed.lowest), _shown(allowed.highest), "" if wrong is None else wrong

    def _usual(self, address: str, row: int, value: Any) -> tuple[Any, ...]:
        """Between which numbers the input usually lies, and 1 where it does not."""
        column = self.places[address].column
        low, high = column.unusual_below, column.unusual_above
        if low is None and high is None:
            return "", "", ""
        cell = self.table.at.local(row, SCENARIO)
        bounds = ((low, "<", USUAL_FROM), (high, ">", USUAL_TO))
        outside = [f"{cell}{sign}{self.table.at.local(row, place)}" for bound, sign, place in bounds if bound is not None]
        test = outside[0] if len(outside) == 1 else f"OR({','.join(outside)})"
        found = 1.0 if column.remark_on(value) else 0.0
        self._n_unusual += int(found)
        unusual = Formula(f"IF(ISNUMBER({cell}),IF({test},1,0),0)", found)
        return _shown(low), _shown(high), unusual

    def _unit(self, unit: str) -> str | Formula:
        """A unit; one of money names the currency of the sheet Settings as it is now."""
        currency = self.definition.settings.currency
        if currency not in unit.split():
            return unit
        text = f"SUBSTITUTE({formula_of(unit).text},{formula_of(currency).text},set_currency)"
        return Formula(text, unit)

    def _holder(self, address: str) -> Any:
        place = self.places[address]
        if place.table == "settings":
            return self.definition.settings
        record = self.definition.table(place.table)[place.position]
        return getattr(record, place.inside_block) if place.inside_block else record

    def _value(self, address: str) -> Any:
        return getattr(self._holder(address), self.places[address].field)

    def _with_draw(self, address: str, row: int, scenario_cell: Formula) -> tuple[Any, Formula]:
        if self.draws is None or address not in self.draws.inputs:
            return "", scenario_cell
        drawn = self.drawn(address)
        cell = Formula(self.table.at.cell(row, DRAW), "")
        return drawn, where(cell.equals(""), scenario_cell, cell)

    def drawn(self, column: str) -> Formula:
        """The value of one input in the draw shown; "" in the base case."""
        assert self.draws is not None
        span = self.draws.input_span(column)
        number = Formula(f"INDEX({span},{self.draw.text})", 0.0)
        if column == STRUCTURE:  # stored as a number
            number = choose(number + 1, *STRUCTURES)
        return where(self.draw.equals(0), "", number)


def _shown(bound: float | None) -> Any:
    return "" if bound is None else As(bound, "any")


def _stored(value: Any) -> Any:
    """An input value as its cell holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int) else value


def _now(place: Place, default: Any, value: Any) -> Formula:
    """The input cell; an empty one means its default, and stays empty where there is none."""
    cell = Formula(place.reference, value)
    empty = _stored(default)
    if isinstance(empty, float) and empty not in (0.0, 1.0, 2.0):
        raise ValueError(f"the default {empty} of an input has to stand in a cell")
    return where(Formula(f'{cell.text}=""', 1.0 if value == "" else 0.0), empty, cell)


def _shown_value(shown: Formula, lines: tuple[Formula, Formula] | None, address: str, otherwise: Formula) -> Formula:
    """The value that the subgroup or scenario shown has for an input; ``otherwise`` where it has none, or none is shown."""
    if lines is None:
        return otherwise
    keys, values = lines
    key = shown.then(f"|{address.removesuffix('.value')}")
    found = f"IFERROR(INDEX({values.text},MATCH({key.text},{keys.text},0)),{otherwise.text})"
    return where(shown.equals(0), otherwise, Formula(found, otherwise.value))


def _scenario_lines(inputs: InputsInUse, page: Page) -> tuple[Formula, Formula] | None:
    """Number, input and value of every scenario change; returns keys (number|input) and values."""
    records, place = inputs.definition.scenarios, inputs.layout.tables["scenarios"]
    if not records:
        return None
    explanation = (
        "The rows of the sheet Scenarios, with the number by which Settings asks for a scenario: counted by first "
        "appearance. Key: number and input id."
    )
    table = _table_of_changes(page, "Scenario changes", explanation, "Scenario id")
    numbers: dict[str, int] = {}
    for position in range(place.n_records + place.n_spare):
        record = records[position] if position < place.n_records else None
        name = record.id if record else ""
        if name:
            numbers.setdefault(name, len(numbers) + 1)
        row = table.at.n_rows
        own, first = table.at.local(row, 0), table.at.local(0, 0).replace("A", "$A$")
        above = f"{table.at.local(0, 2).replace('C', '$C$')}:{table.at.local(row - 1, 2)}" if row else "0"
        counted = f"COUNTIF({first}:{own},{own})=1"
        known = f"INDEX({above},MATCH({own},{first}:{table.at.local(max(row - 1, 0), 0)},0))" if row else "1"
        number = f'IF({own}="",0,IF({counted},MAX({above})+1,{known}))' if row else f'IF({own}="",0,1)'
        _add_change(table, place, position, "id", record, Formula(number, float(numbers.get(name, 0))))
    return table.span(4), table.span(3)


def _subgroup_lines(inputs: InputsInUse, page: Page) -> tuple[Formula, Formula] | None:
    """Number, input and value of every input that differs in a subgroup; returns keys (number|input) and values."""
    definition, layout = inputs.definition, inputs.layout
    if not definition.subgroups:
        return None
    ids = layout.tables["subgroups"].block("id").reference
    place = layout.tables["subgroup_changes"]
    explanation = (
        "The second table of the sheet Subgroups, with the number by which Settings asks for a subgroup: its place in the "
        "first table. Key: number and input id."
    )
    table = _table_of_changes(page, "Inputs that differ in subgroups", explanation, "Subgroup id")
    numbers = {group.id: float(number) for number, group in enumerate(definition.subgroups, start=1)}
    for position in range(place.n_records + place.n_spare):
        record = definition.subgroup_changes[position] if position < place.n_records else None
        own = table.at.local(table.at.n_rows, 0)
        number = f'IF({own}="",0,IFERROR(MATCH({own},{ids},0),0))'
        _add_change(table, place, position, "subgroup", record, Formula(number, numbers[record.subgroup] if record else 0.0))
    return table.span(4), table.span(3)


def _table_of_changes(page: Page, title: str, explanation: str, whose: str) -> GrowingTable:
    columns = [
        PageColumn(whose, "text", 54),
        PageColumn("Input id", "text", 50),
        PageColumn("Number", "plain", 14),
        PageColumn("New value", "any", 20),
        PageColumn("Key", "text", 48),
    ]
    return GrowingTable(page, title, explanation, columns)


def _add_change(table: GrowingTable, place: TablePlace, position: int, whose: str, record: Any, number: Formula) -> None:
    """One row of changes: id, input, number, value, key; ``record``: None for a row that is still empty."""
    name, target, value = (getattr(record, whose), record.input, record.value) if record else ("", "", "")
    cells = [place.cell(position, f).reference for f in (whose, "input", "value")]
    row = table.at.n_rows
    raw = cells[2]
    value_text = f'IF(ISTEXT({raw}),{number_in(raw)},IF({raw}="","",{raw}))'
    key_text = f'{table.at.local(row, 2)}&"|"&SUBSTITUTE(SUBSTITUTE({table.at.local(row, 1)}&"#",".value#","#"),"#","")'
    table.add(
        Formula(f'IF({cells[0]}="","",{cells[0]})', name),
        Formula(f'IF({cells[1]}="","",{cells[1]})', target),
        number,
        Formula(value_text, _scenario_value(value)),
        Formula(key_text, f"{number.value:g}|{target.removesuffix('.value')}"),
    )


def _scenario_value(value: Any) -> Any:
    """A scenario's new value as the sheet shows it: a number typed as text counts as a number."""
    stored = _stored(value)
    try:
        return float(stored) if stored != "" else ""
    except (TypeError, ValueError):
        return stored
