"""State transition against partitioned survival, on the same inputs. Run on demand; prints ratios, never passes or fails.

python tests/benchmarks/structures.py [WORKBOOK] [DRAWS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import psa, structures  # noqa: E402
from model.definition import ModelDefinition, edit  # noqa: E402
from model.excel import read_inputs  # noqa: E402

RUNS = 5


def times(definition: ModelDefinition, draws: int) -> tuple[float, float]:
    """Wall clock and processor seconds of one probabilistic analysis, sampling included."""
    wall, processor = time.perf_counter(), time.process_time()
    psa(definition, draws, 1)
    return time.perf_counter() - wall, time.process_time() - processor


def main(workbook: Path, draws: int) -> None:
    """Print seconds and ratios: the structures take turns, so that other work on the machine meets all of them alike."""
    base = edit(read_inputs(workbook), {"settings.structure": "partitioned_survival"})
    states = {"settings.structure": "state_transition"}
    models = {"partitioned survival": base}
    for link in ("hazard_ratio", "common"):
        models[f"state transition, {link}"] = edit(base, states | {"settings.link_between_arms": link})
    models["each draw one of both"] = edit(base, {"settings.state_transition_probability": 0.5})
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
    for _ in range(RUNS):
        for name, definition in models.items():
            found[name].append(times(definition, draws))
    least = {name: [min(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    wall, processor = least["partitioned survival"]
    print(f"{draws:,} draws, shortest of {RUNS} runs:")
    for name, (seconds, busy) in least.items():
        print(f"  {name}: {seconds:.2f} s, {seconds / wall:.2f} times as long (of processor time {busy / processor:.2f})")
    start = time.perf_counter()
    structures(base)
    print(f"the base case in five structures: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "patina_us.xlsx",
        int(sys.argv[2]) if len(sys.argv) > 2 else 10_000,
    )
