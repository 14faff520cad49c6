#!/usr/bin/env python3
"""Run the partitioned-survival decision model from the command line: ``python run_model.py --help``.

Installed, the same is the command ``partitioned-survival``.
"""

import sys
from importlib.util import find_spec
from pathlib import Path


def hidden_by() -> str:
    """The file or folder that the name ``model`` leads to in place of this package; "" where it leads to the package."""
    found = find_spec("model")
    folders = [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    if found is None or any((folder / "cli" / "arguments.py").exists() for folder in folders):
        return ""
    return str(found.origin or ", ".join(map(str, folders)))


def main() -> int:
    """Run the command line; returns the exit code."""
    if other := hidden_by():
        print(
            f"'{other}' has the name of the package 'model' and hides it: rename it, or run from elsewhere.", file=sys.stderr
        )
        return 2
    try:
        from model.cli import main
    except KeyboardInterrupt:  # stopped before anything began
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(main())
