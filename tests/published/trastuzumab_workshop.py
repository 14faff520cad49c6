"""The partitioned-survival model of a workshop in India: trastuzumab for a year in early breast cancer, yearly cycles."""

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
    printed,
    quoted,
    state_utilities,
    without_ages,
)
from tests.published.published import Digits, Published

MODEL_PAGE, DRAWS_PAGE = "session_8", "session_9"
YEAR = 365.25  # days
REFERENCES = (
    cited(
        MODEL_PAGE,
        "R for HTA (Basics), Workshop 2026, session 8: Partitioned Survival Model, Trastuzumab for HER2+ Breast Cancer. "
        "RRC-HTA, AIIMS Bhopal",
        "https://drpakhare.github.io/HTA-R-Workshop-2026/day3/session8-breast-cancer-psm/breast-cancer-psm.html",
        "2026-11",
    ),
    cited(
        DRAWS_PAGE,
        "R for HTA (Basics), Workshop 2026, session 9: PSA for the Partitioned Survival Model. RRC-HTA, AIIMS Bhopal",
        "https://drpakhare.github.io/HTA-R-Workshop-2026/day3/session9-psa-psm/psa-psm.html",
        "2026-11",
    ),
)
BOTH = f"{MODEL_PAGE}; {DRAWS_PAGE}"
CURVES = {"pfs": (0.12, 1.05), "os": (0.045, 1.15)}
"""lambda and gamma of S(t) = exp(-lambda t^gamma), t in years."""


def drawn(value: float, kind: str, error: float, unit: str = "") -> Parameter:
    """A value of session 8 with the distribution of session 9."""
    return quoted(
        value, BOTH, "Value of session 8, distribution of session 9.", unit=unit, distribution=kind, standard_error=error
    )


def hazard_ratio(value: float, log_error: float) -> Parameter:
    """A ratio whose logarithm has a printed standard deviation: its SE is that times the ratio."""
    note = f"SD of the logarithm {log_error:g} (session 9): SE = {value:g} x {log_error:g}."
    return quoted(value, BOTH, note, distribution="lognormal_ratio", standard_error=value * log_error)


