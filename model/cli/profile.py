"""``run_model.py profile WORKBOOK NAME``: a copy of a workbook that follows another agency, and what that changes."""

from __future__ import annotations

import os
from pathlib import Path

from model.analysis.change_log.differences import differences
from model.analysis.change_log.words import Words, value_words
from model.choices import FREE
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError
from model.definition.profiles import PROFILES, Profile, thresholds_hold, with_profile
from model.definition.records.record import DOCUMENTATION
from model.definition.validation import validate
from model.excel import read_inputs, write_inputs
from model.excel.inputs.errors import file_problem


def profile_command(workbook: Path, name: str, out: Path | None) -> int:
    """Write the copy and list its changes; an existing file is never overwritten. Raises InputError, DefinitionError or
    OutputError before anything is written."""
    before, profile = read_inputs(workbook), PROFILES[name]
    out = out or Path(f"{workbook.stem}_{name}.xlsx")
    if os.path.lexists(out):
        raise file_problem(f"'{out}' exists already; choose another name with --out")
    after = with_profile(before, name)
    if problems := validate(after):
        raise DefinitionError(problems)
    write_inputs(after, out)
    head = f"{out} written: {workbook.name} with the profile {profile.words}."
    print("\n".join([head, *_changes(before, after), *_notes(after, profile)]))
    return 0


def _changes(before: ModelDefinition, after: ModelDefinition) -> list[str]:
    """Every input that changes, in words, but for sources and references."""
    lines = []
    for change in differences(before, after):
        if change.kind != DOCUMENTATION:
            holder = before if change.what == "removed" else after
            values = " -> ".join(value_words(v, change.column) for v in (change.old, change.new))
            lines.append(f"  {Words(holder).label(change)}: {values}")
    return lines or ["  no input changes"]


def _notes(after: ModelDefinition, profile: Profile) -> list[str]:
    """What the profile does not set, or does not set here."""
    currency = after.settings.currency
    if profile.name == FREE:
        return ["The profile free sets nothing: other inputs are as they were."]
    if not profile.thresholds:
        return ["The profile sets no threshold: those of the workbook are as they were."]
    if not thresholds_hold(after, profile):
        return [
            f"The thresholds of the profile are amounts of {profile.currency}: those of the workbook, in {currency}, stay."
        ]
    return []
