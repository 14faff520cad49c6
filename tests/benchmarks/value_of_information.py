"""How fast is value of information on the shipped US workbook? Run on demand; never passes or fails.

python tests/benchmarks/value_of_information.py [WORKBOOK]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import psa  # noqa: E402
from model.analysis.research import SurvivalStudy, UtilityStudy  # noqa: E402
from model.excel import read_inputs  # noqa: E402

SIZES = [25, 50, 100, 200, 400, 800, 1600, 3200]


def best(action: Callable[[], object], runs: int = 3) -> tuple[float, float]:
    """Shortest of several runs: wall and processor seconds."""
    times = []
    for _ in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        action()
        times.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(times)


def main(workbook: Path) -> None:
    """Print seconds of every analysis and their ratio to the draws themselves."""
    definition = read_inputs(workbook)
    result = psa(definition, 10_000, 1)
    icer = result.icer
    threshold = icer if icer is not None else max(definition.decision_thresholds())
    decision = [max(definition.decision_thresholds())]
    trial = SurvivalStudy(60.0)
    actions: dict[str, Callable[[], object]] = {
        "10,000 draws": lambda: psa(definition, 10_000, 1),
        "EVPPI of every parameter": lambda: result.evppi("parameters", decision),
        "EVPPI of the default groups": lambda: result.evppi("default", decision),
        "EVPPI of the default groups at the ICER": lambda: result.evppi("default", [threshold]),
        "the same by Gaussian process": lambda: result.evppi("default", [threshold], method="gaussian_process"),
        "EVSI of a trial, 8 sizes, regression": lambda: result.evsi(trial, SIZES, threshold),
        "EVSI of a trial, 8 sizes, moment matching": lambda: result.evsi(trial, SIZES, threshold, method="moment_matching"),
        "EVSI of utilities, 8 sizes, regression": lambda: result.evsi(UtilityStudy(), SIZES, threshold),
    }
    base = None
    for what, action in actions.items():
        wall, processor = best(action)
        base = base or wall
        print(f"{what:45s} {wall:6.2f} s wall, {processor:6.2f} s processor, {wall / base:5.1f} x the draws")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "patina_us.xlsx")
