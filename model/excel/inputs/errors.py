"""Problems of an input workbook, each with the place where it stands."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Any

FEWEST_GROUPED = 4  # problems of one column and one kind that are told as one
SHOWN_CELLS = 12
LONGEST_MESSAGE = 600
VALUES = re.compile(r"'[^']*'|-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")  # what differs between problems of one kind


def _visible(character: str) -> str:
    """A character that cannot be seen, or that would move the cursor of a terminal, as its code."""
    return " " if character in "\n\t\r" else character.encode("unicode_escape").decode()


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
        message = "".join(c if c.isprintable() else _visible(c) for c in self.message)
        if len(message) > LONGEST_MESSAGE:  # a cell can hold 32,767 letters
            message = f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 2 :]}"
        return f"{place}: {message}" if place else message

    @property
    def kind(self) -> tuple[str, ...]:
        """What problems of one column that say the same of other values have in common."""
        column = re.sub(r"\d+", "", self.cell)
        return (self.sheet, column, self.header, VALUES.sub("", self.message))


class InputError(ValueError):
    """A workbook that cannot be used; ``problems`` lists everything that is wrong.

    ``str`` has a line for each; many of one column that say the same are told in one, by the first of them.
    """

    def __init__(self, problems: Iterable[InputProblem]):
        self.problems = list(problems)
        super().__init__("\n".join(problem_lines(self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, from one process to another: the text alone does not make it again."""
        return type(self), (self.problems,), vars(self)


def problem_lines(problems: Sequence[InputProblem]) -> list[str]:
    """The problems in words, in their order; those of one column and one kind in the place of the first."""
    groups: dict[object, list[InputProblem]] = {}
    for number, problem in enumerate(problems):
        groups.setdefault(problem.kind if problem.cell else number, []).append(problem)
    lines: dict[InputProblem, str] = {}
    for members in groups.values():
        if len(members) >= FEWEST_GROUPED:
            lines[members[0]] = f"{members[0]} - {_others(members[1:])}"
        else:
            lines |= {member: str(member) for member in members}
    return [lines[problem] for problem in dict.fromkeys(problems) if problem in lines]


def _others(members: Sequence[InputProblem]) -> str:
    shown = ", ".join(member.cell for member in members[:SHOWN_CELLS])
    hidden = len(members) - SHOWN_CELLS
    more = f" and {hidden:,} more down to {members[-1].cell}" if hidden > 0 else ""
    return f"the same kind of problem in {len(members):,} more cells of this column: {shown}{more}"


def file_problem(message: str) -> InputError:
    """A problem of the file as a whole."""
    return InputError([InputProblem("", "", "", "", message)])
