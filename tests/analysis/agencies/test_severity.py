"""The severity modifier.

Oracles: the ten cases of nice-digital/NICE-model-repo (tests/testthat/test-severity_modifier.R, MIT); cut-offs by hand;
SciPy's quadrature of survival, norm and discount factor on a fine grid; an annuity in closed form.
"""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy import integrate

from model.analysis import base_case
from model.analysis.agencies.population_qalys import EQUATION, TABLE, population_qalys, qalys_at, qalys_from_age
from model.analysis.agencies.severity import severity_weight
from model.analysis.agency_run import ANALYSIS, agency_results, severity
from model.analysis.analysis import Results
from model.definition import (
    DefinitionError,
    DiscountStep,
    ModelDefinition,
    ScenarioChange,
    Subgroup,
    SubgroupChange,
    define,
    edit,
)
from model.definition.checks.remarks import remarks
from model.definition.one_subgroup import in_subgroup
from model.definition.records.agency import PatientMix
from model.definition.records.population import LifeTableRow, UtilityNorm
from tests.helpers.agency_models import ARA_BRAZIER, BANDS, asking, without_agencies
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import without_scenarios

CASES = [
    (0.8, 1.6, 1.0),
    (0.4, 4.1, 1.2),
    (0.6, 4.5, 1.2),
    (0.4, 10.3, 1.7),
    (3.1, 10.5, 1.0),
    (5.4, 11.2, 1.0),
    (3.5, 15.7, 1.2),
    (16.4, 20.5, 1.0),
    (9.0, 23.0, 1.2),
    (0.5, 28.1, 1.7),
]
"""QALYs with the disease, QALYs without it, weight."""


def england(**changes: object) -> ModelDefinition:
    """England with weights by severity, both norms, at the mean age."""
    return edit(
        asking(without_agencies(without_scenarios("patina_england")), groups=()),
        {k.replace("__", "."): v for k, v in changes.items()},
    )


@pytest.mark.parametrize(("with_disease", "without", "weight"), CASES)
def test_the_ten_published_cases(with_disease: float, without: float, weight: float) -> None:
    assert severity_weight(without, with_disease, BANDS) == weight


@pytest.mark.parametrize(
    ("without", "with_disease", "weight"),
    [
        (24.0, 12.0 + 1e-6, 1.0),  # absolute, just below 12
        (24.0, 12.0, 1.2),
        (24.0, 12.0 - 1e-6, 1.2),
        (36.0, 18.0 + 1e-6, 1.2),  # absolute, just below 18
        (36.0, 18.0, 1.7),
        (36.0, 18.0 - 1e-6, 1.7),
        (10.0, 1.5 + 1e-6, 1.0),  # proportional, just below 85%
        (10.0, 1.5, 1.2),
        (10.0, 1.5 - 1e-6, 1.2),
        (10.0, 0.5 + 1e-6, 1.2),  # proportional, just below 95%
        (10.0, 0.5, 1.7),
        (10.0, 0.5 - 1e-6, 1.7),
        (14.2, 14.2 - 12.0, 1.2),  # on a cut-off but for the last digit
        (14.2, 2.1, 1.2),
    ],
)
def test_both_sides_of_each_cut_off_and_on_it(without: float, with_disease: float, weight: float) -> None:
    assert severity_weight(without, with_disease, BANDS) == weight


def by_quadrature(definition: ModelDefinition, age: float, rate: float) -> float:
    """QALYs of women from an age on, by summing over a fine grid of time."""
    hazards = {row.age: -math.log1p(-row.qx_female) for row in definition.life_table}
    norms = {row.from_age: row.utility for row in definition.utility_norms}
    end = definition.life_table[-1].age + 1
    total, left = 0.0, 1.0
    for start in range(math.floor(age), end):
        low, high = max(age, float(start)), start + 1.0
        utility = norms[max(a for a in norms if a <= start)]

        def lived(x: float, low: float = low, start: int = start, left: float = left) -> float:
            return left * math.exp(-hazards[start] * (x - low)) * (1 + rate) ** -(x - age)

        total += utility * integrate.quad(lived, low, high)[0]
        left *= math.exp(-hazards[start] * (high - low))
    return total


