"""Tables of the model beside the evidence, and the dictionary of parameters."""

from __future__ import annotations

from model.analysis.columns.base_case import MEDIAN, RESTRICTED_MEAN, landmark
from model.analysis.columns.common import (
    ARM,
    DIFFERENCE,
    DISTRIBUTION,
    ENDPOINT,
    INCREMENTAL_QALYS,
    LABEL,
    LOWER_95,
    NOTES,
    SOURCE,
    UNIT,
    UPPER_95,
)
from model.result_columns import ResultColumn, Table, number, text

CANDIDATE_YEARS = (5.0, 10.0, 20.0)
"""At which candidates are compared."""

STATISTIC = text("statistic", "Statistic", 18, "Median in months, share event-free or not reached at a month, hazard ratio")
AT_MONTH = number("month", "At month", "months", 10, "Time of the statistic", "months")
REPORTED = number("reported", "Reported", "ratio", 11, "The statistic as published")
MODEL = number("model", "Model", "ratio", 11, "The same of the model, after all repairs")
CALIBRATED_TO = text("calibrated_to", "Calibrated to", 0, "Is the curve of the base case calibrated to it?")
VERDICT = text("verdict", "Verdict", 22, "Model inside, above or below the interval; without one, above or below the figure")
USED_AS = text("used_as", "Use in the base case", 30, "What the statistic is used for")
TRIAL = Table(
    "trial_against_model",
    "Trial and model",
    (
        *(ARM.wide(34), ENDPOINT.wide(0), STATISTIC, AT_MONTH, REPORTED, LOWER_95, UPPER_95, MODEL, DIFFERENCE),
        *(VERDICT, CALIBRATED_TO, USED_AS, SOURCE, NOTES),
    ),
)

EXTERNAL = Table(
    "external_evidence",
    "External evidence",
    (
        text("study", "Study and population", 34, "Where the figure comes from"),
        *(ENDPOINT.wide(0), STATISTIC, AT_MONTH, REPORTED, LOWER_95, UPPER_95),
        text("compared_with", "Compared with arm", 13, "The arm beside which it stands"),
        MODEL,
        VERDICT,
        text("independence", "Independence", 18, "Do the figure and the inputs rest on the same data?"),
        SOURCE,
        text("notes", "Why figures may differ", 0, "Remarks of the input sheet", "note"),
    ),
)

PUBLISHED = Table(
    "published_analyses",
    "Published analyses",
    (
        text("study", "Study", 34, "The analysis"),
        text("compared", "Compared", 34, "The options that the study compares", "note"),
        text("setting", "Setting", 0, "Country, perspective, year"),
        ResultColumn("icer", "ICER per QALY", "currency of the row per QALY", "money", 18, "As published"),
        text("currency", "Currency", 10, "Of the row"),
        text("price_year", "Price year", 12, "Where the study states it"),
        INCREMENTAL_QALYS.wide(11, "qalys"),
        number("qalys_ratio", "QALYs gained / this model's", "ratio", 13, "Of the study, over those of this model"),
        number("icer_ratio", "ICER / this model's", "ratio", 13, "Where both are in one currency; not brought to one year"),
        SOURCE,
        text("notes", "Why it differs", 0, "Remarks of the input sheet", "note"),
    ),
)

CHOSEN = text("selected", "Chosen", 10, "Is it the curve of the base case?")
CANDIDATES = Table(
    "candidate_curves",
    "Candidate distributions",
    (
        *(ARM, ENDPOINT, DISTRIBUTION.wide(18)),
        CHOSEN,
        text("status", "Status", 0, "What became of the calibration"),
        text("coefficients", "Coefficients", 40, "By name, in the parametrisation of flexsurv, months", "note"),
        number(
            *("largest_standardised_residual", "Largest standardised residual", "area", 0),
            "Largest distance from a statistic, in its standard errors",
        ),
        MEDIAN.wide(0),
        RESTRICTED_MEAN.wide(0),
        number("mean_years", "Mean, {unit}", "area", 0, "Area under the whole curve", "years"),
        *(landmark(f"at {y:g} years", y, 0) for y in CANDIDATE_YEARS),
    ),
)

SAMPLED_NUMBERS = (
    REPORTED.wide(0, "any"),
    number("reported_lower_95", "Lower 95%", "any", 0, "Lower limit of the interval as published"),
    number("reported_upper_95", "Upper 95%", "any", 0, "Upper limit of the interval as published"),
    number("sampled_median", "Median of draws", "any", 0, "Median of the statistic over curves drawn"),
    number("sampled_lower_95", "Sampled, lower 95%", "any", 0, "2.5th percentile over curves drawn"),
    number("sampled_upper_95", "Sampled, upper 95%", "any", 0, "97.5th percentile over curves drawn"),
)
"""What a statistic is, in its own unit: months, a share or a ratio."""
SAMPLED = Table(
    "sampled_against_evidence",
    "Sampled and reported intervals",
    (
        *(ARM, ENDPOINT, DISTRIBUTION.wide(18), CHOSEN, STATISTIC.wide(14), AT_MONTH.wide(0)),
        *SAMPLED_NUMBERS,
        number("width_ratio", "Width, sampled / reported", "area", 0, "Of the two intervals; hazard ratios: of logarithms"),
        text("flag", "Flag", 24, "Do the draws leave the evidence, or are they surer than it is?"),
    ),
)

PARAMETERS = Table(
    "parameters",
    "Inputs",
    (
        text("id", "Input id", 52, "Id of the input, as scenarios and --set name it"),
        LABEL.wide(52),
        number("value", "Value", "value", 14, "Value of the base case"),
        UNIT.wide(16),
        DISTRIBUTION,
        number("standard_error", "Standard error", "value", 12, "Of the distribution"),
        number("sample_size", "n", "count", 9, "Sample size behind the distribution"),
        number("low", "Low", "value", 12, "Low bound of the input sheet"),
        number("high", "High", "value", 12, "High bound of the input sheet"),
        SOURCE.wide(28),
        text("quality", "Quality of the source", 30, "Kind of evidence"),
        NOTES,
    ),
)
