"""Tables on standard output: laid out for a terminal, aligned text in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH = 120


def print_with(write: Callable[[Console], None]) -> None:
    """Print what ``write`` puts on a console; letters that a pipe on Windows does not know are replaced."""
    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        width=None if terminal else WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=None if terminal else False,
    )
    with console.capture() as captured:
        write(console)
    text = "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def plain_table(console: Console, between: int = 2, below: int = 0) -> Table:
    """An empty table: ruled on a terminal, without lines in a pipe. ``between``: spaces between columns; ``below``: empty
    lines below a row."""
    style = box.SIMPLE_HEAD if console.is_terminal else None
    return Table(box=style, padding=(0, between, below, 0), header_style="bold", pad_edge=False)
