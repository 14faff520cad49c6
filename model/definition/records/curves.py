"""Survival curves of each arm and endpoint, and the evidence they are made from."""

from __future__ import annotations

import dataclasses

from model.choices import CURES
from model.constants import DAYS_PER_MONTH
from model.definition.records.columns import QUALITY_MARKS, choice, column, parameter_block
from model.definition.records.limits import LARGEST_COUNT, LONGEST_MONTHS, MONTHS, RATIO, SHARE, Limits
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import BY_ENDPOINT, Record
from model.survival.distributions import CANDIDATES, DISTRIBUTIONS
from model.survival.effects import EFFECT_KINDS
from model.survival.families.splines import INTERNAL_KNOTS
from model.survival.families.table_tail import CLOCKS
from model.survival.programs.programs import OWN, PROGRAMS
from model.survival.programs.time_units import MONTHS as OWN_UNIT
from model.survival.programs.time_units import TIME_UNITS

PIECEWISE = "piecewise_exponential"
MODEL_AVERAGE = "model_average"
CURVE_NAMES = (*CANDIDATES, PIECEWISE, MODEL_AVERAGE)
NO_DISTRIBUTION = "none"
WITHOUT_DISTRIBUTION = ("survival_table", "relative_effect")  # sources of curves
FROM_DATA = ("patient_data", "digitised")
CURVE_SOURCES = {
    "evidence": "calibrated to the arm's own published statistics (table of evidence)",
    "coefficients": "coefficients typed in the table of coefficients",
    "relative_effect": "the reference arm's curve with a relative effect",
    "patient_data": "fitted to the arm's patient records (sheet Patient data)",
    "digitised": "fitted to patient records reconstructed from a digitised Kaplan-Meier curve (sheet Digitised curves)",
    "survival_table": "read from the arm's rows of the table of survival (sheet Survival tables)",
}
MORTALITIES = {
    "all_cause": "the curve is survival from any cause",
    "excess": "the curve is survival from the disease; the general population's mortality is added, in the fit too. After a "
    "Kaplan-Meier part, which holds deaths of any cause, it is added from there on",
}
FITTED = {
    "separately": "each arm has its own coefficients",
    "jointly": "all arms of the endpoint so marked share them; one effect sets each arm apart from the reference arm. Typed "
    "coefficients: those of the reference arm, with a coefficient effect_ARM for each further arm",
}
WANINGS = {
    "linear": "the effect on the hazard falls evenly from start to end; the curves then run parallel in hazard",
    "step": "the effect on the hazard ends at the start time",
    "exponential": "the effect on the hazard fades at a constant rate; 5% of it is left at the end time",
    "loss_of_benefit": "survival itself returns to the reference arm's between start and end: what was gained is lost",
    "treatment_end": "the effect acts on those still on the drugs that the reference arm does not get (no times needed)",
}
STATISTICS = {
    "median": "value = median time in months",
    "landmark": "value = share event-free at the time",
    "not_reached": "value = share (0.5: the median) that survival was still above at the time, which is all that is known",
    "hazard_ratio": "value = ratio to the reference arm's hazard up to the time (default: reported only)",
    "prior": "value = assumed coefficient, on its estimation scale; used only by distributions that have it",
}

STATISTIC_LIMITS: Limits = {
    "minimum": -100.0,
    "maximum": LONGEST_MONTHS,
    "by": "statistic",
    "of": {
        "median": {"minimum": 0.0, "maximum": LONGEST_MONTHS, "unusual_above": 480.0},
        "landmark": SHARE,
        "not_reached": SHARE,
        "hazard_ratio": {**RATIO, "minimum": 0.0},
        "prior": {"minimum": -100.0, "maximum": 100.0},
    },
}


def _coefficient_limits() -> dict[str, Limits]:
    """By name of the coefficient, the widest of the distributions that have one of this name."""
    found: dict[str, Limits] = {}
    for family in DISTRIBUTIONS.values():
        for name in family.parameters:
            low, high = family.limits_of(name)
            known = found.get(name, {"minimum": low, "maximum": high})
            found[name] = {"minimum": min(low, known["minimum"]), "maximum": max(high, known["maximum"])}
    return found


def _coefficient_words() -> str:
    """The coefficients of each distribution that brings a new name."""
    words: list[str] = []
    seen: set[str] = set()
    for family in DISTRIBUTIONS.values():
        if not seen.issuperset(family.parameters):
            words.append(", ".join(family.parameters))
        seen.update(family.parameters)
    return "; ".join(words)


