"""CLL11 in four states by published medians: progression, then the next treatment, then death."""

from __future__ import annotations

import math

from model.definition import (
    Administration,
    Arm,
    Drug,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    Regimen,
    State,
    Threshold,
    Utility,
)
from tests.helpers.small_models import effect_curve, model, own_curve
from tests.published.parts import FIRST_VERSION, about, cited, conventions, derived, printed, quoted
from tests.published.published import Digits, Published

TRIAL, COSTS = "cll11", "casado_2016"
REFERENCES = (
    cited(
        TRIAL,
        "Goede V, et al. Updated survival analysis from the CLL11 study: obinutuzumab versus rituximab in chemoimmunotherapy-"
        "treated patients with chronic lymphocytic leukemia. Blood 2015;126(23):1733: medians, hazard ratio of OS",
        "https://doi.org/10.1182/blood.V126.23.1733.1733",
        "2026-11",
    ),
    cited(
        COSTS,
        "Casado LF, et al. Clinicoecon Outcomes Res 2016;8:475, table 1: doses, prices in Spain, utilities, 3%, 20 years",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC5036824/",
        "2026-11",
    ),
)
STATES = (
    State(id="progression_free", endpoint="pfs", label="Progression-free"),
    State(id="untreated", endpoint="ttnt", label="Progressed, not yet treated again"),
    State(id="treated_again", endpoint="os", label="After the next treatment began"),
)
MEDIANS = {("clb", "pfs"): 11.1, ("clb", "ttnt"): 15.1, ("clb", "os"): 58.5, ("gclb", "pfs"): 31.1, ("gclb", "ttnt"): 51.1}
"""Months to progression, to the next treatment, and to death, each or death."""
RATIO = 0.62
UTILITIES = {"progression_free": 0.82, "untreated": 0.66, "treated_again": 0.55}
ON_INFUSIONS, INFUSIONS_DAYS = 0.67, 6 * 28.0
WEIGHT, TABLET, INFUSION, GIVING = 72.2, 2.0, 3970.0, 218.94
MONTH, CYCLE, CYCLES = 30.4375, 28.0, 260
"""Days of a month and of a cycle; cycles of nearly 20 years."""


def rate(arm: str, endpoint: str) -> Parameter:
    """Of an exponential curve, from its median."""
    median = MEDIANS[arm, endpoint]
    return derived(math.log(2) / median, TRIAL, f"ln 2 / median of {median:g} months.", unit="per month")


def utilities() -> tuple[Utility, ...]:
    """By state; lower while obinutuzumab is infused."""
    words = {
        "progression_free": "Without treatment; taken for oral treatment too.",
        "untreated": "Progression after first line.",
        "treated_again": "Second line.",
    }
    until = INFUSIONS_DAYS / MONTH
    free = quoted(UTILITIES["progression_free"], COSTS, words["progression_free"])
    infused = quoted(ON_INFUSIONS, COSTS, "Intravenous treatment: six cycles of 28 days.")
    return (
        Utility(id="free_clb", state="progression_free", arm="clb", parameter=free),
        Utility(id="infused", state="progression_free", arm="gclb", until_month=until, parameter=infused),
        Utility(id="free_gclb", state="progression_free", arm="gclb", from_month=until, parameter=free),
        *(Utility(id=s, state=s, parameter=quoted(UTILITIES[s], COSTS, words[s])) for s in ("untreated", "treated_again")),
    )


def drug(name: str, label: str, dose: float, days: str, given: str | None, notes: str) -> Drug:
    """A drug in cycles of 28 days."""
    return Drug(
        id=name,
        label=label,
        dose_basis="fixed",
        dose=dose,
        unit="mg",
        schedule_days=28.0,
        dose_days=days,
        administration=given,
        source=COSTS,
        quality="published",
        notes=notes,
    )


