"""What a fault is, and ways to put one in: in place of a function, of what it gives, of a property, of the inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from model.definition import ModelDefinition

Patch = pytest.MonkeyPatch
UNDER_TEST = "model.analysis.verification.under_test"


@dataclasses.dataclass(frozen=True)
class Mutation:
    """A fault: ``patch`` puts it into the program, ``edit`` into the inputs."""

    patch: Callable[[Patch], None] | None = None
    edit: Callable[[ModelDefinition], ModelDefinition] | None = None


def instead(target: Any, name: str, make: Callable[..., Any]) -> Mutation:
    """``make(original, *arguments)`` in place of an attribute of a class, or of a function by its dotted path."""

    def patch(mp: Patch) -> None:
        owner = import_module(target) if isinstance(target, str) else target
        original = getattr(owner, name)
        mp.setattr(owner, name, lambda *a, **k: make(original, *a, **k))

    return Mutation(patch)


def after(target: Any, name: str, change: Callable[[Any], Any]) -> Mutation:
    """A function whose result is changed."""
    return instead(target, name, lambda original, *a, **k: change(original(*a, **k)))


def shown_as(target: type, name: str, get: Callable[[Any], Any]) -> Mutation:
    """A property with another value."""
    return Mutation(lambda mp: mp.setattr(target, name, property(get)))


def inputs(edit: Callable[[ModelDefinition], ModelDefinition]) -> Mutation:
    return Mutation(edit=edit)


def both(*faults: Mutation) -> Mutation:
    """Several faults at once."""

    def patch(mp: Patch) -> None:
        for fault in faults:
            if fault.patch is not None:
                fault.patch(mp)

    edits = [fault.edit for fault in faults if fault.edit is not None]
    return Mutation(patch, edits[0] if edits else None)
