"""The change log: what counts as a difference, what each one does alone, and that all together end at the new model.

Oracles: hand calculation from the base case's own parts, `model.edit` with `base_case`, and exact equality of runs.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.change_log.differences import Change, differences, merged_order
from model.analysis.change_log.kinds import TOUCHES, kind_of
from model.analysis.change_log.log import ChangeLog, change_log, numbers_words, runs_needed
from model.analysis.change_log.patch import bare, smallest_possible
from model.analysis.change_log.words import Words
from model.definition import (
    DefinitionError,
    LifeTableRow,
    ModelDefinition,
    Reference,
    ScenarioChange,
    Threshold,
    addresses,
    define,
    edit,
)
from model.excel import template_definition
from tests.helpers.curve_models import trial
from tests.helpers.shipped import shipped, shipped_base
from tests.helpers.small_models import (
    effect_curve,
    fixed,
    model,
    monthly,
    own_curve,
    published_example_a,
    settings,
    tables_of,
)


@lru_cache
def example() -> ModelDefinition:
    return published_example_a()


@lru_cache
def short() -> ModelDefinition:
    """The shipped US model over three years."""
    return edit(shipped("patina_us"), {"settings.horizon_years": 3.0})


def with_row(definition: ModelDefinition, table: str, key: str, **changes: Any) -> ModelDefinition:
    """A copy in which fields of one record (of its parameter, where it has them) take other values; nothing else."""
    place = addresses(definition)[key]
    rows = list(definition.table(table))
    row = rows[place.position]
    own = {n: v for n, v in changes.items() if not hasattr(row, "parameter") or not hasattr(row.parameter, n)}
    block = {n: v for n, v in changes.items() if n not in own}
    if block:
        own["parameter"] = dataclasses.replace(row.parameter, **block)
    rows[place.position] = dataclasses.replace(row, **own)
    return dataclasses.replace(definition, **{table: tuple(rows)})


def only(log: ChangeLog) -> Any:
    assert len(log.changes) == 1
    return log.changes[0]


# ---- what is a difference -----------------------------------------------------------------------------------------


def test_a_model_does_not_differ_from_itself() -> None:
    log = change_log(example(), example())
    assert log.changes == () and log.walk == () and log.before == log.after and log.closes
    assert list(log.table()["label"]) == ["old model", "all changes together"]
    assert log.counts() == "No input differs."


@pytest.mark.parametrize("table", ["care", "utilities", "curves", "coefficients", "arms"])
def test_rows_in_another_order_are_no_difference(table: str) -> None:
    turned = dataclasses.replace(example(), **{table: tuple(reversed(example().table(table)))})
    assert differences(example(), turned) == ()


def test_a_moved_row_with_another_value_is_one_difference_at_its_new_place() -> None:
    changed = with_row(example(), "care", "care.pfs_care", value=1200.0)
    turned = dataclasses.replace(changed, care=tuple(reversed(changed.care)))
    (change,) = differences(example(), turned)
    assert (change.address, change.old, change.new, change.position) == ("care.pfs_care", 1000.0, 1200.0, 1)


def test_a_row_added_or_removed_is_one_change() -> None:
    extra = dataclasses.replace(example(), care=(*example().care, monthly("visit", "progressed", 50.0)))
    (added,) = differences(example(), extra)
    assert (added.what, added.address, added.old) == ("added", "care.visit", None)
    (removed,) = differences(extra, example())
    assert (removed.what, removed.address, removed.position) == ("removed", "care.visit", 4)


def test_every_input_has_a_label_and_a_kind() -> None:
    definition = shipped("patina_us")
    words = Words(definition)
    for address, place in addresses(definition).items():
        in_block = bool(place.inside_block)
        kind = kind_of(place.table, place.field, in_block)
        change = Change(place.table, (), place.field, address, "changed", 0, 1, place.position, place.column, in_block, kind)
        assert kind in TOUCHES and words.label(change)


def test_the_kind_of_a_change_follows_what_the_input_does() -> None:
    assert kind_of("curves", "source") == "results"
    assert kind_of("drugs", "source") == "documentation"
    assert kind_of("evidence", "standard_error") == "results"
    assert kind_of("utilities", "standard_error", in_block=True) == "uncertainty"
    assert kind_of("settings", "seed") == "sampling"
    assert kind_of("settings", "horizon_years.source") == "documentation"


def test_without_documentation_and_uncertainty_the_base_case_is_the_same_to_the_last_bit() -> None:
    """Why differences in them need no run."""
    full, core = shipped_base("patina_us"), base_case(bare(shipped("patina_us")))
    assert (core.incremental_cost, core.incremental_qalys) == (full.incremental_cost, full.incremental_qalys)


def test_the_last_digit_that_another_program_stores_is_no_difference() -> None:
    """openpyxl writes 30.224999999999998 as 30.225."""
    one = with_row(example(), "care", "care.pfs_care", value=30.224999999999998, low=None)
    assert differences(one, with_row(one, "care", "care.pfs_care", value=30.225)) == ()
    assert len(differences(one, with_row(one, "care", "care.pfs_care", value=30.22500000001))) == 1


# ---- effects ------------------------------------------------------------------------------------------------------


def test_a_price_change_moves_the_incremental_cost_by_price_times_quantity() -> None:
    """10,000 to 9,000 a month: the discounted months on treatment are its cost divided by 10,000."""
    base = base_case(example())
    use = base.resource_use()
    months = float(use.loc[use["item"] == "target_drug", "cost"].sum()) / 10_000.0
    assert months > 10
    log = change_log(example(), edit(example(), {"care.target_drug": 9000.0}))
    alone = only(log).alone
    assert alone.incremental_cost - log.before.incremental_cost == pytest.approx(-1000.0 * months, rel=1e-10)
    assert alone.incremental_qalys == log.before.incremental_qalys
    table = log.table()
    row = table.iloc[1]
    assert row["inmb change at 150000"] == pytest.approx(1000.0 * months, rel=1e-9)
    assert row["icer_change"] == pytest.approx(-1000.0 * months / base.incremental_qalys, rel=1e-9)
    assert row["icer_change_relative"] == pytest.approx(-1000.0 * months / base.incremental_cost, rel=1e-9)


def test_each_change_alone_is_the_edited_old_model_and_all_together_are_the_new_one() -> None:
    new = short()
    changes = {
        "products.palbociclib.pack_21": 12_000.0,
        "curves.control.os.distribution": "gompertz",
        "utilities.progression_free": 0.7,
        "settings.discount_rate_effects": 0.015,
    }
    for address, value in changes.items():
        new = edit(new, {address: value})
    log = change_log(short(), new)
    assert log.after == dataclasses.replace(log.after, incremental_cost=base_case(new).incremental_cost)
    assert log.closes
    assert log.walk[-1].result.incremental_cost == log.after.incremental_cost
    run = {e.change.address: e for e in log.changes if e.change.runs}
    assert set(run) == set(changes)
    applied: dict[str, Any] = {}
    for step, address in zip(log.walk, run, strict=True):
        base = base_case(edit(short(), {address: changes[address]}))
        assert run[address].alone.incremental_cost == pytest.approx(base.incremental_cost, rel=1e-12)
        assert run[address].alone.icer == pytest.approx(base.icer, rel=1e-12)
        assert run[address].alone.inmb == pytest.approx([base.inmb(t) for t in log.thresholds], rel=1e-12)
        applied[address] = changes[address]
        assert step.result.icer == pytest.approx(base_case(edit(short(), applied)).icer, rel=1e-12)
    total = log.table().iloc[-1]
    assert total["icer"] == base_case(new).icer and total["incremental_cost"] == base_case(new).incremental_cost


def test_documentation_uncertainty_and_scenarios_are_listed_without_a_run() -> None:
    new = with_row(example(), "care", "care.pfs_care", notes="looked up", distribution="gamma", standard_error=99.0)
    new = dataclasses.replace(
        new,
        scenarios=(ScenarioChange(id="short", label="Short", input="settings.horizon_years", value=5.0),),
        about=dataclasses.replace(example().about, title="Another title"),
        settings=dataclasses.replace(new.settings, seed=9),
        references=(Reference(id="study", citation="A study"),),
    )
    log = change_log(example(), new)
    effects = {e.change.address: e.effect for e in log.changes}
    assert effects["care.pfs_care.notes"] == effects["about.title"] == "no effect on results: documentation"
    assert effects["references.study"] == "no effect on results: documentation"
    assert "only the probabilistic and one-way" in effects["care.pfs_care.standard_error"]
    assert "only the probabilistic analysis" in effects["settings.seed"]
    assert "only the scenarios" in effects["scenarios.short.settings.horizon_years"]
    assert len(effects) == 7 and log.walk == () and runs_needed(example(), new) == 0
    assert all(e.alone is None for e in log.changes) and log.before == log.after and log.closes


def test_the_precision_of_a_calibrated_statistic_is_run() -> None:
    """Control PFS is calibrated to more statistics than it has coefficients, so their weights matter."""
    key = "evidence.control.pfs.landmark.48.effective_n"
    new = edit(short(), {key: 20.0})
    alone = only(change_log(short(), new)).alone
    assert alone.icer == pytest.approx(base_case(new).icer, rel=1e-12)
    assert alone.icer != base_case(short()).icer


def test_a_value_can_be_changed_alone_although_the_old_interval_does_not_hold_it() -> None:
    new = with_row(example(), "utilities", "utilities.progressed", value=0.9, low=0.85, high=0.95)
    log = change_log(example(), new)
    assert [e.effect for e in log.changes[:1]] == ["alone"] and log.changes[0].alone.icer == log.after.icer


def test_a_change_that_makes_the_intervention_dominant_says_so() -> None:
    new = example()
    for address in ("care.target_drug", "care.pfs_care", "care.pps_care"):
        new = with_row(new, "care", address, value=0.0, low=None, high=None)
    log = change_log(example(), new)
    assert log.after.icer is None and log.after.icer_words.startswith("dominant")
    assert log.table()["icer_change"].isna().iloc[-1]


# ---- changes that need one another --------------------------------------------------------------------------------


def test_shares_that_sum_to_one_are_changed_together() -> None:
    first, second = "subsequent.trastuzumab_deruxtecan.share", "subsequent.trastuzumab_emtansine.share"
    new = with_row(short(), "subsequent", first, value=0.7)
    new = with_row(new, "subsequent", second, value=0.3)
    new = edit(new, {"utilities.progression_free": 0.7})
    log = change_log(short(), new)
    by_id = {e.change.address: e for e in log.changes}
    utility, one, two = by_id["utilities.progression_free"], by_id[first], by_id[second]
    assert utility.effect == "alone"
    assert one.others == (two.number,) and "sum to 0.9; they must sum to 1" in one.effect
    assert two.alone is None and two.effect == f"only together with others: see change {one.number}"
    assert [step.numbers for step in log.walk] == [(utility.number,), (one.number, two.number)]
    assert log.closes


def test_a_curve_source_and_the_row_that_it_needs_are_made_together() -> None:
    curve, effect = effect_curve("new", "pfs", "old", "weibull", 0.67)
    old = model(
        [
            own_curve("old", "pfs", "weibull", shape=1.2, scale=40.3),
            own_curve("old", "os", "weibull", shape=1.1, scale=70.4),
            own_curve("new", "pfs", "weibull", shape=1.2, scale=50.0),
            effect_curve("new", "os", "old", "weibull", 0.74),
        ],
        settings=settings(horizon_years=5.0),
        care=(monthly("drug", "progression_free", 5000.0, arm="new"),),
    )
    curves = tuple(curve if (c.arm, c.endpoint) == ("new", "pfs") else c for c in old.curves)
    rows = tuple(c for c in old.coefficients if c.arm != "new")
    new = dataclasses.replace(old, curves=curves, relative_effects=(*old.relative_effects, effect), coefficients=rows)
    log = change_log(old, define(**tables_of(new)))
    source = next(e for e in log.changes if e.change.address == "curves.new.pfs.source")
    assert source.others and source.reason and source.alone is not None
    assert log.closes and log.walk[-1].result.icer == pytest.approx(base_case(new).icer, rel=1e-12)
    assert sorted(n for s in log.walk for n in s.numbers) == [e.number for e in log.changes if e.change.runs]


def test_a_new_arm_comes_with_what_it_needs_and_leaves_other_changes_alone() -> None:
    starter = dataclasses.replace(template_definition(), scenarios=(), assumptions=())
    base = edit(starter, {"settings.horizon_years": 3.0})
    arm = dataclasses.replace(base.arms[0], id="third", label="Third", short_label="Third")
    tables = ("regimens", "treatment", "curves", "evidence", "follow_up", "event_probabilities")
    copies = {
        t: (*base.table(t), *(dataclasses.replace(r, arm="third") for r in base.table(t) if r.arm == "standard_care"))
        for t in tables
    }
    new = edit(dataclasses.replace(base, arms=(*base.arms, arm), **copies), {"utilities.progressed": 0.1})
    log = change_log(base, new)
    added = next(e for e in log.changes if e.change.address == "arms.third")
    tables_needed = {log.changes[n - 1].change.table for n in added.others}
    assert tables_needed == {"curves", "evidence", "follow_up", "event_probabilities"}
    assert next(e for e in log.changes if e.change.address == "utilities.progressed").effect == "alone"
    assert log.closes and log.before.icer == added.alone.icer


def test_many_rows_of_one_set_of_data_are_made_as_one_change() -> None:
    table = tuple(LifeTableRow(age=a, qx_female=min(1.0, 0.0005 * 1.1 ** (a - 40))) for a in range(40, 101))
    old = dataclasses.replace(example(), life_table=table, settings=settings(hazard_floor=True, horizon_years=5.0))
    doubled = tuple(dataclasses.replace(r, qx_female=min(1.0, 2 * r.qx_female)) for r in table)
    new = dataclasses.replace(old, life_table=doubled)
    log = change_log(old, new)
    n = sum(a != b for a, b in zip(table, doubled, strict=True))
    assert len(log.changes) == n > 10 and len(log.walk) == 1
    assert log.changes[0].effect == f"{n} changes of a set of data, made as one"
    assert log.changes[0].alone is not None and all(e.alone is None for e in log.changes[1:])
    assert log.changes[3].effect == "same set of data as change 1"


def test_what_is_left_out_last_is_a_pair() -> None:
    """Two shares are possible together or not at all, and only change 0 is needed."""
    items = [(n,) for n in range(6)]

    def possible(chosen: Any) -> bool:
        return (0,) in chosen and ((3,) in chosen) == ((4,) in chosen)

    assert smallest_possible(items, possible, lambda item: ("care",)) == [(0,)]


# ---- models that differ in what they compare ----------------------------------------------------------------------


def test_another_currency_is_noted_and_nothing_is_converted() -> None:
    new = dataclasses.replace(
        example(),
        settings=dataclasses.replace(example().settings, currency="GBP"),
        thresholds=(Threshold(value=150000.0), Threshold(value=20000.0)),
    )
    log = change_log(example(), new)
    assert "nothing is converted" in log.notes()[0]
    assert log.thresholds == (150000.0,) and log.after.incremental_cost == log.before.incremental_cost
    assert {e.change.kind for e in log.changes} == {"currency", "thresholds"}


def test_intervention_and_comparator_can_be_exchanged() -> None:
    turned = dataclasses.replace(example().settings, intervention="old", comparator="new")
    new = dataclasses.replace(example(), settings=turned)
    log = change_log(example(), new)
    assert log.after.incremental_cost == pytest.approx(-log.before.incremental_cost, rel=1e-12)
    assert log.closes and any("compares new with old, the new one old with new" in n for n in log.notes())


def test_a_compared_arm_that_one_model_lacks_is_one_clear_sentence() -> None:
    renamed = shipped("patina_us")
    arm = dataclasses.replace(renamed.arms[1], id="ribociclib")
    other = dataclasses.replace(
        renamed, arms=(renamed.arms[0], arm), settings=dataclasses.replace(renamed.settings, intervention="ribociclib")
    )
    with pytest.raises(DefinitionError, match="the new model has no arm 'palbociclib'") as caught:
        change_log(renamed, other)
    assert len(caught.value.problems) == 1


# ---- parts --------------------------------------------------------------------------------------------------------


def test_keys_of_both_models_are_merged_in_order() -> None:
    first, second = [("a",), ("b",), ("c",)], [("x",), ("b",), ("y",), ("z",), ("a",)]
    assert merged_order(first, second) == [("x",), ("a",), ("b",), ("y",), ("z",), ("c",)]


def test_numbers_in_words() -> None:
    assert numbers_words((3, 5, 6, 7, 8)) == "3, 5-8"


def test_progress_counts_every_run_twice() -> None:
    new = edit(example(), {"care.target_drug": 9000.0, "utilities.progressed": 0.7})
    done: list[int] = []
    change_log(example(), new, done.append)
    assert sum(done) == runs_needed(example(), new) == 4


def test_a_fixed_value_is_shown_with_its_unit() -> None:
    extra = dataclasses.replace(example(), care=(*example().care, monthly("visit", "progressed", fixed(50.0, "USD"))))
    new = with_row(extra, "care", "care.visit", value=60.0)
    row = change_log(extra, new).table().iloc[1]
    assert (row["label"], row["old_value"], row["new_value"], row["unit"]) == ("visit: cost", 50.0, 60.0, "USD")


def test_rows_of_which_every_cell_is_part_of_the_key_are_compared_as_rows() -> None:
    """The points of a digitised curve: the same in both models, one moved, one gone."""
    old = trial()
    assert [c.address for c in differences(old, edit(old, {"curves.control.pfs.distribution": "gamma"}))] == [
        "curves.control.pfs.distribution"
    ]
    fewer = dataclasses.replace(old, digitised=old.digitised[1:])
    assert [(c.table, c.what) for c in differences(old, fewer)] == [("digitised", "removed")]
