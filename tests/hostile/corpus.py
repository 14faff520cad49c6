"""The corpus: cases of all kinds made from workbooks, and the run that judges them."""

from __future__ import annotations

import dataclasses
import random
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.hostile.answers import Answer, input_cells
from tests.hostile.bad_cells import cell_cases
from tests.hostile.bad_files import file_cases
from tests.hostile.bad_structure import structure_cases
from tests.hostile.case import Case, Made
from tests.hostile.parts import Parts
from tests.hostile.process import Question, Reader
from tests.hostile.verdicts import BAD, GOOD, TO_LOOK_AT, verdict

MOST_FIXED = 0.6  # of all cases, those of files and structure


@dataclasses.dataclass(frozen=True)
class Judged:
    """A case with what became of it."""

    case: Case
    verdict: str
    made: Made
    answer: Answer

    @property
    def bad(self) -> bool:
        return self.verdict in BAD


def corpus(count: int, seed: int, books: Mapping[str, Path]) -> list[Case]:
    """``count`` cases made from ``books``; the first of them also makes the cases of files. Same seed, same cases."""
    choice = random.Random(seed)
    parts = {name: Parts.of(path) for name, path in books.items()}
    cells = {name: input_cells(path) for name, path in books.items()}
    first = next(iter(books))
    fixed = [*file_cases(first, books[first]), *structure_cases(choice, parts, cells)]
    if len(fixed) > MOST_FIXED * count:
        fixed = choice.sample(fixed, int(MOST_FIXED * count))
    return fixed + cell_cases(count - len(fixed), choice, parts, cells)


def judge(cases: Iterable[Case], books: dict[str, Path], tell: Callable[[Judged], None] = lambda _: None) -> list[Judged]:
    """Make every workbook, let a process of its own read it, and judge what it says."""
    found = []
    with tempfile.TemporaryDirectory() as folder, Reader(books) as reader:
        for number, case in enumerate(cases):
            path = Path(folder) / f"case_{number:04d}{case.suffix}"
            made = case.make(path)
            answer = reader.ask(Question(case.book, path, case.few))
            path.unlink()
            found.append(Judged(case, verdict(case, made, answer), made, answer))
            tell(found[-1])
    return found


def summary(judged: Iterable[Judged]) -> str:
    """A table of verdicts by kind of case."""
    found = list(judged)
    kinds = sorted({j.case.kind.split(":")[0] for j in found})
    lines = [f"{'verdict':24}" + "".join(f"{kind:>12}" for kind in kinds) + f"{'all':>8}"]
    for word in (*GOOD, *TO_LOOK_AT, *BAD):
        of_word = [j.case.kind for j in found if j.verdict == word]
        counts = "".join(f"{sum(k.startswith(kind) for k in of_word):12}" for kind in kinds)
        lines.append(f"{word:24}{counts}{len(of_word):8}")
    return "\n".join(lines)
