"""What is said where a command is refused before anything is run or written."""

from __future__ import annotations

import sys


def refuse(message: str, problems: int = 1) -> int:
    """Say so on standard error; returns the exit code."""
    print(message, file=sys.stderr)
    print(f"{problems} problem{'s' if problems != 1 else ''} found; nothing was run or written.", file=sys.stderr)
    return 2
