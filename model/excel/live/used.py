"""Which input cells the live calculation uses, and why the others do not change a deterministic result."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.addresses import addresses
from model.definition.model_definition import ModelDefinition
from model.excel.inputs.schema import SHEETS, TABLE_SPECS
from model.excel.inputs.table_specs import TableSpec

CALCULATION_SETTINGS = (
    "structure",
    "link_between_arms",
    "after_progression",
    "horizon_years",
    "cycle_days",
    "time_zero_date",
    "discount_rate_costs",
    "discount_rate_effects",
    "discounting",
    "accrual",
    "dose_timing",
    "year_length",
    "mortality_steps",
    "progressions",
    "crossing",
    "hazard_floor",
    "hazard_floor_under",
    "age_adjustment",
    "adverse_event_timing",
    "adverse_event_disutility",
    "deaths_by_state",
    "weight_distribution",
    "price_year",
    "cost_perspective",
)
"""Settings by which the calculation is done."""
SETTINGS_USED = ("intervention", "comparator", *CALCULATION_SETTINGS, "median_follow_up", "profile")

KEYS_USED: dict[str, tuple[str, ...]] = {
    "thresholds": ("value",),
    "discount_steps": ("from_year",),
    "life_table": ("age",),
    "utility_norms": ("from_age",),
    "survival_tables": ("time",),
}
"""Numbers by which rows are known; the calculation takes them from the input cell itself."""

UNCERTAINTY = "uncertainty of the input: used by the one-way and probabilistic analyses, whose results are stored"
STORED_RUN = "used when the model runs: the analyses that it governs are stored"
NAMES = "a name, a colour or a note: shown, not calculated with"
VALIDATION = "shown beside the results; changes none"
REFIT = (
    "curves are fitted to data when the model runs, and their coefficients stored; a check tells when the data "
    "have changed since"
)

NOT_USED: dict[str, dict[str, str]] = {
    "about": {"*": NAMES},
    "settings": {
        "currency": NAMES,
        "headline": "chooses which of two results heads the sheet Answer; changes neither",
        "state_transition_probability": STORED_RUN,
        "stepped_results": "says whether the sheet is made when the model runs; changes no result",
        "one_way_bounds": STORED_RUN,
        "curve_uncertainty": STORED_RUN,
        "undetermined_curves": "says whether such a curve may be used when the model runs; changes no result",
        "bootstrap_resamples": STORED_RUN,
        "psa_draws": STORED_RUN,
        "sampling": STORED_RUN,
        "seed": STORED_RUN,
    },
    "arms": {"*": NAMES},
    "states": {"*": "the sheets of formulas are made for the states and curves of the run; a check tells of others"},
    "covariance": {"*": UNCERTAINTY},
    "correlations": {"*": "correlation of inputs: enters only the stored draws"},
    "patient_data": {"*": REFIT},
    "digitised_sources": {"*": REFIT},
    "digitised": {"*": REFIT},
    "numbers_at_risk": {"*": REFIT},
    "scenarios": {"*": "a scenario is shown when Settings names its number; its stored result belongs to the run"},
    "subgroups": {"*": "shares weigh the stored results on the sheet Subgroup results; the weighted mean there follows them"},
    "subgroup_changes": {"*": "a subgroup is shown when Settings names its number; its stored result belongs to the run"},
    "published_analyses": {"*": VALIDATION},
    "assumptions": {"*": NAMES},
    "references": {"*": NAMES},
    "versions": {"*": NAMES},
}
STRUCTURAL = {("regimens", "own_curve"): "the formulas of a drug take the curve of the run; a check tells of another"}
PARTLY_UNUSED: dict[str, dict[str, str]] = {"survival_tables": dict.fromkeys(("n_risk", "standard_error"), UNCERTAINTY)}
"""Columns of tables whose other columns are used."""
BLOCK_UNUSED = {name: UNCERTAINTY for name in ("distribution", "standard_error", "sample_size", "low", "high")}
ALWAYS_NAMES = ("source", "quality", "notes", "comment", "label", "short_label", "description", "purpose", "unit", "colour")


def _fields_used(spec: TableSpec) -> tuple[str, ...]:
    """The input cells of a table that hold no key, no name and no uncertainty."""
    if spec.name in NOT_USED:
        return ()
    apart = PARTLY_UNUSED.get(spec.name, {})
    own = [c for c in spec.columns if c.editable and not c.key and c.field not in apart]
    return tuple(c.field for c in own if not (c.in_block and c.field in BLOCK_UNUSED))


USED: dict[str, tuple[str, ...]] = {
    "settings": SETTINGS_USED,
    **{name: fields for name, spec in TABLE_SPECS.items() if (fields := _fields_used(spec))},
}


def live_addresses(definition: ModelDefinition) -> list[str]:
    """The address of every input that the calculation takes through the sheet of inputs in use, sheet by sheet."""
    found = []
    tables = [spec.name for sheet in SHEETS for spec in sheet.tables]
    known = addresses(definition)
    by_table: dict[str, list[str]] = {name: [] for name in tables}
    for address, place in known.items():
        twice = bool(place.inside_block) and address.endswith(".value")  # the address of its row stands for it
        if place.field in USED.get(place.table, ()) and not twice:
            by_table[place.table].append(address)
    for name in tables:
        found += by_table[name]
    return found


def reason_not_used(table: str, field: str) -> str:
    """Why an input column does not change a deterministic result; "" if it does."""
    own = NOT_USED.get(table) or PARTLY_UNUSED.get(table, {})
    if field in own or "*" in own:
        return own.get(field) or own["*"]
    if field in USED.get(table, ()) or field in KEYS_USED.get(table, ()):
        return ""
    if (table, field) in STRUCTURAL:
        return STRUCTURAL[table, field]
    if field in BLOCK_UNUSED:
        return BLOCK_UNUSED[field]
    return NAMES if field in ALWAYS_NAMES else "?"


def unused_columns() -> Iterator[tuple[str, str, str, str]]:
    """Sheet, table, column header and reason of every input column that the live calculation does not use."""
    for sheet in SHEETS:
        for spec in sheet.tables:
            if isinstance(spec, TableSpec):
                columns = [(c.field, c.header) for c in spec.columns if not (c.key and c.column.kind != "number")]
            else:
                columns = [(n, c.header) for n, c in spec.fields.items()]
            for field, header in columns:
                reason = reason_not_used(spec.name, field)
                if reason:
                    yield sheet.name, spec.title, header, reason
