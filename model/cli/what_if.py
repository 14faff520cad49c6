"""A run that departs from its workbook (another input, fewer draws, some analyses) has a folder of its own, named after it,
and says what it changed."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from model.analysis.change_log.differences import Change, differences, value_at
from model.analysis.change_log.words import Words, unit_words, value_words
from model.choices import ANALYSES, SOBOL_RUNS
from model.cli.job import RunOptions
from model.definition import ModelDefinition, addresses

LONGEST = 60  # characters that the change adds to the name of the folder
HASH = 8


def default_folder(outputs: Path, definition: ModelDefinition, options: RunOptions) -> Path:
    """``outputs/NAME`` for a run of the workbook as it is, ``outputs/NAME-CHANGE`` for another; ``definition``: as read."""
    stem, words = options.workbook.stem, "-".join(departures(definition, options))
    return outputs / (f"{stem}-{_short(words)}" if words else stem)


def departures(definition: ModelDefinition, options: RunOptions) -> list[str]:
    """How a run departs from its workbook, such as ``horizon_years_20`` and ``draws_1000``; nothing: not at all."""
    settings, found = definition.settings, []
    if options.subgroup is not None:
        found.append(f"subgroup_{options.subgroup}")
    for name, value in options.changes.items():
        found.append(f"{name.removeprefix('settings.').replace('.', '_')}_{value}")
    if options.input_draws is not None:
        found.append(f"input_draws_{options.input_draws.stem}")
    if options.only != tuple(ANALYSES):
        found.append("only_" + "_".join(options.only))
    if "psa" in options.only:
        if options.draws not in (None, settings.psa_draws):
            found.append(f"draws_{options.draws}")
        if options.tolerance is not None:
            found.append(f"tolerance_{options.tolerance:g}")
    if options.seed not in (None, settings.seed):
        found.append(f"seed_{options.seed}")
    if options.sampling not in (None, settings.sampling):
        found.append(f"sampling_{options.sampling}")
    if "sensitivity" in options.only and options.sobol_runs != SOBOL_RUNS:
        found.append(f"sobol_runs_{options.sobol_runs}")
    return found


def _short(words: str) -> str:
    """As part of a file name on any system; with a hash of the words where some of them are lost."""
    plain = re.sub(r"[^A-Za-z0-9_.+-]+", "_", words).strip("._")
    if plain == words and len(words) <= LONGEST:
        return plain
    mark = hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:HASH]
    return f"{plain[: LONGEST - HASH - 1]}_{mark}"


def losses(earlier: Mapping[str, object], record: Mapping[str, object], departed: list[str]) -> list[str]:
    """What an earlier run holds that a new one, by their records, would not replace by as much. A run of the workbook as it
    is (that is not ``departed`` from it) may always take the place of an earlier one of the same workbook.
    """
    found: list[str] = []
    if earlier.get("input_file", record["input_file"]) != record["input_file"]:
        found.append(f"the results of another workbook, {earlier['input_file']}")
    if not departed:
        return found
    changed = bool(record["changes"]) or "subgroup" in record
    if changed and earlier.get("changes") == {} and "subgroup" not in earlier:
        found.append("the results of the workbook as it is, without changes")
    had, has = earlier.get("analyses"), record["analyses"]
    assert isinstance(has, list)
    kept = [name for name in had if isinstance(name, str)] if isinstance(had, list) else []
    if missing := [name for name in kept if name not in has]:
        found.append(f"analyses that this run leaves out: {', '.join(missing)}")
    if "psa" in kept:
        found += _fewer(earlier, record)
    if "sensitivity" in kept and _number(earlier, "sobol_runs") > _number(record, "sobol_runs"):
        found.append(f"a global sensitivity analysis of {_number(earlier, 'sobol_runs'):,.0f} model runs")
    return found


def _fewer(earlier: Mapping[str, object], record: Mapping[str, object]) -> Iterator[str]:
    """Draws, seed and design of the probabilistic analysis."""
    if earlier.get("draws") == "auto" != record["draws"]:
        yield "draws that went on until they were precise"
    elif _number(earlier, "draws") > _number(record, "draws") and record["draws"] != "auto":
        yield f"{_number(earlier, 'draws'):,.0f} draws, this run has {_number(record, 'draws'):,.0f}"
    for name, words in (("seed", "seed"), ("sampling", "sampling")):
        if earlier.get(name, record[name]) != record[name]:
            yield f"draws with {words} {earlier[name]}, this run has {record[name]}"


def _number(record: Mapping[str, object], name: str) -> float:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def change_lines(before: ModelDefinition, after: ModelDefinition, changes: Mapping[str, str]) -> list[str]:
    """What ``--set`` did: new value, old value, unit and meaning of each input, and what else followed from it."""
    places, words = addresses(before), Words(after)
    found = {change.address: change for change in differences(before, after)}
    lines, told = [], set()
    for name, text in changes.items():
        change = next((found[n] for n in (name, name.removesuffix(".value")) if n in found), None)
        if change is None:
            place = places[name]
            value = value_words(value_at(before, place), place.column)
            lines.append(f"  with {name} = {text}: the workbook's own value ({value}), nothing is changed")
        else:
            told.add(change.address)
            lines.append(f"  with {_line(change, after, words)}")
    lines += [f"  hence {_line(change, after, words)}" for name, change in found.items() if name not in told]
    return lines


def subgroup_lines(before: ModelDefinition, after: ModelDefinition, name: str) -> list[str]:
    """Which subgroup a run is of, and what differs in it from the whole population of the workbook."""
    label = next(group.label for group in before.subgroups if group.id == name)
    alone = dataclasses.replace(before, subgroups=(), subgroup_changes=())
    changes = {address: str(value) for address, value in before.changes_in_subgroups()[name].items()}
    return [f"Subgroup: {label}", *change_lines(alone, after, changes)]


def _line(change: Change, definition: ModelDefinition, words: Words) -> str:
    new, old = (value_words(value, change.column) for value in (change.new, change.old))
    unit = unit_words(definition, change)
    unit = f" {unit}" if unit and not new.endswith("%") else ""
    return f"{change.address} = {new}{unit} (was {old}): {words.label(change)}"
