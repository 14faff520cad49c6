"""Addresses of inputs in words, so that no raw id stands where a reader expects a name."""

from __future__ import annotations

from typing import Any

from model.definition.addresses import addresses
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition, key_of
from model.definition.records.names import endpoint_words, lower_first
from model.survival import label_of


class InputWords:
    """Words for every address of a definition."""

    def __init__(self, definition: ModelDefinition):
        self.definition = definition
        self.places = addresses(definition)
        self.labels = all_labels(definition)
        self.arms = {arm.id: arm.short_label for arm in definition.arms}
        self.drugs = {drug.id: drug.label for drug in definition.drugs}
        self.events = {event.id: event.label for event in definition.adverse_events}

    def of(self, address: str) -> str:
        """``Palbociclib: overall survival hazard ratio`` for ``relative_effects.palbociclib.os``."""
        if address in self.labels:
            return self.labels[address]
        place = self.places.get(address)
        if place is None:
            return address
        if place.table == "settings":
            return place.column.header
        record = self.definition.table(place.table)[place.position]
        base = address[: -len(place.field) - 1] if address.endswith(f".{place.field}") else address
        name = (
            self.labels.get(base) or self.labels.get(f"curves.{base.split('.', 1)[1]}")
            if place.table == "curves"
            else (self.labels.get(base))
        )
        return f"{name or self._record(place.table, record)}, {lower_first(place.column.header)}"

    def _record(self, table: str, record: Any) -> str:
        """A record without a label of its own: its label, or its keys in words."""
        label = getattr(record, "label", "")
        if label:
            return label
        if table in ("regimens", "treatment"):
            return f"{self.arms.get(record.arm, record.arm)}: use of {self.drugs.get(record.drug, record.drug)}"
        parts = [self._part(field, part) for field, part in zip(_key_fields(record), key_of(record), strict=False)]
        words = table.replace("_", " ")
        return f"{words[:1].upper()}{words[1:]} ({', '.join(p for p in parts if p)})"

    def _part(self, field: str, part: str) -> str:
        if field == "arm":
            return self.arms.get(part, part)
        if field in ("drug", "id"):
            return self.drugs.get(part, part.replace("_", " "))
        if field == "endpoint":
            return endpoint_words(part, self.drugs)
        if field == "event":
            return self.events.get(part, part)
        return part.replace("_", " ")

    def value(self, address: str, value: Any) -> str:
        """A new value in words: distributions and arms by name, yes and no."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float | int):
            return f"{value:,.10g}"
        text = str(value)
        place = self.places.get(address)
        if place is not None and place.field == "distribution" and place.table == "curves":
            return label_of(text)
        if place is not None and place.column.refers_to == "arms":
            return self.arms.get(text, text)
        return text.replace("_", " ")

    def column(self, name: str) -> str:
        """A column of the draws: a parameter, or one coefficient of a curve, ``curves.arm.endpoint[scale]``."""
        base, _, coefficient = name.partition("[")
        words = self.labels.get(base, base)
        return f"{words}, {coefficient.rstrip(']')}" if coefficient else words


def _key_fields(record: Any) -> list[str]:
    return [name for name in type(record).KEY if getattr(record, name) not in (None, "")]


def sources(ids: str) -> str:
    """Ids of references, apart from each other."""
    return "; ".join(part.strip() for part in ids.split(";"))
