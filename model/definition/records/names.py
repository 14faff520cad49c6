"""Names of what records refer to by id, for the words of their parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

ENDPOINTS = {"pfs": "progression-free survival", "os": "overall survival"}


@dataclasses.dataclass(frozen=True)
class Names:
    """Names by id; an id without a name stands for itself. ``effects``: the kind of effect of a curve by arm and endpoint."""

    arms: Mapping[str, str]
    drugs: Mapping[str, str]
    events: Mapping[str, str]
    effects: Mapping[tuple[str, str], str]

    def arm(self, arm_id: str) -> str:
        return self.arms.get(arm_id, arm_id)

    def drug(self, drug_id: str) -> str:
        return self.drugs.get(drug_id, drug_id)

    def event(self, event_id: str) -> str:
        return self.events.get(event_id, event_id)

    def endpoint(self, endpoint: str) -> str:
        return endpoint_words(endpoint, self.drugs)

    def of_arm(self, arm_id: str | None) -> str:
        """`` (Arm)`` after words that hold for one arm alone."""
        return f" ({self.arm(arm_id)})" if arm_id else ""


def endpoint_words(endpoint: str, drugs: Mapping[str, str]) -> str:
    """An endpoint in words: pfs, os, or time on a drug."""
    return ENDPOINTS.get(endpoint) or f"time on {drugs.get(endpoint, endpoint)}"


def curve_words(endpoint: str, drugs: Mapping[str, str]) -> str:
    """The same, short: PFS, OS, or time on a drug."""
    return {"pfs": "PFS", "os": "OS"}.get(endpoint) or endpoint_words(endpoint, drugs)


def lower_first(text: str) -> str:
    """First letter in lower case, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
