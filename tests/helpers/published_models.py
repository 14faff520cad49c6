"""Small models whose curves are as publications print them: invented, with two arms and few cycles."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from model.definition import LifeTableRow, ModelDefinition, Parameter
from model.definition.records.curves import Coefficient, Covariance, Curve
from model.definition.records.survival_inputs import PatientRecord, SurvivalTableRow
from model.survival import MixtureCure, distribution
from tests.helpers.small_models import effect_curve, fixed, model, monthly, own_curve, settings, uncertain
from tests.helpers.trial_data import life_table

STEPS = ((0.0, 1.0, 120.0), (3.0, 1.0, 118.0), (3.0, 0.85, None), (9.0, 0.85, 90.0), (9.0, 0.6, None), (14.0, 0.6, 60.0))
"""A Kaplan-Meier curve of OS in steps: month, share alive, number at risk."""
EXCESS_SHARES = {0.0: 1.0, 10.0: 0.93, 24.5: 0.8, 40.0: 0.62}
OS_SHAPE, OS_SCALE = 1.3, 20.0
OS_COVARIANCE = ((0.010, 0.002), (0.002, 0.015))
CURED, PFS_SHAPE, PFS_SCALE, LOG_ODDS = 0.25, 1.2, 10.0, 0.45
PFS_NAMES = ("cure_fraction", "shape", "scale", "effect_new")
PFS_COVARIANCE = (
    (0.040, 0.001, 0.000, -0.030),
    (0.001, 0.006, 0.001, 0.000),
    (0.000, 0.001, 0.008, 0.002),
    (-0.030, 0.000, 0.002, 0.060),
)
SHORT: dict[str, Any] = dict(horizon_years=5.0, discount_rate_costs=0.03, discount_rate_effects=0.03)


def table_rows(arm: str, endpoint: str, rows: Any = STEPS) -> tuple[SurvivalTableRow, ...]:
    return tuple(SurvivalTableRow(arm=arm, endpoint=endpoint, time=t, survival=s, n_risk=n) for t, s, n in rows)


def covariances(arm: str, endpoint: str, names: tuple[str, ...], matrix: Any) -> tuple[Covariance, ...]:
    return tuple(
        Covariance(arm=arm, endpoint=endpoint, first=a, second=b, value=matrix[i][j])
        for i, a in enumerate(names)
        for j, b in enumerate(names[: i + 1])
        if matrix[i][j]
    )


def with_tail(pair: tuple[Curve, list[Coefficient]], until: float, clock: str) -> tuple[Curve, list[Coefficient]]:
    return dataclasses.replace(pair[0], km_until=until, tail_clock=clock), pair[1]


def pfs_pairs() -> list[Any]:
    return [own_curve("old", "pfs", "exponential", rate=0.09), effect_curve("new", "pfs", "old", "exponential", 0.7)]


def restarted_tail(clock: str = "restarts", **given: Any) -> ModelDefinition:
    """OS by a published curve in steps until month 12, then a published Weibull with its covariance."""
    old = with_tail(own_curve("old", "os", "weibull", shape=OS_SHAPE, scale=OS_SCALE), 12.0, clock)
    new = effect_curve("new", "os", "old", "weibull", Parameter(value=0.8, distribution="lognormal", standard_error=0.1))
    covariance = covariances("old", "os", ("shape", "scale"), OS_COVARIANCE)
    changed = {"survival_tables": table_rows("old", "os"), "covariance": covariance, "settings": settings(**SHORT), **given}
    return model([*pfs_pairs(), old, new], care=(monthly("visits", "alive", 100.0),), **changed)


def cured(effect: str = "jointly", **given: Any) -> ModelDefinition:
    """PFS and OS with a share cured; the new arm's odds of cure are those of a published logistic coefficient."""
    ratio = Parameter(value=1.5683121854901688, distribution="lognormal_ratio", low=0.97, high=2.53)  # exp(0.45)
    pairs: list[Any] = []
    covariance: tuple[Covariance, ...] = ()
    for endpoint, scale in (("pfs", PFS_SCALE), ("os", 2 * PFS_SCALE)):
        curve, rows = own_curve("old", endpoint, "weibull", cure_fraction=CURED, shape=PFS_SHAPE, scale=scale)
        curve = dataclasses.replace(curve, cure="mixture", mortality="excess")
        if effect == "jointly":
            key: dict[str, Any] = {"arm": "old", "endpoint": endpoint}
            rows = [*rows, Coefficient(**key, coefficient="effect_new", parameter=fixed(ratio.value))]
            curve = dataclasses.replace(curve, fitted="jointly")
            other = dataclasses.replace(curve, arm="new", reference_arm="old", effect="cure_odds_ratio")
            pairs += [(curve, rows), (other, [])]
            covariance += covariances("old", endpoint, PFS_NAMES, PFS_COVARIANCE)
        else:
            treated, row = effect_curve("new", endpoint, "old", "weibull", ratio, "cure_odds_ratio")
            pairs += [(curve, rows), (dataclasses.replace(treated, mortality="excess"), row)]
    changed = {"covariance": covariance, "settings": settings(**SHORT), "life_table": LIFE_TABLE, **given}
    return model(pairs, care=(monthly("visits", "alive", 100.0),), **changed)


