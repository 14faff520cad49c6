"""Are there enough draws? Precision of the mean results, running means, halves and seeds compared.

With pseudo-random draws the error of a mean follows from the draws themselves. Points of a Latin hypercube or of a Sobol
sequence are not independent, so their error follows from replicates: the same analysis with other scramblings (Owen 1997).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from math import ceil, sqrt

import numpy as np
import pandas as pd
from scipy import special

from model.analysis import decision
from model.analysis.amounts import money
from model.analysis.columns.probabilistic import HALVES, RUNNING_MEANS, SEEDS
from model.analysis.columns.probabilistic import REPLICATES as REPLICATED
from model.analysis.probabilistic.psa import PSA, psa
from model.arrays import Array
from model.result_columns import Table
from model.shown import Shown, View

LEVEL = 0.95
REPLICATES = 10
REPLICATE_SEEDS = 1_000_003  # apart, so that a second seed of the user's is not a replicate


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """Half-widths of the 95% Monte Carlo interval at which there are enough draws, at every decision threshold.

    inmb: of the mean INMB, as a share of that mean, or of the willingness to pay per QALY where that is more (near zero a
    share of the mean would ask for any number of draws). The default, 0.01, knows the INMB to 1%, or to the worth of 0.01
    QALY: the last digit of QALYs as they are usually printed. probability: of the probability of being cost-effective; the
    default, 0.01, leaves a percentage as usually printed right to one point.
    """

    inmb: float = 0.01
    probability: float = 0.01

    def __post_init__(self) -> None:
        if not (0 < self.inmb < np.inf and 0 < self.probability < 1):
            raise ValueError(
                f"tolerances must be above 0, that of the probability below 1, not {self.inmb} and {self.probability}"
            )


@dataclasses.dataclass(frozen=True)
class Precision(Shown):
    """What more draws would narrow: by decision threshold the mean INMB, and the half-widths of the 95% intervals of that
    mean and of the probability of being cost-effective."""

    draws: int
    tolerance: Tolerance
    means: dict[float, float]
    inmb: dict[float, float]
    probability: dict[float, float]

    @property
    def met(self) -> bool:
        """Are all half-widths within the tolerance?"""
        return self.shortfall <= 1

    @property
    def shortfall(self) -> float:
        """The largest half-width as a multiple of what is tolerated."""
        allowed = {t: self.tolerance.inmb * max(t, abs(mean)) for t, mean in self.means.items()}
        amounts = (width / allowed[t] for t, width in self.inmb.items())
        return max(*amounts, *(width / self.tolerance.probability for width in self.probability.values()))

    @property
    def draws_needed(self) -> int:
        """Draws at which the tolerance would be met if the error falls with their square root (as it does with
        pseudo-random draws; with the other designs at least as fast)."""
        return max(2, ceil(self.draws * self.shortfall**2))

    def view(self) -> View:
        """Half-widths at each threshold."""
        headers = ["Threshold", "Mean INMB", "Half-width, INMB", "Half-width, probability"]
        rows = [(t, self.means[t], width, self.probability[t]) for t, width in self.inmb.items()]
        verdict = "met" if self.met else f"not met; about {self.draws_needed:,} draws are needed"
        title = f"Monte Carlo error of {self.draws:,} draws, 95%"
        return View(title, headers, rows, ["money", "money", "extra", "share"], [f"tolerance {verdict}"])

    def summary(self, currency: str) -> str:
        """What was reached, in a sentence."""
        parts = [
            f"{money(self.means[t], currency)} ±{money(width, currency)} at {money(t, currency)} per QALY "
            f"(probability ±{100 * self.probability[t]:.2f} points)"
            for t, width in self.inmb.items()
        ]
        verdict = "met" if self.met else f"not met; about {self.draws_needed:,} draws are needed"
        return (
            f"Monte Carlo error of the mean INMB (95%), {self.draws:,} draws: {'; '.join(parts)}. "
            f"Tolerance {self.tolerance.inmb:.3g} and {100 * self.tolerance.probability:.3g} points: {verdict}."
        )


def precision(result: PSA, tolerance: Tolerance | None = None, replicates: int = REPLICATES) -> Precision:
    """How precisely the analysis knows mean INMB and probability of being cost-effective at each decision threshold.

    Pseudo-random draws: normal intervals of a mean and of a share (Hatswell et al. 2018). Other designs: t intervals from
    ``replicates`` further runs with other scramblings of the same number of draws (2 or more). A share of 0 or 1 is taken
    half a draw away from there, and no share is known better than to half a draw, since otherwise it would be certain.
    """
    wanted = tolerance or Tolerance()
    thresholds = result.definition.decision_thresholds()
    n = result.draws.n_draws
    means = {t: float(result.inmb(t).mean()) for t in thresholds}
    if result.sampling == "random":
        z = float(special.ndtri(0.5 + LEVEL / 2))
        shares = {t: min(max(_share_above_zero(result, t), 0.5 / n), 1 - 0.5 / n) for t in thresholds}
        amounts = {t: z * float(result.inmb(t).std(ddof=1)) / sqrt(n) for t in thresholds}
        return Precision(n, wanted, means, amounts, {t: z * sqrt(p * (1 - p) / n) for t, p in shares.items()})
    table = replicate_means(result, replicates)
    width = float(special.stdtrit(replicates - 1, 0.5 + LEVEL / 2))
    inmb, probability = (
        {t: width * float(table.loc[table["willingness_to_pay"] == t, column].std(ddof=1)) for t in thresholds}
        for column in ("inmb", "probability_cost_effective")
    )
    return Precision(n, wanted, means, inmb, {t: max(p, 0.5 / n) for t, p in probability.items()})


def replicate_means(result: PSA, replicates: int = REPLICATES) -> pd.DataFrame:
    """The mean results of ``replicates`` further runs of the same size and design, each with a seed of its own.

    Columns: `replicate`, `seed`, `willingness_to_pay`, `incremental_cost`, `incremental_qalys`, `inmb`,
    `probability_cost_effective`. ValueError for fewer than 2.
    """
    if replicates < 2:
        raise ValueError(f"at least 2 replicates are needed, not {replicates}")
    rows = []
    for k in range(1, replicates + 1):
        seed = (result.seed + k * REPLICATE_SEEDS) % 2**32
        other = psa(result.definition, result.draws.n_draws, seed, sampling=result.sampling)
        cost, qalys = float(other.incremental_costs.mean()), float(other.incremental_qalys.mean())
        rows += [
            (k, seed, t, cost, qalys, t * qalys - cost, _share_above_zero(other, t))
            for t in result.definition.decision_thresholds()
        ]
    return REPLICATED.frame(rows)


def running_means(result: PSA, counts: Sequence[int] | None = None) -> pd.DataFrame:
    """Running mean of incremental cost, incremental QALYs and INMB, running probability of being cost-effective, and running
    ICER, each with its 95% Monte Carlo interval, at growing numbers of draws.

    Columns: `outcome`, `willingness_to_pay` (nan where it plays no part), `draws`, `mean`, `standard_error`, `lower`,
    `upper`. The ICER is the ratio of means with the jackknife's interval (Tukey 1958; compared with others for simulations
    by Iglehart 1975), nan where it is not defined. For other designs than pseudo-random the interval is nan: points are
    not independent, see `replicate_means`.
    """
    parts = [_running("incremental_cost", np.nan, decision.convergence(result.incremental_costs, counts))]
    parts += [_running("incremental_qalys", np.nan, decision.convergence(result.incremental_qalys, counts))]
    for threshold in result.definition.decision_thresholds():
        table = decision.convergence(result.inmb(threshold), counts)
        parts.append(_running("inmb", threshold, table))
        error = table["probability_standard_error"]
        half = float(special.ndtri(0.5 + LEVEL / 2)) * error
        p = table["probability_cost_effective"]
        share = pd.DataFrame(
            {
                "draws": table["draws"],
                "mean": p,
                "standard_error": error,
                "lower": (p - half).clip(0),
                "upper": (p + half).clip(upper=1),
            }
        )
        parts.append(_running("probability_cost_effective", threshold, share))
    parts.append(_running("icer", np.nan, _running_icer(result, parts[0]["draws"].tolist())))
    found = pd.concat(parts, ignore_index=True)
    if result.sampling != "random":
        found[["standard_error", "lower", "upper"]] = np.nan
    return RUNNING_MEANS.checked(found)


def _running_icer(result: PSA, counts: Sequence[int]) -> pd.DataFrame:
    rows = []
    for n in counts:
        found = decision.icer_interval(result.incremental_costs[:n], result.incremental_qalys[:n], level=LEVEL)
        rows.append((n, found.ratio, found.standard_error, found.lower, found.upper))
    return pd.DataFrame(rows, columns=["draws", "mean", "standard_error", "lower", "upper"])


def _running(outcome: str, threshold: float, table: pd.DataFrame) -> pd.DataFrame:
    columns = table[["draws", "mean", "standard_error", "lower", "upper"]]
    return columns.assign(outcome=outcome, willingness_to_pay=threshold)[["outcome", "willingness_to_pay", *columns.columns]]


def split_halves(result: PSA) -> pd.DataFrame:
    """Mean results of both halves of the draws beside all, and whether they differ by more than chance.

    Columns: `willingness_to_pay`, `first_half`, `second_half`, `difference`, `standard_error` of the difference, `z`.
    |z| above 3 asks for a look at the draws (1 in 370 by chance). ValueError for other designs than pseudo-random, whose
    halves are not independent.
    """
    if result.sampling != "random":
        raise ValueError(f"halves are compared of pseudo-random draws, not of a {result.sampling} design")
    half = result.draws.n_draws // 2
    return _compared(result, lambda t: (result.inmb(t)[:half], result.inmb(t)[half:]), HALVES)


def second_seed(result: PSA, seed: int | None = None) -> pd.DataFrame:
    """The same analysis with another seed (by default the next one): columns as `split_halves`, of both seeds.

    With other designs the standard error is that of independent draws, far above their own, so z only detects gross
    differences; `replicate_means` shows their spread.
    """
    other_seed = (result.seed + 1) % 2**32 if seed is None else seed
    other = psa(result.definition, result.draws.n_draws, other_seed, sampling=result.sampling)
    return _compared(result, lambda t: (result.inmb(t), other.inmb(t)), SEEDS)


def _compared(result: PSA, parts: Callable[[float], tuple[Array, Array]], table: Table) -> pd.DataFrame:
    rows = []
    for threshold in result.definition.decision_thresholds():
        x, y = parts(threshold)
        error = sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y))
        gap = float(x.mean() - y.mean())
        rows.append((threshold, x.mean(), y.mean(), gap, error, gap / error if error > 0 else 0.0))
    return table.frame(rows)


def _share_above_zero(result: PSA, threshold: float) -> float:
    return float(np.mean(0.5 * (1 + np.sign(result.inmb(threshold)))))
