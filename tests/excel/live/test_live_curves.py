"""Curves of every make, recalculated from the workbook alone, give Python's results in the base case and in draws.

Oracle: formualizer, an independent engine that knows only the file. Slow; the families alone are in
test_live_families.py, the curves of the shipped models in test_live_model.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from model.analysis import base_case, psa
from model.analysis.agreement import ALLOWED, ALLOWED_GAMMA
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import sample
from model.excel.output import write_workbook
from tests.helpers.curve_models import CURVES
from tests.helpers.recalculated import Recalculated, differences

SEED = 3
N_DRAWS = 30


def written(name: str, folder: Path) -> Recalculated:
    definition = CURVES[name]()
    path = folder / "curves.xlsx"
    write_workbook(path, base=base_case(definition), psa=psa(definition, N_DRAWS, SEED))
    return Recalculated(path, definition)


def disagreements(book: Recalculated) -> dict[str, object]:
    """Cases whose results differ or whose checks fail. A draw may be of any candidate, so gamma curves among them."""
    draws = sample(book.definition, N_DRAWS, SEED)
    found: dict[str, object] = {"base case": differences(book.python, book.base, ALLOWED)}
    for k in range(1, N_DRAWS + 1):
        python = named_outputs(case_of_draw(book.definition, draws, k - 1))
        with book.showing(psa_draw=k):
            found[f"draw {k}"] = differences(python, book.results(), ALLOWED_GAMMA)
            if book.value("checks_failed"):
                found[f"checks, draw {k}"] = book.value("checks_failed")
    return {case: wrong for case, wrong in found.items() if wrong}


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_curves_of_every_make_agree_in_thirty_draws(name: str, tmp_path: Path) -> None:
    book = written(name, tmp_path)
    assert book.value("checks_failed") == 0.0
    assert disagreements(book) == {}
