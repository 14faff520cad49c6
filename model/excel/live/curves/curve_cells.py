"""Where the single cells of a curve stand: candidates, choice, options, effect, waning."""

from __future__ import annotations

import dataclasses

from model.definition.records.curves import Curve
from model.excel.formulas.formula import Formula, Term
from model.excel.live.curves.asked import Asked
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.choice import Choice
from model.excel.live.curves.own_curve import KaplanMeierCells, TableCells


@dataclasses.dataclass(frozen=True)
class WaningCells:
    """When and how an effect wanes: months from start to end, 1 where it wanes at all."""

    shape: Formula
    start: Formula
    width: Formula
    wanes: Formula


@dataclasses.dataclass
class CurveCells:
    """What the sheets of a curve take: its candidates, which of them is in use, and its options.

    ``relative``: 1 where the curve is the reference arm's with an effect. ``ratio``: the effect in use, relative or fitted
    jointly. ``excess``: 1 where general-population mortality is added; ``excess_from``: from which month on, where a
    Kaplan-Meier part may come before it.
    """

    curve: Curve
    label: str
    asked: Asked
    name: Formula
    candidates: list[Candidate]
    choice: Choice
    relative: Formula
    reference_number: Term
    ratio: Term
    scaled: Term
    table: TableCells | None
    kaplan_meier: KaplanMeierCells | None
    excess: Formula | None
    excess_from: Formula | None
    waning: WaningCells | None = None
    missing: Formula = dataclasses.field(default_factory=lambda: Formula("0", 0.0))

    @property
    def number(self) -> Formula:
        return self.choice.number
