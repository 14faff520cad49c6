"""From the patient records and digitised curves of a definition to fitted candidates.

Everything is cached by the records themselves, so that scenarios and edits that leave the data alone never fit twice.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import PIECEWISE, Curve
from model.definition.records.limits import LONGEST_MONTHS
from model.definition.records.population import LifeTableRow
from model.definition.records.settings import EXACT_AGE, MODEL_YEARS
from model.definition.records.survival_inputs import DigitisedPoint, NumberAtRisk, PatientRecord
from model.survival.bootstrap import Bootstrap, bootstrap
from model.survival.determination import Determination, Population
from model.survival.distributions import CANDIDATES
from model.survival.estimation import Fit, fit_data
from model.survival.families.base import Distribution
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.joint import JointFit, fit_joint
from model.survival.life_table import LifeTable, MixedPopulation, mix
from model.survival.reconstruction.reconstruct import Reconstruction, reconstruct
from model.survival.survival_data import SurvivalData, survival_data

BOOTSTRAP_SEED = 20_210_204
SAME_TIME = 1e-9  # years: a whole year is reached at this much before it


def observations(definition: ModelDefinition, curve: Curve) -> SurvivalData:
    """The observations that a curve from patient data or a digitised curve is fitted to.

    Raises ValueError where a digitised curve cannot be reconstructed (checked when the definition is made).
    """
    population = population_of(definition) if curve.mortality == "excess" else None
    if curve.source == "digitised":
        return _with_population(reconstruction(definition, curve), population)
    rows = tuple(r for r in definition.patient_data if (r.arm, r.endpoint) == (curve.arm, curve.endpoint))
    return _from_records(rows, population)


def reconstruction(definition: ModelDefinition, curve: Curve) -> Reconstruction:
    """Patient records reconstructed from the digitised curve of an arm and endpoint (Guyot et al. 2012)."""
    key = (curve.arm, curve.endpoint)
    points = tuple(p for p in definition.digitised if (p.arm, p.endpoint) == key)
    risks = tuple(r for r in definition.numbers_at_risk if (r.arm, r.endpoint) == key)
    totals = [s.total_events for s in definition.digitised_sources if (s.arm, s.endpoint) == key]
    return _reconstruct(points, risks, totals[0] if totals else None)


@lru_cache(maxsize=64)
def _reconstruct(points: tuple[DigitisedPoint, ...], risks: tuple[NumberAtRisk, ...], total: int | None) -> Reconstruction:
    return reconstruct(
        [p.time for p in points], [p.survival for p in points], [r.time for r in risks], [r.n_risk for r in risks], total
    )


@lru_cache(maxsize=64)
def _from_records(rows: tuple[PatientRecord, ...], population: MixedPopulation | None) -> SurvivalData:
    time = np.array([r.time for r in rows])
    entry = np.array([r.entry or 0.0 for r in rows])
    hazard = cumulative = None
    if population is not None:
        ages = np.array([np.nan if r.age is None else r.age for r in rows])
        female = np.array([np.nan if r.female is None else float(r.female) for r in rows])
        hazard, cumulative = population_at(population, time, entry, ages, female)
    return survival_data(
        time,
        np.array([r.event for r in rows]),
        entry,
        np.array([1.0 if r.weight is None else r.weight for r in rows]),
        tuple(r.patient for r in rows),
        hazard,
        cumulative,
    )


@lru_cache(maxsize=64)
def _with_population(made: Reconstruction, population: MixedPopulation | None) -> SurvivalData:
    if population is None:
        return made.data
    d = made.data
    unknown = np.full(d.n, np.nan)
    hazard, cumulative = population_at(population, d.time, d.entry, unknown, unknown)
    return survival_data(d.time, d.event, d.entry, d.weight, d.patient, hazard, cumulative)


def population_at(population: MixedPopulation, time: Array, entry: Array, age: Array, female: Array) -> tuple[Array, Array]:
    """Hazard at ``time`` and cumulative hazard from ``entry`` to ``time`` of each person's general population.

    ``age``, ``female`` are nan where unknown: the population's start age, and its mixture of women and men.
    """
    start = np.where(np.isnan(age), population.start_age, age)
    parts = []
    for table in (population.female, population.male):
        hazard = table.hazard_at(time, start)
        to_time, to_entry = table.cumulative_hazard_at(time, start), table.cumulative_hazard_at(entry, start)
        parts.append((hazard, to_time, to_entry))
    (h_f, t_f, e_f), (h_m, t_m, e_m) = parts
    share = np.where(np.isnan(female), population.female_share, female)
    women, men = share * np.exp(-t_f), (1 - share) * np.exp(-t_m)
    hazard = (women * h_f + men * h_m) / (women + men)
    cumulative = np.log(share * np.exp(-e_f) + (1 - share) * np.exp(-e_m)) - np.log(women + men)
    return hazard, cumulative


def population_of(definition: ModelDefinition) -> MixedPopulation:
    """The general population of the patients' start age and share of women."""
    return _population(
        definition.life_table, definition.population_value("start_age"), definition.population_value("female_share")
    )