def definition() -> ModelDefinition:
    """The model of session 8 with the distributions of session 9."""
    curves = [
        printed_curve(
            "chemo",
            endpoint,
            "weibull",
            "flexsurv_weibullph",
            "years",
            {"shape": quoted(gamma, MODEL_PAGE, "gamma"), "scale": quoted(rate, MODEL_PAGE, "lambda")},
        )
        for endpoint, (rate, gamma) in CURVES.items()
    ]
    follow_up = quoted(25_000.0, MODEL_PAGE, "Follow-up and monitoring.", unit="INR per year")
    later = quoted(25_000.0, MODEL_PAGE, "From the second year on, as chemotherapy alone.", unit="INR per year")
    return model(
        [
            *curves,
            effect_curve("trastuzumab", "pfs", "chemo", "weibull", hazard_ratio(0.50, 0.20)),
            effect_curve("trastuzumab", "os", "chemo", "weibull", hazard_ratio(0.70, 0.15)),
        ],
        about=about(
            "R for HTA workshop: trastuzumab in early breast cancer, India",
            population="women with HER2+ early breast cancer",
            intervention="trastuzumab for a year with chemotherapy",
            comparator="chemotherapy alone",
            perspective="health system, India",
            limitations="1. A teaching model; its curves are calibrated by hand. 2. The draws of session 9 are of another "
            "model (other counting and discounting): only its distributions are taken.",
        ),
        arms=(
            Arm(id="chemo", label="Chemotherapy alone", short_label="Chemo", description="Control arm."),
            Arm(
                id="trastuzumab",
                label="Trastuzumab + chemotherapy",
                short_label="Trastuzumab",
                colour="#D62728",
                description="Trastuzumab in the first year.",
            ),
        ),
        **conventions(
            MODEL_PAGE,
            {
                "price_year": "Not said on the page, which is of 2026.",
                "horizon_years": "20 yearly cycles.",
                "cycle_days": "A year.",
                "accrual": "Mean of both ends of a cycle, with the factor of its start.",
                "discounting": "1 / 1.03^k, k = 0 to 19.",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
                "crossing": "PFS is the smaller of PFS and OS.",
            },
            currency="INR",
            price_year="2026",
            comparator="chemo",
            intervention="trastuzumab",
            horizon_years=20.0,
            cycle_days=YEAR,
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            accrual="life_table",
        ),
        thresholds=(Threshold(value=170_000.0, source=MODEL_PAGE, notes="GDP per head."),),
        population=without_ages(),
        utilities=state_utilities(MODEL_PAGE, drawn(0.80, "beta", 0.05), drawn(0.55, "beta", 0.08)),
        care=(
            accruing("follow_up", "Follow-up", "progression_free", "per_year", follow_up, arm="chemo"),
            accruing(
                "first_year",
                "Trastuzumab and monitoring, first year",
                "progression_free",
                "per_year",
                drawn(420_000.0, "gamma", 80_000.0, "INR per year"),
                arm="trastuzumab",
                until_day=YEAR,
            ),
            accruing(
                "later_years",
                "Follow-up, later years",
                "progression_free",
                "per_year",
                later,
                arm="trastuzumab",
                from_day=YEAR,
            ),
            accruing(
                "progressed",
                "Progressed disease",
                "progressed",
                "per_year",
                drawn(180_000.0, "gamma", 40_000.0, "INR per year"),
            ),
        ),
        published_analyses=printed(
            MODEL_PAGE,
            "R for HTA workshop 2026, session 8",
            "trastuzumab with chemotherapy alone",
            "Chemotherapy 6.577 QALYs at 729,011; trastuzumab 8.061 at 895,213.",
            icer=112_006.0,
            incremental_qalys=1.484,
            currency="INR",
        ),
        references=REFERENCES,
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="R for HTA workshop, trastuzumab in India",
    source="[R for HTA, AIIMS Bhopal](https://drpakhare.github.io/HTA-R-Workshop-2026/), sessions 8 and 9",
    special="Weibull curves typed as S = exp(-lambda t^gamma) in years; a cost of the first year; distributions of every "
    "kind",
    digits=(
        Digits("costs_chemo", "729011"),
        Digits("costs_trastuzumab", "895213"),
        Digits("qalys_chemo", "6.577"),
        Digits("qalys_trastuzumab", "8.061"),
        Digits("incremental_costs", "166202"),
        Digits("incremental_qalys", "1.484"),
        Digits("icer", "112006"),
        Digits("nmb_1_chemo", "389091"),
        Digits("nmb_1_trastuzumab", "475146"),
        Digits("inmb_1", "86055"),
        Digits("life_years_undiscounted_chemo", "11.28"),
        Digits("life_years_undiscounted_trastuzumab", "13.17"),
        Digits("life_years_of_progression_free_undiscounted_chemo", "6.98"),
        Digits("life_years_of_progression_free_undiscounted_trastuzumab", "10.98"),
        Digits("life_years_of_progressed_undiscounted_chemo", "4.3"),
        Digits("life_years_of_progressed_undiscounted_trastuzumab", "2.18"),
        Digits("share_5_years_pfs_chemo", "0.522"),
        Digits("share_10_years_pfs_chemo", "0.260"),
        Digits("share_20_years_pfs_chemo", "0.062"),
        Digits("share_5_years_os_chemo - share_5_years_pfs_chemo", "0.229"),
        Digits("share_10_years_os_chemo - share_10_years_pfs_chemo", "0.269"),
        Digits("share_5_years_pfs_trastuzumab", "0.722"),
        Digits("share_10_years_pfs_trastuzumab", "0.510"),
        Digits("share_20_years_pfs_trastuzumab", "0.248"),
        Digits("share_10_years_os_trastuzumab - share_10_years_pfs_trastuzumab", "0.131"),
    ),
    beside="the probabilistic results of session 9 are of a model that counts and discounts otherwise (ICER 469,670)",
)
