"""Tables of the candidates fitted to data."""

from __future__ import annotations

from model.analysis.columns.common import AGAINST, ARM, DIFFERENCE, LOWER_95, UPPER_95
from model.result_columns import Repeated, ResultColumn, Table, number, text

ENDPOINT_ID = text("endpoint", "Endpoint id", 13, "Id of the endpoint")
OF_ENDPOINT = Repeated((ENDPOINT_ID,))
"""In tables over all endpoints."""
ARM_ID = text("arm", "Arm id", 22, "Id of the arm")
CANDIDATE = text("distribution", "Candidate", 32, "Id of the distribution")
DISTRIBUTION_WORDS = text("label", "Distribution", 32, "The distribution in words")
PARAMETERS = number("parameters", "Parameters", "count", 13, "How many were estimated")
LOG_LIKELIHOOD = number("log_likelihood", "Log-likelihood", "area", 12, "At the estimates")
AIC = number("aic", "AIC", "area", 11, "2 x parameters - 2 x log-likelihood; the lower, the better")
SELECTED = text("selected", "Selected", 11, "Is it the curve of the base case?")
NOTE = text("note", "Note", 12, "Remarks", "free")
MONTH = number("month", "Month", "months", 10, "Time since time zero", "months")
POPULATION = Repeated((number("General population", "General population", "factor", 13, "By the life table"),))


def _months(name: str, header: str, kind: str, width: float, meaning: str) -> ResultColumn:
    return number(name, header, kind, width, meaning, "months")


def _limits(width: float, kind: str = "ratio", prefix: str = "") -> tuple[ResultColumn, ResultColumn]:
    made = [number(prefix + c.name, c.header, kind, width, c.help) for c in (LOWER_95, UPPER_95)]
    return made[0], made[1]


DATA = Table(
    "fit_data",
    "Data",
    (
        *(OF_ENDPOINT, ARM),
        number("patients", "Patients", "count", 13, "In the data"),
        number("events", "Events", "count", 10, "In the data"),
        number("censored", "Censored", "count", 11, "In the data"),
        _months("longest_follow_up_months", "Longest follow-up", "months", 12, "Last time at which a patient was observed"),
        _months("median_follow_up_months", "Median follow-up", "months", 12, "By the reversed Kaplan-Meier method"),
        _months("median_months", "Median", "area", 11, "Kaplan-Meier"),
        _months("median_lower_95", "Lower 95%", "area", 11, "Of the median"),
        _months("median_upper_95", "Upper 95%", "area", 11, "Of the median"),
        _months("common_follow_up_months", "to month", "months", 10, "Up to which every arm was observed"),
        _months("restricted_mean_months", "Restricted mean", "area", 12, "To the common follow-up"),
        _months("restricted_mean_se", "SE", "area", 9, "Standard error of the restricted mean"),
        text("data", "Data", 32, "Patient data, or reconstructed from a digitised curve"),
    ),
)
COMPARISON = Table(
    "fit_comparison_of_arms",
    "Comparison of the arms",
    (
        *(OF_ENDPOINT, ARM),
        AGAINST.wide(13),
        text("statistic", "Statistic", 32, "What is compared"),
        number("value", "Value", "ratio", 12, "Of the statistic"),
        *(*_limits(11), NOTE),
    ),
)
GOODNESS_OF_FIT = Table(
    "fit_goodness_of_fit",
    "Fit statistics",
    (
        *(OF_ENDPOINT, ARM, CANDIDATE, DISTRIBUTION_WORDS, PARAMETERS, LOG_LIKELIHOOD, AIC),
        number("delta_aic", "AIC above lowest", "area", 12, "Of the arm"),
        number("aic_rank", "AIC rank", "count", 11, "Among the candidates that the data determine"),
        number("bic", "BIC", "area", 11, "Parameters x log(patients) - 2 x log-likelihood"),
        number("bic_rank", "BIC rank", "count", 11, "Among the candidates that the data determine"),
        number("aic_weight", "AIC weight", "share", 11, "Akaike weight among them"),
        SELECTED,
        text("status", "Status", 15, "What became of the fit"),
        text("note", "Remark", 34, "Why, or what to look at", "note"),
    ),
)
JOINT = Table(
    "fit_joint_fits",
    "Arms apart and arms jointly",
    (
        *(OF_ENDPOINT, CANDIDATE, DISTRIBUTION_WORDS.wide(22)),
        text("arms", "Arms", 32, "Fitted separately, or jointly with one effect for each further arm"),
        *(PARAMETERS, LOG_LIKELIHOOD.wide(13), AIC.wide(12)),
        text("effect_of", "Effect of", 12, "The arm; empty for separate fits"),
        number("effect", "Effect", "ratio", 10, "Hazard ratio or acceleration factor against the first arm"),
        *_limits(10, prefix="effect_"),
    ),
)
LANDMARKS = Table(
    "fit_landmarks",
    "Survival at landmarks",
    (
        *(OF_ENDPOINT, ARM),
        text("curve", "Curve", 32, "Kaplan-Meier, a candidate, the general population or a point from outside"),
        number("year", "Year", "area", 10, "Time of the landmark", "years"),
        number("survival", "Share event-free", "share", 11, "At that time"),
        *_limits(11, "share"),
    ),
)


