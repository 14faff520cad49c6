"""A starter workbook: a small, complete, runnable example of two arms, every value an illustrative assumption."""

from __future__ import annotations

import math
from os import PathLike
from typing import Any

from model.definition import (
    About,
    Administration,
    AdverseEvent,
    Arm,
    Assumption,
    Care,
    Coefficient,
    Covariance,
    Curve,
    Discount,
    Drug,
    EndOfLife,
    EventConsequence,
    EventProbability,
    Evidence,
    ExternalEvidence,
    LifeTableRow,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    Progression,
    Provenance,
    Reference,
    Regimen,
    RelativeEffect,
    ScenarioChange,
    Settings,
    SubsequentTreatment,
    Threshold,
    TreatmentParameter,
    Utility,
    UtilityNorm,
    define,
)

from .writer import write_inputs

NOTE = "Illustrative; replace by your own value and its source"


def write_template(path: str | PathLike[str]) -> None:
    """Write the starter workbook to ``path``."""
    write_inputs(template_definition(), path)


def template_definition() -> ModelDefinition:
    """The definition in the starter workbook."""
    return define(**_decision(), **_treatment(), **_survival(), **_health(), **_costs(), **_population(), **_documents())


def _rows(record: type, fields: str, *rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Records of one table: ``fields`` names the columns of the ``rows``."""
    return tuple(record(**dict(zip(fields.split(), row, strict=True))) for row in rows)


def _value(value: float, unit: str = "", distribution: str = "fixed", **numbers: float) -> Parameter:
    return Parameter(value=value, unit=unit, distribution=distribution, source="example", quality="assumption",
                     notes=NOTE, **numbers)


def _amount(value: float, unit: str = "USD") -> Parameter:
    """An amount with a standard error of a fifth of its value."""
    return _value(value, unit, "gamma", standard_error=0.2 * value)


def _decision() -> dict[str, Any]:
    about = About(
        title="Example: new drug added to standard care (illustrative values)",
        population="Adults with advanced cancer (illustrative)",
        intervention="Standard care + new drug",
        comparator="Standard care",
        perspective="Payer; direct medical costs",
        time_zero="Start of treatment",
        version="0.1",
        limitations="Every number is made up to show how the workbook is filled; no result has a meaning.",
    )
    settings = Settings(
        currency="USD",
        price_year="2025",
        intervention="new_treatment",
        comparator="standard_care",
        horizon_years=30.0,
        cycle_days=7.0,
        discount_rate_costs=0.03,
        discount_rate_effects=0.03,
        psa_draws=1000,
    )
    marked = ("horizon_years", "cycle_days", "discount_rate_costs", "discount_rate_effects")
    note = Provenance(source="example", quality="assumption", notes=NOTE)
    return {
        "about": about,
        "settings": settings,
        "provenance": dict.fromkeys(marked, note),
        "thresholds": _rows(
            Threshold, "value role source notes",
            (50_000.0, "comparison", "example", NOTE),
            (100_000.0, "decision", "example", NOTE),
        ),
    }


def _treatment() -> dict[str, Any]:
    return {
        "arms": _rows(
            Arm, "id label short_label colour description",
            ("standard_care", "Standard care", "Standard", "#7F7F7F", "Infusion every three weeks"),
            ("new_treatment", "Standard care + new drug", "New drug", "#1F77B4", "The same, with a daily capsule"),
        ),
        "regimens": _rows(
            Regimen, "arm drug until source notes",
            ("standard_care", "backbone", "progression", "example", NOTE),
            ("new_treatment", "backbone", "progression", "example", NOTE),
            ("new_treatment", "new_drug", "own_curve", "example", "Time-on-treatment curve on the sheet Survival"),
        ),
        "treatment": _rows(
            TreatmentParameter, "arm drug item parameter",
            ("new_treatment", "new_drug", "relative_dose_intensity",
             _value(0.92, "share", "beta", standard_error=0.02)),
        ),
        "drugs": _rows(
            Drug, "id label dose_basis dose unit loading_dose schedule_days administration source quality notes",
            ("backbone", "Backbone", "per_kg", 6.0, "mg", 8.0, 21.0, "infusion", "example", "assumption", NOTE),
            ("new_drug", "New drug", "fixed", 28.0, "capsule", None, 28.0, None, "example", "assumption",
             NOTE + ". One capsule a day; a pack for 28 days is handed out on day 1"),
            ("later_drug", "Later drug", "fixed", 21.0, "tablet", None, 21.0, None, "example", "assumption", NOTE),
        ),
        "products": _rows(
            Product, "drug product contents parameter",
            ("backbone", "vial_150", 150.0, _value(600.0, "USD per vial")),
            ("backbone", "vial_420", 420.0, _value(1600.0, "USD per vial")),
            ("new_drug", "pack_28", 28.0, _value(6000.0, "USD per pack")),
            ("later_drug", "pack_21", 21.0, _value(3000.0, "USD per pack")),
        ),
        "discounts": _rows(Discount, "drug parameter", ("new_drug", _value(0.1, "share"))),
        "administration": _rows(
            Administration, "id occasion label parameter",
            ("infusion", "first", "Infusion", _amount(300.0, "USD per dose")),
            ("infusion", "later", "Infusion", _amount(200.0, "USD per dose")),
        ),
    }


def _survival() -> dict[str, Any]:
    control, new, one = "standard_care", "new_treatment", "new_drug"
    hazard_ratio = ("hazard ratio", "lognormal_ratio")
    return {
        "curves": _rows(
            Curve, "arm endpoint source distribution reference_arm waning_start waning_end notes",
            (control, "pfs", "evidence", "loglogistic", None, None, None, NOTE),
            (control, "os", "evidence", "weibull", None, None, None, NOTE),
            (new, "pfs", "relative_effect", "loglogistic", control, None, None, NOTE),
            (new, "os", "relative_effect", "weibull", control, 60.0, 60.0, "No effect after five years (illustrative)"),
            (new, one, "coefficients", "weibull", None, None, None, "Time on the new drug (illustrative)"),
        ),
        "relative_effects": _rows(
            RelativeEffect, "arm endpoint parameter",
            (new, "pfs", _value(0.70, *hazard_ratio, low=0.55, high=0.89)),
            (new, "os", _value(0.80, *hazard_ratio, low=0.62, high=1.03)),
        ),
        "evidence": _rows(
            Evidence, "arm endpoint statistic item value lower upper effective_n source quality notes",
            (control, "pfs", "median", "", 12.0, 10.0, 14.5, None, "example", "assumption", NOTE),
            (control, "pfs", "landmark", "24", 0.26, None, None, 90.0, "example", "assumption", NOTE),
            (control, "os", "median", "", 30.0, 26.0, 35.0, None, "example", "assumption", NOTE),
            (control, "os", "landmark", "48", 0.30, None, None, 80.0, "example", "assumption", NOTE),
        ),
        "coefficients": _rows(
            Coefficient, "arm endpoint coefficient parameter",
            (new, one, "shape", _value(1.1, "", "normal", standard_error=0.066)),
            (new, one, "scale", _value(14.0, "months", "normal", standard_error=1.12)),
        ),
        "covariance": _rows(
            Covariance, "arm endpoint first second value",
            (new, one, "shape", "shape", 0.0036),
            (new, one, "shape", "scale", 0.0005),
            (new, one, "scale", "scale", 0.0064),
        ),
    }


def _health() -> dict[str, Any]:
    return {
        "utilities": _rows(
            Utility, "id state given_as parameter",
            ("progression_free", "progression_free", "utility", _value(0.78, "utility", "beta", standard_error=0.02)),
            ("progressed", "progressed", "decrement", _value(0.12, "utility", "beta", standard_error=0.03)),
        ),
        "adverse_events": _rows(
            AdverseEvent, "id label notes", ("neutropenia", "Neutropenia, grade 3 or 4", NOTE)
        ),
        "event_probabilities": _rows(
            EventProbability, "event arm parameter",
            ("neutropenia", "standard_care", _value(0.05, "probability", "beta", sample_size=200.0)),
            ("neutropenia", "new_treatment", _value(0.30, "probability", "beta", sample_size=200.0)),
        ),
        "event_consequences": _rows(
            EventConsequence, "event item parameter",
            ("neutropenia", "cost", _amount(900.0, "USD per event")),
            ("neutropenia", "disutility", _value(0.09, "utility", "beta", standard_error=0.02)),
            ("neutropenia", "duration_days", _value(10.0, "days", "gamma", standard_error=2.0)),
        ),
    }


def _costs() -> dict[str, Any]:
    share = {"unit": "share", "distribution": "dirichlet", "sample_size": 50.0}
    return {
        "care": _rows(
            Care, "id label during frequency interval_days parameter",
            ("visits", "Visits while progression-free", "progression_free", "every_days", 28.0,
             _amount(150.0, "USD per visit")),
            ("imaging", "Imaging while progression-free", "progression_free", "every_days", 84.0,
             _amount(800.0, "USD per scan")),
            ("supportive_care", "Supportive care after progression", "progressed", "per_month", None,
             _amount(600.0, "USD per month")),
        ),
        "progression": _rows(
            Progression, "item parameter",
            ("death_share", _value(0.10, "share", "beta", standard_error=0.03)),
            ("share_treated", _value(0.70, "share", "beta", standard_error=0.05)),
        ),
        "subsequent": _rows(
            SubsequentTreatment, "drug item parameter",
            ("later_drug", "share", _value(0.6, **share)),  # type: ignore[arg-type]
            ("backbone", "share", _value(0.4, **share)),  # type: ignore[arg-type]
            ("later_drug", "duration_months", _value(6.0, "months", "gamma", standard_error=1.2)),
            ("backbone", "duration_months", _value(5.0, "months", "gamma", standard_error=1.0)),
        ),
        "end_of_life": _rows(
            EndOfLife, "id label parameter", ("terminal_care", "Terminal care", _amount(9000.0, "USD per death"))
        ),
    }


def _population() -> dict[str, Any]:
    def qx(level: float, age: int) -> float:
        return round(min(1.0, level * math.exp(0.1 * (age - 30))), 6)

    return {
        "population": _rows(
            PopulationItem, "item parameter",
            ("start_age", _value(60.0, "years")),
            ("female_share", _value(0.5, "share")),
            ("weight_mean", _value(75.0, "kg")),
            ("weight_sd", _value(15.0, "kg")),
        ),
        "life_table": _rows(
            LifeTableRow, "age qx_female qx_male", *((age, qx(0.00025, age), qx(0.00035, age)) for age in range(40, 111))
        ),
        "utility_norms": _rows(
            UtilityNorm, "from_age utility",
            *((float(age), round(0.95 - 0.0025 * (age - 18), 4)) for age in (18, 25, 35, 45, 55, 65, 75)),
        ),
    }


def _documents() -> dict[str, Any]:
    return {
        "scenarios": _rows(
            ScenarioChange, "id label input value purpose",
            ("horizon_10", "Horizon 10 years", "settings.horizon_years", 10.0, "How much of the gain lies in the tail"),
            ("price_cut", "30% discount on the new drug", "discounts.new_drug", 0.3, "A lower price"),
            ("os_loglogistic", "Log-logistic overall survival", "curves.standard_care.os.distribution", "loglogistic",
             "Another extrapolation; the hazard ratio is applied to it"),
            ("late_waning", "Effect ends after ten years", "curves.new_treatment.os.waning_start", 120.0,
             "A longer effect; two changes that belong together"),
            ("late_waning", "Effect ends after ten years", "curves.new_treatment.os.waning_end", 120.0, ""),
        ),
        "external_evidence": _rows(
            ExternalEvidence, "id label endpoint statistic month value lower upper arm source notes",
            ("registry", "A registry of similar patients (illustrative)", "os", "landmark", 60.0, 0.2, 0.15, 0.25,
             "standard_care", "example", NOTE),
        ),
        "assumptions": _rows(
            Assumption, "id text justification scenario",
            ("extrapolation", "Survival beyond follow-up follows the distribution chosen for each curve",
             "Illustrative; justify the choice of each distribution", "os_loglogistic"),
            ("waning", "The effect on overall survival ends after five years", "Illustrative", "late_waning"),
        ),
        "references": _rows(
            Reference, "id citation",
            ("example", "No source: an illustrative value of the starter workbook. Replace it by your references."),
        ),
    }
