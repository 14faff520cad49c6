"""Who imports whom in ``model/``, read from the source as text: type hints and imports inside functions included."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MODEL = PROJECT / "model"


def module_of(path: Path) -> str:
    """``model.engine.states`` for the file of that module; a package for its ``__init__.py``."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def files() -> Mapping[str, Path]:
    """Every file of the model by module name."""
    return {module_of(path): path for path in sorted(MODEL.rglob("*.py"))}


def is_package(module: str) -> bool:
    return files()[module].name == "__init__.py"


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """By module: the modules of the model that it imports, itself left out."""
    return {module: frozenset(_imported(module)) - {module} for module in files()}


def _imported(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(files()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files())
        elif isinstance(node, ast.ImportFrom) and node.module in files():
            assert not node.level, f"{module}: a relative import; the tree writes imports in full"
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in files() and is_package(node.module) else node.module


def folders() -> list[str]:
    """Every package of the model."""
    return [module for module in files() if is_package(module)]


def room_of(folder: str, module: str) -> str:
    """The room of ``folder`` that a module below it belongs to: a file that stands loose, or a folder as a whole."""
    return module[len(folder) + 1 :].split(".")[0]


def rooms(folder: str) -> dict[str, set[str]]:
    """By room of a folder: the other rooms of it that its files import."""
    inside = [m for m in files() if m.startswith(f"{folder}.")]
    found: dict[str, set[str]] = {room_of(folder, m): set() for m in inside}
    for module in inside:
        for other in imports()[module]:
            if other.startswith(f"{folder}."):
                found[room_of(folder, module)].add(room_of(folder, other))
    return {room: others - {room} for room, others in found.items()}


def circle(graph: Mapping[str, frozenset[str] | set[str]]) -> list[str]:
    """The members of one circle, in order; empty where there is none."""
    done: set[str] = set()

    def follow(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        for other in sorted(graph.get(node, ())):
            if found := follow(other, [*way, node]):
                return found
        done.add(node)
        return []

    for start in sorted(graph):
        if found := follow(start, []):
            return found
    return []


def floors(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """The floor of each room, from 0: above everything that it imports. Needs a graph without circles."""
    known: dict[str, int] = {}

    def floor(room: str) -> int:
        if room not in known:
            known[room] = 1 + max((floor(other) for other in graph[room]), default=-1)
        return known[room]

    return {room: floor(room) for room in sorted(graph)}
