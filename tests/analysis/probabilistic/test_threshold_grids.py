"""Grids of willingness to pay hold the thresholds of the decision where they can be seen, however far away the ICER lies."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.probabilistic.psa import PSA, nice_grid
from model.excel.output import write_workbook
from model.figures.plane import plane
from model.figures.probabilistic import acceptability
from tests.helpers.output_models import small_output


@pytest.fixture
def psa_with_ratio(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], PSA]:
    """The draws of a small model, said to have an ICER of so many times the highest threshold of the decision."""
    psa: PSA = small_output("two arms").results["psa"]

    def made(times: float) -> PSA:
        monkeypatch.setattr(PSA, "icer", property(lambda self: times * max(self.definition.decision_thresholds())))
        return psa

    return made


@pytest.mark.parametrize("times", [0.5, 1.0, 4.0, 20.0, 100.0])
def test_thresholds_of_the_decision_lie_well_inside_one_of_the_grids(
    psa_with_ratio: Callable[[float], PSA], times: float
) -> None:
    psa = psa_with_ratio(times)
    assert psa.icer is not None
    whole, near = psa.threshold_grid(), psa.near_grid()
    highest = max(psa.definition.decision_thresholds())
    assert whole[-1] > highest and (times > 25 or whole[-1] > psa.icer)
    best = whole if near is None else near
    assert 0.2 <= highest / best[-1] <= 0.8


@pytest.mark.parametrize("times", [0.5, 20.0])
def test_the_figures_reach_and_mark_them(psa_with_ratio: Callable[[float], PSA], times: float) -> None:
    psa = psa_with_ratio(times)
    thresholds = sorted(psa.definition.decision_thresholds())
    for axis in acceptability(psa).axes:
        assert axis.get_xlim()[1] > max(thresholds)
        marks = sorted(float(line.get_xdata()[0]) for line in axis.lines if line.get_marker() == "v")
        assert marks == thresholds
    axis = plane(psa).axes[0]
    top, right = axis.get_ylim()[1], axis.get_xlim()[1]
    ends = sorted((float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in axis.lines if line.get_marker() == ">")
    assert [y / x for x, y in ends] == pytest.approx(thresholds, rel=1e-9)
    assert all(y <= top * (1 + 1e-9) and x <= right * (1 + 1e-9) for x, y in ends)


def test_the_native_charts_of_a_distant_ratio_have_a_line_at_each_threshold(
    psa_with_ratio: Callable[[float], PSA], tmp_path: Path
) -> None:
    psa = psa_with_ratio(20.0)
    path = tmp_path / "far.xlsx"
    write_workbook(path, base=base_case(psa.definition), psa=psa)
    file = zipfile.ZipFile(path)
    charts = [file.read(n).decode() for n in file.namelist() if n.startswith("xl/charts/chart")]
    curves = [c for c in charts if "(acceptability)" in c]
    assert len(curves) == 3  # on Answer, and on CEAC with and without what lies far beyond the thresholds
    n = len(psa.definition.decision_thresholds())
    assert all(c.count("per QALY</c:v>") == n for c in curves)


@pytest.mark.parametrize("top, n", [(1.0, 11), (3e5, 21), (4.2e6, 41), (200.0, 101)])
def test_a_grid_begins_at_zero_and_reaches_its_top_in_equal_steps(top: float, n: int) -> None:
    grid = nice_grid(top, n)
    assert len(grid) == n and grid[0] == 0 and top <= grid[-1] <= 2.51 * top
    assert np.diff(grid) == pytest.approx(grid[1], rel=1e-9)
