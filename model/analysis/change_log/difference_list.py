"""The differences between two models where their effect cannot be stated: what differs, and nothing that is run.

So where an arm that one model compares is missing in the other (it was renamed), or where a model cannot be run as it is.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from model.analysis.change_log.differences import differences
from model.analysis.change_log.kinds import TOUCHES
from model.analysis.change_log.log import Logged, label_changes
from model.analysis.change_log.words import plain_value
from model.analysis.columns.change_log import DIFFERENCES
from model.analysis.shown_result import ShownResult
from model.definition.model_definition import ModelDefinition

NOT_STATED = "not stated"


@dataclasses.dataclass(frozen=True)
class DifferenceList(ShownResult):
    """Every difference between two models, and why their effects are not stated."""

    TITLE = "Differences"
    COLUMNS = ("number", "label", "change", "old_value", "new_value")

    old: ModelDefinition
    new: ModelDefinition
    changes: tuple[Logged, ...]
    reason: str

    def counts(self) -> str:
        """How many differences there are, in words."""
        total = len(self.changes)
        return f"{total} difference{'s' if total != 1 else ''}." if total else "No input differs."

    def table(self) -> pd.DataFrame:
        """One row per difference."""
        rows = [
            {
                "number": entry.number,
                "label": entry.label,
                "input_id": entry.change.address,
                "change": entry.change.what,
                "old_value": plain_value(entry.change.old) if entry.change.what != "added" else "",
                "new_value": plain_value(entry.change.new) if entry.change.what != "removed" else "",
                "unit": entry.unit,
                "effect": NOT_STATED if entry.change.runs else TOUCHES[entry.change.kind],
            }
            for entry in self.changes
        ]
        return DIFFERENCES.checked(pd.DataFrame(rows, columns=DIFFERENCES.names))

    def shown_words(self) -> list[str]:
        """How many, and why no effects."""
        return [self.counts(), self.reason]


def difference_list(old: ModelDefinition, new: ModelDefinition, reason: str) -> DifferenceList:
    """Every difference between two models; nothing is run, so that neither has to be possible."""
    return DifferenceList(old, new, label_changes(old, new, differences(old, new)), reason)
