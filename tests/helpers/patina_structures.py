"""The first PATINA base case as curves: what tests/reference/patina_structures.json was measured on."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from model.arrays import Array
from model.constants import DAYS_PER_MONTH
from model.survival import Landmark, LifeTable, Median, Statistic, calibrate, distribution, mix
from model.survival.multistate import Leaving, leave

REFERENCE = Path(__file__).parents[1] / "reference" / "patina_structures.json"
ARMS = ("control", "palbociclib")


@cache
def reference() -> dict:
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@cache
def months() -> Array:
    return np.arange(reference()["n_cycles"] + 1) * reference()["cycle_days"] / DAYS_PER_MONTH


@cache
def population() -> Array:
    """Cumulative hazard of US women from the start age on, at `months`."""
    table = LifeTable(reference()["life_table"]["age"], reference()["life_table"]["qx"])
    return mix(table, table, 1.0, reference()["start_age"]).cumulative_hazard(months())


def pfs_statistics(arm: str) -> tuple[Statistic, ...]:
    of_arm = reference()["pfs"][arm]
    median, lower, upper = of_arm["median"]
    return (Median(median, lower=lower, upper=upper), *_landmarks(of_arm))


def os_statistics(arm: str, with_median: bool = False) -> tuple[Statistic, ...]:
    of_arm = reference()["os"][arm]
    extra = (
        (Landmark(of_arm["median"][0], 0.5, effective_n=of_arm["median"][1]),) if with_median and "median" in of_arm else ()
    )
    return (*_landmarks(of_arm), *extra)


def _landmarks(of_arm: dict) -> list[Statistic]:
    return [Landmark(time, survival, effective_n=n) for time, survival, n in of_arm["landmarks"]]


@cache
def pfs_coefficients(arm: str, name: str) -> Array:
    return calibrate(distribution(name), pfs_statistics(arm)).coefficients


def leaving_with(arm: str, name: str, coefficients: Array) -> Leaving:
    """How an arm leaves the progression-free state with coefficients (k,) or (n, k) of its PFS."""
    hazard = distribution(name).cumulative_hazard(months(), np.atleast_2d(coefficients))
    return leave(hazard, reference()["death_share"], population())


@cache
def leaving(arm: str, name: str) -> Leaving:
    return leaving_with(arm, name, pfs_coefficients(arm, name))


def life_years(alive: Array) -> Array:
    """Undiscounted, by the trapezoid rule, (n,)."""
    return np.trapezoid(alive, dx=reference()["cycle_days"] / 365.25, axis=-1)