@pytest.mark.parametrize("age", [54.0, 53.0, 55.0, 54.37, 99.5])
def test_a_woman_of_54_has_the_qalys_that_quadrature_finds(age: float) -> None:
    definition = england()
    assert qalys_at(definition, age, 1.0) == pytest.approx(by_quadrature(definition, age, 0.035), rel=1e-9)


def test_shortfall_of_england_by_hand_on_the_inputs_of_the_former_base_case() -> None:
    definition = edit(england(), former_edits())
    found = severity(definition)
    assert found is not None
    s = found.of(definition.compared[0], TABLE)
    assert s.absolute == pytest.approx(9.60, abs=0.005)
    assert s.proportional == pytest.approx(0.66, abs=0.005)
    assert s.weight == 1.0


def test_without_deaths_and_at_one_utility_the_qalys_are_an_annuity() -> None:
    rows = tuple(LifeTableRow(age=age, qx_female=0.0, qx_male=0.0) for age in range(50, 100))
    definition = dataclasses.replace(england(), life_table=rows, utility_norms=(UtilityNorm(from_age=0.0, utility=0.8),))
    rate = math.log(1.035)
    for age in (50.0, 70.25):
        assert qalys_from_age(definition, age, "men") == pytest.approx(
            0.8 * (1 - math.exp(-rate * (100 - age))) / rate, rel=1e-12
        )
    undiscounted = dataclasses.replace(
        definition, settings=dataclasses.replace(definition.settings, discount_rate_effects=0.0)
    )
    assert qalys_from_age(undiscounted, 70.25, "women") == pytest.approx(0.8 * 29.75, rel=1e-12)


def test_the_equation_is_that_of_ara_and_brazier_at_the_middle_of_each_year() -> None:
    rows = tuple(LifeTableRow(age=age, qx_female=0.0, qx_male=1.0) for age in (60, 61))
    definition = dataclasses.replace(england(settings__discount_rate_effects=0.0), life_table=rows, norm_equation=ARA_BRAZIER)
    by_hand = sum(0.9508566 - 0.0002587 * x - 0.0000332 * x * x for x in (60.5, 61.5))
    assert qalys_from_age(definition, 60.0, "women", EQUATION) == pytest.approx(by_hand, rel=1e-12)


def test_groups_are_averaged_by_their_shares_and_sexes_as_they_start() -> None:
    rows = tuple(LifeTableRow(age=age, qx_female=0.01, qx_male=0.03) for age in range(40, 100))
    base = dataclasses.replace(england(), life_table=rows)
    groups = (
        PatientMix(group="a", age=45.0, female_share=0.9, share=0.3),
        PatientMix(group="b", age=70.5, female_share=0.2, share=0.7),
    )
    mixed = dataclasses.replace(base, patient_mix=groups)
    women, men = ([qalys_from_age(base, g.age, sex) for g in groups] for sex in ("women", "men"))
    by_hand = 0.3 * (0.9 * women[0] + 0.1 * men[0]) + 0.7 * (0.2 * women[1] + 0.8 * men[1])
    assert population_qalys(mixed) == pytest.approx(by_hand, rel=1e-12)
    assert men[0] < women[0]


