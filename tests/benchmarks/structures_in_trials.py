"""What each structure makes of trials from a known truth: ``python tests/benchmarks/structures_in_trials.py [trials]``.

Truth: three states, clock reset. Progression in the control arm has 0.9 times the hazard of a Weibull (shape 0.637, scale
51.6 months, the control arm's PFS); treatment multiplies it by 0.75 for life, and does nothing else. Before progression death
has, in both arms, 0.1 times that Weibull's hazard, or the general population's (US women from 54) where larger. Survival
after progression is one Weibull for both arms, such that OS of the control arm is 0.847 at 36 and 0.698 at 60 months. Life
years are undiscounted over 40 years.

Each trial has 257 and 261 patients, followed for a time spread evenly from 39 to 88 months, and is summarised as PATINA was:
median PFS with its interval, PFS at 48 and 60 months, OS at 36 and 60 months, and the hazard ratio of OS with its interval.
The shipped US workbook with these figures in cycles of four weeks gives base case and 300 draws of each method. Seed of trial
i: i.
"""

from __future__ import annotations

import dataclasses
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.definition import ModelDefinition, edit  # noqa: E402
from model.definition.curves.from_data import population_of  # noqa: E402
from model.definition.sampling.draws import Draws, base_case_draws, sample  # noqa: E402
from model.engine.evaluate import evaluate  # noqa: E402
from model.survival import SurvivalData, cox_hazard_ratio, distribution, kaplan_meier, survival_data  # noqa: E402
from model.survival.multistate import clock_reset, hazard_after_progression, leave_by_cause  # noqa: E402
from tests.helpers.former_base_case import former_edits  # noqa: E402
from tests.helpers.shipped import shipped  # noqa: E402

Array = np.ndarray
PATIENTS = {"control": 257, "palbociclib": 261}
EFFECT = {"control": 1.0, "palbociclib": 0.75}
CONTROL_PFS = np.array([0.637, 51.6])
DEATHS = 0.1
OS_AT = {36.0: 0.847, 60.0: 0.698}
MONTHS = np.arange(2088) * 7 / 30.4375
N_DRAWS = 300
FOUR_WEEKS = {"settings.cycle_days": 28.0}
STATES = {"settings.structure": "state_transition"}
METHODS: dict[str, dict[str, Any]] = {
    "former base case": former_edits(),
    "base case": {},
    "state transition, hazard_ratio": STATES | {"settings.link_between_arms": "hazard_ratio"},
    "state transition, common": STATES | {"settings.link_between_arms": "common"},
}


@cache
def hazards(arm: str) -> tuple[Array, Array]:
    """Cumulative hazards of progression and of death before it at ``MONTHS``."""
    own = distribution("weibull").cumulative_hazard(MONTHS, CONTROL_PFS)
    population = population_of(shipped("patina_us")).cumulative_hazard(MONTHS)
    deaths = np.maximum(DEATHS * np.diff(own), np.diff(population))
    return EFFECT[arm] * (1 - DEATHS) * own, np.concatenate([[0.0], np.cumsum(deaths)])


def alive(arm: str, after: Array) -> Array:
    """OS of the truth at ``MONTHS``."""
    leaving = leave_by_cause(*(h[None, :] for h in hazards(arm)))
    return clock_reset(leaving, hazard_after_progression("weibull", MONTHS, after)).alive[0]


@cache
def after_progression() -> Array:
    """Shape and scale of survival after progression."""

    def misfit(logarithms: Array) -> float:
        os = np.interp(list(OS_AT), MONTHS, alive("control", np.exp(logarithms)))
        return float(np.sum((os - list(OS_AT.values())) ** 2)) * 1e6

    return np.exp(minimize(misfit, np.log([1.5, 60.0]), method="Nelder-Mead", options={"xatol": 1e-5}).x)


def true_gain() -> float:
    """Incremental life years of the truth."""
    control, treated = (alive(arm, after_progression()) for arm in PATIENTS)
    return float(np.trapezoid(treated - control, MONTHS / 12))


