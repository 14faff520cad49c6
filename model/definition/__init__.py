"""Floor 1: what a model is. Immutable records of the decision problem, and its uncertain parameters."""

from model.definition.addresses import addresses
from model.definition.curves.coefficients import CurveCoefficients, candidates, curve_coefficients
from model.definition.defining import define
from model.definition.editing import edit
from model.definition.model_definition import TABLES, ModelDefinition, address_of
from model.definition.problems import DefinitionError, Problem
from model.definition.records.arms import Arm, Regimen, TreatmentParameter
from model.definition.records.budget import BudgetItem, MarketShare, NetPrice
from model.definition.records.care import Care, EndOfLife, Progression, SubsequentTreatment
from model.definition.records.coherence import FlagLimit
from model.definition.records.correlations import Correlation
from model.definition.records.curves import Coefficient, Covariance, Curve, Evidence, RelativeEffect
from model.definition.records.documentation import (
    Assumption,
    ExternalEvidence,
    PublishedAnalysis,
    Reference,
    ScenarioChange,
    Version,
)
from model.definition.records.drugs import Administration, Discount, Drug, PriceChange, Product
from model.definition.records.health import AdverseEvent, EventConsequence, EventProbability, Utility
from model.definition.records.parameters import Parameter
from model.definition.records.population import LifeTableRow, PopulationItem, UtilityNorm
from model.definition.records.price_index import PriceIndex
from model.definition.records.settings import About, DiscountStep, Provenance, Settings, Threshold
from model.definition.records.states import State
from model.definition.records.subgroups import Subgroup, SubgroupChange
from model.definition.records.survival_inputs import (
    DigitisedCurveSource,
    DigitisedPoint,
    FollowUp,
    ModelWeight,
    NumberAtRisk,
    PatientRecord,
    SurvivalTableRow,
)
from model.definition.sampling.draws import Draws, base_case_draws, sample
from model.definition.typed_curve import TypedCurve, typed_curve
from model.definition.validation import validate

__all__ = [
    "TABLES",
    "About",
    "Administration",
    "AdverseEvent",
    "Arm",
    "Assumption",
    "BudgetItem",
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
    "FlagLimit",
    "FollowUp",
    "LifeTableRow",
    "MarketShare",
    "ModelDefinition",
    "ModelWeight",
    "NetPrice",
    "NumberAtRisk",
    "Parameter",
    "PatientRecord",
    "PopulationItem",
    "PriceChange",
    "PriceIndex",
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
    "State",
    "Subgroup",
    "SubgroupChange",
    "SubsequentTreatment",
    "SurvivalTableRow",
    "Threshold",
    "TreatmentParameter",
    "TypedCurve",
    "Utility",
    "UtilityNorm",
    "Version",
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
