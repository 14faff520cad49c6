"""At which value of an input does the decision change? All else as in the base case.

Roots, in one input, of the net benefit of the intervention over the best of all other options: with two arms the INMB.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from model.analysis.amounts import quantity
from model.analysis.columns.deterministic import SWITCHING_VALUES
from model.analysis.deterministic.moved_inputs import CURVE_UNIT, outcomes_at, plausible_range, uncertain_curves
from model.analysis.deterministic.one_way import bounds
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition
from model.definition.structure import STRUCTURE

POINTS = 41


@dataclasses.dataclass(frozen=True)
class SwitchingValues(ShownResult):
    """Values of one input at which INMB (against the best of all other options) is zero within ``low`` to ``high``; INMB at
    the evenly spaced values searched.

    Between two neighbouring values of the search INMB may touch or cross zero twice unseen.
    """

    input: str
    label: str
    unit: str
    low: float
    high: float
    base: float
    roots: tuple[float, ...]
    searched: Array
    inmb: Array

    @property
    def finding(self) -> str:
        """What was found, in words."""
        if np.ptp(self.inmb) == 0:
            return "moves nothing"
        if not self.roots:
            least = float(np.abs(self.inmb).min())
            side = "cost-effective" if self.inmb[0] > 0 else "not cost-effective"
            return f"none: {side} over the whole range (INMB comes no closer to zero than {quantity(least, 0)})"
        if len(self.roots) == 1:
            above = self.inmb[-1] > 0 or (self.inmb[-1] == 0 and self.inmb[0] < 0)
            return f"cost-effective {'above' if above else 'below'} it"
        return f"{len(self.roots)} values: the decision changes more than once"

    def shown_title(self) -> str:
        """Which input."""
        return f"Switching value: {self.label}"

    def shown_table(self) -> pd.DataFrame:
        """The row of :func:`switching_value_table`."""
        return switching_value_table([self])

    def shown_words(self) -> list[str]:
        """What was found."""
        roots = ", ".join(f"{root:.6g}" for root in self.roots)
        return [" ".join(filter(None, (roots, self.unit if roots else "", self.finding)))]


def switching_values(
    definition: ModelDefinition,
    inputs: Sequence[str] | None = None,
    threshold: float | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    points: int = POINTS,
) -> list[SwitchingValues]:
    """Search each input for the values at which the INMB is zero.

    ``inputs``: addresses of numbers, or jointly estimated curves (see :func:`two_way`); default: every row of the one-way
    analysis. ``ranges``: (low, high) by input; default: the input's range in the one-way analysis. INMB is computed at
    ``points`` values, and Brent's method refines each change of sign. ``threshold``: default the highest decision
    threshold. Raises DefinitionError for unknown inputs, values not allowed and inputs without a range.

    >>> import model
    >>> (found,) = model.switching_values(model.example(), ["care.new_drug"], ranges={"care.new_drug": (0.0, 5000.0)})
    >>> at = model.edit(model.example(), {"care.new_drug": found.roots[0]})
    >>> bool(abs(model.base_case(at).inmb(50_000.0)) < 1e-3)
    True
    """
    if points < 2:
        raise ValueError(f"a search needs at least 2 points, not {points}")
    willingness_to_pay = definition.willingness_to_pay(threshold)
    movable = (bound.parameter_id for bound in bounds(definition) if bound.parameter_id != STRUCTURE)  # nothing lies between
    names = list(movable) if inputs is None else list(inputs)
    given, labels = dict(ranges or {}), all_labels(definition)
    return [_search(definition, name, labels, willingness_to_pay, given.get(name), points) for name in names]


def switching_value_table(found: Sequence[SwitchingValues]) -> pd.DataFrame:
    """One row per input and root (one row where there is none): input, label, unit, base, low, high, value, finding.

    >>> import model
    >>> from model.analysis import switching_value_table
    >>> found = model.switching_values(model.example(), ["relative_effects.new.os"])
    >>> switching_value_table(found)["input"].tolist()
    ['relative_effects.new.os']
    """
    rows = [
        (f.input, f.label, f.unit, f.base, f.low, f.high, value, f.finding) for f in found for value in (f.roots or (np.nan,))
    ]
    return SWITCHING_VALUES.frame(rows)


def _search(
    definition: ModelDefinition,
    name: str,
    labels: Mapping[str, str],
    willingness_to_pay: float,
    limits: tuple[float, float] | None,
    points: int,
) -> SwitchingValues:
    low, high = plausible_range(definition, name) if limits is None else limits
    if not low < high:
        raise ValueError(f"the range of {name} must rise, not {low:g} to {high:g}")

    def inmb(values: Array) -> Array:
        outcomes = outcomes_at(definition, {name: values}, threads=1)
        benefit = willingness_to_pay * outcomes.total_qalys - outcomes.total_costs
        new = definition.compared[1]
        return np.asarray(benefit[:, new] - np.delete(benefit, new, axis=1).max(axis=1), dtype=float)

    grid = np.linspace(low, high, points)
    at_grid = inmb(grid)
    roots = {float(x) for x in grid[at_grid == 0]} if np.ptp(at_grid) > 0 else set()
    for k in np.flatnonzero(at_grid[:-1] * at_grid[1:] < 0):
        root = brentq(lambda x: float(inmb(np.array([x]))[0]), grid[k], grid[k + 1], xtol=1e-12 * (high - low))
        roots.add(float(root))
    curve = name in uncertain_curves(definition)
    parameter = definition.parameters.get(name)
    unit = CURVE_UNIT if curve else parameter.unit if parameter else ""
    base = 0.0 if curve else parameter.value if parameter else np.nan
    return SwitchingValues(name, labels.get(name, name), unit, low, high, base, tuple(sorted(roots)), grid, at_grid)
