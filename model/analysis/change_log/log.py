"""The change log between two models: every difference, its effect on the old model alone, and all of them in turn.

Alone: the old model with this change and nothing else. In turn: change after change in the order of the sheets, ending
at the new model. A change that is not possible without others (two shares that must sum to one) is made with the
fewest others that make it possible. Differences that cannot touch the base case are listed without a run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pandas as pd

from model.analysis.base_case.base_case import base_case, difference
from model.analysis.base_case.headline import Headline, icer_change, same_result
from model.analysis.change_log.differences import Change, differences, units_of
from model.analysis.change_log.kinds import DOCUMENTATION, TOUCHES
from model.analysis.change_log.patch import Patch, Unit
from model.analysis.change_log.words import Words, plain_value, unit_words
from model.analysis.columns.change_log import CHANGE_LOG
from model.analysis.shown_result import ShownResult
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem

TOGETHER = "all changes together"


@dataclasses.dataclass(frozen=True)
class Logged:
    """One change with its number (from 1) and its effect on the old model.

    ``alone``: the result with this change and those of ``others`` (numbers of the changes that it is not possible
    without, for the ``reason`` given). None where nothing was run, where the result stands at an earlier change of
    the same set (``see``, its number), or where the change is part of a set of data that is made as one (``lead``,
    the number of its first change, where the result stands; ``rows``, how many they are).
    """

    number: int
    change: Change
    label: str
    unit: str
    alone: Headline | None = None
    others: tuple[int, ...] = ()
    reason: str = ""
    see: int | None = None
    lead: int = 0
    rows: int = 1

    @property
    def leads(self) -> bool:
        """Is it a change that can be run, and the first of its set of data, or one by itself?"""
        return self.change.runs and self.lead == self.number

    @property
    def effect(self) -> str:
        """In words: made alone, only with others and why, or not run and why."""
        if not self.change.runs:
            return TOUCHES[self.change.kind]
        if not self.leads:
            return f"same set of data as change {self.lead}"
        as_one = f"{self.rows} changes of a set of data, made as one" if self.rows > 1 else ""
        if self.see is not None:
            return f"only together with others: see change {self.see}"
        if self.others:
            alone = f"only together with others ({numbers_words(self.others)}): {self.reason}"
            return f"{alone}; {as_one}" if as_one else alone
        return as_one or "alone"


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of the walk from old to new: the numbers of the changes made in it, and the result after it."""

    numbers: tuple[int, ...]
    result: Headline


@dataclasses.dataclass(frozen=True)
class ChangeLog(ShownResult):
    """Every difference between two models with its effect. Amounts are in the old model's currency."""

    TITLE = "Change log"
    COLUMNS = ("number", "label", "change", "old_value", "new_value", "incremental_cost", "incremental_qalys", "icer")

    old: ModelDefinition
    new: ModelDefinition
    before: Headline
    after: Headline
    changes: tuple[Logged, ...]
    walk: tuple[Step, ...]

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Decision thresholds of the old model."""
        return self.old.decision_thresholds()

    @property
    def closes(self) -> bool:
        """Does the walk end at the new model's base case? (So what was not run has no effect on it.)"""
        if not self.walk:
            return same_result(self.before, self.after)
        return same_result(self.walk[-1].result, self.after)

    def table(self) -> pd.DataFrame:
        """The old model, one row per change (its effect alone; ``step`` of the walk and ICER after it), and all changes
        together: costs, QALYs, ICER and its change (absolute, and relative to the old), INMB and its change at
        each decision threshold of the old model."""
        step_of = {n: i for i, step in enumerate(self.walk, start=1) for n in step.numbers}
        rows = [{"number": "", "label": "old model", **self._numbers(self.before)}]
        for logged in self.changes:
            change, step = logged.change, step_of.get(logged.number)
            after = self.walk[step - 1].result if step else None
            rows.append(
                {
                    "number": logged.number,
                    "label": logged.label,
                    "input_id": change.address,
                    "change": change.what,
                    "old_value": plain_value(change.old) if change.what != "added" else "",
                    "new_value": plain_value(change.new) if change.what != "removed" else "",
                    "unit": logged.unit,
                    "effect": logged.effect,
                    **self._numbers(logged.alone),
                    "step": step,
                    "icer_after_step": after.icer if after else None,
                    "icer_after_step_in_words": after.icer_words if after else "",
                }
            )
        rows.append({"number": "", "label": TOGETHER, **self._numbers(self.after)})
        words = ["label", "input_id", "change", "old_value", "new_value", "unit", "effect"]
        results = list(self._numbers(self.before))
        table = pd.DataFrame(
            rows, columns=["number", *words, *results, "step", "icer_after_step", "icer_after_step_in_words"]
        )
        table["step"] = table["step"].astype("Int64")
        texts = [*words, "icer_in_words", "icer_after_step_in_words"]
        table[texts] = table[texts].astype(object).fillna("")
        return CHANGE_LOG.checked(table)

    def counts(self) -> str:
        """How many differences there are, and of which kind."""
        total, run = len(self.changes), sum(e.change.runs for e in self.changes)
        words = sum(e.change.kind == DOCUMENTATION for e in self.changes)
        if not total:
            return "No input differs."
        return (
            f"{total} difference{'s' if total != 1 else ''}: {run} in inputs of the base case, {words} in documentation, "
            f"{total - run - words} in uncertainty, scenarios, thresholds or currency."
        )

    def notes(self) -> list[str]:
        """What a reader must know before comparing the numbers."""
        found = []
        one, other = self.old.settings, self.new.settings
        if one.currency != other.currency:
            found.append(
                f"The old model is in {one.currency}, the new one in {other.currency}: nothing is converted, so changes "
                "of amounts compare unlike amounts."
            )
        compared = [f"{s.intervention} with {s.comparator}" for s in (one, other)]
        if compared[0] != compared[1]:
            found.append(f"The old model compares {compared[0]}, the new one {compared[1]}.")
        if not self.closes:
            found.append(
                "The changes made one after another do not end at the new model's result: a difference that was not run "
                "has an effect after all. Please report it."
            )
        return found

    def _numbers(self, result: Headline | None) -> dict[str, object]:
        if result is None:
            return {}
        change = icer_change(self.before, result)
        row: dict[str, object] = {
            "incremental_cost": result.incremental_cost,
            "incremental_qalys": result.incremental_qalys,
            "icer": result.icer,
            "icer_in_words": result.icer_words,
            "icer_change": change,
            "icer_change_relative": None if change is None or not self.before.icer else change / self.before.icer,
        }
        for t, value, was in zip(self.thresholds, result.inmb, self.before.inmb, strict=True):
            row |= {f"inmb at {t:g}": value, f"inmb change at {t:g}": difference(value, was)}
        return row


