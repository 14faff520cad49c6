"""Rules within one record: utilities, drugs, care, treatment, population."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from model.definition.model_definition import address_of
from model.definition.records.care import ANY_STATE
from model.definition.records.health import ON_TREATMENT, Utility
from model.definition.records.settings import BY_DEATH_SHARE
from model.definition.utility_periods import rows_of
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench
from model.excel.live.dosing import DrugCells
from model.excel.live.utility_periods import by_time

ONE_UTILITY = "Exactly one utility each of progression_free and progressed: rows keep their state"
ONE_OF_EACH = "Exactly one utility of each state of the sheet States: rows keep their state"
UTILITY_HOLDS = "In every state one utility holds at each time"
UTILITY_MONTHS = "A utility that holds for a part of the time ends after it begins"
UTILITIES = "An increment is for on_treatment, with its drug; a decrement is for progressed and not negative"
CARE = "Care on treatment has its drug, care every so many days its interval; 'once' goes with its time"
CARE_DAYS = "First and last day of care: the first of a cost that accrues, the last of one that recurs, and after the first"
AT_DEATH = "Costs of deaths in one state by the death share: every arm has a death share"
DOSE_DAYS = "Days of a schedule lie within it, and each stands once"
OWN_CURVE = "A drug given until its own curve has one"
DECISION = "At least one threshold has the role 'decision'"
ABOVE_ZERO = "Means of weight and body surface, and hazard ratios of stopping, are above 0"


def record_rules(bench: Bench, drugs: dict[str, DrugCells]) -> Iterator[tuple[str, str, Formula]]:
    """The rules of each record."""
    yield from _utilities(bench)
    yield from _care(bench)
    yield from _at_death(bench)
    for drug in drugs.values():
        days = drug.days.text
        first = days.split(":")[0]
        sheet, corner = first.rsplit("!", 1)
        column, row = corner.rsplit("$", 1)
        cells = [f"{sheet}!{column}${int(row) + k}" for k in range(len(drug.days.value))]
        twice = "".join(f'+IF({after}="",0,IF({after}={before},1,0))' for before, after in pairwise(cells))
        whole = "".join(f'+IF({c}="",0,IF(INT({c})={c},0,1))' for c in cells)
        within = f"IF(AND(MIN({days})>=1,MAX({days})<={drug.schedule.text}),0,1)"
        yield DOSE_DAYS, f"drugs.{drug.drug.id}.dose_days", Formula(f"{within}{twice}{whole}", 0.0)
    for regimen in bench.definition.regimens:
        if bench.definition.curve(regimen.arm, regimen.own_curve or regimen.drug) is None:
            base = address_of("regimens", regimen)
            yield OWN_CURVE, base, Formula(f'IF({bench.inputs[f"{base}.until"].text}="own_curve",1,0)', 0.0)
    layout = bench.report.layout
    assert layout is not None
    roles = layout.tables["thresholds"].block("role", rows="all").reference
    yield DECISION, "thresholds", Formula(f'IF(COUNTIF({roles},"decision")>=1,0,1)', 0.0)
    for person in bench.definition.population:
        if person.item in ("weight_mean", "bsa_mean"):
            address = address_of("population", person)
            yield ABOVE_ZERO, address, Formula(f"IF({bench.inputs[address].text}>0,0,1)", 0.0)
    for item in bench.definition.treatment:
        if item.item == "hazard_ratio":
            address = address_of("treatment", item)
            yield ABOVE_ZERO, address, Formula(f"IF({bench.inputs[address].text}>0,0,1)", 0.0)


def _utilities(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    inputs, definition = bench.inputs, bench.definition
    living = [state.id for state in definition.living_states]

    def decreases(state: str) -> str:
        after = [f'{state}="{name}"' for name in living[1:]]
        return after[0] if len(after) == 1 else f"OR({','.join(after)})"

    for row in definition.utilities:
        base = address_of("utilities", row)
        state, given, drug = (inputs[f"{base}.{f}"].text for f in ("state", "given_as", "drug"))
        on = f'{state}="on_treatment"'
        text = (
            f'IF({on},IF(AND({drug}<>"",{given}="increment"),0,1),IF({given}="increment",1,0))'
            f'+IF({given}="decrement",IF(AND({decreases(state)},{inputs[base].text}>=0),0,1),0)'
        )
        yield UTILITIES, base, Formula(text, 0.0)
        begins, ends = _months(bench, row)
        yield UTILITY_MONTHS, base, Formula(f'IF({ends}="",0,IF({ends}>{begins},0,1))', 0.0)
        if row.state == ON_TREATMENT:
            yield _one(bench), base, Formula(f"IF({on},0,1)", 0.0)
    told = set()
    for state in living:
        for arm in definition.arm_ids:
            rows = tuple(rows_of(definition, state, arm))
            if rows not in told:
                told.add(rows)
                yield from _one_utility(bench, state, rows)


def _one(bench: Bench) -> str:
    return ONE_OF_EACH if bench.definition.states else ONE_UTILITY


def _one_utility(bench: Bench, state: str, rows: tuple[Utility, ...]) -> Iterator[tuple[str, str, Formula]]:
    """At the start, and wherever a row begins or ends within the horizon, one of the rows of a state holds."""
    horizon = f"{bench.inputs['settings.horizon_years'].text}*months_per_year"
    cells = []
    for row in rows:
        own = bench.inputs[f"{address_of('utilities', row)}.state"].text
        yield _one(bench), address_of("utilities", row), Formula(f'IF({own}="{state}",0,1)', 0.0)
        cells.append(_months(bench, row))
    if len(rows) == 1 and not by_time(bench.definition, rows):
        return
    times = ["0", *(begins for begins, _ in cells), *(f'IF({ends}="",0,{ends})' for _, ends in cells)]
    for row, time in zip((rows[0], *rows, *rows), times, strict=True):
        held = "+".join(f'IF({begins}<={time},IF({ends}="",1,IF({ends}>{time},1,0)),0)' for begins, ends in cells)
        yield UTILITY_HOLDS, address_of("utilities", row), Formula(f"IF({time}<{horizon},IF({held}=1,0,1),0)", 0.0)


def _months(bench: Bench, row: Utility) -> tuple[str, str]:
    """From which month on a row holds, and until before which one ("" to the end)."""
    begins, ends = (bench.inputs[f"{address_of('utilities', row)}.{f}"].text for f in ("from_month", "until_month"))
    return f'IF({begins}="",0,{begins})', ends


def _care(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    for row in bench.definition.care:
        base = address_of("care", row)
        during, drug, frequency, interval = (
            bench.inputs[f"{base}.{f}"].text for f in ("during", "drug", "frequency", "interval_days")
        )
        once = f'OR({during}="at_start",{during}="at_progression")'
        text = (
            f'IF(AND({during}="on_treatment",{drug}=""),1,0)+IF(AND({frequency}="every_days",{interval}=""),1,0)'
            f'+IF({during}="on_treatment",0,IF({once},IF({frequency}="once",0,1),IF({frequency}="once",1,0)))'
        )
        yield CARE, base, Formula(text, 0.0)
        begins, ends = (bench.inputs[f"{base}.{f}"].text for f in ("from_day", "until_day"))
        text = (
            f'IF(AND({begins}<>"",OR({frequency}="every_days",{frequency}="once")),1,0)'
            f'+IF(AND({ends}<>"",{frequency}="once"),1,0)'
            f'+IF({ends}="",0,IF({ends}>IF({begins}="",0,{begins}),0,1))'
        )
        yield CARE_DAYS, base, Formula(text, 0.0)


def _at_death(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Which rows of death_share there are is a matter of the run."""
    definition, rule = bench.definition, bench.inputs["settings.deaths_by_state"].text
    lacking = any(definition.progression_row("death_share", arm) is None for arm in definition.arm_ids)
    for item in definition.end_of_life if lacking else ():
        base = address_of("end_of_life", item)
        state = bench.inputs[f"{base}.state"].text
        yield AT_DEATH, base, Formula(f'IF(AND({rule}="{BY_DEATH_SHARE}",{state}<>"{ANY_STATE}"),1,0)', 0.0)
