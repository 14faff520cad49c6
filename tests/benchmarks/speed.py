"""How fast, how much memory, and how that grows. Run on demand; prints ratios, never passes or fails.

python tests/benchmarks/speed.py [WORKBOOK]
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import psa  # noqa: E402
from model.definition import ModelDefinition, edit, sample  # noqa: E402
from model.engine import Engine, evaluate, trace  # noqa: E402
from model.engine.engine import BLOCK_VALUES  # noqa: E402
from model.excel import read_inputs  # noqa: E402


def best(action: Callable[[], object], runs: int = 3) -> float:
    """Shortest of several runs, seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_megabytes(action: Callable[[], object]) -> float:
    """Largest memory allocated while ``action`` runs."""
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def naive_loop(definition: ModelDefinition, n_draws: int) -> None:
    """One draw after the other, one arm after the other, a full trace each: how a spreadsheet macro does it."""
    draws = sample(definition, n_draws, 1)
    engine = Engine(definition)
    for k in range(n_draws):
        for arm in definition.arm_ids:
            trace(definition, arm, draws, k, engine=engine)


def its_own_exponentials(definition: ModelDefinition, n_draws: int) -> None:
    """Six exponentials and one logarithm for every draw and cycle, on one thread, in blocks as the draws run in: what two
    arms of two curves with closed forms cannot do without. Its time is a measure of the machine."""
    values = np.linspace(-5.0, 0.0, BLOCK_VALUES)
    found = np.empty_like(values)
    for _ in range(round(n_draws * (definition.settings.n_cycles + 1) / BLOCK_VALUES)):
        for _ in range(6):
            np.exp(values, out=found)
        np.log(found, out=found)


def main(workbook: Path) -> None:
    """Print the table of ratios."""
    definition = read_inputs(workbook)
    whole = best(lambda: psa(definition, 10_000, 1))
    measure = best(lambda: its_own_exponentials(definition, 10_000))
    one_thread = best(lambda: psa(definition, 10_000, 1, threads=1))
    print(f"10,000 draws, weekly cycles, 40 years, {len(definition.arms)} arms: {whole:.2f} s")
    print(f"  against six exponentials and a logarithm per week and draw, one thread: {whole / measure:.2f} times")
    print(f"  one thread against all: {one_thread / whole:.2f} times as long")
    print(f"  peak memory: {peak_megabytes(lambda: psa(definition, 10_000, 1)):.0f} MB")
    loop = best(lambda: naive_loop(definition, 100), 1) * 100
    print(f"  a naive loop over draws: {loop / whole:.0f} times as long")
    print(f"  hesim 0.5.5 on a simpler model (monthly cycles, two curves; 29 s, 5.6 GB): {29 / whole:.0f} times as long")
    many = best(lambda: psa(definition, 40_000, 1), 1)
    print(f"40,000 draws: {many / whole:.2f} times the 10,000 (4 = linear)")
    monthly = edit(definition, {"settings.cycle_days": 28.0})
    draws = sample(definition, 10_000, 1)
    weekly_only, monthly_only = (best(lambda d=d: evaluate(d, draws)) for d in (definition, monthly))
    print(f"weekly against 28-day cycles (4 times as many): {weekly_only / monthly_only:.2f} times as long")
    per_draw = (peak_megabytes(lambda: psa(definition, 20_000, 1)) - peak_megabytes(lambda: psa(definition, 10_000, 1))) / 1e4
    print(f"memory per further draw: {per_draw * 1000:.1f} kB (its parameters and outcomes)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "patina_us.xlsx")
