"""Every table is known wherever tables are asked: none can be forgotten in silence."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis.change_log.kinds import TOUCHES
from model.analysis.sampled.parameter_groups import DEFAULT_GROUPS
from model.definition import ModelDefinition
from model.definition.labels import all_labels
from model.definition.model_definition import TABLES
from model.definition.records.columns import block_of, column, parameter_block
from model.definition.records.limits import MONEY
from model.definition.records.parameters import Parameter
from model.definition.records.record import COSTS_OF_CARE, Record
from model.engine.costs import cost_streams
from model.engine.timeline import make_timeline
from model.excel.inputs.schema import SHEET_OF, TABLE_SPECS
from model.excel.inputs.table_specs import TableSpec
from model.excel.live.used import USED, reason_not_used
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.small_models import tables_of

COSTS = {name for name, record in TABLES.items() if record.IS_COST}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_stands_on_a_sheet_and_says_what_a_change_of_it_touches(table: str) -> None:
    assert SHEET_OF[table].name and TABLE_SPECS[table].record is TABLES[table]
    assert TABLES[table].TOUCHES in TOUCHES


@pytest.mark.parametrize("table", TABLES)
def test_each_column_is_used_by_the_live_calculation_or_it_is_said_why_not(table: str) -> None:
    spec: TableSpec = TABLE_SPECS[table]
    assert [c.field for c in spec.columns if not c.key and reason_not_used(table, c.field) == "?"] == []
    assert block_of(TABLES[table]) is None or "value" in USED[table]


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_of_a_shipped_model_has_words_of_its_own(name: str) -> None:
    definition = shipped(name)
    words = all_labels(definition)
    assert [p for p in definition.parameters if words.get(p, p) == p] == []
    assert len({words[p] for p in definition.parameters}) == len(definition.parameters)


def test_costs_are_amounts_of_money_in_the_group_of_costs_or_of_toxicity() -> None:
    for table in COSTS:
        assert TABLES[table].GROUP in DEFAULT_GROUPS
    money = {n for n, r in TABLES.items() if (block := block_of(r)) is not None and block[1].maximum == MONEY["maximum"]}
    assert money == COSTS


class Watched(ModelDefinition):
    """A definition that notes which of its tables are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in TABLES:
            READ.add(name)
        return super().__getattribute__(name)


READ: set[str] = set()


def test_the_engine_makes_costs_of_every_table_of_costs() -> None:
    definition = shipped("patina_us")
    watched = Watched(**tables_of(definition))
    timeline = make_timeline(definition)
    READ.clear()
    assert all(cost_streams(watched, timeline, arm) for arm in definition.arm_ids)
    assert READ >= COSTS


def test_a_record_with_a_parameter_that_says_neither_its_group_nor_its_words_is_refused() -> None:
    with pytest.raises(TypeError, match="Forgetful does not say its GROUP, in_words"):

        @dataclasses.dataclass(frozen=True, kw_only=True)
        class Forgetful(Record):
            id: str = column("Id", "id", "Short id")
            parameter: Parameter = parameter_block(**MONEY)
            KEY = ("id",)


def test_a_record_that_says_them_is_accepted() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Complete(Record):
        id: str = column("Id", "id", "Short id")
        parameter: Parameter = parameter_block(**MONEY)
        KEY = ("id",)
        GROUP = COSTS_OF_CARE

        def in_words(self, names: Any) -> str:
            return self.id

    assert Complete(id="a", parameter=Parameter(value=1.0)).in_words(None) == "a"
