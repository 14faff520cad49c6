"""Every example of a docstring gives what stands below it."""

from __future__ import annotations

import doctest
import importlib
from types import ModuleType

import pytest

from tests.helpers.imports import HOUSE

WITH_EXAMPLES = [name for name, path in HOUSE.files.items() if ">>> " in path.read_text(encoding="utf-8")]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def examples_of(module: ModuleType) -> list[doctest.DocTest]:
    return [found for found in doctest.DocTestFinder(exclude_empty=True).find(module) if found.examples]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of(name: str) -> None:
    if name == "model.__main__":
        pytest.skip("runs the command line")
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    said: list[str] = []
    for found in examples_of(importlib.import_module(name)):
        runner.run(found, out=said.append)
    assert runner.tries and not runner.failures, "".join(said)