def definition() -> ModelDefinition:
    """Curves by medians; first-line drugs until progression, at most six cycles."""
    infusion, six = quoted(INFUSION, COSTS, "1000 mg.", unit="EUR"), "Six cycles, until progression."
    doses = {
        ("clb", "chlorambucil"): 12,
        ("gclb", "chlorambucil"): 12,
        ("gclb", "obinutuzumab"): 6,
        ("gclb", "first_cycle"): 2,
    }
    return model(
        [
            *(own_curve(arm, endpoint, "exponential", rate=rate(arm, endpoint)) for arm, endpoint in MEDIANS),
            effect_curve("gclb", "os", "clb", "exponential", quoted(RATIO, TRIAL)),
        ],
        about=about(
            "CLL11 in four states by published medians",
            population="untreated chronic lymphocytic leukaemia with comorbidities",
            intervention="obinutuzumab with chlorambucil",
            comparator="chlorambucil",
            perspective="Spain: first-line drugs and their administration",
            limitations="1. Exponential curves through published medians. 2. No costs but first-line drugs and infusions. "
            "3. Inputs are certain. 4. Utility on oral treatment as without treatment.",
        ),
        states=STATES,
        arms=(
            Arm(id="clb", label="Chlorambucil", short_label="Clb", description="0.5 mg per kg, days 1 and 15."),
            Arm(
                id="gclb",
                label="Obinutuzumab + chlorambucil",
                short_label="GClb",
                colour="#D62728",
                description="1000 mg of obinutuzumab on days 1, 8 and 15 and day 1 of cycles 2 to 6.",
            ),
        ),
        **conventions(
            COSTS,
            {
                "horizon_years": "260 cycles of 28 days: 20 years of the source less 25 days.",
                "cycle_days": "28 days, a cycle of the drugs; the source has weeks.",
                "accrual": "Simpson's rule: totals are compared with closed forms.",
                "discounting": "Continuous, as the closed forms.",
                "discount_rate_costs": "3%.",
                "discount_rate_effects": "3%.",
            },
            currency="EUR",
            price_year="2015",
            comparator="clb",
            intervention="gclb",
            horizon_years=CYCLES * CYCLE / 365.25,
            cycle_days=CYCLE,
            discounting="continuous",
            accrual="simpson",
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
        ),
        thresholds=(Threshold(value=30_000.0, notes="The program asks for one; no total depends on it."),),
        population=(
            PopulationItem(item="start_age", parameter=quoted(73.0, TRIAL, "Median; no result depends on it.", unit="years")),
            PopulationItem(
                item="female_share", parameter=Parameter(0.5, quality="assumption", notes="No result depends on it.")
            ),
        ),
        utilities=utilities(),
        care=(),
        drugs=(
            drug("chlorambucil", "Chlorambucil", 0.5 * WEIGHT, "1, 15", None, "0.5 mg per kg on days 1 and 15; 72.2 kg."),
            drug("obinutuzumab", "Obinutuzumab", 1000.0, "1", "infusion", "1000 mg on day 1."),
            drug("first_cycle", "Obinutuzumab, days 8 and 15", 1000.0, "8, 15", "infusion", "1000 mg, first cycle only."),
        ),
        products=(
            Product(
                drug="chlorambucil",
                product="tablet",
                contents=2.0,
                parameter=derived(TABLET, COSTS, "50 EUR / 25 tablets.", unit="EUR"),
            ),
            *(
                Product(drug=name, product="vial", contents=1000.0, parameter=infusion)
                for name in ("obinutuzumab", "first_cycle")
            ),
        ),
        administration=(Administration(id="infusion", label="Infusion", parameter=quoted(GIVING, COSTS, unit="EUR")),),
        regimens=tuple(
            Regimen(arm=arm, drug=name, until="progression", max_doses=most, source=COSTS, notes=six)
            for (arm, name), most in doses.items()
        ),
        published_analyses=printed(
            TRIAL,
            "CLL11",
            "obinutuzumab + chlorambucil with chlorambucil",
            "No cost-effectiveness: medians and the hazard ratio of OS alone.",
        ),
        references=REFERENCES,
        versions=FIRST_VERSION,
    )


MODEL = Published(
    define=definition,
    title="CLL11 in four states",
    source="[Goede 2015](https://doi.org/10.1182/blood.V126.23.1733.1733) (medians), Casado 2016 (costs, utilities)",
    special="four states by ordered curves: progression, next treatment, death",
    origin="closed forms",
    digits=(
        Digits("life_years_of_progression_free_clb", "1.283123"),
        Digits("life_years_of_progressed_not_yet_treated_again_clb", "0.438489"),
        Digits("life_years_of_after_the_next_treatment_began_clb", "3.898388"),
        Digits("life_years_of_progression_free_gclb", "3.352934"),
        Digits("life_years_of_progressed_not_yet_treated_again_gclb", "1.723238"),
        Digits("life_years_of_after_the_next_treatment_began_gclb", "2.584213"),
        Digits("qalys_clb", "3.485677"),
        Digits("qalys_gclb", "5.2436"),
        Digits("costs_clb", "389.050548"),
        Digits("costs_gclb", "32494.524506"),
        Digits("median_pfs_clb", "11.1"),
        Digits("median_os_clb", "58.5"),
        Digits("median_pfs_gclb", "31.1"),
    ),
    beside="no totals are printed: closed forms are in `tests/published/test_by_quadrature.py`",
)
