"""``run_model.py figures WORKBOOK NAME ...``: some figures by themselves, with what they need run and nothing else."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from model.analysis.all_analyses import analyse
from model.analysis.analysis import Results, RunSettings
from model.choices import ANALYSES, NEEDS
from model.cli.progress import Progress
from model.excel.inputs.errors import file_problem
from model.excel.inputs.reader import read_inputs
from model.figures import figure_groups, own_style, style_file, write_figures
from model.figures.descriptions import FIGURES, name_of
from model.spelling import did_you_mean


def figures_command(a: argparse.Namespace) -> int:
    """Write the figures wanted, or list all; a file of that name in the folder is replaced. Raises InputError where the
    workbook or a name cannot be used, or the style file cannot be read, before anything is run or written; and where a
    figure cannot be drawn in that style."""
    definition = read_inputs(a.workbook)
    if not a.names:
        print("\n".join(f"{name:<26} {shown.shows}" for name, shown in FIGURES.items()))
        return 0
    wanted = list(dict.fromkeys(_known(name) for name in a.names))
    with _told_of(a.style, OSError, ValueError):
        style = style_file(a.style) if a.style is not None else {}
    with own_style(style), Progress(a.quiet) as progress:
        settings = RunSettings(a.draws, a.seed)
        results = analyse(definition, needed(wanted), settings, lambda _, total, words: progress.task(words, total))
        with _told_of(a.style, ValueError, RuntimeError):  # such as letters set by a program that is not there
            written = _write(results, wanted, a, progress)
    missing = [name for name in wanted if name not in {name_of(path.stem) for path in written}]
    print("\n".join(os.path.relpath(path) for path in written))
    if missing:
        print(f"This model has no figure {', '.join(missing)}: it has nothing that it would show.", file=sys.stderr)
    return 1 if missing else 0


@contextmanager
def _told_of(style: Path | None, *kinds: type[Exception]) -> Iterator[None]:
    """InputError, which names the style file, where one was given and the body fails in one of these ways."""
    try:
        yield
    except kinds as error:
        if style is None:
            raise
        raise file_problem(f"'{style}' cannot be used as a style file: {error}") from None


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


def _write(results: Results, names: Sequence[str], a: argparse.Namespace, progress: Progress) -> list[Path]:
    groups = figure_groups(results)
    single = {what: make for what, make in groups.items() if what.startswith("of ") or name_of(what) in names}
    written: list[Path] = []
    with progress.task("Figures", len(single)) as done:
        for make in single.values():
            made = {stem: figure for stem, figure in make().items() if name_of(stem) in names}
            written += write_figures(made, a.out, a.kinds)
            done(1)
    return written
