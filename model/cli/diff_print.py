"""The change log on the console: tables on a terminal, aligned text in a pipe, readable at 120 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from model.analysis.amounts import quantity
from model.analysis.base_case.base_case import difference
from model.analysis.base_case.headline import Headline, icer_change
from model.analysis.change_log.difference_list import DifferenceList
from model.analysis.change_log.kinds import TOUCHES
from model.analysis.change_log.log import ChangeLog, Logged, numbers_words
from model.analysis.change_log.words import value_words
from model.analysis.columns.change_log import CELL, COST, NEW_VALUE, OLD_VALUE, QALYS, RATIO, STEP
from model.analysis.columns.common import INMB_AT, LABEL
from model.cli.printed import plain_table, print_with
from model.excel.inputs.placed_inputs import CellPlace

MOST_THRESHOLDS = 3
LONGEST = 90  # letters of a text shown; the file holds all of it


def print_log(log: ChangeLog, places: Sequence[CellPlace], old: str, new: str, notes: Sequence[str] = ()) -> None:
    """Print the log to standard output; ``notes`` on the workbooks stand first."""
    print_with(lambda console: _all(console, log, places, old, new, notes))


def print_list(listed: DifferenceList, places: Sequence[CellPlace], old: str, new: str, notes: Sequence[str] = ()) -> None:
    """Print differences whose effect is not stated, and why it is not."""

    def write(console: Console) -> None:
        console.print(f"Differences: {old} (OLD) -> {new} (NEW)")
        for note in notes:
            console.print(f"Note: {note}")
        console.print(f"{listed.counts()} Their effect is not stated: {listed.reason}")
        if listed.changes:
            console.print()
            console.print(_not_run(console, listed.changes, places))

    print_with(write)


def _all(console: Console, log: ChangeLog, places: Sequence[CellPlace], old: str, new: str, notes: Sequence[str]) -> None:
    console.print(f"Change log: {old} (OLD) -> {new} (NEW)")
    for note in [*notes, *log.notes()]:
        console.print(f"Note: {note}")
    if not log.changes:
        console.print(f"\nNo input differs. The result of both: {log.before.words}.")
        return
    run = [entry for entry in log.changes if entry.leads]
    console.print(f"{log.counts()}\n")
    console.print(f"OLD  {log.before.words}\nNEW  {log.after.words}")
    if run:
        currency = log.old.settings.currency
        _heading(
            console,
            "Effect of each change alone, made in OLD",
            f"{currency}, discounted, intervention against comparator; below: change against OLD",
        )
        console.print(_alone(console, log, run, places))
        _heading(
            console,
            "One change after another, from OLD to NEW",
            f"{currency}; result after the step; below: change by the step",
        )
        console.print(_walk(console, log))
    for kind, words in TOUCHES.items():
        entries = [e for e in log.changes if e.change.kind == kind and not e.change.runs]
        if entries:
            _heading(console, words[:1].upper() + words[1:], "")
            console.print(_not_run(console, entries, places))


def _heading(console: Console, title: str, explanation: str) -> None:
    console.print(Text(f"\n{title}", style="bold"))
    if explanation:
        console.print(Text(explanation, style="dim"))


def _result_columns(table: Table, log: ChangeLog) -> None:
    by_threshold = (INMB_AT.of(threshold=threshold) for threshold in log.thresholds[:MOST_THRESHOLDS])
    for column in (COST, QALYS, RATIO, *by_threshold):
        table.add_column(column.words(), justify="right", min_width=10, max_width=12)


def _alone(console: Console, log: ChangeLog, run: Sequence[Logged], places: Sequence[CellPlace]) -> Table:
    table = plain_table(console, 1, 1)
    table.add_column("#", justify="right")
    table.add_column("Input, old -> new value, cell, input id", ratio=1, min_width=28, overflow="fold")
    _result_columns(table, log)
    table.add_row("", "OLD", *_results(log.before, None, log))
    for entry in run:
        more = f" and {entry.rows - 1} more of this set of data" if entry.rows > 1 else ""
        others = [] if entry.effect == "alone" or (more and not entry.others) else [_sentence(entry.effect)]
        old, new = _values(entry)
        place = f"{_place(entry, places)}  {entry.change.address}"
        words = [f"{entry.label}{more}", f"{old} -> {new}", place, *others]
        results = _results(entry.alone, log.before, log) if entry.alone else [""] * (3 + _shown(log))
        table.add_row(str(entry.number), _stacked(words), *results)
    table.add_row("", "All changes together (NEW)", *_results(log.after, log.before, log))
    return table


def _walk(console: Console, log: ChangeLog) -> Table:
    labels = {entry.number: entry.label for entry in log.changes if entry.leads}
    table = plain_table(console, 1, 1)
    table.add_column(STEP.words(), justify="right")
    table.add_column("Changes", max_width=14)
    table.add_column(LABEL.words(), ratio=1, min_width=28)
    _result_columns(table, log)
    table.add_row("", "", "OLD", *_results(log.before, None, log))
    before = log.before
    for number, step in enumerate(log.walk, start=1):
        words = "; ".join(labels[n] for n in step.numbers if n in labels)
        results = _results(step.result, before, log)
        table.add_row(str(number), numbers_words(step.numbers), words, *results)
        before = step.result
    table.add_row("", "", "All changes together (NEW)", *_results(log.after, log.before, log))
    return table


def _not_run(console: Console, entries: Sequence[Logged], places: Sequence[CellPlace]) -> Table:
    table = plain_table(console, 1)
    table.add_column("#", justify="right")
    table.add_column(CELL.words(), max_width=22, overflow="fold")
    table.add_column(LABEL.words(), ratio=3, overflow="fold")
    table.add_column(OLD_VALUE.words(), ratio=2, overflow="fold")
    table.add_column(NEW_VALUE.words(), ratio=2, overflow="fold")
    for entry in entries:
        table.add_row(str(entry.number), _place(entry, places), entry.label, *_values(entry))
    return table


def _values(entry: Logged) -> tuple[str, str]:
    change = entry.change
    old = "(no row)" if change.what == "added" else _short(value_words(change.old, change.column))
    new = "(row removed)" if change.what == "removed" else _short(value_words(change.new, change.column))
    unit = f" {entry.unit}" if entry.unit else ""
    return (old, f"{new}{unit}" if change.what == "changed" and new != "(empty)" else new)


def _place(entry: Logged, places: Sequence[CellPlace]) -> str:
    place = str(places[entry.number - 1])
    return f"OLD {place}" if entry.change.what == "removed" else place


def _shown(log: ChangeLog) -> int:
    return len(log.thresholds[:MOST_THRESHOLDS])


def _results(result: Headline, before: Headline | None, log: ChangeLog) -> list[Text]:
    """Cost, QALYs, ICER and INMB; below each the change against ``before``, if given."""
    icer = amount(result.icer) if result.icer is not None else _short_words(result.icer_words)
    shown = [amount(result.incremental_cost), quantity(result.incremental_qalys, 4), icer]
    shown += [amount(x) for x in result.inmb[:MOST_THRESHOLDS]]
    if before is None:
        return [Text(s) for s in shown]
    gap = icer_change(before, result)
    relative = f"\n({share(gap / before.icer)})" if gap and before.icer else ""
    qalys = difference(result.incremental_qalys, before.incremental_qalys)
    below = [
        _gap(difference(result.incremental_cost, before.incremental_cost)),
        f"{qalys:+,.4f}" if abs(qalys) >= 5e-5 else _gap(qalys),
        "" if gap is None else _gap(gap) + relative,
        *(_gap(difference(a, b)) for a, b in zip(result.inmb, before.inmb, strict=True)),
    ]
    return [Text(s).append(f"\n{b}", style="dim") for s, b in zip(shown, below, strict=False)]


def amount(value: float) -> str:
    """An amount of money with thousands separated; small ones with cents, or more digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else quantity(value)


def share(value: float) -> str:
    """A relative change with enough digits that it is not zero."""
    return f"{value:+.1%}" if abs(value) >= 5e-4 else f"{100 * value:+.1g}%"


def _gap(value: float) -> str:
    if value == 0:
        return "no change"
    if abs(value) < 0.005:
        return f"{value:+.1e}"
    return f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+,.2f}"


def _short_words(words: str) -> str:
    """``dominant`` of "dominant: no dearer and at least as effective"."""
    return words.split(":")[0]


def _stacked(lines: Sequence[str]) -> Text:
    text = Text(lines[0])
    for line in lines[1:]:
        text.append(f"\n{line}", style="dim")
    return text


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 3] + "..."
