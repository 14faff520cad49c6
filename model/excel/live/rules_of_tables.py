"""Rules of a whole table: ages in order, tables that cover the patients' age, keys that stand once."""

from __future__ import annotations

from collections.abc import Iterator

from .bench import Bench
from .formula import Formula

AGES = "Ages of the life table follow one another without a gap"
COVERED = "Life table and norms cover the age at time zero"
RISING = "Ages of the norms rise"
ONCE = "No threshold and no year of later discount rates stands twice"


def table_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """The rules of each table."""
    layout, definition, inputs = bench.report.layout, bench.definition, bench.inputs
    assert layout is not None
    age = inputs["population.start_age"].text
    steps = {"life_table": ("age", AGES), "utility_norms": ("from_age", RISING)}
    for table, (field, words) in steps.items():
        n = len(definition.table(table))
        if n < 2:
            continue
        place = layout.tables[table]
        column = place.block(field).reference
        sheet, cells = column.rsplit("!", 1)
        first, last = cells.split(":")
        letter, top = first.rsplit("$", 1)
        bottom = int(last.rsplit("$", 1)[1])
        before = f"{sheet}!{letter}${top}:{letter}${bottom - 1}"
        after = f"{sheet}!{letter}${int(top) + 1}:{letter}${bottom}"
        test = f"{after}-{before}<>1" if table == "life_table" else f"{after}-{before}<=0"
        yield words, table, Formula(f"SUMPRODUCT(({test})*1)", 0.0)
    if definition.life_table:
        ages = layout.tables["life_table"].block("age").reference
        inside = f"AND({age}>=MIN({ages}),{age}<=MAX({ages}))"
        floor = inputs["settings.hazard_floor"].text
        yield COVERED, "life_table", Formula(f'IF({floor}="yes",IF({inside},0,1),0)', 0.0)
    if definition.utility_norms:
        ages = layout.tables["utility_norms"].block("from_age").reference
        adjusted = inputs["settings.age_adjustment"].text
        yield (
            COVERED, "utility_norms",
            Formula(f'IF({adjusted}="multiplicative",IF({age}>=MIN({ages}),0,1),0)', 0.0),
        )  # fmt: skip
    for table, field in (("thresholds", "value"), ("discount_steps", "from_year")):
        place = layout.tables[table]
        cells_of = [place.cell(i, field).reference for i in range(len(definition.table(table)))]
        pairs = [(a, b) for i, a in enumerate(cells_of) for b in cells_of[i + 1 :]]
        if pairs:
            yield ONCE, table, Formula("+".join(f"IF({a}={b},1,0)" for a, b in pairs), 0.0)
