"""CheckMate 067 with published shares cured: exponential mixture cure models with the general population's mortality."""

from __future__ import annotations

import dataclasses
from functools import cache

from model.definition import (
    Arm,
    Coefficient,
    Curve,
    Drug,
    LifeTableRow,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    Regimen,
    Threshold,
)
from model.excel import read_inputs
from model.shipped import example_file
from tests.helpers.small_models import model, own_curve
from tests.published.parts import FIRST_VERSION, about, cited, conventions, derived, printed, quoted, state_utilities
from tests.published.published import Digits, Published

CURED, MEDIANS, IPILIMUMAB, NIVOLUMAB = "multimcm", "checkmate_067", "nice_ta319", "nice_ta384"
REFERENCES = (
    cited(
        CURED,
        "multimcm (R package), article on CheckMate 067: exponential mixture cure models with background mortality, "
        "each endpoint by itself; posterior shares cured by arm with 95% intervals",
        "https://statisticshealtheconomics.github.io/multimcm/",
        "2026-11",
    ),
    cited(
        MEDIANS,
        "Wolchok JD, et al. Long-term outcomes with nivolumab plus ipilimumab or nivolumab alone versus ipilimumab in "
        "advanced melanoma. J Clin Oncol 2022;40:127; Larkin J, et al. N Engl J Med 2019;381:1535: medians, OS at 5 years",
        "https://doi.org/10.1200/JCO.21.02229",
        "2026-11",
    ),
    cited(
        IPILIMUMAB,
        "NICE TA319 and TA268, ipilimumab for melanoma, section 2: dose, list prices, 70 kg (TA268)",
        "https://www.nice.org.uk/guidance/TA319/chapter/2-The-technology",
        "2026-11",
    ),
    cited(
        NIVOLUMAB,
        "NICE TA384, nivolumab for melanoma, section 2, and TA400 (with ipilimumab), section 2: doses, list prices",
        "https://www.nice.org.uk/guidance/ta384/chapter/2-The-technology",
        "2026-11",
    ),
)
AGE = 60
ARMS = {"ipi": "Ipilimumab", "nivo": "Nivolumab", "combo": "Nivolumab + ipilimumab"}
SHARES: dict[tuple[str, str], tuple[float, float, float]] = {
    ("ipi", "pfs"): (0.128, 0.089, 0.173),
    ("ipi", "os"): (0.216, 0.160, 0.271),
    ("nivo", "pfs"): (0.320, 0.268, 0.370),
    ("nivo", "os"): (0.417, 0.335, 0.482),
    ("combo", "pfs"): (0.387, 0.332, 0.441),
    ("combo", "os"): (0.509, 0.430, 0.573),
}
"""Shares cured with their 95% intervals."""
MEDIAN = {
    ("ipi", "pfs"): 2.9,
    ("ipi", "os"): 19.9,
    ("nivo", "pfs"): 6.9,
    ("nivo", "os"): 36.9,
    ("combo", "pfs"): 11.5,
    ("combo", "os"): 72.1,
}
"""Months."""
RATES = {
    ("ipi", "pfs"): 0.29319,
    ("ipi", "os"): 0.050265,
    ("nivo", "pfs"): 0.19146,
    ("nivo", "os"): 0.050127,
    ("combo", "pfs"): 0.14519,
    ("combo", "os"): 0.053221,
}
"""Of those not cured, per month: with them half of all are event-free at the published median."""
WEIGHT = 70.0
NIVOLUMAB_DOSES = {"nivo": (0.0, 52), "combo": (84.0, 46)}
"""Day of the first dose of 3 mg per kg, and doses in all."""
TOGETHER = 4
"""Doses of ipilimumab, and of the nivolumab given with it."""
DRUGS: dict[str, tuple[str, float, float, str, str]] = {
    "ipilimumab": ("Ipilimumab", 3.0, 21.0, IPILIMUMAB, "3 mg per kg every 3 weeks, 4 doses."),
    "nivolumab_with": ("Nivolumab with ipilimumab", 1.0, 21.0, NIVOLUMAB, "TA400: 1 mg per kg every 3 weeks, 4 doses."),
    "nivolumab": ("Nivolumab", 3.0, 14.0, NIVOLUMAB, "3 mg per kg every 2 weeks."),
}
VIALS = {
    "ipilimumab": {50.0: 3750.0, 200.0: 15_000.0},
    "nivolumab_with": {40.0: 439.0, 100.0: 1097.0},
    "nivolumab": {40.0: 439.0, 100.0: 1097.0},
}
"""GBP for a vial of so many mg."""


@cache
def life_table() -> tuple[LifeTableRow, ...]:
    """Women of England, as in the workbook of that country."""
    return read_inputs(example_file("patina_england")).life_table


def curve(arm: str, endpoint: str) -> tuple[Curve, list[Coefficient]]:
    """Of those with the disease only; the general population's mortality is added."""
    share, low, high = SHARES[arm, endpoint]
    cured = quoted(
        share,
        CURED,
        "Posterior mean; SE from the 95% interval.",
        distribution="beta",
        standard_error=round((high - low) / 3.92, 4),
        low=low,
        high=high,
    )
    words = f"So that half are event-free at the published median, {MEDIAN[arm, endpoint]:g} months."
    rate = derived(RATES[arm, endpoint], MEDIANS, words, unit="per month")
    made, rows = own_curve(arm, endpoint, "exponential", cure_fraction=cured, rate=rate)
    return dataclasses.replace(made, cure="mixture", mortality="excess", notes="Exponential mixture cure."), rows


