"""Some patients are progressed at time zero: PFS is of the others, OS of all.

Oracle: closed forms of exponential curves under the trapezoid rule (tests/helpers/constant_hazards.py).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import one_way, psa
from model.definition import Care, ModelDefinition, PopulationItem, Regimen, TreatmentParameter, base_case_draws
from model.definition.problems import DefinitionError
from model.engine import Outcomes, evaluate, trace
from tests.helpers.constant_hazards import ALIVE, CURVES, FREE, PACK, PILL, months_in
from tests.helpers.small_models import POPULATION, fixed, model, own_curve, settings, uncertain

TENTH = PopulationItem(item="progressed_share", parameter=fixed(0.1))


def with_share(item: PopulationItem = TENTH, **tables: object) -> ModelDefinition:
    return model(tables.pop("curves", CURVES), population=(*POPULATION, item), **tables)  # type: ignore[arg-type]


def run(definition: ModelDefinition) -> Outcomes:
    return evaluate(definition, base_case_draws(definition), threads=1)


def test_pfs_counts_for_those_who_start_progression_free() -> None:
    found = run(with_share())
    free, alive = 0.9 * months_in(FREE) / 12, months_in(ALIVE) / 12
    np.testing.assert_allclose(found.life_years.discounted[0], [[free, alive - free]] * 2, rtol=1e-12)
    np.testing.assert_allclose(found.total_qalys[0], 0.8 * free + 0.6 * (alive - free), rtol=1e-12)


def test_a_tenth_is_progressed_at_time_zero() -> None:
    columns = trace(with_share(), "old").columns
    assert [columns[state][0] for state in ("Progression-free", "Progressed", "Dead")] == pytest.approx([0.9, 0.1, 0.0])


def test_without_the_row_and_with_a_share_of_zero_results_are_the_same() -> None:
    zero = run(with_share(dataclasses.replace(TENTH, parameter=fixed(0.0))))
    np.testing.assert_allclose(zero.total_qalys, run(model(CURVES)).total_qalys, rtol=1e-14)


def test_a_drug_until_progression_is_taken_by_those_who_start_progression_free() -> None:
    """Stopping at twice the hazard of PFS: 0.9 exp(-2 x 0.03 t)."""
    care = Care(id="c", label="C", during="on_treatment", drug="pill", frequency="per_month", parameter=fixed(10.0))
    tables = {"drugs": (PILL,), "products": (dataclasses.replace(PACK, parameter=fixed(0.0)),), "care": (care,)}
    tables["regimens"] = (Regimen(arm="new", drug="pill"),)
    tables["treatment"] = (TreatmentParameter(arm="new", drug="pill", item="hazard_ratio", parameter=fixed(2.0)),)
    found = run(with_share(**tables)).total_costs[0]
    np.testing.assert_allclose(found, [0.0, 10 * 0.9 * months_in(2 * FREE)], rtol=1e-12)


@pytest.mark.parametrize("rule", ["cap_pfs", "raise_os", "hazard"])
def test_crossing_is_of_the_curve_of_those_who_start_progression_free(rule: str) -> None:
    """PFS exp(-0.01 t) and OS exp(-0.02 t): 0.9 exp(-0.01 t) is above OS from month 100 log(1 / 0.9) = 10.5 on. Where the
    hazard of PFS is raised to that of OS, a tenth of those alive stay progressed."""
    rates = {"pfs": 0.01, "os": 0.02}
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in rates.items()]
    found = trace(with_share(curves=curves, settings=settings(crossing=rule)), "old")
    months = np.arange(241)
    low, high = 0.9 * np.exp(-0.01 * months), np.exp(-0.02 * months)
    free, alive = {
        "cap_pfs": (np.minimum(low, high), high),
        "raise_os": (low, np.maximum(low, high)),
        "hazard": (0.9 * high, high),
    }[rule]
    np.testing.assert_allclose(found.columns["Progression-free"], free, rtol=1e-12)
    np.testing.assert_allclose(found.columns["OS"], alive, rtol=1e-12)
    assert found.crossing.first_month[0] == pytest.approx(11.0, abs=1.0)


def test_one_way_and_probabilistic_analyses_vary_the_share() -> None:
    definition = with_share(PopulationItem(item="progressed_share", parameter=uncertain(0.1, 0.02, "beta")))
    sampled = psa(definition, 20, seed=4)
    free, alive = (1 - sampled.draws["population.progressed_share"]) * months_in(FREE), months_in(ALIVE)
    np.testing.assert_allclose(sampled.outcomes.total_qalys[:, 0], (0.8 * free + 0.6 * (alive - free)) / 12, rtol=1e-12)
    assert "population.progressed_share" in {b.parameter_id for b in one_way(definition).bounds}


def test_a_state_transition_model_and_an_impossible_share_are_refused() -> None:
    with pytest.raises(DefinitionError, match="all patients start progression-free"):
        with_share(settings=settings(structure="state_transition", link_between_arms="own"))
    with pytest.raises(DefinitionError) as caught:
        with_share(dataclasses.replace(TENTH, parameter=fixed(1.2)))
    assert [(p.table, p.position, p.field) for p in caught.value.problems] == [("population", 2, "value")]
