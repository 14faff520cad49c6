"""Options of the curves: which go together with a source, a reference arm, coefficients and survival tables."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import address_of
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, PIECEWISE, WITHOUT_DISTRIBUTION, Curve
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench
from model.excel.live.curves.table_cells import NOT_FITTED
from model.survival.distributions import STANDARD_NAMES
from model.survival.programs.programs import PROGRAMS, distributions_of, parametrisation

OPTIONS = "The options of a curve are those that its source can serve"
REFERENCE = "A relative effect, waning and a joint fit have a reference arm with a curve of its own"
POSITIVE = "Coefficients that are positive by definition are above 0"
SHARED = ("distribution", "cure", "parametrisation", "time_unit")
"""Options that arms which share coefficients have in common."""
TABLE_FALLS = "The survival of a table never rises, and its times do"
TABLE_REACHES = "A survival table before a tail reaches the month where it begins, with somebody left"
TABLE_LASTS = "A survival table in use reaches the horizon, or 0"


def curve_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """The rules of each curve."""
    for curve in bench.definition.curves:
        where = f"curves.{curve.arm}.{curve.endpoint}"
        yield OPTIONS, where, Formula(_options(bench, where), 0.0)
        yield REFERENCE, where, Formula(_reference(bench, curve), 0.0)
    yield from _coefficients(bench)
    yield from _survival_tables(bench)


def _options(bench: Bench, base: str) -> str:
    fields = ("source", "distribution", "cure", "mortality", "km_until", "fitted", "tail_clock")
    source, name, cure, mortality, km, fitted, clock = (bench.inputs[f"{base}.{f}"].text for f in fields)
    data = ",".join(f'{source}="{s}"' for s in FROM_DATA)
    fitting = f'OR({data},{source}="coefficients")'
    tailed = f"OR({data},{_is_one_of(source, NOT_FITTED)})" if _has_early_part(bench, base) else f"OR({data})"
    excess = f'OR({data},{source}="coefficients",{source}="relative_effect")'
    life_table = "1" if bench.definition.life_table else "0"
    parts = [
        f'IF({name}="",IF(OR({_is_one_of(source, WITHOUT_DISTRIBUTION)}),0,1),0)',
        f'IF({cure}="none",0,IF({name}="{PIECEWISE}",1,IF({fitting},0,1)))',
        f'IF({mortality}="excess",IF(AND({excess},{life_table}=1),0,1),0)',
        f'IF({km}="",0,IF(AND({tailed},{name}<>"{MODEL_AVERAGE}",OR({fitted}<>"jointly",{data})),0,1))',
        f'IF({clock}="restarts",IF(AND({source}="coefficients",{km}<>""),0,1),0)',
        f'IF({fitted}="jointly",IF(AND({fitting},{name}<>"{MODEL_AVERAGE}",{name}<>"{PIECEWISE}"),0,1),0)',
        f'IF(AND(OR({source}="evidence",{source}="coefficients"),{name}="{PIECEWISE}"),1,0)',
        f'IF({source}="evidence",IF(OR({_is_one_of(name, (*STANDARD_NAMES, MODEL_AVERAGE))}),0,1),0)',
    ]
    return "+".join(parts)


def _has_early_part(bench: Bench, base: str) -> bool:
    """Has the arm and endpoint of a curve something that a tail of coefficients or evidence can follow?"""
    d = bench.definition
    tables = (d.survival_tables, d.digitised, d.patient_data)
    return any(f"curves.{r.arm}.{r.endpoint}" == base for rows in tables for r in rows)


def _is_one_of(cell: str, words: tuple[str, ...]) -> str:
    return ",".join(f'{cell}="{word}"' for word in words)


def _reference(bench: Bench, curve: Curve) -> str:
    inputs, base = bench.inputs, f"curves.{curve.arm}.{curve.endpoint}"
    fields = ("source", "waning", "waning_start", "fitted", "reference_arm", "mortality", "effect", "km_until")
    source, waning, start, fitted, reference, mortality, effect, until = (inputs[f"{base}.{f}"].text for f in fields)
    relative, wanes = f'{source}="relative_effect"', f'OR({start}<>"",{waning}="treatment_end")'
    alone = f'AND({source}<>"relative_effect",{fitted}<>"jointly")'
    needed = f'OR({source}="relative_effect",{start}<>"",{waning}="treatment_end",AND({fitted}="jointly",{reference}<>""))'
    possible = []
    for other in bench.definition.curves:
        if other.endpoint == curve.endpoint and other.arm != curve.arm:
            own = f"curves.{other.arm}.{other.endpoint}"
            theirs = {f: inputs[f"{own}.{f}"].text for f in ("source", "mortality", "cure", "km_until", *SHARED)}
            alike = ",".join(f"{theirs[f]}={inputs[f'{base}.{f}'].text}" for f in SHARED)
            possible.append(
                f'AND({reference}="{other.arm}",{theirs["source"]}<>"relative_effect",{theirs["mortality"]}={mortality},'
                f'OR({effect}<>"cure_odds_ratio",{theirs["cure"]}<>"none",{alone}),'
                f'OR({mortality}<>"excess",IF({relative},OR({effect}<>"acceleration_factor",{theirs["km_until"]}=""),'
                f"OR(NOT({wanes}),{theirs['km_until']}={until}))),"
                f'OR({fitted}<>"jointly",AND({alike})))'
            )
    found = f"IF(OR({','.join(possible)}),0,1)" if possible else "1"
    return f"IF({needed},{found},0)"


def _coefficients(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Typed coefficients that must be above 0 in the distribution in use, as the program in use prints it."""
    for row in bench.definition.coefficients:
        base, address = f"curves.{row.arm}.{row.endpoint}", address_of("coefficients", row)
        if f"{base}.source" not in bench.inputs or address not in bench.inputs:
            continue
        source, selected, program = (bench.inputs[f"{base}.{f}"].text for f in ("source", "distribution", "parametrisation"))
        used = []
        for word in PROGRAMS:
            names = [n for n in distributions_of(word) if row.coefficient in parametrisation(word, n).positive]
            names = [n for n in names if row.candidate in (None, n)]
            if names:
                used.append(f'AND({program}="{word}",OR({_is_one_of(selected, (*names, MODEL_AVERAGE))}))')
        if used:
            in_use = f'AND({source}="coefficients",OR({",".join(used)}))'
            yield POSITIVE, address, Formula(f"IF({in_use},IF({bench.inputs[address].text}>0,0,1),0)", 0.0)


