"""The settings that model/guide/reproduce.md names for each tool give the tool's digits: read from the page, then run.

Oracles: digits printed with heRoMod's, DARTH's and hesim's own models (see tests/engine/test_published_examples.py and
test_hesim.py for their origins), and, where a program prints none, its arithmetic written here as a plain loop over rows.
"""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pytest

from model.analysis import base_case
from model.definition import (
    Care,
    EndOfLife,
    LifeTableRow,
    ModelDefinition,
    PopulationItem,
    Progression,
    base_case_draws,
    edit,
)
from model.definition.records.arms import Regimen
from model.definition.records.columns import columns_of
from model.definition.records.drugs import Drug, Product
from model.definition.records.settings import Settings
from model.engine import Outcomes, evaluate
from tests.helpers.hesim_models import assert_equals_hesim, evaluated, with_its_draws
from tests.helpers.recalculated import as_typed
from tests.helpers.small_models import fixed, model, monthly, own_curve, published_example_a, settings
from tests.published import darth_psm

PAGE = (Path(__file__).resolve().parents[2] / "model" / "guide" / "reproduce.md").read_text(encoding="utf-8")
FIELDS = {column.header: name for name, column in columns_of(Settings).items()}
TOOLS = ("An Excel template", "heRoMod", "heemod", "hesim", "TreeAge", "An R script")
RATE = 0.035


def of_page(tool: str, **more: str) -> dict[str, str]:
    """The settings of a section of the page, by address."""
    section = PAGE.partition(f"\n## {tool}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", section, re.MULTILINE)
    found = {f"settings.{FIELDS[header.strip()]}": value for header, value in rows}
    assert found
    return found | {f"settings.{name}": value for name, value in more.items()}


def outcomes(definition: ModelDefinition) -> Outcomes:
    return evaluate(definition, base_case_draws(definition))


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_has_settings_that_a_model_takes(tool: str) -> None:
    wanted = of_page(tool, hazard_floor="no")
    found = edit(published_example_a(), wanted).settings
    in_force = {address: as_typed(getattr(found, address.removeprefix("settings."))) for address in wanted}
    assert {address: str(value).removesuffix(".0") for address, value in in_force.items()} == wanted


# ---- printed digits ------------------------------------------------------------------------------------------------------


def test_heromod() -> None:
    plain = edit(published_example_a(), {"settings.accrual": "left", "settings.discounting": "continuous"})
    base = base_case(edit(plain, of_page("heRoMod")))
    np.testing.assert_allclose(base.outcomes.total_qalys[0], [3.717437170770, 4.654098342796], rtol=1e-9)
    np.testing.assert_allclose(base.outcomes.total_costs[0], [151877.593528709, 573113.986921330], rtol=1e-9)
    assert base.icer == pytest.approx(449721.207597, rel=1e-9)


def test_r_script_of_darth() -> None:
    plain = edit(darth_psm.definition(), {"settings.accrual": "trapezoid", "settings.crossing": "cap_pfs"})
    found = outcomes(edit(plain, of_page("An R script")))
    assert found.total_qalys[0, 0] == pytest.approx(4.733222292, abs=5e-10)
    assert found.total_costs[0, 0] == pytest.approx(22375.4364, abs=5e-5)


def test_hesim_draw_by_draw() -> None:
    """A model of hesim's with the conventions of the page alone; without them it differs."""
    plain, draws = with_its_draws("mixed", 0.03)
    assert_equals_hesim(evaluated(edit(plain, of_page("hesim")), draws), "mixed", 0.03)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_equals_hesim(evaluated(plain, draws), "mixed", 0.03)


# ---- arithmetic of a program, row by row ---------------------------------------------------------------------------------

PFS, OS = 0.06, 0.025  # hazards per month
YEARS = 5


def monthly_model() -> ModelDefinition:
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", PFS), ("os", OS))]
    return model(
        curves,
        settings=settings(horizon_years=float(YEARS), discount_rate_costs=RATE, discount_rate_effects=RATE),
        care=(monthly("care", "progression_free", 300.0), monthly("late", "progressed", 700.0)),
    )


def counted(start: float, end: float, method: str) -> float:
    return {"beginning": start, "end": end, "life-table": (start + end) / 2}[method]


@pytest.mark.parametrize(
    ("method", "linear", "first", "changes"),
    [
        ("life-table", False, False, {}),
        ("life-table", True, False, {"discounting": "per_period"}),
        ("beginning", False, False, {"accrual": "left"}),
        ("end", False, False, {"accrual": "right_factor_of_start"}),
        ("end", False, True, {"accrual": "right"}),
    ],
)
def test_heemod(method: str, linear: bool, first: bool, changes: dict[str, str]) -> None:
    """Cycle k of 1 to 60 with the counts of its method over (1 + r)^((k - 1) / 12), in whole years unless linear; from the
    first cycle on where asked."""
    cost = 0.0
    for k in range(1, 12 * YEARS + 1):
        free, alive = (counted(math.exp(-h * (k - 1)), math.exp(-h * k), method) for h in (PFS, OS))
        years = (k - (0 if first else 1)) / 12
        cost += (300 * free + 700 * (alive - free)) / (1 + RATE) ** (years if linear else math.trunc(years))
    found = outcomes(edit(monthly_model(), of_page("heemod", **changes)))
    assert found.total_costs[0, 0] == pytest.approx(cost, rel=1e-12)


