"""Is what became of a hostile workbook right? Nothing wrong may pass in silence, and nothing right be lost."""

from __future__ import annotations

import re

from model.excel.inputs.schema import SHEETS
from tests.hostile.answers import Answer
from tests.hostile.bad_cells import NUMBERS
from tests.hostile.case import Case, Made

GOOD = (
    "refused: cell named",
    "refused: sheet named",
    "refused: file",
    "accepted: as typed",
    "accepted: default",
    "accepted: same",
    "accepted: any",
)
TO_LOOK_AT = ("refused: elsewhere", "accepted: look")
BAD = ("SUSPECT", "NOT FINITE", "TRACEBACK", "HANG", "MEMORY")
TABLES = {sheet.name: {table.name for table in sheet.tables} for sheet in SHEETS if sheet.may_be_missing}
WORDS = re.compile(
    r"\.(notes|source|label|description|comment|reason|unit|title|text|link|accessed|citation|limitations|setting)\b"
    r"|provenance"
)


def verdict(case: Case, made: Made, answer: Answer) -> str:
    """One of :data:`GOOD`, :data:`TO_LOOK_AT` and :data:`BAD`."""
    if answer.what in ("HANG", "MEMORY"):
        return answer.what
    if answer.what == "traceback":
        return "TRACEBACK"
    if answer.what == "refused late":
        return "SUSPECT"
    if answer.what == "refused":
        return _of_refusal(case, answer)
    if answer.wrong:
        return "NOT FINITE"
    return _of_cell(case, made, answer) if case.cell else _of_structure(case, answer)


def _of_refusal(case: Case, answer: Answer) -> str:
    text = "\n".join(answer.lines)
    if case.cell:
        if re.search(rf"{re.escape(case.cell.sheet)}!{case.cell.address}\b", text):
            return "refused: cell named"
        return "refused: sheet named" if f"{case.cell.sheet}!" in text else "refused: elsewhere"
    if case.kind == "file":
        return "refused: file"
    named = case.sheet and case.sheet.casefold() in text.casefold()
    return "refused: sheet named" if named else "refused: elsewhere"


def _of_structure(case: Case, answer: Answer) -> str:
    changed = answer.changed
    if not changed:
        return "accepted: same" if case.expect else "SUSPECT"
    if case.expect == "any":
        return "accepted: any"
    tables = {key.split("[")[0].rstrip("#") for key in changed}
    of_sheet = {table.lstrip(".") for table in tables} <= TABLES.get(case.sheet or "", set())
    if "fewer" in case.expect and (len(tables) == 1 or of_sheet):
        return "accepted: as typed"
    if "free text" in case.expect and all(WORDS.search(key) for key in changed):
        return "accepted: default"
    return "accepted: look" if "look" in case.expect or "free text" in case.expect else "SUSPECT"


def _of_cell(case: Case, made: Made, answer: Answer) -> str:
    """Exactly the changed input may have changed, to what was typed or, in an empty cell, to its default."""
    cell = case.cell
    assert cell is not None
    typed, old = (made.typed or "").strip(), (made.old or "").strip()
    number = cell.kind in ("number", "integer")
    if any(key.endswith("#") for key in answer.changed):
        return "SUSPECT"  # a record appeared or went
    if number and case.what not in NUMBERS and typed and made.old != made.typed and not _same_number(typed, old):
        return "SUSPECT"  # text, a date, an error taken as a number
    if not answer.changed:
        default = not typed and (cell.default is not None or not cell.required)
        same = typed in (old, "-") or _same_number(typed, old) or (cell.kind == "yes_no" and typed == "True")
        return "accepted: same" if same else "accepted: default" if default else "SUSPECT"
    new = [after for key, (_, after) in answer.changed.items() if f".{cell.field}" in key]
    if any(_is_typed(typed, value) for value in new):
        return "accepted: as typed" if len(answer.changed) <= 3 or cell.key else "accepted: look"
    if not typed and len(answer.changed) <= 2 and (not cell.required or cell.default is not None):
        return "accepted: default"
    return "SUSPECT"


def _is_typed(typed: str, value: object) -> bool:
    if isinstance(value, bool):
        return typed.casefold() in (("true", "yes", "1") if value else ("false", "no", "0"))
    if isinstance(value, str):
        return value in (typed, typed.replace("_x0007_", "\a")) or _same_number(typed, value)
    return _same_number(typed, str(value))


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one.casefold() == other.casefold() == "true"
