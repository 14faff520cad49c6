"""Distributions of uncertain inputs: whether they can be made from value, standard error, n and limits as typed.

They are drawn from when the model runs; but a value typed beyond what its own interval or distribution allows would be
refused there, so it is told here. The rules are those of ``Parameter.problem`` and ``Parameter.support_problem``.
"""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import TABLES, address_of
from model.definition.records.columns import Column, block_of
from model.definition.records.parameters import value_column
from model.definition.shares import is_share, mixes
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench

POSSIBLE = "A distribution can be made from the value, its standard error, n and limits"
ALLOWED = "A distribution draws only values that its column allows"
TOGETHER = "Shares of one mix are all fixed or all dirichlet, with one n"


def parameter_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """One row for each input with a distribution."""
    layout = bench.report.layout
    assert layout is not None
    for table, record_type in TABLES.items():
        block = block_of(record_type)
        if block is None:
            continue
        for position, record in enumerate(bench.definition.table(table)):
            cells = {
                f: layout.tables[table].cell(position, f).reference
                for f in ("value", "distribution", "standard_error", "sample_size", "low", "high")
            }
            where = address_of(table, record)
            yield POSSIBLE, where, Formula(_impossible(cells, is_share(record)), 0.0)
            column = value_column(block[1])
            if text := _beyond(cells, column):
                yield ALLOWED, where, Formula(text, 0.0)
    yield from _mixes(bench)


def _impossible(c: dict[str, str], shares: bool) -> str:
    d, v, se, n, low, high = (c[f] for f in ("distribution", "value", "standard_error", "sample_size", "low", "high"))
    no_limits, with_n = f'OR({low}="",{high}="")', f'IF({n}="",1,0)'
    parts = [
        f'IF(OR({d}="gamma",{d}="lognormal",{d}="normal"),IF({se}="",1,0),0)',
        f'IF(OR({d}="gamma",{d}="lognormal",{d}="lognormal_ratio"),IF({v}>0,0,1),0)',
        f'IF({d}="lognormal_ratio",IF({no_limits},IF({se}="",1,0),IF(AND({low}>0,{low}<{high}),0,1)),0)',
        f'IF({d}="uniform",IF({no_limits},1,IF({low}<{high},0,1)),0)',
        f'IF({d}="beta",IF(AND({v}>0,{v}<1),IF({se}="",IF({n}="",1,0),IF({se}*{se}<{v}*(1-{v}),0,1)),1),0)',
        f'IF({d}="dirichlet",{with_n if shares else "1"},0)',
        f"IF({no_limits},0,IF(AND({low}<={v},{v}<={high}),0,1))",
    ]
    return "+".join(parts)


def _beyond(c: dict[str, str], column: Column) -> str:
    """Whether one draw in a million leaves the limits, for distributions that can."""
    d, v, se = c["distribution"], c["value"], c["standard_error"]
    lowest = column.minimum if column.above is None else column.above
    parts = []
    if lowest in (0.0, 1.0, -1.0):
        sign = "<" if column.above is None else "<="
        bound = "-(1)" if lowest == -1.0 else f"{lowest:g}"
        parts.append(f'IF({d}="normal",IF({v}-one_in_a_million*{se}{sign}{bound},1,0),0)')
        parts.append(f'IF({d}="uniform",IF({c["low"]}{sign}{bound},1,0),0)')
    if column.maximum in (0.0, 1.0, 2.0):
        bound = f"{column.maximum:g}"
        ratio, variance = f"({v}/{se})", f"LN(1+({se}/{v})*({se}/{v}))"
        far = f"{v}*EXP(one_in_a_million*SQRT({variance})-{variance}/2)"
        parts.append(f'IF({d}="normal",IF({v}+one_in_a_million*{se}>{bound},1,0),0)')
        parts.append(f'IF({d}="uniform",IF({c["high"]}>{bound},1,0),0)')
        parts.append(f'IF({d}="lognormal",IF({far}>{bound},1,0),0)')
        parts.append(f'IF({d}="gamma",IF(_xlfn.GAMMA.INV(1-outside,{ratio}*{ratio},{se}*{se}/{v})>{bound},1,0),0)')
    return "+".join(parts)


def _mixes(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Kinds and n of the shares of treatments after progression, and of states at the start."""
    layout, definition = bench.report.layout, bench.definition
    assert layout is not None
    for mix in mixes(definition):
        if len(mix.rows) < 2:
            continue
        place = layout.tables[mix.table]
        kinds, sizes = ([place.cell(i, f).reference for i in mix.rows] for f in ("distribution", "sample_size"))
        known = "+".join(f'IF({k}="dirichlet",0,IF(OR({k}="fixed",{k}=""),0,1))' for k in kinds)
        drawn = [f'IF({k}="dirichlet",1,0)' for k in kinds]
        same = "+".join(f"ABS({drawn[0]}-{k})" for k in drawn[1:])
        one_n = "+".join(f"IF({sizes[0]}={n},0,1)" for n in sizes[1:])
        text = f'{known}+{same}+IF({kinds[0]}="dirichlet",{one_n},0)'
        where = "States at the start" if mix.table == "state_shares" else "Treatments after progression"
        yield TOGETHER, f"{where}: {mix.arm or 'all arms'}", Formula(text, 0.0)
