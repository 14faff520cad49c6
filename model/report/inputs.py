"""The inputs of a model as tables: values with their sources and marks, conventions, assumptions, references."""

from __future__ import annotations

from typing import Any

from model.analysis.base_run import parameters
from model.cell_text import text_of
from model.definition.model_definition import ModelDefinition
from model.definition.records.columns import QUALITY_MARKS, columns_of
from model.definition.records.settings import Settings
from model.excel.pages.input_words import InputWords
from model.report.tables import Head, ShownTable, worded


def input_values(definition: ModelDefinition) -> ShownTable:
    """Every input with its value, uncertainty, source and mark."""
    heads = [
        *(Head("Input"), Head("Value", numeric=True), Head("Unit"), Head("Uncertainty"), Head("Source", cites=True)),
        *(Head("Mark", "Kind of evidence: see the list of marks above"), Head("Notes", wide=True)),
        Head("Input id", "As scenarios and --set name it", is_id=True),
    ]
    rows = []
    for row in parameters(definition).to_dict("records"):
        notes = str(row["notes"] or "")
        source = "; ".join(part.strip() for part in str(row["source"] or "").split(";"))
        rows.append(
            [
                str(row["label"]),
                text_of(row["value"], "value"),
                str(row["unit"] or ""),
                uncertainty(row),
                *(source, str(row["quality"] or ""), notes, str(row["id"])),
            ]
        )
    return ShownTable("inputs", "Values, with sources and marks", heads, rows)


def uncertainty(row: dict[Any, Any]) -> str:
    """How an input is drawn, in few words."""
    if row["distribution"] == "fixed":
        return "fixed"
    parts = [str(row["distribution"]).replace("_", " ")]
    for name, words in (("standard_error", "SE"), ("sample_size", "n")):
        if written := text_of(row[name], "any"):
            parts.append(f"{words} {written}")
    low, high = (text_of(row[name], "value") for name in ("low", "high"))
    if low and high:
        parts.append(f"{low} to {high}")
    return ", ".join(parts)


def marks() -> list[tuple[str, str]]:
    """The marks of quality, each with its meaning."""
    return list(QUALITY_MARKS.items())


def mark_counts(definition: ModelDefinition) -> str:
    """How many inputs have each mark, in words."""
    counts = {mark: 0 for mark in QUALITY_MARKS}
    for parameter in definition.parameters.values():
        counts[parameter.quality] = counts.get(parameter.quality, 0) + 1
    return ", ".join(f"{count} {mark}" for mark, count in counts.items() if count)


def conventions(definition: ModelDefinition) -> ShownTable:
    """The settings in use, with what each means."""
    words = InputWords(definition)
    rows = []
    for name, column in columns_of(Settings).items():
        value = getattr(definition.settings, name)
        if value is None or value == "":
            continue
        shown = words.value(f"settings.{name}", value)
        if isinstance(value, float) and column.number_format.endswith("%"):
            shown = f"{value:.2%}"
        rows.append([column.header, f"{shown} {column.unit}".strip(), column.help])
    return worded("conventions", "Conventions in force", ["Setting", "Value", "What may be chosen"], rows, wide=(2,))


def assumptions(definition: ModelDefinition) -> ShownTable:
    """What is assumed, why, and the scenario that explores it."""
    scenarios = {row.id: row.label for row in definition.scenarios}
    rows = [[a.text, a.justification, scenarios.get(a.scenario or "", "")] for a in definition.assumptions]
    heads = ["Assumption", "Why it is reasonable", "Explored by scenario"]
    return worded("assumptions", "Assumptions", heads, rows, wide=(0, 1))


def references(definition: ModelDefinition) -> ShownTable:
    """The sources by the id under which they are cited."""
    rows = [[r.id, r.citation, r.link, r.accessed] for r in definition.references]
    return worded("references", "References", ["Cited as", "Source", "Where", "Accessed"], rows, wide=(1,))
