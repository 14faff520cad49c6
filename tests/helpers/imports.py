"""Who imports whom in ``model/``, read from the source as text: type hints and imports inside functions included.

:class:`Tree` is any tree of packages, so that the rules of the house can be tried on small ones; the functions are those of
``model/``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MODEL = PROJECT / "model"

Graph = Mapping[str, frozenset[str]]
BY_NAME = ("import_module", "__import__")
"""Functions that import what they are given the name of."""


class Tree:
    """The packages below the folder ``top``, by the names of their modules. ``tables``: by module that imports what stands as
    text in another module, that other module; ``lazy``: the module by which an ``__init__.py`` hands on names when asked
    for them, all of which it names itself."""

    def __init__(self, top: Path, tables: Mapping[str, str] | None = None, lazy: str = ""):
        self.top, self.tables, self.lazy = top, tables or {}, lazy

    def module_of(self, path: Path) -> str:
        """``model.engine.states`` for the file of that module; a package for its ``__init__.py``."""
        parts = path.relative_to(self.top.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """Every file by module name."""
        return {self.module_of(path): path for path in sorted(self.top.rglob("*.py"))}

    def is_package(self, module: str) -> bool:
        return self.files[module].name == "__init__.py"

    @property
    def folders(self) -> list[str]:
        """Every package."""
        return [module for module in self.files if self.is_package(module)]

    @cached_property
    def imports(self) -> Graph:
        """By module: the modules of the tree that it imports, itself left out."""
        return {module: frozenset(self._imported(module)) - {module} for module in self.files}

    @cached_property
    def _importing(self) -> Mapping[str, list[ast.AST]]:
        """By module: its imports, and its calls of what imports by a name."""
        texts = {module: path.read_text(encoding="utf-8") for module, path in self.files.items()}
        return {module: [node for node in _nodes_of(text) if _imports(node)] for module, text in texts.items()}

    def _imported(self, module: str) -> Iterator[str]:
        if module in self.tables:
            yield from self._listed(self.tables[module])
        for node in self._importing[module]:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self.files)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{module}: a relative import; the tree writes imports in full"
                if node.module in self.files:
                    for alias in node.names:
                        below = f"{node.module}.{alias.name}"
                        yield below if below in self.files and self.is_package(node.module) else node.module

    def _listed(self, module: str) -> Iterator[str]:
        """Modules of the tree whose names stand in the text of a module."""
        for node in ast.walk(ast.parse(self.files[module].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in self.files:
                yield node.value

    def hidden_imports(self) -> list[str]:
        """Files that import from the tree by a name made at run time, which nobody can read here; an ``__init__.py`` may hand
        names on so, and a file that has its names from a table."""
        readable = {*self.folders, *self.tables, self.lazy}
        return [module for module in self.files if module not in readable and any(self._by_name(module))]

    def _by_name(self, module: str) -> Iterator[bool]:
        """For each import by name: may it be one from the tree?"""
        for node in self._importing[module]:
            if isinstance(node, ast.Call):
                given = node.args[0] if node.args else None
                plain = isinstance(given, ast.Constant) and isinstance(given.value, str)
                yield not (plain and given.value.split(".")[0] != self.top.name)

    def rooms(self, folder: str) -> dict[str, set[str]]:
        """By room of a folder: the other rooms of it that its files import. A room is a file that stands loose in the
        folder, or a folder in it as a whole."""
        inside = [m for m in self.files if m.startswith(f"{folder}.")]
        found: dict[str, set[str]] = {room_of(folder, m): set() for m in inside}
        for module in inside:
            for other in self.imports[module]:
                if other.startswith(f"{folder}."):
                    found[room_of(folder, module)].add(room_of(folder, other))
        return {room: others - {room} for room, others in found.items()}

    def mutual_folders(self) -> list[tuple[str, str]]:
        """Pairs of folders, at any level and neither inside the other, of which each imports from the other."""
        one_way = {
            (a, b)
            for module, others in self.imports.items()
            for other in others
            for a in self._folders_of(module)
            for b in self._folders_of(other)
            if a != b and not a.startswith(f"{b}.") and not b.startswith(f"{a}.")
        }
        return sorted((a, b) for a, b in one_way if a < b and (b, a) in one_way)

    def _folders_of(self, module: str) -> list[str]:
        """The folders that hold a module, the whole tree left out."""
        parts = module.split(".")
        depth = len(parts) if self.is_package(module) else len(parts) - 1
        return [".".join(parts[:n]) for n in range(2, depth + 1)]

    def upward(self, order: Mapping[str, int]) -> list[str]:
        """Imports from a floor above: ``order`` gives the height of each room of the tree."""
        return [
            f"{module} -> {other}"
            for module, others in self.imports.items()
            for other in sorted(others)
            if module != self.top.name and other != self.top.name
            if order[room_of(self.top.name, other)] > order[room_of(self.top.name, module)]
        ]

    def between(self, rooms: Collection[str], others: Collection[str]) -> list[str]:
        """Imports of modules in ``others`` by modules in ``rooms``, both rooms of the tree."""
        top = self.top.name
        return [
            f"{module} -> {other}"
            for module, imported in self.imports.items()
            for other in sorted(imported)
            if module != top and room_of(top, module) in rooms
            if other != top and room_of(top, other) in others
        ]

    def outside(self, rooms: Collection[str], packages: Collection[str]) -> list[str]:
        """Imports of packages from outside the tree, also inside functions, by modules in ``rooms``."""
        return [
            f"{module} -> {name}"
            for module in self.files
            if module != self.top.name and room_of(self.top.name, module) in rooms
            for node in self._importing[module]
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _packages_of(node)
            if name in packages
        ]

    def of_public_names(self) -> list[str]:
        """Modules that import the package of public names, the top of the tree itself."""
        return [module for module, imported in self.imports.items() if self.top.name in imported]

    def without_readme(self) -> list[str]:
        return [folder for folder in self.folders if not (self.files[folder].parent / "README.md").exists()]


def _nodes_of(text: str) -> Iterator[ast.AST]:
    """The statements of a file; expressions in them too where some may import by a name."""
    tree = ast.parse(text)
    return ast.walk(tree) if any(name in text for name in BY_NAME) else _statements(tree)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from _statements(child)


def _imports(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return isinstance(node, ast.Import | ast.ImportFrom) or name in BY_NAME


def _packages_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The packages of an import by their first names."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return [name.split(".")[0] for name in names]


def room_of(folder: str, module: str) -> str:
    """The room of ``folder`` that a module below it belongs to: a file that stands loose, or a folder as a whole."""
    return module[len(folder) + 1 :].split(".")[0]


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


def unmatched_twins(engine: set[str], live: set[str], twins: set[str], alone: set[str]) -> dict[str, set[str]]:
    """What is wrong with the twins of two rooms: files of the engine of which nothing is said, names of files that are not
    there, and steps without their twin."""
    found = {
        "nothing is said of": engine - twins - alone,
        "not in the engine": (twins | alone) - engine,
        "no twin": (twins & engine) - live,
        "said twice": twins & alone,
        "has a twin after all": alone & live,
    }
    return {what: names for what, names in found.items() if names}


HOUSE = Tree(MODEL, {"model.analysis.all_analyses": "model.choices"}, "model.lazy")
