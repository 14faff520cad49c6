"""Arms, drugs, prices and care of the starter workbook."""

from __future__ import annotations

from typing import Any

from model.definition import (
    Administration,
    Arm,
    BudgetItem,
    Care,
    Discount,
    Drug,
    EndOfLife,
    MarketShare,
    NetPrice,
    PriceChange,
    PriceIndex,
    Product,
    Progression,
    Regimen,
    SubsequentTreatment,
    TreatmentParameter,
)
from model.excel.template.values import NOTE, example_amount, example_value, rows


def treatment() -> dict[str, Any]:
    return {
        "arms": rows(
            Arm,
            "id label short_label colour description",
            ("standard_care", "Standard care", "Standard", "#7F7F7F", "Infusion every three weeks"),
            ("new_treatment", "Standard care + new drug", "New drug", "#1F77B4", "The same, with a daily capsule"),
        ),
        "regimens": rows(
            Regimen,
            "arm drug until source notes",
            ("standard_care", "backbone", "progression", "example", NOTE),
            ("new_treatment", "backbone", "progression", "example", NOTE),
            ("new_treatment", "new_drug", "own_curve", "example", "Time-on-treatment curve on the sheet Survival"),
        ),
        "treatment": rows(
            TreatmentParameter,
            "arm drug item parameter",
            (
                "new_treatment",
                "new_drug",
                "relative_dose_intensity",
                example_value(0.92, "share", "beta", standard_error=0.02),
            ),
        ),
        "drugs": rows(
            Drug,
            "id label dose_basis dose unit loading_dose schedule_days administration source quality notes",
            ("backbone", "Backbone", "per_kg", 6.0, "mg", 8.0, 21.0, "infusion", "example", "assumption", NOTE),
            (
                "new_drug",
                "New drug",
                "fixed",
                28.0,
                "capsule",
                None,
                28.0,
                None,
                "example",
                "assumption",
                NOTE + ". One capsule a day; a pack for 28 days is handed out on day 1",
            ),
            ("later_drug", "Later drug", "fixed", 21.0, "tablet", None, 21.0, None, "example", "assumption", NOTE),
        ),
        "products": rows(
            Product,
            "drug product contents parameter",
            ("backbone", "vial_150", 150.0, example_value(600.0, "USD per vial")),
            ("backbone", "vial_420", 420.0, example_value(1600.0, "USD per vial")),
            ("new_drug", "pack_28", 28.0, example_value(6000.0, "USD per pack")),
            ("later_drug", "pack_21", 21.0, example_value(3000.0, "USD per pack")),
        ),
        "discounts": rows(Discount, "drug parameter", ("new_drug", example_value(0.1, "share"))),
        "price_changes": rows(
            PriceChange,
            "drug product change given_as applies from_month parameter",
            ("new_drug", None, "generic_entry", "factor", False, 96.0, example_value(0.3, "share of list price")),
        ),
        "administration": rows(
            Administration,
            "id occasion label parameter",
            ("infusion", "first", "Infusion", example_amount(300.0, "USD per dose")),
            ("infusion", "later", "Infusion", example_amount(200.0, "USD per dose")),
        ),
    }


def costs() -> dict[str, Any]:
    share = {"unit": "share", "distribution": "dirichlet", "sample_size": 50.0}
    return {
        "care": rows(
            Care,
            "id label during frequency interval_days parameter",
            (
                "visits",
                "Visits while progression-free",
                "progression_free",
                "every_days",
                28.0,
                example_amount(150.0, "USD per visit"),
            ),
            (
                "imaging",
                "Imaging while progression-free",
                "progression_free",
                "every_days",
                84.0,
                example_amount(800.0, "USD per scan"),
            ),
            (
                "supportive_care",
                "Supportive care after progression",
                "progressed",
                "per_month",
                None,
                example_amount(600.0, "USD per month"),
            ),
        ),
        "progression": rows(
            Progression,
            "item parameter",
            ("death_share", example_value(0.10, "share", "beta", standard_error=0.03)),
            ("share_treated", example_value(0.70, "share", "beta", standard_error=0.05)),
        ),
        "subsequent": rows(
            SubsequentTreatment,
            "drug item parameter",
            ("later_drug", "share", example_value(0.6, **share)),  # type: ignore[arg-type]
            ("backbone", "share", example_value(0.4, **share)),  # type: ignore[arg-type]
            ("later_drug", "duration_months", example_value(6.0, "months", "gamma", standard_error=1.2)),
            ("backbone", "duration_months", example_value(5.0, "months", "gamma", standard_error=1.0)),
        ),
        "end_of_life": rows(
            EndOfLife,
            "id label price_year parameter",
            ("terminal_care", "Terminal care", 2023, example_amount(9000.0, "USD per death")),
        ),
        "price_index": rows(
            PriceIndex,
            "year index source quality notes",
            *((year, level, "example", "assumption", NOTE) for year, level in ((2023, 100.0), (2024, 102.5), (2025, 105.0))),
        ),
    }


def budget() -> dict[str, Any]:
    uptake = (0.1, 0.25, 0.4, 0.45, 0.5)
    return {
        "budget_items": rows(
            BudgetItem,
            "item value unit source notes",
            ("prevalent", 500.0, "patients", "example", NOTE),
            ("already_treated", 0.6, "share", "example", NOTE),
            ("incident", 200.0, "patients per year", "example", NOTE),
            ("growth", 0.01, "per year", "example", NOTE),
            ("eligible", 0.8, "share", "example", NOTE),
            ("start_month", 6.0, "months", "example", NOTE),
            ("covered_lives", 1_000_000.0, "people", "example", NOTE),
        ),
        "market_shares": rows(
            MarketShare,
            "year arm without share_with source notes",
            *(
                row
                for year, share in enumerate(uptake, start=1)
                for row in (
                    (year, "standard_care", 1.0, round(1.0 - share, 2), "example", NOTE),
                    (year, "new_treatment", 0.0, share, "example", NOTE),
                )
            ),
        ),
        "net_prices": rows(NetPrice, "drug from_year factor source notes", ("new_drug", 1, 1.0, "example", NOTE)),
    }
