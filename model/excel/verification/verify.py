"""An output workbook, recalculated by a spreadsheet program that is not ours, beside Python's calculation of its inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from model.analysis import PSA, base_case, psa
from model.analysis.agreement import (
    ALLOWED,
    DIFFERS,
    EQUAL,
    NOT_COMPARED,
    NOT_RECALCULATED,
    STORED_NUMBERS,
    Agreement,
    Found,
    Part,
    Tally,
    allowed_difference,
    chosen,
    compare_draws,
)
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.choices import REPLAYED_DRAWS, SAMPLINGS
from model.definition.editing import edit_for_scenario
from model.definition.model_definition import ModelDefinition
from model.definition.one_subgroup import inputs_in_subgroup
from model.definition.problems import DefinitionError
from model.excel.inputs.controls import HEADERS
from model.excel.inputs.reader import read_inputs
from model.excel.inputs.workbook_cells import check_file
from model.excel.verification.output_cells import (
    CHANGED,
    CHECKS,
    DRAW,
    RUN_DRAWS,
    RUN_SAMPLING,
    RUN_SEED,
    SCENARIO,
    SUBGROUP,
    OutputCells,
    Settings,
    read_output_cells,
)
from model.excel.verification.recalculation import Recalculation, load_ahead, open_in

Steps = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Announces a stretch of work and its number of steps; yields the function that is called after each."""

DRAWS_REOPENED = 2
"""How many stored draws are replayed unless asked for: also where the workbook is loaded anew for each."""
SCENARIO_STREAM = "verification.scenarios"


@contextmanager
def silent(_: str, __: int) -> Iterator[Callable[[int], None]]:
    """No announcement."""
    yield lambda _: None


def verify_workbook(
    path: str | PathLike[str],
    *,
    draws: int | None = None,
    scenarios: int | Literal["all"] | None = None,
    engine: str = "formualizer",
    seed: int = 1,
    steps: Steps = silent,
) -> Agreement:
    """Recalculate an output workbook in ``engine`` and compare every named result with Python's own calculation.

    ``draws``: how many stored draws are replayed (default 25); ``scenarios``: how many, or "all" (the default). Which
    ones follows from ``seed``. Where no Python can talk to LibreOffice it loads the workbook anew for each case; then
    the defaults are 2 draws and no scenario, and a note says so.
    The workbook is not written to. Raises :class:`InputError` where it cannot be compared at all.
    """
    check_file(Path(path))
    loading = load_ahead(engine, Path(path))
    try:
        with steps("Reading the workbook", 2) as done:
            output = read_output_cells(Path(path))
            done(1)
            definition = read_inputs(path, replays="ignore")
        recalculation = open_in(engine, output, _asked(definition, draws, scenarios), loading)
    except BaseException:
        if loading:
            loading.close()
        raise
    try:
        comparison = _Comparison(output, definition, recalculation, _sampled(output, definition, steps), steps)
        with steps(f"Recalculating in {engine}", 1):
            as_saved = recalculation.values({})
        few = recalculation.reopens
        n_draws = draws if draws is not None else DRAWS_REOPENED if few else REPLAYED_DRAWS
        wanted = scenarios if scenarios is not None else 0 if few else "all"
        return comparison.all(as_saved, n_draws, wanted, seed)
    finally:
        recalculation.close()


def _asked(definition: ModelDefinition, draws: int | None, scenarios: int | Literal["all"] | None) -> int:
    """About how many cases are going to be replayed."""
    groups, every = definition.changes_in_subgroups(), len(definition.scenario_changes())
    of_scenarios = every if scenarios in (None, "all") else min(every, int(scenarios))
    return (REPLAYED_DRAWS if draws is None else draws) + of_scenarios + 2 * len(groups) * (scenarios != 0)


def _sampled(output: OutputCells, definition: ModelDefinition, steps: Steps) -> PSA | None:
    """The draws that the workbook stores, sampled and calculated anew; None where it stores none."""
    if output.draws is None:
        return None
    n = _fact(output, RUN_DRAWS, output.draws.n_draws)
    found = output.facts.get(RUN_SAMPLING)
    sampling = found if isinstance(found, str) and found in SAMPLINGS else definition.settings.sampling
    with steps(f"Calculating {n:,} draws", n) as done:
        return psa(definition, n, _fact(output, RUN_SEED, definition.settings.seed), progress=done, sampling=sampling)


def _fact(output: OutputCells, name: str, otherwise: int) -> int:
    """A whole number of the run, where the workbook names it."""
    found = output.facts.get(name)
    return int(found) if isinstance(found, float) else otherwise


Results = Mapping[str, Any]
"""Named results, as Python calculates them."""
Replayed = Callable[[], Part]
"""What comes of cases that the workbook is showing: a call waits until it has shown them all."""


