"""What the model does with a workbook: refuses it, or reads and runs it; told as plain data."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import model
from model.definition.problems import DefinitionError
from model.excel import InputError
from model.excel.inputs.drafts import FIELD_SPECS, read_book
from model.excel.inputs.schema import SHEETS, TABLE_SPECS
from model.excel.inputs.workbook_cells import address, read_grids
from tests.hostile.case import InputCell

MOST_LINES, LONGEST = 200, 1000
NO_NUMBER = re.compile(r"(?<![\w-])-?(nan|inf)\s*(QALY|per|USD|GBP|EUR|$)|(USD|GBP|EUR) -?(nan|inf)\b", re.MULTILINE)
OF_SCENARIOS = re.compile(r"\.scenarios|\.assumptions\[\d+\]\.scenario")


@dataclasses.dataclass
class Answer:
    """``what``: refused, accepted, refused late (not by the reader but by the calculation), or traceback.

    ``lines``: of a refusal; ``changed``: fields of the definition that differ from the untouched one, {path: (old, new)};
    ``wrong``: results that are no finite numbers, and warnings.
    """

    what: str
    lines: list[str] = dataclasses.field(default_factory=list)
    changed: dict[str, tuple[Any, Any]] = dataclasses.field(default_factory=dict)
    wrong: list[str] = dataclasses.field(default_factory=list)


def answer_to(path: Path, untouched: dict[str, Any], few: bool) -> Answer:
    """Read the workbook and run its base case. ``untouched``: the fields of the workbook that it was made from."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            definition = model.read_inputs(path)
        except (InputError, DefinitionError) as error:
            return Answer("refused", [str(p)[:LONGEST] for p in error.problems][:MOST_LINES])
        before, after = untouched, flat(definition)
        if few:
            before, after = ({k: v for k, v in d.items() if not OF_SCENARIOS.match(k)} for d in (before, after))
        changed = {
            key: (before.get(key, ...), after.get(key, ...))
            for key in {**before, **after}
            if before.get(key, ...) != after.get(key, ...)
        }
        try:
            wrong = _not_finite(model.base_case(definition))
        except (InputError, DefinitionError) as error:
            return Answer("refused late", [str(error)[:LONGEST]])
    wrong += sorted({f"{w.message}" for w in seen if issubclass(w.category, RuntimeWarning)})
    return Answer("accepted", changed=changed, wrong=wrong)


def _not_finite(base: Any) -> list[str]:
    totals = base.totals()
    numbers = totals.select_dtypes("number")
    found = [str(name) for name in numbers if not np.isfinite(numbers[name].to_numpy(float)).all()]
    return found + [match[0] for match in NO_NUMBER.finditer(base.summary())]


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every field of a definition by its path; of a table also how many records it has, as ``.drugs#``."""
    return dict(_flat(value, path))


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _flat(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list):
        yield f"{path}#", len(value)
        for position, member in enumerate(value):
            yield from _flat(member, f"{path}[{position}]")
    elif hasattr(value, "items"):
        for key, member in value.items():
            yield from _flat(member, f"{path}.{key}")
    else:
        yield path, value


def input_cells(path: Path) -> list[InputCell]:
    """Every cell of a workbook that an input is read from."""
    book = read_book(read_grids(path, [sheet.name for sheet in SHEETS]))
    cells = []
    for name, found in book.found.items():
        sheet = book.sheet_names[name]
        if name in FIELD_SPECS:
            fields = FIELD_SPECS[name]
            place = found.columns[fields.value_header]
            for field, row in book.field_rows[name].items():
                c = fields.fields[field]
                cells.append(
                    InputCell(sheet, address(row, place), name, field, c.kind, c.required, False, found.header_row, c.default)
                )
            continue
        columns = [c for c in TABLE_SPECS[name].columns if c.header in found.columns]
        cells += [
            InputCell(
                sheet,
                address(draft.row, found.columns[c.header]),
                name,
                c.field,
                c.column.kind,
                c.column.required,
                c.key,
                found.header_row,
                c.column.default,
            )
            for draft in book.drafts[name]
            for c in columns
        ]
    return cells