def numbers_words(numbers: tuple[int, ...]) -> str:
    """``3, 5-8`` for the numbers 3, 5, 6, 7, 8."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def runs_needed(old: ModelDefinition, new: ModelDefinition) -> int:
    """How often ``progress`` of :func:`change_log` is called with 1."""
    return 2 * len(units_of(differences(old, new)))


def change_log(old: ModelDefinition, new: ModelDefinition, progress: Callable[[int], None] | None = None) -> ChangeLog:
    """Every difference between two models, and the effect of each on the old model's base case.

    Raises :class:`DefinitionError` where an arm that one model compares is missing in the other. ``progress`` is
    called with the number of changes done.

    >>> import model
    >>> from model.analysis.change_log import change_log
    >>> small = model.example()
    >>> found = change_log(small, model.edit(small, {"care.new_drug": 800}))
    >>> found.table()["input_id"].tolist()  # the old model, the change, all changes together
    ['', 'care.new_drug', '']
    """
    if reason := why_not_comparable(old, new):
        raise DefinitionError([Problem("", None, "", reason)])
    changes, thresholds = differences(old, new), old.decision_thresholds()
    patch, units = Patch(old, new, changes), units_of(changes)
    done = progress or (lambda _: None)

    def run(chosen: list[Unit]) -> Headline:
        return Headline.of(base_case(patch.apply(chosen)), thresholds)

    logged = list(label_changes(old, new, changes))
    for unit, entry in _alone(patch, units, run, done).items():
        for position in unit:
            logged[position] = dataclasses.replace(
                logged[position],
                alone=entry.result if position == unit[0] else None,
                others=entry.others,
                reason=entry.reason,
                see=entry.see,
                lead=unit[0] + 1,
                rows=len(unit),
            )
    walk = _walk(patch, units, run, done)
    before, after = (Headline.of(base_case(d), thresholds) for d in (old, new))
    return ChangeLog(old, new, before, after, tuple(logged), tuple(walk))


def label_changes(old: ModelDefinition, new: ModelDefinition, changes: Sequence[Change]) -> tuple[Logged, ...]:
    """The changes with number, label and unit, none of them run."""
    removed, others = Words(old), Words(new)
    return tuple(
        Logged(
            number,
            change,
            (removed if change.what == "removed" else others).label(change),
            unit_words(old if change.what == "removed" else new, change),
        )
        for number, change in enumerate(changes, start=1)
    )


@dataclasses.dataclass(frozen=True)
class _Alone:
    result: Headline | None
    others: tuple[int, ...] = ()
    reason: str = ""
    see: int | None = None


def _alone(
    patch: Patch, units: list[Unit], run: Callable[[list[Unit]], Headline], done: Callable[[int], None]
) -> dict[Unit, _Alone]:
    found: dict[Unit, _Alone] = {}
    reasons = {unit: patch.problem([unit]) for unit in units}
    for unit in units:
        if unit not in found:
            if not reasons[unit]:
                found[unit] = _Alone(run([unit]))
            else:
                needed = patch.needed(unit, [u for u in units if u != unit])
                together = sorted([unit, *needed])
                result = run(together)
                for member in together:
                    if reasons[member] and member not in found:
                        others = tuple(n + 1 for u in together if u != member for n in u)
                        see = None if member == unit else unit[0] + 1
                        found[member] = _Alone(None if see else result, others, reasons[member], see)
        done(1)
    return found


def _walk(patch: Patch, units: list[Unit], run: Callable[[list[Unit]], Headline], done: Callable[[int], None]) -> list[Step]:
    steps, applied, remaining = [], list[Unit](), list(units)
    while remaining:
        unit = remaining.pop(0)
        chosen = [unit]
        if patch.problem([*applied, unit]):
            chosen += patch.needed(unit, remaining, applied)
        applied += chosen
        remaining = [u for u in remaining if u not in chosen]
        steps.append(Step(tuple(sorted(n + 1 for u in chosen for n in u)), run(applied)))
        done(len(chosen))
    return steps


def why_not_comparable(old: ModelDefinition, new: ModelDefinition) -> str:
    """Why no effect of a change can be stated: an arm that one model compares is missing in the other. Else ""."""
    for name, one, other_name, other in (("old", old, "new", new), ("new", new, "old", old)):
        compared = dict.fromkeys((one.settings.intervention, one.settings.comparator))
        missing = [f"'{arm}'" for arm in compared if arm not in other.arm_ids]
        if missing:
            return (
                f"the {name} model compares {one.settings.intervention} with {one.settings.comparator}, but the "
                f"{other_name} model has no arm {' and no arm '.join(missing)} (its arms: {', '.join(other.arm_ids)}), "
                "so the effect of the changes cannot be stated"
            )
    return ""
