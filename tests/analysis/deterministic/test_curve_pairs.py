"""Pairs of curves: an independent replication of all 49 pairs of the PATINA model (``tests/reference/curve_pairs.csv``), the
stated order, and which families take part."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.analysis import base_case
from model.analysis.deterministic.curve_pairs import FEW_ALIVE, CurvePairs, curve_pairs, families_of
from model.definition import Curve, DefinitionError, ModelDefinition, edit
from model.survival import distribution
from model.survival.multistate import AFTER_PROGRESSION
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import ROOT, shipped
from tests.helpers.small_models import published_example_a, settings
from tests.helpers.trial_data import curves, patient_records, trial_model

PRINTED = pd.read_csv(ROOT / "tests/reference/curve_pairs.csv")
ARMS = {"control": "Control", "palbociclib": "Palbociclib"}
CYCLES = {"cycle_days": 91.0}
QUARTERLY = {f"settings.{name}": days for name, days in CYCLES.items()}


@pytest.fixture(scope="module")
def found() -> CurvePairs:
    made = curve_pairs(edit(shipped("patina_us"), former_edits()))
    assert made is not None
    return made


@pytest.fixture(scope="module")
def table(found: CurvePairs) -> pd.DataFrame:
    made = found.table()
    assert len(made) == len(PRINTED) == 49
    return PRINTED[["pfs", "os"]].merge(made, on=["pfs", "os"], how="left", validate="one_to_one")


@pytest.mark.parametrize(
    ("column", "half_digit"),
    [
        ("first_crossing_year", 0.051),
        ("largest_gap", 0.00051),
        ("life_years", 0.0051),
        ("below_population_from_year", 0.051),
        *((f"mortality_progressed_{y}", 0.0051) for y in (5, 10, 15)),
        *((f"mortality_before_progression_ratio_{y}", 0.0051) for y in (5, 10, 15)),
    ],
)
def test_every_pair_has_the_digits_of_the_replication(table: pd.DataFrame, column: str, half_digit: float) -> None:
    for printed, arm in ARMS.items():
        if f"{column}_{printed}" in PRINTED:
            expected, ours = PRINTED[f"{column}_{printed}"].to_numpy(), table[f"{column} {arm}"].to_numpy()
            same = np.isnan(expected) == np.isnan(ours)
            assert list(table.loc[~same, ["pfs", "os"]].itertuples(index=False)) == []
            assert np.nanmax(np.abs(expected - ours)) <= half_digit, arm


def test_every_pair_has_the_results_of_the_replication(table: pd.DataFrame) -> None:
    assert np.abs(table["incremental_qalys"] - PRINTED["incremental_qalys"]).max() <= 0.00051
    assert np.abs(table["icer"] / 1e6 - PRINTED["icer_million"]).max() <= 0.0051


def test_the_pair_in_use_is_marked_and_gives_the_base_case(found: CurvePairs) -> None:
    (used,) = [pair for pair in found.pairs if pair.in_use]
    assert (used.pfs.name, used.os.name) == ("loglogistic", "weibull")
    assert used.alive_at_crossing > FEW_ALIVE


def test_pairs_that_hang_together_come_first_and_then_the_better_fit(found: CurvePairs) -> None:
    table = found.table()
    crosses = (table["alive_at_crossing"] > FEW_ALIVE).to_numpy()
    assert not crosses[: int((~crosses).sum())].any()
    for part in (table[~crosses], table[crosses]):
        assert (part["misfit_pfs"] + part["misfit_os"]).is_monotonic_increasing
    never = table["largest_gap Control"].eq(0) & table["largest_gap Palbociclib"].eq(0)
    assert (table.loc[never, "alive_at_crossing"] == 0).all()


def test_a_family_that_an_arm_s_evidence_does_not_determine_takes_no_part() -> None:
    definition = edit(shipped("patina_us"), former_edits())
    without = tuple(row for row in definition.evidence if row.statistic != "prior")
    made = curve_pairs(edit(dataclasses.replace(definition, evidence=without), QUARTERLY))
    assert made is not None
    assert {pair.os.name for pair in made.pairs} == {
        "exponential",
        "weibull",
        "loglogistic",
        "lognormal",
        "gompertz",
        "gamma",
    }


def trial(*curves: Any, **tables: Any) -> ModelDefinition:
    """The synthetic trial in a small model, in quarterly cycles."""
    return trial_model(*curves, settings=settings(horizon_years=40.0, **CYCLES), **tables)


def test_curves_without_a_choice_of_family_make_no_pairs() -> None:
    assert curve_pairs(published_example_a()) is None


def test_curves_fitted_to_patients_are_judged_by_their_aic() -> None:
    made = curve_pairs(trial())
    assert made is not None and {pair.pfs.measure for pair in made.pairs} == {"AIC"}
    assert sum(pair.in_use for pair in made.pairs) == 1


@pytest.fixture(scope="module")
def censored_early() -> ModelDefinition:
    """The synthetic trial with every patient censored at month 12, by when few have died, and OS fitted jointly."""
    records = tuple(
        dataclasses.replace(row, time=min(row.time, 12.0), event=row.event if row.time <= 12.0 else 0)
        for row in patient_records()
    )
    both = {"endpoint": "os", "source": "patient_data", "fitted": "jointly", "distribution": "exponential"}
    jointly = [(Curve(arm="old", **both), []), (Curve(arm="new", reference_arm="old", **both), [])]
    pfs = [pair for pair in curves() if pair[0].endpoint == "pfs"]
    return trial(*pfs, *jointly, patient_data=records)


def test_a_family_of_a_joint_fit_that_the_data_do_not_determine_takes_no_part_and_stops_nothing(
    censored_early: ModelDefinition,
) -> None:
    found = {family.name for family in families_of(censored_early, "os")}
    of_both = {f"curves.{arm}.os.distribution": "gompertz" for arm in ("old", "new")}
    with pytest.raises(DefinitionError, match="not identified"):
        edit(censored_early, of_both)
    assert "gompertz" not in found and {"weibull", "exponential"} <= found


def test_families_of_a_joint_fit_are_shown_by_their_names_in_words(censored_early: ModelDefinition) -> None:
    for family in families_of(censored_early, "os")[:3]:
        assert family.label == distribution(family.name).label != family.name


def test_a_pair_that_the_model_does_not_allow_is_left_out_and_told() -> None:
    """A hazard ratio of OS of 2.65 is near the largest that progressing later can be made up for by; under exponential PFS
    survival after progression keeps it, and under other families there is none that does."""
    exponential = {f"curves.{arm}.pfs.distribution": "exponential" for arm in ("control", "palbociclib")}
    by_states = edit(shipped("patina_us"), {"settings.structure": "state_transition"} | exponential)
    definition = edit(by_states, {"relative_effects.palbociclib.os": 2.65} | QUARTERLY)
    made = curve_pairs(definition)
    assert made is not None and made.not_run
    assert len(made.pairs) + len(made.not_run) == len(families_of(definition, "pfs")) * len(AFTER_PROGRESSION)
    assert any(pair.in_use for pair in made.pairs)
    assert all("no survival after progression gives a hazard ratio" in reason for *_, reason in made.not_run)


def test_flags_and_distance_from_external_figures_are_those_of_the_base_case_of_each_pair(found: CurvePairs) -> None:
    table, definition = found.table().set_index(["pfs", "os"]), edit(shipped("patina_us"), former_edits())
    for pfs, os in (("loglogistic", "weibull"), ("gamma", "lognormal")):
        changes = {f"{c.id}.distribution": pfs if c.endpoint == "pfs" else os for c in definition.curves}
        flags = base_case(edit(definition, changes)).coherence().flags()
        row = table.loc[(distribution(pfs).label, distribution(os).label)]
        assert row["flags"] == flags["raised"].sum()
        assert row["outside_evidence"] == flags.loc[flags["flag"] == "outside_evidence", "value"].max()


def test_alive_at_the_crossing_is_os_of_the_cycle_in_which_pfs_meets_it(found: CurvePairs) -> None:
    """Of the base case's trace: within the fall of that cycle, the larger of both arms."""
    (used,) = [pair for pair in found.pairs if pair.in_use]
    made = base_case(edit(shipped("patina_us"), former_edits()))
    falls = []
    for arm, crossing in zip(made.definition.arm_ids, used.crossings, strict=True):
        columns = made.traces[arm].columns
        after = int(np.searchsorted(columns["Months"], crossing.first_month[0]))
        falls.append((columns["OS"][after], columns["OS"][after - 1]))
    lowest, highest = max(falls)
    assert lowest <= used.alive_at_crossing <= highest < lowest + 0.005


def test_pairs_of_a_state_transition_model_take_the_families_after_progression() -> None:
    definition = edit(shipped("patina_us"), {"settings.structure": "state_transition"} | QUARTERLY)
    made = curve_pairs(definition)
    assert made is not None
    assert {pair.os.name for pair in made.pairs} == set(AFTER_PROGRESSION)
    (used,) = [pair for pair in made.pairs if pair.in_use]
    assert used.qalys == pytest.approx(base_case(definition).outcomes.total_qalys[0], rel=1e-12)
    assert (made.table()["alive_at_crossing"] == 0).all()


def test_pairs_can_be_handed_to_another_process(found: CurvePairs) -> None:
    """Figures are drawn by several."""
    assert pickle.loads(pickle.dumps(found)).table().equals(found.table())
