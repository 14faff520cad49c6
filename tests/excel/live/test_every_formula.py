"""Every formula of output workbooks, recalculated, gives the value that is stored with it (X8, X1).

Oracle: formualizer, an independent engine that knows only the file. LibreOffice does the same in .ci/office.py.
"""

from __future__ import annotations

import pytest

from tests.helpers.output_models import SMALL, shipped_output, small_recalculated
from tests.helpers.recalculated import Recalculated, compare_formulas
from tests.helpers.shipped import NAMES
from tests.helpers.small_runs import small_book


def test_formulas_of_the_starter_model_give_their_stored_values() -> None:
    book = small_book()
    found = compare_formulas(book.path, book)
    assert found.count > 10_000 and found.wrong == []


@pytest.mark.parametrize("name", SMALL)
def test_formulas_of_two_and_three_arms_give_their_stored_values(name: str) -> None:
    book = small_recalculated(name)
    found = compare_formulas(book.path, book)
    assert found.count > 5_000 and found.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_formulas_of_the_shipped_models_give_their_stored_values(name: str) -> None:
    made = shipped_output(name)
    found = compare_formulas(made.path, Recalculated(made.path, made.definition))
    assert found.count > 100_000 and found.wrong == []
