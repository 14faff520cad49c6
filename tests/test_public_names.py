"""The names of ``import model``: each is found, is what its home has, and is loaded when it is asked for."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from functools import cache
from importlib.machinery import SourceFileLoader

import pytest

import model
from tests.helpers import typed_script
from tests.helpers.forks import in_a_fork
from tests.helpers.shipped import ROOT


def homes() -> dict[str, str]:
    """By public name: the module that type checkers take it from."""
    tree = ast.parse((ROOT / "model" / "__init__.py").read_text(encoding="utf-8"))
    (checked,) = (n for n in tree.body if isinstance(n, ast.If))
    imports = [n for n in checked.body if isinstance(n, ast.ImportFrom)]
    return {alias.name: str(n.module) for n in imports for alias in n.names}


def test_every_name_is_what_its_home_has() -> None:
    assert sorted(homes()) == sorted(model.__all__) == model.__all__
    for name, home in homes().items():
        where = importlib.import_module(home if home != "model" else f"model.{name}")
        assert getattr(model, name) is (where if home == "model" else getattr(where, name)), name


def test_names_are_listed_and_unknown_ones_refused() -> None:
    assert set(model.__all__) <= set(dir(model))
    with pytest.raises(AttributeError, match="module 'model' has no attribute 'base_cases'"):
        model.base_cases  # noqa: B018
    with pytest.raises(ImportError):
        exec("from model import base_cases")


WAYS = (
    "import model; model.base_case",
    "from model import base_case, psa",
    "from model import *; write_workbook",
    "import model; model.analysis.decision.incremental_analysis",
    "import model; model.analysis.research.SurvivalStudy",
    "import model; model.analysis.change_log.change_log",
    "import model; model.survival.fit",
    "import model; model.engine.Engine; model.definition.sample; model.excel.write_template",
)


def each_as_the_first() -> int:
    """The libraries stay loaded, of which each start takes seconds, and files are compiled once; the model goes."""
    SourceFileLoader.get_code = cache(SourceFileLoader.get_code)  # type: ignore[method-assign]
    for way in WAYS:
        for name in [n for n in sys.modules if n.partition(".")[0] == "model"]:
            del sys.modules[name]
        exec(way, {})
    return 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_each_way_to_a_name_is_open_to_the_first_who_asks() -> None:
    assert in_a_fork(each_as_the_first) == 0


def test_the_package_alone_loads_no_library() -> None:
    code = "import sys, model; assert not {'numpy', 'pandas', 'scipy', 'matplotlib', 'openpyxl'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_what_a_type_checker_knows_of_the_names_is_so() -> None:
    """``mypy`` reads the script with the model; here it runs."""
    assert typed_script.run().startswith(" ")
    assert "typed_script.py" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
