"""The model beside the evidence: statistics it was calibrated to, figures from outside, and the candidate curves."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd

from model.analysis.base_case.base_case import BaseCase, median
from model.analysis.columns.evidence import CANDIDATE_YEARS, CANDIDATES, EXTERNAL, PUBLISHED, TRIAL
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import candidates
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import CURVE_SOURCES, Evidence
from model.definition.records.names import endpoint_words, short_endpoint
from model.survival import distribution

ENDPOINT_COLUMNS = {"pfs": "PFS", "os": "OS"}


def column_of(definition: ModelDefinition, endpoint: str) -> str | None:
    """The column of a trace with an endpoint in use; None of time on a drug."""
    if endpoint in definition.further_endpoints:
        return f"{short_endpoint(endpoint, {})} in use"
    return ENDPOINT_COLUMNS.get(endpoint)


def modelled(base: BaseCase, arm: str, endpoint: str, statistic: str, month: float | None) -> float:
    """The model's own value of a statistic: median in months, or share event-free at a month (after all repairs)."""
    columns = base.traces[arm].columns
    name = column_of(base.definition, endpoint)
    if name is None:
        return float("nan")
    if statistic == "median":
        return median(columns["Months"], columns[name])
    months = columns["Months"]
    return float(np.interp(month or 0.0, months, columns[name])) if (month or 0.0) <= months[-1] else float("nan")


NO_VALUE = "no value of the model"
INSIDE, BELOW, ABOVE = "inside the interval", "below the interval", "above the interval"
NEITHER = "no interval: model {} the figure"


def verdict(model: float, reported: float, lower: float | None, upper: float | None, statistic: str = "") -> str:
    """Does the model lie inside, above or below a reported interval? Of an interval with one limit only, beside that limit;
    without any, above or below the figure itself. A share not reached is a lower limit."""
    if math.isnan(model):
        return NO_VALUE
    low = None if lower is None or math.isnan(lower) else lower
    high = None if upper is None or math.isnan(upper) else upper
    if statistic == "not_reached" and low is None:
        low = reported
    if low is not None and model < low:
        return BELOW
    if high is not None and model > high:
        return ABOVE
    if low is not None and high is not None:
        return INSIDE
    if low is not None:
        return "not below; no upper limit reported"
    if high is not None:
        return "not above; no lower limit reported"
    if math.isclose(model, reported, rel_tol=1e-9):
        return NEITHER.format("at")
    return NEITHER.format("above" if model > reported else "below")


def trial_against_model(base: BaseCase) -> pd.DataFrame:
    """Every statistic of the evidence table beside the model's value."""
    definition = base.definition
    rows = []
    for row in definition.evidence:
        if row.statistic == "prior":
            continue
        month = float(row.item) if row.item else None
        value = (
            _hazard_ratio(base, row.arm, row.endpoint, month)
            if row.statistic == "hazard_ratio"
            else modelled(base, row.arm, row.endpoint, row.statistic, month)
        )
        rows.append(
            (
                definition.arm(row.arm).short_label,
                endpoint_words(row.endpoint, {d.id: d.id for d in definition.drugs}),
                row.statistic,
                month,
                row.value,
                row.lower,
                row.upper,
                value,
                value - row.value,
                verdict(value, row.value, row.lower, row.upper, row.statistic),
                calibrated_to(definition, row),
                used_as(definition, row),
                row.source,
                row.notes,
            )
        )
    return TRIAL.frame(rows)


def calibrated_to(definition: ModelDefinition, row: Evidence) -> bool:
    """Is the curve of the base case calibrated to a published statistic? Its row may be marked for use and yet not count:
    a curve that is a hazard ratio on another arm's, or fitted to data, takes none of its own statistics."""
    curve = definition.curve(row.arm, row.endpoint)
    return bool(row.use and curve is not None and curve.source == "evidence")


def used_as(definition: ModelDefinition, row: Evidence) -> str:
    """What a published statistic is used for in the base case, in words."""
    if calibrated_to(definition, row):
        return "calibrated to"
    curve = definition.curve(row.arm, row.endpoint)
    if not row.use or curve is None or curve.source == "evidence":
        return "shown only"
    if curve.source == "relative_effect" and curve.reference_arm is not None:
        kind = curve.effect.replace("_", " ")
        return f"not used: the curve is a {kind} on {definition.arm(curve.reference_arm).short_label}".replace(
            "is a a", "is an a"
        ).replace("is a o", "is an o")
    return f"not used: the curve is {CURVE_SOURCES[curve.source].split(' (')[0]}"


