"""How long commands take from their start to their end, each in a process of its own.

python tests/benchmarks/commands.py [TIMES]

Run on demand; prints medians of processor and of wall time, and each as a multiple of a start of Python that loads NumPy,
SciPy's optimisers, pandas and openpyxl; never passes or fails.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARIES = ("-c", "import numpy, scipy.optimize, pandas, openpyxl")
RUN = ("run_model.py", "inputs/patina_us.xlsx", "--quiet", "--out", "{folder}/out", "--overwrite")
VERIFY = ("run_model.py", "verify", "{folder}/out/out.xlsx", "--quiet")
COMMANDS = {
    "Python with its libraries": LIBRARIES,
    "--help": ("run_model.py", "--help"),
    "--version": ("run_model.py", "--version"),
    "import model": ("-c", "import model"),
    "check": ("run_model.py", "check", "inputs/patina_us.xlsx"),
    "the base case, everything written": (*RUN, "--only", "base"),
    "the main job": RUN,
    "verify, 10 draws and 10 scenarios": (*VERIFY, "--draws", "10", "--scenarios", "10"),
    "verify, 25 draws and all scenarios": (*VERIFY, "--draws", "25", "--scenarios", "all"),
}
"""In this order: what is verified is what the main job has written."""


def timed(words: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of processor time, of all processes of the command, and of the clock."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after, end = os.times(), time.perf_counter()
    return sum(after[2:4]) - sum(before[2:4]), end - start


def main(times: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        unit = 0.0
        for what, words in COMMANDS.items():
            here = tuple(word.format(folder=folder) for word in words)
            processor, wall = (statistics.median(column) for column in zip(*(timed(here) for _ in range(times)), strict=True))
            unit = unit or processor
            print(f"{what}: {processor:.2f} s of processor time ({processor / unit:.1f} times), {wall:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
