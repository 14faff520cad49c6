"""Do the curves that a probabilistic analysis draws stay with the published statistics? Of every family, chosen or not.

A family may pass through all statistics and, drawn from its covariance, spread far beyond their intervals. Who selects it
in a scenario, or as the base case, should know.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.columns.evidence import SAMPLED
from model.arrays import Array
from model.constants import NORMAL_975
from model.definition.curves.coefficients import candidates, statistics_by_row
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve, Evidence
from model.definition.records.names import endpoint_words
from model.survival import distribution
from model.survival.calibration import Calibration
from model.survival.sampled_statistics import sampled_statistics
from model.survival.summary_statistics import HazardRatio, Landmark, Median, Statistic

MOST_DEVIATION = 0.20  # of the width of the sampled interval from that of the reported one
INTERVALS = ("median", "landmark", "hazard_ratio")  # statistics that an interval is reported of
LEAVES, SURER = "leaves the evidence", "surer than the evidence"


@dataclasses.dataclass(frozen=True)
class Interval:
    """A 95% interval; ``centre``: the value reported, or the median of the draws."""

    centre: float
    lower: float
    upper: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


def sampled_against_evidence(definition: ModelDefinition) -> pd.DataFrame:
    """One row per curve, distribution and statistic that the curve is calibrated to: reported and sampled 95% interval.

    width_ratio: sampled over reported (hazard ratios: of logarithms); flag: `LEAVES` where the sampled interval is more than
    20% wider or the median of the draws lies outside the reported interval, `SURER` where it is more than 20% narrower.
    """
    rows = []
    for curve in definition.curves:
        given = [(row, s) for row, s in statistics_by_row(definition, curve) if row.statistic in INTERVALS]
        for name, made in candidates(definition, curve).items() if given else ():
            if made.identified and made.converged:
                rows += _of_family(definition, curve, name, made, given)
    return SAMPLED.frame(rows)


def leaving_families(table: pd.DataFrame) -> list[str]:
    """The distributions of each curve with a statistic that its draws leave, in words."""
    rows = table[table["flag"] == LEAVES].drop_duplicates(["arm", "endpoint", "distribution"])
    return [f"{r.arm}, {r.endpoint}: {r.distribution}" for r in rows.itertuples()]


def _of_family(
    definition: ModelDefinition, curve: Curve, name: str, made: Calibration, given: list[tuple[Evidence, Statistic]]
) -> list[tuple[object, ...]]:
    family = distribution(name)
    drawn = sampled_statistics(family, made.estimates, made.covariance, [s for _, s in given])
    drugs = definition.drug_labels
    found: list[tuple[object, ...]] = []
    for (row, statistic), values in zip(given, drawn.T, strict=True):
        reported, sampled = reported_interval(row, statistic), _interval_of(values)
        ratio = _width_ratio(sampled, reported, np.log if row.statistic == "hazard_ratio" else np.asarray)
        found.append(
            (
                definition.arm(curve.arm).short_label,
                endpoint_words(curve.endpoint, drugs),
                family.label,
                curve.source == "evidence" and curve.distribution == name,
                row.statistic,
                row.value if row.statistic == "median" else float(row.item),
                *dataclasses.astuple(reported),
                *dataclasses.astuple(sampled),
                ratio,
                _flag(ratio, sampled, reported),
            )
        )
    return found


def reported_interval(row: Evidence, statistic: Statistic) -> Interval:
    """The 95% interval as reported, else 1.96 standard errors to either side (of a share within 0 and 1).

    A median without interval is survival at its month: 0.5 with a binomial error.
    """
    as_share = isinstance(statistic, Landmark)
    value = 0.5 if as_share and row.statistic == "median" else row.value
    if row.lower is not None and row.upper is not None and row.standard_error is None:
        return Interval(value, row.lower, row.upper)
    if isinstance(statistic, HazardRatio):
        factor = float(np.exp(NORMAL_975 * statistic.standard_error_log))
        return Interval(value, value / factor, value * factor)
    assert isinstance(statistic, (Median, Landmark)) and statistic.standard_error is not None
    low, high = value - NORMAL_975 * statistic.standard_error, value + NORMAL_975 * statistic.standard_error
    return Interval(value, max(low, 0.0), min(high, 1.0) if as_share else high)


def _interval_of(values: Array) -> Interval:
    """Median, 2.5th and 97.5th percentile; inf where draws never reach a median."""
    low, centre, high = np.quantile(values, [0.025, 0.5, 0.975], method="inverted_cdf")
    return Interval(float(centre), float(low), float(high))


def _width_ratio(sampled: Interval, reported: Interval, scale: object) -> float:
    assert callable(scale)
    width = float(scale(sampled.upper) - scale(sampled.lower))
    return width / float(scale(reported.upper) - scale(reported.lower))


def _flag(ratio: float, sampled: Interval, reported: Interval) -> str:
    if ratio > 1 + MOST_DEVIATION or not reported.lower <= sampled.centre <= reported.upper:
        return LEAVES
    return SURER if ratio < 1 - MOST_DEVIATION else ""
