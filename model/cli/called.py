"""How the program was called: as the script, as the installed command, or as the package."""

from __future__ import annotations

import sys
from pathlib import Path

AS_SCRIPT = "run_model.py"


def program() -> str:
    """The words with which the program was called."""
    name = Path(sys.argv[0]).name
    if name == "__main__.py":
        return "python -m model"
    return "partitioned-survival" if name.startswith("partitioned-survival") else AS_SCRIPT


def as_called(text: str) -> str:
    """A text of help with the program named as it was called."""
    return text.replace(AS_SCRIPT, program())
