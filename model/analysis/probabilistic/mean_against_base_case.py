"""Why the mean over draws differs from the base case: which inputs are skewed, and in which the model is not linear.

Base case and mean over draws agree where the model is linear in every input and every input has its base-case value as
its mean; a curved model moves its mean away (Jensen 1906). The effect of one input alone is the mean of the result over
the distribution of that input, all others at the base case, minus the base case; what is left is interaction of inputs,
and chance.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.amounts import money
from model.analysis.columns.probabilistic import AGAINST_BASE
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws, base_case_draws, sample
from model.definition.shares import dirichlet_groups
from model.engine.evaluate import evaluate

POINTS = 64
WORTH_EXPLAINING = 0.05
OUTCOMES = ("incremental_cost", "incremental_qalys", "inmb")
GROUP = "Shares after progression"


@dataclasses.dataclass(frozen=True)
class MeanAgainstBaseCase:
    """Difference of the mean over draws from the base case, by outcome, and the part of each input alone.

    base, mean: incremental cost, QALYs and INMB at ``threshold``. standard_error: Monte Carlo error of the mean.
    table: one row per input that varies, the largest effect on the INMB first. Columns: `input`, `label`,
    `incremental_cost`, `incremental_qalys`, `inmb` (effect of the input alone), `from_mean` (the part of the effect on the
    INMB because the mean of the input is not its base-case value; the rest is that the model is not linear in it; 0 for
    coefficients of a curve, whose mean is the estimate) and `mean_shift` (mean minus base case of the input, in SDs; nan for
    those of several numbers).
    """

    threshold: float
    currency: str
    base: dict[str, float]
    mean: dict[str, float]
    standard_error: dict[str, float]
    table: pd.DataFrame

    def relative(self, outcome: str) -> float:
        """Mean minus base case as a share of the base case; nan where that is 0."""
        gap, base = self.mean[outcome] - self.base[outcome], self.base[outcome]
        return gap / abs(base) if base else np.nan

    def interaction(self, outcome: str) -> float:
        """The part of the difference that no input explains alone."""
        return self.mean[outcome] - self.base[outcome] - float(self.table[outcome].sum())

    @property
    def large(self) -> bool:
        """Does an outcome differ by more than 5% (U10 of common review checklists), and by more than chance?"""
        return any(
            abs(self.relative(o)) > WORTH_EXPLAINING and abs(self.mean[o] - self.base[o]) > 2 * self.standard_error[o]
            for o in OUTCOMES
        )

    def summary(self, inputs: int = 3) -> str:
        """The difference, and the inputs that contribute most, in words."""
        text = (
            f"Mean over draws against base case: cost {self.relative('incremental_cost'):+.1%}, "
            f"QALYs {self.relative('incremental_qalys'):+.1%}, INMB at {money(self.threshold, self.currency)} "
            f"{money(self.mean['inmb'] - self.base['inmb'], self.currency)}."
        )
        if not self.large:
            return text
        parts = [self._words(k) for k in range(min(inputs, len(self.table)))]
        rest = money(self.interaction("inmb"), self.currency)
        return f"{text} Largest effects of single inputs on the INMB: {'; '.join(parts)}; interactions and chance {rest}."

    def _words(self, row: int) -> str:
        effect, from_mean = (float(self.table[c].iloc[row]) for c in ("inmb", "from_mean"))
        why = "mean is not the base case" if abs(from_mean) > abs(effect - from_mean) else "not linear"
        return f"{self.table['label'].iloc[row]} {money(effect, self.currency)} ({why})"


def mean_against_base_case(result: PSA, threshold: float | None = None, points: int = POINTS) -> MeanAgainstBaseCase:
    """The difference between mean over draws and base case, by input.

    threshold: for the INMB, by default the highest decision threshold. points: of each distribution, one in each of as many
    equal intervals of probability (the coordinates of a Sobol sequence; a power of 2). All are one call of the engine.
    """
    definition = result.definition
    willingness_to_pay = definition.willingness_to_pay(threshold)
    units = _units(result)
    drawn = sample(definition, points, 1, sampling="sobol")
    increments = _increments(definition, _one_at_a_time(definition, units, drawn, points), willingness_to_pay)
    base = increments[:, 0]
    rows = []
    labels = all_labels(definition)
    for k, (name, members) in enumerate(units.items()):
        first = 1 + k * (points + 1)
        effect = increments[:, first : first + points].mean(axis=1) - base
        at_mean = increments[2, first + points] - base[2]
        rows.append((name, labels.get(name, name), *effect, at_mean, _mean_shift(definition, members)))
    table = AGAINST_BASE.frame(rows)
    table = table.iloc[np.argsort(-table["inmb"].abs().to_numpy(), kind="stable")].reset_index(drop=True)
    of_draws = (result.incremental_costs, result.incremental_qalys, result.inmb(willingness_to_pay))
    n = len(of_draws[0])
    return MeanAgainstBaseCase(
        willingness_to_pay,
        definition.settings.currency,
        {o: float(b) for o, b in zip(OUTCOMES, base, strict=True)},
        {o: float(v.mean()) for o, v in zip(OUTCOMES, of_draws, strict=True)},
        {o: float(v.std(ddof=1) / np.sqrt(n)) for o, v in zip(OUTCOMES, of_draws, strict=True)},
        table,
    )


def _units(result: PSA) -> dict[str, list[str]]:
    """Ids that vary together: each alone, the shares of one group as one."""
    groups = dirichlet_groups(result.definition)
    grouped = {name for group in groups for name in group}
    units = {name: [name] for name in result.draws.varying() if name not in grouped}
    for number, group in enumerate(groups, start=1):
        units[f"{GROUP}{'' if len(groups) == 1 else f' {number}'}"] = group
    return units


def _one_at_a_time(definition: ModelDefinition, units: dict[str, list[str]], drawn: Draws, points: int) -> Draws:
    """The base case, then for each unit its ``points`` values and, last, its mean, all others at the base case."""
    base = base_case_draws(definition)
    n = 1 + len(units) * (points + 1)
    values = dict(base.values)
    for k, members in enumerate(units.values()):
        first = 1 + k * (points + 1)
        for name in members:
            column = np.repeat(base[name], n, axis=0)
            column[first : first + points] = drawn[name]
            if name in definition.parameters:  # curves have their estimates as means; a structure has no mean
                column[first + points] = definition.parameters[name].moments()[0]
            values[name] = column
    return Draws(n, values)


def _increments(definition: ModelDefinition, draws: Draws, threshold: float) -> Array:
    """Incremental cost, QALYs and INMB of every draw ``(3, n_draws)``."""
    cost, qalys = evaluate(definition, draws).increments(*definition.compared)
    return np.array([cost, qalys, threshold * qalys - cost])


def _mean_shift(definition: ModelDefinition, members: list[str]) -> float:
    parameter = definition.parameters.get(members[0])
    if len(members) > 1 or parameter is None:
        return np.nan
    mean, sd = parameter.moments()
    return (mean - parameter.value) / sd
