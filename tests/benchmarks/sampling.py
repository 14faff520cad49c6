"""How far the mean INMB is off with 1,024 points of each design and with 10,000 pseudo-random draws, over 20 seeds.

Run on demand; prints ratios, never passes or fails. The truth is the mean of four Sobol runs of 65,536 points each.

python tests/benchmarks/sampling.py [WORKBOOK]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import psa  # noqa: E402
from model.definition import ModelDefinition  # noqa: E402
from model.excel import read_inputs  # noqa: E402

SEEDS = range(1, 21)


def mean_inmb(definition: ModelDefinition, draws: int, seed: int, sampling: str) -> float:
    """Mean INMB at the highest decision threshold."""
    return float(psa(definition, draws, seed, sampling=sampling).inmb(max(definition.decision_thresholds())).mean())


def errors(definition: ModelDefinition, draws: int, sampling: str, truth: float) -> NDArray[np.float64]:
    """Absolute error of the mean INMB by seed."""
    return np.abs([mean_inmb(definition, draws, seed, sampling) - truth for seed in SEEDS])


def main(workbook: Path) -> None:
    """Print the table of errors."""
    definition = read_inputs(workbook)
    truths = [mean_inmb(definition, 2**16, 1000 + k, "sobol") for k in range(4)]
    truth = float(np.mean(truths))
    print(f"mean INMB {truth:,.0f}; four runs of 65,536 points spread {np.std(truths, ddof=1):,.0f}")
    random = errors(definition, 10_000, "random", truth)
    whole = np.sqrt(np.mean(random**2))
    print(f"random, 10,000: root mean square error {whole:,.0f}, largest {random.max():,.0f}")
    for sampling in ("random", "latin_hypercube", "sobol"):
        found = errors(definition, 1024, sampling, truth)
        error = np.sqrt(np.mean(found**2))
        pairs = int((found <= random).sum())
        print(
            f"{sampling}, 1,024: root mean square error {error:,.0f} ({error / whole:.2f} times), "
            f"largest {found.max():,.0f}; no larger than that of 10,000 random draws with {pairs} of {len(found)} seeds"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "patina_us.xlsx")
