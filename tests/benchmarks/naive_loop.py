"""This engine against a naive loop: the same two-arm model in plain Python, one draw, arm and cycle after the other.

python tests/benchmarks/naive_loop.py [DRAWS]

The model is a published example (heRoMod, inst/hero/example_simple_psm) in weekly cycles over 40 years, with every curve
coefficient, hazard ratio, utility and cost uncertain. The loop is first checked to give the engine's numbers.
"""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.definition import Draws, ModelDefinition, define, sample  # noqa: E402
from model.engine import evaluate  # noqa: E402
from tests.helpers.small_models import published_example_a  # noqa: E402

WEEKS = 2087
DAYS_PER_YEAR, DAYS_PER_MONTH = 365.25, 30.4375


def uncertain_example() -> ModelDefinition:
    """Example A in weekly cycles, each input with a distribution of a tenth of its value."""
    plain = published_example_a()
    settings = dataclasses.replace(plain.settings, cycle_days=7.0, horizon_years=WEEKS * 7 / DAYS_PER_YEAR)

    def spread(record: object) -> object:
        parameter = record.parameter  # type: ignore[attr-defined]
        kind = "beta" if parameter.value < 1 and "Utility" in type(record).__name__ else "gamma"
        error = 0.02 if kind == "beta" else 0.1 * parameter.value
        changed = dataclasses.replace(parameter, distribution=kind, standard_error=error, low=None, high=None)
        return dataclasses.replace(record, parameter=changed)  # type: ignore[type-var]

    tables = {
        name: tuple(spread(r) for r in plain.table(name))
        for name in ("coefficients", "relative_effects", "utilities", "care")
    }
    fields = {f.name: getattr(plain, f.name) for f in dataclasses.fields(plain)}
    return define(**{**fields, **tables, "settings": settings})


def naive(draws: Draws) -> list[list[tuple[float, float]]]:
    """Discounted QALYs and costs of every draw and arm, in plain Python."""
    value = {k: v.tolist() if v.shape[0] > 1 else [float(v[0])] * draws.n_draws for k, v in draws.values.items()}
    found = []
    for i in range(draws.n_draws):
        get = {k: v[i] for k, v in value.items()}
        arms = []
        for arm in ("old", "new"):
            ratio_pfs = 1.0 if arm == "old" else get["relative_effects.new.pfs"]
            ratio_os = 1.0 if arm == "old" else get["relative_effects.new.os"]
            drug = get["care.chemo_drug"] if arm == "old" else get["care.target_drug"]
            per_year_free = 12 * (drug + get["care.pfs_care"])
            per_year_progressed = 12 * get["care.pps_care"]
            qalys = costs = 0.0
            before = (1.0, 0.0)
            for cycle in range(1, WEEKS + 1):
                month = cycle * 7 / DAYS_PER_MONTH
                shape, scale = get["coefficients.old.pfs.shape"], get["coefficients.old.pfs.scale"]
                pfs = math.exp(-ratio_pfs * (month / scale) ** shape)
                shape, scale = get["coefficients.old.os.shape"], get["coefficients.old.os.scale"]
                alive = math.exp(-ratio_os * (month / scale) ** shape)
                free = min(pfs, alive)
                now = (free, alive - free)
                years = 7 / DAYS_PER_YEAR * 1.03 ** -((cycle - 1) * 7 / DAYS_PER_YEAR)
                in_free, in_progressed = (before[0] + now[0]) / 2 * years, (before[1] + now[1]) / 2 * years
                qalys += in_free * get["utilities.progression_free"] + in_progressed * get["utilities.progressed"]
                costs += in_free * per_year_free + in_progressed * per_year_progressed
                before = now
            arms.append((qalys, costs))
        found.append(arms)
    return found


def main(n_draws: int) -> None:
    """Check the loop against the engine, then print the ratio of their times."""
    definition = uncertain_example()
    few = sample(definition, 20, 1)
    loop, outcomes = np.array(naive(few)), evaluate(definition, few)
    ours = np.stack([outcomes.total_qalys, outcomes.total_costs], axis=2)
    difference = float(np.abs(loop / ours - 1).max())
    if difference > 1e-9:
        raise SystemExit(f"the loop and the engine differ by {difference:.1e}, relative")
    print(f"20 draws, 2 arms, {WEEKS} cycles: loop and engine agree to {difference:.0e} (relative)")
    draws = sample(definition, n_draws, 1)
    for threads in (1, None):
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            evaluate(definition, draws, threads)
            seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        naive(draws.block(0, 100))
        per_draw = (time.perf_counter() - start) / 100
        name = "one thread" if threads == 1 else "all threads"
        print(f"naive loop against the engine, {name}: {per_draw * n_draws / min(seconds):.0f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
