"""DARTH's partitioned-survival report: Weibull curves, no half-cycle correction, one strategy."""

from __future__ import annotations

from model.definition import Arm, ModelDefinition, Threshold
from tests.helpers.small_models import model
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

SOURCE = "darth"
REFERENCE = cited(
    SOURCE,
    "Alarid-Escudero F, Enns EA, Hunink MGM, Jalal HJ, Krijkamp EM, Pechlivanoglou P, Rios D, Yang A: Report on Partitioned "
    "Survival Analysis with Cost-Effectiveness Analysis and Probabilistic Sensitivity Analysis. DARTH workgroup, 31 May 2019",
    "https://github.com/DARTH-git/Partitioned-Survival-Analysis",
    "2026-11",
)
CURVES = {"pfs": (0.762614524, 3.790935845), "os": (1.243591589, 9.292130621)}
"""Shape and scale in years."""


def definition() -> ModelDefinition:
    """The model as published; its one strategy stands in both arms, since the program compares two."""
    arms = {"first": "Strategy", "again": "Strategy, again"}
    curves = [
        printed_curve(
            arm,
            endpoint,
            "weibull",
            "flexsurv",
            "years",
            {"shape": quoted(shape, SOURCE), "scale": quoted(scale, SOURCE, unit="years")},
        )
        for arm in arms
        for endpoint, (shape, scale) in CURVES.items()
    ]
    return model(
        curves,
        about=about(
            "DARTH: partitioned-survival report",
            population="140 simulated patients, followed for 5 years",
            intervention="the strategy of the report, once more",
            comparator="the strategy of the report",
            limitations="1. The report has one strategy; it stands in both arms, and their difference says nothing. 2. "
            "Inputs are certain: the report draws its curves, but prints no covariance. 3. PFS exceeds OS for a time, and "
            "stays as it is, as in the report.",
        ),
        arms=tuple(
            Arm(id=arm, label=label, short_label=label, colour=colour, description="The one strategy of the report.")
            for (arm, label), colour in zip(arms.items(), ("#1F77B4", "#D62728"), strict=True)
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "Times 0, 1/12, ... 60 years all count for a month: a month more than 60 years.",
                "cycle_days": "A twelfth of a year.",
                "accrual": "The state at each time, without half-cycle correction.",
                "discounting": "1 / 1.03^t at each time.",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
                "crossing": "The report leaves PFS as it is and counts nobody as progressed where the curves cross.",
            },
            currency="USD",
            price_year="not said",
            comparator="first",
            intervention="again",
            horizon_years=60 + 1 / 12,
            cycle_days=30.4375,
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="left",
            crossing="raise_os",
        ),
        thresholds=(Threshold(value=50_000.0, notes="The program asks for one; no total depends on it."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, quoted(0.8, SOURCE), quoted(0.5, SOURCE)),
        care=(
            accruing("stable", "Stable", "progression_free", "per_month", quoted(400.0, SOURCE, "Per cycle.", unit="USD")),
            accruing("progressed", "Progressed", "progressed", "per_month", quoted(100.0, SOURCE, "Per cycle.", unit="USD")),
        ),
        published_analyses=printed(
            SOURCE,
            "DARTH, report on partitioned survival",
            "one strategy",
            "Total discounted cost 22,375.4364, total discounted QALYs 4.733222292; no ratio, since there is one strategy.",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="DARTH, report on partitioned survival",
    source="[DARTH](https://github.com/DARTH-git/Partitioned-Survival-Analysis), `Partitioned_Report.Rmd` (R, no licence "
    "file)",
    special="no half-cycle correction, the last time counts too, PFS above OS is left as it is",
    digits=(
        Digits("qalys_first", "4.733222292"),
        Digits("costs_first", "22375.4364"),
        Digits("qalys_again", "4.733222292"),
        Digits("costs_again", "22375.4364"),
    ),
    beside="one strategy, which stands in both arms; its 10,000 draws are not reproduced (no covariance is printed)",
)
