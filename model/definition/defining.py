"""From records to a model definition in Python, without a workbook: named arguments, one for each table.

What is wrong is told in the words of Python: ``utilities[1].parameter.value`` rather than a sheet and a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from model.definition.in_python import made
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import LifeYearValue, NormTerm, PatientMix, SeverityBand
from model.definition.records.arms import Arm, Regimen, TreatmentParameter
from model.definition.records.budget import BudgetItem, MarketShare, NetPrice
from model.definition.records.care import Care, EndOfLife, Progression, SubsequentTreatment
from model.definition.records.coherence import DEFAULT_LIMITS, FlagLimit
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
from model.definition.records.input_draws import InputDraws
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

NO_PROVENANCE: Mapping[str, Provenance] = MappingProxyType({})


def define(  # the fields of ModelDefinition, in their order: a test holds it
    *,
    about: About,
    settings: Settings,
    provenance: Mapping[str, Provenance] = NO_PROVENANCE,
    thresholds: Sequence[Threshold] = (),
    discount_steps: Sequence[DiscountStep] = (),
    price_index: Sequence[PriceIndex] = (),
    population: Sequence[PopulationItem] = (),
    arms: Sequence[Arm] = (),
    regimens: Sequence[Regimen] = (),
    treatment: Sequence[TreatmentParameter] = (),
    curves: Sequence[Curve] = (),
    relative_effects: Sequence[RelativeEffect] = (),
    evidence: Sequence[Evidence] = (),
    follow_up: Sequence[FollowUp] = (),
    coefficients: Sequence[Coefficient] = (),
    covariance: Sequence[Covariance] = (),
    model_weights: Sequence[ModelWeight] = (),
    patient_data: Sequence[PatientRecord] = (),
    digitised_sources: Sequence[DigitisedCurveSource] = (),
    digitised: Sequence[DigitisedPoint] = (),
    numbers_at_risk: Sequence[NumberAtRisk] = (),
    survival_tables: Sequence[SurvivalTableRow] = (),
    states: Sequence[State] = (),
    state_shares: Sequence[StateShare] = (),
    utilities: Sequence[Utility] = (),
    adverse_events: Sequence[AdverseEvent] = (),
    event_probabilities: Sequence[EventProbability] = (),
    event_consequences: Sequence[EventConsequence] = (),
    drugs: Sequence[Drug] = (),
    products: Sequence[Product] = (),
    discounts: Sequence[Discount] = (),
    price_changes: Sequence[PriceChange] = (),
    administration: Sequence[Administration] = (),
    care: Sequence[Care] = (),
    progression: Sequence[Progression] = (),
    subsequent: Sequence[SubsequentTreatment] = (),
    end_of_life: Sequence[EndOfLife] = (),
    budget_items: Sequence[BudgetItem] = (),
    market_shares: Sequence[MarketShare] = (),
    net_prices: Sequence[NetPrice] = (),
    life_table: Sequence[LifeTableRow] = (),
    utility_norms: Sequence[UtilityNorm] = (),
    correlations: Sequence[Correlation] = (),
    scenarios: Sequence[ScenarioChange] = (),
    subgroups: Sequence[Subgroup] = (),
    subgroup_changes: Sequence[SubgroupChange] = (),
    external_evidence: Sequence[ExternalEvidence] = (),
    published_analyses: Sequence[PublishedAnalysis] = (),
    coherence_limits: Sequence[FlagLimit] = DEFAULT_LIMITS,
    severity_bands: Sequence[SeverityBand] = (),
    life_year_values: Sequence[LifeYearValue] = (),
    patient_mix: Sequence[PatientMix] = (),
    norm_equation: Sequence[NormTerm] = (),
    assumptions: Sequence[Assumption] = (),
    references: Sequence[Reference] = (),
    versions: Sequence[Version] = (),
    input_draws: InputDraws | None = None,
) -> ModelDefinition:
    """Make a definition from its records; each table is a list or another sequence of records of its class.

    The classes stand in :mod:`model.records`, whose ``fields_of`` says what each of their fields holds. A definition needs
    ``about``, ``settings``, ``arms``, a curve of PFS and of OS for each arm with what it is made from, ``utilities`` of all
    states, ``thresholds`` and the age and sex of the ``population``; every other table may stay empty.
    ``input_draws``: draws of inputs that were made elsewhere, if any (:func:`model.psa` makes them from a table).

    Raises :class:`DefinitionError` with every problem found, one per line: table, position, field, and what is allowed.

    >>> import model
    >>> from model.records import Arm, Parameter
    >>> small = model.example()
    >>> arms = [Arm(id="old", label="Old", short_label="Old"), Arm(id="new", label="Old", short_label="New", colour="red")]
    >>> tables = {name: getattr(small, name) for name in small.__dataclass_fields__}
    >>> model.define(**{**tables, "arms": arms})
    Traceback (most recent call last):
        ...
    model.definition.problems.DefinitionError: arms[1].label (Arm 'new'): 'Old' stands twice; results need different names
    arms[1].colour (Arm 'new'): 'red' is not allowed; it must be a colour such as #1F77B4
    """
    return made(dict(locals()))
