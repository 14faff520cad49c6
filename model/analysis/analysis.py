"""What an analysis of a run is: how it is made, which tables it gives, and what the console says of it.

Each analysis declares itself once, as ``ANALYSIS`` in a file of its room; ``model.choices.ANALYSES`` lists those files in
order. What they find is handed on in one record, :class:`Results`, to the workbook, the figures, the tables and the console.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

import pandas as pd

from model.choices import SOBOL_RUNS
from model.definition.model_definition import ModelDefinition
from model.engine.executors import Executor

T = TypeVar("T")
Tables = dict[str, Callable[[], pd.DataFrame]]
"""Tables by the stem of their CSV file, made when called."""


class Results:
    """What the analyses of one run found: at most one object of each class, whatever the order. What is None is left out."""

    def __init__(self, *found: object) -> None:
        self._found: dict[type, object] = {}
        for item in found:
            self.add(item)

    def add(self, item: object) -> None:
        """Put ``item`` under its class."""
        if item is not None:
            self._found[type(item)] = item

    def of(self, kind: type[T]) -> T | None:
        """What is there of a class, or None."""
        found: Any = self._found.get(kind)
        return found  # type: ignore[no-any-return]

    def the(self, kind: type[T]) -> T:
        """What is there of a class. Raises KeyError where there is nothing."""
        found: Any = self._found[kind]
        return found  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"Results({', '.join(kind.__name__ for kind in self._found)})"

    def __iter__(self) -> Iterator[object]:
        return iter(self._found.values())

    def __contains__(self, kind: type) -> bool:
        return kind in self._found


@dataclasses.dataclass(frozen=True)
class RunSettings:
    """How a run is made. ``draws``, ``seed``, ``threads``: None for those of the definition and of the machine; ``tolerance``
    relative, where draws go on until they are precise; ``executor`` evaluates draws (default: threads)."""

    draws: int | Literal["auto"] | None = None
    seed: int | None = None
    threads: int | None = None
    tolerance: float | None = None
    sobol_runs: int = SOBOL_RUNS
    executor: Executor | None = None


@dataclasses.dataclass(frozen=True)
class Asked:
    """What an analysis is handed: the definition, what the analyses before it found, the settings of the run, and a function
    that is told how many more of its steps are done."""

    definition: ModelDefinition
    results: Results
    settings: RunSettings
    done: Callable[[int], None]


def _one(_: ModelDefinition, __: RunSettings) -> int:
    return 1


def _short(_: ModelDefinition, __: RunSettings) -> float:
    return 0.1


def draws_of(definition: ModelDefinition, settings: RunSettings) -> int:
    """Draws of the probabilistic analysis of a run; those of the definition where they go on until they are precise."""
    asked = settings.draws
    return asked if isinstance(asked, int) else definition.settings.psa_draws


@dataclasses.dataclass(frozen=True)
class Analysis(Generic[T]):
    """One analysis of a run.

    ``result``: class of what it finds. ``task``: its words while it runs and in the list of analyses. ``run`` gives what it
    finds, with anything made beside it, each of a class of its own; None where the model leaves nothing to analyse.
    ``purpose``: the question it answers, in one line. ``steps``: how many steps it tells of. ``seconds``: about how long it
    takes beside the others, for the time remaining. ``progress``: longer words while it runs. ``tables`` and ``lines`` (for
    the console) are asked only where there is a result, and evaluate nothing that the run has evaluated already.
    """

    result: type[T]
    task: str
    run: Callable[[Asked], Iterable[object]]
    steps: Callable[[ModelDefinition, RunSettings], int] = _one
    progress: Callable[[ModelDefinition, RunSettings], str] | None = None
    tables: Callable[[T, Results], Tables] | None = None
    lines: Callable[[T, Results], list[str]] | None = None
    purpose: str = ""
    seconds: Callable[[ModelDefinition, RunSettings], float] = _short

    def words(self, definition: ModelDefinition, settings: RunSettings) -> str:
        """What is said while it runs."""
        return self.task if self.progress is None else self.progress(definition, settings)

    def tables_of(self, results: Results) -> Tables:
        """Its tables, or none where it found nothing."""
        found = results.of(self.result)
        return {} if found is None or self.tables is None else self.tables(found, results)

    def lines_of(self, results: Results) -> list[str]:
        """What the console says of it."""
        found = results.of(self.result)
        return [] if found is None or self.lines is None else self.lines(found, results)
