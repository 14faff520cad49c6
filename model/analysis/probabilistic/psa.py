"""Probabilistic sensitivity analysis: the model evaluated for every draw of its uncertain inputs, and its summaries."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.analysis import decision
from model.analysis.amounts import chance, money, quantity
from model.analysis.coherence.of_draws import share_of_draws
from model.analysis.columns.decision import EVPI, EVPPI, EVSI
from model.analysis.columns.probabilistic import CROSSING, CROSSING_OF_STATES, DRAWN, RESULTS
from model.analysis.probabilistic import draws_against_targets
from model.analysis.probabilistic.by_structure import by_structure, structure_varies, words_by_structure
from model.analysis.ratio_words import ratio, ratio_words
from model.analysis.research import Design
from model.analysis.sampled.curve_intervals import CurveIntervals, curve_intervals
from model.analysis.sampled.curves_against_base_case import CurvesAgainstBaseCase, curve_warnings, curves_against_base_case
from model.analysis.sampled.sampled_model import SampledModel
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition import labels
from model.definition.checks.remarks_on_curves import certain_curves
from model.definition.input_draws import input_draws_words, with_input_draws
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import short_endpoint
from model.definition.records.settings import SAMPLING_WORDS
from model.definition.sampling.draws import sample
from model.definition.structure import STRUCTURE, number_in_use
from model.engine.evaluate import evaluate
from model.engine.executors import Executor


@dataclasses.dataclass(frozen=True)
class PSA(SampledModel, ShownResult):
    """Result of the probabilistic analysis: the draws, their outcomes and every summary of them. ``certain``: which curves
    are the same in every draw, in words; ``warnings``: those that the data do not determine."""

    TITLE = "Probabilistic analysis"
    REST = "results()"

    sampling: str = "random"
    certain: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def positions(self) -> tuple[int, int]:
        """Positions of the comparator and of the intervention among the arms."""
        return self.definition.compared

    @cached_property
    def incremental_costs(self) -> Array:
        """Intervention minus comparator ``(n_draws,)``, discounted; 0 where they differ by rounding alone."""
        return decision.draw_differences(self.outcomes.total_costs, *self.positions)

    @cached_property
    def incremental_qalys(self) -> Array:
        """Intervention minus comparator ``(n_draws,)``, discounted; 0 where they differ by rounding alone."""
        return decision.draw_differences(self.outcomes.total_qalys, *self.positions)

    def inmb(self, threshold: float) -> Array:
        """Incremental net monetary benefit ``(n_draws,)``."""
        return threshold * self.incremental_qalys - self.incremental_costs

    def results(self) -> pd.DataFrame:
        """Mean and 95% interval of life years, QALYs and costs per arm and of the increments."""
        o, (old, new) = self.outcomes, self.positions
        rows = []
        for name, values in (("life_years", o.total_life_years), ("qalys", o.total_qalys), ("costs", o.total_costs)):
            columns = [*zip(self.arm_labels, values.T, strict=True), ("Increment", values[:, new] - values[:, old])]
            for label, column in columns:
                low, high = np.percentile(column, [2.5, 97.5])
                rows.append((name, label, column.mean(), column.std(ddof=1), low, high))
        return RESULTS.frame(rows)

    def incremental(self) -> pd.DataFrame:
        """Fully incremental comparison on the means over draws (ratio of means)."""
        return decision.incremental_analysis(self.outcomes.total_costs, self.outcomes.total_qalys, self.arm_labels)

    @property
    def icer(self) -> float | None:
        """Ratio of mean incremental cost to mean incremental QALYs; None unless both are positive."""
        found = ratio(float(self.incremental_costs.mean()), float(self.incremental_qalys.mean()))
        return None if np.isnan(found) else found

    def threshold_grid(self, n: int = 101) -> Array:
        """Willingness-to-pay values for curves: from zero to well beyond the thresholds and the ICER."""
        top = 2 * max(self.definition.all_thresholds())
        if self.icer is not None:
            top = max(top, min(1.6 * self.icer, 40 * max(self.definition.all_thresholds())))
        return nice_grid(top, n)

    def near_grid(self, n: int = 101) -> Array | None:
        """The same from zero to twice the highest decision threshold; None where :meth:`threshold_grid` shows it well: where
        that threshold lies beyond a fifth of it."""
        highest = max(self.definition.decision_thresholds())
        return nice_grid(2 * highest, n) if 5 * highest < self.threshold_grid(n)[-1] else None

    def ceac(self, thresholds: Sequence[float] | Array | None = None) -> pd.DataFrame:
        """Probability that each arm is the most cost-effective, over thresholds (all arms on one graph)."""
        return decision.ceac(self.outcomes.total_costs, self.outcomes.total_qalys, self._grid(thresholds), self.arm_labels)

    def ceaf(self, thresholds: Sequence[float] | Array | None = None) -> pd.DataFrame:
        """The arm with the highest mean net benefit, and the probability that it is the best."""
        return decision.ceaf(self.outcomes.total_costs, self.outcomes.total_qalys, self._grid(thresholds), self.arm_labels)

    def expected_loss(self, thresholds: Sequence[float] | Array | None = None) -> pd.DataFrame:
        """Expected loss of choosing each arm, per patient."""
        o = self.outcomes
        return decision.expected_loss(o.total_costs, o.total_qalys, self._grid(thresholds), self.arm_labels)

    def evpi(self, thresholds: Sequence[float] | Array | None = None) -> pd.DataFrame:
        """Expected value of perfect information per patient, over thresholds."""
        grid = self._grid(thresholds)
        values = np.atleast_1d(decision.evpi(self.outcomes.total_costs, self.outcomes.total_qalys, grid))
        return EVPI.checked(pd.DataFrame({"evpi": values}, index=pd.Index(grid, name="willingness_to_pay")))

    def population_evpi(
        self,
        *,
        incidence_per_year: float | Sequence[float],
        horizon_years: int,
        discount_rate: float | None = None,
        thresholds: Sequence[float] | Array | None = None,
    ) -> pd.DataFrame:
        """EVPI of everybody the decision concerns, over thresholds: columns ``evpi`` and ``population_evpi``.

        ``incidence_per_year``: people per year; ``horizon_years``: how long the decision stands;
        ``discount_rate``: that of costs where not given. See ``decision.people_affected``.
        """
        table = self.evpi(thresholds)
        table["population_evpi"] = decision.population_value(
            table["evpi"],
            incidence_per_year=incidence_per_year,
            horizon_years=horizon_years,
            discount_rate=self._discount_rate(discount_rate),
        )
        return table

    def _grid(self, thresholds: Sequence[float] | Array | None) -> Array:
        return self.threshold_grid() if thresholds is None else np.asarray(thresholds, dtype=float)

    def quadrants(self, threshold: float) -> pd.DataFrame:
        """Share of draws in each quadrant of the cost-effectiveness plane, against the comparator."""
        return decision.quadrants(
            self.outcomes.total_costs,
            self.outcomes.total_qalys,
            threshold,
            self.arm_labels,
            reference=self.arm_labels[self.positions[0]],
        )

    def probability_cost_effective(self, threshold: float) -> float:
        """Probability that the intervention is the most cost-effective of all arms."""
        return float(self.ceac([threshold])[self.arm_labels[self.positions[1]]].iloc[0])

    def convergence(self, threshold: float) -> pd.DataFrame:
        """Running mean of the INMB with its Monte Carlo interval, at growing numbers of draws."""
        return decision.convergence(self.inmb(threshold))

    def crossing(self) -> pd.DataFrame:
        """Per arm: share of draws in which PFS exceeded OS before repair, and how far."""
        o, rows = self.outcomes, []
        for a, label in enumerate(self.arm_labels):
            each = o.crossing_first_month[:, a], o.crossing_largest_gap[:, a], o.crossing_area_months[:, a]
            rows.append((label, *_over_draws(*each), self.definition.settings.crossing))
        return CROSSING.frame(rows)

    def crossing_of_states(self) -> pd.DataFrame:
        """The same of every pair of neighbouring curves; without rows in a model with three states."""
        o, rule, rows = self.outcomes, self.definition.settings.crossing, []
        for a, label in enumerate(self.arm_labels):
            for i, pair in enumerate(o.pairs):
                names = [short_endpoint(e, {}) for e in pair]
                rows.append((label, *names, *_over_draws(*o.pair_crossings[:, a, i].T), rule))
        return CROSSING_OF_STATES.frame(rows)

    def by_structure(self) -> pd.DataFrame:
        """The draws of each structure by themselves. ValueError where every draw takes that of the base case."""
        if not structure_varies(self):
            raise ValueError("every draw takes the structure of the base case: its probability in the settings is 0")
        return by_structure(self)

    def coherence(self) -> pd.DataFrame:
        """Per arm and flag of coherence: the share of the draws in which it is raised."""
        return share_of_draws(self.definition, self.outcomes)

    def sampled_moments(self) -> pd.DataFrame:
        """Sampled mean and SD of every varying parameter beside its targets; z is the error of the mean in SEs."""
        return draws_against_targets.sampled_moments(self.definition, self.draws)

    def sampled_coefficients(self) -> pd.DataFrame:
        """The same of the coefficients of curves that are drawn as a whole."""
        return draws_against_targets.sampled_coefficients(self.definition, self.draws)

    def sampled_correlations(self) -> pd.DataFrame:
        """Achieved correlations of inputs, and of the coefficients of each curve, beside their targets."""
        return draws_against_targets.sampled_correlations(self.definition, self.draws)

    @cached_property
    def curves_against_base_case(self) -> CurvesAgainstBaseCase:
        """The mean of every curve in use over draws, beside its base case."""
        return curves_against_base_case(self.definition, self.draws)

    @cached_property
    def curve_intervals(self) -> CurveIntervals:
        """Every curve in use with its 95% interval over draws, and restricted means with their differences between arms."""
        return curve_intervals(self.definition, self.draws)

    def table(self) -> pd.DataFrame:
        """Every draw: its number, every varying parameter, and the outcomes of every arm."""
        o = self.outcomes
        columns: dict[str, NDArray[Any]] = {"draw": np.arange(1, o.n_draws + 1), **self.parameter_columns()}
        for a, arm in enumerate(self.definition.arm_ids):
            columns |= {
                f"life_years.{arm}": o.total_life_years[:, a],
                f"qalys.{arm}": o.total_qalys[:, a],
                f"costs.{arm}": o.total_costs[:, a],
                f"crossing_first_month.{arm}": o.crossing_first_month[:, a],
                f"crossing_area_months.{arm}": o.crossing_area_months[:, a],
            }
        return DRAWN.frame(columns)

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
            return EVPPI.frame([])
        if groups == "default":
            chosen = self.default_groups()
        elif groups == "parameters":
            chosen = self.single_groups()
        elif isinstance(groups, str):
            raise ValueError(f'groups must be "default", "parameters" or a mapping of names to inputs; got {groups!r}')
        else:
            chosen = {k: [c for name in v for c in self._columns_of(name)] for k, v in groups.items()}
        asked_thresholds = list(self.definition.decision_thresholds() if thresholds is None else thresholds)
        o = self.outcomes
        return decision.evppi(
            o.total_costs,
            o.total_qalys,
            columns,
            asked_thresholds,
            self.arm_labels,
            groups=chosen,
            method=method,
            progress=progress,
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
        asked_thresholds = self.definition.decision_thresholds() if threshold is None else threshold
        o = self.outcomes
        table = decision.evsi(
            o.total_costs,
            o.total_qalys,
            study.of(self),
            sizes,
            asked_thresholds,
            method=method,
            seed=self.seed,
            progress=progress,
        )
        table.insert(1, "patients", [study.patients(int(size), self) for size in table["size"]])
        return EVSI.checked(table)

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

    def summary(self, curves: CurvesAgainstBaseCase | None = None) -> str:
        """A few lines that a person can read in ten seconds.

        curves: ``curves_against_base_case``, which takes a moment to work out, for a line on how the drawn curves lie beside
        the base case.
        """
        currency = self.definition.settings.currency
        cost, qalys = self.incremental_costs, self.incremental_qalys
        (c0, c1), (q0, q1) = (np.percentile(x, [2.5, 97.5]) for x in (cost, qalys))
        means = float(cost.mean()), float(qalys.mean())
        lines = [
            f"Probabilistic, {self.outcomes.n_draws:,} draws ({SAMPLING_WORDS[self.sampling]}seed {self.seed}): "
            f"{quantity(means[1])} QALYs ({quantity(float(q0))} to {quantity(float(q1))}) at {money(means[0], currency)} "
            f"({money(float(c0), currency)} to {money(float(c1), currency)}); {ratio_words(*means, currency)}."
        ]
        several = len(self.arm_labels) > 2
        if not several and not self.incremental_costs.any() and not self.incremental_qalys.any():
            lines.append("Both options are identical in every draw: neither is preferred at any threshold.")
        else:
            lines += self._decisions(several)
        if structure_varies(self):
            lines.append(words_by_structure(self))
        beside = curves.sentence() if curves is not None else ""
        if elsewhere := input_draws_words(self.definition, self.outcomes.n_draws):
            lines.append(elsewhere)
        return "\n".join(filter(None, [*lines, self.certain, beside, *self.warnings, *unmet_links(self)]))

    def _decisions(self, several: bool) -> list[str]:
        """One line per decision threshold: how likely the decision is right, and what knowing would be worth."""
        currency, lines = self.definition.settings.currency, list[str]()
        for threshold in self.definition.decision_thresholds():
            p = self.probability_cost_effective(threshold)
            evpi = float(self.evpi([threshold])["evpi"].iloc[0])
            at = f"at {money(threshold, currency)} per QALY"
            words = f"Probability of being cost-effective {at}"
            if several:
                words = f"Probability of being the best of all {len(self.arm_labels)} options {at}"
            best = f"; {self.best_on_average(threshold)}" if several else ""
            lines.append(f"{words}: {chance(p, certain=evpi == 0)}{best}; EVPI {money(evpi, currency)} per patient.")
        return lines

    def best_on_average(self, threshold: float) -> str:
        """The option with the highest mean net benefit at a threshold, and how often it is the best, in words."""
        best = self.ceaf([threshold]).iloc[0]
        arm = self.definition.arms[self.arm_labels.index(str(best["option"]))].short_label
        share = float(best["probability_cost_effective"])
        return f"{arm} has the highest mean net benefit (best in {chance(share, share in (0, 1))} of draws)"

    def shown_table(self) -> pd.DataFrame:
        """Mean and 95% interval of each arm and of the increments, side by side."""
        found, digits = self.results(), {"life_years": ("Life years", 3), "qalys": ("QALYs", 3)}
        costs = (f"Costs, {self.definition.settings.currency}", 0)
        table: dict[str, list[str]] = {"": list(dict.fromkeys(found["arm"]))}
        for outcome, rows in found.groupby("outcome", sort=False):
            head, n = digits.get(str(outcome), costs)
            shown = zip(rows["mean"], rows["lower_95"], rows["upper_95"], strict=True)
            table[head] = [f"{mean:,.{n}f} ({low:,.{n}f} to {high:,.{n}f})" for mean, low, high in shown]
        return pd.DataFrame(table)

    def shown_words(self) -> list[str]:
        """The summary, line by line."""
        return self.summary().splitlines()


def _over_draws(first: Array, gap: Array, area: Array) -> tuple[float, float, float, float, float]:
    """Of crossing in every draw ``(n_draws,)``: share that cross, earliest and median month, largest gap, mean area."""
    needed = np.isfinite(first)
    earliest, middle = (float(f(first[needed])) if needed.any() else np.nan for f in (np.min, np.median))
    return float(needed.mean()), earliest, middle, float(gap.max()), float(area.mean())


FRAME = "a table of draws"
"""Where draws given to :func:`psa` are from, in a word."""


def nice_grid(top: float, n: int) -> Array:
    """``n`` equal steps from zero to ``top`` or a little beyond, of a length that is easily read."""
    step = top / (n - 1)
    magnitude = 10 ** np.floor(np.log10(step))
    nice = next(m for m in (1, 2, 2.5, 5, 10) if m * magnitude >= step * (1 - 1e-9)) * magnitude
    return np.asarray(np.arange(n) * nice)


def psa(
    definition: ModelDefinition,
    draws: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    sampling: str | None = None,
    executor: Executor | None = None,
    input_draws: pd.DataFrame | None = None,
) -> PSA:
    """Run the probabilistic analysis; number of draws, seed and sampling default to the definition's settings.

    ``sampling``: random, latin_hypercube or sobol (see :mod:`model.definition.sampling.uniform_numbers`).
    ``executor``: what evaluates the draws, such as a :class:`model.engine.DaskCluster` (default: threads).
    ``input_draws``: draws of some inputs from elsewhere (a network meta-analysis, a Bayesian fit), a column for each input id
    ("utilities.progressed"; a coefficient of a curve on its natural scale: "curves.control.pfs[shape]"), a row for each joint
    sample. Whole rows are taken: in their order where there are as many as draws, else one for each draw by the seed.
    ValueError for another sampling, DefinitionError with everything wrong in ``input_draws``, by row and column.

    >>> import model
    >>> psa = model.psa(model.example(), draws=100, seed=1)
    >>> psa.outcomes.total_qalys.shape, psa.ceac([0.0, 50_000.0]).columns.tolist()
    ((100, 2), ['Old treatment', 'New treatment'])
    >>> [bool(abs(p - 1) < 1e-9) for p in psa.ceac([0.0, 50_000.0]).sum(axis=1)]
    [True, True]
    """
    if input_draws is not None:
        columns = {str(name): input_draws[name].to_numpy() for name in input_draws.columns}
        definition = with_input_draws(definition, columns, FRAME)
    n = definition.settings.psa_draws if draws is None else draws
    key = definition.settings.seed if seed is None else seed
    kind = definition.settings.sampling if sampling is None else sampling
    drawn = sample(definition, n, key, threads, kind)
    outcomes = evaluate(definition, drawn, threads, progress, executor=executor)
    return PSA(definition, drawn, outcomes, key, kind, *curve_remarks(definition))


def unmet_links(sampled: SampledModel) -> list[str]:
    """A warning for each arm whose reported hazard ratio of OS some draws cannot keep, with their share."""
    definition, met = sampled.definition, sampled.outcomes.link_met
    of_states = sampled.draws.get(STRUCTURE, float(number_in_use(definition)))
    n = int(np.broadcast_to(of_states, len(met)).sum())
    found = []
    for a, arm in enumerate(definition.arms):
        if missed := int((~met[:, a]).sum()):
            found.append(
                f"Warning: in {missed / n:.1%} of {n:,} draws by states ({missed:,}) no survival after progression gives the "
                f"drawn hazard ratio of OS of {arm.short_label}; there its OS is the nearest that is possible."
            )
    return found


def curve_remarks(definition: ModelDefinition) -> tuple[str, tuple[str, ...]]:
    """Curves that are the same in every draw, and those that the data do not determine, in words."""
    names = ", ".join(labels.label(definition, curve.id) for curve in certain_curves(definition))
    return f"The same in every draw, as if known for certain: {names}." if names else "", tuple(
        curve_warnings(definition).lines
    )
