"""The whole summary of any probabilistic analysis, ours or another program's, from arrays of costs and effects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis import decision
from model.analysis.amounts import chance, joined, money, quantity
from model.analysis.columns.decision import AGAINST_REFERENCE, CONVERGENCE, EVPI, ICER_INTERVALS, MEANS
from model.analysis.ratio_words import STATUS_WORDS, ratio_words
from model.analysis.shown_result import ShownResult
from model.arrays import Array

OUTCOMES = ("cost", "effect")


@dataclasses.dataclass(frozen=True)
class PSASummary(ShownResult):
    """Draws of several options, and every summary of them. ``costs``, ``effects``: ``(n_draws, n_options)``; ``evppi``:
    expected value of partial perfect information of each parameter at the thresholds, None without parameters that vary,
    or with too few draws for the regression."""

    TITLE = "Summary of draws"
    REST = "means()"

    costs: Array
    effects: Array
    arms: tuple[str, ...]
    thresholds: tuple[float, ...]
    parameters: Mapping[str, Array]
    reference: str
    currency: str = ""
    effect_unit: str = "QALY"
    evppi: pd.DataFrame | None = None

    @property
    def n_draws(self) -> int:
        return len(self.costs)

    @property
    def others(self) -> list[str]:
        """The options other than the reference."""
        return [arm for arm in self.arms if arm != self.reference]

    def increments(self, arm: str) -> tuple[Array, Array]:
        """Incremental cost and effect of an option against the reference, ``(n_draws,)`` each; 0 where they differ by
        rounding alone."""
        new, old = self.arms.index(arm), self.arms.index(self.reference)
        return decision.draw_differences(self.costs, old, new), decision.draw_differences(self.effects, old, new)

    def inmb(self, arm: str, threshold: float) -> Array:
        """Incremental net monetary benefit against the reference ``(n_draws,)``."""
        cost, effect = self.increments(arm)
        return threshold * effect - cost

    def means(self) -> pd.DataFrame:
        """Mean, standard deviation and 95% percentile interval of cost and effect of every option."""
        rows = []
        for outcome, values in zip(OUTCOMES, (self.costs, self.effects), strict=True):
            rows += [(outcome, arm, *_described(values[:, a])) for a, arm in enumerate(self.arms)]
        return MEANS.frame(rows)

    def against_reference(self) -> pd.DataFrame:
        """Increments of every option against the reference, and its INMB at every threshold, described the same way."""
        rows = []
        for arm in self.others:
            for outcome, values in zip(OUTCOMES, self.increments(arm), strict=True):
                rows.append((arm, self.reference, f"incremental_{outcome}", np.nan, *_described(values)))
            rows += [(arm, self.reference, "inmb", t, *_described(self.inmb(arm, t))) for t in self.thresholds]
        return AGAINST_REFERENCE.frame(rows)

    def incremental(self) -> pd.DataFrame:
        """The fully incremental analysis of the means."""
        return decision.incremental_analysis(self.costs, self.effects, self.arms)

    def icers(self) -> pd.DataFrame:
        """Ratio of means against the reference with the jackknife's Monte Carlo interval and Fieller's interval for the
        uncertainty of the inputs; nan with a reason where a ratio would mislead."""
        rows = []
        for arm in self.others:
            cost, effect = self.increments(arm)
            for method in ("jackknife", "fieller"):
                found = decision.icer_interval(cost, effect, method=method)  # type: ignore[arg-type]
                rows.append(
                    (
                        arm,
                        self.reference,
                        found.ratio,
                        found.measures,
                        found.lower,
                        found.upper,
                        found.share_in_quadrant,
                        found.reason,
                    )
                )
        return ICER_INTERVALS.frame(rows)

    @cached_property
    def grid(self) -> Array:
        """Thresholds for curves: 101 round steps from 0 to twice the highest threshold."""
        step = 2 * max(self.thresholds) / 100
        magnitude = 10.0 ** np.floor(np.log10(step))
        nice = next(m for m in (1, 2, 2.5, 5, 10) if m * magnitude >= step * (1 - 1e-12))
        return np.arange(101) * nice * magnitude

    def ceac(self, thresholds: ArrayLike | None = None) -> pd.DataFrame:
        """Probability that each option is the most cost-effective."""
        return decision.ceac(self.costs, self.effects, self._at(thresholds), self.arms)

    def ceaf(self, thresholds: ArrayLike | None = None) -> pd.DataFrame:
        """The option with the highest mean net benefit, and the probability that it is the best."""
        return decision.ceaf(self.costs, self.effects, self._at(thresholds), self.arms)

    def expected_loss(self, thresholds: ArrayLike | None = None) -> pd.DataFrame:
        """Expected loss of choosing each option."""
        return decision.expected_loss(self.costs, self.effects, self._at(thresholds), self.arms)

    def evpi(self, thresholds: ArrayLike | None = None) -> pd.DataFrame:
        """Expected value of perfect information."""
        at = self._at(thresholds)
        values = np.atleast_1d(decision.evpi(self.costs, self.effects, at))
        return EVPI.checked(pd.DataFrame({"evpi": values}, index=pd.Index(at, name="willingness_to_pay")))

    def quadrants(self) -> pd.DataFrame:
        """Share of draws in each quadrant of the plane against the reference, at every threshold."""
        tables = [
            decision.quadrants(self.costs, self.effects, t, self.arms, reference=self.reference) for t in self.thresholds
        ]
        return pd.concat(tables, ignore_index=True)

    def convergence(self) -> pd.DataFrame:
        """Running mean of the INMB against the reference, draws taken as independent and in the order given."""
        tables = [
            decision.convergence(self.inmb(arm, t)).assign(option=arm, willingness_to_pay=t)
            for arm in self.others
            for t in self.thresholds
        ]
        found = pd.concat(tables, ignore_index=True)
        return CONVERGENCE.checked(found[["option", "willingness_to_pay", *tables[0].columns[:-2]]])

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Every table by file stem, made when called."""
        found: dict[str, Callable[[], pd.DataFrame]] = {
            "means": self.means,
            "against_reference": self.against_reference,
            "incremental": self.incremental,
            "icer_intervals": self.icers,
            "quadrants": self.quadrants,
            "ceac": lambda: self.ceac().reset_index(),
            "ceaf": lambda: self.ceaf().reset_index(),
            "expected_loss": lambda: self.expected_loss().reset_index(),
            "evpi": lambda: self.evpi().reset_index(),
            "convergence": self.convergence,
        }
        evppi = self.evppi
        if evppi is not None:
            found["evppi"] = lambda: evppi
        return found

    def amount(self, value: float) -> str:
        """An amount with the currency, where one is given."""
        return money(value, self.currency).replace("- ", "-").strip()

    def summary(self) -> str:
        """A few lines that a person can read in ten seconds."""
        lines = [f"{self.n_draws:,} draws of {len(self.arms)} options; {self.reference} is the reference."]
        for arm in self.others:
            cost, effect = self.increments(arm)
            words = ratio_words(float(cost.mean()), float(effect.mean()), self.currency, self.effect_unit, self.amount)
            (q0, q1), (c0, c1) = (np.percentile(x, [2.5, 97.5]) for x in (effect, cost))
            lines.append(
                f"{arm}: {quantity(float(effect.mean()), 3)} {self.effect_unit} ({quantity(float(q0), 3)} to "
                f"{quantity(float(q1), 3)}) at {self.amount(float(cost.mean()))} "
                f"({self.amount(float(c0))} to {self.amount(float(c1))}); {words}."
            )
        return "\n".join([*lines, *self._all_options(), *(self._at_threshold(t) for t in self.thresholds)])

    def _all_options(self) -> list[str]:
        """With three or more options: which of them are dominated, or identical to another."""
        table = self.incremental()
        parts = []
        for status, words in STATUS_WORDS.items():
            named = [arm for arm in self.arms if (table.loc[table["option"] == arm, "status"] == status).all()]
            parts += [f"{words}: {', '.join(named)}"] if named else []
        if len(self.arms) == 2 or not parts:
            return []
        return [f"Of all {len(self.arms)} options, on their means: {'; '.join(parts)}."]

    def _at_threshold(self, threshold: float) -> str:
        evpi = float(self.evpi([threshold])["evpi"].iloc[0])
        at, text = f"At {self.amount(threshold)} per {self.effect_unit}", ""
        means = self.costs.mean(axis=0), self.effects.mean(axis=0)
        tied = [arm for arm, is_best in zip(self.arms, decision.best_options(*means, threshold), strict=True) if is_best]
        if len(tied) > 1:
            text = f"{at}: {joined(tied)} have the same mean net benefit, the highest"
        else:
            best = self.ceaf([threshold]).iloc[0]
            share = float(best["probability_cost_effective"])
            text = (
                f"{at}: {best['option']} has the highest mean net benefit "
                f"(best in {chance(share, certain=evpi == 0)} of draws)"
            )
        text = f"{text}; EVPI {self.amount(evpi)} per patient"
        if self.evppi is None or evpi <= 0:
            return f"{text}."
        here = self.evppi[self.evppi["willingness_to_pay"] == threshold]
        top = here.sort_values("evppi", ascending=False, kind="stable").head(3)
        worth = [f"{g} {self.amount(float(v))}" for g, v in zip(top["group"], top["evppi"], strict=True) if v > 0]
        return f"{text}; most of it for {', '.join(worth)}." if worth else f"{text}."

    def _at(self, thresholds: ArrayLike | None) -> Array:
        return self.grid if thresholds is None else np.asarray(thresholds, dtype=float)

    def shown_table(self) -> pd.DataFrame:
        """Means and intervals."""
        return self.means()

    def shown_words(self) -> list[str]:
        """The summary, line by line."""
        return self.summary().splitlines()


