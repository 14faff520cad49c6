"""Does the mean of the drawn curves agree with the base case? For every curve in use, wherever it comes from.

A base case and a probabilistic analysis that rest on different mean curves answer different questions. Survival is
bounded and curved in its coefficients, so some distance is natural; a large one says that the coefficients are hardly
determined, or an effect hardly known.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.analysis.columns.probabilistic import MEAN_CURVES
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.curves.determined import open_curves
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.records.names import curve_words
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.engine import engine_of
from model.survival.determination import SAID_FROM, WORTH_SAYING

MOST_DRAWS = 1000
POINTS = 60
BY_CHANCE = 3.0  # standard errors


@dataclasses.dataclass(frozen=True)
class CurvesAgainstBaseCase(ShownResult):
    """Survival of every curve in use at some cycles: base case, mean over draws, standard error of the mean, each
    ``(n_curves, n_points)``. ``cycles``, ``months``: ``(n_points,)``. The first ``n_draws`` draws are taken."""

    TITLE = "Drawn curves beside the base case"

    definition: ModelDefinition
    curves: tuple[Curve, ...]
    cycles: NDArray[np.int_]
    months: Array
    base: Array
    mean: Array
    standard_error: Array
    n_draws: int

    def table(self) -> pd.DataFrame:
        """One row per curve: where its mean over draws is farthest from the base case, and whether that is more than
        0.05 (by more than chance explains: 3 standard errors)."""
        rows = []
        for i, curve in enumerate(self.curves):
            gap = self.mean[i] - self.base[i]
            at = int(np.argmax(np.abs(gap)))
            error = float(self.standard_error[i, at])
            size = abs(float(gap[at]))
            rows.append(
                (
                    self.definition.arm(curve.arm).short_label,
                    self.words(curve),
                    float(self.months[at]),
                    float(self.base[i, at]),
                    float(self.mean[i, at]),
                    float(gap[at]),
                    error,
                    size <= WORTH_SAYING,
                    size > WORTH_SAYING and size - WORTH_SAYING <= BY_CHANCE * error,
                )
            )
        return MEAN_CURVES.frame(rows)

    def words(self, curve: Curve) -> str:
        """The endpoint of a curve in words."""
        return curve_words(curve.endpoint, self.definition.drug_labels)

    def sentence(self) -> str:
        """One line for the console: which curves lie more than 0.04 apart (at 0.05 none may pass without a word, and only
        some of the draws are taken), or how far the farthest is."""
        table = self.table()
        far = table[table["difference"].abs() > SAID_FROM]
        if far.empty:
            if table.empty:
                return ""
            worst = table.iloc[int(table["difference"].abs().to_numpy().argmax())]
            return (
                f"Curves: the mean over draws of S(t) is within {SAID_FROM:.2f} of the base case for all {len(table)} "
                f"(largest {worst['difference']:+.3f}, {worst['curve']} of {worst['arm']}, month {worst['month']:.0f})."
            )
        parts = [
            f"{r.curve} of {r.arm} at month {r.month:.0f}: {r.base_case:.2f} in the base case, {r.mean_over_draws:.2f} over "
            f"draws{' (chance may explain it: few draws)' if r.chance_may_explain else ''}"
            for r in far.itertuples()
        ]
        return (
            f"Curves: the mean over draws of S(t) is more than {SAID_FROM:.2f} from the base case for {len(far)} of "
            f"{len(table)}; base case and probabilistic results rest on different curves: {'; '.join(parts)}."
        )


def curves_against_base_case(definition: ModelDefinition, draws: Draws) -> CurvesAgainstBaseCase:
    """Compare every curve of a definition over (the first 1,000 of) some draws with its base case."""
    engine = engine_of(definition)
    base = base_case_draws(definition)
    n = min(draws.n_draws, MOST_DRAWS)
    used = draws.block(0, n)
    cycles = np.unique(np.linspace(0, engine.timeline.n_cycles, POINTS + 1).round().astype(int))[1:]
    shape = (len(definition.curves), len(cycles))
    own, mean, error = (np.empty(shape) for _ in range(3))
    for i, curve in enumerate(definition.curves):
        own[i] = engine.states.in_use(curve, base)[0, cycles]
        total, squares = np.zeros(len(cycles)), np.zeros(len(cycles))
        for _, block in used.blocks(engine.block_draws):
            deviation = engine.states.in_use(curve, block)[:, cycles] - own[i]
            total += deviation.sum(axis=0)
            squares += (deviation**2).sum(axis=0)
        mean[i] = own[i] + total / n
        error[i] = np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0.0) / n)
    months = engine.timeline.months[cycles]
    return CurvesAgainstBaseCase(definition, definition.curves, cycles, months, own, mean, error, n)


def open_curve_words(definition: ModelDefinition) -> list[str]:
    """A sentence for each curve in use that the data do not determine (the settings, or a scenario, allow it)."""
    found = []
    for curve, problem in open_curves(definition):
        arm = definition.arm(curve.arm).short_label
        name = {"pfs": "PFS", "os": "OS"}.get(curve.endpoint, curve.endpoint)
        found.append(f"The {name} curve of {arm} is not identified: {problem}")
    return found


@dataclasses.dataclass(frozen=True)
class CurveWarnings:
    """Lines of the console for the curves in use that the data do not determine; none where all are."""

    lines: list[str]


def curve_warnings(definition: ModelDefinition) -> CurveWarnings:
    """The sentences of :func:`open_curve_words` as warnings."""
    return CurveWarnings([f"Warning: {words}." for words in open_curve_words(definition)])