def population_hazard(definition: ModelDefinition, months: Array) -> Array:
    """Cumulative hazard ``(n_times,)`` of the general population at the boundaries of cycles that begin at 0, by the setting
    'Age in the life table'. Patient records keep their exact ages."""
    population, steps = population_of(definition), definition.settings.mortality_steps
    if steps == EXACT_AGE:
        return population.cumulative_hazard(months)
    years = months / MONTHS_PER_YEAR
    age = population.start_age + years
    if steps == MODEL_YEARS:
        age = np.floor(population.start_age) + np.floor(years + SAME_TIME)
    return population.cumulative_hazard_in_steps(months, age[:-1] + SAME_TIME)


@lru_cache(maxsize=64)
def _population(rows: tuple[LifeTableRow, ...], start_age: float, female_share: float) -> MixedPopulation:
    ages = np.array([row.age for row in rows])
    female = LifeTable(ages, np.array([row.qx_female for row in rows]))
    if female_share >= 1:
        return mix(female, female, 1.0, start_age)
    return mix(female, LifeTable(ages, np.array([row.qx_male for row in rows])), female_share, start_age)


def fit_of(definition: ModelDefinition, curve: Curve, name: str) -> Fit:
    """One candidate fitted to the data of a curve, with the curve's cure and mortality options."""
    return _fit(observations(definition, curve), name, curve.cure, curve.mortality == "excess", cuts_of(curve))


def fit_judged(definition: ModelDefinition, curve: Curve, name: str) -> Determination:
    """What the data leave open of one candidate, within the horizon of the model."""
    added = population_added(definition, curve)
    return fit_of(definition, curve, name).judged(horizon_months(definition), added)


def joint_fit_judged(definition: ModelDefinition, curve: Curve) -> Determination:
    """The same of the curve of one arm in the joint fit that it takes part in."""
    joint = joint_fit_of(definition, curve)
    own = dataclasses.replace(joint.fit, distribution=joint.family(curve.arm)) if joint.fit.usable else joint.fit
    return own.judged(horizon_months(definition), population_added(definition, curve))


def horizon_months(definition: ModelDefinition) -> float:
    """The time horizon in months."""
    return definition.settings.horizon_years * MONTHS_PER_YEAR


def population_added(definition: ModelDefinition, curve: Curve) -> Population | None:
    """Cumulative hazard of the general population by month where it is added to the curve's own, else None."""
    return population_of(definition).cumulative_hazard if curve.mortality == "excess" else None


def fits_of(definition: ModelDefinition, curve: Curve) -> dict[str, Fit]:
    """Every candidate fitted to the data of a curve; a piecewise exponential too where cut points are given."""
    return {name: fit_of(definition, curve, name) for name in candidate_names(curve)}


def candidate_names(curve: Curve) -> tuple[str, ...]:
    """The candidates of a curve that is fitted to data."""
    return (*CANDIDATES, PIECEWISE) if curve.cut_points else CANDIDATES


@lru_cache(maxsize=4096)
def _fit(data: SurvivalData, name: str, cure: str, excess: bool, cuts: tuple[float, ...]) -> Fit:
    if name == PIECEWISE:
        family: Distribution | str = PiecewiseExponential(cuts)
    else:
        family = name if cure == "none" else f"{cure}_cure_{name}"
    return fit_data(data, family, excess)