LIFE_TABLE = tuple(LifeTableRow(age=age, qx_female=0.004 * 1.09 ** (age - 54)) for age in range(50, 80))
"""Yearly probabilities of death of women, rising by 9% a year of age."""


def certain_coefficients() -> ModelDefinition:
    """The same without a covariance: each coefficient of the tail is an input of its own, and drawn by itself."""
    shape = Parameter(value=OS_SHAPE, distribution="lognormal", standard_error=0.13)
    old = with_tail(own_curve("old", "os", "weibull", shape=shape, scale=OS_SCALE), 12.0, "restarts")
    new = effect_curve("new", "os", "old", "weibull", 0.8)
    tables: dict[str, Any] = {"survival_tables": table_rows("old", "os"), "settings": settings(**SHORT)}
    return model([*pfs_pairs(), old, new], care=(monthly("visits", "alive", 100.0),), **tables)


TABLE = ((0.0, 1.0, None), (12.0, 0.9, 0.03), (24.0, 0.7, 0.045), (40.0, 0.5, 0.05), (60.0, 0.3, 0.06))
"""A published OS curve to the horizon: month, share alive, standard error."""


def uncertain_table() -> ModelDefinition:
    """OS read from a table with standard errors; a hazard ratio for the new arm."""
    rows = tuple(SurvivalTableRow(arm="old", endpoint="os", time=t, survival=s, standard_error=se) for t, s, se in TABLE)
    old = (Curve(arm="old", endpoint="os", source="survival_table"), [])
    new = effect_curve("new", "os", "old", "none", 0.8)
    tables: dict[str, Any] = {"survival_tables": rows, "settings": settings(**SHORT)}
    return model([*pfs_pairs(), old, new], care=(monthly("visits", "alive", 100.0),), **tables)


def cured_patients(arm: str, endpoint: str, share: float, scale: float, n: int = 80) -> tuple[PatientRecord, ...]:
    """Patients at the quantiles of a Weibull curve with a share cured, followed for 100 months."""
    family = MixtureCure(distribution("weibull"))
    times = family.quantile((np.arange(n) + 0.5) / n, [share, PFS_SHAPE, scale])
    return tuple(
        PatientRecord(arm=arm, endpoint=endpoint, patient=f"p{i}", time=min(float(t), 100.0), event=int(t < 100.0))
        for i, t in enumerate(times)
    )


