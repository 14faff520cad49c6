"""Draws of a model with their outcomes, and what it would be worth to know its uncertain inputs better."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pandas as pd

from model.analysis import decision
from model.analysis.research import Design
from model.analysis.sampled.parameter_groups import grouped
from model.arrays import Array
from model.definition.curves.coefficients import curve_coefficients
from model.definition.curves.from_evidence import curve_id
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.evaluate import Outcomes

EVPPI_COLUMNS = ("group", "willingness_to_pay", "evppi", "standard_error", "share_of_evpi", "residual_check")


@dataclasses.dataclass(frozen=True)
class SampledModel:
    """Draws of every uncertain input of a model, and the outcomes of each."""

    definition: ModelDefinition
    draws: Draws
    outcomes: Outcomes
    seed: int

    @property
    def arm_labels(self) -> list[str]:
        return self.definition.arm_labels

    def parameter_columns(self) -> dict[str, Array]:
        """Every varying parameter as a column ``(n_draws,)``; curve coefficients as ``curves.arm.endpoint[name]``."""
        curves = {}
        for curve in self.definition.curves:
            made = curve_coefficients(self.definition, curve)
            if made is not None:
                curves[curve_id(curve)] = made.family.parameters
        columns: dict[str, Array] = {}
        for name in self.draws.varying():
            values = self.draws[name]
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= {f"{name}[{k}]": values[:, j] for j, k in enumerate(curves[name])}
        return columns

    def default_groups(self) -> dict[str, list[str]]:
        """Columns of each default group that varies in this analysis."""
        return grouped(self.definition, self.parameter_columns())

    def single_groups(self) -> dict[str, list[str]]:
        """Every varying parameter alone; the coefficients of one curve together."""
        return {name: self._columns_of(name) for name in self.draws.varying()}

    def _columns_of(self, parameter_id: str) -> list[str]:
        columns = self.parameter_columns()
        found = [c for c in columns if c == parameter_id or c.startswith(f"{parameter_id}[")]
        if not found:
            raise ValueError(f"{parameter_id!r} is not an uncertain input; known: {self.draws.varying()}")
        return found

    def evppi(
        self,
        groups: str | dict[str, list[str]] = "default",
        thresholds: Sequence[float] | None = None,
        *,
        method: decision.Smoother = "spline",
        progress: Callable[[int], None] | None = None,
    ) -> pd.DataFrame:
        """Expected value of partial perfect information per patient, by regression.

        ``groups``: ``default`` (survival, utilities, toxicity, costs), ``parameters`` (each alone; the coefficients
        of one curve together) or a mapping of names to parameter ids. ``thresholds``: those of the decision where
        not given. ``method`` and ``progress``: see ``decision.evppi``.
        """
        columns = self.parameter_columns()
        if not columns:
            return pd.DataFrame(columns=list(EVPPI_COLUMNS))
        if groups == "default":
            chosen = self.default_groups()
        elif groups == "parameters":
            chosen = self.single_groups()
        elif isinstance(groups, str):
            raise ValueError(f'groups must be "default", "parameters" or a mapping of names to inputs; got {groups!r}')
        else:
            chosen = {k: [c for name in v for c in self._columns_of(name)] for k, v in groups.items()}
        wtp = list(self.definition.decision_thresholds() if thresholds is None else thresholds)
        o = self.outcomes
        return decision.evppi(
            o.total_costs, o.total_qalys, columns, wtp, self.arm_labels, groups=chosen, method=method, progress=progress
        )

    def evsi(
        self,
        study: Design,
        sizes: Sequence[int],
        threshold: float | Sequence[float] | None = None,
        *,
        method: decision.Method = "regression",
        progress: Callable[[int], None] | None = None,
    ) -> pd.DataFrame:
        """Expected value of sample information per patient of a study at several sizes.

        ``study``: a design of ``model.analysis.research``, which says what ``size`` counts. ``threshold``: those of the
        decision where not given. Columns as ``decision.evsi``, and ``patients`` of all groups of the study. The
        data are simulated with the seed of the analysis.
        """
        wtp = self.definition.decision_thresholds() if threshold is None else threshold
        o = self.outcomes
        table = decision.evsi(
            o.total_costs, o.total_qalys, study.of(self), sizes, wtp, method=method, seed=self.seed, progress=progress
        )
        table.insert(1, "patients", [study.patients(int(size), self) for size in table["size"]])
        return table

    def enbs(
        self,
        evsi: pd.DataFrame,
        *,
        incidence_per_year: float | Sequence[float],
        horizon_years: int,
        fixed_cost: float,
        cost_per_patient: float,
        discount_rate: float | None = None,
        delay_years: float = 0.0,
    ) -> pd.DataFrame:
        """Expected net benefit of sampling over sizes, from the table of ``evsi``; marks the optimal size.

        ``discount_rate``: that of costs where not given. See ``decision.enbs``.
        """
        return decision.enbs(
            evsi,
            incidence_per_year=incidence_per_year,
            horizon_years=horizon_years,
            discount_rate=self._discount_rate(discount_rate),
            fixed_cost=fixed_cost,
            cost_per_patient=cost_per_patient,
            delay_years=delay_years,
        )

    def _discount_rate(self, given: float | None) -> float:
        return self.definition.settings.discount_rate_costs if given is None else given
