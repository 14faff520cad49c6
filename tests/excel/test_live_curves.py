"""Curves of every make, recalculated from the workbook alone, give Python's results in the base case and in draws.

Oracle: formualizer, an independent engine that knows only the file. A few makes here, all of them among the slow tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from curve_models import CURVES
from recalculated import Recalculated, differences

from model.analysis import base_case, psa
from model.analysis.base_case import case_of_draw
from model.analysis.named_outputs import named_outputs
from model.analysis.verification import ALLOWED, ALLOWED_GAMMA
from model.definition import sample
from model.excel.output import write_workbook

SEED = 3
FEW = ("time stretched, spline",)


def written(name: str, folder: Path, n_draws: int) -> Recalculated:
    definition = CURVES[name]()
    path = folder / "curves.xlsx"
    write_workbook(path, base=base_case(definition), psa=psa(definition, n_draws, SEED))
    return Recalculated(path, definition)


def disagreements(book: Recalculated, n_draws: int, shown: list[int]) -> dict[str, object]:
    """Cases whose results differ or whose checks fail. A draw may be of any candidate, so gamma curves among them."""
    draws = sample(book.definition, n_draws, SEED)
    found: dict[str, object] = {"base case": differences(book.python, book.base, ALLOWED)}
    for k in shown:
        python = named_outputs(case_of_draw(book.definition, draws, k - 1))
        with book.showing(psa_draw=k):
            found[f"draw {k}"] = differences(python, book.results(), ALLOWED_GAMMA)
            if book.value("checks_failed"):
                found[f"checks, draw {k}"] = book.value("checks_failed")
    return {case: wrong for case, wrong in found.items() if wrong}


@pytest.mark.parametrize("name", FEW)
def test_curves_of_this_make_agree(name: str, tmp_path: Path) -> None:
    book = written(name, tmp_path, n_draws=10)
    assert book.value("checks_failed") == 0.0
    assert disagreements(book, 10, [1, 4, 10]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_curves_of_every_make_agree_in_thirty_draws(name: str, tmp_path: Path) -> None:
    book = written(name, tmp_path, n_draws=30)
    assert book.value("checks_failed") == 0.0
    assert disagreements(book, 30, list(range(1, 31))) == {}
