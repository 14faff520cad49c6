"""The output workbooks of the shipped models are the models: recalculated, they give Python's results (X1); so does a changed
input cell (X2), a scenario or a draw shown in them (X10).

Oracle: formualizer, an independent engine that knows only the file, beside Python's calculation of the same inputs. Of the
US model in cycles of a quarter over 12 years: the formulas are the same, in a thirtieth of the rows; in weeks, as shipped,
they run in the slow form. Of cells, distributions, scenarios and draws a fixed sample; test_every_input_us.py, its twin and
test_every_replay.py go through all.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.agreement import allowed_difference
from model.excel.live.used import USED
from model.survival.distributions import STANDARD_NAMES
from tests.helpers.output_models import N_SHIPPED_DRAWS, recalculated
from tests.helpers.perturbations import InputCell, all_numbers_at_once, effect, live_cells, perturbations, together
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.replays import evenly, wrong_draws, wrong_scenarios
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.workbook_file import WorkbookFile

NAME = "patina_us"
NO_LIMITS = {"population.start_age.low": None, "population.start_age.high": None}
"""A value outside its own limits would be refused."""
CROSSING = {"curves.control.os.distribution": "gompertz"}  # the shipped curves do not cross
CHOSEN = {
    "price": {"products.palbociclib.pack_21": 9000.0},
    "size of a pack": {"products.pertuzumab.vial_420.contents": 200.0},
    "generic entry": {"price_changes.palbociclib.generic_entry.factor.applies": True},
    "generic entry at another date": {
        "price_changes.palbociclib.generic_entry.factor.applies": True,
        "price_changes.palbociclib.generic_entry.factor.from_date": "2028-06-30",
        "settings.time_zero_date": "2026-06-30",
    },
    "discount rates": {"settings.discount_rate_costs": 0.05, "settings.discount_rate_effects": 0.015},
    "continuous discounting": {"settings.discounting": "continuous"},
    "cycle length": {"settings.cycle_days": 105.0},
    "horizon": {"settings.horizon_years": 7.5},
    "treatment effect": {"relative_effects.palbociclib.os": 0.7},
    "evidence": {"evidence.control.pfs.median.value": 31.0},
    "follow-up": {"follow_up.control.pfs.median": 60.0},
    "utility": {"utilities.progression_free": 0.7},
    "crossing repaired in hazards": {"settings.crossing": "hazard", **CROSSING},
    "crossing repaired by raising OS": {"settings.crossing": "raise_os", **CROSSING},
    "accrual at the start": {"settings.accrual": "left"},
    "accrual by Simpson's rule": {"settings.accrual": "simpson"},
    "age at which the hazard floor binds": {"population.start_age": 85.3, **NO_LIMITS},
    "no hazard floor at that age": {"population.start_age": 85.3, "settings.hazard_floor": "no", **NO_LIMITS},
    "hazard floor under OS alone": {"population.start_age": 80.3, "settings.hazard_floor_under": "os", **NO_LIMITS},
    "median follow-up": {"settings.median_follow_up": 60.0},
    "none stated": {"settings.median_follow_up": ""},
    "limit of a flag": {"coherence_limits.after_high.limit": 3.0},
    "years of a flag": {"coherence_limits.after_rises.years": 1.0},
    "while more are there": {
        "coherence_limits.after_high.share": 0.05,
        "coherence_limits.before_below_population.share": 0.2,
    },
    "an external figure near OS": {"external_evidence.cleopatra_os_8y.upper": 0.47},
    "a median without interval near OS": {"external_evidence.patina_os_control_median.value": 95.0},
    "OS below the only external figure": {
        **{f"external_evidence.{r.id}.dependence": "dependent" for r in shipped(NAME).external_evidence[1:]},
        **{f"external_evidence.{shipped(NAME).external_evidence[0].id}.{k}": v for k, v in (("lower", 0.6), ("upper", 0.7))},
    },
    "an external figure of the other arm": {"external_evidence.cleopatra_os_8y.arm": "palbociclib"},
    "spread of body weight": {"settings.weight_distribution": "lognormal"},
    "stopping rule": {"regimens.palbociclib.palbociclib.max_months": 24.0},
    "later treatment": {"subsequent.trastuzumab_emtansine.duration_months": 9.0},
}
EVERY_NTH = 37
N_SCENARIOS, N_DRAWS = 3, 4
HEADER_ROW, YEARS = 5, re.compile(r"_(\d+)_years?_")
TRACE_COLUMNS = {
    "Years": "Years",
    "PFS before repair": "PFS before repair",
    "OS before repair": "OS after hazard floor",
    "Progression-free: PFS after repair": "Progression-free",
    "Progressed: OS - PFS": "Progressed",
    "Dead: 1 - OS": "Dead",
    "On Pertuzumab": "On Pertuzumab",
    "On Trastuzumab": "On Trastuzumab",
}


@pytest.fixture(scope="module")
def book() -> Recalculated:
    return recalculated(NAME, "short")


@pytest.fixture(
    scope="module",
    params=[(NAME, "short"), *(pytest.param((name, "as shipped"), marks=pytest.mark.slow) for name in NAMES)],
    ids=" ".join,
)
def whole(request: pytest.FixtureRequest) -> Recalculated:
    return recalculated(*request.param)


# ---- as written ------------------------------------------------------------------------------------------------------


def test_every_named_output_is_pythons(whole: Recalculated) -> None:
    """The workbook has a cell for each, 0 in those of categories that no input uses yet, and nothing after the horizon."""
    shown = whole.results()
    assert len(whole.python) > 200
    assert differences(whole.python, shown, allowed_difference(whole.definition)) == {}
    years = {name: YEARS.search(name) for name in shown}
    after = {name for name, found in years.items() if found and float(found[1]) > whole.definition.settings.horizon_years}
    others = {name: None if name in after else 0.0 for name in shown if name not in whole.python}
    assert {name: shown[name] for name in others} == others
    assert (whole.value("checks_failed"), whole.value("inputs_changed")) == (0.0, 0.0)


def test_every_cycle_of_the_trace_is_pythons(whole: Recalculated) -> None:
    file = WorkbookFile(whole.path)
    arms = {arm.id: arm.short_label for arm in whole.definition.arms}
    for arm, trace in base_case(whole.definition).traces.items():
        sheet = f"Trace {arms[arm]}"
        header = file.rows(sheet)[HEADER_ROW - 1]
        cycles = trace.columns["Cycle"]
        rows = whole.sheet(sheet, HEADER_ROW + len(cycles) + 40, len(header))
        first = next(i for i, row in enumerate(rows) if row[0] == 0.0)
        body = rows[first : first + len(cycles)]
        assert [row[0] for row in body] == cycles.tolist()
        for here, there in TRACE_COLUMNS.items():
            column = np.array([row[header.index(here)] for row in body], dtype=float)
            np.testing.assert_allclose(column, trace.columns[there], rtol=1e-9, atol=1e-9, err_msg=here)


@pytest.mark.slow
def test_all_numbers_changed_at_once_each_by_its_own_factor_give_pythons_results(whole: Recalculated) -> None:
    changes = all_numbers_at_once(whole.definition)
    assert len(changes) > 150
    found = effect(whole, changes)
    assert found.moved and found.wrong == {}
    assert found.inputs_changed == len(changes)
    assert isinstance(found.checks_failed, float)  # W14 tells of values outside their own limits, which a reader refuses


def test_a_horizon_beyond_the_rows_of_the_sheets_fails_a_check(whole: Recalculated) -> None:
    longest = max(
        float(change.get("settings.horizon_years", whole.definition.settings.horizon_years))
        for change in whole.definition.scenario_changes().values()
    )
    with whole.with_inputs({"settings.horizon_years": longest + 20.0}):
        assert whole.value("checks_failed")
    assert whole.value("checks_failed") == 0.0


# ---- inputs ----------------------------------------------------------------------------------------------------------


def sampled_cells() -> list[InputCell]:
    """Every 37th cell that the live sheets take, but of the long life table only one; in the order of the sheets."""
    return [c for i, c in enumerate(live_cells(shipped(NAME))) if i % EVERY_NTH == 0 and c.location.position < 40]


@pytest.mark.parametrize("what", CHOSEN)
def test_a_change_moves_the_results_as_in_python(book: Recalculated, what: str) -> None:
    found = effect(book, CHOSEN[what])
    assert found.moved and found.moved_in_python
    assert found.wrong == {}
    calculated = [address for address in CHOSEN[what] if address not in NO_LIMITS]
    assert (found.checks_failed, found.inputs_changed) == (0.0, float(len(calculated)))


def test_cells_of_every_table_give_what_python_gives(book: Recalculated) -> None:
    cells = sampled_cells()
    assert len({c.location.table for c in cells}) >= 8
    tried = [change for c in cells for change in perturbations(book.definition, c)[:2]]
    assert len(tried) > 10
    found = [(change, effect(book, change)) for change in tried]
    silent = [(change, one.wrong) for change, one in found if not one.agrees and not one.checks_failed]
    assert silent == []
    assert sum(bool(one.checks_failed) for _, one in found) <= 2  # ask for rows the sheets do not hold, or break a rule


@pytest.mark.slow
def test_changes_that_need_each_other_give_what_python_gives(book: Recalculated) -> None:
    wrong = {
        what: found.wrong
        for what, changes in list(together(book.definition).items())[::4]
        if not ((found := effect(book, changes)).agrees and found.moved) and not found.checks_failed
    }
    assert wrong == {}


@pytest.mark.parametrize("curve", ["control.pfs", "control.os"])
def test_distributions_give_what_python_gives(book: Recalculated, curve: str) -> None:
    own = book.definition.curve(*curve.split(".")).distribution
    others = [n for n in STANDARD_NAMES if n != own][curve.endswith("os") :: 2]
    assert len(others) >= 3
    for name in others:
        found = effect(book, {f"curves.{curve}.distribution": name})
        assert found.moved and found.wrong == {}, name


def test_what_was_typed_is_taken_back(book: Recalculated) -> None:
    assert effect(book, {}).wrong == {}
    assert book.value("inputs_changed") == 0.0


def test_every_table_of_inputs_takes_part(book: Recalculated) -> None:
    with_rows = {t for t in USED if t == "settings" or book.definition.table(t)}
    assert {c.location.table for c in live_cells(book.definition)} == with_rows


# ---- replays ----------------------------------------------------------------------------------------------------------


def test_scenarios_are_shown_as_python_runs_them_and_move_the_results(book: Recalculated) -> None:
    numbers = evenly(N_SCENARIOS, len(book.definition.scenario_changes()))
    assert wrong_scenarios(book, numbers) == {}
    with book.showing(scenario=numbers[-1]):
        assert book.results() != book.base


def test_draws_are_shown_as_python_evaluates_them_and_move_the_results(book: Recalculated) -> None:
    assert wrong_draws(book, evenly(N_DRAWS, N_SHIPPED_DRAWS)) == {}
    with book.showing(psa_draw=N_SHIPPED_DRAWS):
        assert book.results() != book.base


def test_0_takes_scenarios_and_draws_back(book: Recalculated) -> None:
    with book.showing(scenario=1, psa_draw=1):
        assert book.results() != book.base
    assert book.results() == book.base
