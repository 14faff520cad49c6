"""What the checks look at: the live model and the cells of its results."""

from __future__ import annotations

import dataclasses

from model.excel.formulas.formula import Formula
from model.excel.live.constants import Constants
from model.excel.live.evaluate import LiveModel
from model.excel.live.trace import ArmTrace
from model.excel.output_book import Report
from model.excel.report.coherence.coherence_sheet import CoherenceAt
from model.excel.report.curves.curves import CurvesAt
from model.excel.report.disaggregated import DisaggregatedAt
from model.excel.report.results import ResultsAt


@dataclasses.dataclass(frozen=True)
class Checked:
    """The model and its results, by cell. ``named``: cells of the budget impact and of what agencies ask for, by the names of
    the outputs."""

    report: Report
    live: LiveModel
    results: ResultsAt
    parts: DisaggregatedAt
    curves: CurvesAt
    coherence: CoherenceAt
    named: dict[str, Formula]

    @property
    def constants(self) -> Constants:
        return self.live.bench.constants

    @property
    def traces(self) -> list[ArmTrace]:
        """The trace of every arm, in the order of the arms."""
        return list(self.live.arms.values())

    def label(self, arm: str) -> str:
        return self.report.definition.arm(arm).short_label
