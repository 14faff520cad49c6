"""Floor 1: what a model is. Immutable records of the decision problem, and its uncertain parameters."""

from model.definition import records as _records
from model.definition.addresses import addresses
from model.definition.curves.coefficients import CurveCoefficients, candidates, curve_coefficients
from model.definition.defining import define
from model.definition.editing import edit
from model.definition.model_definition import TABLES, ModelDefinition, address_of
from model.definition.problems import DefinitionError, Problem
from model.definition.records import *  # noqa: F403
from model.definition.sampling.draws import Draws, base_case_draws, sample
from model.definition.typed_curve import TypedCurve, typed_curve
from model.definition.validation import validate

__all__ = [
    "TABLES",
    "CurveCoefficients",
    "DefinitionError",
    "Draws",
    "ModelDefinition",
    "Problem",
    "TypedCurve",
    "address_of",
    "addresses",
    "base_case_draws",
    "candidates",
    "curve_coefficients",
    "define",
    "edit",
    "sample",
    "typed_curve",
    "validate",
]
__all__ += _records.__all__
