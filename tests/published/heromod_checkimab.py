"""heRoMod's Checkimab model: three arms, hazard ratios against the one before it, 40 years."""

from __future__ import annotations

from model.definition import Arm, ModelDefinition, Parameter, Threshold
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

SOURCE = "heromod_checkimab"
MONTH = 365 / 12  # days
REFERENCE = cited(
    SOURCE,
    "PolicyAnalysisInc: heRoMod, R package (GPL >= 3), inst/compat/checkimab.json (Checkimab model, final): inputs, trace, "
    "one-way analysis and value-based prices",
    "https://github.com/PolicyAnalysisInc/heRoMod",
    "2026-11",
)


def ranged(value: float, low: float, high: float, unit: str = "") -> Parameter:
    """A number with the limits of the published one-way analysis."""
    return quoted(value, SOURCE, "Low and high of the source.", low=low, high=high, unit=unit)


def quarter(value: float, unit: str = "") -> Parameter:
    """A number that the published one-way analysis moves by a quarter."""
    return ranged(value, value * 0.75, value * 1.25, unit)


def through_target(target: float, check: float) -> Parameter:
    """The hazard ratio against chemotherapy of a drug compared with targeted therapy."""
    words = f"{target:g} x {check:g}, targeted therapy against chemotherapy and checkimab (overriding value) against that."
    return derived(target * check, SOURCE, words)


def definition() -> ModelDefinition:
    """The model as published, with the overriding values of its two last hazard ratios."""
    shapes = {"pfs": (quarter(1.2), quarter(40.3, "months")), "os": (ranged(1.1, 0.95, 1.34), quarter(70.4, "months"))}
    return model(
        [
            *(
                printed_curve("chemo", endpoint, "weibull", "flexsurv", "months", {"shape": shape, "scale": scale})
                for endpoint, (shape, scale) in shapes.items()
            ),
            effect_curve("target", "pfs", "chemo", "weibull", ranged(0.72, 0.6, 0.8)),
            effect_curve("target", "os", "chemo", "weibull", quarter(0.7)),
            effect_curve("check", "pfs", "chemo", "weibull", through_target(0.72, 0.85)),
            effect_curve("check", "os", "chemo", "weibull", through_target(0.7, 0.88)),
        ],
        about=about(
            "heRoMod: Checkimab",
            population="an example without a disease",
            intervention="checkimab",
            comparator="chemotherapy; targeted therapy",
            limitations="1. An example of a program, not a disease. 2. Inputs are certain.",
        ),
        arms=(
            Arm(id="chemo", label="Chemotherapy", short_label="Chemo", description="Strategy CHEMO of the source."),
            Arm(id="target", label="Targeted therapy", short_label="Target", colour="#2CA02C", description="TARGET."),
            Arm(id="check", label="Checkimab", short_label="Check", colour="#D62728", description="CHECK."),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "480 monthly cycles.",
                "cycle_days": "The source's month: 365 / 12 days.",
                "year_length": "Twelve such months.",
                "accrual": "Mean of both ends of a cycle, with the factor of its start.",
                "discounting": "Cycle k, counted from 0, has the factor 1.03^-(k / 12).",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
                "dose_timing": "Every cost belongs to a cycle.",
                "crossing": "PFS is the smaller of PFS and OS.",
                "one_way_bounds": "Low and high of the source.",
            },
            currency="USD",
            price_year="not said",
            comparator="chemo",
            intervention="check",
            horizon_years=40.0,
            cycle_days=MONTH,
            year_length="365_days",
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="life_table",
            dose_timing="with_accrual",
            one_way_bounds="low_high",
        ),
        thresholds=(Threshold(value=100_000.0, source=SOURCE, notes="wtp of the summaries."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, ranged(0.82, 0.77, 0.87), ranged(0.52, 0.42, 0.62)),
        **packs(
            SOURCE,
            MONTH,
            [
                ("chemo", "chemotherapy", "Chemotherapy", ranged(2000.0, 1500.0, 2500.0, "USD")),
                ("target", "targeted_therapy", "Targeted therapy", ranged(10000.0, 7000.0, 13000.0, "USD")),
                ("check", "checkimab", "Checkimab", quoted(12000.0, SOURCE, unit="USD")),
            ],
        ),
        care=(
            accruing(
                "pfs_care", "Care, progression-free", "progression_free", "per_month", ranged(1000.0, 300.0, 1700.0, "USD")
            ),
            accruing("pps_care", "Care, progressed", "progressed", "per_month", ranged(2000.0, 0.0, 10000.0, "USD")),
        ),
        published_analyses=printed(
            SOURCE,
            "heRoMod, Checkimab",
            "checkimab with chemotherapy and targeted therapy",
            "Life years 4.911443106263, 6.455343823454 and 7.090252808181 (checkimab); price of checkimab at 100,000 "
            "per QALY 3,662.4569191574 against chemotherapy, 9,604.36126584994 against targeted therapy.",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="heRoMod, Checkimab",
    source="[heRoMod](https://github.com/PolicyAnalysisInc/heRoMod), `inst/compat/checkimab.json` (R, GPL >= 3)",
    special="three arms; one-way analysis and value-based prices with printed digits",
    digits=(
        Digits("life_years_chemo", "4.911443106263"),
        Digits("life_years_target", "6.455343823454"),
        Digits("life_years_check", "7.090252808181"),
        Digits("life_years_of_progression_free_check", "4.249581346021"),
        Digits("life_years_of_progressed_chemo", "1.982432832067"),
        Digits("life_years_of_progressed_target", "2.692339905456"),
        Digits("life_years_of_progressed_check", "2.840671462160"),
        Digits("life_years_of_progression_free_undiscounted_chemo", "3.159090056606"),
        Digits("life_years_of_progression_free_undiscounted_target", "4.153823476630"),
        Digits("life_years_of_progression_free_undiscounted_check", "4.756233169653"),
        Digits("life_years_of_progressed_undiscounted_chemo", "2.500656253612"),
        Digits("life_years_of_progressed_undiscounted_target", "3.655978453255"),
        Digits("life_years_of_progressed_undiscounted_check", "3.994064165512"),
        Digits("qalys_of_progression_free_chemo", "2.401788424841"),
        Digits("qalys_of_progression_free_target", "3.085663212759"),
        Digits("qalys_of_progression_free_check", "3.484656703738"),
    ),
    beside="value-based prices and the one-way analysis: `tests/published/test_checkimab.py`",
)
