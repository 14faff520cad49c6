"""Small decision problems for the tests, made with the public definition classes."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition import (
    About,
    Arm,
    Care,
    Coefficient,
    Curve,
    ModelDefinition,
    Parameter,
    PopulationItem,
    RelativeEffect,
    Settings,
    Threshold,
    Utility,
    define,
)


def about(title: str = "Test model") -> About:
    return About(
        title=title,
        population="patients",
        intervention="new",
        comparator="old",
        perspective="payer",
        time_zero="start",
        version="1",
    )


def fixed(value: float, unit: str = "", **options: Any) -> Parameter:
    return Parameter(value=value, unit=unit, **options)


def uncertain(value: float, error: float, kind: str = "gamma") -> Parameter:
    return fixed(value, distribution=kind, standard_error=error)


def settings(**changes: Any) -> Settings:
    """Plain conventions: no floor, no age adjustment, no discounting, monthly cycles over 20 years."""
    plain: dict[str, Any] = dict(
        currency="USD",
        price_year="2025",
        intervention="new",
        comparator="old",
        horizon_years=20.0,
        cycle_days=30.4375,
        discount_rate_costs=0.0,
        discount_rate_effects=0.0,
        hazard_floor=False,
        age_adjustment="none",
    )
    return Settings(**{**plain, **changes})


def tables_of(definition: ModelDefinition) -> dict[str, Any]:
    """What a definition is made from, by name, to define another one with something else in its place."""
    return {field.name: getattr(definition, field.name) for field in dataclasses.fields(definition)}


def own_curve(arm: str, endpoint: str, distribution: str, **coefficients: Any) -> tuple[Curve, list[Coefficient]]:
    """A curve with typed coefficients; each may be a number or a Parameter."""
    rows = [
        Coefficient(
            arm=arm, endpoint=endpoint, coefficient=name, parameter=value if isinstance(value, Parameter) else fixed(value)
        )
        for name, value in coefficients.items()
    ]
    return Curve(arm=arm, endpoint=endpoint, source="coefficients", distribution=distribution), rows


def effect_curve(
    arm: str, endpoint: str, reference: str, distribution: str, value: Parameter | float, kind: str = "hazard_ratio"
) -> tuple[Curve, RelativeEffect]:
    curve = Curve(
        arm=arm, endpoint=endpoint, source="relative_effect", distribution=distribution, reference_arm=reference, effect=kind
    )
    parameter = value if isinstance(value, Parameter) else fixed(value)
    return curve, RelativeEffect(arm=arm, endpoint=endpoint, parameter=parameter)


def utilities(free: Parameter | float, progressed: Parameter | float) -> tuple[Utility, ...]:
    def as_parameter(value: Parameter | float) -> Parameter:
        return value if isinstance(value, Parameter) else fixed(value)

    return (
        Utility(id="progression_free", state="progression_free", parameter=as_parameter(free)),
        Utility(id="progressed", state="progressed", parameter=as_parameter(progressed)),
    )


def monthly(name: str, during: str, cost: Parameter | float, arm: str | None = None) -> Care:
    parameter = cost if isinstance(cost, Parameter) else fixed(cost)
    return Care(id=name, label=name, arm=arm, during=during, frequency="per_month", parameter=parameter)


POPULATION = (
    PopulationItem(item="start_age", parameter=fixed(54.0)),
    PopulationItem(item="female_share", parameter=fixed(1.0)),
)
ARMS = (
    Arm(id="old", label="Old treatment", short_label="Old"),
    Arm(id="new", label="New treatment", short_label="New", colour="#D62728"),
)


def model(curves: list[Any], **tables: Any) -> ModelDefinition:
    """A definition from curve pairs made with own_curve and effect_curve, and any further tables."""
    coefficients = [row for _, rows in curves if isinstance(rows, list) for row in rows]
    effects = [row for _, row in curves if isinstance(row, RelativeEffect)]
    given: dict[str, Any] = dict(
        about=about(),
        settings=settings(),
        arms=ARMS,
        population=POPULATION,
        thresholds=(Threshold(value=150000.0),),
        utilities=utilities(0.8, 0.6),
        curves=tuple(curve for curve, _ in curves),
        coefficients=tuple(coefficients),
        relative_effects=tuple(effects),
    )
    return define(**{**given, **tables})


def uncertain_curves() -> list[Any]:
    """Exponential curves: PFS and OS of the old arm with uncertain rates, of the new arm with uncertain ratios."""
    return [
        own_curve("old", "pfs", "exponential", rate=uncertain(0.04, 0.004)),
        own_curve("old", "os", "exponential", rate=uncertain(0.02, 0.002)),
        effect_curve("new", "pfs", "old", "exponential", uncertain(0.7, 0.1, "lognormal")),
        effect_curve("new", "os", "old", "exponential", uncertain(0.8, 0.12, "lognormal")),
    ]


def published_example_a() -> ModelDefinition:
    """The simple partitioned-survival example of heRoMod (inst/hero/example_simple_psm): chemo against target.

    Months of 1/12 year, 240 monthly cycles, occupancy = mean of both ends, discount factor of the cycle's start.
    Its month is 365/12 days; ours is 30.4375 days, which changes nothing since both count time in months.
    """

    def ranged(value: float, low: float, high: float) -> Parameter:
        return fixed(value, low=low, high=high)

    arms = (Arm(id="old", label="Chemotherapy", short_label="chemo"), Arm(id="new", label="Target", short_label="target"))
    return model(
        [
            own_curve("old", "pfs", "weibull", shape=ranged(1.2, 0.9, 1.5), scale=ranged(40.3, 40.3 * 0.75, 40.3 * 1.25)),
            own_curve("old", "os", "weibull", shape=ranged(1.1, 0.95, 1.34), scale=ranged(70.4, 70.4 * 0.75, 70.4 * 1.25)),
            effect_curve("new", "pfs", "old", "weibull", ranged(0.67, 0.6, 0.8)),
            effect_curve("new", "os", "old", "weibull", ranged(0.74, 0.74 * 0.75, 0.74 * 1.25)),
        ],
        about=about("Simple partitioned-survival example"),
        arms=arms,
        settings=settings(
            discount_rate_costs=0.03, discount_rate_effects=0.03, accrual="life_table", one_way_bounds="low_high"
        ),
        utilities=utilities(ranged(0.82, 0.77, 0.87), ranged(0.68, 0.58, 0.78)),
        care=(
            monthly("chemo_drug", "progression_free", 2000.0, arm="old"),
            monthly("target_drug", "progression_free", ranged(10000.0, 7000.0, 13000.0), arm="new"),
            monthly("pfs_care", "progression_free", ranged(1000.0, 300.0, 1700.0)),
            monthly("pps_care", "progressed", ranged(2000.0, 0.0, 10000.0)),
        ),
    )
