"""Published tails and coefficients that arms share, typed as Stata prints them in weeks: the model typed in months.

Oracles: the same model in the model's own parametrisation (results to 1e-9, draws to 1e-6), and formualizer, which knows only
the file.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.analysis.agreement import ALLOWED, ALLOWED_GAMMA
from model.analysis.base_case.base_case import case_of_draw
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import Coefficient, Covariance, Curve, ModelDefinition, sample, validate
from model.definition.curves.typed import family_of_typed
from model.survival.programs.conversion import conversion
from tests.helpers.published_models import cured, restarted_tail
from tests.helpers.recalculated import differences, written_book
from tests.helpers.small_models import fixed

N_DRAWS, SEED = 4, 3
MODELS = {"a restarted tail": restarted_tail, "cure odds, coefficients shared": cured}
SLOW = {"a restarted tail"}


def in_stata(definition: ModelDefinition) -> ModelDefinition:
    """The typed curves as streg prints them, times in weeks."""
    coefficients: list[Coefficient] = []
    covariance: list[Covariance] = []
    for curve in definition.curves:
        rows = {c.coefficient: c.parameter.value for c in definition.coefficients if belongs(c, curve)}
        if not rows:
            continue
        made = conversion("streg", family_of_typed(definition, curve, curve.distribution), "weeks")
        names = made.family.parameters
        natural = np.array([rows[n] for n in names])
        values = made.as_printed(natural)
        key = {"arm": curve.arm, "endpoint": curve.endpoint}
        coefficients += [
            Coefficient(**key, coefficient=n, parameter=fixed(float(v))) for n, v in zip(made.names, values, strict=True)
        ]
        own = {(c.first, c.second): c.value for c in definition.covariance if belongs(c, curve)}
        if own:
            matrix = np.array([[own.get((a, b), own.get((b, a), 0.0)) for b in names] for a in names])
            theirs = made.covariance_as_printed(natural, matrix)
            covariance += [
                Covariance(**key, first=a, second=b, value=float(theirs[i, j]))
                for i, a in enumerate(made.names)
                for j, b in enumerate(made.names[: i + 1])
            ]
    curves = tuple(dataclasses.replace(c, parametrisation="streg", time_unit="weeks") for c in definition.curves)
    changed = dataclasses.replace(definition, curves=curves, coefficients=tuple(coefficients), covariance=tuple(covariance))
    assert validate(changed) == []
    return changed


def belongs(row: Coefficient | Covariance, curve: Curve) -> bool:
    return (row.arm, row.endpoint) == (curve.arm, curve.endpoint)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in MODELS])
def test_it_is_the_same_model_in_python_and_in_the_workbook(name: str, tmp_path: Path) -> None:
    own, stata = MODELS[name](), in_stata(MODELS[name]())
    assert differences(named_outputs(base_case(own)), named_outputs(base_case(stata)), ALLOWED) == {}
    drawn, expected = sample(stata, N_DRAWS, SEED), sample(own, N_DRAWS, SEED)
    of_curves = [key for key in expected.values if key.startswith("curves.")]
    assert of_curves
    for key in of_curves:
        assert drawn[key] == pytest.approx(expected[key], rel=1e-6)
    book = written_book(tmp_path, stata, psa=psa(stata, N_DRAWS, SEED))
    assert book.value("checks_failed") == 0.0
    assert differences(book.python, book.base, ALLOWED) == {}
    with book.showing(psa_draw=2):
        assert differences(named_outputs(case_of_draw(stata, drawn, 1)), book.results(), ALLOWED_GAMMA) == {}
        assert book.value("checks_failed") == 0.0
