"""Shares that sum to one: how far their sum may be from 1, which shares belong together, and what is refused.

Reader and workbook hold the same limit (`excel/live/constants.py` has it as the cell ``shares_sum``). Weights of a model
average are held to it as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.problems import Problem
from model.definition.records.care import SubsequentTreatment
from model.definition.records.record import Record
from model.definition.records.states import StateShare

SHARES_SUM_TO_ONE = 1e-6
"""How far a sum of shares may be from 1: thirds typed with seven digits will do, with six they will not."""


@dataclasses.dataclass(frozen=True)
class Mix:
    """Shares that sum to one: positions of their rows in a table. ``arm``: whose they are, None for all arms."""

    table: str
    arm: str | None
    rows: tuple[int, ...]

    def ids(self, d: ModelDefinition) -> list[str]:
        """The ids of the shares."""
        return [address_of(self.table, d.table(self.table)[i]) for i in self.rows]


def sum_to_one(shares: Iterable[float]) -> bool:
    """Do shares sum to 1, but for digits that were not typed?

    >>> sum_to_one([0.3333333, 0.3333333, 0.3333333]), sum_to_one([0.333333, 0.333333, 0.333333])
    (True, False)
    """
    return abs(sum(shares) - 1) <= SHARES_SUM_TO_ONE


def is_share(record: Record) -> bool:
    """Is a record the share of a treatment after progression or of a state at the start, one of those that sum to 1?"""
    return isinstance(record, StateShare) or (isinstance(record, SubsequentTreatment) and record.item == "share")


def mix_of(d: ModelDefinition, arm: str) -> list[SubsequentTreatment]:
    """The shares that hold for an arm: its own, else those for all arms."""
    found = {mix.arm: mix.rows for mix in mixes(d) if mix.table == "subsequent"}
    return [d.subsequent[i] for i in found.get(arm) or found.get(None, ())]


def mixes(d: ModelDefinition) -> Iterator[Mix]:
    """The shares that sum to one, by arm or for all arms: treatments after progression, and states at the start where the
    first state is among them."""
    for arm in (*d.arm_ids, None):
        rows = tuple(i for i, r in enumerate(d.subsequent) if is_share(r) and r.arm == arm)
        if rows:
            yield Mix("subsequent", arm, rows)
    for arm in (*d.arm_ids, None):
        rows = tuple(i for i, r in enumerate(d.state_shares) if r.arm == arm)
        if any(d.state_shares[i].state == d.living_states[0].id for i in rows):
            yield Mix("state_shares", arm, rows)


def dirichlet_groups(definition: ModelDefinition) -> list[list[str]]:
    """Ids of the shares that are sampled together: the treatments after progression of one arm (or of all), or the states at
    the start."""
    found = []
    for mix in mixes(definition):
        rows = definition.table(mix.table)
        drawn = [address_of(mix.table, rows[i]) for i in mix.rows if rows[i].parameter.distribution == "dirichlet"]
        found += [drawn] if drawn else []
    return found


def shares_sum_to_one(d: ModelDefinition) -> Iterator[Problem]:
    """Mixes that do not sum to 1 at their values, or would not in every draw."""
    for mix in mixes(d):
        last, parameters = mix.rows[-1], [d.table(mix.table)[i].parameter for i in mix.rows]
        values = [p.value for p in parameters]
        if not sum_to_one(values):
            yield Problem(mix.table, last, "value", f"the shares sum to {sum(values):.10g}; they must sum to 1")
        kinds = {p.distribution for p in parameters}
        if kinds not in ({"fixed"}, {"dirichlet"}):
            message = "the shares of one mix are all fixed or all dirichlet, so that they sum to 1 in every draw"
            yield Problem(mix.table, last, "distribution", message)
        elif kinds == {"dirichlet"} and len({p.sample_size for p in parameters}) > 1:
            yield Problem(mix.table, last, "sample_size", "the shares of one mix have one n, that of the group")


def subgroups_make_the_whole(d: ModelDefinition) -> Iterator[Problem]:
    """Shares of subgroups that do not sum to 1."""
    shares = [group.share for group in d.subgroups]
    if shares and not sum_to_one(shares):
        message = f"the shares of the subgroups sum to {sum(shares):.10g}; they must sum to 1"
        yield Problem("subgroups", len(shares) - 1, "share", message)
