"""Settings: the conventions of the calculation, each a named option that is echoed in every output."""

from __future__ import annotations

import dataclasses
import math

from model.choices import FREE, PROFILE_WORDS, SAMPLINGS
from model.constants import DAYS_OF_YEARS, MONTHS_PER_YEAR
from model.definition.records.columns import PAYER, SOCIETAL, choice, column
from model.definition.records.limits import LARGEST_AMOUNT, LONGEST_MONTHS, LONGEST_YEARS, RATE, SHARE
from model.definition.records.record import Record
from model.survival.multistate import AFTER_PROGRESSION, LINKS

LEFT, RIGHT, RIGHT_EARLY = "left", "right", "right_factor_of_start"
ACCRUALS = {
    "trapezoid": "half-cycle correction on value x discount factor",
    "life_table": "mean of both ends with the discount factor of the cycle's start",
    "simpson": "Simpson's rule",
    LEFT: "state at the cycle's start",
    RIGHT: "state and factor at its end",
    RIGHT_EARLY: "state at its end with the factor of its start. Whether doses and visits follow is the next setting",
}
EXACT_DAYS, WITH_ACCRUAL = "exact_days", "with_accrual"
EXACT_AGE, AGE_AT_CYCLE_START, MODEL_YEARS = "exact_age", "age_at_cycle_start", "model_years"
SURVIVORS, EVERY_PFS_EVENT = "survivors", "every_pfs_event"
PER_EVENT, FIRST_CYCLE = "per_event", "first_cycle"
EVENT_DISUTILITY = {
    PER_EVENT: "probability x disutility x duration, whatever becomes of the patient",
    "while_progression_free": "probability x disutility x time progression-free within the duration since time zero "
    "(without a duration: all of it); no age adjustment",
    "while_alive": "the same, time alive",
    "while_on_treatment": "the same, time on any drug of the arm",
}
BY_OCCUPANCY, BY_DEATH_SHARE = "by_occupancy", "death_share"
DEATHS_BY_STATE = {
    BY_OCCUPANCY: "in each cycle as patients alive at its start are divided between the states",
    BY_DEATH_SHARE: "of PFS events the share death_share of the sheet After progression dies progression-free (all, where "
    "nobody is progressed), all others progressed",
}
UNDER_OS, UNDER_BOTH = "os", "pfs_and_os"
PARTITIONED_SURVIVAL, STATE_TRANSITION = "partitioned_survival", "state_transition"
STRUCTURE_WORDS = {PARTITIONED_SURVIVAL: "partitioned survival", STATE_TRANSITION: "state transition"}
DETERMINISTIC, PROBABILISTIC = "deterministic", "probabilistic"
LINK_WORDS = {
    "hazard_ratio": "the reported hazard ratio of OS is kept",
    "common": "a gain in PFS passes fully to OS",
    "own": "each arm by its own OS",
    "no_os_benefit": "no gain in OS, as far as PFS allows",
}
"""What each link between the arms says of OS."""
SAMPLING_WORDS = {"random": "", "latin_hypercube": "Latin hypercube, ", "sobol": "Sobol sequence, "}
REFUSE, ALLOW = "refuse", "allow"
UNDETERMINED_LABEL = "Curves the data do not determine"


