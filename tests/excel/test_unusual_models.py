"""Models that are odd and valid get through to workbook and figures; remarks reach console and sheet Checks.

Every odd model (all curves tables, no drugs, certain inputs, equal or three arms, one cycle, no costs, nobody or everybody
dying) through every analysis, sheet and figure is the slow test; the model that stands here every time has several at once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from model.analysis import base_case, one_way, price_analyses, psa, scenarios, sensitivity, value_of_information
from model.analysis.all_analyses import all_tables
from model.analysis.analysis import Results
from model.cli.arguments import main
from model.definition import Arm, Curve, Drug, ModelDefinition, Product, Regimen, SurvivalTableRow, edit
from model.excel import write_inputs
from model.excel.inputs.layout import layout_of
from model.excel.output import write_run, write_workbook
from model.excel.template.template import template_definition
from model.figures import figures, write_figures
from model.figures.hazards import implied_mortality
from tests.helpers.small_models import (
    ARMS,
    effect_curve,
    fixed,
    model,
    monthly,
    own_curve,
    settings,
    uncertain,
    uncertain_curves,
    utilities,
)


def tables(**given: Any) -> ModelDefinition:
    """All curves are tables of survival: nothing about them is uncertain and none has a distribution."""
    curves, rows = [], []
    for arm, ratio in (("old", 1.0), ("new", 0.7)):
        for endpoint, rate in (("pfs", 0.04), ("os", 0.02)):
            curves.append((Curve(arm=arm, endpoint=endpoint, source="survival_table"), []))
            rows += [
                SurvivalTableRow(arm=arm, endpoint=endpoint, time=t, survival=(1 - rate) ** (ratio * t))
                for t in (0.0, 60.0, 240.0)
            ]
    return model(curves, survival_tables=tuple(rows), **given)


def same(rate_of_pfs: Any, rate_of_os: Any) -> list[Any]:
    """Both arms have the same curves."""
    rates = {"pfs": rate_of_pfs, "os": rate_of_os}
    return [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in rates.items()]


CARE = (monthly("free", "progression_free", uncertain(100.0, 20.0)), monthly("sick", "progressed", 300.0))
THIRD = Arm(id="third", label="Third treatment", short_label="Third", colour="#2CA02C")
MONTH = 30.4375 / 365.25
ODD: dict[str, Callable[[], ModelDefinition]] = {
    "all tables": lambda: tables(care=CARE),
    "no costs": lambda: model(uncertain_curves()),
    "costs of zero": lambda: model(uncertain_curves(), care=(monthly("free", "progression_free", 0.0),)),
    "everything certain": lambda: model(same(0.04, 0.02), care=(monthly("free", "progression_free", 9.0),)),
    "equal arms": lambda: model(same(uncertain(0.04, 0.004), uncertain(0.02, 0.002)), care=CARE),
    "three arms": lambda: model(
        [*uncertain_curves(), *(effect_curve("third", e, "old", "exponential", uncertain(0.75, 0.1)) for e in ("pfs", "os"))],
        arms=(*ARMS, THIRD),
        care=CARE,
    ),
    "one cycle": lambda: model(uncertain_curves(), settings=settings(horizon_years=MONTH), care=CARE),
    "two cycles": lambda: model(uncertain_curves(), settings=settings(horizon_years=2 * MONTH), care=CARE),
    "one drug": lambda: model(
        uncertain_curves(),
        drugs=(Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="x", schedule_days=28.0),),
        products=(Product(drug="pill", product="pack", contents=1.0, parameter=fixed(100.0)),),
        regimens=(Regimen(arm="new", drug="pill"),),
    ),
    "one utility certain": lambda: model(
        uncertain_curves(), utilities=utilities(uncertain(0.8, 0.05, "beta"), 0.6), care=CARE
    ),
    "progressed above": lambda: model(uncertain_curves(), utilities=utilities(uncertain(0.6, 0.05, "beta"), 0.9), care=CARE),
    "no utility": lambda: model(uncertain_curves(), utilities=utilities(0.0, 0.0), care=CARE),
    "nobody dies": lambda: model(same(1e-9, 1e-9), care=CARE),
    "everybody dies at once": lambda: model(same(1e6, 1e6), care=CARE),
    "nobody is progressed": lambda: model(same(0.02, 0.02), care=CARE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_an_odd_model_gets_through_everything(name: str, tmp_path: Path) -> None:
    definition = ODD[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        base, sampled, tornado = base_case(definition), psa(definition, 20, seed=1), one_way(definition)
        priced, known, moved = price_analyses(base, sampled), value_of_information(sampled), sensitivity(tornado, sampled, 64)
        made = Results(base, tornado, scenarios(definition), sampled, priced, known, moved)
        assert base.summary() and sampled.summary()
        write_run(tmp_path / "odd.xlsx", made)
        write_figures(figures(*made), tmp_path)
        for make in all_tables(made).values():
            make()


def test_a_model_of_tables_without_costs_has_a_workbook_and_its_remarks_stand_on_checks(tmp_path: Path) -> None:
    definition = tables(
        care=(monthly("free", "progression_free", 0.0),),
        utilities=utilities(uncertain(0.6, 0.05, "beta"), 0.7),
        settings=settings(discount_rate_costs=0.12, horizon_years=10.0),
    )
    file = tmp_path / "tables.xlsx"
    write_workbook(file, base=base_case(definition), psa=psa(definition, 4, seed=1))
    sheet = openpyxl.load_workbook(file, data_only=True, read_only=True)["Checks"]
    rows = [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert not [row for row in rows if "FAILED" in row]
    (unusual,) = [row for row in rows if row[:1] == ["W18"]]
    assert float(unusual[2]) == 1.0 and unusual[3] == "noted"
    text = "\n".join(" | ".join(row) for row in rows)
    assert "0.12 is above 0.1" in text and "held at or below" in text and "no uncertainty" in text


def test_mortality_of_a_single_cycle_can_be_drawn() -> None:
    definition = model(uncertain_curves(), settings=settings(horizon_years=366 / 365.25, cycle_days=366.0))
    assert implied_mortality(base_case(definition)).axes


def test_check_prints_remarks_by_sheet_and_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_inputs(edit(template_definition(), {"settings.discount_rate_costs": 0.12}), tmp_path / "rate.xlsx")
    assert main(["check", str(tmp_path / "rate.xlsx")]) == 0
    printed = capsys.readouterr().out
    assert "1 remark (allowed, and worth a look):" in printed
    cell = layout_of(template_definition()).cells["settings.discount_rate_costs"].a1
    assert f"Settings!{cell} 'Discount rate, costs': 0.12 is above 0.1, which is unusual" in printed