def _hazard_ratio(base: BaseCase, arm: str, endpoint: str, month: float | None) -> float:
    curve = base.definition.curve(arm, endpoint)
    name = column_of(base.definition, endpoint)
    if curve is None or curve.reference_arm is None or name is None:
        return float("nan")
    months = base.traces[arm].columns["Months"]
    at = months[-1] if month is None else month
    treated, reference = (-np.log(np.interp(at, months, base.traces[a].columns[name])) for a in (arm, curve.reference_arm))
    return float(treated / reference)


def external_evidence(base: BaseCase) -> pd.DataFrame:
    """Figures from outside the trial beside the model's value of the arm they are compared with."""
    rows = []
    for row in base.definition.external_evidence:
        value = modelled(base, row.arm, row.endpoint, row.statistic, row.month) if row.arm else float("nan")
        arm = base.definition.arm(row.arm).short_label if row.arm else ""
        rows.append(
            (
                row.label,
                endpoint_words(row.endpoint, {}),
                row.statistic,
                row.month,
                row.value,
                row.lower,
                row.upper,
                arm,
                value,
                verdict(value, row.value, row.lower, row.upper) if row.arm else "",
                row.dependence,
                row.source,
                row.notes,
            )
        )
    return EXTERNAL.frame(rows)


def candidate_curves(definition: ModelDefinition) -> pd.DataFrame:
    """Every distribution calibrated to the evidence of every curve: coefficients, fit, median, means, 5-20 years."""
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    rows = []
    for curve in definition.curves:
        if not any((e.arm, e.endpoint) == (curve.arm, curve.endpoint) and e.use for e in definition.evidence):
            continue
        for name, made in candidates(definition, curve).items():
            family = distribution(name)
            selected = curve.source == "evidence" and curve.distribution == name
            row: dict[str, object] = {
                "arm": definition.arm(curve.arm).short_label,
                "endpoint": endpoint_words(curve.endpoint, {d.id: d.id for d in definition.drugs}),
                "distribution": family.label,
                "selected": selected,
                "status": made.message,
            }
            if made.identified and made.converged:
                pairs = zip(family.parameters, made.coefficients, strict=True)
                row["coefficients"] = ", ".join(f"{k} {v:.4g}" for k, v in pairs)
                row["largest_standardised_residual"] = float(np.nanmax(np.abs(made.standardised_residuals), initial=0.0))
                row["median_months"] = float(family.quantile(0.5, made.coefficients))
                row["restricted_mean_years"] = float(family.restricted_mean(horizon, made.coefficients)) / MONTHS_PER_YEAR
                row["mean_years"] = float(family.mean(made.coefficients)) / MONTHS_PER_YEAR
                survival = family.survival(np.array(CANDIDATE_YEARS) * MONTHS_PER_YEAR, made.coefficients)
                row |= {f"at {y:g} years": s for y, s in zip(CANDIDATE_YEARS, survival, strict=True)}
            rows.append(row)
    return CANDIDATES.frame(rows)


def published_analyses(base: BaseCase) -> pd.DataFrame:
    """Published analyses beside this one, in their own currency and price year. A ratio to this model's ICER is told where
    both are in one currency and above zero."""
    s, ours = base.definition.settings, base.icer
    about = base.definition.about
    here = ("This model, base case", f"{about.intervention} v {about.comparator}", about.perspective)
    rows: list[tuple[object, ...]] = [(*here, ours, s.currency, s.price_year, base.incremental_qalys, None, None, "", "")]
    for p in base.definition.published_analyses:
        gained = None
        if p.incremental_qalys is not None and base.incremental_qalys > 0:
            gained = p.incremental_qalys / base.incremental_qalys
        same = p.currency.split(" ")[0] == s.currency
        known = same and p.icer is not None and p.icer > 0 and ours is not None
        ratio = p.icer / ours if known and p.icer is not None and ours is not None else None
        study = (p.label, p.compared, p.setting, p.icer, p.currency, p.price_year, p.incremental_qalys)
        rows.append((*study, gained, ratio, p.source, p.notes))
    return PUBLISHED.frame(rows)


def external_in_words(base: BaseCase) -> str:
    """How many external figures the model lies inside, above and below, in a line; "" without any."""
    told = Counter(verdict for verdict in external_evidence(base)["verdict"] if verdict)
    if not told:
        return ""
    inside, above, below = (told[words] for words in (INSIDE, ABOVE, BELOW))
    others = told.total() - inside - above - below
    return (
        f"Of {told.total()} external figures the model lies inside the reported interval of {inside}, above that of {above} "
        f"and below that of {below}; {others} have no interval with both limits."
    )