def _described(values: Array) -> tuple[float, float, float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(values.mean()), float(values.std(ddof=1)), float(low), float(high)


def psa_summary(
    costs: ArrayLike,
    effects: ArrayLike,
    arms: Sequence[str],
    thresholds: Sequence[float],
    parameters: Mapping[str, ArrayLike] | None = None,
    *,
    reference: str | None = None,
    currency: str = "",
    effect_unit: str = "QALY",
) -> PSASummary:
    """Summarise the draws of any probabilistic analysis.

    costs, effects: ``(n_draws, n_options)``, draw by draw the same inputs for all options. arms: names of the options.
    thresholds: willingness to pay per unit of effect, above 0. parameters: sampled inputs by name, ``(n_draws,)`` each, for
    the value of information. reference: the option that others are compared with, by default the first.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options or draws, repeated names.

    >>> from model.analysis import psa_summary
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> found = psa_summary(costs, qalys, ["old", "new"], thresholds=[1000.0])
    >>> found.means()["option"].unique().tolist(), found.n_draws
    (['old', 'new'], 2)
    """
    cost, effect = (np.asarray(x, dtype=float) for x in (costs, effects))
    decision.ceac(cost, effect, [0.0], arms)  # its checks of shapes, numbers and names
    if len(cost) < 2:
        raise ValueError(f"a probabilistic analysis needs at least 2 draws, not {len(cost)}")
    asked_thresholds = tuple(dict.fromkeys(float(t) for t in thresholds))
    if not asked_thresholds or not all(np.isfinite(t) and t > 0 for t in asked_thresholds):
        raise ValueError(f"thresholds must be numbers above 0, at least one, not {list(thresholds)}")
    names = tuple(str(arm) for arm in arms)
    if reference is not None and reference not in names:
        raise ValueError(f"the reference '{reference}' is not among the options {', '.join(names)}")
    found = {}
    for name, values in (parameters or {}).items():
        column = np.asarray(values, dtype=float)
        if column.shape != (len(cost),) or not np.isfinite(column).all():
            raise ValueError(f"parameter '{name}' needs {len(cost)} finite numbers, one for each draw")
        found[str(name)] = column
    evppi = None
    varying = {name: values for name, values in found.items() if np.ptp(values) > 0}
    if varying and len(cost) >= decision.FEWEST_DRAWS:
        evppi = decision.evppi(cost, effect, varying, list(asked_thresholds), names)
    return PSASummary(cost, effect, names, asked_thresholds, found, reference or names[0], currency, effect_unit, evppi)
