"""Tables of the base case: totals, the account, curves and trace."""

from __future__ import annotations

from model.analysis.columns.common import (
    AGAINST,
    ARM,
    CURVE,
    ENDPOINT,
    HIGHER,
    INPUT,
    LABEL,
    LARGEST_GAP,
    LOWER,
    RULE,
    WARNING,
    WILLINGNESS_TO_PAY,
)
from model.result_columns import UNIT, Repeated, ResultColumn, Table, amount, number, text

LANDMARK_YEARS = (0.5, 1, 2, 3, 5, 10, 15, 20)
"""At which the base case says how many patients are left."""

LIFE_YEARS = number("life_years", "Life years", "years", 17, "Per patient, discounted", "years")
QALYS = number("qalys", "QALYs", "qalys", 17, "Per patient, discounted", "QALYs")
COSTS = amount("costs", "Cost", 17, "Per patient, discounted")
TOTALS = Table(
    "totals",
    "Totals per patient",
    (
        *(ARM, LIFE_YEARS, QALYS, COSTS),
        number("life_years_undiscounted", "Life years, undiscounted", "years", 17, "Per patient", "years"),
        number("qalys_undiscounted", "QALYs, undiscounted", "qalys", 17, "Per patient", "QALYs"),
        amount("costs_undiscounted", "Cost, undiscounted", 17, "Per patient"),
    ),
)

NMB = amount("net monetary benefit, {arm}", "NMB {arm}", 0, "Threshold x QALYs - cost of an arm")
NHB = number("net health benefit, {arm}", "NHB {arm}, {unit}", "qalys", 0, "QALYs - cost / threshold of an arm", "QALYs")
INCREMENTAL_NMB = amount("incremental_net_monetary_benefit", "Incremental NMB", 0, "Intervention minus comparator", "extra")
INCREMENTAL_NHB = number(
    "incremental_net_health_benefit", "Incremental NHB, {unit}", "gain", 0, "Intervention minus comparator", "QALYs"
)
PREFERRED = text("preferred", "Preferred", 0, "The arm with the highest net benefit; the first of several that tie")
NET_BENEFIT = Table(
    "net_benefit",
    "Net benefit",
    (WILLINGNESS_TO_PAY, Repeated((NMB,)), Repeated((NHB,)), INCREMENTAL_NMB, INCREMENTAL_NHB, PREFERRED),
)

DISCOUNTING = text("discounting", "Discounting", 0, "Discounted or undiscounted")
CATEGORY = text("category", "Category", 30, "What the amount is for")
STATE = text("state", "State", 18, "State in which it falls")
OF_ARM = number("{arm}", "{arm}, {unit}", "any", 0, "Amount per patient of an arm")
INCREMENT = number("increment", "Increment, {unit}", "any", 0, "Intervention minus comparator")
SHARE_OF_INCREMENT = number(
    "share_of_absolute_increment", "Share of absolute increment", "share", 0, "Of the sum of the sizes of all increments"
)


def _disaggregated(name: str, title: str, unit: str, kind: str) -> Table:
    amounts = [ResultColumn(c.name, c.header, unit, kind, 0, c.help) for c in (OF_ARM, INCREMENT)]
    return Table(
        name, title, (Repeated((DISCOUNTING,)), CATEGORY, STATE, Repeated((amounts[0],)), amounts[1], SHARE_OF_INCREMENT)
    )


DISAGGREGATED = {
    "costs": _disaggregated("costs", "Costs", "{currency}", "money"),
    "qalys": _disaggregated("qalys", "QALYs", "QALYs", "qalys"),
    "life_years": _disaggregated("life_years", "Life years", "years", "years"),
}
"""By outcome; each by category and state."""


def as_undiscounted(column: ResultColumn) -> ResultColumn:
    """The same amount, undiscounted."""
    head, unit, tail = column.header.partition(UNIT)
    return ResultColumn(column.name, f"{head}, undiscounted{unit}{tail}", column.unit, column.kind, column.width, column.help)