@dataclasses.dataclass(frozen=True)
class _Case:
    """What the workbook is made to show; ``python`` calculates the same: its model and the results."""

    words: str
    controls: Settings
    python: Callable[[], tuple[ModelDefinition, Results]]


@dataclasses.dataclass
class _Comparison:
    output: OutputCells
    definition: ModelDefinition
    recalculation: Recalculation
    sampled: PSA | None
    steps: Steps

    def __post_init__(self) -> None:
        output = self.output
        self.cells = {name: output.place(name) for name in output.results}
        self.controls: dict[str, int | None] = {n: 0 for n in (SUBGROUP, SCENARIO, DRAW) if n in output.cells}
        self.shown = {n: output.facts[n] for n in self.controls if output.facts[n] not in (None, 0.0)}
        self.checks: dict[str, float] = {}
        self.base = named_outputs(base_case(self.definition))
        self.stored_draws = self._stored_draws()

    def all(self, as_saved: Mapping[str, Found], n_draws: int, n_scenarios: int | str, seed: int) -> Agreement:
        """Every comparison, in the order of the report."""
        base = self.recalculation.values(self.controls) if self.shown else as_saved
        self.edited = base.get(CHANGED) not in (None, 0.0)
        draws, replayed = self._draws(n_draws, seed)
        begun = [replayed, self._scenarios(n_scenarios, seed), *self._subgroups(n_scenarios, seed)]
        parts = [self._stored(as_saved), self._base(base), *draws, *(compared() for compared in begun)]
        return Agreement(self.output.path.name, self.recalculation.name, tuple(parts), tuple(self._notes()))

    # ---- stored numbers and base case --------------------------------------------------------------------------------

    def _stored(self, as_saved: Mapping[str, Found]) -> Part:
        """The numbers in the file, as a program shows them that does not recalculate, beside the recalculated ones."""
        stored = self.output.stored
        if all(value is None for value in stored.values()):
            why = "the program that saved the file stored none; a spreadsheet program shows them"
            return _left_out(STORED_NUMBERS, why)
        tally = Tally(STORED_NUMBERS)
        tally.add("as saved", as_saved, stored, self.cells, allowed_difference(self.definition))
        part = tally.part()
        changed = self.edited or self.shown or stored.get(CHANGED) != as_saved.get(CHANGED)
        if part.verdict == DIFFERS and changed:
            remark = "edited after it was last calculated: open it in a spreadsheet program and save it"
            return dataclasses.replace(part, verdict=NOT_RECALCULATED, remark=remark)
        return part

    def _base(self, found: Mapping[str, Found]) -> Part:
        tally = Tally("Base case")
        self._add(tally, "base case", self.base, found, self.definition)
        return tally.part()

    def _add(self, tally: Tally, case: str, python: Results, found: Mapping[str, Found], definition: ModelDefinition) -> None:
        known = {n: v for n, v in python.items() if n in self.base or n in self.cells}
        tally.skipped += len(python) - len(known)  # such as survival after the end of the base case
        tally.add(case, known, found, self.cells, allowed_difference(definition))
        failed = found.get(CHECKS)
        if failed:
            self.checks[case] = failed if isinstance(failed, float) else 1.0

    # ---- draws -------------------------------------------------------------------------------------------------------

    def _stored_draws(self) -> tuple[Part, Part] | None:
        """The inputs and the results of the stored draws; None where the workbook stores none."""
        stored, sampled = self.output.draws, self.sampled
        if stored is None or sampled is None:
            return None
        inputs, results = compare_draws(sampled, stored.columns, stored.cell, allowed_difference(self.definition))
        run_seed = _fact(self.output, RUN_SEED, self.definition.settings.seed)
        return dataclasses.replace(inputs, what=f"Stored draws: inputs, sampled with seed {run_seed}"), results

    def _draws(self, n_wanted: int, seed: int) -> tuple[list[Part], Replayed]:
        """What is to be said of the stored draws, and those that are replayed."""
        if self.stored_draws is None:
            return [], _not_replayed("Draws replayed", "the workbook stores none")
        inputs, results = self.stored_draws
        same = inputs.verdict == EQUAL
        if self.edited:
            remark = "inputs were changed since the run, which stored them"
            results = _left_out(results.what, remark)
            if not same:
                return [_left_out(inputs.what, remark), results], _not_replayed("Draws replayed", remark)
        elif not same:
            remark = "another seed, an uncertainty changed since the run, or a stored draw altered"
            inputs = dataclasses.replace(inputs, remark=remark)
        return [inputs, results], self._replayed(n_wanted, seed)

    def _replayed(self, n_wanted: int, seed: int) -> Replayed:
        assert self.sampled is not None and self.output.draws is not None
        draws, n_stored = self.sampled.draws, self.output.draws.n_draws
        n = _fact(self.output, RUN_DRAWS, n_stored)
        numbers = chosen(min(n, n_stored), n_wanted, seed)
        if not numbers or DRAW not in self.controls:
            return _not_replayed("Draws replayed", "none asked for" if not numbers else "no setting shows a draw")

        def python(draw: int) -> tuple[ModelDefinition, Results]:
            return self.definition, named_outputs(case_of_draw(self.definition, draws, draw - 1))

        what = f"Draws replayed, of {n:,}"
        tally = Tally(what, "draws " + ", ".join(str(k) for k in numbers) if len(numbers) <= 10 else "")
        cases = [_Case(f"draw {k}", {**self.controls, DRAW: k}, partial(python, k)) for k in numbers]
        return self._replay(tally, what, cases)

    # ---- scenarios ---------------------------------------------------------------------------------------------------

    def _scenarios(self, n_wanted: int | str, seed: int) -> Replayed:
        changes = self.definition.scenario_changes()
        asked = len(changes) if n_wanted == "all" else int(n_wanted)
        numbers = chosen(len(changes), asked, seed, SCENARIO_STREAM)
        if not numbers or SCENARIO not in self.controls:
            none = "the model has none" if not changes else "none asked for" if not numbers else "no setting shows one"
            return _not_replayed("Scenarios", none)
        names = {k: list(changes)[k - 1] for k in numbers}
        cases = [
            _Case(f"scenario {k} ({name})", {**self.controls, SCENARIO: k}, partial(self._edited, changes[name]))
            for k, name in names.items()
        ]
        return self._replay(Tally(f"Scenarios, of {len(changes)}"), "Scenarios", cases)

    def _edited(self, changes: Mapping[str, Any]) -> tuple[ModelDefinition, Results]:
        edited = edit_for_scenario(self.definition, changes)
        return edited, named_outputs(base_case(edited))

    def _subgroups(self, n_wanted: int | str, seed: int) -> list[Replayed]:
        """Every subgroup, each once more with a scenario applied to it; no part where the model has none."""
        groups, scenarios = self.definition.changes_in_subgroups(), self.definition.scenario_changes()
        if not groups:
            return []
        if n_wanted == 0 or SUBGROUP not in self.controls:
            return [_not_replayed("Subgroups", "none asked for" if n_wanted == 0 else "no setting shows one")]
        cases: list[_Case] = []
        for k, name in enumerate(groups, start=1):
            changes = inputs_in_subgroup(self.definition, name)
            alone = {**self.controls, SUBGROUP: k}
            cases += self._possible(f"subgroup {k} ({name})", changes, alone)
            for number in chosen(len(scenarios), 1, seed + k, SCENARIO_STREAM) if SCENARIO in self.controls else ():
                scenario = list(scenarios)[number - 1]
                words = f"subgroup {k} ({name}) with scenario {number} ({scenario})"
                cases += self._possible(words, {**changes, **scenarios[scenario]}, {**alone, SCENARIO: number})
        return [self._replay(Tally(f"Subgroups, of {len(groups)}, alone and with a scenario"), "Subgroups", cases)]

    def _possible(self, case: str, changes: Mapping[str, Any], controls: Settings) -> list[_Case]:
        """The case; nothing where a subgroup and a scenario cannot hold together."""
        try:
            edit_for_scenario(self.definition, changes)
        except DefinitionError:
            return []
        return [_Case(case, controls, partial(self._edited, changes))]

    # ---- both --------------------------------------------------------------------------------------------------------

    def _replay(self, tally: Tally, what: str, cases: list[_Case]) -> Replayed:
        """Begin to show the cases; the comparison waits for them."""
        shown = self.recalculation.replays([case.controls for case in cases])

        def compared() -> Part:
            with self.steps(what, len(cases)) as done:
                for case in cases:
                    definition, python = case.python()  # while the workbook is still showing it
                    self._add(tally, case.words, python, next(shown), definition)
                    done(1)
            return tally.part()

        return compared

    def _notes(self) -> Iterator[str]:
        if self.recalculation.remark:
            yield self.recalculation.remark
        for name, value in self.shown.items():
            row = HEADERS[name.removeprefix("set_")]
            yield f"Saved with '{row}' ({self.output.cells[name]}) at {_number(value)}; it was set to 0 to compare."
        if self.edited:
            yield "Inputs were changed since the run that wrote the workbook; compared are the inputs as they are now."
        if self.checks:
            cases = ", ".join(f"{case} ({count:.0f})" for case, count in list(self.checks.items())[:5])
            more = f" and {len(self.checks) - 5} more" if len(self.checks) > 5 else ""
            yield f"The workbook's own checks fail (cell {self.output.cells[CHECKS]}) in: {cases}{more}."


def _number(value: Found) -> str:
    return f"{value:g}" if isinstance(value, float) else f"'{value}'"


def _left_out(what: str, why: str) -> Part:
    return Part(what, allowed=ALLOWED, verdict=NOT_COMPARED, remark=why)


def _not_replayed(what: str, why: str) -> Replayed:
    return lambda: _left_out(what, why)
