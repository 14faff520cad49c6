"""Drop-downs, number checks and messages of input cells, made from a column's declaration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from xlsxwriter.worksheet import Worksheet

from model.definition.records.columns import Column

UNSAID_MAXIMUM = 1e6
LONGEST_LIST = 255  # characters of the words of a drop-down with their commas; Excel takes no more


def entry_rule(column: Column, first_cell: str) -> dict[str, Any] | None:
    """XlsxWriter's options of a data validation for cells of ``column``; None if nothing can be checked or said.

    ``first_cell``: address such as C7 of the first cell, for rules that are formulas.
    """
    rule = _condition(column, first_cell)
    if rule is None:
        if not column.help:
            return None
        rule = {"validate": "any"}
    else:
        allowed, kind = allowed_words(column), "stop"
        if column.refers_to and column.choices:
            kind = "warning"  # an id that was listed since is none of the words of the drop-down
        elif column.refers_to:
            allowed = "an id that is listed on its own sheet (pick it from the list)"
        optional = "" if column.required and column.default is None else " It may be left empty."
        rule.update(
            error_title="Not allowed", error_message=_short(f"This cell takes {allowed}.{optional}", 255), error_type=kind
        )
    if column.help:
        unit = f" [{column.unit}]" if column.unit else ""
        rule.update(input_title=_short(column.header, 32), input_message=_short(column.help + unit, 255))
    return rule


def allowed_words(column: Column) -> str:
    """What a cell takes, for the analyst's eye.

    A maximum that only keeps absurd numbers out goes unsaid, and rates read as they are shown: in per cent.
    """
    if column.kind == "number" and column.maximum is not None and column.maximum >= UNSAID_MAXIMUM:
        column = dataclasses.replace(column, maximum=None)
    if column.kind == "number" and column.number_format.endswith("%") and column.minimum is not None:
        if column.maximum is None:
            return f"a rate of at least {column.minimum:.0%}, such as 3% (0.03)"
        return f"a rate from {column.minimum:.0%} to {column.maximum:.0%}, such as 3% (0.03)"
    return column.allowed()


def apply_rule(
    sheet: Worksheet, column: Column, first_row: int, last_row: int, place: int, cells_of: Callable[[tuple[str, ...]], str]
) -> None:
    """Put the rule of ``column`` on the cells from ``first_row`` to ``last_row`` of the sheet's column ``place``.

    ``cells_of`` writes the words of a drop-down that are too many for the rule itself, and says in which cells.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell

    rule = entry_rule(column, xl_rowcol_to_cell(first_row, place))
    if rule is not None:
        if column.choices and len(",".join(column.choices)) > LONGEST_LIST:
            rule["source"] = f"={cells_of(column.choices)}"
        sheet.data_validation(first_row, place, last_row, place, rule)


def _condition(column: Column, cell: str) -> dict[str, Any] | None:
    if column.choices:
        return {"validate": "list", "source": list(column.choices)}
    if column.kind == "yes_no":
        return {"validate": "list", "source": ["yes", "no"]}
    if column.refers_to:
        # With blanks ignored, Excel accepts any text when the list itself has blank cells (the spare rows).
        return {"validate": "list", "source": f"=list_{column.refers_to}", "ignore_blank": False}
    if column.kind in ("number", "integer"):
        return _number(column, cell)
    return None


def _number(column: Column, cell: str) -> dict[str, Any]:
    kind = "decimal" if column.kind == "number" else "integer"
    low, high = column.minimum, column.maximum
    if column.above is not None and high is not None:
        return {"validate": "custom", "value": f"=AND(ISNUMBER({cell}),{cell}>{column.above!r},{cell}<={high!r})"}
    if column.above is not None:
        return {"validate": kind, "criteria": ">", "value": column.above}
    if low is not None and high is not None:
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {"validate": kind, "criteria": ">=", "value": low}
    if high is not None:
        return {"validate": kind, "criteria": "<=", "value": high}
    return {"validate": kind, "criteria": "between", "minimum": -1e300, "maximum": 1e300}


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def hint(column: Column) -> str:
    """The few words above a header: unit or allowed range, in brackets so that no reader takes them for data."""
    if column.kind == "yes_no":
        words = "yes / no"
    elif column.choices or column.refers_to:
        words = "list"
    elif column.kind in ("number", "integer"):
        words = ", ".join(part for part in (column.unit, _range(column)) if part)
    else:
        words = {"colour": "colour", "date": "year-month-day"}.get(column.kind, "")
    return f"[{words}]" if words else ""


def _range(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None and column.maximum <= 1000:
        return f"{column.minimum:g} to {column.maximum:g}"
    if column.above is not None:
        return f">{column.above:g}"
    return f"≥{column.minimum:g}" if column.minimum is not None else ""