RESOURCE_USE = Table(
    "resource_use",
    "Cost lines",
    (
        ARM.wide(18),
        CATEGORY.wide(28),
        text("item", "Item", 46, "The line of the account in words"),
        text("unit", "Counted in", 20, "What a quantity of 1 is"),
        number("quantity", "Quantity per patient of the cohort, undiscounted", "value", 18, "Expected over the horizon"),
        amount("cost_per_unit", "Value per unit", 18, "Mean cost of one unit", "price"),
        amount("cost_undiscounted", "Undiscounted", 20, "Cost per patient of the cohort"),
        amount("cost", "Discounted", 20, "Cost per patient of the cohort"),
    ),
)


UNIT_COSTS = Table(
    "unit_costs",
    "Unit costs in one price year",
    (
        INPUT,
        LABEL,
        number("cost", "Cost as typed", "price", 16, "Value of the input, in the money of its price year"),
        number("price_year", "Price year", "plain", 12, "Year of the prices of the value; empty: as typed"),
        number("factor", "Factor", "factor", 12, "Index of the price year of the settings / index of the cost's own year"),
        amount("uprated", "Uprated", 16, "Cost that the calculation takes", "price"),
    ),
)


def landmark(name: str, years: float, width: float = 13) -> ResultColumn:
    """Survival at a number of years."""
    return number(name, f"At {years:g} year{'' if years == 1 else 's'}", "share", width, "Share of patients left then")


MEDIAN = number("median_months", "Median, {unit}", "months", 13, "First time at which half are left", "months")
RESTRICTED_MEAN = number(
    "restricted_mean_years", "Mean within the horizon, {unit}", "area", 13, "Area under the curve, undiscounted", "years"
)
SURVIVAL = Table(
    "survival",
    "Medians and landmarks",
    (ARM, CURVE, MEDIAN, *(landmark(f"{y:g} years", y) for y in LANDMARK_YEARS), RESTRICTED_MEAN),
)

YEAR = number("year", "Year", "plain", 22, "1: the first year")
IMPLIED_HAZARD_RATIO = Table(
    "implied_hazard_ratio",
    "Implied hazard ratio over time",
    (
        YEAR,
        *(
            number(name, name, "ratio", 0, meaning)
            for curve in ("PFS", "OS")
            for name, meaning in (
                (f"{curve} hazard ratio in the year", "Intervention over comparator, mean hazards within the year"),
                (f"{curve} cumulative hazard ratio", "Intervention over comparator, from time zero to the end of the year"),
            )
        ),
    ),
)

FIRST_MONTH = number("first_month", "First month at which PFS exceeds OS", "months", 0, "Empty: it never does", "months")
AREA_MONTHS = number("area_months", "Area between the curves, {unit}", "area", 0, "Area of PFS above OS", "months")
CROSSING_OF_STATES = Table(
    "crossing_of_states",
    "Where neighbouring curves of the states cross before repair",
    (*(ARM, LOWER, HIGHER), FIRST_MONTH, LARGEST_GAP, AREA_MONTHS, RULE),
)
CROSSING = Table("crossing", "Where PFS exceeds OS before repair", (ARM, FIRST_MONTH, LARGEST_GAP, AREA_MONTHS, RULE))

DEATHS = "per patient and year"
POST_PROGRESSION = Table(
    "post_progression",
    "What the curves imply after progression",
    (
        ARM,
        number("progressed_alive", "Share who progress alive", "share", 0, "Of all patients, within the horizon"),
        number("mean_years_progressed", "Mean years progressed, of those", "area", 0, "Per patient who progresses", "years"),
        number("death_rate_progressed", "Deaths per year, progressed", "factor", 0, "Deaths over years in the state", DEATHS),
        number(
            *("death_rate_progression_free", "Deaths per year, progression-free", "factor", 0),
            *("Deaths over years in the state", DEATHS),
        ),
        number(
            "cycles_with_negative_implied_deaths", "Cycles with implied deaths below zero", "plain", 0, "OS falls too slowly"
        ),
        number("last_month_negative", "Last month of these", "months", 0, "Empty: there is none", "months"),
        number("smallest_implied_deaths", "Smallest implied deaths", "small", 0, "Lowest of all cycles, share of patients"),
        number(
            "life_table_binds_from_month",
            "OS bound by the life table from month",
            "months",
            0,
            "Empty: it never is",
            "months",
        ),
        number(
            *("death_rate_population", "Deaths per year, general population in that time", "factor", 0),
            *("Mean over the time spent progressed", DEATHS),
        ),
        number(
            *("months_below_population", "Months in which progressed die more slowly than that", "months", 0),
            *("Implied mortality below that of the life table", "months"),
        ),
    ),
)

