"""Table of the pairs of PFS and OS families."""

from __future__ import annotations

from model.analysis.columns.common import ICER, INCREMENTAL_COST, INCREMENTAL_QALYS
from model.result_columns import Repeated, Table, number, text

YEARS = (5, 10, 15)
"""At which implied mortalities are shown."""

PFS = text("pfs", "PFS", 24, "Family of every arm's own curve of progression-free survival")
OS = text("os", "OS", 20, "Family of OS, or of survival after progression in a state-transition model")
IN_USE = text("in_use", "In use", 16, "Is it the pair of the base case?")
ORDER = number("rank", "Order", "plain", 16, "1: the pair to look at first")
MISFIT_PFS = number("misfit_pfs", "Misfit of PFS", "ratio", 16, "Of all arms: squared standardised residuals, or AIC")
MISFIT_OS = number("misfit_os", "Misfit of OS", "ratio", 16, "Of all arms: squared standardised residuals, or AIC")
ALIVE_AT_CROSSING = number(
    *("alive_at_crossing", "Alive where the curves cross", "share", 16),
    "Share alive where PFS first exceeds OS, the larger of both arms; 0: they never cross",
)
FLAGS_RAISED = number("flags", "Flags of coherence", "plain", 16, "How many are raised, all arms")
FROM_EVIDENCE = number(
    *("outside_evidence", "OS outside external figures", "share", 16),
    "Largest distance, share of patients; 0: within them; empty: no figures",
)

FIRST_CROSSING = number(
    "first_crossing_year {arm}", "PFS exceeds OS from year: {arm}", "year", 16, "Before repair; empty: never", "years"
)
GAP = number("largest_gap {arm}", "Largest gap before repair: {arm}", "ratio", 16, "Largest distance of PFS above OS")
LIFE_YEARS = number(
    "life_years {arm}", "Life years, undiscounted: {arm}", "years", 16, "Per patient of the arm, after repair", "years"
)
MORTALITY_PROGRESSED = [
    number(
        *(f"mortality_progressed_{y} {{arm}}", f"Deaths per year after progression, year {y}: {{arm}}", "ratio", 16),
        "Hazard of death that the pair implies, after repair; empty: nobody is there",
        "per year",
    )
    for y in YEARS
]
MORTALITY_BEFORE = [
    number(
        f"mortality_before_progression_ratio_{y} {{arm}}",
        f"Mortality before progression / population's, year {y}: {{arm}}",
        *("area", 16, "Below 1: lower than that of the life table; empty: nobody is there, or no table"),
    )
    for y in YEARS
]
BELOW_POPULATION = number(
    *("below_population_from_year {arm}", "Before progression below the population's from year: {arm}", "year", 16),
    "First year in which the implied mortality lies below the life table's; empty: never",
    "years",
)
CURVE_PAIRS = Table(
    "curve_pairs",
    "Pairs of curves, the best first",
    (
        *(ORDER, PFS, OS, IN_USE, MISFIT_PFS, MISFIT_OS, ALIVE_AT_CROSSING, FLAGS_RAISED, FROM_EVIDENCE),
        *(column.wide(16) for column in (INCREMENTAL_QALYS, INCREMENTAL_COST, ICER)),
        Repeated((FIRST_CROSSING, GAP, LIFE_YEARS, *MORTALITY_PROGRESSED, *MORTALITY_BEFORE, BELOW_POPULATION)),
    ),
)
