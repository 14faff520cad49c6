"""Subgroups of the population: how large each is, and which inputs it has of its own."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition.records.columns import QUALITY_MARKS, choice, column
from model.definition.records.limits import SHARE
from model.definition.records.record import Record


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subgroup(Record):
    """One part of the population; together the subgroups are the whole of it."""

    id: str = column("Subgroup id", "id", "Short id used in the table of changes, and after --subgroup", width=24)
    label: str = column("Subgroup", "text", "Name printed in results", width=44)
    share: float = column(
        "Share",
        "number",
        "Share of all patients; the shares of all subgroups sum to 1",
        **SHARE,
        number_format="0.0%",
        width=11,
    )
    source: str = column("Source", "text", "Id of the reference for the share", required=False, default="", width=30)
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column(
        "Notes", "text", "Why the subgroup is looked at; where its size is from", required=False, default="", width=70
    )
    KEY = ("id",)
    TOUCHES = "subgroups"


@dataclasses.dataclass(frozen=True, kw_only=True)
class SubgroupChange(Record):
    """One input that differs in a subgroup; every other input is that of the whole population."""

    subgroup: str = column("Subgroup id", "id", "Subgroup that has the value", refers_to="subgroups", width=24)
    input: str = column("Input", "address", "Address of the input, such as population.start_age", width=44)
    value: Any = column("Value there", "any", "The value it takes in the subgroup", width=18)
    source: str = column("Source", "text", "Id of the reference for the value", required=False, default="", width=30)
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column("Notes", "text", "How the value was obtained", required=False, default="", width=70)
    KEY = ("subgroup", "input")
    TOUCHES = "subgroups"
