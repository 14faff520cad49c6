"""Every input cell of the US output workbook, perturbed one by one, gives Python's results; so does every distribution.

In cycles of a quarter, which leave every input cell and every column of formulas but a tenth of the rows. Oracle:
formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

import pytest

from tests.helpers.output_models import recalculated
from tests.helpers.perturbations import MOVED_ELSEWHERE, NEEDS_DATA, Sweep, sweep

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found() -> Sweep:
    return sweep(recalculated("patina_us", "quarterly"))


def test_every_cell_gives_what_python_gives(found: Sweep) -> None:
    assert found.tried > 300
    assert found.wrong == []


def test_cells_of_every_column_move_a_result(found: Sweep) -> None:
    """All but those of curves from data, which test_live_curves.py moves."""
    assert NEEDS_DATA <= found.idle_columns <= NEEDS_DATA | MOVED_ELSEWHERE
