"""The sheets of an analysis: which they are, and who writes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.desk import Entry


@dataclasses.dataclass(frozen=True)
class AnalysisSheet:
    """The sheets that hold a result of class ``result``, in order. ``write`` fills them, given the report, the result and the
    cells of the willingness-to-pay thresholds; None where they are written with the calculation."""

    result: type
    entries: tuple[Entry, ...]
    write: Callable[[Report, Any, list[Formula]], None] | None
