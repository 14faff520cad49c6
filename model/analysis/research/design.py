"""What every design of a study can do."""

from __future__ import annotations

from typing import Protocol

from model.analysis.decision.studies import Study
from model.analysis.sampled.sampled_model import SampledModel


class Design(Protocol):
    """A study without its size: how it observes, not how many."""

    def of(self, sampled: SampledModel) -> Study:
        """The study as it would observe each draw of an analysis. ValueError where the model does not fit it."""

    def patients(self, size: int, sampled: SampledModel) -> int:
        """Everybody who takes part in a study of a size, which is what a study is paid for."""
