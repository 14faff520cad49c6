"""The oncology model of dynamicpv's vignette, run in heemod: log-normal OS with a hazard ratio, weekly cycles, life-table."""

from __future__ import annotations

from model.definition import Arm, ModelDefinition, Threshold
from tests.helpers.small_models import effect_curve, model
from tests.helpers.typed_models import printed_curve
from tests.published.parts import (
    FIRST_VERSION,
    about,
    accruing,
    cited,
    conventions,
    derived,
    packs,
    printed,
    quoted,
    state_utilities,
    without_ages,
)
from tests.published.published import Digits, Published

SOURCE = "dynamicpv"
WEEK = 7.0
ADVERSE = "costs_of_monitoring_on_treatment"
"""Adverse events, which the source counts per week on treatment."""
REFERENCE = cited(
    SOURCE,
    "Muston D: dynamicpv, R package (GPL >= 3), vignette Cost-Effectiveness Applications: a model in heemod. Merck & Co., "
    "Inc., Rahway, NJ, USA, 2026",
    "https://msdllcpapers.github.io/dynamicpv/articles/cost-effectiveness-applications.html",
    "2026-11",
)


def definition() -> ModelDefinition:
    """The model as published, static prices and one cohort."""
    arms = {"soc": ("Standard of care", "SoC", "#1F77B4"), "new": ("New intervention", "New", "#D62728")}
    adverse = (
        "Events per week on treatment times 2,000 per event: 0.08 in the standard of care, 0.10 with the new intervention."
    )
    return model(
        [
            printed_curve(
                "soc",
                "pfs",
                "exponential",
                "flexsurv",
                "weeks",
                {"rate": quoted(0.02, SOURCE, "A mean of 50 weeks.", unit="per week")},
            ),
            printed_curve(
                "soc", "os", "lognormal", "flexsurv", "weeks", {"meanlog": quoted(4.0, SOURCE), "sdlog": quoted(1.0, SOURCE)}
            ),
            effect_curve("new", "pfs", "soc", "none", quoted(0.5, SOURCE)),
            effect_curve("new", "os", "soc", "none", quoted(0.6, SOURCE)),
        ],
        about=about(
            "dynamicpv: static oncology model",
            population="an example without a disease",
            intervention="new intervention",
            comparator="standard of care",
            limitations="1. An example of a program, not a disease. 2. Adverse events are discounted here as every cost "
            "is; the source leaves them undiscounted, so that total costs differ by that. 3. Prices that change and "
            "patients who start later, of which the source goes on to speak, are not in the model. 4. Inputs are certain.",
        ),
        arms=tuple(
            Arm(id=arm, label=label, short_label=short, colour=colour, description=f"Strategy '{arm}' of the source.")
            for arm, (label, short, colour) in arms.items()
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "20 years, rounded up to 1,044 weeks.",
                "cycle_days": "A week.",
                "year_length": "365.25 days.",
                "accrual": "Counting method life-table: mean of both ends of a cycle, with the factor of its start.",
                "discounting": "1.03^(-7 / 365.25) for each cycle.",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
                "dose_timing": "Every cost belongs to a cycle.",
            },
            currency="USD",
            price_year="not said",
            comparator="soc",
            intervention="new",
            horizon_years=20.0,
            cycle_days=WEEK,
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="life_table",
            dose_timing="with_accrual",
        ),
        thresholds=(Threshold(value=150_000.0, notes="The program asks for one; no total depends on it."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, quoted(0.8, SOURCE), quoted(0.6, SOURCE)),
        **packs(
            SOURCE,
            WEEK,
            [
                ("soc", "soc_drug", "Standard of care", quoted(400.0, SOURCE, "Per week.", unit="USD")),
                ("new", "new_drug", "New intervention", quoted(1500.0, SOURCE, "Per week.", unit="USD")),
            ],
            {
                "soc_drug": quoted(50.0, SOURCE, "Per week on treatment.", unit="USD"),
                "new_drug": quoted(75.0, SOURCE, "Per week on treatment.", unit="USD"),
            },
        ),
        care=(
            *(
                accruing(
                    f"adverse_events_{arm}",
                    "Adverse events",
                    "on_treatment",
                    "per_week",
                    derived(cost, SOURCE, adverse, unit="USD per week"),
                    arm=arm,
                    drug=f"{arm}_drug",
                )
                for arm, cost in (("soc", 160.0), ("new", 200.0))
            ),
            accruing("manage_free", "Management, progression-free", "progression_free", "per_week", quoted(80.0, SOURCE)),
            accruing("manage_sick", "Management, progressed", "progressed", "per_week", quoted(20.0, SOURCE)),
            *(
                accruing(
                    f"later_{arm}",
                    "Later treatment",
                    "progressed",
                    "per_week",
                    quoted(cost, SOURCE, unit="USD per week"),
                    arm=arm,
                )
                for arm, cost in (("soc", 1200.0), ("new", 300.0))
            ),
        ),
        published_analyses=printed(
            SOURCE,
            "dynamicpv, vignette",
            "new intervention with standard of care",
            "Standard of care 1.154261 QALYs at 77,123.47; new intervention 2.079786 at 194,156.99. The costs hold "
            "adverse events without discounting, which is why the ratio here is lower.",
            icer=126_451.0,
            incremental_qalys=0.9255249,
            currency="USD",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="dynamicpv, oncology model in heemod",
    source="[dynamicpv](https://msdllcpapers.github.io/dynamicpv/articles/cost-effectiveness-applications.html), vignette "
    "(R, GPL >= 3)",
    special="1,044 weekly cycles; log-normal OS with a hazard ratio; times in weeks; every cost line printed",
    digits=(
        Digits("qalys_soc", "1.154261"),
        Digits("qalys_new", "2.079786"),
        Digits("incremental_qalys", "0.9255249"),
        Digits("life_years_soc", "1.613053"),
        Digits("life_years_new", "2.861562"),
        Digits("life_years_of_progression_free_soc", "0.9321475"),
        Digits("life_years_of_progression_free_new", "1.8142467"),
        Digits("costs_of_drug_standard_of_care_soc", "19455.25"),
        Digits("costs_of_drug_new_intervention_new", "141997.2"),
        Digits("costs_of_administration_soc", "2431.906"),
        Digits("costs_of_administration_new", "7099.860"),
        Digits(f"{ADVERSE}_undiscounted_soc", "8000.267"),
        Digits(f"{ADVERSE}_undiscounted_new", "19999.582"),
        Digits(f"costs_soc - {ADVERSE}_soc + {ADVERSE}_undiscounted_soc", "77123.47"),
        Digits(f"costs_new - {ADVERSE}_new + {ADVERSE}_undiscounted_new", "194156.99"),
        Digits("costs_of_care_progression_free_soc + costs_of_care_progressed_soc", "47236.054", within=0.006),
        Digits("costs_of_care_progression_free_new + costs_of_care_progressed_new", "25060.352", within=0.006),
    ),
    beside="the source leaves adverse events undiscounted, which no setting does: they and the total are compared with "
    "that part undiscounted, and the ICER of the workbook (125,535) is below the printed 126,451; management and later "
    "treatment are compared by their sum",
)
