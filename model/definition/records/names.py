"""Names of what records refer to by id, for the words of their parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

LONGEST_ABBREVIATION = 5  # letters of an id that is printed as an abbreviation
ENDPOINTS = {"pfs": "progression-free survival", "os": "overall survival"}


@dataclasses.dataclass(frozen=True)
class Names:
    """Names by id; an id without a name stands for itself. ``effects``: the kind of effect of a curve by arm and endpoint."""

    arms: Mapping[str, str]
    drugs: Mapping[str, str]
    events: Mapping[str, str]
    effects: Mapping[tuple[str, str], str]
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def arm(self, arm_id: str) -> str:
        return self.arms.get(arm_id, arm_id)

    def drug(self, drug_id: str) -> str:
        return self.drugs.get(drug_id, drug_id)

    def event(self, event_id: str) -> str:
        return self.events.get(event_id, event_id)

    def endpoint(self, endpoint: str) -> str:
        return endpoint_words(endpoint, self.drugs)

    def state(self, state_id: str) -> str:
        return lower_first(self.states[state_id]) if state_id in self.states else state_id.replace("_", "-")

    def of_arm(self, arm_id: str | None) -> str:
        """`` (Arm)`` after words that hold for one arm alone."""
        return f" ({self.arm(arm_id)})" if arm_id else ""


def endpoint_words(endpoint: str, drugs: Mapping[str, str]) -> str:
    """An endpoint in words: pfs, os, time on a drug, or the curve of a further state."""
    if endpoint in drugs:
        return f"time on {drugs[endpoint]}"
    return ENDPOINTS.get(endpoint) or short_endpoint(endpoint, drugs)


def short_endpoint(endpoint: str, drugs: Mapping[str, str]) -> str:
    """An endpoint in as few words as name a column or a sheet: PFS, OS, the name of a drug, TTD."""
    if endpoint in drugs:
        return drugs[endpoint]
    return endpoint.upper() if len(endpoint) <= LONGEST_ABBREVIATION and "_" not in endpoint else endpoint.replace("_", " ")


def curve_words(endpoint: str, drugs: Mapping[str, str]) -> str:
    """The same, short: PFS, OS, or time on a drug."""
    return {"pfs": "PFS", "os": "OS"}.get(endpoint) or endpoint_words(endpoint, drugs)


def lower_first(text: str) -> str:
    """First letter in lower case, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