def population() -> tuple[PopulationItem, ...]:
    """Age as in the trial; the table of mortality is of women."""
    return (
        PopulationItem(item="start_age", parameter=Parameter(float(AGE), unit="years", quality="proxy", notes="About.")),
        PopulationItem(
            item="female_share",
            parameter=Parameter(1.0, quality="assumption", notes="The life table in use has women only; 35% in the trial."),
        ),
    )


def regimens() -> tuple[Regimen, ...]:
    """Ipilimumab and what is given with it regardless of new lesions; nivolumab until progression, for two years."""
    together = "All doses regardless of new lesions (TA268)."
    assumed = "Two years from time zero: assumption; TA384 calls the best duration uncertain."
    return (
        Regimen(arm="ipi", drug="ipilimumab", until="death", max_doses=TOGETHER, source=IPILIMUMAB, notes=together),
        Regimen(arm="combo", drug="ipilimumab", until="death", max_doses=TOGETHER, source=IPILIMUMAB, notes=together),
        Regimen(arm="combo", drug="nivolumab_with", until="death", max_doses=TOGETHER, source=NIVOLUMAB, notes=together),
        *(
            Regimen(arm=arm, drug="nivolumab", start_day=day, max_doses=doses, source=NIVOLUMAB, notes=assumed)
            for arm, (day, doses) in NIVOLUMAB_DOSES.items()
        ),
    )


def definition() -> ModelDefinition:
    """Curves as published, drugs at list prices."""
    one = Parameter(1.0, source=CURED, quality="assumption", notes="QALYs are life years: the sources have no utilities.")
    colours = dict(zip(ARMS, ("#1F77B4", "#2CA02C", "#D62728"), strict=True))
    return model(
        [curve(*key) for key in RATES],
        about=about(
            "CheckMate 067 by published shares cured",
            population="untreated advanced melanoma",
            intervention="nivolumab with ipilimumab",
            comparator="ipilimumab; nivolumab",
            perspective="NHS in England: drugs at list prices only",
            limitations="1. The rates of those not cured are from published medians, shares cured as published. 2. The life "
            "table is of women. 3. No costs but drugs, utilities 1. 4. Two years of nivolumab is an assumption.",
        ),
        arms=tuple(
            Arm(id=arm, label=label, short_label=label, colour=colours[arm], description=f"{label}, as in CheckMate 067.")
            for arm, label in ARMS.items()
        ),
        **conventions(
            NIVOLUMAB,
            {
                "horizon_years": "Until the life table ends; the sources print no totals.",
                "cycle_days": "A month.",
                "accrual": "Simpson's rule: totals are compared with integrals.",
                "discounting": "Continuous, as the integrals.",
                "discount_rate_costs": "3.5%, England.",
                "discount_rate_effects": "3.5%, England.",
            },
            currency="GBP",
            price_year="2014 to 2016",
            comparator="ipi",
            intervention="combo",
            horizon_years=40.0,
            cycle_days=30.4375,
            discounting="continuous",
            accrual="simpson",
            discount_rate_costs=0.035,
            discount_rate_effects=0.035,
        ),
        thresholds=(Threshold(value=30_000.0, source=NIVOLUMAB, notes="Range named in the appraisal: below 30,000."),),
        population=population(),
        life_table=life_table(),
        utilities=state_utilities(CURED, one, one),
        care=(),
        drugs=tuple(
            Drug(
                id=drug,
                label=label,
                dose_basis="fixed",
                dose=per_kg * WEIGHT,
                unit="mg",
                schedule_days=days,
                source=source,
                quality="published",
                notes=f"{notes} For 70 kg.",
            )
            for drug, (label, per_kg, days, source, notes) in DRUGS.items()
        ),
        products=tuple(
            Product(
                drug=drug,
                product=f"vial_{contents:g}",
                contents=contents,
                parameter=quoted(price, DRUGS[drug][3], unit="GBP"),
            )
            for drug, vials in VIALS.items()
            for contents, price in vials.items()
        ),
        regimens=regimens(),
        published_analyses=printed(
            MEDIANS,
            "CheckMate 067",
            "nivolumab with ipilimumab; nivolumab; ipilimumab",
            "No cost-effectiveness. Alive at 5 years 26% (ipilimumab), 44% (nivolumab), 52% (both), 6.5 years 23, 42, 49%.",
        ),
        references=REFERENCES,
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="CheckMate 067 by shares cured",
    source="[multimcm](https://statisticshealtheconomics.github.io/multimcm/) (cure), Wolchok 2022 (medians), NICE (prices)",
    special="exponential mixture cure with the general population's mortality; three arms; uncertain shares cured",
    origin="quadrature",
    digits=(
        Digits("median_pfs_ipi", "2.9"),
        Digits("median_pfs_nivo", "6.9"),
        Digits("median_pfs_combo", "11.5"),
        Digits("median_os_ipi", "19.9"),
        Digits("median_os_nivo", "36.9"),
        Digits("median_os_combo", "72.1"),
        Digits("life_years_ipi", "4.7091"),
        Digits("life_years_nivo", "7.6481"),
        Digits("life_years_combo", "8.9501"),
        Digits("life_years_of_progression_free_ipi", "2.3140"),
        Digits("life_years_of_progression_free_nivo", "5.4632"),
        Digits("life_years_of_progression_free_combo", "6.5992"),
        Digits("costs_ipi", "71827.810323"),
        Digits("costs_nivo", "57660.856385"),
        Digits("costs_combo", "131618.518904"),
    ),
    beside="no totals printed: integrals and sums over doses are in `tests/published/test_by_quadrature.py`; medians are "
    "published. Alive at 5 years 25%, 43% and 51%; 26%, 44% and 52% in the trial, of which only medians and shares "
    "cured were taken",
)
