"""Rules between inputs that an edit in the workbook may break, as formulas that count how often each is."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.checks.budget import SIDES
from model.definition.model_definition import address_of
from model.definition.records.names import endpoint_words
from model.definition.shares import mixes
from model.excel.formulas.formula import Formula
from model.excel.live.inputs import InputsInUse


def broken_rules(inputs: InputsInUse) -> Iterator[tuple[str, Formula]]:
    """Rules between inputs, in words, with how often each is broken."""
    arms = [inputs[f"settings.{role}"].text for role in ("intervention", "comparator")]
    yield "The comparator is another arm than the intervention", _none(f"IF({arms[0]}={arms[1]},1,0)")
    definition = inputs.definition
    if definition.life_table:
        empty = f'SUMPRODUCT(({inputs.keys("life_table", "qx_male").text}="")*1)'
        needed = f'AND({inputs["population.female_share"].text}<1,{inputs["settings.hazard_floor"].text}="yes")'
        yield "Mortality of men is given where not all patients are women", _none(f"IF({needed},{empty},0)")
    for mix in mixes(definition):
        total = "+".join(inputs[name].text for name in mix.ids(definition))
        what = "states at the start" if mix.table == "state_shares" else "treatments after progression"
        words = definition.arm(mix.arm).short_label if mix.arm else "all arms"
        yield (f"Shares of {what} sum to 1: {words}", _none(f"IF(ABS({total}-1)>shares_sum,1,0)"))
    for later in dict.fromkeys(definition.starting_later(definition.endpoints[0], arm) for arm in definition.arm_ids):
        if later:
            total = "+".join(inputs[name].text for name in later)
            yield "Some patients start in the first state", _none(f"IF({total}<1,0,1)")
    yield from _market_shares(inputs)
    if definition.subgroups:
        total = f"SUM({inputs.keys('subgroups', 'share').text})"
        yield "Shares of the subgroups sum to 1", _none(f"IF(ABS({total}-1)>shares_sum,1,0)")
    horizon, cycle = inputs["settings.horizon_years"].text, inputs["settings.cycle_days"].text
    short = f"IF({horizon}*days_per_year<{cycle}-time_tolerance,1,0)"
    yield "The horizon holds at least one cycle", _none(short)
    if definition.life_table:
        yield ("The life table reaches the age at the horizon, an old age, or a last row of 1", _none(_ends_early(inputs)))
    yield from _of_agencies(inputs)
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


def _market_shares(inputs: InputsInUse) -> Iterator[tuple[str, Formula]]:
    """Without and with the intervention, those who start in a year are shared out over the arms."""
    rows = inputs.definition.market_shares
    for field, header in SIDES.items():
        broken = []
        for year in sorted({row.year for row in rows}):
            cells = [inputs[f"{address_of('market_shares', row)}.{field}"].text for row in rows if row.year == year]
            broken.append(f"IF(ABS({'+'.join(cells)}-1)>shares_sum,1,0)")
        if broken:
            yield f"Market shares of each year sum to 1: {header}", _none("+".join(broken))


def _of_agencies(inputs: InputsInUse) -> Iterator[tuple[str, Formula]]:
    """What the shortfall and the stepped results need."""
    definition = inputs.definition
    groups = [f"patient_mix.{g.group}" for g in definition.patient_mix]
    if groups:
        total = "+".join(inputs[f"{g}.share"].text for g in groups)
        yield "Shares of the groups of patients sum to 1", _none(f"IF(ABS({total}-1)>shares_sum,1,0)")
    if definition.severity_bands and definition.life_table and definition.utility_norms:
        ages = [inputs[f"{g}.age"].text for g in groups] or [inputs["population.start_age"].text]
        first = f"MAX({inputs.key('life_table', 0, 'age').text},{inputs.key('utility_norms', 0, 'from_age').text})"
        end = f"{inputs.key('life_table', len(definition.life_table) - 1, 'age').text}+1"
        outside = "+".join(f"IF(OR({age}<{first},{age}>={end}),1,0)" for age in ages)
        yield "Life table and utility norms hold the ages of the shortfall", _none(outside)
    if definition.settings.stepped_results:
        empty = f'IF({inputs["settings.median_follow_up"].text}="",1,0)'
        yield "Stepped results have a median follow-up", _none(empty)


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
