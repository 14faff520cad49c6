"""The index by which costs of different years are brought to one price year."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import FIRST_PRICE_YEAR, LAST_PRICE_YEAR, QUALITY_MARKS, choice, column
from model.definition.records.record import Record


@dataclasses.dataclass(frozen=True, kw_only=True)
class PriceIndex(Record):
    """The level of prices in one year, by which costs of different years are brought to one."""

    year: int = column(
        "Year",
        "integer",
        "Calendar year, or the year in which a financial year ends",
        minimum=FIRST_PRICE_YEAR,
        maximum=LAST_PRICE_YEAR,
        number_format="0",
        width=18,
    )
    index: float = column(
        "Index",
        "number",
        "Level of prices; only ratios of two years count",
        minimum=1e-6,
        maximum=1e9,
        number_format="0.00##",
        width=14,
    )
    source: str = column(
        "Source", "text", "Id of the reference (several: separated by ;)", required=False, default="", width=22
    )
    quality: str = choice("Quality", QUALITY_MARKS, default="official", width=12)
    notes: str = column("Notes", "text", "Which index, and how it was obtained", required=False, default="", width=60)
    KEY = ("year",)
