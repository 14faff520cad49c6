"""What is wrong with a definition, and the error that carries it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong: table, position of the record (None: the table), field and message."""

    table: str
    position: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = self.table if self.position is None else f"{self.table}, row {self.position + 1}"
        place = f"{place}, {self.field}" if self.field else place
        return f"{place}: {self.message}" if place else self.message


class DefinitionError(ValueError):
    """A definition that cannot be run; ``problems`` lists everything that is wrong, and the message holds one line of each.

    lines: the problems in other words than their own, one for each.
    """

    def __init__(self, problems: Iterable[Problem], lines: Iterable[str] | None = None):
        self.problems = list(problems)
        self.lines = [str(p) for p in self.problems] if lines is None else list(lines)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, from one process to another: the text alone does not make it again."""
        return type(self), (self.problems, self.lines), vars(self)
