"""Models for every way in which a curve is made, by what they show; from the shipped synthetic trial, 12 years, quarterly."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from model.definition import ModelDefinition, Parameter, edit
from model.definition.curves.from_data import fit_of
from model.definition.records.curves import Coefficient, Covariance, RelativeEffect
from model.definition.records.survival_inputs import SurvivalTableRow
from model.survival.families.splines import RoystonParmar
from tests.helpers.shipped import shipped

Changes = dict[str, Any]
SHORT = {"settings.horizon_years": 12.0, "settings.cycle_days": 91.0}
NOTED = {"source": "synthetic_trial", "quality": "assumption"}
SURVIVAL_TABLE = {0: 1.0, 6: 0.97, 12: 0.9, 24: 0.7, 36: 0.5, 60: 0.3, 96: 0.1, 150: 0.0}


def trial() -> ModelDefinition:
    return shipped("example_synthetic_trial")


def short(definition: ModelDefinition, *changes: Changes) -> ModelDefinition:
    """The definition, changed, over few cycles and without scenarios."""
    bare = dataclasses.replace(definition, scenarios=(), assumptions=())
    return edit(bare, {k: v for change in (SHORT, *changes) for k, v in change.items()})


def both(endpoint: str, **fields: Any) -> Changes:
    """The same change of the curve of either arm."""
    return {f"curves.{arm}.{endpoint}.{k}": v for arm in ("control", "palbociclib") for k, v in fields.items()}


def scenario(*names: str) -> Changes:
    """Changes of scenarios of the trial's workbook."""
    known = trial().scenario_changes()
    return {k: v for name in names for k, v in known[name].items()}


def on_control(kind: str, **fields: Any) -> Changes:
    """OS of the new arm as an effect on that of the control arm, whose curve is changed."""
    own = {"source": "relative_effect", "effect": kind}
    if "mortality" in fields:
        own["mortality"] = fields["mortality"]
    return {
        **{f"curves.palbociclib.os.{k}": v for k, v in own.items()},
        **{f"curves.control.os.{k}": v for k, v in fields.items()},
    }


@cache
def with_effect() -> ModelDefinition:
    """The trial with a relative effect on OS."""
    parameter = Parameter(value=0.8, distribution="lognormal", standard_error=0.1, **NOTED)
    effect = RelativeEffect(arm="palbociclib", endpoint="os", parameter=parameter)
    return dataclasses.replace(trial(), relative_effects=(effect,), scenarios=(), assumptions=())


@cache
def with_table() -> ModelDefinition:
    rows = tuple(SurvivalTableRow(arm="control", endpoint="os", time=float(t), survival=s) for t, s in SURVIVAL_TABLE.items())
    return dataclasses.replace(with_effect(), survival_tables=rows)


@cache
def typed(name: str, cure: str = "none") -> ModelDefinition:
    """Coefficients of the control arm's OS typed in with their covariance: those of its fit."""
    definition = with_effect()
    curve = dataclasses.replace(definition.curve("control", "os"), cure=cure)
    fit = fit_of(definition, curve, name)
    key: dict[str, Any] = {"arm": "control", "endpoint": "os", "candidate": name}
    names = fit.distribution.parameters
    values = dict(zip(names, fit.coefficients, strict=True))
    family = getattr(fit.distribution, "base", fit.distribution)
    if isinstance(family, RoystonParmar):
        values |= {f"knot{i}": knot for i, knot in enumerate(np.exp(family.knots))}
    coefficients = tuple(
        Coefficient(**key, coefficient=n, parameter=Parameter(value=float(v), **NOTED)) for n, v in values.items()
    )
    covariance = tuple(
        Covariance(**key, first=a, second=b, value=float(fit.covariance[i, j]))
        for i, a in enumerate(names)
        for j, b in enumerate(names[: i + 1])
    )
    return dataclasses.replace(
        definition, coefficients=(*definition.coefficients, *coefficients), covariance=(*definition.covariance, *covariance)
    )


def typed_os(name: str, **fields: Any) -> Changes:
    own = {"source": "coefficients", "distribution": name, **fields}
    return {f"curves.control.os.{k}": v for k, v in own.items()}