def patients(arm: str, rng: np.random.Generator) -> tuple[SurvivalData, SurvivalData]:
    """PFS and OS of the patients of an arm."""
    n, (progression, death) = PATIENTS[arm], hazards(arm)
    first = np.interp(rng.exponential(size=n), progression + death, MONTHS, right=1e4)
    step = np.clip(np.searchsorted(MONTHS, first), 1, len(MONTHS) - 1)
    of_death = np.diff(death)[step - 1] / np.diff(progression + death)[step - 1]
    shape, scale = after_progression()
    dead = np.where(rng.random(n) < of_death, first, first + scale * rng.exponential(size=n) ** (1 / shape))
    seen = rng.uniform(39.0, 88.0, n)
    return tuple(survival_data(np.minimum(t, seen), t <= seen) for t in (first, dead))


def published(seed: int) -> dict[str, Any]:
    """What the trial with this seed would have published, as changes of the workbook."""
    rng, deaths, found = np.random.default_rng(seed), [], {}
    for arm in PATIENTS:
        pfs, os = patients(arm, rng)
        deaths.append(os)
        curve, place = kaplan_meier(pfs), f"evidence.{arm}.pfs"
        low, high = curve.median_interval()
        high = high if np.isfinite(high) else 2 * curve.median - low
        found |= {f"{place}.median": curve.median, f"{place}.median.lower": low, f"{place}.median.upper": high}
        found |= {f"{place}.landmark.{m}": curve.survival_at([m])[0] for m in (48, 60)}
        found |= {f"evidence.{arm}.os.landmark.{m}": kaplan_meier(os).survival_at([m])[0] for m in (36, 60)}
        found |= {f"follow_up.{arm}.{endpoint}.median": 63.5 for endpoint in ("pfs", "os")}
    cox = cox_hazard_ratio(*deaths)
    low, high = cox.interval()
    ratio = "relative_effects.palbociclib.os"
    found |= {ratio: cox.hazard_ratio, f"{ratio}.low": low, f"{ratio}.high": high}
    place = "evidence.palbociclib.os.hazard_ratio.53.5"
    found |= {f"{place}.value": cox.hazard_ratio, f"{place}.lower": low, f"{place}.upper": high}
    named = {
        k + ".value" if k.startswith("evidence") and k.count(".") <= 4 and not k.endswith(("upper", "lower")) else k: v
        for k, v in found.items()
    }
    return {k: float(v) for k, v in named.items()}


def gains(definition: ModelDefinition, draws: Draws) -> Array:
    years = evaluate(definition, draws, threads=1).life_years.total("undiscounted")
    return years[:, 1] - years[:, 0]


def one_trial(seed: int) -> Array:
    """By method: incremental life years of the base case and the 2.5th and 97.5th percentile of the draws; nan: no curve."""
    rows = []
    for changes in METHODS.values():
        try:
            base = dataclasses.replace(shipped("patina_us"), correlations=())
            definition = edit(base, changes | published(seed) | FOUR_WEEKS)
            drawn = gains(definition, sample(definition, N_DRAWS, seed, threads=1))
            rows.append([gains(definition, base_case_draws(definition))[0], *np.quantile(drawn, [0.025, 0.975])])
        except ValueError:
            rows.append([np.nan] * 3)
    return np.array(rows)


def main() -> None:
    n, truth = int(sys.argv[1]) if len(sys.argv) > 1 else 300, true_gain()
    with ProcessPoolExecutor(2) as pool:
        found = np.array(list(pool.map(one_trial, range(n))))
    print(f"true gain {truth:.3f} life years; after progression: {after_progression().round(3)}")
    for i, name in enumerate(METHODS):
        centre, low, high = found[np.isfinite(found[:, i, 0]), i].T
        covered = np.mean((low <= truth) & (truth <= high))
        print(
            f"{name:32s} n {len(centre)} mean {centre.mean():.2f} bias {centre.mean() - truth:+.2f} SD {centre.std():.2f} "
            f"RMSE {np.sqrt(np.mean((centre - truth) ** 2)):.2f} coverage {covered:.3f} width {np.mean(high - low):.2f}"
        )


if __name__ == "__main__":
    main()