def test_the_weight_multiplies_qalys_and_divides_the_ratio() -> None:
    definition = edit(england(), {"severity_bands.severe.absolute_from": 5.0})
    base, found = base_case(definition), severity(definition)
    assert found is not None
    row = found.table().iloc[0]
    assert row["weight"] == 1.2
    assert row["weighted_qalys"] == pytest.approx(1.2 * base.incremental_qalys, rel=1e-12)
    assert row["icer"] == pytest.approx(base.incremental_cost / base.incremental_qalys, rel=1e-12)
    assert row["weighted_icer"] == pytest.approx(row["icer"] / 1.2, rel=1e-12)
    benefit = found.net_health_benefit()
    at = benefit[(benefit["willingness_to_pay"] == 25000.0) & (benefit["norms"] == row["norms"])].iloc[0]
    assert at["nhb"] == pytest.approx(base.incremental_qalys - base.incremental_cost / 25000, rel=1e-12)
    assert at["weighted_nhb"] == pytest.approx(1.2 * base.incremental_qalys - base.incremental_cost / 25000, rel=1e-12)


def test_nothing_is_calculated_where_nothing_is_asked() -> None:
    assert severity(without_agencies(without_scenarios("patina_england"))) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient_mix": (PatientMix(group="a", age=50.0, female_share=1.0, share=0.9),)}, "the shares sum to 0.9"),
        ({"patient_mix": (PatientMix(group="a", age=110.0, female_share=1.0, share=1.0),)}, "not 110"),
        ({"patient_mix": (PatientMix(group="a", age=50.0, female_share=0.5, share=1.0),)}, "mortality of men"),
        ({"utility_norms": (), "settings": {"age_adjustment": "none"}}, "needs a life table and utility norms"),
        ({"settings": {"median_follow_up": None}}, "the first of the stepped results ends with it"),
    ],
)
def test_what_cannot_be_calculated_is_refused(changes: dict[str, object], words: str) -> None:
    definition = england()
    settings = changes.pop("settings", {})
    assert isinstance(settings, dict)
    made = dataclasses.replace(definition, settings=dataclasses.replace(definition.settings, **settings), **changes)
    with pytest.raises(DefinitionError, match=words):
        define(**{f.name: getattr(made, f.name) for f in dataclasses.fields(made)})


def test_qalys_fall_with_age() -> None:
    definition = england()
    found = [qalys_at(definition, age, 1.0) for age in np.arange(40.0, 90.0, 2.5)]
    assert all(np.diff(found) < 0)


def test_those_alive_at_the_horizon_are_told_where_they_are_more_than_a_twentieth() -> None:
    for years in (3.0, 40.0):
        definition = england(settings__horizon_years=years)
        made = base_case(definition)
        column = made.traces[definition.settings.comparator].columns["OS"]
        found = agency_results(made)
        assert found is not None and found.severity is not None
        row = found.severity.table().iloc[0]
        assert row["alive_at_horizon"] == pytest.approx(float(column[-1]), rel=1e-12)
        assert bool(row["remark"]) == bool(column[-1] > 0.05) == (years < 10)
        lines = [line for line in ANALYSIS.lines_of(Results(found)) if "overstated" in line]
        assert [f"{column[-1]:.0%} of patients under" in ln for ln in lines] == [True] * (years < 10)


def told(definition: ModelDefinition, words: str) -> list[tuple[str, int, str]]:
    """Table, row and field of the remarks that say so."""
    return [(r.table, r.position, r.field) for r in remarks(definition) if words in r.message]


def constant_hazard(discounting: str, *steps: tuple[float, float]) -> ModelDefinition:
    """Ages 50 to 99, each with the same probability of death and a utility of 0.8."""
    rows = tuple(LifeTableRow(age=age, qx_female=0.05, qx_male=0.05) for age in range(50, 100))
    made = dataclasses.replace(
        england(settings__discounting=discounting), life_table=rows, utility_norms=(UtilityNorm(from_age=0.0, utility=0.8),)
    )
    later = tuple(DiscountStep(from_year=year, rate_costs=0.01, rate_effects=rate) for year, rate in steps)
    return dataclasses.replace(made, discount_steps=later)


