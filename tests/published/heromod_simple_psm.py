"""heRoMod's simple partitioned-survival example: chemotherapy against a targeted drug."""

from __future__ import annotations

from collections.abc import Mapping

from model.definition import Arm, ModelDefinition, Parameter, ScenarioChange, Threshold
from tests.helpers.small_models import effect_curve, model
from tests.helpers.typed_models import printed_curve
from tests.published.parts import (
    FIRST_VERSION,
    about,
    accruing,
    cited,
    conventions,
    packs,
    printed,
    quoted,
    state_utilities,
    without_ages,
)
from tests.published.published import Digits, Published

SOURCE = "heromod"
MONTH = 365 / 12  # days
LIMITS = "Low and high as in the one-way analysis of the source."
QUARTER = "Low and high three and five quarters of the value, as in the one-way analysis of the source."
REFERENCE = cited(
    SOURCE,
    "PolicyAnalysisInc: heRoMod, R package (GPL >= 3): example inst/hero/example_simple_psm with its results, and the "
    "same model as text, inst/compat/psm.json",
    "https://github.com/PolicyAnalysisInc/heRoMod",
    "2026-11",
)


def scenario(name: str, label: str, purpose: str, changes: Mapping[str, float]) -> tuple[ScenarioChange, ...]:
    """The rows of one scenario."""
    return tuple(ScenarioChange(id=name, label=label, input=i, value=v, purpose=purpose) for i, v in changes.items())


SCENARIOS = (
    *scenario(
        "os_ratio_overridden",
        "Hazard ratio of OS 0.2",
        "The override of the source, with which its text has a base case, a one-way analysis and prices.",
        {"relative_effects.target.os": 0.2, "relative_effects.target.os.low": 0.15, "relative_effects.target.os.high": 0.25},
    ),
    *scenario(
        "care_at_80_percent",
        "Care at 80% of its cost",
        "'test scenario' of the source.",
        {"care.pfs_care": 800.0, "care.pps_care": 1600.0},
    ),
    *scenario(
        "curves_at_80_percent",
        "Three coefficients at 80%",
        "'test scenario 2' of the source.",
        {"coefficients.chemo.pfs.shape": 0.96, "coefficients.chemo.pfs.scale": 32.24, "coefficients.chemo.os.shape": 0.88},
    ),
)


def ranged(value: float, low: float, high: float, unit: str = "") -> Parameter:
    """A number with the limits of the published one-way analysis."""
    return quoted(value, SOURCE, LIMITS, low=low, high=high, unit=unit)


def quarter(value: float, unit: str = "") -> Parameter:
    """A number that the published one-way analysis moves by a quarter."""
    return quoted(value, SOURCE, QUARTER, low=value * 0.75, high=value * 1.25, unit=unit)


