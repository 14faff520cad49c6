"""The rules by which the reader refuses a workbook, as formulas: one row for each rule and record, 1 where it is broken.

A reviewer who types what Python would refuse is told so in the workbook, not only when the model runs. Which refusals of
the definition stand here, and which cannot come about by an edit of a cell, is listed in
``tests/excel/inputs/test_refusals.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench
from model.excel.live.dosing import DrugCells
from model.excel.live.rules.left_over_cells import write_left_over
from model.excel.live.rules.of_cells import cell_rules
from model.excel.live.rules.of_curves import curve_rules
from model.excel.live.rules.of_evidence import evidence_rules, times_of_statistics
from model.excel.live.rules.of_parameters import parameter_rules
from model.excel.live.rules.of_prices import price_rules
from model.excel.live.rules.of_records import record_rules
from model.excel.live.rules.of_states import state_rules
from model.excel.live.rules.of_tables import table_rules
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page

Rule = tuple[str, str, Formula]
"""What must hold, where (a record), and a formula that is 0 where it does."""


@dataclasses.dataclass(frozen=True)
class RulesAt:
    """Rules in words with how often each is broken, and what is noted without being wrong, with how often it is found."""

    broken: list[tuple[str, Formula]]
    noted: list[tuple[str, Formula]]


def write_rules(bench: Bench, page: Page, drugs: dict[str, DrugCells]) -> RulesAt:
    """Write the sheet."""
    times = times_of_statistics(bench, page)
    table = GrowingTable(
        page,
        "Rules that the inputs keep",
        "What the model refuses when it reads a workbook, by the inputs in use. 1 or more: broken; the model would not run "
        "with these inputs, and the results shown are not to be used.",
        [PageColumn("What must hold", "text", 76), PageColumn("Where", "text", 52), PageColumn("Broken", "plain", 10)],
    )
    rows: dict[str, list[int]] = {}
    for words, where, formula in _by_rule(
        [
            *cell_rules(bench),
            *parameter_rules(bench),
            *evidence_rules(bench, times),
            *curve_rules(bench),
            *record_rules(bench, drugs),
            *price_rules(bench, drugs),
            *table_rules(bench),
            *state_rules(bench),
        ]
    ):
        rows.setdefault(words, []).append(table.add(words, where, formula))
    spans = {words: (numbers[0], numbers[-1]) for words, numbers in rows.items()}
    broken = [(words, Formula(f"SUM({table.span(2, *ends).text})", 0.0)) for words, ends in spans.items()]
    noted = write_left_over(bench, page)
    page.close()
    return RulesAt(broken, noted)


def _by_rule(rules: Iterable[Rule]) -> list[Rule]:
    """All records of a rule one after the other."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule[0], []).append(rule)
    return [rule for group in grouped.values() for rule in group]