def _survival_tables(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Order of the rows of each table, and whether it lasts."""
    layout, definition = bench.report.layout, bench.definition
    assert layout is not None
    place = layout.tables["survival_tables"]
    for curve in definition.curves:
        rows = [i for i, r in enumerate(definition.survival_tables) if (r.arm, r.endpoint) == (curve.arm, curve.endpoint)]
        base = f"curves.{curve.arm}.{curve.endpoint}"
        if not rows:
            continue
        source, until = (bench.inputs[f"{base}.{f}"].text for f in ("source", "km_until"))
        whole = f'{source}="survival_table"'
        early = f'AND(OR({_is_one_of(source, NOT_FITTED)}),{until}<>"")'
        used = f"OR({whole},{early})"
        times, shares = ([place.cell(i, f).reference for i in rows] for f in ("time", "survival"))
        for k in range(1, len(rows)):
            after = ">" if definition.survival_tables[rows[k]].corner is None else "="
            holds = f"AND({times[k]}{after}{times[k - 1]},{shares[k]}<={shares[k - 1]})"
            yield TABLE_FALLS, f"{base}, row {k + 1}", Formula(f"IF({used},IF({holds},0,1),0)", 0.0)
        end = f"{bench.inputs['settings.horizon_years'].text}*months_per_year-1"
        lasts = f"OR({times[-1]}>={end},{shares[-1]}<=0)"
        yield TABLE_LASTS, base, Formula(f"IF({whole},IF({lasts},0,1),0)", 0.0)
        reaches = f"AND({times[-1]}>={until},{shares[-1]}>0)"
        yield TABLE_REACHES, base, Formula(f"IF({early},IF({reaches},0,1),0)", 0.0)