IMPLIED_MORTALITY = Table(
    "implied_mortality",
    "Implied yearly death rates of one arm over time",
    (
        number("month", "Month", "months", 10, "Middle of the cycle", "months"),
        number("progressed", "Deaths per year, progressed", "factor", 0, "Empty where too few are in the state", DEATHS),
        number("progression_free", "Deaths per year, progression-free", "factor", 0, "Empty where too few are left", DEATHS),
        number("general_population", "Deaths per year, general population", "factor", 0, "Of the life table", DEATHS),
        number("share_progressed", "Share of patients progressed", "share", 0, "Mean of both ends of the cycle"),
    ),
)

TREATMENT_EFFECTS = Table(
    "treatment_effects",
    "Treatment effects after the trial",
    (
        *(ARM, ENDPOINT),
        AGAINST,
        text("effect", "Effect", 16, "Kind of effect"),
        text("waning", "Waning", 16, "What becomes of the effect after the trial"),
        number("from_month", "From month", "months", 0, "Start of the waning", "months"),
        number("until_month", "Until month", "months", 0, "End of the waning", "months"),
        number(
            *("months_with_higher_hazard", "Months with a higher hazard than the reference arm", "months", 16),
            *("Before waning and repair, within the horizon", "months"),
        ),
        WARNING,
    ),
)


def _traced(name: str, kind: str, meaning: str, unit: str = "") -> ResultColumn:
    return number(name, name, kind, 0, meaning, unit)


TRACE = Table(
    "trace",
    "Every cycle boundary of one arm",
    (
        _traced("Cycle", "plain", "Number of the boundary, from 0"),
        _traced("Days", "plain", "Time since the start", "days"),
        _traced("Months", "months", "Time since the start", "months"),
        _traced("Years", "area", "Time since the start", "years"),
        _traced("Age", "year", "Mean age", "years"),
        _traced("Discount factor, costs", "factor", "Worth of one unit of cost at time zero"),
        _traced("Discount factor, effects", "factor", "Worth of one unit of effect at time zero"),
        Repeated((_traced("PFS of the curve", "factor", "Share progression-free before any floor under mortality"),)),
        _traced("PFS before repair", "factor", "Share progression-free with the floor under mortality, if any"),
        _traced("OS of the curve", "factor", "Share alive as the curve has it"),
        _traced("OS after hazard floor", "factor", "Share alive with mortality never below that of the life table"),
        Repeated((_traced("General population", "factor", "Share alive of the general population"),)),
        Repeated((_traced("{curve} before repair", "factor", "Share below a further curve of the states"),)),
        _traced("PFS", "factor", "Share progression-free in use"),
        _traced("OS", "factor", "Share alive in use"),
        _traced("Progression-free", "factor", "Share of patients in the state"),
        _traced("Progressed", "factor", "Share of patients in the state"),
        _traced("Dead", "factor", "Share of patients in the state"),
        _traced("Progressing", "factor", "Share of patients who progress in the cycle that ends here"),
        Repeated((_traced("{curve} in use", "factor", "Share below a further curve of the states, in use"),)),
        Repeated((_traced("In state: {state}", "factor", "Share of patients in a state of the sheet States"),)),
        Repeated((_traced("On {drug}", "factor", "Share of patients on the drug"),)),
        Repeated((_traced("{account} {category}, {discounting}", "any", "What the boundary adds to the total"),)),
    ),
)
