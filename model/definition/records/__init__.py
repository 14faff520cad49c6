"""The records of which a definition is made, and the columns that declare their fields."""

from model.definition.records.agency import LifeYearValue, NormTerm, PatientMix, SeverityBand
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
from model.definition.records.states import State, StateShare
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

__all__ = [
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
    "DigitisedCurveSource",
    "DigitisedPoint",
    "Discount",
    "DiscountStep",
    "Drug",
    "EndOfLife",
    "EventConsequence",
    "EventProbability",
    "Evidence",
    "ExternalEvidence",
    "FlagLimit",
    "FollowUp",
    "LifeTableRow",
    "LifeYearValue",
    "MarketShare",
    "ModelWeight",
    "NetPrice",
    "NormTerm",
    "NumberAtRisk",
    "Parameter",
    "PatientMix",
    "PatientRecord",
    "PopulationItem",
    "PriceChange",
    "PriceIndex",
    "Product",
    "Progression",
    "Provenance",
    "PublishedAnalysis",
    "Reference",
    "Regimen",
    "RelativeEffect",
    "ScenarioChange",
    "Settings",
    "SeverityBand",
    "State",
    "StateShare",
    "Subgroup",
    "SubgroupChange",
    "SubsequentTreatment",
    "SurvivalTableRow",
    "Threshold",
    "TreatmentParameter",
    "Utility",
    "UtilityNorm",
    "Version",
]