Model = Callable[[], ModelDefinition]
CURVES: dict[str, Model] = {
    "average of candidates": lambda: short(trial(), scenario("os_average")),
    "Kaplan-Meier, then a tail": lambda: short(trial(), scenario("os_km_48")),
    "Kaplan-Meier PFS": lambda: short(trial(), scenario("pfs_km_36")),
    "excess mortality": lambda: short(trial(), scenario("os_excess")),
    "mixture cure": lambda: short(trial(), scenario("pfs_cure")),
    "non-mixture cure": lambda: short(trial(), both("pfs", cure="non_mixture")),
    "cure and excess mortality": lambda: short(trial(), scenario("os_cure_excess")),
    "cure and average": lambda: short(trial(), both("os", cure="mixture", distribution="model_average")),
    "joint fit": lambda: short(trial(), scenario("os_joint")),
    "joint fit, accelerated": lambda: short(
        trial(), both("os", fitted="jointly"), {"curves.palbociclib.os.effect": "acceleration_factor"}
    ),
    "joint fit, odds": lambda: short(trial(), both("pfs", fitted="jointly"), {"curves.palbociclib.pfs.effect": "odds_ratio"}),
    "piecewise exponential": lambda: short(trial(), scenario("os_piecewise")),
    "spline of odds": lambda: short(trial(), scenario("pfs_spline_odds_1")),
    "spline of normal deviates": lambda: short(trial(), scenario("pfs_spline_normal_2")),
    "excess mortality, effect ends with treatment": lambda: short(trial(), scenario("os_excess", "treatment_end")),
    "Kaplan-Meier, effect wanes": lambda: short(trial(), scenario("os_km_48", "waning_linear")),
    "hazard ratio on Kaplan-Meier": lambda: short(with_effect(), on_control("hazard_ratio", km_until=48.0)),
    "time stretched, mixture cure": lambda: short(
        with_effect(), on_control("acceleration_factor", cure="mixture", distribution="lognormal")
    ),
    "time stretched, spline": lambda: short(with_effect(), on_control("acceleration_factor", distribution="spline_odds_2")),
    "time stretched, average": lambda: short(with_effect(), on_control("acceleration_factor", distribution="model_average")),
    "odds ratio on an average": lambda: short(with_effect(), on_control("odds_ratio", distribution="model_average")),
    "hazard ratio on excess mortality": lambda: short(with_effect(), on_control("hazard_ratio", mortality="excess")),
    "Kaplan-Meier, then a joint fit": lambda: short(trial(), scenario("os_joint"), both("os", km_until=40.0)),
    "Kaplan-Meier, then a joint fit, accelerated": lambda: short(
        trial(), both("os", fitted="jointly", km_until=30.0), {"curves.palbociclib.os.effect": "acceleration_factor"}
    ),
    "Kaplan-Meier of one arm, then a joint fit, odds": lambda: short(
        trial(),
        both("pfs", fitted="jointly"),
        {"curves.palbociclib.pfs.effect": "odds_ratio", "curves.palbociclib.pfs.km_until": 24.0},
    ),
    "Kaplan-Meier, then a joint fit with excess mortality": lambda: short(
        trial(), scenario("os_joint"), both("os", km_until=40.0, mortality="excess")
    ),
    "Kaplan-Meier, then excess mortality": lambda: short(trial(), both("os", km_until=40.0, mortality="excess")),
    "Kaplan-Meier, then excess mortality, effect ends with treatment": lambda: short(
        trial(), scenario("os_excess", "treatment_end"), both("os", km_until=36.0)
    ),
    "hazard ratio on Kaplan-Meier and excess mortality": lambda: short(
        with_effect(), on_control("hazard_ratio", km_until=48.0, mortality="excess")
    ),
    "hazard ratio on a survival table": lambda: short(with_table(), on_control("hazard_ratio", source="survival_table")),
    "time stretched, survival table": lambda: short(with_table(), on_control("acceleration_factor", source="survival_table")),
    "typed spline": lambda: short(typed("spline_hazard_2"), typed_os("spline_hazard_2")),
    "typed mixture cure": lambda: short(typed("lognormal", "mixture"), typed_os("lognormal", cure="mixture")),
    "typed spline, time stretched": lambda: short(
        typed("spline_normal_1"), on_control("acceleration_factor", source="coefficients", distribution="spline_normal_1")
    ),
}
