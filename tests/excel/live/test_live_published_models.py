"""The live workbooks of the published models, recalculated, give the digits of their sources; those of few cycles.

Oracles: the digits of the sources (tests/published/), and formualizer, an engine that knows only the file. The longer models
and every analysis: test_every_published_model.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from model.analysis.agreement import ALLOWED
from tests.helpers.recalculated import differences, written_book
from tests.published.all_models import MODELS

MOST_CYCLES = 300
SHORT = [name for name, published in MODELS.items() if published.define().settings.n_cycles <= MOST_CYCLES]


def test_some_are_short_and_some_are_long() -> None:
    assert 3 <= len(SHORT) < len(MODELS)


@pytest.mark.parametrize("name", SHORT)
def test_the_live_workbook_gives_the_digits(name: str, tmp_path: Path) -> None:
    book = written_book(tmp_path, MODELS[name].define())
    off = {d.result: d.difference(book.base) for d in MODELS[name].digits if abs(d.difference(book.base)) > d.allowed}
    assert off == {}
    assert book.value("checks_failed") == 0.0
    assert differences(book.python, book.base, ALLOWED) == {}
