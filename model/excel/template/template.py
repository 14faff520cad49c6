"""A starter workbook: a small, complete, runnable example of two arms, every value an illustrative assumption."""

from __future__ import annotations

import math
from os import PathLike
from typing import Any

from model.definition import (
    About,
    Assumption,
    ExternalEvidence,
    LifeTableRow,
    ModelDefinition,
    PopulationItem,
    Provenance,
    Reference,
    ScenarioChange,
    Settings,
    Subgroup,
    SubgroupChange,
    Threshold,
    UtilityNorm,
    Version,
    define,
)
from model.excel.inputs.writer import write_inputs
from model.excel.template.clinical import health, survival
from model.excel.template.resources import budget, costs, treatment
from model.excel.template.values import NOTE, example_value, rows


def write_template(path: str | PathLike[str]) -> None:
    """Write the starter workbook to ``path``."""
    write_inputs(template_definition(), path)


def template_definition() -> ModelDefinition:
    """The definition in the starter workbook."""
    return define(**template_tables())


def template_tables() -> dict[str, Any]:
    """Its tables by name, as they are typed."""
    parts = (_decision(), treatment(), survival(), health(), costs(), budget(), _population(), _documents())
    return {name: table for part in parts for name, table in part.items()}


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
        "thresholds": rows(
            Threshold,
            "value role source notes",
            (50_000.0, "comparison", "example", NOTE),
            (100_000.0, "decision", "example", NOTE),
        ),
    }


def _population() -> dict[str, Any]:
    def qx(level: float, age: int) -> float:
        return round(min(1.0, level * math.exp(0.1 * (age - 30))), 6)

    return {
        "population": rows(
            PopulationItem,
            "item parameter",
            ("start_age", example_value(60.0, "years")),
            ("female_share", example_value(0.5, "share")),
            ("weight_mean", example_value(75.0, "kg")),
            ("weight_sd", example_value(15.0, "kg")),
        ),
        "life_table": rows(
            LifeTableRow, "age qx_female qx_male", *((age, qx(0.00025, age), qx(0.00035, age)) for age in range(40, 111))
        ),
        "utility_norms": rows(
            UtilityNorm,
            "from_age utility",
            *((float(age), round(0.95 - 0.0025 * (age - 18), 4)) for age in (18, 25, 35, 45, 55, 65, 75)),
        ),
    }


def _documents() -> dict[str, Any]:
    return {
        "scenarios": rows(
            ScenarioChange,
            "id label input value purpose",
            ("horizon_10", "Horizon 10 years", "settings.horizon_years", 10.0, "How much of the gain lies in the tail"),
            ("price_cut", "30% discount on the new drug", "discounts.new_drug", 0.3, "A lower price"),
            (
                "generic_entry",
                "Generic new drug after eight years",
                "price_changes.new_drug.generic_entry.factor.applies",
                "yes",
                "A row of the table of price changes, switched on",
            ),
            (
                "os_loglogistic",
                "Log-logistic overall survival",
                "curves.standard_care.os.distribution",
                "loglogistic",
                "Another extrapolation; the hazard ratio is applied to it",
            ),
            (
                "late_waning",
                "Effect ends after ten years",
                "curves.new_treatment.os.waning_start",
                120.0,
                "A longer effect; two changes that belong together",
            ),
            ("late_waning", "Effect ends after ten years", "curves.new_treatment.os.waning_end", 120.0, ""),
        ),
        "subgroups": rows(
            Subgroup,
            "id label share source notes",
            ("younger", "Under 65 years", 0.6, "example", NOTE),
            ("older", "65 years and over", 0.4, "example", NOTE),
        ),
        "subgroup_changes": rows(
            SubgroupChange,
            "subgroup input value source notes",
            ("younger", "population.start_age", 56.0, "example", NOTE),
            ("older", "population.start_age", 71.0, "example", NOTE),
            ("older", "relative_effects.new_treatment.os", 0.9, "example", NOTE),
        ),
        "external_evidence": rows(
            ExternalEvidence,
            "id label endpoint statistic month value lower upper arm source notes",
            (
                "registry",
                "A registry of similar patients (illustrative)",
                "os",
                "landmark",
                60.0,
                0.2,
                0.15,
                0.25,
                "standard_care",
                "example",
                NOTE,
            ),
        ),
        "assumptions": rows(
            Assumption,
            "id text justification scenario",
            (
                "extrapolation",
                "Survival beyond follow-up follows the distribution chosen for each curve",
                "Illustrative; justify the choice of each distribution",
                "os_loglogistic",
            ),
            ("waning", "The effect on overall survival ends after five years", "Illustrative", "late_waning"),
        ),
        "references": rows(
            Reference,
            "id citation",
            ("example", "No source: an illustrative value of the starter workbook. Replace it by your references."),
        ),
        "versions": rows(Version, "version date change", ("1.0", "2026-11-26", "The starter workbook")),
    }
