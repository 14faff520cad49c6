"""Parameter ids in words, for tables, tornado charts and messages."""

from __future__ import annotations

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.care import SubsequentTreatment
from model.definition.records.health import Utility
from model.definition.records.settings import Settings

ENDPOINTS = {"pfs": "progression-free survival", "os": "overall survival"}
TREATMENT_WORDS = {
    "share_treated": "share treated with",
    "hazard_ratio": "hazard ratio of stopping",
    "relative_dose_intensity": "relative dose intensity of",
}
POPULATION_WORDS = {
    "start_age": "Age at time zero",
    "female_share": "Share of women",
    "weight_mean": "Mean body weight",
    "weight_sd": "SD of body weight",
    "bsa_mean": "Mean body surface area",
    "bsa_sd": "SD of body surface area",
}


def label(definition: ModelDefinition, parameter_id: str) -> str:
    """The id in words; an unknown id is returned as it is."""
    return all_labels(definition).get(parameter_id, parameter_id)


def all_labels(definition: ModelDefinition) -> dict[str, str]:
    """Words for every parameter id and every curve."""
    arms = {arm.id: arm.short_label for arm in definition.arms}
    drugs = {drug.id: drug.label for drug in definition.drugs}
    events = {event.id: event.label for event in definition.adverse_events}
    words: dict[str, str] = {}

    def put(table: str, record: object, text: str) -> None:
        words[address_of(table, record)] = text

    for row in definition.table("population"):
        put("population", row, POPULATION_WORDS[row.item])
    for row in definition.table("treatment"):
        drug = drugs.get(row.drug, row.drug)
        put("treatment", row, f"{arms.get(row.arm, row.arm)}: {TREATMENT_WORDS[row.item]} {drug}")
    for row in definition.table("relative_effects"):
        curve = definition.curve(row.arm, row.endpoint)
        kind = curve.effect.replace("_", " ") if curve else "relative effect"
        put("relative_effects", row, f"{arms.get(row.arm, row.arm)}: {endpoint_words(row.endpoint, drugs)} {kind}")
    for row in definition.table("coefficients"):
        words_of = endpoint_words(row.endpoint, drugs)
        candidate = f" {row.candidate.replace('_', ' ')}" if row.candidate else ""
        put("coefficients", row, f"{arms.get(row.arm, row.arm)}: {words_of}{candidate}, {row.coefficient}")
    for curve in definition.curves:
        words[curve.id] = f"{arms.get(curve.arm, curve.arm)}: {endpoint_words(curve.endpoint, drugs)} curve"
    for row in definition.table("utilities"):
        put("utilities", row, _utility(row, drugs))
    for row in definition.table("event_probabilities"):
        put("event_probabilities", row, f"{arms.get(row.arm, row.arm)}: risk of {lower(events.get(row.event, row.event))}")
    for row in definition.table("event_consequences"):
        item = {"cost": "cost", "disutility": "disutility", "duration_days": "duration"}[row.item]
        put("event_consequences", row, f"{events.get(row.event, row.event)}: {item}")
    for row in definition.table("products"):
        put("products", row, f"{drugs.get(row.drug, row.drug)}: list price, {row.product.replace('_', ' ')}")
    for row in definition.table("discounts"):
        put("discounts", row, f"{drugs.get(row.drug, row.drug)}: discount off list price")
    for row in definition.table("administration"):
        suffix = {"every": "", "first": ", first", "later": ", later"}[row.occasion]
        put("administration", row, f"{row.label}{suffix}: cost")
    for row in definition.table("care"):
        put("care", row, f"{row.label}: cost")
    for row in definition.table("progression"):
        what = "Deaths among PFS events" if row.item == "death_share" else "Treated after progression"
        put("progression", row, what + (f" ({arms.get(row.arm, row.arm)})" if row.arm else ""))
    for row in definition.table("subsequent"):
        put("subsequent", row, _subsequent(row, arms, drugs))
    for row in definition.table("end_of_life"):
        put("end_of_life", row, f"{row.label}: cost")
    return words


def settings_labels() -> dict[str, str]:
    """Headers of the settings by field name."""
    from model.definition.records.columns import columns_of

    return {name: column.header for name, column in columns_of(Settings).items()}


def endpoint_words(endpoint: str, drugs: dict[str, str]) -> str:
    """An endpoint in words: pfs, os, or time on a drug."""
    return ENDPOINTS.get(endpoint) or f"time on {drugs.get(endpoint, endpoint)}"


def lower(text: str) -> str:
    """First letter in lower case, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _utility(row: Utility, drugs: dict[str, str]) -> str:
    state, given_as = row.state, row.given_as
    if state == "on_treatment":
        return f"Change of utility on {drugs.get(row.drug or '', row.drug)}"
    if given_as == "decrement":
        return "Utility decrement on progression"
    return f"Utility, {state.replace('_', '-')}"


def _subsequent(row: SubsequentTreatment, arms: dict[str, str], drugs: dict[str, str]) -> str:
    what = "share after progression" if row.item == "share" else "duration after progression"
    suffix = f" ({arms.get(row.arm, row.arm)})" if row.arm else ""
    return f"{drugs.get(row.drug, row.drug)}: {what}{suffix}"
