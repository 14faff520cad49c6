"""Subgroups: a weighted mean by hand, the whole population as a subgroup, shares, and a run of one subgroup."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import base_case, subgroups
from model.analysis.deterministic.subgroups import ANALYSIS, Subgroups
from model.definition import DefinitionError, ModelDefinition, Subgroup, SubgroupChange, define, edit
from model.definition.one_subgroup import in_subgroup
from tests.helpers.small_models import model, monthly, own_curve, tables_of
from tests.helpers.three_arms import three_arms

RATE = 0.02
SHARES = {"mild": 0.25, "severe": 0.75}


def with_subgroups(**tables: object) -> ModelDefinition:
    """Two arms with exponential curves, PFS equal to OS: everything is a rate, a price and a utility of 0.8."""
    return model(
        [
            own_curve("old", "pfs", "exponential", rate=2 * RATE),
            own_curve("old", "os", "exponential", rate=2 * RATE),
            own_curve("new", "pfs", "exponential", rate=RATE),
            own_curve("new", "os", "exponential", rate=RATE),
        ],
        care=(monthly("drug", "progression_free", 3000.0, arm="new"), monthly("visits", "alive", 100.0)),
        **{
            "subgroups": tuple(Subgroup(id=name, label=name.capitalize(), share=share) for name, share in SHARES.items()),
            "subgroup_changes": (
                SubgroupChange(subgroup="severe", input="care.drug", value=1000.0),
                SubgroupChange(subgroup="severe", input="utilities.progression_free", value=0.5),
            ),
            **tables,
        },
    )


@pytest.fixture(scope="module")
def found() -> Subgroups:
    return subgroups(with_subgroups())


def test_the_mean_is_that_of_costs_and_of_qalys_by_hand(found: Subgroups) -> None:
    """Months alive are the same in both subgroups, (1 - exp(-rate x 240)) / rate within the error of monthly trapezoids;
    costs and QALYs follow from them by multiplication."""
    table = found.table().set_index("id")
    months = {arm: 12.0 * table.loc["mild", f"life_years {arm}"] for arm in ("Old", "New")}
    assert months["New"] == pytest.approx((1 - np.exp(-RATE * 240)) / RATE, rel=1e-3)
    for arm, price in (("Old", {"mild": 0.0, "severe": 0.0}), ("New", {"mild": 3000.0, "severe": 1000.0})):
        costs = {g: months[arm] * (price[g] + 100.0) for g in SHARES}
        qalys = {g: months[arm] / 12.0 * utility for g, utility in (("mild", 0.8), ("severe", 0.5))}
        mean = table.loc["weighted_mean"]
        assert mean[f"costs {arm}"] == pytest.approx(0.25 * costs["mild"] + 0.75 * costs["severe"], rel=1e-12)
        assert mean[f"qalys {arm}"] == pytest.approx(0.25 * qalys["mild"] + 0.75 * qalys["severe"], rel=1e-12)


def test_the_icer_of_the_mean_is_the_ratio_of_means_and_not_the_mean_of_ratios(found: Subgroups) -> None:
    table = found.table().set_index("id")
    by_share = {
        c: sum(s * table.loc[g, c] for g, s in SHARES.items()) for c in ("incremental_cost", "incremental_qalys", "icer")
    }
    assert table.loc["weighted_mean", "icer"] == pytest.approx(
        by_share["incremental_cost"] / by_share["incremental_qalys"], rel=1e-12
    )
    assert abs(table.loc["weighted_mean", "icer"] / by_share["icer"] - 1) > 0.01
    for threshold in found.definition.decision_thresholds():
        by_hand = sum(s * table.loc[g, f"inmb at {threshold:g}"] for g, s in SHARES.items())
        assert table.loc["weighted_mean", f"inmb at {threshold:g}"] == pytest.approx(by_hand, rel=1e-12)
        assert table.loc["mild", f"inhb at {threshold:g}"] * threshold == pytest.approx(
            table.loc["mild", f"inmb at {threshold:g}"], rel=1e-12
        )


def test_a_subgroup_that_overrides_nothing_is_the_base_case_to_the_last_digit(found: Subgroups) -> None:
    mild = found.subgroups[0].outcomes
    base = base_case(found.definition)
    assert mild.total_costs[0].tolist() == base.total_costs.tolist()
    assert mild.total_qalys[0].tolist() == base.total_qalys.tolist()
    table = found.table().set_index("id").drop(columns=["subgroup", "share", "changes", "warning"])
    assert table.loc["mild"].to_dict() == table.loc["base"].to_dict()


def test_subgroups_alike_have_the_whole_population_as_their_mean() -> None:
    found = subgroups(with_subgroups(subgroup_changes=()))
    table = found.table().set_index("id")
    columns = [c for c in table if c.startswith(("costs", "qalys", "life_years"))]
    np.testing.assert_allclose(
        table.loc["weighted_mean", columns].astype(float), table.loc["base", columns].astype(float), rtol=1e-14
    )


def test_a_subgroup_is_the_edited_definition(found: Subgroups) -> None:
    edited = base_case(edit(found.definition, {"care.drug": 1000.0, "utilities.progression_free": 0.5}))
    alone = base_case(in_subgroup(found.definition, "severe"))
    assert alone.total_costs.tolist() == edited.total_costs.tolist() == found.subgroups[1].outcomes.total_costs[0].tolist()
    assert in_subgroup(found.definition, "severe").subgroups == ()


def test_an_unknown_subgroup_is_named_with_those_there_are() -> None:
    with pytest.raises(DefinitionError, match=r"no subgroup 'sever'; did you mean 'severe'.*there are mild, severe"):
        in_subgroup(with_subgroups(), "sever")


def test_shares_must_sum_to_one_and_changes_must_be_possible() -> None:
    groups = tuple(dataclasses.replace(g, share=0.3) for g in with_subgroups().subgroups)
    with pytest.raises(DefinitionError) as refused:
        with_subgroups(subgroups=groups)
    assert [(p.table, p.position, p.field) for p in refused.value.problems] == [("subgroups", 1, "share")]
    assert "sum to 0.6" in str(refused.value)
    for address, value, words, field in (
        ("care.drugs", 1.0, "no input 'care.drugs'", "input"),
        ("utilities.progression_free", 1.2, "above the maximum", "value"),
    ):
        with pytest.raises(DefinitionError, match=words) as refused:
            with_subgroups(subgroup_changes=(SubgroupChange(subgroup="mild", input=address, value=value),))
        assert [(p.table, p.position, p.field) for p in refused.value.problems] == [("subgroup_changes", 0, field)]
    with pytest.raises(DefinitionError, match="old_age"):
        with_subgroups(subgroup_changes=(SubgroupChange(subgroup="old_age", input="care.drug", value=1.0),))


def test_a_model_without_subgroups_has_no_such_analysis() -> None:
    alone = dataclasses.replace(with_subgroups(), subgroups=(), subgroup_changes=())
    with pytest.raises(ValueError, match="no subgroups"):
        subgroups(alone)
    assert ANALYSIS.steps(alone, None) == 0  # type: ignore[arg-type]


def test_with_three_arms_the_best_option_stands_beside_each_subgroup() -> None:
    definition = three_arms()
    tables = tables_of(definition)
    tables["subgroups"] = (Subgroup(id="cheap", label="Cheap", share=0.5), Subgroup(id="dear", label="Dear", share=0.5))
    tables["subgroup_changes"] = (
        SubgroupChange(subgroup="cheap", input="care.new_drug", value=0.0),
        SubgroupChange(subgroup="dear", input="care.new_drug", value=1e6),
    )
    found = subgroups(define(**tables))
    table = found.table().set_index("id")
    assert table.loc["cheap", "best at 50000"] == "New"
    assert table.loc["dear", "best at 50000"] != "New"
    assert any("Highest net benefit by subgroup" in line for line in found.lines())
