"""What three states cost beside two curves, and what the convolution is worth. Run on demand; prints ratios.

python tests/benchmarks/states.py [WORKBOOK]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import psa  # noqa: E402
from model.excel import read_inputs  # noqa: E402
from model.survival import distribution  # noqa: E402
from model.survival.multistate import AFTER_PROGRESSION, clock_reset, factor_for_hazard_ratio, hazard_after_progression, leave  # noqa: E402
from model.survival.multistate.convolution import convolve  # noqa: E402

MONTHS = np.arange(2088) * 7 / 30.4375
POPULATION = 4e-4 * (np.exp(0.0085 * MONTHS) - 1) / 0.0085
BLOCK, BLOCKS = 62, 162
AFTER = {"exponential": [0.011], "weibull": [1.45, 65.0], "gamma": [1.7, 0.028], "lognormal": [3.9, 0.92]}


def seconds(action: Callable[[], object], runs: int = 3) -> float:
    """Shortest of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def spread(natural: list[float], seed: int) -> np.ndarray:
    """(BLOCK, k) coefficients around natural ones."""
    return np.array(natural) * np.exp(0.15 * np.random.default_rng(seed).standard_normal((BLOCK, len(natural))))


def block(seed: int, after: str, link: str) -> None:
    """Both arms of a block of draws, from coefficients to occupancies."""
    pfs = distribution("loglogistic")
    control, treated = (
        leave(pfs.cumulative_hazard(MONTHS, spread(natural, seed)), 0.1, POPULATION) for natural in ([1.2, 30.0], [1.2, 44.0])
    )
    hazard = hazard_after_progression(after, MONTHS, spread(AFTER[after], seed + 1))
    clock_reset(control, hazard, POPULATION)
    if link == "hazard_ratio":
        ratio = 0.86 * np.exp(0.1 * np.random.default_rng(seed).standard_normal(BLOCK))
        hazard = hazard * factor_for_hazard_ratio(control, treated, hazard, MONTHS, 53.5, ratio).factor[:, None]
    clock_reset(treated, hazard, POPULATION)


def whole(after: str, link: str) -> None:
    """About 10,000 draws on two threads."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda seed: block(seed, after, link), range(BLOCKS)))


def convolution() -> None:
    """Fourier transform against sums, one row at a time: time and largest difference."""
    rng = np.random.default_rng(0)
    arrivals = rng.random((BLOCK, 2087)) * 1e-3
    remaining = np.exp(-np.cumsum(rng.random((BLOCK, 2087)) * 0.01, axis=1))
    direct = np.array([np.convolve(a, r)[:2087] for a, r in zip(arrivals, remaining, strict=True)])
    quick = seconds(lambda: convolve(arrivals, remaining))
    slow = seconds(lambda: [np.convolve(a, r)[:2087] for a, r in zip(arrivals, remaining, strict=True)])
    print(f"direct sums against the Fourier transform: {slow / quick:.1f} times as long")
    print(f"  largest difference: {np.abs(convolve(arrivals, remaining) - direct).max():.1e}")


def main(workbook: Path) -> None:
    """Print the table of ratios."""
    convolution()
    definition = read_inputs(workbook)
    base = seconds(lambda: psa(definition, BLOCK * BLOCKS, 1))
    print(f"{BLOCK * BLOCKS:,} draws of the workbook, sampling and streams included: {base:.2f} s")
    for after in AFTER_PROGRESSION:
        print(f"  both arms' states, {after}, common: {seconds(lambda a=after: whole(a, 'common')) / base:.2f} times that")
    kept = seconds(lambda: whole("weibull", "hazard_ratio")) / base
    print(f"  both arms' states, weibull, hazard_ratio: {kept:.2f} times that")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "patina_us.xlsx")