def joint_fit_with_cure(effect: str = "cure_odds_ratio") -> ModelDefinition:
    """PFS and OS of both arms fitted together to patients of whom some are cured."""
    curves, patients = [], ()
    for endpoint, scale in (("pfs", PFS_SCALE), ("os", 2 * PFS_SCALE)):
        own: dict[str, Any] = dict(endpoint=endpoint, source="patient_data", distribution="weibull", fitted="jointly")
        curves.append((Curve(arm="old", cure="mixture", **own), []))
        curves.append((Curve(arm="new", cure="mixture", reference_arm="old", effect=effect, **own), []))
        for arm, share in (("old", CURED), ("new", 0.45)):
            patients += cured_patients(arm, endpoint, share, scale)
    return model(curves, patient_data=patients, settings=settings(**SHORT), care=(monthly("visits", "alive", 100.0),))


def restarted_tail_of_survreg() -> ModelDefinition:
    """The restarted tail as R's survreg prints it, with time in days: log scale and minus log shape."""
    names = ("(Intercept)", "Log(scale)")
    key: dict[str, Any] = {"arm": "old", "endpoint": "os"}
    values = (float(np.log(OS_SCALE * 30.4375)), float(-np.log(OS_SHAPE)))
    rows = [Coefficient(**key, coefficient=n, parameter=fixed(v)) for n, v in zip(names, values, strict=True)]
    curve = Curve(**key, source="coefficients", distribution="weibull", parametrisation="survreg", time_unit="days")
    matrix = ((OS_COVARIANCE[1][1], -OS_COVARIANCE[0][1]), (-OS_COVARIANCE[0][1], OS_COVARIANCE[0][0]))
    new = effect_curve("new", "os", "old", "weibull", 0.8)
    tables: dict[str, Any] = {"survival_tables": table_rows("old", "os"), "settings": settings(**SHORT)}
    tables["covariance"] = covariances("old", "os", names, matrix)
    pairs = [*pfs_pairs(), with_tail((curve, rows), 12.0, "restarts"), new]
    return model(pairs, care=(monthly("visits", "alive", 100.0),), **tables)


def effect_behind_steps(effect: str, clock: str) -> ModelDefinition:
    """The published steps with a tail of which a share is cured, and an effect on time or on cure for the new arm."""
    curve, rows = own_curve("old", "os", "weibull", cure_fraction=CURED, shape=OS_SHAPE, scale=OS_SCALE)
    old = with_tail((dataclasses.replace(curve, cure="mixture"), rows), 12.0, clock)
    new = effect_curve(
        "new", "os", "old", "weibull", Parameter(value=1.4, distribution="lognormal", standard_error=0.03), effect
    )
    tables: dict[str, Any] = {"survival_tables": table_rows("old", "os"), "settings": settings(**SHORT)}
    tables["covariance"] = covariances("old", "os", ("shape", "scale"), OS_COVARIANCE)
    return model([*pfs_pairs(), old, new], care=(monthly("visits", "alive", 100.0),), **tables)


def excess_after_steps() -> ModelDefinition:
    """OS by a table until month 24.5, then an excess hazard beside the population's; the new arm by a hazard ratio."""
    old, coefficient = own_curve("old", "os", "exponential", rate=uncertain(0.012, 0.002))
    tail = dataclasses.replace(old, mortality="excess", km_until=24.5, tail_clock="restarts")
    new, ratio = effect_curve("new", "os", "old", "exponential", uncertain(0.7, 0.1, "lognormal"))
    rows = tuple(SurvivalTableRow(arm="old", endpoint="os", time=t, survival=s) for t, s in EXCESS_SHARES.items())
    pfs = [own_curve(arm, "pfs", "exponential", rate=0.05) for arm in ("old", "new")]
    return model(
        [*pfs, (tail, coefficient), (dataclasses.replace(new, mortality="excess"), ratio)],
        survival_tables=rows,
        life_table=life_table(),
        settings=settings(horizon_years=12.0, cycle_days=60.875, hazard_floor=True),
    )
