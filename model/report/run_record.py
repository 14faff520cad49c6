"""All that is needed to repeat a run, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.report.tables import ShownTable, worded

WORDS = {
    "run_id": "Run id",
    "inputs_version": "Version of the inputs",
    "model_version": "Version of the model",
    "input_file": "Input workbook",
    "input_sha256": "Checksum of the input workbook (SHA-256)",
    "changes": "Inputs changed for this run",
    "sobol_runs": "Runs of the global sensitivity analysis",
    "input_draws": "Draws of inputs from elsewhere",
    "seed": "Random seed",
    "python": "Python",
}
ELSEWHERE = ("settings", "title", "seconds")
"""What the page says in another place, or what differs from run to run."""


def run_record(record: Mapping[str, Any]) -> ShownTable:
    """The record of a run, item by item, without its times."""
    rows = []
    for name, value in record.items():
        if name not in ELSEWHERE and (shown := in_words(value)):
            rows.append([WORDS.get(name, name.replace("_", " ").capitalize()), shown])
    return worded("run_record", "Record of the run", ["Item", "Value"], rows, wide=(1,))


def in_words(value: Any) -> str:
    """An item of the record as text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {item}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000 else str(value)