def _mean(name: str, header: str, meaning: str, width: float = 12) -> ResultColumn:
    return number(name, header, "area", width, meaning, "years")


MEANS = Table(
    "fit_means",
    "Medians and means",
    (
        *(OF_ENDPOINT, ARM, CANDIDATE, DISTRIBUTION_WORDS),
        _months("median_months", "Median, {unit}", "months", 13, "Of the candidate"),
        _months("median_months_kaplan_meier", "Kaplan-Meier median", "months", 12, "Of the data"),
        _mean("mean_years_follow_up", "Mean to end of follow-up, {unit}", "Area under the candidate", 13),
        _mean("mean_years_follow_up_kaplan_meier", "Kaplan-Meier, {unit}", "Area under the data, to the same time"),
        _mean("mean_years_horizon", "Mean to horizon, {unit}", "Area under the candidate"),
        *(c.measured("years", "area") for c in _limits(10)),
        _mean("mean_years_lifetime", "Lifetime mean, {unit}", "Area under the whole curve; empty for excess hazards"),
        number("share_beyond_follow_up", "Share beyond follow-up", "share", 12, "Of the mean to the horizon"),
        SELECTED.wide(10),
    ),
)
RECONSTRUCTION = Table(
    "fit_reconstruction",
    "Reconstruction from the digitised curve",
    (
        *(OF_ENDPOINT, ARM),
        text("item", "Item", 32, "What is compared"),
        number("published", "Published", "value", 12, "As published"),
        number("reconstructed", "Reconstructed", "value", 13, "Of the reconstructed data"),
        *(DIFFERENCE.wide(12, "value"), NOTE),
    ),
)
COEFFICIENTS = Table(
    "fit_coefficients",
    "Coefficients",
    (
        *(ENDPOINT_ID, ARM_ID, CANDIDATE),
        text("coefficient", "Coefficient", 13, "Name in flexsurv's parametrisation; knots and cut points in months"),
        number("value", "Value", "small", 13, "On the natural scale"),
        *_limits(13, "small"),
        text("estimation_scale", "Estimation scale", 12, "Logarithm, logit or itself; fixed for knots"),
        number("estimate", "Estimate", "small", 13, "On the estimation scale"),
        number("standard_error", "SE", "small", 12, "On the estimation scale"),
    ),
)
EQUATIONS = Table(
    "fit_equations",
    "Equations of the splines",
    (
        *(ENDPOINT_ID, ARM_ID, CANDIDATE),
        text("equation", "Equation", 90, "The spline with its numbers, t in months; S is the share event-free", "note"),
    ),
)
COVARIANCE = Table(
    "fit_covariance",
    "Covariance of coefficients",
    (
        *(ENDPOINT_ID, ARM_ID, CANDIDATE),
        text("first", "First coefficient", 13, "Of the pair"),
        text("second", "Second coefficient", 13, "Of the pair"),
        number("value", "Covariance", "small", 13, "On the estimation scale"),
    ),
)
OF_CURVE = number("{arm}: {curve}", "{arm}: {curve}", "factor", 13, "Share event-free: the data, then each candidate")
CURVES = Table("fit_curves", "Curves", (MONTH, Repeated((OF_CURVE,)), POPULATION))
HAZARDS = Table(
    "fit_hazards",
    "Hazards per month",
    (
        *(ARM, MONTH),
        number("smoothed", "Smoothed", "factor", 13, "Kernel estimate of the hazard, per month"),
        *_limits(13, "factor"),
        *(Repeated((number("{curve}", "{curve}", "factor", 13, "Hazard of each candidate, per month"),)), POPULATION),
    ),
)
IMPLIED_HAZARD_RATIO = Table(
    "fit_implied_hazard_ratio",
    "Implied hazard ratio of each candidate",
    (MONTH, Repeated((number("{arm}: {curve}", "{arm}: {curve}", "ratio", 13, "Hazard over that of the first arm"),))),
)
STRUCTURE_LIKELIHOODS = Table(
    "fit_structures",
    "Structures on the same patients",
    (
        ARM,
        text("structure", "Structure", 54, "How the states come about"),
        LOG_LIKELIHOOD.wide(14),
        PARAMETERS,
        AIC.wide(12),
        number("bic", "BIC", "area", 12, "Parameters x log(patients) - 2 x log-likelihood"),
        text("families", "Curves", 60, "The family of lowest AIC of each endpoint", "note"),
        text("note", "Remark", 34, "Why there is none, or what to look at", "note"),
    ),
)
TRANSITION_FITS = Table(
    "fit_transitions",
    "Curves of the transitions",
    (
        ARM,
        text("transition", "Endpoint", 48, "What is fitted; progression and death before it censor each other"),
        DISTRIBUTION_WORDS,
        *(PARAMETERS, LOG_LIKELIHOOD.wide(14), AIC.wide(12)),
        text("used", "Used", 10, "Does it stand for the endpoint in the structures?"),
        text("note", "Remark", 34, "Why it was not fitted", "note"),
    ),
)
