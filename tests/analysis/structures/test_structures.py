"""The base case in every structure, and the range in words.

Oracles: an independent replication of the first PATINA base case (as in tests/engine/test_state_transition.py); the base case
of the same definition edited by hand; as many alive in both arms where a link leaves no gain in OS; sentences.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from model.analysis import Structures, base_case, scenarios, structures
from model.analysis.base_case.comparison import Comparison
from model.analysis.structures.range_words import range_words
from model.definition import ScenarioChange, edit
from model.engine import trace
from model.survival.multistate import LINKS
from tests.helpers.curve_models import trial, with_effect
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, published_example_a, uncertain_curves

STATES = {"settings.structure": "state_transition"}
COARSE = {"settings.cycle_days": 28.0}
REPLICATED = {"": ("0.508", 2_435_814), "common": ("0.828", 1_687_870), "hazard_ratio": ("0.718", 1_942_570)}


def by_link(found: Structures) -> dict:
    rows = found.table().to_dict("records")
    return {one.link: row for one, row in zip(found.found, rows, strict=True)}


@pytest.fixture(scope="module")
def former() -> Structures:
    return structures(edit(shipped("patina_us"), former_edits()))


@pytest.mark.parametrize("link", REPLICATED)
def test_the_first_base_case_is_as_an_independent_replication_has_it(former: Structures, link: str) -> None:
    gained, icer = REPLICATED[link]
    row = by_link(former)[link]
    assert f"{row['incremental_qalys']:.3f}" == gained
    assert row["icer"] == pytest.approx(icer, rel=0.006)


def test_each_row_is_the_base_case_of_the_edited_definition(former: Structures) -> None:
    rows = by_link(former)
    for link in LINKS:
        other = base_case(edit(former.definition, STATES | {"settings.link_between_arms": link}))
        row = rows[link]
        assert row["incremental_cost"] == other.incremental_cost
        assert row["incremental_qalys"] == other.incremental_qalys
        assert row["inmb at 150000"] == pytest.approx(150_000 * other.incremental_qalys - other.incremental_cost)
        assert row["qalys Palbociclib"] == other.total_qalys[1]
        assert row["qalys_change"] == pytest.approx(other.incremental_qalys / rows[""]["incremental_qalys"] - 1)


def test_without_a_gain_in_os_as_many_live_as_in_the_comparator_or_are_progression_free(former: Structures) -> None:
    definition = edit(former.definition, STATES | {"settings.link_between_arms": "no_os_benefit"})
    control, treated = (trace(definition, arm).columns for arm in ("control", "palbociclib"))
    assert treated["OS"] == pytest.approx(np.maximum(control["OS"], treated["PFS"]), abs=1e-15)
    rows = by_link(former)
    assert 0 < rows["no_os_benefit"]["incremental_qalys"] < rows["hazard_ratio"]["incremental_qalys"]


def test_the_other_structure_of_a_state_transition_model_is_partitioned_survival(former: Structures) -> None:
    found = structures(edit(former.definition, STATES))
    used = [(one.structure, one.link) for one in found.found if one.in_use]
    assert used == [("state_transition", "hazard_ratio")]
    assert by_link(found)[""]["incremental_qalys"] == by_link(former)[""]["incremental_qalys"]
    assert "state transition, the reported hazard ratio of OS is kept" in found.base.words


def test_os_fitted_to_patients_is_read_off_within_its_follow_up() -> None:
    definition = edit(trial(), COARSE | {"settings.median_follow_up": 40.0})
    found = by_link(structures(definition))
    assert "OS read off the curve in use" in found["own"]["note"] and "months 10, 20, 30, 40" in found["own"]["note"]
    assert found["own"]["life_years Control"] == pytest.approx(found[""]["life_years Control"], rel=0.2)
    assert "needs a relative effect on os" in found["hazard_ratio"]["note"]
    assert np.isnan(found["hazard_ratio"]["incremental_qalys"])


def test_without_a_stated_follow_up_os_is_read_off_within_that_of_each_arm_s_own_patients() -> None:
    """Median follow-up by the reversed Kaplan-Meier estimate of lifelines, censoring as the event; the fitted curves have one
    in five alive only decades later."""
    note = by_link(structures(trial()))["common"]["note"]
    for arm, label in (("control", "Control"), ("palbociclib", "Palbociclib")):
        rows = [r for r in trial().patient_data if (r.arm, r.endpoint) == (arm, "os")]
        reverse = KaplanMeierFitter().fit([r.time for r in rows], [1 - r.event for r in rows])
        last = f"{reverse.median_survival_time_:.0f}: to the median follow-up of its patients)"
        assert last in note.split(label)[1].split(";")[0]


def test_what_cannot_be_run_says_why() -> None:
    found = structures(edit(with_effect(), {f"curves.{arm}.os.mortality": "excess" for arm in ("control", "palbociclib")}))
    assert [one.outcomes is None for one in found.found] == [False, True, True, True, True]
    assert found.words().startswith("No other structure than partitioned survival can be run with these inputs: OS that")
    partly = structures(model(uncertain_curves()))  # OS of the new arm by its hazard ratio: it has no statistic of its own
    assert partly.words().endswith("2 of 5 cannot be run with these inputs.")


def test_a_scenario_may_be_another_structure() -> None:
    row = {"id": "states", "label": "States", "input": "settings.structure", "value": "state_transition"}
    definition = dataclasses.replace(shipped("patina_us"), scenarios=(ScenarioChange(**row),), assumptions=())
    table = scenarios(definition).table().set_index("scenario")
    other = base_case(edit(definition, STATES))
    assert table.loc["states", "incremental_qalys"] == other.incremental_qalys
    assert table.loc["states", "incremental_cost"] == other.incremental_cost


# ---- words -------------------------------------------------------------------------------------------------------------


def compared(**increments: tuple[float, float]) -> dict[str, Comparison]:
    """Comparisons by name from (extra cost, QALYs gained), at a threshold of USD 150,000."""
    definition = published_example_a()
    return {
        name.replace("_", " "): Comparison(
            definition, np.array([50_000.0, 50_000.0 + cost]), np.array([5.0, 5.0 + qalys]), np.array([6.0, 6.5])
        )
        for name, (cost, qalys) in increments.items()
    }


def test_the_range_runs_from_the_lowest_to_the_highest_ratio() -> None:
    said = range_words(compared(base=(100_000.0, 0.5), full_surrogacy=(120_000.0, 1.0)), "base", [])
    assert said == (
        "Between the structures and links examined the ICER runs from USD 120,000 (full surrogacy) to USD 200,000 per QALY "
        "gained (base). QALYs gained: 0.50 to 1.00. The intervention is cost-effective in 1 of 2 at USD 150,000 per QALY."
    )


def test_dominance_and_forgone_qalys_stand_beside_the_range() -> None:
    said = range_words(
        compared(base=(100_000.0, 0.5), none=(120_000.0, -0.25), less=(-90_000.0, -0.5), both=(-1000.0, 0.25)), "base", []
    )
    assert "the ICER is USD 200,000 per QALY gained (base)." in said
    assert "none (dominated: no cheaper and no more effective)" in said
    assert "less (a saving of USD 180,000 per QALY forgone)" in said
    assert "both (dominant: no dearer and at least as effective)" in said
    assert "QALYs gained: -0.50 to 0.50." in said and "cost-effective in 2 of 4" in said


def test_without_any_ratio_no_range_is_told() -> None:
    said = range_words(compared(base=(-1000.0, 0.5), other=(-2000.0, 0.6)), "base", [("third", "Cannot be run: no OS")])
    assert "the intervention is the same in all: dominant: no dearer and at least as effective." in said
    assert said.endswith("1 of 3 cannot be run with these inputs.") and "in all 2 at USD 150,000" in said


def test_equal_structures_give_one_number() -> None:
    said = range_words(compared(base=(100_000.0, 0.5), other=(100_000.0, 0.5)), "base", [])
    assert said.startswith("Between the structures and links examined the ICER is USD 200,000 per QALY gained.")
