"""Every example of a docstring gives what stands below it."""

from __future__ import annotations

import doctest
import importlib
import inspect
from types import ModuleType

import pytest

import model
from tests.helpers.imports import HOUSE

WITH_EXAMPLES = [name for name, path in HOUSE.files.items() if ">>> " in path.read_text(encoding="utf-8")]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def examples_of(module: ModuleType) -> list[doctest.DocTest]:
    return [found for found in doctest.DocTestFinder(exclude_empty=True).find(module) if found.examples]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of(name: str) -> None:
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    said: list[str] = []
    for found in examples_of(importlib.import_module(name)):
        runner.run(found, out=said.append)
    assert runner.tries
    assert not runner.failures, "".join(said)


ROOMS = (model, model.analysis, model.survival, model.analysis.decision, model.analysis.research, model.analysis.change_log)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.__name__))
def test_every_public_function_says_what_it_is_for_with_an_example(room: ModuleType) -> None:
    named = {name: getattr(room, name) for name in room.__all__}
    functions = [name for name, thing in named.items() if inspect.isfunction(thing)]
    assert [name for name in functions if ">>>" not in (inspect.getdoc(named[name]) or "")] == []
    assert [name for name, thing in named.items() if inspect.isclass(thing) and not inspect.getdoc(thing)] == []