@dataclasses.dataclass(frozen=True, kw_only=True)
class About:
    """What the model is, in words; shown on every cover."""

    title: str = column("Title", "text", "One line that names the decision problem", width=60)
    population: str = column("Population", "text", "Who is treated")
    intervention: str = column("Intervention", "text", "The option under assessment")
    comparator: str = column("Comparator", "text", "What it is compared with")
    perspective: str = column("Perspective", "text", "Whose costs and health effects are counted")
    time_zero: str = column("Time zero", "text", "The moment from which time is counted")
    version: str = column("Version of the inputs", "text", "Raise it when an input changes")
    limitations: str = column(
        "Limitations", "text", "What a reader must know before using the result", required=False, default=""
    )
    first_limitations: str = column(
        "Limitations shown first",
        "text",
        "Numbers of the limitations that matter most, such as 2, 4, 1: three stand on the first page of the results; empty: "
        "limitations 1 to 3",
        required=False,
        may_be_missing=True,
        default="",
    )
    choice_of_curves: str = column(
        "Choice of curves",
        "text",
        "Why these families of PFS and OS, in words for a clinician; repeated beside the pairs of curves and their coherence",
        required=False,
        may_be_missing=True,
        default="",
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Conventions of the calculation (rows of the sheet Settings)."""

    currency: str = column("Currency", "text", "Currency code printed beside every amount", width=14)
    price_year: str = column(
        "Price year",
        "text",
        "Year of the prices to which costs with a price year of their own are uprated; a note where none has one",
    )
    profile: str = choice(
        "Agency profile",
        PROFILE_WORDS,
        "Whose conventions the inputs follow; it changes none by itself. ",
        default=FREE,
        may_be_missing=True,
    )
    intervention: str = column("Intervention arm", "id", "Arm whose incremental result is the headline", refers_to="arms")
    comparator: str = column("Comparator arm", "id", "Arm it is compared with", refers_to="arms")
    headline: str = choice(
        "Headline",
        {DETERMINISTIC: "every input at its value", PROBABILISTIC: "the means over the draws of the probabilistic analysis"},
        "Which result heads the first page; the other stands below it. ",
        default=DETERMINISTIC,
        may_be_missing=True,
    )
    horizon_years: float = column(
        "Time horizon",
        "number",
        "Years from time zero; the nearest whole number of cycles is used, at least one",
        unit="years",
        above=0.0,
        maximum=LONGEST_YEARS,
        unusual_above=60.0,
    )
    cycle_days: float = column(
        "Cycle length",
        "number",
        "7 days fits 21- and 28-day dosing exactly; a month is 30.4375 days, a twelfth of the year of 'Length of a year'",
        unit="days",
        minimum=1.0,
        maximum=366.0,
        unusual_above=92.0,
    )
    time_zero_date: str | None = column(
        "Calendar date of time zero",
        "date",
        "The day from which time is counted; needed only where a price changes from a calendar date",
        required=False,
        may_be_missing=True,
    )
    discount_rate_costs: float = column(
        "Discount rate, costs", "number", "Yearly rate", unit="per year", **RATE, number_format="0.0%"
    )
    discount_rate_effects: float = column(
        "Discount rate, effects", "number", "Yearly rate", unit="per year", **RATE, number_format="0.0%"
    )
    discounting: str = choice(
        "Discounting",
        {
            "per_period": "(1+r)^-t at the time of each event",
            "annual_step": "(1+r)^-(whole years)",
            "continuous": "exp(-r t)",
        },
        default="per_period",
    )
    accrual: str = choice("Within-cycle accrual", ACCRUALS, default="trapezoid")
    dose_timing: str = choice(
        "Doses and visits",
        {
            EXACT_DAYS: "counted for those on treatment on their day, at that day's discount factor",
            WITH_ACCRUAL: "as the rule of accrual counts the cycle in which the day lies",
        },
        default=EXACT_DAYS,
        may_be_missing=True,
    )
    year_length: str = column(
        "Length of a year",
        "choice",
        "For the horizon, discounting, ages, life years and yearly mortality; a month is a twelfth of it, for curves, "
        "monthly costs and durations. 52_weeks: 364 days",
        choices=tuple(DAYS_OF_YEARS),
        default="365.25_days",
        may_be_missing=True,
    )
    mortality_steps: str = choice(
        "Age in the life table",
        {
            EXACT_AGE: "mortality changes on birthdays, within a cycle too",
            AGE_AT_CYCLE_START: "a cycle has that of the whole age at its start",
            MODEL_YEARS: "that of the whole age at time zero and the whole years since",
        },
        default=EXACT_AGE,
        may_be_missing=True,
    )
    progressions: str = choice(
        "Progressions counted",
        {
            SURVIVORS: "PFS events less the share that are deaths, while anyone is progressed",
            EVERY_PFS_EVENT: "every PFS event, deaths included",
        },
        "For costs at progression and treatment after it. ",
        default=SURVIVORS,
        may_be_missing=True,
    )
    structure: str = choice(
        "Structure",
        {
            PARTITIONED_SURVIVAL: "states are read off the curves of PFS and OS",
            STATE_TRANSITION: "patients progress or die, and die after progression; OS follows, and its evidence says what "
            "survival after progression is",
        },
        default=PARTITIONED_SURVIVAL,
        may_be_missing=True,
    )
    link_between_arms: str = column(
        "Link between arms",
        "choice",
        "State transition, survival after progression of the arms beside the comparator: hazard_ratio: so that its hazard "
        "ratio of OS at the median follow-up is that of the table of relative effects; common: as the comparator's, "
        "calibrated to the OS of all arms; own: calibrated to its own OS; no_os_benefit: as many alive as in the comparator "
        "at every time, or as are progression-free",
        choices=LINKS,
        default="hazard_ratio",
        may_be_missing=True,
    )
    after_progression: str = column(
        "Distribution after progression",
        "choice",
        "State transition: the distribution of survival after progression, time counted from progression",
        choices=AFTER_PROGRESSION,
        default="weibull",
        may_be_missing=True,
    )
    state_transition_probability: float = column(
        "Probability of the state-transition structure",
        "number",
        "Above 0: each draw of the probabilistic analysis takes the state-transition structure with this probability, else "
        "partitioned survival, and structure is an input like any other; 0: every draw takes the structure above. The base "
        "case keeps the structure above",
        **SHARE,
        default=0.0,
        may_be_missing=True,
        number_format="0%",
    )
    crossing: str = choice(
        "Rule where PFS exceeds OS",
        {
            "cap_pfs": "PFS is lowered to OS",
            "hazard": "the PFS hazard is raised to the OS hazard",
            "raise_os": "OS is raised to PFS (only to reproduce tools that do so). Further curves of the sheet States "
            "likewise, by pairs of neighbours from OS downward (raise_os: from the lowest upward)",
        },
        default="cap_pfs",
    )
    hazard_floor: bool = column(
        "General-population hazard floor",
        "yes_no",
        "yes: in no cycle does the OS curve fall more slowly than the life table (raise_os above may lift it again)",
        default=True,
    )
    hazard_floor_under: str = choice(
        "Curves with the hazard floor",
        {
            UNDER_OS: "the floor lies under OS",
            UNDER_BOTH: "under PFS too, since progression-free patients die at the population's rate at least and leave PFS "
            "by that alone",
        },
        default=UNDER_OS,
        may_be_missing=True,
    )
    age_adjustment: str = choice(
        "Age adjustment of utilities",
        {"multiplicative": "utilities fall with the population norm of the patients' age", "none": "they stay"},
        default="multiplicative",
    )
    median_follow_up: float | None = column(
        "Median follow-up",
        "number",
        "Of the trial behind the curves, where it is known: what lies beyond it is extrapolated, and its share of the "
        "results is told; it changes none",
        unit="months",
        above=0.0,
        maximum=LONGEST_MONTHS,
        required=False,
        may_be_missing=True,
    )
    adverse_event_timing: str = choice(
        "Timing of adverse events",
        {
            FIRST_CYCLE: "each event counts once, at time zero",
            "time_on_treatment": "the same total, spread over the arm's time on treatment (utility that is lost while "
            "patients are in a state, by the setting below, is lost from time zero all the same)",
        },
        default=FIRST_CYCLE,
    )
    adverse_event_disutility: str = choice(
        "Disutility of adverse events",
        EVENT_DISUTILITY,
        "What an event costs in QALYs. ",
        default=PER_EVENT,
        may_be_missing=True,
    )
    deaths_by_state: str = choice(
        "Deaths by state",
        DEATHS_BY_STATE,
        "For costs at the end of life of those who die in one state, which PFS and OS do not tell apart; between further "
        "states of the sheet States deaths are divided as their patients are at the start of the cycle. ",
        default=BY_OCCUPANCY,
        may_be_missing=True,
    )
    cost_perspective: str = choice(
        "Perspective of costs",
        {
            PAYER: "costs whose perspective is societal are left out",
            SOCIETAL: "they are counted as well (columns Perspective of the sheet Care), but in the budget",
        },
        default=PAYER,
        may_be_missing=True,
    )
    weight_distribution: str = column(
        "Distribution of body size",
        "choice",
        "normal or lognormal: spread of body weight (or surface area) between patients, for whole vials",
        choices=("normal", "lognormal"),
        default="normal",
    )
    stepped_results: bool = column(
        "Stepped results",
        "yes_no",
        "yes: results of the trial period, then with extrapolation, then in QALYs (needs the median follow-up)",
        default=False,
        may_be_missing=True,
    )
    one_way_bounds: str = choice(
        "Bounds of the one-way analysis",
        {"distribution": "2.5th and 97.5th percentile of the probabilistic analysis", "low_high": "the columns Low and High"},
        default="distribution",
    )
    curve_uncertainty: str = choice(
        "Uncertainty of fitted curves",
        {
            "normal": "coefficients of each fitted curve from a multivariate normal",
            "bootstrap": "patients are resampled, so that PFS and OS of one draw come from the same patients (curves from "
            "patient data)",
        },
        default="normal",
    )
    bootstrap_resamples: int = column(
        "Bootstrap resamples",
        "integer",
        "Resamples of the patients, each refitted; every draw takes one of them",
        unit="resamples",
        minimum=100,
        maximum=100_000,
        default=1_000,
        number_format="#,##0",
    )
    undetermined_curves: str = choice(
        UNDETERMINED_LABEL,
        {
            REFUSE: "a curve whose coefficients are not identified stops the run (a cure fraction anywhere between 5% and "
            "95%, say, or drawn curves whose mean is more than 0.10 from the base case)",
            ALLOW: "it is used, and every result says so",
        },
        default=REFUSE,
        may_be_missing=True,
    )
    psa_draws: int = column(
        "Draws of the probabilistic analysis",
        "integer",
        "10,000 is customary; check convergence",
        unit="draws",
        minimum=2,
        maximum=1_000_000,
        default=10_000,
        number_format="#,##0",
    )
    sampling: str = choice("Sampling", SAMPLINGS, default="random", may_be_missing=True)
    seed: int = column(
        "Random seed", "integer", "The same seed gives the same draws on any machine", minimum=0, maximum=2**32 - 1, default=1
    )

    @property
    def n_cycles(self) -> int:
        """Cycles within the horizon, which is rounded to the nearest whole number of them (at least one; half a cycle is
        rounded up, as a spreadsheet does)."""
        return max(1, math.floor(self.horizon_years * self.days_per_year / self.cycle_days + 0.5))

    @property
    def days_per_year(self) -> float:
        """Days in a year as the model counts them."""
        return DAYS_OF_YEARS[self.year_length]

    @property
    def days_per_month(self) -> float:
        """Days in a month: a twelfth of a year."""
        return self.days_per_year / MONTHS_PER_YEAR


@dataclasses.dataclass(frozen=True, kw_only=True)
class Provenance:
    """Source, quality mark and note of one setting."""

    source: str = ""
    quality: str = "assumption"
    notes: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Threshold(Record):
    """A willingness-to-pay threshold per QALY at which results are stated."""

    value: float = column(
        "Threshold",
        "number",
        "Willingness to pay for one QALY",
        above=0.0,
        maximum=LARGEST_AMOUNT,
        number_format="#,##0",
        width=14,
    )
    role: str = choice(
        "Role", {"decision": "stated in the headline", "comparison": "shown beside it"}, default="decision", width=14
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Where the threshold comes from", required=False, default="", width=60)
    KEY = ("value",)
    TOUCHES = "thresholds"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DiscountStep(Record):
    """From a year on, other discount rates (as in the Green Book); the settings hold until the first step."""

    from_year: float = column(
        "From year", "number", "Years after time zero", unit="years", above=0.0, maximum=LONGEST_YEARS, width=14
    )
    rate_costs: float = column("Rate, costs", "number", "Yearly rate from then on", **RATE, number_format="0.0%", width=14)
    rate_effects: float = column(
        "Rate, effects", "number", "Yearly rate from then on", **RATE, number_format="0.0%", width=14
    )
    notes: str = column("Notes", "text", "Where the rates come from", required=False, default="", width=60)
    KEY = ("from_year",)
