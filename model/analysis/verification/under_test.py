"""The model under test: its base case, edited copies and draws, each evaluated once and shared by the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from model.analysis.base_case.base_case import BaseCase, case_of_draw
from model.analysis.deterministic.one_way import OneWay, one_way
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.definition.editing import edit_unchecked
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import endpoint_words
from model.definition.sampling.draws import Draws, base_case_draws, sample
from model.definition.structure import in_structure, structure_is_uncertain
from model.engine.engine import Engine
from model.engine.evaluate import Outcomes, evaluate
from model.engine.trace import Trace, trace

DRAWS = 500
"""Draws of the tests of uncertainty."""
OTHER_SEED = 12_345_678
Kept = TypeVar("Kept")


class Run:
    """One deterministic run of a definition (not checked: some tests leave what a workbook may hold)."""

    def __init__(self, definition: ModelDefinition, draws: Draws | None = None, engine: Engine | None = None) -> None:
        self.definition = definition
        self.engine = engine or Engine(definition)
        self.draws = draws or base_case_draws(definition)

    @cached_property
    def outcomes(self) -> Outcomes:
        """Outcomes of one draw."""
        return evaluate(self.definition, self.draws, threads=1, engine=self.engine)

    @cached_property
    def traces(self) -> dict[str, Trace]:
        """The trace of every arm."""
        return {arm: trace(self.definition, arm, self.draws, engine=self.engine) for arm in self.definition.arm_ids}

    def total(self, kind: str, discounted: str = "discounted") -> Array:
        """Totals of ``life_years``, ``qaly`` or ``cost``, ``(n_arms,)``."""
        return self.outcomes.account(kind).total(discounted)[0]

    def category(self, kind: str, category: str, discounted: str = "discounted") -> Array:
        """One category of an account, ``(n_arms,)``; 0 where the account has no such category."""
        account = self.outcomes.account(kind)
        values = getattr(account, discounted)[0]
        rows = [k for k, name in enumerate(account.categories) if name == category]
        return np.asarray(values[:, rows].sum(axis=1))

    def column(self, arm: str, name: str) -> Array:
        """A column of the trace of an arm."""
        return self.traces[arm].columns[name]

    def per_cycle(self, arm: str, kind: str, discounted: str = "discounted") -> Array:
        """What every cycle boundary adds to a total of an arm."""
        parts: Mapping[tuple[str, str], Array] = getattr(self.traces[arm], discounted)
        zero = np.zeros(self.engine.timeline.n_cycles + 1)
        return np.asarray(sum((v for (k, _), v in parts.items() if k == kind), zero))


class UnderTest:
    """The model that is tested. ``scenarios``: those of the run, where they were run. Nothing is evaluated twice."""

    def __init__(self, definition: ModelDefinition, scenarios: Scenarios | None = None, n_draws: int = DRAWS) -> None:
        self.as_read = definition
        uncertain = structure_is_uncertain(definition)
        self.definition = in_structure(definition, definition.settings.structure) if uncertain else definition
        self.scenarios, self.n_draws = scenarios, n_draws
        self._runs: dict[Any, Run] = {}
        self._kept: dict[str, Any] = {}

    @cached_property
    def base(self) -> Run:
        """The base case."""
        return Run(self.definition)

    @cached_property
    def case(self) -> BaseCase:
        """The base case with the tables that are reported of it."""
        return case_of_draw(self.definition, self.base.draws)

    @cached_property
    def psa(self) -> PSA:
        """Draws of the model as read, with the seed of the settings."""
        return self._sampled(self.as_read.settings.seed)

    @cached_property
    def other_psa(self) -> PSA:
        """Draws with another seed."""
        return self._sampled(self.as_read.settings.seed ^ OTHER_SEED)

    def _sampled(self, seed: int) -> PSA:
        draws = sample(self.as_read, self.n_draws, seed)
        return PSA(self.as_read, draws, evaluate(self.as_read, draws), seed, sampling=self.as_read.settings.sampling)

    @cached_property
    def one_way(self) -> OneWay:
        """The one-way analysis."""
        return one_way(self.as_read)

    @property
    def arms(self) -> tuple[str, ...]:
        return self.definition.arm_ids

    def label(self, arm: str) -> str:
        """The short name of an arm."""
        return self.definition.arm(arm).short_label

    def curve_label(self, arm: str, endpoint: str) -> str:
        """A curve in words."""
        drugs = self.definition.drug_labels
        return f"{self.label(arm)}, {endpoint_words(endpoint, drugs)}"

    def edited(self, **changes: Any) -> Run:
        """The base case with other settings."""
        return self.changed({f"settings.{name}": value for name, value in changes.items()})

    def changed(self, changes: Mapping[str, Any]) -> Run:
        """The base case with some inputs changed, by address."""
        key = tuple(sorted(changes.items()))
        if key not in self._runs:
            self._runs[key] = Run(edit_unchecked(self.definition, changes))
        return self._runs[key]

    def run(self, key: str, make: Callable[[], ModelDefinition]) -> Run:
        """The base case of another definition, made once under a key."""
        if key not in self._runs:
            self._runs[key] = Run(make())
        return self._runs[key]

    def kept(self, key: str, make: Callable[[], Kept]) -> Kept:
        """Anything made once under a key."""
        if key not in self._kept:
            self._kept[key] = make()
        found: Kept = self._kept[key]
        return found

    def with_values(self, values: Mapping[str, float], of: Run | None = None) -> Run:
        """A run in which some parameters take other values, with the curves as they are."""
        run = of or self.base
        return Run(run.definition, run.draws.replace({k: np.array([float(v)]) for k, v in values.items()}), run.engine)

    def moved(self, columns: Mapping[str, Array], of: Run | None = None) -> Outcomes:
        """Outcomes with parameters at ``n`` values each, ``(n,)``, all others as in a run (the base case)."""
        run, n = of or self.base, len(next(iter(columns.values())))
        draws = Draws(n, {**run.draws.values, **columns})
        return evaluate(run.definition, draws, threads=1, engine=run.engine)

    def value(self, parameter_id: str) -> float:
        """A parameter of the base case."""
        return self.definition.parameters[parameter_id].value

    def parameters_of(self, *tables: str) -> list[str]:
        """Ids of the parameters of some tables."""
        return [name for name in self.definition.parameters if name.split(".")[0] in tables]
