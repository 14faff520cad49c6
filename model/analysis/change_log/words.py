"""Changes in words: the label of an input, and its values as a person writes them."""

from __future__ import annotations

from typing import Any

from model.analysis.change_log.differences import Change
from model.analysis.change_log.kinds import WORDS_ALONE
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition, address_of, key_of
from model.definition.records.columns import Column, columns_of
from model.definition.records.curves import Curve
from model.definition.records.names import endpoint_words, lower_first
from model.definition.records.parameters import Parameter

EMPTY = "(empty)"
KEY_WORDS = {  # table: the row in words, from the last parts of its key
    "arms": "Arm {id}",
    "drugs": "Drug {id}",
    "thresholds": "Willingness-to-pay threshold {value}",
    "discount_steps": "Discount rates from year {from_year}",
    "regimens": "{arm}: {drug}",
    "covariance": "covariance of {first} and {second}",
    "correlations": "Correlation of {first} and {second}",
    "model_weights": "weight of {distribution}",
    "follow_up": "follow-up",
    "patient_data": "patient {patient}",
    "digitised_sources": "digitised curve",
    "digitised": "digitised point at month {time}",
    "numbers_at_risk": "number at risk at month {time}",
    "survival_tables": "survival at month {time}",
    "adverse_events": "Adverse event {id}",
    "life_table": "Life table, age {age}",
    "utility_norms": "Utility norm from age {from_age}",
    "scenarios": "Scenario {id}: {input}",
    "subgroups": "Subgroup {id}",
    "subgroup_changes": "Subgroup {subgroup}: {input}",
    "external_evidence": "External evidence {id}",
    "published_analyses": "Published analysis {id}",
    "coherence_limits": "Limit of the flag {flag}",
    "severity_bands": "Weight by severity {band}",
    "life_year_values": "Utility of a life year {item}",
    "patient_mix": "Patients of group {group}",
    "norm_equation": "Utility norm by formula: {term}",
    "assumptions": "Assumption {id}",
    "references": "Reference {id}",
    "versions": "Version {version}",
}
EVIDENCE = {
    "median": "median",
    "landmark": "share event-free at month {item}",
    "not_reached": "share not reached by month {item}",
    "hazard_ratio": "hazard ratio up to month {item}",
    "prior": "prior of {item}",
}


class Words:
    """Labels of one model's inputs."""

    def __init__(self, definition: ModelDefinition):
        self.definition = definition
        self.labels = all_labels(definition)
        self.arms = {arm.id: arm.short_label for arm in definition.arms}
        self.drugs = definition.drug_labels

    def label(self, change: Change) -> str:
        """The input in words, such as ``Time horizon`` or ``Utility, progression-free, SE``."""
        if change.table in ("settings", "about"):
            return self._field_of_one(change)
        row = self.row(change.table, self.definition.table(change.table)[change.position])
        if change.column is None or (change.in_block and change.field == "value"):
            return row
        return f"{row}, {lower_first(change.column.header)}"

    def _field_of_one(self, change: Change) -> str:
        assert change.column is not None
        if "." not in change.field:
            return change.column.header
        setting = columns_of(type(self.definition.settings))[change.field.split(".")[0]]
        return f"{setting.header}, {lower_first(change.column.header)}"

    def row(self, table: str, record: Any) -> str:
        """A record in words."""
        if known := self.labels.get(address_of(table, record)):
            return known
        parts = {name: v if isinstance(v := getattr(record, name), str) else number_words(v) for name in type(record).KEY}
        if table == "regimens":
            parts = {"arm": self.arms.get(record.arm, record.arm), "drug": self.drugs.get(record.drug, record.drug)}
        template = EVIDENCE[record.statistic] if table == "evidence" else KEY_WORDS.get(table)
        if template is None:
            return f"{table.replace('_', ' ').capitalize()} {', '.join(key_of(record))}"
        text = template.format(**parts)
        if "arm" in parts and "endpoint" in parts:
            arm = self.arms.get(record.arm, record.arm)
            return f"{arm}: {endpoint_words(record.endpoint, self.drugs)}, {text}"
        return text


def unit_words(definition: ModelDefinition, change: Change) -> str:
    """Unit of the values of a change, of a record of the definition that holds it; "" for words and whole rows."""
    if change.column is None or change.column.kind not in ("number", "integer"):
        return ""
    if change.in_block:
        return definition.table(change.table)[change.position].parameter.unit if change.field != "sample_size" else ""
    return change.column.unit


def value_words(value: Any, column: Column | None = None) -> str:
    """A value as a person writes it; a record as its values."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        percent = column is not None and column.number_format.endswith("%")
        return f"{number_words(100 * value)}%" if percent else number_words(value)
    return value if isinstance(value, str) else record_words(value)


def plain_value(value: Any) -> Any:
    """A value for a table: a number as it is, anything else in words."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number else value_words(value)


def number_words(value: Any) -> str:
    """A number with up to ten significant digits and thousands separated."""
    if value is None:
        return EMPTY
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:.6g}"


def record_words(record: Any) -> str:
    """What a record holds beside its key, without documentation: ``value 0.3 share, distribution beta, SE 0.02``."""
    key = type(record).KEY
    parts = [
        f"{lower_first(column.header)} {value_words(getattr(record, name), column)}"
        for name, column in columns_of(type(record)).items()
        if name not in key and not _left_out(name, getattr(record, name), column, record)
    ]
    if parameter := getattr(record, "parameter", None):
        parts.append(f"value {number_words(parameter.value)} {parameter.unit}".rstrip())
        parts += [
            f"{lower_first(column.header)} {value_words(getattr(parameter, name), column)}"
            for name, column in columns_of(Parameter).items()
            if name != "value" and not _left_out(name, getattr(parameter, name), column, parameter)
        ]
    return ", ".join(parts) or "row"


def _left_out(name: str, value: Any, column: Column, holder: Any) -> bool:
    documentation = name in WORDS_ALONE and name not in ("label", "description") and not isinstance(holder, Curve)
    return documentation or value in (None, "", column.default)
