"""The sheets on which the decision problem stands: cover, settings, patients, arms."""

from __future__ import annotations

from model.definition.records.settings import About, Settings
from model.excel.inputs.table_specs import FieldsSpec, SheetSpec, TableSpec

ABOUT = FieldsSpec(
    "about",
    "About this model",
    "The decision problem in words; printed on every output.",
    About,
    "About",
    "Entry",
    ("What to write",),
)
SETTINGS = FieldsSpec(
    "settings",
    "Settings",
    "Conventions of the calculation. Every one is echoed in the results.",
    Settings,
    "Setting",
    "Value",
    ("Unit", "Allowed", "What it does", "Source", "Quality", "Notes"),
)

DECISION: tuple[SheetSpec, ...] = (
    SheetSpec(
        "Cover",
        "Cover",
        "What the model is about, how to use the workbook, and what stands where",
        (ABOUT,),
        ("How to use this workbook", "Colour key", "Contents"),
    ),
    SheetSpec(
        "Settings",
        "Settings",
        "Horizon, cycle, discounting and the other conventions of the calculation",
        (
            SETTINGS,
            TableSpec("thresholds", "Willingness-to-pay thresholds", "Amounts per QALY at which results are stated."),
            TableSpec(
                "discount_steps",
                "Later discount rates",
                "Rates that replace those of the settings from a year on; leave empty for constant rates.",
                required=False,
            ),
        ),
    ),
    SheetSpec(
        "Population",
        "Population",
        "Who is treated: age, sex and body size",
        (
            TableSpec(
                "population",
                "Treated population",
                "Age and share of women shift the life table and the utility norms; body size sets weight-based doses.",
                value_format="0.0###",
            ),
        ),
    ),
    SheetSpec(
        "Arms",
        "Arms and regimens",
        "The treatments compared, the drugs of each, and how long they are taken",
        (
            TableSpec("arms", "Arms", "One row per treatment option; its id is used on all other sheets."),
            TableSpec(
                "regimens", "Regimens", "One row per drug of an arm, with the rule by which treatment ends.", input_ids=True
            ),
            TableSpec(
                "treatment",
                "Use of drugs",
                "Uncertain numbers about an arm's use of a drug; an item that is not listed is 1.",
                required=False,
                value_format="0.000##",
            ),
        ),
    ),
)
