"""Scenarios and draws that the workbook shows when the sheet Settings names their number, beside Python's."""

from __future__ import annotations

import numpy as np

from model.analysis import base_case
from model.analysis.agreement import allowed_difference
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import edit, sample
from tests.helpers.output_models import N_SHIPPED_DRAWS
from tests.helpers.recalculated import Recalculated, differences


def wrong_scenarios(book: Recalculated, numbers: list[int]) -> dict[str, object]:
    """Scenarios, by name, that the workbook shows otherwise than Python calculates them, or whose checks fail."""
    changes = list(book.definition.scenario_changes().items())
    wrong: dict[str, object] = {}
    for k in numbers:
        name, change = changes[k - 1]
        edited = edit(book.definition, change)
        python = named_outputs(base_case(edited))
        with book.showing(scenario=k):
            found = differences(python, book.results(), allowed_difference(edited))
            if found or book.value("checks_failed"):
                wrong[name] = found or "a check fails"
    return wrong


def wrong_draws(book: Recalculated, numbers: list[int]) -> dict[int, object]:
    """The same for draws."""
    draws = sample(book.definition, N_SHIPPED_DRAWS, book.definition.settings.seed)
    wrong: dict[int, object] = {}
    for k in numbers:
        python = named_outputs(case_of_draw(book.definition, draws, k - 1))
        with book.showing(psa_draw=k):
            found = differences(python, book.results(), allowed_difference(book.definition))
            if found or book.value("checks_failed"):
                wrong[k] = found or "a check fails"
    return wrong


def evenly(n: int, of: int) -> list[int]:
    """``n`` numbers from 1 to ``of``, the first and the last among them."""
    return np.unique(np.linspace(1, of, n).round().astype(int)).tolist()
