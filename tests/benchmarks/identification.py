"""Immature and tied trials by simulation: ``python tests/benchmarks/identification.py [trials]``.

Every candidate is fitted to trials like two that went wrong: 150 patients of whom about 17 die within 24 months, and 48
patients whose times are whole months up to 12. A curve whose mean over 4,000 draws lies more than 0.05 from the curve of
the estimates, within 20 years, must be refused or carry a remark; the rest is counted as silent.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.survival import fit  # noqa: E402
from model.survival.determination import WORTH_SAYING  # noqa: E402

NAMES = (
    "exponential",
    "weibull",
    "gompertz",
    "loglogistic",
    "lognormal",
    "gamma",
    "generalised_gamma",
    "spline_hazard_1",
    "spline_odds_2",
    "spline_normal_3",
    "mixture_cure_weibull",
    "non_mixture_cure_lognormal",
)
HORIZON = 240.0
DRAWS = 4000
Trial = tuple[np.ndarray, np.ndarray]


def immature(rng: np.random.Generator) -> Trial:
    """150 patients followed for 6 to 24 months; about 17 deaths."""
    death, seen = 70 * rng.weibull(1.4, 150), rng.uniform(6.0, 24.0, 150)
    return np.maximum(np.minimum(death, seen), 0.01), death <= seen


def tied(rng: np.random.Generator) -> Trial:
    """48 patients seen once a month for a year."""
    death, seen = np.ceil(14 * rng.weibull(1.5, 48)), np.ceil(rng.uniform(2.0, 12.0, 48))
    return np.maximum(np.minimum(death, seen), 1.0), death <= seen


def verdicts(trial: Trial, names: tuple[str, ...] = NAMES, seed: int = 1) -> dict[str, tuple[str, float]]:
    """Of every candidate: failed, refused, said or silent; and the distance of its mean curve by random draws."""
    at = HORIZON * (np.arange(1, 61) / 60) ** 1.5
    found = {}
    for name in names:
        made = fit(*trial, name)
        if not made.usable:
            found[name] = ("failed", 0.0)
            continue
        curves = made.distribution.survival(at, made.simulate(DRAWS, seed))
        gap = float(np.abs(curves.mean(axis=0) - made.distribution.survival(at, made.coefficients)).max())
        judged = made.judged(HORIZON)
        found[name] = ("refused" if judged.problem else "said" if judged.remark else "silent", gap)
    return found


def simulate(make: Callable[[np.random.Generator], Trial], trials: int, seed: int) -> tuple[Counter[str], int, float]:
    """Counts of verdicts, how many silent curves are more than 0.05 away, and the largest silent distance."""
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    wrong, largest = 0, 0.0
    for _ in range(trials):
        for name, (verdict, gap) in verdicts(make(rng)).items():
            counts[verdict] += 1
            counts[f"{name}: {verdict}"] += 1
            if verdict == "silent":
                largest = max(largest, gap)
                wrong += gap > WORTH_SAYING
    return counts, wrong, largest


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chosen = [f for f in (immature, tied) if len(sys.argv) < 3 or f.__name__ == sys.argv[2]]
    for make in chosen:
        start = time.process_time()
        counts, wrong, largest = simulate(make, trials, 2026)
        words = ", ".join(f"{counts[v]} {v}" for v in ("failed", "refused", "said", "silent"))
        print(
            f"{make.__name__}: {trials} trials, {trials * len(NAMES)} fits: {words}; {wrong} silent beyond "
            f"{WORTH_SAYING:.2f}, largest silent distance {largest:.3f} ({time.process_time() - start:.0f} s)"
        )
        for name in NAMES:
            own = {v: counts[f"{name}: {v}"] for v in ("failed", "refused", "said", "silent")}
            print(f"  {name:28} {own}")


if __name__ == "__main__":
    main()
