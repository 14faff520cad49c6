"""What every candidate says: survival at landmarks, medians and means, hazards, hazard ratio between arms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from model.analysis.columns.curve_choice import CURVES, HAZARDS, IMPLIED_HAZARD_RATIO, LANDMARKS, MEANS
from model.analysis.curve_choice.endpoint import EndpointFits
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.survival.estimation import Fit
from model.survival.smoothed_hazard import smoothed_hazard

LANDMARK_YEARS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
DRAWS = 500
SEED = 1
KEPT = 16
"""For how many endpoints the rows are kept that a workbook and a CSV file both show."""
Row = tuple[object, ...]
GRID = 961  # points of Simpson's rule over the horizon, closer together early on


def landmark_years(endpoint: EndpointFits) -> tuple[float, ...]:
    """The landmarks within the horizon."""
    return tuple(y for y in LANDMARK_YEARS if y * MONTHS_PER_YEAR <= endpoint.horizon_months + 1e-9)


def landmark_table(endpoint: EndpointFits) -> pd.DataFrame:
    """Survival at the landmarks: Kaplan-Meier (while observed), every usable candidate, the general population, and
    external points; with 95% limits (candidates: simulated from their covariance)."""
    return LANDMARKS.frame(list(_at_landmarks(endpoint)))


@lru_cache(maxsize=KEPT)
def _at_landmarks(endpoint: EndpointFits) -> tuple[Row, ...]:
    years = landmark_years(endpoint)
    months = np.array(years) * MONTHS_PER_YEAR
    rows: list[Row] = []

    def put(arm: str, curve: str, values: Array, low: Array | None = None, high: Array | None = None) -> None:
        for i, year in enumerate(years):
            limits = (np.nan, np.nan) if low is None or high is None else (low[i], high[i])
            rows.append((arm, curve, year, values[i], *limits))

    for arm in endpoint.arms:
        km = arm.kaplan_meier
        seen = months <= km.follow_up
        last = np.maximum(np.searchsorted(km.times, months, side="right") - 1, 0)
        low, high = (np.where(seen, limit[last], np.nan) for limit in km.interval())
        put(arm.label, "Kaplan-Meier", np.where(seen, km.survival_at(months), np.nan), low, high)
        for fit in arm.usable.values():
            curves = endpoint.survival(fit, months, fit.simulate(DRAWS, SEED))
            low, high = np.quantile(curves, [0.025, 0.975], axis=0)
            put(arm.label, fit.label, endpoint.survival(fit, months), low, high)
    if endpoint.population is not None:
        put("", "General population", np.exp(-endpoint.population(months)))
    rows += [
        (p.arm or "", p.label, p.month / MONTHS_PER_YEAR, p.survival, p.lower or np.nan, p.upper or np.nan)
        for p in endpoint.external
    ]
    return tuple(rows)


def mean_table(endpoint: EndpointFits) -> pd.DataFrame:
    """Median (months) and means (years) of every usable candidate: to the end of follow-up beside Kaplan-Meier's, to
    the horizon with 95% limits, lifetime; and the share of the horizon's mean that lies beyond follow-up.

    Means by Simpson's rule on a grid that is finest early on. The lifetime mean is inf where it diverges and is left
    out for excess-hazard curves, whose population ends with its life table.
    """
    return MEANS.frame(list(_means(endpoint)))


@lru_cache(maxsize=KEPT)
def _means(endpoint: EndpointFits) -> tuple[Row, ...]:
    rows: list[Row] = []
    for arm in endpoint.arms:
        end = min(arm.data.follow_up, endpoint.horizon_months)
        observed = arm.kaplan_meier.restricted_mean(end)[0] / MONTHS_PER_YEAR
        for name, fit in arm.usable.items():
            drawn = fit.simulate(DRAWS, SEED)
            to_end = _mean(endpoint, fit, end)[0]
            to_horizon = float(_mean(endpoint, fit, endpoint.horizon_months)[0])
            low, high = np.quantile(_mean(endpoint, fit, endpoint.horizon_months, drawn), [0.025, 0.975])
            lifetime = np.nan if endpoint.excess else float(fit.distribution.mean(fit.coefficients)) / MONTHS_PER_YEAR
            rows.append(
                (
                    arm.label,
                    name,
                    fit.label,
                    _median(endpoint, fit),
                    arm.kaplan_meier.median,
                    float(to_end),
                    observed,
                    to_horizon,
                    low,
                    high,
                    lifetime,
                    1 - float(to_end) / to_horizon,
                    name == arm.selected,
                )
            )
    return tuple(rows)


def _mean(endpoint: EndpointFits, fit: Fit, limit: float, coefficients: Array | None = None) -> Array:
    """Restricted mean in years, (1,) or (draws,)."""
    u = np.linspace(0.0, 1.0, GRID if coefficients is None else 241)
    time = limit * u**2
    weights = np.full(len(u), 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    weights *= 2 * limit * u / (3 * (len(u) - 1))
    curves = np.atleast_2d(endpoint.survival(fit, time, coefficients))
    return curves @ weights / MONTHS_PER_YEAR


def _median(endpoint: EndpointFits, fit: Fit) -> float:
    if not endpoint.excess:
        return float(fit.distribution.quantile(0.5, fit.coefficients))
    time = np.linspace(0.0, endpoint.horizon_months, 4001)
    curve = endpoint.survival(fit, time)
    below = np.flatnonzero(curve <= 0.5)
    return float(np.interp(0.5, curve[::-1], time[::-1])) if len(below) else float("nan")


def months_grid(endpoint: EndpointFits, points: int = 120) -> Array:
    """Evenly spaced months to the horizon, above 0."""
    return np.linspace(endpoint.horizon_months / points, endpoint.horizon_months, points)


def implied_hazard_ratio(endpoint: EndpointFits, months: Sequence[float] | Array | None = None) -> pd.DataFrame:
    """Hazard of each other arm over the first's, where both take the same distribution."""
    at = months_grid(endpoint) if months is None else np.asarray(months, dtype=float)
    first = endpoint.arms[0]
    columns: dict[str, Array] = {"month": at}
    for arm in endpoint.arms[1:]:
        for name, fit in arm.usable.items():
            if name in first.usable:
                with np.errstate(divide="ignore", invalid="ignore"):
                    ratio = endpoint.hazard(fit, at) / endpoint.hazard(first.fits[name], at)
                columns[f"{arm.label}: {fit.label}"] = ratio
    return IMPLIED_HAZARD_RATIO.frame(columns)


