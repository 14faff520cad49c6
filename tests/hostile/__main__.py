"""``python -m tests.hostile -n 700 --seed 11``: hostile workbooks made from the shipped ones, and what the model does.

Each is one workbook in which a cell, a row, a header, a sheet, a part of the archive or the whole file is made hostile. It
is read, and run where it is accepted, in a process of its own. Exit code 1 if a case is bad:

SUSPECT     accepted, but an input was lost or misread; or refused only after it was read
NOT FINITE  accepted, but results are no finite numbers, or a warning of the arithmetic was given
TRACEBACK, HANG, MEMORY   another error; more than a minute of the processor; more than 1 GB
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.hostile.corpus import Judged, corpus, judge, summary
from tests.hostile.verdicts import GOOD

INPUTS = Path(__file__).resolve().parents[2] / "inputs"
BOOKS = {"us": "patina_us.xlsx", "england": "patina_england.xlsx", "example": "example_synthetic_trial.xlsx"}


def main() -> int:
    """Make, read and judge the corpus; print what is not good as it is found, then a table."""
    p = argparse.ArgumentParser(
        prog="python -m tests.hostile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("-n", type=int, default=500, help="number of cases (default: 500)")
    p.add_argument("--seed", type=int, default=1, help="of the choice of cases (default: 1)")
    p.add_argument("--only", default="", metavar="WORDS", help="only cases whose name holds these words")
    a = p.parse_args()
    books = {name: INPUTS / file for name, file in BOOKS.items()}
    start = time.monotonic()
    cases = [case for case in corpus(a.n, a.seed, books) if a.only in case.name]
    print(f"{len(cases)} cases, seed {a.seed}", flush=True)
    judged = judge(cases, books, _tell)
    bad = sum(j.bad for j in judged)
    print(f"\n{summary(judged)}\n\n{len(judged)} cases, {bad} bad, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


def _tell(one: Judged) -> None:
    if one.verdict not in GOOD:
        typed = f"  typed {one.made.typed[:60]!r}" if one.made.typed else ""
        print(f"{one.verdict:20} {one.case.name}{typed}", flush=True)
        if one.bad:
            for line in one.answer.lines[:2]:
                print(f"{'':20} {line}", flush=True)
            for path, (old, new) in list(one.answer.changed.items())[:3]:
                print(f"{'':20} {path}: {str(old)[:60]!r} -> {str(new)[:60]!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
