"""The agreement of two calculations on the console: what was compared, the verdicts, then each value that differs."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from model.analysis.agreement import DIFFERS, NOT_RECALCULATED, STORED_NUMBERS, Agreement, Found, Part
from model.analysis.columns.agreement import DIFFERENCES, PARTS
from model.cli.printed import WIDTH, plain_table, print_with

MOST_SHOWN, MOST_SHOWN_STALE = 20, 5
LONGEST = 24


def print_agreement(found: Agreement) -> None:
    """Print it to standard output: tables on a terminal, aligned text in a pipe."""
    print_with(lambda console: _all(console, found))


def _all(console: Console, found: Agreement) -> None:
    console.print(f"{found.workbook}, recalculated by {found.engine}, beside Python's calculation of its inputs")
    for note in found.notes:
        console.print(f"Note: {note}")
    console.print()
    console.print(_summary(console, found))
    for part in found.parts:
        if part.differences:
            console.print(f"\n{part.what}: {part.n_different:,} of {part.values:,} values differ")
            _print_differences(console, part)
    console.print(f"\n{agreement_words(found)}")


def agreement_words(found: Agreement) -> str:
    """The outcome in one sentence."""
    if found.agrees:
        return "The workbook agrees with Python."
    differing = [p.what for p in found.parts if p.verdict == DIFFERS]
    if not differing:
        return "The formulas agree with Python; the numbers stored in the file are out of date."
    return "The workbook DIFFERS: " + "; ".join(words[:1].lower() + words[1:] for words in differing) + "."


def _summary(console: Console, found: Agreement) -> Table:
    table = plain_table(console)
    what, *numbers, verdict_column, _ = (column.words() for column in PARTS.declared)
    table.add_column(what, overflow="fold")
    for header in numbers:
        table.add_column(header, justify="right")
    table.add_column(verdict_column, min_width=len(NOT_RECALCULATED))
    for p in found.parts:
        values = [f"{p.cases:,}", f"{p.values:,}", relative(p.largest), f"{p.allowed:.0e}"] if p.values else [""] * 4
        said = Text(p.what)
        if p.remark:
            said.append(f"\n  {p.remark}", style="dim")
        table.add_row(said, *values, p.verdict)
    return table


def _print_differences(console: Console, part: Part) -> None:
    """A row for each value; on a narrow terminal two lines."""
    case, name, place, python, workbook, gap = (column.words() for column in DIFFERENCES.declared)
    first = "Recalculated" if part.what == STORED_NUMBERS else python
    kept = part.differences[: MOST_SHOWN_STALE if part.verdict == NOT_RECALCULATED else MOST_SHOWN]
    table = plain_table(console)
    for header in (place, name, case):
        table.add_column(header, overflow="fold")
    for header in (first, workbook, gap):
        table.add_column(header, justify="right", no_wrap=True)
    for d in kept:
        cell, numbers = (d.cell or "(no such cell)", (shown_value(d.expected), shown_value(d.workbook), relative(d.relative)))
        if console.width < WIDTH:
            console.print(f"{cell}  {d.name}, {d.case}")
            console.print("  {} {}, workbook {}, difference {}".format(first, *numbers))
        table.add_row(cell, d.name, d.case, *numbers)
    if console.width >= WIDTH:
        console.print(table)
    if part.n_different > len(kept):
        console.print(f"... and {part.n_different - len(kept):,} more")


def relative(value: float) -> str:
    """A relative difference; words and empty cells have none."""
    return "0" if value == 0 else "no number" if math.isinf(value) else f"{value:.1e}"


def shown_value(value: Found) -> str:
    """A value with all its digits; long words shortened."""
    if isinstance(value, float):
        return "(empty)" if math.isnan(value) else f"{value:.12g}"
    if value is None:
        return "(empty)"
    return value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
