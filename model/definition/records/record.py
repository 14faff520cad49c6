"""What a record says of itself beside its columns, so that no list elsewhere needs to name its table.

A class whose parameter block has no group or no words is refused when it is written.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any, ClassVar

from model.definition.records.names import Names

RESULTS, DOCUMENTATION = "results", "documentation"

UTILITIES, TOXICITY = "Utilities", "Toxicity"
TIME_ON_TREATMENT = "Time on treatment"  # a drug's own curve belongs to it as well
COSTS_OF_CARE, AFTER_PROGRESSION = "Costs of care", "After progression"
BY_ENDPOINT, NO_GROUP = "by endpoint", ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a table of the definition.

    KEY: the fields by which a row is known. TOUCHES: what a change of the table can touch (the keys of
    :data:`model.analysis.change_log.kinds.TOUCHES`). Of a parameter block: GROUP, in which its value of information is
    reported (BY_ENDPOINT: that of the curve it belongs to); IS_COST, whether it is an amount of money that a price can be
    sought for.
    """

    KEY: ClassVar[tuple[str, ...]]
    TOUCHES: ClassVar[str] = RESULTS
    GROUP: ClassVar[str] = NO_GROUP
    IS_COST: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        fields = [v for v in vars(cls).values() if isinstance(v, dataclasses.Field)]
        needed = ("KEY", "GROUP", "in_words") if any("block" in f.metadata for f in fields) else ("KEY",)
        missing = [name for name in needed if name not in vars(cls)]
        if missing:
            raise TypeError(f"the record {cls.__name__} does not say its {', '.join(missing)}.")

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The key of the record as words; parts that are empty (all arms) are left out."""
        parts = (getattr(self, name) for name in self.KEY)
        return tuple(_word(p) for p in parts if p is not None and p != "")

    def in_words(self, names: Names) -> str:
        """The record's parameter or curve in words, for tables, tornado charts and messages; "" if it has none."""
        return ""


def _word(part: Any) -> str:
    return f"{part:g}" if isinstance(part, float) else str(part)