def definition() -> ModelDefinition:
    """The model as published."""
    shapes = {"pfs": (quarter(1.2), quarter(40.3, "months")), "os": (ranged(1.1, 0.95, 1.34), quarter(70.4, "months"))}
    curves = [
        printed_curve("chemo", endpoint, "weibull", "flexsurv", "months", {"shape": shape, "scale": scale})
        for endpoint, (shape, scale) in shapes.items()
    ]
    return model(
        [
            *curves,
            effect_curve("target", "pfs", "chemo", "weibull", ranged(0.67, 0.6, 0.8)),
            effect_curve("target", "os", "chemo", "weibull", quarter(0.74)),
        ],
        about=about(
            "heRoMod: simple partitioned-survival example",
            population="an example without a disease",
            intervention="targeted drug",
            comparator="chemotherapy",
            limitations="1. An example of a program, not a disease. 2. Inputs are certain: the text of the model gives "
            "them no distributions. 3. Drugs are packs for a month, counted as the cycles are.",
        ),
        arms=(
            Arm(id="chemo", label="Chemotherapy", short_label="Chemo", description="Strategy 'chemo' of the source."),
            Arm(id="target", label="Targeted drug", short_label="Target", colour="#D62728", description="Strategy 'target'."),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "240 monthly cycles.",
                "cycle_days": "The source's month: 365 / 12 days.",
                "year_length": "Twelve such months.",
                "accrual": "Counting method life-table: mean of both ends of a cycle, with the factor of its start.",
                "discounting": "Cycle k, counted from 0, has the factor 1.03^-(k / 12).",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
                "dose_timing": "Every cost belongs to a cycle.",
                "crossing": "PFS is the smaller of PFS and OS.",
                "one_way_bounds": LIMITS,
            },
            currency="USD",
            price_year="not said",
            comparator="chemo",
            intervention="target",
            horizon_years=20.0,
            cycle_days=MONTH,
            year_length="365_days",
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="life_table",
            dose_timing="with_accrual",
            one_way_bounds="low_high",
        ),
        thresholds=(
            Threshold(value=150_000.0, source=SOURCE, notes="Of the published one-way analysis."),
            Threshold(
                value=50_000.0, role="comparison", source=SOURCE, notes="A second point of the published line of prices."
            ),
        ),
        population=without_ages(),
        utilities=state_utilities(SOURCE, ranged(0.82, 0.77, 0.87), ranged(0.68, 0.58, 0.78)),
        **packs(
            SOURCE,
            MONTH,
            [
                ("chemo", "chemotherapy", "Chemotherapy", ranged(2000.0, 1500.0, 2500.0, "USD")),
                ("target", "targeted_drug", "Targeted drug", ranged(10000.0, 7000.0, 13000.0, "USD")),
            ],
        ),
        care=(
            accruing(
                "pfs_care", "Care, progression-free", "progression_free", "per_month", ranged(1000.0, 300.0, 1700.0, "USD")
            ),
            accruing("pps_care", "Care, progressed", "progressed", "per_month", ranged(2000.0, 0.0, 10000.0, "USD")),
        ),
        scenarios=SCENARIOS,
        published_analyses=printed(
            SOURCE,
            "heRoMod, example_simple_psm",
            "targeted drug with chemotherapy",
            "Chemotherapy 3.717437170770 QALYs at 151,877.593528709; targeted drug 4.654098342796 at 573,113.986921330.",
            icer=449721.207597,
            currency="USD",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="heRoMod, simple partitioned survival",
    source="[heRoMod](https://github.com/PolicyAnalysisInc/heRoMod), `inst/hero/example_simple_psm` (R, GPL >= 3)",
    special="one-way analysis and value-based price with printed digits; months of 365 / 12 days",
    digits=(
        Digits("life_years_of_progression_free_chemo", "2.928806562717"),
        Digits("life_years_of_progressed_chemo", "1.935023219620"),
        Digits("life_years_of_progression_free_target", "3.967168248850"),
        Digits("life_years_of_progressed_target", "2.060324086380"),
        Digits("life_years_of_progression_free_undiscounted_chemo", "3.158701989724"),
        Digits("life_years_of_progressed_undiscounted_chemo", "2.404071924647"),
        Digits("life_years_of_progression_free_undiscounted_target", "4.401051945921"),
        Digits("life_years_of_progressed_undiscounted_target", "2.683054249345"),
        Digits("qalys_chemo", "3.717437170770"),
        Digits("qalys_target", "4.654098342796"),
        Digits("costs_chemo", "151877.593528709"),
        Digits("costs_target", "573113.986921330"),
        Digits("icer", "449721.207597"),
        Digits("nmb_2_chemo", "405737.982087"),
        Digits("nmb_2_target", "125000.764498"),
        Digits("share_20_years_pfs_chemo", "0.000201610167"),
        Digits("share_20_years_pfs_target", "0.003342129911"),
        Digits("share_20_years_os_chemo - share_20_years_pfs_chemo", "0.020994920852"),
        Digits("share_20_years_os_target - share_20_years_pfs_target", "0.054392441384"),
    ),
    beside="one-way analysis and line of prices: `tests/published/test_heromod.py`, 1e-9",
)
