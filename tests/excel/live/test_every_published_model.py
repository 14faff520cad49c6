"""Every published model from its stored workbook: the main job with all analyses, its checks, and the live workbook verified.

Oracles: the digits of the sources (tests/published/) in the recalculated workbook; formualizer and Python for all else.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.cli import main
from model.excel import read_inputs
from tests.helpers.recalculated import Recalculated
from tests.published.all_models import MODELS

DRAWS = "50"
FAILED = {
    "heemod_end_of_cycle": {"P16"},  # a cycle of a year, counted at its end: another length of the cycle gives other results
    "hesim_psm": {"U4b"},  # the base case is the first of the draws, and may lie outside 95% of them
}
"""Verification tests of the model that fail as they should."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MODELS)
def test_all_analyses_and_the_live_workbook(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / name
    assert main([name, "--out", str(out), "--draws", DRAWS, "--quiet"]) == 0
    verified = pd.read_csv(out / "tables" / "verification_record.csv")
    assert set(verified.loc[verified["verdict"] == "fail", "test"]) == FAILED.get(name, set())
    path = out / f"{name}.xlsx"
    book = Recalculated(path, read_inputs(path))
    assert {d.result: d.difference(book.base) for d in MODELS[name].digits if abs(d.difference(book.base)) > d.allowed} == {}
    assert book.value("checks_failed") == 0.0
    assert main(["verify", str(path), "--draws", "5", "--quiet"]) == 0
