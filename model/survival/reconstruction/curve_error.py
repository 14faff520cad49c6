"""What is wrong with a digitised curve or the table under it, and in which row."""

from __future__ import annotations

from dataclasses import dataclass

CURVE, NUMBERS_AT_RISK, TOTAL_EVENTS = "curve", "numbers_at_risk", "total_events"


@dataclass(frozen=True)
class Disagreement:
    """Two published figures that do not go together. table: CURVE, NUMBERS_AT_RISK or TOTAL_EVENTS; row: position in it
    as it was given, from 0 (None: no single row)."""

    table: str
    row: int | None
    message: str


class CurveError(ValueError):
    """A curve that cannot be reconstructed; `table` and `row` as in :class:`Disagreement`."""

    def __init__(self, message: str, table: str = CURVE, row: int | None = None):
        self.table, self.row = table, row
        super().__init__(message)