@pytest.mark.parametrize("age", [50.0, 70.0, 62.25])
def test_whole_years_discount_both_sides_of_the_shortfall(age: float) -> None:
    """Years lived in each whole year since time zero, a geometric series but for the last part of a year, x 1.035^-year."""
    hazard, years = -math.log(0.95), 100 - age
    by_hand = sum(
        1.035**-k * (math.exp(-hazard * k) - math.exp(-hazard * min(k + 1, years))) / hazard for k in range(math.ceil(years))
    )
    assert qalys_from_age(constant_hazard("annual_step"), age, "women") == pytest.approx(0.8 * by_hand, rel=1e-12)


@pytest.mark.parametrize("age", [50.0, 62.25])
@pytest.mark.parametrize("discounting", ["per_period", "continuous", "annual_step"])
def test_later_rates_discount_both_sides_of_the_shortfall(discounting: str, age: float) -> None:
    """3.5%, 2% from year 4.5 and 0% from year 10, before and after which two and three annuities stand."""
    hazard, end = -math.log(0.95), 100 - age
    found = qalys_from_age(constant_hazard(discounting, (10.0, 0.0), (4.5, 0.02)), age, "men")
    logs = [r if discounting == "continuous" else math.log1p(r) for r in (0.035, 0.02, 0.0)]

    def accumulated(t: float) -> float:
        return logs[0] * min(t, 4.5) + logs[1] * min(max(t - 4.5, 0.0), 5.5) + logs[2] * max(t - 10.0, 0.0)

    def alive(t: float) -> float:
        whole = math.floor(t) if discounting == "annual_step" else t
        return 0.8 * math.exp(-hazard * t - accumulated(whole))

    cuts = sorted({0.0, 4.5, *np.arange(1.0, math.ceil(end)), end})
    by_hand = sum(integrate.quad(alive, low, high - 1e-12)[0] for low, high in itertools.pairwise(cuts))
    assert found == pytest.approx(by_hand, rel=1e-9)


def with_groups(*groups: tuple[float, float, float]) -> ModelDefinition:
    """England, women of 54, with groups of patients: age, share of women, share of patients."""
    made = [PatientMix(group=f"g{i}", age=a, female_share=w, share=s) for i, (a, w, s) in enumerate(groups)]
    return dataclasses.replace(england(), patient_mix=tuple(made))


def test_groups_that_are_not_the_models_patients_are_remarked_on() -> None:
    words = "different people"
    assert told(with_groups((44.0, 1.0, 0.5), (64.0, 1.0, 0.5)), words) == []
    assert told(with_groups((44.0, 1.0, 0.5), (65.9, 1.0, 0.5)), words) == []  # 54.95
    assert told(with_groups((44.0, 1.0, 0.5), (66.1, 1.0, 0.5)), words) == [("patient_mix", 0, "age")]
    assert told(with_groups((54.0, 0.97, 1.0)), words) == [("patient_mix", 0, "female_share")]
    assert told(with_groups((54.0, 0.985, 1.0)), words) == []
    scenario = ScenarioChange(id="young", label="Young", input="population.start_age", value=40.0)
    assert told(dataclasses.replace(with_groups((54.0, 1.0, 1.0)), scenarios=(scenario,)), words) == [
        ("scenarios", 0, "input")
    ]
    assert told(dataclasses.replace(england(), scenarios=(scenario,)), words) == []


def test_a_subgroup_of_another_age_loses_the_qalys_of_people_of_its_age() -> None:
    whole = dataclasses.replace(
        with_groups((40.0, 1.0, 0.5), (68.0, 1.0, 0.5)),
        subgroups=(Subgroup(id="young", label="Young", share=0.5), Subgroup(id="poor", label="Poor", share=0.5)),
        subgroup_changes=(
            SubgroupChange(subgroup="young", input="population.start_age", value=40.0),
            SubgroupChange(subgroup="poor", input="utilities.progression_free", value=0.7),
        ),
    )
    young, poor = (population_qalys(in_subgroup(whole, name)) for name in ("young", "poor"))
    assert young == pytest.approx(by_quadrature(whole, 40.0, 0.035), rel=1e-9)
    assert poor == population_qalys(whole) < young
