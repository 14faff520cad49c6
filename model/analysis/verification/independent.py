"""Arithmetic written a second time, apart from the engine, for tests to compare with. Plain loops and closed forms."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import special

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.drugs import Drug
from model.definition.records.input_draws import DrawnElsewhere
from model.definition.records.parameters import Parameter

YEAR_LENGTHS = {"365.25_days": 365.25, "365_days": 365, "52_weeks": 7 * 52, "360_days": 12 * 30}
MONTHS = 12


def year_days(definition: ModelDefinition) -> float:
    """Days in a year as the settings have it."""
    return YEAR_LENGTHS[definition.settings.year_length]


def progressions(definition: ModelDefinition, pfs: Array, alive: float) -> float:
    """PFS events that streams after progression count: those of survivors (``alive``), or every one."""
    return float(pfs[0] - pfs[-1]) if definition.settings.progressions == "every_pfs_event" else alive


def population_survival(definition: ModelDefinition, years: Array) -> Array:
    """Share alive in the general population of the age and sex at time zero, ``(n_times,)``: year of age by year of age, or
    cycle by cycle."""
    steps = definition.settings.mortality_steps
    start = definition.population_value("start_age")
    women = definition.population_value("female_share")
    found = np.zeros(len(years))
    for share, name in ((women, "qx_female"), (1 - women, "qx_male")):
        if share > 0:
            yearly = {row.age: -math.log(max(1 - (getattr(row, name) or 0.0), 1e-300)) for row in definition.life_table}
            lived = _lived_through(yearly, start, years) if steps == "exact_age" else _in_steps(yearly, start, years, steps)
            found += share * np.exp(-lived)
    return found


def _in_steps(yearly: dict[int, float], start: float, years: Array, steps: str) -> Array:
    """Cumulative hazard from the start age where every cycle has the hazard of the whole age at which it begins."""
    hazard = [0.0]
    for begin, end in itertools.pairwise(years):
        year = math.floor(begin + 1e-9)
        age = math.floor(start + begin + 1e-9) if steps == "age_at_cycle_start" else math.floor(start) + year
        hazard.append(hazard[-1] + yearly.get(age, -math.log(1e-300)) * (end - begin))
    return np.array(hazard)


def _lived_through(yearly: dict[int, float], start: float, years: Array) -> Array:
    """Cumulative hazard from the start age: every year of age with the part of it that was lived."""
    hazard = np.zeros(len(years))
    for age, per_year in yearly.items():
        part = np.minimum(start + years, age + 1) - max(start, age)
        hazard += per_year * np.clip(part, 0.0, 1.0)
    beyond = start + years - (max(yearly) + 1)
    return hazard + np.clip(beyond, 0.0, None) * -math.log(1e-300)


def discount_factor(definition: ModelDefinition, year: float, costs: bool) -> float:
    """Discount factor at a time, year by year through the rates in force."""
    s = definition.settings
    rates = [(0.0, s.discount_rate_costs if costs else s.discount_rate_effects)]
    rates += sorted((d.from_year, d.rate_costs if costs else d.rate_effects) for d in definition.discount_steps)
    year = math.floor(year + 1e-9) if s.discounting == "annual_step" else year
    factor = 1.0
    for k, (since, rate) in enumerate(rates):
        until = rates[k + 1][0] if k + 1 < len(rates) else math.inf
        lived = max(min(year, until) - since, 0.0)
        factor *= math.exp(-rate * lived) if s.discounting == "continuous" else (1 + rate) ** -lived
    return factor


def uprating(definition: ModelDefinition, row: Any) -> float:
    """What a row of costs is multiplied with to be in the prices of the year of the settings; 0 where its perspective is not
    counted."""
    if getattr(row, "perspective", "payer") == "societal" and definition.settings.cost_perspective == "payer":
        return 0.0
    wanted = definition.settings.price_year.strip()
    if row.price_year is None or str(row.price_year) == wanted:
        return 1.0
    levels = {str(level.year): level.index for level in definition.price_index}
    return levels[wanted] / levels[str(row.price_year)]


def norm_at(definition: ModelDefinition, age: float) -> float:
    """Mean utility of the general population at an age: the last row that begins at or before it."""
    rows = sorted((row.from_age, row.utility) for row in definition.utility_norms)
    known = [utility for since, utility in rows if since <= age + 1e-9]
    return known[-1] if known else rows[0][1]


def trapezoid(values: Array, step: float) -> float:
    """Area under values at equal steps."""
    return float(step * (values[:-1] + values[1:]).sum() / 2)


def cheapest_packs(amount: float, packs: Sequence[tuple[float, float]]) -> float:
    """Least cost of whole packs that hold at least an amount, by trying every combination; packs: (contents, price)."""
    most = [math.ceil(amount / contents - 1e-9) for contents, _ in packs]
    costs = []
    for counts in itertools.product(*(range(m + 1) for m in most)):
        held = sum(n * contents for n, (contents, _) in zip(counts, packs, strict=True))
        if held >= amount * (1 - 1e-9):
            costs.append(sum(n * price for n, (_, price) in zip(counts, packs, strict=True)))
    return min(costs)


def dose_days(drug: Drug, start: float, stop: float) -> list[float]:
    """Days on which doses are given from a day on and before another, counted out one schedule after the other."""
    days = [int(word) for word in drug.dose_days.replace(";", ",").split(",")]
    found, first = [], start
    while first < stop:
        found += [first + day - 1 for day in days]
        first += drug.schedule_days
    return sorted(day for day in found if day < stop - 1e-9)


def cumulative_probability(parameter: Parameter, value: float) -> float:
    """Probability of a value at or below ``value``, from the moments of the row (Briggs et al. 2006, chapter 4)."""
    mean, se, kind = parameter.value, parameter.standard_error, parameter.distribution
    if kind == "uniform":
        assert parameter.low is not None and parameter.high is not None
        return (value - parameter.low) / (parameter.high - parameter.low)
    if kind == "lognormal_ratio":
        if parameter.low is not None and parameter.high is not None:
            spread = math.log(parameter.high / parameter.low) / (2 * 1.959963984540054)
        else:
            spread = (se or math.nan) / mean
        return float(special.ndtr(math.log(value / mean) / spread))
    if kind in ("beta", "dirichlet"):
        n = parameter.sample_size if se is None or kind == "dirichlet" else mean * (1 - mean) / se**2 - 1
        assert n is not None
        return float(special.betainc(mean * n, (1 - mean) * n, value))
    assert se is not None
    if kind == "normal":
        return float(special.ndtr((value - mean) / se))
    if kind == "gamma":
        return float(special.gammainc(mean**2 / se**2, value * mean / se**2))
    spread = math.sqrt(math.log(1 + (se / mean) ** 2))
    return float(special.ndtr((math.log(value / mean) + spread**2 / 2) / spread))


def mean_of(parameter: Parameter) -> float:
    """Mean that draws must have."""
    if isinstance(parameter, DrawnElsewhere):
        return math.fsum(parameter.draws) / len(parameter.draws)
    if parameter.distribution == "uniform":
        assert parameter.low is not None and parameter.high is not None
        return (parameter.low + parameter.high) / 2
    if parameter.distribution == "lognormal_ratio":
        return parameter.value * math.exp(parameter.log_standard_error() ** 2 / 2)
    return parameter.value
