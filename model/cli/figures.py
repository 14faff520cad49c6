"""``run_model.py figures WORKBOOK NAME ...``: some figures by themselves, with what they need run and nothing else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model.analysis.all_analyses import analyse
from model.analysis.analysis import Results, RunSettings
from model.choices import ANALYSES, NEEDS
from model.cli.progress import Done, Progress
from model.definition.model_definition import ModelDefinition
from model.excel.inputs.errors import file_problem
from model.excel.inputs.reader import read_inputs
from model.figures import figure_groups, own_style, style_file, write_figures
from model.figures.descriptions import FIGURES, name_of
from model.files import reason
from model.spelling import did_you_mean


def figures_command(a: argparse.Namespace) -> int:
    """Write the figures wanted, or list all; a file of that name in the folder is replaced. Raises InputError where the
    workbook, a name or the style file cannot be used, before anything is written."""
    definition = read_inputs(a.workbook)
    if not a.names:
        print("\n".join(f"{name:<26} {shown.shows}" for name, shown in FIGURES.items()))
        return 0
    wanted = dict.fromkeys(_known(name) for name in a.names)
    with own_style(_style(a.style)):
        written = _write(definition, list(wanted), a)
    missing = [name for name in wanted if name not in {name_of(path.stem) for path in written}]
    print("\n".join(os.path.relpath(path) for path in written))
    if missing:
        print(f"\nThis model has no figure {', '.join(missing)}: it has nothing that it would show.")
    return 1 if missing else 0


def _style(path: Path | None) -> dict[str, Any]:
    """The settings of the style file, none where none is named. Raises InputError for a file that is none."""
    try:
        return {} if path is None else style_file(path)
    except (ValueError, OSError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise file_problem(f"'{path}' cannot be used as a style file: {why}") from None


def _known(word: str) -> str:
    """The name of a figure that was typed. Raises InputError for another word."""
    name = name_of(Path(word).name.removesuffix(".png").removesuffix(".svg").removesuffix(".pdf"))
    if name not in FIGURES:
        hint = did_you_mean(name, FIGURES) or ". Without a name the command lists them"
        raise file_problem(f"there is no figure '{word}'{hint}")
    return name


def needed(names: Sequence[str]) -> tuple[str, ...]:
    """The analyses that figures rest on, in the order of a run; the base case is always among them."""
    asked = {"base", *(FIGURES[name].of for name in names)}
    for analysis in list(asked):
        asked |= set(NEEDS.get(analysis, ()))
    return tuple(name for name in ANALYSES if name in asked)


def _write(definition: ModelDefinition, names: Sequence[str], a: argparse.Namespace) -> list[Path]:
    with Progress(a.quiet) as progress:
        results = _results(definition, needed(names), RunSettings(a.draws, a.seed), progress)
        groups = figure_groups(results)
        single = {what: make for what, make in groups.items() if what.startswith("of ") or name_of(what) in names}
        with progress.task("Figures", len(single)) as done:
            written: list[Path] = []
            for make in single.values():
                made = {stem: figure for stem, figure in make().items() if name_of(stem) in names}
                written += write_figures(made, a.out, a.kinds)
                done(1)
    return written


def _results(definition: ModelDefinition, only: Sequence[str], settings: RunSettings, progress: Progress) -> Results:
    @contextmanager
    def step(_: str, total: int, words: str) -> Iterator[Done]:
        with progress.task(words, total) as done:
            yield done

    return analyse(definition, only, settings, step)
