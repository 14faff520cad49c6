"""A result column is declared once: no sheet, figure or command types its header, and each says what it means."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from model.analysis import columns
from model.result_columns import DICTIONARY, PLACE, UNIT, Table
from tests.helpers.imports import MODEL

MODULES = [importlib.import_module(f"{columns.__name__}.{m.name}") for m in pkgutil.iter_modules(columns.__path__)]
TABLES = [t for m in MODULES for found in vars(m).values() for t in (found.values() if isinstance(found, dict) else [found])]
TABLES = [*dict.fromkeys(t for t in TABLES if isinstance(t, Table)), DICTIONARY]
COLUMNS = list(dict.fromkeys(c for t in TABLES for c in t.declared))
HEADERS = {PLACE.sub("{}", c.header.partition(UNIT)[0]) for c in COLUMNS}
"""Headers without their units; what a run fills in as ``{}``."""
OF_THE_WORKBOOK = {
    *("Item", "Value", "Sheet", "Table", "Column", "Cell", "Purpose", "Remark", "Status", "Result", "Difference", "Model"),
    *("Study", "In words", "Cycle", "Years"),
}
"""Words that stand above columns of other tables too, such as the contents of a workbook."""
SHOWN_BY = ("excel/report", "excel/other_workbooks", "figures", "cli")
FILES = sorted(path for folder in SHOWN_BY for path in (MODEL / folder).rglob("*.py"))


PLACES = {
    "Column",
    "PageColumn",
    "add_column",
    "money_axis",
    "share_axis",
    "plain_axis",
    "log_axis",
    "set_xlabel",
    "set_ylabel",
}
"""Calls that are handed the header of a column or the words of an axis."""


def text_of(node: ast.expr) -> str:
    """A text typed in code; what is filled in as ``{}``; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def typed_headers(source: str) -> list[str]:
    """Headers of result columns that some code types where a header or the words of an axis are wanted."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = {
        text_of(argument)
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in PLACES
        for argument in call.args
    }
    return sorted(t for t in found if t.strip("{}, ") and re.sub(r", \{\}( per QALY)?$", "", t) in HEADERS - OF_THE_WORKBOOK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(MODEL).as_posix())
def test_no_header_is_typed_where_results_are_shown(path: Path) -> None:
    assert typed_headers(path.read_text(encoding="utf-8")) == []


def test_a_typed_header_is_found() -> None:
    typed = (
        'Column("Arm", "text")\nmoney_axis(axis, f"Incremental cost, {currency}")\nColumn(f"ICER, {c} per QALY", "money")\n'
    )
    assert typed_headers(typed) == ["Arm", "ICER, {} per QALY", "Incremental cost, {}"]
    assert typed_headers('"""Incremental cost"""\nColumn("Step of the search", "text")\nx = "Arm"\n') == []


def test_each_table_and_each_column_of_a_table_has_its_own_name() -> None:
    names = [t.name for t in TABLES]
    assert sorted(names) == sorted(set(names))
    for table in TABLES:
        of_table = [c.name for c in table.declared if c.name not in ("inmb at {threshold:g}",)]
        assert sorted(of_table) == sorted(set(of_table)), table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_column_says_what_it_means_in_words_of_its_own(table: Table) -> None:
    assert [c.name for c in table.declared if not c.help or c.help.lower() == c.header.lower()] == []
    assert [c.name for c in table.declared if c.help.endswith(".") or len(c.help) > 90] == []
