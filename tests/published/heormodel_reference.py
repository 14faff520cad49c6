"""The reference model of heormodel's partitioned-survival engine: areas under Weibull curves in continuous time."""

from __future__ import annotations

from model.definition import Arm, ModelDefinition, ScenarioChange, Threshold
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

SOURCE = "heormodel"
REFERENCE = cited(
    SOURCE,
    "heormodel, Python package (MIT): Partitioned survival model engine, the reference model and its expected results, "
    "devdocs/roadmap/19-partitioned-survival-engine.md",
    "https://github.com/pedroliman/heormodel",
    "2026-11",
)


def definition() -> ModelDefinition:
    """The model as published; monthly cycles by Simpson's rule stand for the integrals."""
    curves = [
        printed_curve(
            "comparator",
            endpoint,
            "weibull",
            "flexsurv",
            "years",
            {"shape": quoted(1.2, SOURCE), "scale": quoted(scale, SOURCE, unit="years")},
        )
        for endpoint, scale in (("pfs", 3.0), ("os", 6.0))
    ]
    stretched = "Both times are 1.3 times as long."
    return model(
        [
            *curves,
            *(
                effect_curve("new", endpoint, "comparator", "weibull", quoted(1.3, SOURCE, stretched), "acceleration_factor")
                for endpoint in ("pfs", "os")
            ),
        ],
        about=about(
            "heormodel: reference model of partitioned survival",
            population="an example without a disease",
            intervention="new treatment",
            comparator="comparator",
            limitations="1. An example of arithmetic, not a disease. 2. Monthly cycles stand for continuous time and 60 "
            "years for a horizon without end: life years and QALYs are within 0.00005 of the integrals. 3. Inputs are "
            "certain.",
        ),
        arms=(
            Arm(id="comparator", label="Comparator", short_label="Comparator", description="PFS of scale 3 y, OS 6 y."),
            Arm(
                id="new",
                label="New treatment",
                short_label="New",
                colour="#D62728",
                description="The same curves with times 1.3 times as long.",
            ),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "The source integrates without end; after 60 years one patient in 100,000 is alive.",
                "cycle_days": "Not of the source: short enough for Simpson's rule to give the integrals to the digits "
                "printed.",
                "accrual": "The nearest rule to the integrals of the source.",
                "discounting": "exp(-0.03 t).",
                "discount_rate_costs": "3%, continuous.",
                "discount_rate_effects": "3%, continuous.",
            },
            currency="USD",
            price_year="not said",
            comparator="comparator",
            intervention="new",
            horizon_years=60.0,
            cycle_days=30.4375,
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="simpson",
            discounting="continuous",
        ),
        thresholds=(Threshold(value=50_000.0, notes="The program asks for one; no total depends on it."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, quoted(0.8, SOURCE), quoted(0.6, SOURCE)),
        care=(
            accruing("free", "Progression-free", "progression_free", "per_year", quoted(1000.0, SOURCE, unit="USD per year")),
            accruing("sick", "Progressed", "progressed", "per_year", quoted(2000.0, SOURCE, unit="USD per year")),
        ),
        scenarios=(
            ScenarioChange(
                id="yearly_compounding",
                label="Factor 1.03^-t",
                input="settings.discounting",
                value="per_period",
                purpose="The other convention of discounting.",
            ),
            ScenarioChange(
                id="forty_years",
                label="Horizon of 40 years",
                input="settings.horizon_years",
                value=40.0,
                purpose="How much lies beyond 40 years.",
            ),
        ),
        published_analyses=printed(
            SOURCE,
            "heormodel, reference model",
            "new treatment with comparator",
            "Comparator 3.4826 QALYs at 7,222.7; new treatment 4.3709 at 8,981.9.",
            icer=1980.0,
            currency="USD",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="heormodel, reference model",
    source="[heormodel](https://github.com/pedroliman/heormodel), `devdocs/roadmap/19-partitioned-survival-engine.md` "
    "(Python, MIT)",
    special="acceleration factors on both curves; integrals in continuous time, discounted by exp(-r t)",
    digits=(
        Digits("life_years_of_progression_free_comparator", "2.6315"),
        Digits("life_years_of_progressed_comparator", "2.2956"),
        Digits("qalys_comparator", "3.4826"),
        Digits("costs_comparator", "7222.7"),
        Digits("life_years_of_progression_free_new", "3.3526"),
        Digits("life_years_of_progressed_new", "2.8146", within=1e-4),
        Digits("qalys_new", "4.3709"),
        Digits("costs_new", "8981.9"),
        Digits("icer", "1980"),
    ),
    beside="2.8146 is 2.814654 by quadrature; with daily cycles over 100 years six decimals agree with the integrals: "
    "`tests/engine/test_published_examples.py`",
)
