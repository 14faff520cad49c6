"""What the README of a room says of files, folders and names of the code, and whether it is so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w./]+(/|\.py|\.md|\.svg)")
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
WORD = re.compile(r"[a-z][a-z0-9_]*")
CALL = re.compile(r"\(.*\)$|\[.*\]$")


def names_said(text: str) -> Iterator[str]:
    """What stands in backticks outside of blocks of code, without arguments, and looks like a path or a name."""
    for quoted in QUOTED.findall(FENCED.sub("", text)):
        bare = CALL.sub("", quoted)
        if (PATH.fullmatch(bare) or NAME.fullmatch(bare)) and not bare.endswith((".json", ".xlsx")):
            yield bare


@dataclass
class Module:
    """Names that a file defines, by class those of its body, and the words that stand in it as texts."""

    names: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(default_factory=dict)
    bases: dict[str, set[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


@cache
def read_module(path: Path) -> Module:
    """What a file defines; names that it imports count only in ``__init__.py``, which hands them on."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), Module()
    for node in tree.body:
        found.names |= set(_defined(node))
        if isinstance(node, ast.ImportFrom) and path.name == "__init__.py":
            found.names |= {alias.asname or alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            own = {name for part in node.body for name in _defined(part)}
            held = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
            found.members[node.name] = own | held
            found.bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.fullmatch(node.value):
            found.words.add(node.value)
    return found


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


class House:
    """The packages below ``top`` (``model/``), as the READMEs in them may speak of them."""

    def __init__(self, top: Path):
        self.top = top
        self.files = sorted(top.rglob("*.py"))

    @cached_property
    def known(self) -> dict[str, list[Path]]:
        """By each word that is a name somewhere: the files of that name, or in which it is one."""
        found: dict[str, list[Path]] = {}
        for path in self.files:
            module = read_module(path)
            own = path.parent.name if path.name == "__init__.py" else path.stem
            for word in {path.stem, own, *module.names, *module.words, *module.members}.union(*module.members.values()):
                found.setdefault(word, []).append(path)
        return found

    def unknown(self, folder: Path) -> list[str]:
        """What the README of a folder names that is not there."""
        text = (folder / "README.md").read_text(encoding="utf-8")
        return sorted({name for name in names_said(text) if not self.exists(name, folder)})

    def unsaid(self, folder: Path) -> list[str]:
        """Files and folders of a folder that its README does not name."""
        said = set(names_said((folder / "README.md").read_text(encoding="utf-8")))
        first = {name.removesuffix(".py").split(".")[0] for name in said if "/" not in name}
        below = {name.split("/")[0] for name in said if "/" in name}
        loose = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        rooms = {path.parent.name for path in folder.glob("*/__init__.py")}
        return sorted(loose - first) + sorted(f"{room}/" for room in rooms - below)

    def exists(self, name: str, folder: Path) -> bool:
        """Is there such a path (seen from the folder, from one above it, or from the project) or such a name (anywhere in the
        house)?"""
        above = [folder, *(p for p in folder.parents if p == self.top or self.top in p.parents), self.top.parent]
        if PATH.fullmatch(name):
            return any((place / name).exists() for place in above)
        parts = name.removeprefix(f"{self.top.name}.").split(".")
        if len(parts) == 1 and any((place / name).is_dir() for place in above):
            return True
        return any(self._resolves(parts, path) for path in self.known.get(parts[0], ()))

    def _resolves(self, parts: list[str], path: Path) -> bool:
        module, (first, *rest) = read_module(path), parts
        if first in (path.stem, path.parent.name if path.name == "__init__.py" else None):
            return not rest or self._below(rest, path)
        if not rest:
            return first in module.names or first in module.words or any(first in m for m in module.members.values())
        return first in module.members and len(rest) == 1 and rest[0] in self._members(first, path)

    def _below(self, parts: list[str], path: Path) -> bool:
        """Is a name defined in a file, or in a file of the folder of which it is the ``__init__.py``?"""
        module, (first, *rest) = read_module(path), parts
        if first in module.names and (not rest or (first in module.members and rest[0] in self._members(first, path))):
            return True
        if path.name != "__init__.py":
            return False
        rooms = [p for p in self.files if p.name == path.name and p.parent.parent == path.parent]
        inside = [*(p for p in self.files if p.parent == path.parent and p != path), *rooms]
        return any(self._resolves(parts, other) for other in inside)

    def _members(self, name: str, path: Path) -> set[str]:
        """Of a class and of the classes that it is made from, wherever in the house they stand."""
        found = set(read_module(path).members[name])
        for base in read_module(path).bases[name]:
            for other in self.known.get(base, ()):
                if base in read_module(other).members:
                    found |= self._members(base, other)
        return found
