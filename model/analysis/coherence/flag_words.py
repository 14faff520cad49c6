"""Each flag in words: its name, and one sentence that says what, from when, how much, and what it means.

The sheet Coherence puts the same sentences together by formulas: a mark such as {value} is a number in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from model.definition.records.coherence import (
    AFTER_BELOW,
    AFTER_HIGH,
    AFTER_RISES,
    BEFORE_BELOW,
    CURVES_EQUAL,
    OPPOSITE_HAZARDS,
    OUTSIDE_EVIDENCE,
    REPAIR_MOVES,
)

NAMES = {
    AFTER_BELOW: "too few deaths after progression",
    AFTER_HIGH: "too many deaths after progression",
    AFTER_RISES: "deaths after progression rise too fast",
    BEFORE_BELOW: "too few deaths before progression",
    REPAIR_MOVES: "the repair moves patients",
    CURVES_EQUAL: "PFS equals OS",
    OUTSIDE_EVIDENCE: "OS outside the external figures",
    OPPOSITE_HAZARDS: "hazards bend apart",
}
"""Within the one line that tells which flags are raised."""

SENTENCES = {
    AFTER_BELOW: "mortality after progression lies below the limit from year {since} to {until}, at its lowest {value} times "
    "the general population's (limit {limit}): nobody dies more slowly than people without the disease, so OS falls too "
    "slowly there for this PFS.",
    AFTER_HIGH: "mortality after progression is above the limit from year {since} to {until}, up to {value} a year (limit "
    "{limit}): OS is falling onto PFS there, and whoever has progressed dies soon after.",
    AFTER_RISES: "mortality after progression rises above the limit from year {since} to {until}, up to {value}-fold in "
    "{years} years (limit {limit}): neither age nor the disease does that, OS is running into PFS.",
    BEFORE_BELOW: "mortality before progression lies below the limit from year {since} to {until}, at its lowest {value} "
    "times the general population's (limit {limit}): nobody dies more slowly than people without the disease, so the share "
    "of PFS events that are deaths cannot stay what it is assumed to be.",
    REPAIR_MOVES: "where PFS exceeds OS the repair moves more patients than the limit from year {since} to {until}, up to "
    "{value} of them (limit {limit}): the results of those years come from the rule, not from the evidence.",
    CURVES_EQUAL: "PFS equals OS from year {since} to {until} while up to {value} of the patients are alive (limit {limit}): "
    "nobody progresses any more, and nobody who has progressed is alive.",
    OUTSIDE_EVIDENCE: "OS lies outside all external figures, {value} of the patients beyond the nearest (limit {limit}): no "
    "other patients are known to have lived like this.",
    OPPOSITE_HAZARDS: "from year {since} to {until} the hazard of PFS falls and that of OS rises, both at least {value}-fold "
    "(limit {limit}): curves that bend apart from each other meet.",
}
HALF_UP = 1e-9  # lifts a number that lies half way between two printed ones
DECIMALS = {"since": 1, "until": 1, "value": 2, "limit": 2, "years": 0}
"""Decimals with which a mark is written."""
MARK = re.compile(r"\{(\w+)\}")

OF_THE_FLAGS = "Of the flags: "
NONE_LOOKED_FOR = "No flag of coherence is looked for."


def pieces(flag: str) -> Iterator[tuple[str, str]]:
    """The sentence of a flag as words and marks in turn: (words, mark that follows them or "")."""
    parts = MARK.split(SENTENCES[flag])
    for i in range(0, len(parts), 2):
        yield parts[i], parts[i + 1] if i + 1 < len(parts) else ""


def sentence(flag: str, arm: str, numbers: Mapping[str, float]) -> str:
    """The sentence with its numbers; one below 0 is told as 0, and a half is rounded up, as spreadsheets do."""

    def number(mark: str) -> str:
        return f"{max(0.0, numbers[mark]) + HALF_UP:,.{DECIMALS[mark]}f}"

    return f"{arm}: {''.join(words + (number(mark) if mark else '') for words, mark in pieces(flag))}"


def comments(said: Mapping[str, str]) -> str:
    """What was said of each flag that is raised, in one line; flags of which nothing was said are left out."""
    told = "; ".join(f"{NAMES[flag]}: {words}" for flag, words in said.items() if words)
    return f"{OF_THE_FLAGS}{told}." if told else ""


def summary(raised: list[str], n_raised: int, n_looked_for: int) -> str:
    """One line: do the curves hang together? ``raised``: flags raised in some arm; the counts are of flags of all arms."""
    if not n_looked_for:
        return NONE_LOOKED_FOR
    named = "; ".join(NAMES[flag] for flag in raised)
    return summary_template(str(n_raised), str(n_looked_for), named)[1 if raised else 0]


def summary_template(n_raised: str, n_looked_for: str, named: str) -> tuple[str, str]:
    """The line where no flag is raised, and where some are."""
    return (
        f"PFS and OS hang together: none of {n_looked_for} flags of coherence raised.",
        f"PFS and OS do not hang together: {n_raised} of {n_looked_for} flags of coherence raised ({named}).",
    )
