"""Checks W14 and W15 of the output workbook: drawn curves beside the base case, and curves that are not identified."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from model.analysis import base_case, psa
from model.definition import Covariance, ModelDefinition
from model.excel.output import write_workbook
from tests.helpers.small_models import effect_curve, model, own_curve, settings, uncertain


def checks(definition: ModelDefinition, draws: int, folder: Path) -> dict[tuple[str, str], Any]:
    """The rows of W14 and W15 by id and curve, as stored in the workbook."""
    path = folder / "out.xlsx"
    write_workbook(path, base=base_case(definition), psa=psa(definition, draws, 5))
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = [r[:6] for r in book["Checks"].iter_rows(values_only=True) if r and r[0] in ("W16", "W17")]
    return {(str(r[0]), str(r[1]).partition("chance: ")[2]): r for r in rows}


def test_a_curve_that_its_draws_contradict_fails_a_check(tmp_path):
    curve, rows = own_curve("old", "os", "weibull", cure_fraction=0.2, shape=1.2, scale=30.0)
    covariance = tuple(
        Covariance(arm="old", endpoint="os", first=n, second=n, value=v)
        for n, v in (("cure_fraction", 43.0), ("shape", 0.01), ("scale", 0.01))
    )
    definition = model(
        [
            (dataclasses.replace(curve, cure="mixture"), rows),
            own_curve("old", "pfs", "exponential", rate=0.1),
            own_curve("new", "pfs", "exponential", rate=0.1),
            effect_curve("new", "os", "old", "weibull", uncertain(0.8, 0.05, "lognormal")),
        ],
        settings=settings(undetermined_curves="allow", horizon_years=10.0, cycle_days=91.0),
        covariance=covariance,
    )
    found = checks(definition, 300, tmp_path)
    open_curves = found["W17", ""]
    assert open_curves[2] == 1 and open_curves[4] == "FAILED"
    assert "cure fraction is not identified" in open_curves[5]
    assert found["W16", "Old: OS"][4] == "FAILED" and found["W16", "Old: PFS"][4] == "passed"
    distances = psa(definition, 300, 5).curves_against_base_case
    i = [c.endpoint + c.arm for c in distances.curves].index("osold")
    gap = abs(distances.mean[i] - distances.base[i])
    chance = 3 * distances.standard_error[i, int(gap.argmax())]
    assert found["W16", "Old: OS"][2] == pytest.approx(gap.max() - chance, abs=1e-9)
