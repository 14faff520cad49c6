"""One-way analysis: one input at a time to its bounds, the others at their values.

Bounds are the 2.5th and 97.5th percentile of the distribution that the probabilistic analysis samples (or the
columns Low and High, if the settings say so). Coefficients estimated together are moved as a curve, never singly:
along the direction in which the restricted mean survival time changes most for its probability (the point of a 95%
confidence ellipsoid that a linear function of the coefficients attains; Cox 2005, Biometrika 92:411).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.analysis import Analysis
from model.analysis.columns.deterministic import EXCLUDED, ONE_WAY
from model.analysis.decision import best_options, settled
from model.analysis.ratio_words import ratio
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR, NORMAL_975
from model.definition.curves.coefficients import CurveCoefficients, curve_coefficients
from model.definition.curves.level import curve_direction
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.records.settings import PARTITIONED_SURVIVAL, STATE_TRANSITION, STRUCTURE_WORDS
from model.definition.sampling.draws import Draws, base_case_draws
from model.definition.shares import dirichlet_groups
from model.definition.structure import STRUCTURE, STRUCTURES, id_in_draws, structure_is_uncertain
from model.engine.evaluate import Outcomes, evaluate

PERCENTILES = (0.025, 0.975)


@dataclasses.dataclass(frozen=True)
class Bound:
    """What one row of the analysis changes: parameter id -> value at the low and at the high bound."""

    parameter_id: str
    label: str
    unit: str
    low: float
    high: float
    changes: dict[str, tuple[Array, Array]]
    how: str


@dataclasses.dataclass(frozen=True)
class OneWay(ShownResult):
    """Result of the one-way analysis; ``outcomes`` holds two draws per row: low, high."""

    TITLE = "One-way analysis"
    COLUMNS = ("label", "low", "high", "inmb_low", "inmb_high", "range")

    definition: ModelDefinition
    bounds: list[Bound]
    base: Outcomes
    outcomes: Outcomes
    excluded: pd.DataFrame

    def table(self, threshold: float | None = None) -> pd.DataFrame:
        """One row per input, widest first: bounds, INMB and ICER at both, NMB of every arm at both.

        ``threshold``: willingness to pay (default: the highest decision threshold of the definition).
        """
        willingness_to_pay = self.definition.willingness_to_pay(threshold)
        ids, (old, new) = self.definition.arm_ids, self.definition.compared
        costs, qalys = self.outcomes.total_costs, self.outcomes.total_qalys
        nmb = willingness_to_pay * qalys - costs
        inmb = nmb[:, new] - nmb[:, old]
        d_cost, d_qaly = costs[:, new] - costs[:, old], qalys[:, new] - qalys[:, old]
        rows = []
        for i, bound in enumerate(self.bounds):
            lo, hi = 2 * i, 2 * i + 1
            row: dict[str, object] = {
                "input": bound.parameter_id,
                "label": bound.label,
                "unit": bound.unit,
                "low": bound.low,
                "high": bound.high,
                "bounds": bound.how,
                "inmb_low": inmb[lo],
                "inmb_high": inmb[hi],
                "range": abs(inmb[hi] - inmb[lo]),
                "icer_low": ratio(d_cost[lo], d_qaly[lo]),
                "icer_high": ratio(d_cost[hi], d_qaly[hi]),
            }
            for a, arm in enumerate(ids):
                row |= {f"nmb_low {arm}": nmb[lo, a], f"nmb_high {arm}": nmb[hi, a]}
            rows.append(row)
        table = ONE_WAY.frame(rows)
        return table.sort_values("range", ascending=False, kind="stable").reset_index(drop=True)

    def is_best(self, input: str, end: str, threshold: float) -> bool:
        """Has the intervention the highest net benefit of all options, with one input at its "low" or "high" bound?"""
        row = 2 * next(i for i, bound in enumerate(self.bounds) if bound.parameter_id == input) + (end == "high")
        return self._is_best(self.outcomes, row, threshold)

    def is_best_in_base(self, threshold: float) -> bool:
        """The same of the base case."""
        return self._is_best(self.base, 0, threshold)

    def _is_best(self, outcomes: Outcomes, row: int, threshold: float) -> bool:
        chosen = best_options(settled(outcomes.total_costs[row]), settled(outcomes.total_qalys[row]), threshold)
        return bool(chosen[self.definition.compared[1]])

    def base_inmb(self, threshold: float) -> float:
        """INMB of the base case at a threshold."""
        old, new = self.definition.compared
        nmb = threshold * self.base.total_qalys[0] - self.base.total_costs[0]
        return float(nmb[new] - nmb[old])

    def shown_words(self) -> list[str]:
        """Which input moves the result most."""
        table = self.table()
        if table.empty:
            return ["No input is uncertain."]
        return [f"{len(table)} inputs; the widest: {table['label'].iloc[0]}."]


def one_way(definition: ModelDefinition, threads: int | None = None) -> OneWay:
    """Vary every uncertain input of a definition, one at a time, in one call of the engine.

    >>> import model
    >>> found = model.one_way(model.example()).table()
    >>> found["input"].iloc[0], bool(found["range"].is_monotonic_decreasing)
    ('relative_effects.new.os', True)
    """
    found = bounds(definition)
    base_draws = base_case_draws(definition)
    values = dict(base_draws.values)
    n = 2 * len(found)
    for i, bound in enumerate(found):
        for name, (low, high) in bound.changes.items():
            base = base_draws.values[name]
            if values[name].shape[0] == 1:
                values[name] = np.repeat(base, n, axis=0)
            values[name][2 * i], values[name][2 * i + 1] = low, high
    base_outcomes = evaluate(definition, base_draws, threads=1)
    outcomes = evaluate(definition, Draws(n, values), threads) if n else base_outcomes
    inert = {bound.parameter_id for i, bound in enumerate(found) if _moves_nothing(base_outcomes, outcomes, i)}
    keep = [i for i, bound in enumerate(found) if bound.parameter_id not in inert]
    if inert:
        rows = np.array([r for i in keep for r in (2 * i, 2 * i + 1)], dtype=int)
        outcomes = outcomes.rows(rows) if len(rows) else base_outcomes
    kept = [found[i] for i in keep]
    return OneWay(definition, kept, base_outcomes, outcomes, excluded(definition, kept, inert))


def _moves_nothing(base: Outcomes, outcomes: Outcomes, position: int) -> bool:
    """Does a row of the analysis leave every cost and QALY of every arm as it is?"""
    rows = slice(2 * position, 2 * position + 2)
    same_costs = np.allclose(outcomes.total_costs[rows], base.total_costs, rtol=1e-14, atol=0)
    return bool(same_costs and np.allclose(outcomes.total_qalys[rows], base.total_qalys, rtol=1e-14, atol=0))


def bounds(definition: ModelDefinition) -> list[Bound]:
    """Every row of the one-way analysis."""
    labels = all_labels(definition)
    jointly = {name for name in base_case_draws(definition).values if name.startswith("curves.")}
    groups = {name: group for group in dirichlet_groups(definition) for name in group}
    by_columns = definition.settings.one_way_bounds == "low_high"
    found = []
    for name, p in definition.parameters.items():
        if name.startswith("coefficients.") and f"curves.{name.split('.', 1)[1].rsplit('.', 1)[0]}" in jointly:
            continue
        if by_columns and p.low is not None and p.high is not None:
            if p.low == p.high:
                continue
            low, high, how = p.low, p.high, "Low and High columns"
        elif p.uncertain:
            low, high = (float(x) for x in p.quantile(np.array(PERCENTILES)))
            how = f"2.5th and 97.5th percentile ({p.distribution})"
        else:
            continue
        changes = (
            share_changes(definition, groups[name], name, low, high)
            if name in groups
            else {name: (np.array(low), np.array(high))}
        )
        found.append(Bound(name, labels.get(name, name), p.unit, low, high, changes, how))
    return found + curve_bounds(definition, labels) + structure_bounds(definition, labels)


def structure_bounds(definition: ModelDefinition, labels: dict[str, str]) -> list[Bound]:
    """The base case in either structure, where structure is uncertain."""
    if not structure_is_uncertain(definition):
        return []
    ends = float(STRUCTURES.index(PARTITIONED_SURVIVAL)), float(STRUCTURES.index(STATE_TRANSITION))
    how = f"{STRUCTURE_WORDS[PARTITIONED_SURVIVAL]} and {STRUCTURE_WORDS[STATE_TRANSITION]}"
    changes = {STRUCTURE: (np.array(ends[0]), np.array(ends[1]))}
    return [Bound(STRUCTURE, labels[STRUCTURE], "", *ends, changes, how)]


def share_changes(
    definition: ModelDefinition, group: list[str], moved: str, low: float | Array, high: float | Array
) -> dict[str, tuple[Array, Array]]:
    """One share moves, the others of its group share the rest in their proportions."""
    base = {name: definition.parameters[name].value for name in group}
    rest = 1 - base[moved]
    changes = {moved: (np.array(low), np.array(high))}
    for name in group:
        if name != moved and rest > 0:
            changes[name] = tuple(np.array(base[name] * (1 - x) / rest) for x in (low, high))  # type: ignore[assignment]
    return changes


def curve_bounds(definition: ModelDefinition, labels: dict[str, str]) -> list[Bound]:
    """A row per jointly estimated curve: the curves at the 95% limits of its restricted mean survival time.

    Curves whose coefficients were estimated together move together, by the limits of the first of them.
    """
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    found: dict[str, Bound] = {}
    for curve in definition.curves:
        made = curve_coefficients(definition, curve)
        if made is None or made.covariance is None or not np.any(made.covariance):
            continue
        name, in_draws = curve.id, id_in_draws(definition, curve.id)
        if made.stream in found:
            first = found[made.stream]
            together = next(iter(first.changes.values()))
            found[made.stream] = dataclasses.replace(first, changes={**first.changes, in_draws: together})
            continue
        low, high = _rows_at_limits(definition, curve, made, horizon) or curves_at_limits(made, horizon)
        means = [float(made.family.restricted_mean(horizon, c)) / MONTHS_PER_YEAR for c in (low, high)]
        how = f"{made.family.label} curve at the 95% limits of its restricted mean (years)"
        found[made.stream] = Bound(name, labels.get(name, name), "years", means[0], means[1], {in_draws: (low, high)}, how)
    return list(found.values())


def _rows_at_limits(
    definition: ModelDefinition, curve: Curve, made: CurveCoefficients, horizon_months: float
) -> tuple[Array, Array] | None:
    """Of a curve whose draws are from elsewhere the rows ``(k,)`` nearest to the 95% limits of its restricted mean."""
    given = definition.input_draws
    if given is None or curve.id not in definition.drawn_elsewhere:
        return None
    rows = given.of_curve(curve.id, made.family.parameters)
    order = np.argsort([float(made.family.restricted_mean(horizon_months, row)) for row in rows], kind="stable")
    low, high = (rows[order[round(p * (given.n_rows - 1))]] for p in PERCENTILES)
    return low, high


def curves_at_limits(made: CurveCoefficients, horizon_months: float) -> tuple[Array, Array]:
    """Natural coefficients ``(k,)`` of the curves with the lowest and highest restricted mean on the 95% ellipsoid."""
    move = NORMAL_975 * curve_direction(made, horizon_months)
    return made.family.around(made.estimates, -move), made.family.around(made.estimates, move)


def excluded(definition: ModelDefinition, found: list[Bound], inert: set[str]) -> pd.DataFrame:
    """Inputs that the analysis leaves alone, with the reason."""
    covered = {name for bound in found for name in bound.changes}
    labels = all_labels(definition)
    rows = []
    for name, p in definition.parameters.items():
        if name not in covered:
            reason = "fixed: known, or varied as a scenario"
            if name in inert:
                reason = "uncertain, but moves nothing with the curves and conventions now selected"
            elif name.startswith("coefficients.") and covered & {name.replace("coefficients", "curves", 1).rsplit(".", 1)[0]}:
                reason = "estimated together with others: moved with its curve"
            rows.append((name, labels.get(name, name), p.value, p.unit, reason))
    return EXCLUDED.frame(rows)


ANALYSIS = Analysis(
    OneWay,
    "One-way analysis",
    lambda asked: [one_way(asked.definition, asked.settings.threads)],
    tables=lambda found, _: {"one_way": found.table, "one_way_excluded": lambda: found.excluded},
)
