"""The differences between two models, input by input. Records are matched by their key: moved rows are no difference."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

from model.analysis.change_log.kinds import RESULTS, kind_of
from model.definition.addresses import Location, addresses
from model.definition.model_definition import TABLES, ModelDefinition, address_of, key_of
from model.definition.records.columns import Column, columns_of
from model.definition.records.parameters import Parameter
from model.definition.records.settings import About, Provenance

Key = tuple[str, ...]
MOST_ROWS_ALONE = 10
DATA_SETS = {  # tables whose rows are one set of data: {table: fields that name the set}
    "coefficients": ("arm", "endpoint"),
    "patient_data": ("arm", "endpoint"),
    "digitised": ("arm", "endpoint"),
    "numbers_at_risk": ("arm", "endpoint"),
    "survival_tables": ("arm", "endpoint"),
    "life_table": (),
    "utility_norms": (),
}


@dataclasses.dataclass(frozen=True)
class Change:
    """One difference: an input with another value, or a record that only one model has (``field`` is then empty).

    ``address``: the input id. ``position``: of the record in the new model's table; of the old model's where the
    record is gone. ``old``, ``new``: the values, or the record and None. ``column``: what the input may hold; None
    for a record. ``kind``: a key of :data:`change_kinds.TOUCHES`.
    """

    table: str
    key: Key
    field: str
    address: str
    what: str
    old: Any
    new: Any
    position: int
    column: Column | None
    in_block: bool
    kind: str

    @property
    def runs(self) -> bool:
        """Can it change a deterministic result?"""
        return self.kind == RESULTS


@dataclasses.dataclass(frozen=True)
class _Cell:
    address: str
    value: Any
    column: Column
    in_block: bool


Cells = dict[tuple[str, str], _Cell]


def differences(old: ModelDefinition, new: ModelDefinition) -> tuple[Change, ...]:
    """Every difference, in the order of the new model's sheets and rows (a record that is gone: after its predecessor)."""
    old_cells, new_cells = _cells_by_record(old), _cells_by_record(new)
    found = list(_about(old, new))
    for name, cell in new_cells["settings", 0].items():
        found += _fields("settings", (), {name: old_cells["settings", 0][name]}, {name: cell}, 0)
        found += _provenance(old, new, name[1])
    for table in TABLES:
        before, after = rows_by_key(old, table), rows_by_key(new, table)
        for key in merged_order(list(after), list(before)):
            if key not in after:
                position, record = before[key]
                found.append(_record(table, key, "removed", record, None, position))
            elif key not in before:
                position, record = after[key]
                found.append(_record(table, key, "added", None, record, position))
            else:
                position = after[key][0]
                one, other = old_cells.get((table, before[key][0]), {}), new_cells.get((table, position), {})
                found += _fields(table, key, one, other, position)
    return tuple(found)


def units_of(changes: Sequence[Change]) -> list[tuple[int, ...]]:
    """The changes that are run, as positions in ``changes``: each by itself, but a set of data of which more than
    ten rows or cells differ (patient records of a curve, a life table) as one change."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number, change in enumerate(changes):
        if change.runs:
            groups.setdefault(_data_set(change) or (number,), []).append(number)
    units: list[tuple[int, ...]] = []
    for members in groups.values():
        units += [tuple(members)] if len(members) > MOST_ROWS_ALONE else [(n,) for n in members]
    return sorted(units)


def _data_set(change: Change) -> tuple[Any, ...]:
    if change.table not in DATA_SETS:
        return ()
    return change.table, change.key[: len(DATA_SETS[change.table])]


def rows_by_key(definition: ModelDefinition, table: str) -> dict[Key, tuple[int, Any]]:
    """Position and record of every row of a table, by its key."""
    return {key_of(record): (position, record) for position, record in enumerate(definition.table(table))}


def merged_order(first: Sequence[Key], second: Sequence[Key]) -> list[Key]:
    """The keys of ``first`` in their order, those of ``second`` alone each after its nearest predecessor in ``first``."""
    followers: dict[Key | None, list[Key]] = {}
    known, anchor = set(first), None
    for key in second:
        if key in known:
            anchor = key
        else:
            followers.setdefault(anchor, []).append(key)
    order = list(followers.get(None, []))
    for key in first:
        order += [key, *followers.get(key, [])]
    return order


def _cells_by_record(definition: ModelDefinition) -> dict[tuple[str, int], Cells]:
    """The cells of every record, by table and position, then by what holds them ("" or the block) and field."""
    places = addresses(definition)
    found: dict[tuple[str, int], Cells] = {}
    for address, place in places.items():
        if place.inside_block and place.field == "value" and places.get(f"{address}.value") != place:
            continue  # the long form of a parameter's address
        cell = _Cell(address, value_at(definition, place), place.column, bool(place.inside_block))
        found.setdefault((place.table, place.position), {})[place.inside_block, place.field] = cell
    return found


def value_at(definition: ModelDefinition, place: Location) -> Any:
    """What stands at a location."""
    if place.table == "settings":
        return getattr(definition.settings, place.field)
    record = definition.table(place.table)[place.position]
    return getattr(getattr(record, place.inside_block) if place.inside_block else record, place.field)


def _fields(table: str, key: Key, old: Cells, new: Cells, position: int) -> Iterator[Change]:
    for name, cell in new.items():
        before = old[name].value
        if not _same(before, cell.value):
            kind = kind_of(table, name[1], cell.in_block)
            yield Change(
                table, key, name[1], cell.address, "changed", before, cell.value, position, cell.column, cell.in_block, kind
            )


def _same(one: Any, other: Any) -> bool:
    """Equal, and both numbers or both not (a scenario may hold the word 1 or the number 1; yes is not 1).

    Numbers are compared to 14 digits: programs that save a workbook change the 16th of what formulas have computed.
    """
    kinds = [(isinstance(v, str), isinstance(v, bool)) for v in (one, other)]
    if kinds[0] != kinds[1]:
        return False
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-14, abs_tol=0.0)
    return bool(one == other)


def _record(table: str, key: Key, what: str, old: Any, new: Any, position: int) -> Change:
    address = address_of(table, old if new is None else new)
    return Change(table, key, "", address, what, old, new, position, None, False, kind_of(table))


def _about(old: ModelDefinition, new: ModelDefinition) -> Iterator[Change]:
    for name, column in columns_of(About).items():
        one, other = getattr(old.about, name), getattr(new.about, name)
        if one != other:
            yield Change("about", (), name, f"about.{name}", "changed", one, other, 0, column, False, kind_of("about", name))


def _provenance(old: ModelDefinition, new: ModelDefinition, setting: str) -> Iterator[Change]:
    """Source, quality and notes of one setting."""
    before, after = (d.provenance.get(setting, Provenance()) for d in (old, new))
    for part in ("source", "quality", "notes"):
        one, other = getattr(before, part), getattr(after, part)
        if one != other:
            field, column = f"{setting}.{part}", columns_of(Parameter)[part]
            yield Change(
                "settings",
                (),
                field,
                f"settings.{field}",
                "changed",
                one,
                other,
                0,
                column,
                False,
                kind_of("settings", field),
            )