def hazard_table(endpoint: EndpointFits) -> pd.DataFrame:
    """Hazards per month over the follow-up: smoothed with limits, every usable candidate, the general population."""
    rows = []
    for arm in endpoint.arms:
        try:
            smooth = smoothed_hazard(arm.data)
        except ValueError:
            continue
        at = np.maximum(smooth.times, 1e-3)
        columns = {
            "arm": np.full(len(at), arm.label, dtype=object),
            "month": at,
            "smoothed": smooth.hazard,
            "lower_95": smooth.lower,
            "upper_95": smooth.upper,
        }
        columns |= {fit.label: endpoint.hazard(fit, at) for fit in arm.usable.values()}
        if endpoint.population is not None:
            columns["General population"] = endpoint.population_hazard(at)
        rows.append(HAZARDS.frame(columns))
    return pd.concat(rows, ignore_index=True) if rows else HAZARDS.frame([])


def curve_table(endpoint: EndpointFits, points: int = 240) -> pd.DataFrame:
    """Survival of every usable candidate over the horizon, with Kaplan-Meier while it is observed."""
    at = np.concatenate([[0.0], months_grid(endpoint, points)])
    columns: dict[str, Array] = {"month": at}
    for arm in endpoint.arms:
        km = arm.kaplan_meier
        columns[f"{arm.label}: Kaplan-Meier"] = np.where(at <= km.follow_up, km.survival_at(at), np.nan)
        columns |= {f"{arm.label}: {fit.label}": endpoint.survival(fit, at) for fit in arm.usable.values()}
    if endpoint.population is not None:
        columns["General population"] = np.exp(-endpoint.population(at))
    return CURVES.frame(columns)
