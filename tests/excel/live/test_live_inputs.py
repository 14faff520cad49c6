"""A changed input cell of the US workbook gives, recalculated, what Python gives for the same change (X2), and a scenario or
a draw shown in it gives what Python runs (X10).

Oracle: formualizer, an independent engine that knows only the file. Here are a fixed sample of the cells, distributions,
scenarios and draws, in cycles of a quarter over 12 years; test_every_input_us.py, its twin and test_every_replay.py go
through all.
"""

from __future__ import annotations

import pytest

from model.excel.live.used import USED
from model.survival.distributions import STANDARD_NAMES
from tests.helpers.output_models import N_SHIPPED_DRAWS, recalculated
from tests.helpers.perturbations import InputCell, effect, live_cells, perturbations, together
from tests.helpers.recalculated import Recalculated
from tests.helpers.replays import evenly, wrong_draws, wrong_scenarios
from tests.helpers.shipped import shipped

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


@pytest.fixture(scope="module")
def book() -> Recalculated:
    return recalculated(NAME, "short")


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
