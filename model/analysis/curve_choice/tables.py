"""Tables of the candidates of one endpoint: data, fit statistics, coefficients, comparison of arms, reconstruction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.columns.curve_choice import (
    COEFFICIENTS,
    COMPARISON,
    COVARIANCE,
    DATA,
    EQUATIONS,
    GOODNESS_OF_FIT,
    JOINT,
    RECONSTRUCTION,
)
from model.analysis.curve_choice.endpoint import ArmFits, EndpointFits
from model.constants import NORMAL_975
from model.survival.cox import TRANSFORMS, cox_hazard_ratio, log_rank, proportional_hazards_test
from model.survival.determination import Determination
from model.survival.estimation import Fit
from model.survival.families.model_average import aic_weights
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.spline_words import spline_in_words
from model.survival.families.splines import RoystonParmar
from model.survival.joint import JointFit
from model.survival.kaplan_meier import KaplanMeier
from model.survival.plot_scales import quantile_quantile


def data_summary(endpoint: EndpointFits) -> pd.DataFrame:
    """One row per arm: patients, events, follow-up, median with 95% limits, restricted mean to the common follow-up."""
    common = common_follow_up(endpoint)
    rows = []
    for arm in endpoint.arms:
        km = arm.kaplan_meier
        low, high = km.median_interval()
        mean, error = km.restricted_mean(common)
        origin = "patient data" if arm.reconstruction is None else "reconstructed from a digitised curve"
        rows.append(
            (
                arm.label,
                arm.data.n,
                arm.data.n_events,
                arm.data.n - arm.data.n_events,
                arm.data.follow_up,
                km.median_follow_up,
                km.median,
                low,
                high,
                common,
                mean,
                error,
                origin,
            )
        )
    return DATA.frame(rows)


def common_follow_up(endpoint: EndpointFits) -> float:
    """The time up to which every arm was observed, months."""
    return min(arm.data.follow_up for arm in endpoint.arms)


NOT_IDENTIFIED = "not identified"


def status_of(fit: Fit, judged: Determination | None = None) -> tuple[str, str]:
    """State of a fit in a word, and the reason or remark; ``judged``: what the data leave open of it."""
    if fit.failure:
        return ("did not converge" if np.isfinite(fit.log_likelihood) else "failed"), fit.failure
    found = judged or Determination()
    if found.problem:
        words = " ".join(filter(None, (found.problem[:1].upper() + found.problem[1:] + ".", fit.boundary)))
        return NOT_IDENTIFIED, words
    remark = f"Weakly determined: {found.remark}." if found.remark else ""
    words = " ".join(filter(None, (fit.boundary, remark)))
    return ("at a boundary" if fit.boundary else "fitted"), words


def goodness_of_fit(endpoint: EndpointFits) -> pd.DataFrame:
    """AIC and BIC of every candidate, with ranks and Akaike weights among those that the data determine, and what became of
    each fit."""
    rows = []
    for arm in endpoint.arms:
        ranked = arm.ranked
        usable = [name in ranked for name in arm.fits]
        aic, bic = (np.array([getattr(f, k) if n in ranked else np.nan for n, f in arm.fits.items()]) for k in ("aic", "bic"))
        weights = aic_weights(aic) if any(usable) else np.full(len(aic), np.nan)
        ranks = [pd.Series(values).rank(method="min").to_numpy() for values in (aic, bic)]
        for i, (name, fit) in enumerate(arm.fits.items()):
            state, note = status_of(fit, arm.judged.get(name))
            rows.append(
                (
                    arm.label,
                    name,
                    fit.label,
                    len(fit.distribution.parameters),
                    fit.log_likelihood,
                    aic[i],
                    aic[i] - np.nanmin(aic) if any(usable) else np.nan,
                    ranks[0][i],
                    bic[i],
                    ranks[1][i],
                    weights[i] if name in ranked else np.nan,
                    name == arm.selected,
                    state,
                    note,
                )
            )
    return GOODNESS_OF_FIT.frame(rows)


def pooled_fit(endpoint: EndpointFits) -> pd.DataFrame:
    """Arms fitted apart (sum of their AIC) beside arms fitted jointly with one effect per arm."""
    rows: list[tuple[object, ...]] = []
    for name in endpoint.arms[0].fits:
        fits = [arm.ranked[name] for arm in endpoint.arms if name in arm.ranked]
        if len(fits) == len(endpoint.arms):
            total = sum(f.log_likelihood for f in fits)
            rows.append(
                (
                    name,
                    fits[0].label,
                    "separately",
                    sum(len(f.estimates) for f in fits),
                    total,
                    sum(f.aic for f in fits),
                    "",
                    np.nan,
                    np.nan,
                    np.nan,
                )
            )
    others = [arm for arm in endpoint.arms[1:]]
    for (name, effect), joint in endpoint.joint.items():
        if not joint_is_determined(joint, endpoint):
            continue
        for i, arm in enumerate(others):
            place = len(joint.fit.estimates) - len(others) + i
            at, error = joint.fit.estimates[place], np.sqrt(joint.fit.covariance[place, place])
            low, middle, high = np.exp(at + NORMAL_975 * error * np.array([-1, 0, 1]))
            label = endpoint.arms[0].fits[name].label if name in endpoint.arms[0].fits else name
            rows.append(
                (
                    name,
                    label,
                    f"jointly, {effect.replace('_', ' ')}",
                    len(joint.fit.estimates),
                    joint.log_likelihood,
                    joint.aic,
                    arm.label,
                    middle,
                    low,
                    high,
                )
            )
    return JOINT.frame(rows)


def joint_is_determined(joint: JointFit, endpoint: EndpointFits) -> bool:
    """Is a joint fit one at all, and do the data determine the curve of every arm within the horizon?"""
    if not joint.fit.usable:
        return False
    own = (dataclasses.replace(joint.fit, distribution=joint.family(arm.arm)) for arm in endpoint.arms)
    return all(fit.judged(endpoint.horizon_months).determined for fit in own)


def coefficients(endpoint: EndpointFits) -> pd.DataFrame:
    """Every coefficient of every usable candidate, with its interval from the estimation scale; knots without one."""
    rows: list[tuple[object, ...]] = []
    for arm in endpoint.arms:
        for name, fit in arm.usable.items():
            for knot, month in knots_of(fit).items():
                rows.append((endpoint.endpoint, arm.arm, name, knot, month, np.nan, np.nan, "fixed", np.nan, np.nan))
            family, errors = fit.distribution, np.sqrt(np.diag(fit.covariance))
            low, high = (family.to_natural(fit.estimates + sign * NORMAL_975 * errors) for sign in (-1, 1))
            for i, parameter in enumerate(family.parameters):
                rows.append(
                    (
                        endpoint.endpoint,
                        arm.arm,
                        name,
                        parameter,
                        fit.coefficients[i],
                        low[i],
                        high[i],
                        family.estimation_scale[i],
                        fit.estimates[i],
                        errors[i],
                    )
                )
    return COEFFICIENTS.frame(rows)


def spline_equations(endpoint: EndpointFits) -> pd.DataFrame:
    """Every usable spline as an equation with its numbers."""
    rows = [
        (endpoint.endpoint, arm.arm, name, spline_in_words(fit.distribution, fit.coefficients))
        for arm in endpoint.arms
        for name, fit in arm.usable.items()
        if isinstance(fit.distribution, RoystonParmar)
    ]
    return EQUATIONS.frame(rows)


def knots_of(fit: Fit) -> dict[str, float]:
    """Knots of a spline, or cut points of a piecewise exponential, in months; also of the base of a cure model."""
    family = getattr(fit.distribution, "base", fit.distribution)
    if isinstance(family, RoystonParmar):
        return {f"knot{i}": float(np.exp(k)) for i, k in enumerate(family.knots)}
    if isinstance(family, PiecewiseExponential):
        return {f"cut{i + 1}": float(c) for i, c in enumerate(family.cuts)}
    return {}


def covariance(endpoint: EndpointFits) -> pd.DataFrame:
    """Covariance of every usable candidate on the estimation scale, one row per pair of coefficients."""
    rows = []
    for arm in endpoint.arms:
        for name, fit in arm.usable.items():
            names = fit.distribution.parameters
            rows += [
                (endpoint.endpoint, arm.arm, name, first, names[j], fit.covariance[i, j])
                for i, first in enumerate(names)
                for j in range(i, len(names))
            ]
    return COVARIANCE.frame(rows)


def comparison(endpoint: EndpointFits) -> pd.DataFrame:
    """Each other arm against the first: Cox, log-rank, tests of proportional hazards, acceleration factor, means."""
    first, rows = endpoint.arms[0], []
    common = common_follow_up(endpoint)
    for arm in endpoint.arms[1:]:
        statistics: list[tuple[str, float, float, float, str]] = []
        try:
            cox = cox_hazard_ratio(first.data, arm.data)
            statistics.append(("hazard ratio (Cox)", cox.hazard_ratio, *cox.interval(), ""))
            chi, p = log_rank(first.data, arm.data)
            statistics.append(("log-rank test, p", p, np.nan, np.nan, f"chi-squared {chi:.2f}, 1 degree of freedom"))
            for transform in TRANSFORMS:
                test = proportional_hazards_test(first.data, arm.data, transform)
                words = f"small: the hazard ratio changes with time; time as {transform}, chi-squared {test.statistic:.2f}"
                statistics.append(("proportional hazards, p", test.p, np.nan, np.nan, words))
        except ValueError as error:
            statistics.append(("hazard ratio (Cox)", np.nan, np.nan, np.nan, str(error)))
        statistics += _differences(first, arm, common)
        rows += [(arm.label, first.label, *s) for s in statistics]
    return COMPARISON.frame(rows)


def _differences(first: ArmFits, arm: ArmFits, common: float) -> list[tuple[str, float, float, float, str]]:
    found: list[tuple[str, float, float, float, str]] = []
    try:
        slope = quantile_quantile(first.kaplan_meier, arm.kaplan_meier).slope
        found.append(("acceleration factor (quantile-quantile slope)", slope, np.nan, np.nan, "above 1: later events"))
    except ValueError as error:
        found.append(("acceleration factor (quantile-quantile slope)", np.nan, np.nan, np.nan, str(error)))
    (a, sa), (b, sb) = (_mean(x.kaplan_meier, common) for x in (first, arm))
    gap, error_of_gap = b - a, NORMAL_975 * float(np.hypot(sa, sb))
    words = f"to {common:.1f} months, the common follow-up"
    found.append(("difference in restricted mean, months", gap, gap - error_of_gap, gap + error_of_gap, words))
    gain = arm.kaplan_meier.median - first.kaplan_meier.median
    found.append(("difference in medians, months", gain, np.nan, np.nan, ""))
    return found


def _mean(km: KaplanMeier, limit: float) -> tuple[float, float]:
    return km.restricted_mean(limit)


def reconstruction_report(endpoint: EndpointFits) -> pd.DataFrame:
    """Published figures beside those of the reconstructed data, for arms read from a digitised curve."""
    rows: list[tuple[object, ...]] = []
    for arm in endpoint.arms:
        made = arm.reconstruction
        if made is None:
            continue
        total = np.nan if made.total_events_published is None else float(made.total_events_published)
        pairs = [("median, months", made.median_published, made.median), ("events", total, float(made.total_events))]
        pairs += [
            (f"at risk at month {t:g}", float(p), float(r))
            for t, p, r in zip(made.risk_times, made.n_risk_published, made.n_risk, strict=True)
        ]
        rows += [(arm.label, item, p, r, r - p, "") for item, p, r in pairs]
        rows.append((arm.label, "largest difference in survival at a click", np.nan, made.largest_difference, np.nan, ""))
        rows.append((arm.label, "mean difference in survival at the clicks", np.nan, made.mean_difference, np.nan, ""))
        rows += [(arm.label, "what was done", np.nan, np.nan, np.nan, note) for note in made.notes]
    return RECONSTRUCTION.frame(rows)
