"""Blocks of code in Markdown pages and cells of notebooks, and how they are run."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block: its language ("" for commands of a shell) and its text."""

    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines of a shell block, without remarks."""
        return [line.partition("   #")[0].strip() for line in self.text.splitlines() if line.strip()]


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    return [Block(m["language"], m["text"]) for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def cells_of(notebook: Path) -> list[str]:
    """The code of a notebook, cell by cell."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run_cell(code: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; returns what it shows, the value of a last line that is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
