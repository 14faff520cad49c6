"""What the checks look at: the live model and the cells of its results."""

from __future__ import annotations

import dataclasses

from ..live.constants import Constants
from ..live.evaluate import LiveModel
from ..live.trace import ArmTrace
from .curves import CurvesAt
from .disaggregated import DisaggregatedAt
from .report import Report
from .results import ResultsAt


@dataclasses.dataclass(frozen=True)
class Checked:
    """The model and its results, by cell."""

    report: Report
    live: LiveModel
    results: ResultsAt
    parts: DisaggregatedAt
    curves: CurvesAt

    @property
    def constants(self) -> Constants:
        return self.live.bench.constants

    @property
    def traces(self) -> list[ArmTrace]:
        """The trace of every arm, in the order of the arms."""
        return list(self.live.arms.values())

    def label(self, arm: str) -> str:
        return self.report.definition.arm(arm).short_label
