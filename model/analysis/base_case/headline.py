"""The result of a base case in one line: what is compared when models are compared."""

from __future__ import annotations

import dataclasses

from model.analysis.base_case.base_case import BaseCase, difference
from model.analysis.base_case.words import ratio_in_words, verdict

SAME = 1e-6  # relative; rows in another order change the last digits of a calibrated curve


@dataclasses.dataclass(frozen=True)
class Headline:
    """Intervention against comparator, discounted, in the model's currency; ``inmb`` at each decision threshold of the
    old model. ``icer`` is None where a ratio would mislead; ``icer_words`` says what stands in its place. ``verdict``:
    whether the intervention is the best of all options at each of those thresholds, in words."""

    incremental_cost: float
    incremental_qalys: float
    icer: float | None
    icer_words: str
    inmb: tuple[float, ...]
    verdict: str = ""

    @property
    def words(self) -> str:
        """The ratio and what follows from it."""
        return self.verdict if self.verdict.startswith("identical") else f"{self.icer_words}: {self.verdict}"

    @classmethod
    def of(cls, base: BaseCase, thresholds: tuple[float, ...]) -> Headline:
        inmb = tuple(base.inmb(t) for t in thresholds)
        words = ratio_in_words(base), verdict(base, thresholds)
        return cls(base.incremental_cost, base.incremental_qalys, base.icer, words[0], inmb, words[1])


def icer_change(before: Headline, after: Headline) -> float | None:
    """Change of the ICER; None where either model has none."""
    return None if before.icer is None or after.icer is None else difference(after.icer, before.icer)


def same_result(one: Headline, other: Headline) -> bool:
    """Do two results differ by rounding at most?"""
    pairs = [(one.incremental_cost, other.incremental_cost), (one.incremental_qalys, other.incremental_qalys)]
    return all(abs(a - b) <= SAME * max(abs(a), abs(b), 1e-6) for a, b in pairs)
