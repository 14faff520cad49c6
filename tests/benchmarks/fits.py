"""Timings of survival estimation: ``python tests/benchmarks/fits.py``. Nothing passes or fails."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.survival import CANDIDATES, bootstrap, fit_candidates, fit_data, reconstruct, survival_data  # noqa: E402

REFERENCE = ROOT / "tests" / "reference"
FLEXSURV_SECONDS = 4.2  # the same 64 fits with flexsurv 2.3.2 on the same kind of machine


def seconds(work) -> float:
    """Processor time, shortest of three runs."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    with (REFERENCE / "ipd.csv").open() as file:
        rows = list(csv.DictReader(file))
    data = {
        (arm, endpoint): survival_data(
            [float(r[f"{endpoint}_time"]) for r in rows if r["arm"] == arm],
            [int(r[f"{endpoint}_event"]) for r in rows if r["arm"] == arm],
        )
        for endpoint in ("pfs", "os")
        for arm in ("control", "intervention")
    }
    every = seconds(lambda: [fit_candidates(d) for d in data.values()])
    print(f"64 fits (16 candidates, 2 arms, 2 endpoints): {every:.2f} s")
    print(f"  flexsurv 2.3.2: {FLEXSURV_SECONDS / every:.1f} times as long")
    weibull = seconds(lambda: [fit_data(d, "weibull") for d in data.values()])
    for name in CANDIDATES:
        own = seconds(lambda name=name: [fit_data(d, name) for d in data.values()])
        print(f"  {name:20} {own / weibull:5.1f} times a Weibull ({own / len(data) * 1000:.1f} ms each)")
    for name in ("weibull", "gamma", "generalised_gamma"):
        fits = {key: fit_data(d, name) for key, d in data.items()}
        resampled = seconds(lambda name=name, fits=fits: bootstrap(data, fits, 1000, 1))
        print(f"1,000 resamples of 4 {name} curves: {resampled / weibull:.0f} times the 4 Weibull fits ({resampled:.2f} s)")
    with (REFERENCE / "digitised_km.csv").open() as file:
        clicks = [r for r in csv.DictReader(file) if (r["endpoint"], r["arm"]) == ("pfs", "control")]
    time_, survival = [float(r["time"]) for r in clicks], [float(r["survival"]) for r in clicks]
    one = seconds(lambda: reconstruct(time_, survival, [0, 12, 24, 36, 48, 60], [257, 198, 155, 123, 81, 41], 170))
    print(f"reconstruction of one digitised curve: {one * 1000:.1f} ms")


if __name__ == "__main__":
    main()
