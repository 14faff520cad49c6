"""The output workbook in the state-transition structure: whatever is chosen or edited in it, it gives Python's results.

Oracles: formualizer, an independent engine that knows only the file, beside Python; and the closed form of OS where all
hazards are constant.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.analysis import psa, scenarios
from model.analysis.agreement import allowed_difference
from model.definition import ModelDefinition, define, edit
from model.definition.records.documentation import ScenarioChange
from model.survival.multistate import AFTER_PROGRESSION, LINKS
from tests.helpers.exponential_states import exponential_states, os_of_states
from tests.helpers.output_models import QUARTER_DAYS, SMALL, recalculated
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, differences, written_book
from tests.helpers.replays import wrong_draws, wrong_scenarios
from tests.helpers.shipped import without_scenarios
from tests.helpers.small_models import fixed, tables_of
from tests.helpers.small_runs import SEED, small_definition
from tests.helpers.typed_curves import with_typed_curves

STATES = {"settings.structure": "state_transition"}
SHORTER = {"settings.cycle_days": QUARTER_DAYS, "settings.horizon_years": 8.0, "population.weight_sd": 5.0}
LEFT_OUT = ("trastuzumab", "aromatase_inhibitor", "trastuzumab_emtansine")
OF_DRUGS = ("products", "discounts", "regimens", "treatment", "subsequent")
NOT_LOOKED_AT = ("budget_items", "market_shares", "net_prices", "subgroups", "subgroup_changes", "published_analyses")
PARTITIONED = {"settings.structure": "partitioned_survival"}
HEADER_ROW, N_DRAWS, N_OF_MEDIANS = 5, 10, 12


def states(link: str, after: str, **more: Any) -> dict[str, Any]:
    return STATES | {"settings.link_between_arms": link, "settings.after_progression": after}


@cache
def few_years() -> ModelDefinition:
    """The US model in cycles of a quarter over 8 years, its curves of PFS typed, without what no structure is about: some
    drugs and statistics, the budget, scenarios."""
    d = with_typed_curves(edit(without_scenarios("patina_us"), SHORTER), ("pfs",))
    kept = {name: tuple(row for row in d.table(name) if row.drug not in LEFT_OUT) for name in OF_DRUGS}
    kept["drugs"] = tuple(drug for drug in d.drugs if drug.id not in LEFT_OUT)
    kept["evidence"] = tuple(row for row in d.evidence if row.statistic in ("landmark", "median"))
    (share, *others) = kept["subsequent"]
    kept["subsequent"] = (dataclasses.replace(share, parameter=fixed(1.0)), *others)
    return define(**{**tables_of(d), **kept, **dict.fromkeys(NOT_LOOKED_AT, ())})


@pytest.fixture(scope="module")
def of_curves(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """A workbook of a run of partitioned survival, without draws."""
    return written_book(tmp_path_factory.mktemp("curves"), few_years())


@pytest.fixture(scope="module")
def of_evidence(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """The same, but with PFS calibrated to its evidence."""
    return written_book(tmp_path_factory.mktemp("evidence"), edit(without_scenarios("patina_us"), SHORTER))


@pytest.fixture(scope="module")
def of_states(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """One of a run of state transition, each arm with coefficients of its own, with draws and scenarios."""
    lines = {
        "curves": PARTITIONED | {"settings.discount_rate_costs": 0.0},
        "alike": {"settings.link_between_arms": "common", "settings.after_progression": "exponential"},
    }
    changes = tuple(
        ScenarioChange(id=name, label=name, input=address, value=value)
        for name, line in lines.items()
        for address, value in line.items()
    )
    definition = dataclasses.replace(edit(few_years(), states("own", "lognormal")), scenarios=changes)
    sampled = psa(definition, N_DRAWS, definition.settings.seed)
    return written_book(tmp_path_factory.mktemp("states"), definition, psa=sampled, scenarios=scenarios(definition))


@pytest.fixture(scope="module")
def of_medians(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    """One of the starter model, whose curves are calibrated to medians with intervals, with draws of both structures."""
    changes = {"settings.median_follow_up": 24.0, "settings.state_transition_probability": 0.5}
    definition = dataclasses.replace(edit(small_definition(), changes), scenarios=())
    sampled = psa(definition, N_OF_MEDIANS, SEED)
    return written_book(tmp_path_factory.mktemp("medians"), definition, psa=sampled)


# ---- the structure is typed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "after"),
    [
        *((link, "weibull") for link in LINKS),
        *(("hazard_ratio", after) for after in AFTER_PROGRESSION if after != "weibull"),
        *(
            pytest.param(link, after, marks=pytest.mark.slow)
            for link in LINKS[1:]
            for after in AFTER_PROGRESSION
            if after != "weibull"
        ),
    ],
)
def test_the_other_structure_can_be_typed_with_each_link_and_distribution(
    of_curves: Recalculated, link: str, after: str
) -> None:
    found = effect(of_curves, states(link, after))
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


EDITS: dict[str, dict[str, Any]] = {
    "lower landmarks": {"evidence.control.os.landmark.36.value": 0.82, "evidence.control.os.landmark.60.value": 0.62},
    "the median in use": {"evidence.control.os.median.use": True},
    "a median with an interval": {
        "evidence.control.os.median.use": True,
        "evidence.control.os.median.lower": 65.0,
        "evidence.control.os.median.upper": 90.0,
    },
    "another hazard ratio at another month": {"relative_effects.palbociclib.os": 0.7, "settings.median_follow_up": 45.5},
    "more deaths before progression": {"progression.death_share": 0.2},
    "no floor": {"settings.hazard_floor": False},
    "old patients, whom the floor holds": {"population.start_age": 84.0},
    "five years": {"settings.horizon_years": 5.0},
    "longer cycles": {"settings.cycle_days": 126.0},
    "an effect on PFS that wanes": {"curves.palbociclib.pfs.waning_start": 24.0, "curves.palbociclib.pfs.waning_end": 60.0},
    "PFS by a hazard ratio": {"curves.palbociclib.pfs.source": "relative_effect"},
    "prices and utilities": {"utilities.progressed": 0.5, "products.palbociclib.pack_21": 700.0},
    "another rule of crossing": {"settings.crossing": "hazard"},
    "the arms exchanged": {"settings.intervention": "control", "settings.comparator": "palbociclib"},
}
PFS = ("exponential", "weibull", "gompertz", "gamma", "lognormal", "generalised_gamma")


@pytest.mark.parametrize("what", EDITS)
@pytest.mark.parametrize("link", ["hazard_ratio", pytest.param("no_os_benefit", marks=pytest.mark.slow)])
def test_an_edit_gives_what_python_gives(of_curves: Recalculated, what: str, link: str) -> None:
    found = effect(of_curves, states(link, "weibull") | EDITS[what])
    assert found.moved and found.wrong == {}


@pytest.mark.parametrize("what", ["lower landmarks", "more deaths before progression", "an effect on PFS that wanes"])
@pytest.mark.parametrize(("link", "after"), [("own", "weibull"), ("common", "gamma")])
def test_the_calibration_follows_what_it_is_made_from(of_curves: Recalculated, what: str, link: str, after: str) -> None:
    found = effect(of_curves, states(link, after) | EDITS[what])
    assert found.wrong == {} and found.checks_failed in (0.0, 1.0)  # W14 where a value leaves its own interval


@pytest.mark.slow
@pytest.mark.parametrize("name", PFS)
def test_any_distribution_of_pfs_will_do(of_evidence: Recalculated, name: str) -> None:
    both = {f"curves.{arm}.pfs.distribution": name for arm in ("control", "palbociclib")}
    assert effect(of_evidence, states("hazard_ratio", "weibull") | both).wrong == {}


# ---- a run of this structure ---------------------------------------------------------------------------------------------


def test_a_run_in_states_is_written_with_its_results(of_states: Recalculated) -> None:
    assert differences(of_states.python, of_states.base, 1e-9) == {}
    assert of_states.value("checks_failed") == 0.0


def test_partitioned_survival_can_be_typed_into_it(of_states: Recalculated) -> None:
    found = effect(of_states, PARTITIONED)
    assert found.moved and found.wrong == {}


def test_its_scenarios_can_be_shown(of_states: Recalculated) -> None:
    assert wrong_scenarios(of_states, [1, 2]) == {}


def test_its_draws_can_be_shown(of_states: Recalculated) -> None:
    assert wrong_draws(of_states, [1, N_DRAWS]) == {}


@pytest.mark.parametrize(
    "changes", [PARTITIONED, {"settings.link_between_arms": "common"}, {"settings.after_progression": "gamma"}]
)
def test_a_draw_of_another_structure_fails_a_check(of_states: Recalculated, changes: dict[str, Any]) -> None:
    with of_states.with_inputs(changes):
        assert of_states.value("checks_failed") == 0.0
        with of_states.showing(psa_draw=1):
            assert of_states.value("checks_failed") != 0.0


def test_each_draw_shown_takes_its_own_structure_where_that_is_uncertain(of_medians: Recalculated) -> None:
    book, table = of_medians, psa(of_medians.definition, N_OF_MEDIANS, SEED).table()
    structures = table["settings.structure"].tolist()
    for k in (structures.index(0.0), structures.index(1.0)):
        with book.showing(psa_draw=k + 1):
            arms = book.definition.arm_ids
            shown = {f"{o}.{arm}": book.value(f"out_{o}_{arm}") for o in ("costs", "qalys") for arm in arms}
            assert shown == pytest.approx({name: table[name][k] for name in shown}, rel=1e-9)
            assert book.value("checks_failed") == 0.0


# ---- other models --------------------------------------------------------------------------------------------------------


def test_without_published_os_a_check_says_that_the_structure_cannot_be_shown(tmp_path: Path) -> None:
    book = written_book(tmp_path, SMALL["two arms"]())
    assert book.value("checks_failed") == 0.0
    with book.with_inputs(STATES):
        assert book.value("checks_failed") != 0.0


def test_medians_with_intervals_are_followed(of_medians: Recalculated) -> None:
    for median in (26.0, 30.0, 34.0):
        for after in ("weibull", "exponential"):
            changes = states("hazard_ratio", after) | {"evidence.standard_care.os.median.value": median}
            assert effect(of_medians, changes).wrong == {}


def test_constant_hazards_give_the_closed_form_of_os_in_every_cycle(tmp_path: Path) -> None:
    book = written_book(tmp_path, edit(exponential_states(), {"settings.horizon_years": 5.0}))
    header = book.sheet("States Old", HEADER_ROW, 30)[HEADER_ROW - 1]
    rows = book.sheet("States Old", 120, 30)
    body = [row for row in rows if isinstance(row[0], float) and row[0] <= 60]
    months = np.array([row[0] for row in body])
    assert months.tolist() == list(range(61))
    alive = np.array([row[header.index("OS: progression-free and progressed")] for row in body], dtype=float)
    assert alive == pytest.approx(os_of_states(months), abs=1e-9)


# ---- the shipped workbook ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("link", LINKS)
def test_the_shipped_workbook_follows_the_structure(link: str) -> None:
    found = effect(recalculated("patina_us"), states(link, "weibull"))
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


def test_the_tolerance_is_that_of_the_distribution_after_progression() -> None:
    definition = exponential_states()
    gamma = edit(definition, {"settings.after_progression": "gamma"})
    assert allowed_difference(gamma) > allowed_difference(definition)
