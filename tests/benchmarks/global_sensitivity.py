"""Sobol indices of the shipped US model, and draws on a local Dask cluster against threads. Run on demand.

python tests/benchmarks/global_sensitivity.py [RUNS]
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import morris, psa, sobol  # noqa: E402
from model.cli.progress import Progress  # noqa: E402
from model.definition import ModelDefinition, sample  # noqa: E402
from model.engine import DaskCluster, evaluate  # noqa: E402
from model.excel import read_inputs  # noqa: E402


def seconds(action: object) -> float:
    """Wall time of one call."""
    assert callable(action)
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def indices(definition: ModelDefinition, runs: int) -> None:
    """Sobol indices with at least ``runs`` model runs, with progress, against as many independent draws."""
    start = time.perf_counter()
    with Progress() as progress, progress.task("Sobol indices", runs) as done:
        result = sobol(definition, runs, progress=done)
    evaluated = time.perf_counter() - start
    result.table()
    result.table("qalys")
    whole = time.perf_counter() - start
    n = result.design.n_points
    print(f"Sobol indices of INMB and QALYs, {len(result.labels)} inputs, {n:,} model runs: {whole:.1f} s")
    print(f"  of which running the model {evaluated:.1f} s: {evaluated * 2**18 / n:.1f} s per 2^18 runs")
    plain = seconds(lambda: psa(definition, 10_000, 1)) * n / 10_000
    print(f"  as many independent draws: {plain / evaluated:.1f} times as long")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of the process, libraries included: {peak:.0f} MB")
    print(f"Morris screening, 50 trajectories: {seconds(lambda: morris(definition).table()):.1f} s")


def cluster(definition: ModelDefinition) -> None:
    """Draws on two Dask workers of one thread each, against two threads."""
    if importlib.util.find_spec("distributed") is None:
        print("Dask: the optional package distributed is not installed")
        return
    from distributed import LocalCluster

    draws = sample(definition, 10_000, 1)
    threads = min(seconds(lambda: evaluate(definition, draws, 2)) for _ in range(2))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        DaskCluster(local.scheduler_address) as executor,
    ):
        evaluate(definition, draws.block(0, 2048), executor=executor)
        dask = min(seconds(lambda: evaluate(definition, draws, executor=executor)) for _ in range(2))
    print(f"10,000 draws on two Dask workers against two threads: {dask / threads:.2f} times as long")


def main(runs: int) -> None:
    """Print the figures."""
    definition = read_inputs(ROOT / "inputs" / "patina_us.xlsx")
    indices(definition, runs)
    cluster(definition)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2**18)
