"""What is wrong stays the same on its way from a process that evaluates or draws to the one that tells it."""

from __future__ import annotations

import pickle

import pytest

from model.definition.problems import DefinitionError, Problem
from model.engine import ClusterError
from model.excel import InputError
from model.excel.inputs.errors import InputProblem
from model.files.trouble import OutputError
from model.survival.reconstruction.curve_error import CurveError

ERRORS = [
    DefinitionError([Problem("utilities", 1, "value", "1.2 is above the maximum of 1")]),
    InputError([InputProblem("Utilities", "E7", "Value", "progressed", "1.2 is above the maximum of 1")]),
    CurveError("survival rises", "curve", 3),
    OutputError("'x' cannot be written"),
    ClusterError("no worker"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_arrives_as_it_was_sent(error: Exception) -> None:
    error.add_note("said on the way")
    found = pickle.loads(pickle.dumps(error))
    assert type(found) is type(error) and str(found) == str(error) and vars(found) == vars(error)
