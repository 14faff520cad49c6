"""The floor under survival. Oracle: the floor under cumulative hazards, whose increments are the larger of two."""

from __future__ import annotations

import numpy as np
import pytest

from model.survival.life_table import hazard_floor
from model.survival.survival_floor import SurvivalFloor

YEARS = 40
WEEKS = np.arange(52 * YEARS + 1.0)
STEPS = np.cumsum(np.repeat(5e-5 * np.exp(0.1 * np.arange(YEARS)), 52))
POPULATION = np.concatenate([[0.0], STEPS])  # a hazard that steps up with every year of age
rng = np.random.default_rng(8)
SCALE = np.exp(rng.uniform(4.0, 8.0, (40, 1)))
SHAPE = np.exp(rng.uniform(-1.0, 1.5, (40, 1)))
HAZARDS = {
    "falling": (WEEKS / SCALE) ** np.minimum(SHAPE, 1 / SHAPE),
    "rising": (WEEKS / SCALE) ** np.maximum(SHAPE, 1 / SHAPE),  # against steps: held now and then
    "rising, then falling": np.log1p((WEEKS / SCALE) ** np.maximum(SHAPE, 1 / SHAPE)),
    "the population's own": np.tile(POPULATION, (3, 1)),
    "lower than the population's throughout": np.tile(POPULATION / 2, (2, 1)),
    "higher throughout": POPULATION + WEEKS * np.array([[0.01], [0.4]]),
    "none at all": np.zeros((2, len(WEEKS))),
    "everybody dies": np.where(WEEKS > 30, np.inf, WEEKS * np.array([[0.001], [0.0]])),
}


@pytest.mark.parametrize("hazard", HAZARDS.values(), ids=HAZARDS)
@pytest.mark.parametrize("population", [POPULATION, np.where(WEEKS > 1500, np.inf, POPULATION)], ids=["dies out", "at once"])
def test_the_same_curves_as_by_hazards(hazard: np.ndarray, population: np.ndarray) -> None:
    expected = np.exp(-hazard_floor(hazard, population))
    found = SurvivalFloor(population).under(np.exp(-hazard))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300, equal_nan=False)
    assert np.diff(found, axis=1).max() <= 1e-16


def test_each_way_of_being_held_is_among_these() -> None:
    """Never, from some time on, at first, both, throughout, and now and then."""
    binds = [np.diff(POPULATION) > np.diff(h, axis=1) for h in HAZARDS.values() if np.isfinite(h).all()]
    found = {(bool(row[0]), min(3, int((row[1:] != row[:-1]).sum()))) for rows in binds for row in rows}
    assert {(False, 0), (False, 1), (True, 0), (True, 1), (True, 2)} <= found
    assert {(False, 3), (True, 3)} & found


def test_two_times_and_one_draw() -> None:
    floor = SurvivalFloor(np.array([0.0, 0.2]))
    assert floor.under(np.array([[1.0, 0.9], [1.0, 0.5]])).tolist() == [[1.0, np.exp(-0.2)], [1.0, 0.5]]
