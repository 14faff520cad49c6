"""Whether an input may be what it is: the rules of the reader that a typing mistake breaks, as formulas.

Without them a word where a price belongs would count as a price of nothing. The reader knows more rules; what it
refuses and these sheets do not follow is told when the model runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from model.definition.labels import endpoint_words
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.columns import Column as InputColumn
from model.excel.formulas.formula import Formula

if TYPE_CHECKING:
    from model.excel.live.inputs import InputsInUse

AT_MOST_ONE = (("population", "female_share"), ("treatment", "share_treated"))
"""Rows of tables of amounts that are shares."""


class Allowed:
    """What an input may hold: words (between bars), or numbers from a lowest to a highest."""

    def __init__(self, column: InputColumn, definition: ModelDefinition, table: str, record: Any):
        self._column = column
        ids = [r.id for r in definition.table(column.refers_to)] if column.refers_to else []
        options = column.choices or (("yes", "no") if column.kind == "yes_no" else tuple(dict.fromkeys(ids)))
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
        else:
            return None
        empty = "1" if self._column.required and self._column.default is None else "0"
        return Formula(f'IF({value}="",{empty},{inner})', 0.0)


def broken_rules(inputs: InputsInUse) -> Iterator[tuple[str, Formula]]:
    """Rules between inputs, in words, with how often each is broken."""
    arms = [inputs[f"settings.{role}"].text for role in ("intervention", "comparator")]
    yield "The comparator is another arm than the intervention", _none(f"IF({arms[0]}={arms[1]},1,0)")
    definition = inputs.definition
    if definition.life_table:
        empty = f'SUMPRODUCT(({inputs.keys("life_table", "qx_male").text}="")*1)'
        needed = f'AND({inputs["population.female_share"].text}<1,{inputs["settings.hazard_floor"].text}="yes")'
        yield "Mortality of men is given where not all patients are women", _none(f"IF({needed},{empty},0)")
    for arm in (*definition.arm_ids, None):
        shares = [address_of("subsequent", r) for r in definition.subsequent if r.item == "share" and r.arm == arm]
        if shares:
            total = "+".join(inputs[address].text for address in shares)
            words = definition.arm(arm).short_label if arm else "all arms"
            yield (f"Shares of treatments after progression sum to 1: {words}", _none(f"IF(ABS({total}-1)>shares_sum,1,0)"))
    horizon, cycle = inputs["settings.horizon_years"].text, inputs["settings.cycle_days"].text
    short = f"IF({horizon}*days_per_year<{cycle}-time_tolerance,1,0)"
    yield "The horizon holds at least one cycle", _none(short)
    if definition.life_table:
        yield ("The life table reaches the age at the horizon, an old age, or a last row of 1", _none(_ends_early(inputs)))
    drugs = {d.id: d.label for d in definition.drugs}
    for curve in definition.curves:
        base = f"curves.{curve.arm}.{curve.endpoint}"
        kind, start, end = (inputs[f"{base}.{f}"].text for f in ("waning", "waning_start", "waning_end"))
        order = f'IF({end}="",IF({kind}="step",0,1),IF({end}<{start},1,0))'
        times = f'IF({start}="",IF({end}="",0,1),{order})'
        text = f'IF({kind}="treatment_end",IF({start}&{end}="",0,1),{times})'
        yield (
            f"Times of waning go together: {definition.arm(curve.arm).short_label}, {endpoint_words(curve.endpoint, drugs)}",
            _none(text),
        )


def _ends_early(inputs: InputsInUse) -> str:
    """1 where the life table, if it is used, ends with survivors before the age at the horizon and before old age."""
    definition = inputs.definition
    last = definition.life_table[-1].age
    age = inputs.key("life_table", len(definition.life_table) - 1, "age").text
    women, men = (inputs[f"life_table.{last}.{q}"].text for q in ("qx_female", "qx_male"))
    all_women = f'OR({inputs["population.female_share"].text}>=1,{men}="")'
    survivors = f"OR({women}<1,IF({all_women},FALSE,{men}<1))"
    end = f"{inputs['population.start_age'].text}+{inputs['settings.horizon_years'].text}"
    used = [f'{inputs["settings.hazard_floor"].text}="yes"']
    used += [f'{inputs[f"curves.{c.arm}.{c.endpoint}.mortality"].text}="excess"' for c in definition.curves]
    early = f"{age}<oldest_closing_age,{age}+1<{end}-time_tolerance"
    return f"IF(AND(OR({','.join(used)}),{survivors},{early}),1,0)"


def _none(text: str) -> Formula:
    """A count that is 0: the definition of the run was checked."""
    return Formula(text, 0.0)