@pytest.mark.parametrize(("half_cycle", "changes"), [(True, {}), (False, {"accrual": "left"})])
def test_treeage(half_cycle: bool, changes: dict[str, str]) -> None:
    """Stages 0 to 60: rewards of those in a state at the stage; with the correction half of the first and of the last."""
    last = 12 * YEARS
    cost = 0.0
    for k in range(last + 1 if half_cycle else last):
        reward = 0.5 if half_cycle and k in (0, last) else 1.0
        free, alive = math.exp(-PFS * k), math.exp(-OS * k)
        cost += reward * (300 * free + 700 * (alive - free)) / (1 + RATE) ** (k / 12)
    found = outcomes(edit(monthly_model(), of_page("TreeAge", **changes)))
    assert found.total_costs[0, 0] == pytest.approx(cost, rel=1e-12)


# ---- a spreadsheet -------------------------------------------------------------------------------------------------------

AGE, WEEKS = 60.5, 52 * YEARS
DEATH_PER_YEAR = {60 + k: 0.30 + 0.05 * k for k in range(YEARS + 2)}  # so high that the floor binds every week
PACK, SCAN, SWITCH, DYING = 500.0, 80.0, 9000.0, 4000.0


def weekly_model() -> ModelDefinition:
    """A pill every three weeks until progression, a scan every week, the next treatment at progression, a cost of dying."""
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", PFS), ("os", OS))]
    people = (
        PopulationItem(item="start_age", parameter=fixed(AGE)),
        PopulationItem(item="female_share", parameter=fixed(1.0)),
    )
    table = tuple(LifeTableRow(age=age, qx_female=q, qx_male=None) for age, q in DEATH_PER_YEAR.items())
    visit = {"frequency": "every_days", "interval_days": 7.0, "first_day": 0.0}
    return model(
        curves,
        settings=settings(
            horizon_years=float(YEARS), discount_rate_costs=RATE, discount_rate_effects=RATE, hazard_floor=True
        ),
        population=people,
        life_table=(*table, LifeTableRow(age=60 + YEARS + 2, qx_female=1.0, qx_male=None)),
        drugs=(Drug(id="pill", label="Pill", unit="pack", dose=1.0, dose_basis="fixed", schedule_days=21.0, dose_days="1"),),
        products=(Product(drug="pill", product="pack", contents=1.0, parameter=fixed(PACK)),),
        regimens=(Regimen(arm="new", drug="pill", until="progression"),),
        care=(
            Care(id="scan", label="Scan", during="alive", parameter=fixed(SCAN), **visit),
            Care(id="next", label="Next", during="at_progression", frequency="once", parameter=fixed(SWITCH)),
        ),
        progression=(Progression(item="death_share", parameter=fixed(0.2)),),
        end_of_life=(EndOfLife(id="dying", label="Dying", parameter=fixed(DYING)),),
    )


def test_an_excel_template() -> None:
    """The rows of a sheet: week, PFS, OS with the life table looked up by whole age, factor of the whole year."""
    os, pfs = [1.0], [1.0]
    for week in range(1, WEEKS + 1):
        yearly = -math.log(1 - DEATH_PER_YEAR[math.floor(AGE + (week - 1) / 52 + 1e-9)])
        own = OS * 12 / 52
        os.append(os[-1] * math.exp(-max(own, yearly / 52)))
        pfs.append(min(math.exp(-PFS * 12 * week / 52), os[-1]))
    years, cost = 0.0, 0.0
    for week in range(WEEKS):
        factor = 1 / (1 + RATE) ** (week // 52)
        alive, free = ((x[week] + x[week + 1]) / 2 for x in (os, pfs))
        years += factor * alive / 52
        cost += factor * (SCAN * alive + (PACK * free if week % 3 == 0 else 0.0))
        cost += factor * (SWITCH * (pfs[week] - pfs[week + 1]) + DYING * (os[week] - os[week + 1]))
    found = outcomes(edit(weekly_model(), of_page("An Excel template")))
    assert found.life_years.discounted[0, 1].sum() == pytest.approx(years, rel=1e-12)
    assert found.total_costs[0, 1] == pytest.approx(cost, rel=1e-12)
    assert dataclasses.asdict(weekly_model().settings)["accrual"] == "trapezoid"  # so that the page makes the difference
