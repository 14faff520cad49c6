"""Rules of a whole table: ages in order, tables that cover the patients' age, keys that stand once."""

from __future__ import annotations

from collections.abc import Iterator

from model.excel.formulas.formula import Formula, formula_of
from model.excel.inputs.layout import Place
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import NOTES, TABLES_OF_NOTES, FieldsSpec, TableSpec, essential_headers
from model.excel.live.bench import Bench
from model.excel.live.used import KEYS_USED

AGES = "Ages of the life table follow one another without a gap"
COVERED = "Life table and norms cover the age at time zero"
RISING = "Ages of the norms rise"
KEYS = "No row has another key than at the run (rows count from the next run on)"
DATA = "The data that curves are fitted to are those of the run, cell by cell"
HEADERS = "Headers of the input tables, and labels of their rows, are as the model knows them"
DATA_TABLES = ("patient_data", "digitised_sources", "digitised", "numbers_at_risk")
ONCE = "No threshold and no year of later discount rates stands twice"


def table_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """The rules of each table."""
    layout, definition, inputs = bench.report.layout, bench.definition, bench.inputs
    assert layout is not None
    yield from _as_at_the_run(bench)
    yield from _headers(bench)
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
        yield (COVERED, "utility_norms", Formula(f'IF({adjusted}="multiplicative",IF({age}>=MIN({ages}),0,1),0)', 0.0))
    for table, field in (("thresholds", "value"), ("discount_steps", "from_year")):
        place = layout.tables[table]
        cells_of = [place.cell(i, field).reference for i in range(len(definition.table(table)))]
        for i, a in enumerate(cells_of[:-1]):
            text = "+".join(f"IF({a}={b},1,0)" for b in cells_of[i + 1 :])
            yield ONCE, f"{table}, row {i + 1}", Formula(text, 0.0)


def _as_at_the_run(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Keys of rows, and the data of fitted curves: with others the sheets would not hold what they need."""
    for spec in (t for sheet in SHEETS for t in sheet.tables if isinstance(t, TableSpec)):
        if not bench.definition.table(spec.name) or spec.name in TABLES_OF_NOTES:
            continue
        for column in spec.columns:
            words = DATA if spec.name in DATA_TABLES else KEYS
            checked = spec.name in DATA_TABLES or (column.key and column.field not in KEYS_USED.get(spec.name, ()))
            if checked and column.field not in NOTES:
                cell = bench.report.differing[spec.name, column.field]
                yield words, f"{spec.title}: {column.header}", Formula(cell, 0.0)


def _headers(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    layout = bench.report.layout
    assert layout is not None
    for spec in (t for sheet in SHEETS for t in sheet.tables):
        place = layout.tables[spec.name]
        cells = {h: Place(place.sheet, place.header_row, place.column_of(h)) for h in essential_headers(spec)}
        if isinstance(spec, FieldsSpec):
            cells |= {c.header: Place(place.sheet, place.first_row + i, 0) for i, c in enumerate(spec.fields.values())}
        known = "+".join(f"IF(TRIM({at.reference})={formula_of(h).text},0,1)" for h, at in cells.items())
        yield HEADERS, f"{place.sheet}: {spec.title}", Formula(known, 0.0)
