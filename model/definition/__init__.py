"""Floor 1: what a model is. Immutable records of the decision problem, and its uncertain parameters."""

from .addresses import addresses, edit
from .arms import Arm, Regimen, TreatmentParameter
from .calibrated_curves import candidates, curve_id
from .care import Care, EndOfLife, Progression, SubsequentTreatment
from .correlations import Correlation
from .curve_coefficients import CurveCoefficients, curve_coefficients
from .curves import Coefficient, Covariance, Curve, Evidence, RelativeEffect
from .documentation import Assumption, ExternalEvidence, PublishedAnalysis, Reference, ScenarioChange, Version
from .draws import Draws, base_case_draws, sample
from .drugs import Administration, Discount, Drug, Product
from .health import AdverseEvent, EventConsequence, EventProbability, Utility
from .model_definition import TABLES, ModelDefinition, address_of
from .parameters import Parameter
from .population import LifeTableRow, PopulationItem, UtilityNorm
from .settings import About, DiscountStep, Provenance, Settings, Threshold
from .survival_inputs import (
    DigitisedCurveSource,
    DigitisedPoint,
    ModelWeight,
    NumberAtRisk,
    PatientRecord,
    SurvivalTableRow,
)
from .validation import DefinitionError, Problem, define, validate

__all__ = [
    "TABLES",
    "About",
    "Administration",
    "AdverseEvent",
    "Arm",
    "Assumption",
    "Care",
    "Coefficient",
    "Correlation",
    "Covariance",
    "Curve",
    "CurveCoefficients",
    "DefinitionError",
    "DigitisedCurveSource",
    "DigitisedPoint",
    "Discount",
    "DiscountStep",
    "Draws",
    "Drug",
    "EndOfLife",
    "EventConsequence",
    "EventProbability",
    "Evidence",
    "ExternalEvidence",
    "LifeTableRow",
    "ModelDefinition",
    "ModelWeight",
    "NumberAtRisk",
    "Parameter",
    "PatientRecord",
    "PopulationItem",
    "Problem",
    "Product",
    "Progression",
    "Provenance",
    "PublishedAnalysis",
    "Reference",
    "Regimen",
    "RelativeEffect",
    "ScenarioChange",
    "Settings",
    "SubsequentTreatment",
    "SurvivalTableRow",
    "Threshold",
    "TreatmentParameter",
    "Utility",
    "UtilityNorm",
    "Version",
    "address_of",
    "addresses",
    "base_case_draws",
    "candidates",
    "curve_coefficients",
    "curve_id",
    "define",
    "edit",
    "sample",
    "validate",
]