def cuts_of(curve: Curve) -> tuple[float, ...]:
    """The cut points of a curve's piecewise exponential, months. Raises ValueError as `cuts_in`."""
    return cuts_in(curve.cut_points)


def cuts_in(text: str) -> tuple[float, ...]:
    """Cut points written in a cell or an option. Raises ValueError for what is not rising numbers above 0."""
    message = f"cut points must be months above 0 that rise, separated by ;, and at most {LONGEST_MONTHS:g}"
    try:
        cuts = tuple(float(w) for w in text.replace(",", ";").split(";") if w.strip())
    except ValueError:
        raise ValueError(message) from None
    if any(not 0.01 <= c <= LONGEST_MONTHS for c in cuts) or any(b <= a for a, b in itertools.pairwise(cuts)):
        raise ValueError(message)
    return cuts


def joint_arms(definition: ModelDefinition, endpoint: str) -> list[Curve]:
    """The curves of an endpoint that are fitted jointly, the reference arm first."""
    curves = [c for c in definition.curves if c.endpoint == endpoint and c.fitted == "jointly"]
    return sorted(curves, key=lambda c: c.reference_arm is not None)


def joint_fit_of(definition: ModelDefinition, curve: Curve) -> JointFit:
    """The joint fit that a curve takes part in: one distribution, one effect per further arm."""
    curves = joint_arms(definition, curve.endpoint)
    data, first = tuple((c.arm, observations(definition, c)) for c in curves), curves[0]
    name = first.distribution if first.cure == "none" else f"{first.cure}_cure_{first.distribution}"
    return joint_fit(data, first.arm, name, joint_effect(definition, curve.endpoint), first.mortality == "excess")


def joint_effect(definition: ModelDefinition, endpoint: str) -> str:
    """The kind of effect that sets the arms apart whose curves share coefficients: the first of a further arm."""
    further = (c.effect for c in joint_arms(definition, endpoint) if c.reference_arm is not None)
    return next(further, "hazard_ratio")


@lru_cache(maxsize=256)
def joint_fit(
    data: tuple[tuple[str, SurvivalData], ...], reference: str, name: str, effect: str, excess: bool = False
) -> JointFit:
    """One distribution fitted to the data of several arms together (see :func:`model.survival.joint.fit_joint`), once."""
    return fit_joint(dict(data), reference, name, effect, excess)


def resamples_of(definition: ModelDefinition, curve: Curve, name: str) -> Array:
    """Coefficients ``(resamples, k)`` of a candidate refitted to resampled patients.

    All curves of the arm that are fitted to patient data are resampled together, so that row b of each comes from the
    same patients.
    """
    return _resampled(definition, curve, name).coefficients[curve.arm, curve.endpoint]


def failed_resamples_of(definition: ModelDefinition, curve: Curve, name: str) -> float:
    """Share of these refits that did not end at a maximum; another resample took their place."""
    failed = _resampled(definition, curve, name).failed[curve.arm, curve.endpoint]
    return failed / definition.settings.bootstrap_resamples


def _resampled(definition: ModelDefinition, curve: Curve, name: str) -> Bootstrap:
    together = tuple(
        (c.endpoint, observations(definition, c), fit_of(definition, c, name if c == curve else _own_name(c)))
        for c in definition.curves
        if c.arm == curve.arm and c.source == "patient_data" and c.fitted == "separately"
    )
    if curve.source != "patient_data":
        together = ((curve.endpoint, observations(definition, curve), fit_of(definition, curve, name)),)
    return _bootstrap(curve.arm, together, definition.settings.bootstrap_resamples)


def _own_name(curve: Curve) -> str:
    return curve.distribution if curve.distribution in (*CANDIDATES, PIECEWISE) else "weibull"


@lru_cache(maxsize=64)
def _bootstrap(arm: str, together: tuple[tuple[str, SurvivalData, Fit], ...], resamples: int) -> Bootstrap:
    data: Mapping[tuple[str, str], SurvivalData] = {(arm, endpoint): d for endpoint, d, _ in together}
    fits = {(arm, endpoint): f for endpoint, _, f in together}
    return bootstrap(data, fits, resamples, BOOTSTRAP_SEED)
