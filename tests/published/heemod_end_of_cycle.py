"""heemod's test of partitioned survival: exponential curves joined after a year, counted at the end of each yearly cycle."""

from __future__ import annotations

import math

from model.definition import Arm, Coefficient, Curve, ModelDefinition, SurvivalTableRow, Threshold
from tests.helpers.small_models import effect_curve, model
from tests.helpers.typed_models import printed_curve
from tests.published.parts import (
    FIRST_VERSION,
    about,
    accruing,
    cited,
    conventions,
    printed,
    quoted,
    state_utilities,
    without_ages,
)
from tests.published.published import Digits, Published

SOURCE = "heemod"
REFERENCE = cited(
    SOURCE,
    "heemod (R package, GPL >= 3), tests/testthat/test_part_surv.R: the model of two strategies at its head",
    "https://github.com/aphp/heemod",
    "2026-11",
)
RATES = {"pfs": (0.005, 0.004), "os": (0.003, 0.002)}
"""Hazard per day: in the first 365 days, and after them."""
RATIO, CYCLE, CYCLES = 0.8, 365.0, 10
COSTS = {"progression_free": 10_000.0, "progressed": 20_000.0}


def joined(endpoint: str) -> tuple[Curve, list[Coefficient]]:
    """An exponential curve after the one of the first year."""
    return printed_curve(
        "strategy_1",
        endpoint,
        "exponential",
        "flexsurv",
        "days",
        {"rate": quoted(RATES[endpoint][1], SOURCE, "From day 365 on.", unit="per day")},
        km_until=12.0,
        notes=f"In the first year the survival table: hazard {RATES[endpoint][0]:g} per day.",
    )


def first_year() -> tuple[SurvivalTableRow, ...]:
    """The exponential curves of the first year by their ends; between rows the hazard is constant."""
    return tuple(
        SurvivalTableRow(arm="strategy_1", endpoint=endpoint, time=month, survival=math.exp(-rate * month / 12 * CYCLE))
        for endpoint, (rate, _) in RATES.items()
        for month in (0.0, 12.0)
    )


def definition() -> ModelDefinition:
    """The model as published."""
    ratio = "apply_hr(0.8)."
    return model(
        [
            *(joined(endpoint) for endpoint in RATES),
            *(effect_curve("strategy_2", e, "strategy_1", "none", quoted(RATIO, SOURCE, ratio)) for e in RATES),
        ],
        about=about(
            "heemod: joined curves counted at the end of a cycle",
            population="an example without a disease",
            intervention="strategy 2",
            comparator="strategy 1",
            limitations="1. A test of a program, not a disease. 2. The source asserts no totals. 3. The hazard of the first "
            "year stands as a survival table of two rows, exp(-365 x hazard). 4. Inputs are certain.",
        ),
        arms=(
            Arm(id="strategy_1", label="Strategy 1", short_label="Strategy 1", description="Strat1 of the source."),
            Arm(
                id="strategy_2",
                label="Strategy 2",
                short_label="Strategy 2",
                colour="#D62728",
                description="Strat2: hazard ratio 0.8 on PFS and OS.",
            ),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "10 cycles.",
                "cycle_days": "A cycle is 365 days of the curves' time.",
                "year_length": "365 days, so that a cycle is a year.",
                "accrual": 'method = "end": those who are in a state when the cycle ends.',
                "discount_rate_costs": "None.",
                "discount_rate_effects": "None.",
                "dose_timing": "Every value belongs to a cycle.",
            },
            currency="USD",
            price_year="not said",
            comparator="strategy_1",
            intervention="strategy_2",
            horizon_years=float(CYCLES),
            cycle_days=CYCLE,
            year_length="365_days",
            discount_rate_costs=0.0,
            discount_rate_effects=0.0,
            accrual="right_factor_of_start",
            dose_timing="with_accrual",
        ),
        thresholds=(Threshold(value=50_000.0, notes="The program asks for one; no total depends on it."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, quoted(1.0, SOURCE, "ut."), quoted(1.0, SOURCE, "ut.")),
        care=tuple(
            accruing(
                f"cost_{state}", f"Cost, {state.replace('_', '-')}", state, "per_cycle", quoted(cost, SOURCE, unit="USD")
            )
            for state, cost in COSTS.items()
        ),
        survival_tables=first_year(),
        published_analyses=printed(
            SOURCE,
            "heemod, test of partitioned survival",
            "strategy 2 with strategy 1",
            "The source prints no totals; by its arithmetic 0.645279702 life years at 10,805.760911 and 0.938728217 at "
            "15,404.022029.",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="heemod, joined curves at the end of a cycle",
    source="[heemod](https://github.com/aphp/heemod), `tests/testthat/test_part_surv.R` (R, GPL >= 3)",
    special="counting at the end of each cycle; a hazard that changes after a year, with a hazard ratio on both parts",
    origin="sums of exponentials",
    digits=(
        Digits("life_years_strategy_1", "0.645279702"),
        Digits("life_years_strategy_2", "0.938728217"),
        Digits("life_years_of_progression_free_strategy_1", "0.209983313"),
        Digits("life_years_of_progression_free_strategy_2", "0.337054231"),
        Digits("costs_strategy_1", "10805.760911"),
        Digits("costs_strategy_2", "15404.022029"),
    ),
    beside="the source prints no totals: its arithmetic is added up in `tests/published/test_published.py`",
)
