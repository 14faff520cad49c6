"""The base case in the structure in use and in every other that its inputs allow: partitioned survival, and state transition
under each link between the arms.

A partitioned-survival model and a state-transition model on the same evidence may extrapolate differently, and neither is
right by itself (Woods et al. 2017, NICE DSU TSD 19; Woods et al. 2020, Value in Health 23:1613). How much of a gain in PFS
becomes one in OS is a link between arms, of which full, partial and no transfer are the customary cases.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.analysis import Analysis
from model.analysis.base_case.comparison import Comparison
from model.analysis.base_case.words import ratio_in_words
from model.analysis.columns.structures import STRUCTURES
from model.analysis.ratio_words import ratio
from model.analysis.shown_result import ShownResult
from model.analysis.structures.range_words import range_words
from model.analysis.structures.read_off import with_points_read_off
from model.definition.checks.states import too_many_states
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError
from model.definition.records.settings import LINK_WORDS, PARTITIONED_SURVIVAL, STATE_TRANSITION, STRUCTURE_WORDS
from model.definition.sampling.draws import base_case_draws
from model.engine.evaluate import Outcomes, evaluate
from model.survival.multistate import LINKS

ALL = ((PARTITIONED_SURVIVAL, ""), *((STATE_TRANSITION, link) for link in LINKS))
"""Structures and links between arms, in the order of the table."""
CERTAIN: dict[str, Any] = {"settings.state_transition_probability": 0.0}


@dataclasses.dataclass(frozen=True)
class InStructure:
    """The base case in one structure; ``outcomes``: of one draw, None where it cannot be run, with the reason in ``note``."""

    structure: str
    link: str
    in_use: bool
    outcomes: Outcomes | None
    note: str = ""

    @property
    def words(self) -> str:
        """``state transition, a gain in PFS passes fully to OS``."""
        return STRUCTURE_WORDS[self.structure] + (f", {LINK_WORDS[self.link]}" if self.link else "")


@dataclasses.dataclass(frozen=True)
class Structures(ShownResult):
    """Result: one base case per structure and link, in the order of :data:`ALL`."""

    TITLE = "Other structures"
    COLUMNS = ("structure", "link", "in_use", "incremental_cost", "incremental_qalys", "icer")

    definition: ModelDefinition
    found: list[InStructure]

    @property
    def base(self) -> InStructure:
        """The structure in use."""
        return next(one for one in self.found if one.in_use)

    def compared(self) -> dict[str, Comparison]:
        """Costs and effects of the arms in each structure that was run, by its words."""
        return {one.words: self.comparison(one.outcomes) for one in self.found if one.outcomes is not None}

    def comparison(self, outcomes: Outcomes) -> Comparison:
        """Costs and effects of the arms side by side."""
        totals = (outcomes.total_costs, outcomes.total_qalys, outcomes.total_life_years)
        return Comparison(self.definition, *(values[0] for values in totals))

    def table(self) -> pd.DataFrame:
        """One row per structure and link: increments, ICER, change against the base case, incremental net benefit at each
        decision threshold, totals per arm; numbers are nan where it cannot be run, and the reason stands beside them."""
        assert self.base.outcomes is not None
        base = self.comparison(self.base.outcomes)
        return STRUCTURES.frame([self._row(one, base) for one in self.found])

    def _row(self, one: InStructure, base: Comparison) -> dict[str, object]:
        row: dict[str, object] = {
            "structure": STRUCTURE_WORDS[one.structure].capitalize(),
            "link": LINK_WORDS.get(one.link, ""),
            "in_use": one.in_use,
        }
        made = None if one.outcomes is None else self.comparison(one.outcomes)
        row |= _increments(made, base)
        for threshold in self.definition.decision_thresholds():
            row[f"inmb at {threshold:g}"] = np.nan if made is None else made.inmb(threshold)
        for a, arm in enumerate(self.definition.arms):
            row |= _of_arm(one.outcomes, a, arm.short_label)
        return row | {"note": one.note}

    def words(self) -> str:
        """The range of results between structures, in words."""
        not_run = [(one.words, one.note) for one in self.found if one.outcomes is None]
        return range_words(self.compared(), self.base.words, not_run)

    def shown_words(self) -> list[str]:
        """The range of the results."""
        return [self.words()]


def structures(definition: ModelDefinition, progress: Callable[[int], None] | None = None) -> Structures:
    """The base case in every structure that the inputs allow. ``progress`` is called with 1 after each.

    >>> import model
    >>> small = model.edit(model.example(), {"settings.horizon_years": 2})
    >>> [one.structure for one in model.structures(small).found if one.in_use]
    ['partitioned_survival']
    """
    found, own = [], definition.with_own_draws()
    with_points, remark = _with_points(own)
    for structure, link in ALL:
        found.append(_in_structure(own, with_points, remark, structure, link))
        if progress:
            progress(1)
    return Structures(definition, found)


def _with_points(definition: ModelDefinition) -> tuple[ModelDefinition, str]:
    """What the other structure is made from: the definition itself, with points read off its OS where none is published."""
    try:
        return with_points_read_off(edit(definition, CERTAIN | {"settings.structure": PARTITIONED_SURVIVAL}))
    except DefinitionError:
        return definition, ""


def _in_structure(
    definition: ModelDefinition, with_points: ModelDefinition, remark: str, structure: str, link: str
) -> InStructure:
    now = definition.settings
    if structure == now.structure and link in ("", now.link_between_arms):
        return InStructure(structure, link, True, _base_case(definition))
    by_states = structure == STATE_TRANSITION
    if by_states and (words := too_many_states(definition)):
        return InStructure(structure, link, False, None, f"Cannot be run: {words}")
    changes = CERTAIN | {"settings.structure": structure} | ({"settings.link_between_arms": link} if link else {})
    try:
        changed = edit(with_points if by_states else definition, changes)
    except DefinitionError as error:
        return InStructure(structure, link, False, None, f"Cannot be run: {_reason(error)}")
    return InStructure(structure, link, False, _base_case(changed), remark if by_states else "")


def _base_case(definition: ModelDefinition) -> Outcomes:
    return evaluate(definition, base_case_draws(definition), threads=1)


def _reason(error: DefinitionError) -> str:
    return "; ".join(dict.fromkeys(problem.message for problem in error.problems))


def _increments(made: Comparison | None, base: Comparison) -> dict[str, object]:
    """Increments with their change against the base case; nan where there is none, or a ratio would mislead."""
    names = ("incremental_cost", "incremental_life_years", "incremental_qalys", "icer", "cost_change", "qalys_change")
    if made is None:
        return dict.fromkeys((*names, "icer_change"), np.nan) | {"conclusion": ""}
    icer = ratio(made.incremental_cost, made.incremental_qalys)
    return {
        "incremental_cost": made.incremental_cost,
        "incremental_life_years": made.incremental_life_years,
        "incremental_qalys": made.incremental_qalys,
        "icer": icer,
        "cost_change": _change(made.incremental_cost, base.incremental_cost),
        "qalys_change": _change(made.incremental_qalys, base.incremental_qalys),
        "icer_change": _change(icer, ratio(base.incremental_cost, base.incremental_qalys)),
        "conclusion": ratio_in_words(made),
    }


def _change(value: float, base: float) -> float:
    """Relative to the base case; nan where that is not above zero, or the value is of another sign."""
    return value / base - 1 if base > 0 and value >= 0 else float("nan")


def _of_arm(outcomes: Outcomes | None, a: int, arm: str) -> dict[str, object]:
    names = [f"{name} {arm}" for name in ("life_years", "life_years_undiscounted", "qalys", "costs")]
    if outcomes is None:
        return dict.fromkeys(names, np.nan)
    years = outcomes.life_years.total("undiscounted")
    totals = (outcomes.total_life_years, years, outcomes.total_qalys, outcomes.total_costs)
    return {name: float(values[0, a]) for name, values in zip(names, totals, strict=True)}


ANALYSIS = Analysis(
    Structures,
    "Structures",
    lambda asked: [structures(asked.definition, asked.done)],
    steps=lambda _, __: len(ALL),
    tables=lambda found, _: {"structures": found.table},
    lines=lambda found, _: [f"Structure: {found.words()}"],
    purpose="The base case as partitioned survival, and as state transition under each link between the arms",
)
