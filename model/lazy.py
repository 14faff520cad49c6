"""Names of a package that are loaded, with the libraries they need, when they are first asked for (PEP 562).

Where each stands is said once, by the imports that the package writes under ``if TYPE_CHECKING:``, for readers, for type
checkers and for what stands here. (lazy_loader of Scientific Python reads the stubs of a package in the same way.)
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


def when_asked_for(package: str, file: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: its name, and the file of its ``__init__``."""

    def attribute(name: str) -> Any:
        home = _homes(file).get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = import_module(f"{home}.{name}") if home == package else getattr(import_module(home), name)
        setattr(sys.modules[package], name, found)
        return found

    return attribute


@cache
def _homes(file: str) -> dict[str, str]:
    """By name: the module that it is imported from, the package itself for a part of it."""
    blocks = [node for node in ast.parse(Path(file).read_text(encoding="utf-8")).body if isinstance(node, ast.If)]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}
