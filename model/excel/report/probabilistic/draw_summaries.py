"""Where the summaries of the stored draws stand, for other sheets."""

from __future__ import annotations

import dataclasses

from model.excel.formulas.formula import Formula

Key = tuple[str, int | str]
"""Outcome, and arm position or "increment"."""


@dataclasses.dataclass(frozen=True)
class DrawSummaries:
    """Cells of the sheet PSA results: mean and ends of the 95% interval by outcome and arm; at each threshold, from the
    lowest on, the probability that the intervention of the run is the best option, and the EVPI."""

    n_draws: int
    means: dict[Key, Formula]
    lower: dict[Key, Formula]
    upper: dict[Key, Formula]
    probability: list[Formula]
    evpi: list[Formula]
