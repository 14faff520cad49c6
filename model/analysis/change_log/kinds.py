"""What a difference between two models can touch: the deterministic results, the uncertainty around them, or words alone."""

from __future__ import annotations

from collections.abc import Mapping

from model.definition.model_definition import TABLES
from model.definition.records.record import DOCUMENTATION, RESULTS

TOUCHES: Mapping[str, str] = {
    RESULTS: "deterministic results",
    DOCUMENTATION: "no effect on results: documentation",
    "thresholds": "no effect on costs and QALYs: thresholds at which results are stated",
    "currency": "no effect on the numbers: name of the currency, nothing is converted",
    "uncertainty": "no effect on deterministic results: touches only the probabilistic and one-way analyses",
    "sampling": "no effect on deterministic results: touches only the probabilistic analysis",
    "bounds": "no effect on deterministic results: touches only the one-way analysis",
    "headline": "no effect on results: says which of them heads the first page",
    "permission": "no effect on results: says whether curves that the data do not determine may be used",
    "scenarios": "no effect on the base case: touches only the scenarios",
    "budget": "no effect on costs and QALYs: patients, market shares and rebates of the budget impact",
    "profile": "no effect on costs and QALYs: what an agency asks for",
    "subgroups": "no effect on the base case: touches only the subgroups",
    "flags": "no effect on costs and QALYs: limits at which flags of coherence are raised",
}

KIND_OF_TABLE: Mapping[str, str] = {
    "about": DOCUMENTATION,
    **{name: record.TOUCHES for name, record in TABLES.items() if record.TOUCHES != RESULTS},
}
KIND_OF_SETTING: Mapping[str, str] = {
    "currency": "currency",
    "headline": "headline",
    "profile": "profile",
    "stepped_results": "profile",
    "one_way_bounds": "bounds",
    "curve_uncertainty": "sampling",
    "bootstrap_resamples": "sampling",
    "undetermined_curves": "permission",
    "psa_draws": "sampling",
    "sampling": "sampling",
    "seed": "sampling",
}
UNCERTAINTY_OF_PARAMETERS = ("distribution", "standard_error", "sample_size", "low", "high")
WORDS_ALONE = ("source", "quality", "notes", "label", "short_label", "colour", "description", "unit", "purpose")


def kind_of(table: str, field: str = "", in_block: bool = False) -> str:
    """The key of :data:`TOUCHES` for a field of a table; for a whole record with ``field`` empty.

    ``in_block``: the field belongs to the record's parameter. Interval, standard error and effective n of the table
    of evidence weigh a calibration, so they touch the deterministic results.
    """
    if table == "settings":
        if "." in field:  # settings.horizon_years.source: where the value of a setting comes from
            return DOCUMENTATION
        return KIND_OF_SETTING.get(field, RESULTS)
    if field in WORDS_ALONE and (table, field) != ("curves", "source"):
        return DOCUMENTATION
    if table in KIND_OF_TABLE:
        return KIND_OF_TABLE[table]
    if in_block and field in UNCERTAINTY_OF_PARAMETERS:
        return "uncertainty"
    return RESULTS
