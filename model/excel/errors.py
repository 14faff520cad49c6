"""Problems of an input workbook, each with the place where it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class InputProblem:
    """One problem: sheet, cell (such as ``C7``; empty: the whole sheet), column header, row label and message."""

    sheet: str
    cell: str
    header: str
    label: str
    message: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet
        if self.header:
            place += f" '{self.header}'"
        if self.label:
            place += f" ({self.label})"
        return f"{place}: {self.message}" if place else self.message


class InputError(ValueError):
    """A workbook that cannot be used; ``problems`` lists everything that is wrong, one line of ``str`` each."""

    def __init__(self, problems: Iterable[InputProblem]):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def file_problem(message: str) -> InputError:
    """A problem of the file as a whole."""
    return InputError([InputProblem("", "", "", "", message)])
