"""What the main job and its second process have of the processors, second by second: where one of them is idle.

    python tests/benchmarks/timeline.py [arguments of run_model.py]

On Linux (/proc). A row: seconds since the start, processors used by the run, and by the process beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEP_SECONDS = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


def used(process: int) -> float:
    """Processor time of a process so far in seconds; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def children(process: int) -> list[int]:
    """The processes that one has started and that have not ended."""
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def main(arguments: list[str]) -> int:
    """Run the job and print the rows; returns its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "run_model.py"), *arguments, "--out", f"{folder}/out", "--quiet"]
        start = before = time.perf_counter()
        run = subprocess.Popen(command)
        known = (0.0, 0.0)
        while run.poll() is None:
            time.sleep(STEP_SECONDS)
            now = time.perf_counter()
            found = used(run.pid), sum(map(used, children(run.pid)))
            shares = [max(0.0, (a - b) / (now - before)) for a, b in zip(found, known, strict=True)]
            print(f"{now - start:6.1f} s  run {shares[0]:5.2f}  beside {shares[1]:5.2f}", flush=True)
            known, before = found, now
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
