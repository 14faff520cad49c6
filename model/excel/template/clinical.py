"""Curves, utilities and adverse events of the starter workbook."""

from __future__ import annotations

from typing import Any

from model.definition import (
    AdverseEvent,
    Coefficient,
    Covariance,
    Curve,
    EventConsequence,
    EventProbability,
    Evidence,
    FollowUp,
    RelativeEffect,
    Utility,
)
from model.excel.template.values import NOTE, example_amount, example_value, rows


def survival() -> dict[str, Any]:
    control, new, one = "standard_care", "new_treatment", "new_drug"
    hazard_ratio = ("hazard ratio", "lognormal_ratio")
    return {
        "curves": rows(
            Curve,
            "arm endpoint source distribution reference_arm waning_start waning_end notes",
            (control, "pfs", "evidence", "loglogistic", None, None, None, NOTE),
            (control, "os", "evidence", "weibull", None, None, None, NOTE),
            (new, "pfs", "relative_effect", "loglogistic", control, None, None, NOTE),
            (new, "os", "relative_effect", "weibull", control, 60.0, 60.0, "No effect after five years (illustrative)"),
            (new, one, "coefficients", "weibull", None, None, None, "Time on the new drug (illustrative)"),
        ),
        "relative_effects": rows(
            RelativeEffect,
            "arm endpoint parameter",
            (new, "pfs", example_value(0.70, *hazard_ratio, low=0.55, high=0.89)),
            (new, "os", example_value(0.80, *hazard_ratio, low=0.62, high=1.03)),
        ),
        "evidence": rows(
            Evidence,
            "arm endpoint statistic item value lower upper effective_n source quality notes",
            (control, "pfs", "median", "", 12.0, 10.0, 14.5, None, "example", "assumption", NOTE),
            (control, "pfs", "landmark", "24", 0.26, None, None, None, "example", "assumption", NOTE),
            (control, "os", "median", "", 30.0, 26.0, 35.0, None, "example", "assumption", NOTE),
            (control, "os", "landmark", "48", 0.30, None, None, 80.0, "example", "assumption", NOTE),
        ),
        "follow_up": rows(
            FollowUp,
            "arm endpoint patients shortest median longest source quality notes",
            (control, "pfs", 120.0, 14.0, 22.0, 38.0, "example", "assumption", NOTE),
        ),
        "coefficients": rows(
            Coefficient,
            "arm endpoint coefficient parameter",
            (new, one, "shape", example_value(1.1, standard_error=0.066)),
            (new, one, "scale", example_value(14.0, "months", standard_error=1.12)),
        ),
        "covariance": rows(
            Covariance,
            "arm endpoint first second value",
            (new, one, "shape", "shape", 0.0036),
            (new, one, "shape", "scale", 0.0005),
            (new, one, "scale", "scale", 0.0064),
        ),
    }


def health() -> dict[str, Any]:
    return {
        "utilities": rows(
            Utility,
            "id state given_as parameter",
            ("progression_free", "progression_free", "utility", example_value(0.78, "utility", "beta", standard_error=0.02)),
            ("progressed", "progressed", "decrement", example_value(0.12, "utility", "beta", standard_error=0.03)),
        ),
        "adverse_events": rows(AdverseEvent, "id label notes", ("neutropenia", "Neutropenia, grade 3 or 4", NOTE)),
        "event_probabilities": rows(
            EventProbability,
            "event arm parameter",
            ("neutropenia", "standard_care", example_value(0.05, "probability", "beta", sample_size=200.0)),
            ("neutropenia", "new_treatment", example_value(0.30, "probability", "beta", sample_size=200.0)),
        ),
        "event_consequences": rows(
            EventConsequence,
            "event item parameter",
            ("neutropenia", "cost", example_amount(900.0, "USD per event")),
            ("neutropenia", "disutility", example_value(0.09, "utility", "beta", standard_error=0.02)),
            ("neutropenia", "duration_days", example_value(10.0, "days", "gamma", standard_error=2.0)),
        ),
    }