_MOST_KNOTS = max(INTERNAL_KNOTS) + 2
COEFFICIENT_LIMITS: dict[str, Limits] = {
    **_coefficient_limits(),
    **{f"gamma{i}": {"minimum": -1e4, "maximum": 1e4} for i in range(_MOST_KNOTS)},
    **{f"knot{i}": {"minimum": 0.0, "maximum": LONGEST_MONTHS * DAYS_PER_MONTH} for i in range(_MOST_KNOTS)},
    "cure_fraction": SHARE,
}
"""By name alone, of whichever program and unit of time; that a rate or a shape is above 0 is asked by its family."""
PARAMETRISATIONS = {name: program.meaning for name, program in PROGRAMS.items()}
"""Programs whose coefficients can be typed, each with what it is."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Curve(Record):
    """How the curve of one endpoint in one arm is made. Endpoint: pfs, os, or a drug id (time on that drug)."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or the id of a drug (its own time-on-treatment curve)", width=14)
    source: str = choice("Curve from", CURVE_SOURCES, width=18)
    distribution: str = column(
        "Distribution of the curve",
        "choice",
        "The curve selector. Splines: Royston-Parmar, by scale and number of internal knots; model_average: the candidates "
        "of the table of model weights. A survival_table needs none (leave it empty); a relative_effect takes the reference "
        "arm's",
        choices=(*CURVE_NAMES, NO_DISTRIBUTION),
        required=False,
        default=NO_DISTRIBUTION,
        width=22,
    )
    cure: str = choice("Cure", CURES, default="none", width=13)
    mortality: str = choice("Mortality", MORTALITIES, default="all_cause", width=12)
    km_until: float | None = column(
        "Kaplan-Meier until",
        "number",
        "The Kaplan-Meier curve itself up to this time, then the distribution; empty: the distribution throughout. Of typed "
        "coefficients or evidence: the arm's rows of the sheet Survival tables up to this time, else its Kaplan-Meier curve",
        unit="months",
        above=0.0,
        maximum=LONGEST_MONTHS,
        required=False,
        width=18,
    )
    tail_clock: str = choice("Clock of the tail", CLOCKS, default="continues", may_be_missing=True, width=14)
    cut_points: str = column(
        "Cut points",
        "text",
        "Months at which a piecewise exponential changes its rate, separated by ;",
        required=False,
        default="",
        width=16,
    )
    fitted: str = choice("Arms fitted", FITTED, default="separately", width=13)
    reference_arm: str | None = column(
        "Reference arm", "id", "Arm whose curve a relative effect starts from", refers_to="arms", required=False, width=16
    )
    effect: str = choice("Kind of effect", EFFECT_KINDS, default="hazard_ratio", width=20)
    waning: str = choice("Waning shape", WANINGS, default="linear", width=16)
    waning_start: float | None = column(
        "Waning starts",
        "number",
        "From this time the effect wanes; empty: it lasts",
        unit="months",
        **MONTHS,
        required=False,
        width=15,
    )
    waning_end: float | None = column(
        "Waning ends",
        "number",
        "When the effect has gone (linear: same as start is a step; exponential: 5% of it is left)",
        unit="months",
        **MONTHS,
        required=False,
        width=15,
    )
    parametrisation: str = choice(
        "Coefficients as printed by",
        PARAMETRISATIONS,
        "Of typed coefficients and their covariance. ",
        default=OWN,
        required=False,
        may_be_missing=True,
        width=18,
    )
    time_unit: str = choice(
        "Their time unit",
        TIME_UNITS,
        "Of typed coefficients and knots. ",
        default=OWN_UNIT,
        required=False,
        may_be_missing=True,
        width=12,
    )
    notes: str = column(
        "Notes", "text", "How the row was obtained, or why it was chosen", required=False, default="", width=60
    )
    KEY = ("arm", "endpoint")

    def in_words(self, names: Names) -> str:
        return f"{names.arm(self.arm)}: {names.endpoint(self.endpoint)} curve"

    @property
    def id(self) -> str:
        """Id of the curve's coefficients, which are drawn together."""
        return f"curves.{self.arm}.{self.endpoint}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class RelativeEffect(Record):
    """Relative effect of one arm on one endpoint: hazard ratio, acceleration factor or odds ratio."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=14)
    parameter: Parameter = parameter_block(**RATIO)
    KEY = ("arm", "endpoint")
    GROUP = BY_ENDPOINT

    def in_words(self, names: Names) -> str:
        kind = names.effects.get((self.arm, self.endpoint), "relative effect")
        return f"{names.arm(self.arm)}: {names.endpoint(self.endpoint)} {kind}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence(Record):
    """One published statistic of a survival curve."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=14)
    statistic: str = choice("Statistic", STATISTICS, width=14)
    item: str = column(
        "At month / coefficient",
        "text",
        "The month of a landmark, hazard ratio, or share not reached; the coefficient of a prior; empty for a median",
        required=False,
        default="",
        width=20,
    )
    value: float = column(
        "Reported value",
        "number",
        "Median in months, share event-free (0-1), ratio, or coefficient",
        **STATISTIC_LIMITS,
        width=15,
    )
    lower: float | None = column(
        "Lower 95%", "number", "Lower limit of the reported 95% interval", **STATISTIC_LIMITS, required=False, width=11
    )
    upper: float | None = column("Upper 95%", "number", "Upper limit", **STATISTIC_LIMITS, required=False, width=11)
    standard_error: float | None = column(
        "Standard error",
        "number",
        "If reported (of the logarithm for a ratio)",
        minimum=1e-6,
        maximum=LONGEST_MONTHS,
        by="statistic",
        of={
            "median": {"minimum": 1e-3, "maximum": LONGEST_MONTHS},
            "landmark": {"minimum": 1e-6, "maximum": 0.5},
            "not_reached": {"minimum": 1e-6, "maximum": 0.5},
            "hazard_ratio": {"minimum": 1e-6, "maximum": 10.0},
            "prior": {"minimum": 1e-6, "maximum": 100.0},
        },
        required=False,
        width=14,
    )
    effective_n: float | None = column(
        "Effective n",
        "number",
        "Patients that a landmark is as precise as; gives a binomial standard error. Empty: from the table of follow-up",
        minimum=1.0,
        maximum=float(LARGEST_COUNT),
        required=False,
        width=12,
    )
    use: bool = column("Calibrate to it", "yes_no", "no: shown beside the model, not used", default=True, width=14)
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    quality: str = choice("Quality", QUALITY_MARKS, default="trial", width=12)
    notes: str = column(
        "Notes", "text", "How the row was obtained, or why it was chosen", required=False, default="", width=60
    )
    KEY = ("arm", "endpoint", "statistic", "item")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Coefficient(Record):
    """One coefficient of a curve, as the program that the curve names prints it: unless it names another, flexsurv's natural
    scale with time in months."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=14)
    candidate: str | None = column(
        "Candidate",
        "choice",
        "The distribution that the coefficient belongs to; empty: the one selected in the table of curves",
        choices=CANDIDATES,
        required=False,
        width=20,
    )
    coefficient: str = column(
        "Coefficient",
        "text",
        f"Name in flexsurv's parametrisation: {_coefficient_words()}; a spline's gamma0, "
        "gamma1 ... and its knots in months: knot0 (first event), knot1 ... (last event); cure_fraction; effect_ARM, the "
        "ratio of a further arm whose curve shares these coefficients. Where the table of curves names another program, as "
        "that one prints it, such as (Intercept) and Log(scale) of survreg",
        width=14,
    )
    parameter: Parameter = parameter_block(minimum=-1e6, maximum=1e6, by="coefficient", of=COEFFICIENT_LIMITS)
    KEY = ("arm", "endpoint", "candidate", "coefficient")
    GROUP = BY_ENDPOINT

    def in_words(self, names: Names) -> str:
        candidate = f" {self.candidate.replace('_', ' ')}" if self.candidate else ""
        return f"{names.arm(self.arm)}: {names.endpoint(self.endpoint)}{candidate}, {self.coefficient}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Covariance(Record):
    """One element of the covariance of a curve's coefficients, as the program that the curve names prints it.

    flexsurv's is on the estimation scale: logarithms of shape, scale, rate, sdlog and sigma; logit of a cure fraction;
    Gompertz shape, meanlog, mu, Q and the gammas of splines as they are."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=14)
    candidate: str | None = column(
        "Candidate", "choice", "As in the table of coefficients", choices=CANDIDATES, required=False, width=20
    )
    first: str = column(
        "First coefficient", "text", "Coefficient of the matrix row, as named in the table of coefficients", width=18
    )
    second: str = column(
        "Second coefficient", "text", "Coefficient of the matrix column; one row for each pair is enough", width=18
    )
    value: float = column(
        "Covariance",
        "number",
        "On the estimation scale, or as the program prints it that the table of curves names; the matrix is symmetric",
        minimum=-1e4,
        maximum=1e4,
        width=14,
        number_format="0.000000",
    )
    KEY = ("arm", "endpoint", "candidate", "first", "second")
    TOUCHES = "uncertainty"
