"""The old model with some of the changes: made without what no deterministic result depends on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from model.analysis.change_log.differences import Change, Key, merged_order, rows_by_key
from model.analysis.change_log.kinds import KIND_OF_SETTING, KIND_OF_TABLE
from model.definition.checks.all_checks import problems_apart_from_scenarios
from model.definition.model_definition import TABLES, ModelDefinition, address_of, key_of
from model.definition.records.columns import block_of, columns_of
from model.definition.records.settings import Settings

Unit = tuple[int, ...]


def bare(definition: ModelDefinition) -> ModelDefinition:
    """The deterministic core: the same base case, without documentation, scenarios and uncertainty.

    So a value can be changed although its old interval does not hold the new one, and a row can be added although
    its source is not yet listed.
    """
    tables: dict[str, Any] = {}
    for name in TABLES:
        without = name in KIND_OF_TABLE and name != "thresholds"
        tables[name] = () if without else tuple(_bare_record(name, r) for r in definition.table(name))
    kept = {
        name: column.default
        for name, column in columns_of(Settings).items()
        if KIND_OF_SETTING.get(name) in ("bounds", "sampling")
    }
    settings = dataclasses.replace(definition.settings, **kept)
    return dataclasses.replace(definition, settings=settings, provenance={}, **tables)


def _bare_record(table: str, record: Any) -> Any:
    if table == "arms":  # names may be exchanged between arms; they must differ at every step
        return dataclasses.replace(record, label=record.id, short_label=record.id)
    if table == "drugs":
        return dataclasses.replace(record, label=record.id)
    block = block_of(type(record))
    if not block:
        return record
    known = dataclasses.replace(
        getattr(record, block[0]), distribution="fixed", standard_error=None, sample_size=None, low=None, high=None
    )
    return dataclasses.replace(record, **{block[0]: known})


class Patch:
    """Applies changes, given as units of positions in ``changes``, to the bare old model."""

    def __init__(self, old: ModelDefinition, new: ModelDefinition, changes: Sequence[Change]):
        self.old, self.new, self.changes = bare(old), bare(new), changes
        self._order: dict[str, list[Key]] = {}

    def apply(self, units: Iterable[Unit]) -> ModelDefinition:
        """The old model with these changes; it may be impossible (see :meth:`problem`)."""
        settings: dict[str, Any] = {}
        rows: dict[str, dict[Key, Any]] = {}
        for change in (self.changes[number] for unit in units for number in unit):
            if change.table == "settings":
                settings[change.field] = change.new
                continue
            if change.table not in rows:
                rows[change.table] = {key_of(r): r for r in self.old.table(change.table)}
            self._change_row(rows[change.table], change)
        tables: dict[str, Any] = {
            name: tuple(found[key] for key in self._order_of(name) if key in found) for name, found in rows.items()
        }
        return dataclasses.replace(self.old, settings=dataclasses.replace(self.old.settings, **settings), **tables)

    def _change_row(self, rows: dict[Key, Any], change: Change) -> None:
        if change.what == "removed":
            del rows[change.key]
        elif change.what == "added":
            rows[change.key] = self.new.table(change.table)[change.position]
        else:
            record = rows[change.key]
            block = block_of(type(record)) if change.in_block else None
            if block:
                value = dataclasses.replace(getattr(record, block[0]), **{change.field: change.new})
                rows[change.key] = dataclasses.replace(record, **{block[0]: value})
            else:
                rows[change.key] = dataclasses.replace(record, **{change.field: change.new})

    def _order_of(self, table: str) -> list[Key]:
        if table not in self._order:
            before, after = (list(rows_by_key(d, table)) for d in (self.old, self.new))
            self._order[table] = merged_order(before, after)
        return self._order[table]

    def problem(self, units: Iterable[Unit]) -> str:
        """Why the old model with these changes is not possible, or ""."""
        definition = self.apply(units)
        problems = problems_apart_from_scenarios(definition)
        if not problems:
            return ""
        first = problems[0]
        if first.table in TABLES and first.position is not None:
            return f"{address_of(first.table, definition.table(first.table)[first.position])}: {first.message}"
        return f"{first.table}.{first.field}: {first.message}" if first.field else first.message

    def needed(self, unit: Unit, others: Sequence[Unit], applied: Sequence[Unit] = ()) -> list[Unit]:
        """Which of ``others`` have to come with ``unit``: as few as leaving out parts of them finds.

        With all of them the model must be possible.
        """

        def possible(chosen: Sequence[Unit]) -> bool:
            return not self.problem([*applied, unit, *chosen])

        def families(other: Unit) -> tuple[str, ...]:
            change = self.changes[other[0]]
            return (*change.key, change.table)

        return smallest_possible(others, possible, families)


def smallest_possible(
    items: Sequence[Unit], possible: Callable[[Sequence[Unit]], bool], families: Callable[[Unit], Sequence[str]]
) -> list[Unit]:
    """A part of ``items`` that is possible, as few as are found; ``items`` itself must be possible.

    Families (all rows of an arm, a drug, a table), halves, quarters, ... and single items are left out in turn while
    what remains is possible (after Zeller and Hildebrandt 2002, Simplifying and isolating failure-inducing input);
    at last pairs of one table, such as two shares that are needed together or not at all.
    """
    kept = list(items)

    def leave_out(these: Sequence[Unit]) -> bool:
        nonlocal kept
        trial = [item for item in kept if item not in these]
        if len(trial) == len(kept) or not possible(trial):
            return False
        kept = trial
        return True

    names = {item: families(item) for item in items}
    sizes = Counter(name for found in names.values() for name in dict.fromkeys(found))
    for name in (name for name, count in sizes.items() if count > 1):
        leave_out([item for item in kept if name in names[item]])
    size = max(len(kept) // 2, 1) if kept else 0
    while size:
        start = 0
        while start < len(kept):
            start += 0 if leave_out(kept[start : start + size]) else size
        size //= 2
    for pair in combinations(kept, 2):
        if names[pair[0]][-1] == names[pair[1]][-1] and all(item in kept for item in pair):
            leave_out(pair)
    return kept
