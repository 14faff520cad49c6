"""The whole decision problem as immutable data. It is complete and valid, or it does not exist."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, get_args, get_origin, get_type_hints

from model.definition.records.agency import LifeYearValue, NormTerm, PatientMix, SeverityBand
from model.definition.records.arms import Arm, Regimen, TreatmentParameter
from model.definition.records.budget import BudgetItem, MarketShare, NetPrice
from model.definition.records.care import Care, EndOfLife, Progression, SubsequentTreatment
from model.definition.records.coherence import DEFAULT_LIMITS, FlagLimit
from model.definition.records.columns import block_of
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
from model.definition.records.input_draws import InputDraws, drawn_elsewhere
from model.definition.records.parameters import Parameter
from model.definition.records.population import (
    PROGRESSED_AT_START,
    STRUCTURAL_ITEMS,
    LifeTableRow,
    PopulationItem,
    UtilityNorm,
)
from model.definition.records.price_index import PriceIndex
from model.definition.records.record import Record
from model.definition.records.settings import About, DiscountStep, Provenance, Settings, Threshold
from model.definition.records.states import REGION_LABELS, REGIONS, THREE_STATES, State, StateShare
from model.definition.records.subgroups import Subgroup, SubgroupChange
from model.definition.records.survival_inputs import (
    DigitisedCurveSource,
    DigitisedPoint,
    FollowUp,
    ModelWeight,
    NumberAtRisk,
    PatientRecord,
    SurvivalTableRow,
    with_corners,
)
from model.shown import Shown, View


def key_of(record: Record) -> tuple[str, ...]:
    """The key of a record as words; parts that are empty (all arms) are left out."""
    return record.key


def _curve_words(curve: Curve | None) -> str:
    if curve is None:
        return "none"
    if curve.source == "relative_effect":
        return f"{curve.effect.replace('_', ' ')} on {curve.reference_arm}"
    return f"{curve.distribution.replace('_', ' ')} ({curve.source.replace('_', ' ')})"


def address_of(table: str, record: Record) -> str:
    """The address of a record, ``table.key``: also the id of its parameter, if it has one."""
    return ".".join((table, *key_of(record)))


@dataclasses.dataclass(frozen=True)
class ModelDefinition(Shown):
    """A decision problem. Make it with :func:`model.read_inputs` or with :func:`define`, which check it."""

    about: About
    settings: Settings
    provenance: Mapping[str, Provenance] = dataclasses.field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()
    discount_steps: tuple[DiscountStep, ...] = ()
    price_index: tuple[PriceIndex, ...] = ()
    population: tuple[PopulationItem, ...] = ()
    arms: tuple[Arm, ...] = ()
    regimens: tuple[Regimen, ...] = ()
    treatment: tuple[TreatmentParameter, ...] = ()
    curves: tuple[Curve, ...] = ()
    relative_effects: tuple[RelativeEffect, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    coefficients: tuple[Coefficient, ...] = ()
    covariance: tuple[Covariance, ...] = ()
    model_weights: tuple[ModelWeight, ...] = ()
    patient_data: tuple[PatientRecord, ...] = ()
    digitised_sources: tuple[DigitisedCurveSource, ...] = ()
    digitised: tuple[DigitisedPoint, ...] = ()
    numbers_at_risk: tuple[NumberAtRisk, ...] = ()
    survival_tables: tuple[SurvivalTableRow, ...] = ()
    states: tuple[State, ...] = ()
    state_shares: tuple[StateShare, ...] = ()
    utilities: tuple[Utility, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    event_probabilities: tuple[EventProbability, ...] = ()
    event_consequences: tuple[EventConsequence, ...] = ()
    drugs: tuple[Drug, ...] = ()
    products: tuple[Product, ...] = ()
    discounts: tuple[Discount, ...] = ()
    price_changes: tuple[PriceChange, ...] = ()
    administration: tuple[Administration, ...] = ()
    care: tuple[Care, ...] = ()
    progression: tuple[Progression, ...] = ()
    subsequent: tuple[SubsequentTreatment, ...] = ()
    end_of_life: tuple[EndOfLife, ...] = ()
    budget_items: tuple[BudgetItem, ...] = ()
    market_shares: tuple[MarketShare, ...] = ()
    net_prices: tuple[NetPrice, ...] = ()
    life_table: tuple[LifeTableRow, ...] = ()
    utility_norms: tuple[UtilityNorm, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    scenarios: tuple[ScenarioChange, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    subgroup_changes: tuple[SubgroupChange, ...] = ()
    external_evidence: tuple[ExternalEvidence, ...] = ()
    published_analyses: tuple[PublishedAnalysis, ...] = ()
    coherence_limits: tuple[FlagLimit, ...] = DEFAULT_LIMITS
    severity_bands: tuple[SeverityBand, ...] = ()
    life_year_values: tuple[LifeYearValue, ...] = ()
    patient_mix: tuple[PatientMix, ...] = ()
    norm_equation: tuple[NormTerm, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    references: tuple[Reference, ...] = ()
    versions: tuple[Version, ...] = ()
    input_draws: InputDraws | None = None

    def with_own_draws(self) -> ModelDefinition:
        """The same without draws from elsewhere: for what is run at the values typed, whatever is changed in it."""
        return self if self.input_draws is None else dataclasses.replace(self, input_draws=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "survival_tables", with_corners(self.survival_tables))

    def table(self, name: str) -> tuple[Any, ...]:
        """The records of one table, by the table's name."""
        return getattr(self, name)

    def records(self) -> Iterator[tuple[str, int, Record]]:
        """Every record of every table: (table, position, record)."""
        for name in TABLES:
            for position, record in enumerate(self.table(name)):
                yield name, position, record

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every numeric input that an analysis may vary, by id (age and sex shift tables and stay fixed); with the
        distribution of its draws where these were made elsewhere."""
        found: dict[str, Parameter] = {}
        blocks = {table: block[0] for table, kind in TABLES.items() if (block := block_of(kind))}
        for table, field in blocks.items():
            for record in self.table(table):
                if not (isinstance(record, PopulationItem) and record.item in STRUCTURAL_ITEMS):
                    found[address_of(table, record)] = getattr(record, field)
        for name, values in {} if self.input_draws is None else self.input_draws.columns.items():
            if name in found:
                found[name] = drawn_elsewhere(found[name], values)
        return found

    @property
    def drawn_elsewhere(self) -> frozenset[str]:
        """Ids in the draws of inputs and curves of which draws were made elsewhere."""
        return frozenset() if self.input_draws is None else frozenset(self.input_draws.ids)

    @cached_property
    def arm_ids(self) -> tuple[str, ...]:
        return tuple(arm.id for arm in self.arms)

    @cached_property
    def arm_labels(self) -> list[str]:
        return [arm.label for arm in self.arms]

    @cached_property
    def compared(self) -> tuple[int, int]:
        """Positions of the comparator and of the intervention among the arms."""
        return self.arm_ids.index(self.settings.comparator), self.arm_ids.index(self.settings.intervention)

    def arm(self, arm_id: str) -> Arm:
        return next(arm for arm in self.arms if arm.id == arm_id)

    def drug(self, drug_id: str) -> Drug:
        return next(drug for drug in self.drugs if drug.id == drug_id)

    def regimen(self, arm_id: str) -> tuple[Regimen, ...]:
        """The drugs of one arm."""
        return tuple(r for r in self.regimens if r.arm == arm_id)

    def curve(self, arm_id: str, endpoint: str) -> Curve | None:
        """The curve of one arm and endpoint, or None."""
        return next((c for c in self.curves if c.arm == arm_id and c.endpoint == endpoint), None)

    @cached_property
    def living_states(self) -> tuple[State, ...]:
        """The states in which patients live, the one with the lowest curve first: those listed, else progression-free and
        progressed."""
        return self.states or THREE_STATES

    @cached_property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints whose curves divide the states, the lowest first; the last is os."""
        return tuple(state.endpoint for state in self.living_states)

    @cached_property
    def further_endpoints(self) -> tuple[str, ...]:
        """Those that a model with three states does not have."""
        return tuple(e for e in self.endpoints if e not in REGIONS.values())

    @cached_property
    def state_labels(self) -> dict[str, str]:
        """Names of states, of the parts of those alive that PFS divides, and of death, by id."""
        return {**REGION_LABELS, **{state.id: state.label for state in self.states}}

    @cached_property
    def drug_labels(self) -> dict[str, str]:
        """Names of the drugs by id."""
        return {drug.id: drug.label for drug in self.drugs}

    def starting_in(self, arm_id: str | None) -> tuple[StateShare, ...]:
        """The shares of the states in which patients of an arm start: its own, else those for all arms."""
        own = tuple(row for row in self.state_shares if row.arm == arm_id)
        return own or tuple(row for row in self.state_shares if row.arm is None)

    def starting_later(self, endpoint: str, arm_id: str) -> tuple[str, ...]:
        """Ids of the shares of an arm's patients who start in a state above the curve of an endpoint, and so are not those of
        whom it tells; none where it ends no state."""
        if endpoint not in self.endpoints:
            return ()
        until = self.endpoints.index(endpoint)
        later = {state.id for state in self.living_states[until + 1 :]}
        found = [address_of("state_shares", row) for row in self.starting_in(arm_id) if row.state in later]
        if until <= self.endpoints.index("pfs"):
            found += [address_of("population", row) for row in self.population if row.item == PROGRESSED_AT_START]
        return tuple(found)

    def is_progressed(self, state: str) -> bool:
        """Does a state in which patients live begin where PFS ends?"""
        at = [s.id for s in self.living_states].index(state)
        return at > self.endpoints.index("pfs")

    def progression_row(self, item: str, arm_id: str) -> Progression | None:
        """A number about progression that holds for one arm: its own row, else the row for all arms, else None."""
        rows = [r for r in self.progression if r.item == item]
        return next((r for r in rows if r.arm == arm_id), next((r for r in rows if r.arm is None), None))

    def population_value(self, item: str) -> float:
        """A population characteristic; raises KeyError if it is not given."""
        for row in self.population:
            if row.item == item:
                return row.parameter.value
        raise KeyError(item)

    def decision_thresholds(self) -> tuple[float, ...]:
        return tuple(t.value for t in self.thresholds if t.role == "decision")

    def willingness_to_pay(self, threshold: float | None = None) -> float:
        """The threshold given, or the highest of the decision."""
        return max(self.decision_thresholds()) if threshold is None else threshold

    def all_thresholds(self) -> tuple[float, ...]:
        return tuple(sorted(t.value for t in self.thresholds))

    def scenario_changes(self) -> dict[str, dict[str, Any]]:
        """Changes of each scenario, by scenario id in the order of the sheet: {id: {address: value}}."""
        changes: dict[str, dict[str, Any]] = {}
        for row in self.scenarios:
            changes.setdefault(row.id, {})[row.input] = row.value
        return changes

    def changes_in_subgroups(self) -> dict[str, dict[str, Any]]:
        """Changes of each subgroup, by its id in the order of the sheet: {id: {address: value}}; none where it has no input
        of its own."""
        changes: dict[str, dict[str, Any]] = {group.id: {} for group in self.subgroups}
        for row in self.subgroup_changes:
            changes.setdefault(row.subgroup, {})[row.input] = row.value
        return changes

    def values_of_changes(self, address: str) -> list[Any]:
        """What scenarios and subgroups make of one input."""
        in_scenarios = [row.value for row in self.scenarios if row.input == address]
        return in_scenarios + [row.value for row in self.subgroup_changes if row.input == address]

    def all_changes(self) -> list[dict[str, Any]]:
        """Every set of changes that a workbook may show: of each subgroup, of each scenario, and of each scenario in each
        subgroup (the subgroup first, then the scenario)."""
        groups = [changes for changes in self.changes_in_subgroups().values() if changes]
        scenarios = list(self.scenario_changes().values())
        return [*groups, *scenarios, *({**group, **scenario} for group in groups for scenario in scenarios)]

    def view(self) -> View:
        """The arms with their curves and drugs, and what there is besides."""
        endpoints = [f for f in ("pfs", "os") if any(c.endpoint == f for c in self.curves)]
        rows = []
        for arm in self.arms:
            drugs = ", ".join(self.drug(r.drug).label for r in self.regimen(arm.id))
            rows.append([arm.label, *(_curve_words(self.curve(arm.id, name)) for name in endpoints), drugs])
        return View(self.about.title, ["Arm", *(name.upper() for name in endpoints), "Drugs"], rows, words=self._in_words())

    def _in_words(self) -> list[str]:
        s, uncertain = self.settings, sum(p.uncertain for p in self.parameters.values())
        counts = f"{len(self.arms)} arms, {len(self.parameters)} parameters of which {uncertain} uncertain"
        more = f"{len(self.scenario_changes())} scenarios, {len(self.subgroups)} subgroups"
        rates = f"discounted at {s.discount_rate_costs:.3g} (costs) and {s.discount_rate_effects:.3g} (effects) a year"
        return [f"{counts}, {more}.", f"{s.horizon_years:g} years in cycles of {s.cycle_days:g} days, {rates}."]


TABLES: Mapping[str, type[Record]] = {
    name: get_args(kind)[0] for name, kind in get_type_hints(ModelDefinition).items() if get_origin(kind) is tuple
}
"""The class of the records of every table, in the order of the definition."""
