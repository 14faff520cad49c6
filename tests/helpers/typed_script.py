"""A script that calls the public names with the types that they have; ``mypy`` reads it with the model, tests run it.

``assert_type`` says what a type checker, and with it the completion of an editor, knows of a name that is loaded lazily.
"""

from __future__ import annotations

from typing import assert_type

import numpy as np
import pandas as pd

import model
from model.analysis import PSA, BaseCase, OneWay, Scenarios, Sobol, decision
from model.definition import ModelDefinition
from model.records import Arm, Parameter, Utility


def run() -> str:
    """The summary of the small example, with every type on the way."""
    assert_type(model.__version__, str)
    definition = model.example("small")
    assert_type(definition, ModelDefinition)
    assert_type(definition.arms, tuple[Arm, ...])
    assert_type(definition.utilities[0], Utility)
    assert_type(definition.utilities[0].parameter, Parameter)
    base = model.base_case(definition)
    assert_type(base, BaseCase)
    assert_type(base.totals(), pd.DataFrame)
    assert_type(base.icer, float | None)
    psa = model.psa(definition, draws=20, seed=1)
    assert_type(psa, PSA)
    assert_type(psa.ceac([50_000.0]), pd.DataFrame)
    assert_type(model.one_way(definition), OneWay)
    assert_type(model.scenarios(definition), Scenarios)
    assert_type(model.sobol(definition, runs=64), Sobol)
    assert_type(model.edit(definition, {"settings.horizon_years": 5}), ModelDefinition)
    assert_type(decision.incremental_analysis([1.0, 2.0], [1.0, 2.0], ["a", "b"]), pd.DataFrame)
    fitted = model.survival.fit([2.0, 4.0, 5.0], [1, 1, 0], "exponential")
    assert_type(fitted, model.survival.Fit)
    curve = model.survival.distribution("weibull").survival(np.array([1.0]), [1.5, 20.0])
    assert curve.shape == (1,)
    return base.summary()


def mistaken(definition: ModelDefinition) -> None:
    """What a type checker refuses: with ``warn_unused_ignores`` an ignore that is not needed is an error."""
    model.define(about=definition.about, settings=definition.settings, arms=[Parameter(1.0)])  # type: ignore[list-item]
    model.define(about=definition.about, settings=definition.settings, arm=definition.arms)  # type: ignore[call-arg]
    model.psa(definition, draws="many")  # type: ignore[arg-type]
    model.base_cases(definition)  # type: ignore[attr-defined]
