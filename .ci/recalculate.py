"""Recalculate output workbooks in LibreOffice and compare every formula with the value that was stored with it.

    python .ci/recalculate.py WORKBOOK ...

Exit code 1 if a formula gives an error or differs by more than rounding (see tests/formula_differences.py), or if a
workbook has no formula.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from formula_differences import compare_sheet, value_of  # noqa: E402
from workbook_file import WorkbookFile  # noqa: E402

from model.excel.libreoffice import convert, office_program  # noqa: E402

SHOWN = 20


def compare(workbook: Path) -> int:
    """Print what disagrees; returns the number of disagreements (1 if there is nothing to compare)."""
    start, count, wrong = time.perf_counter(), 0, list[str]()
    with tempfile.TemporaryDirectory() as folder:
        stored, fresh = WorkbookFile(workbook), WorkbookFile(convert(workbook, Path(folder)))
        converted = time.perf_counter()
        for sheet in stored.sheets:  # one sheet in memory at a time
            recalculated = {cell.address: value_of(cell) for cell in fresh.cells(sheet)}
            found = compare_sheet(stored, sheet, lambda cell, values=recalculated: values.get(cell.address))
            count += found.count
            wrong += found.wrong
    for line in wrong[:SHOWN]:
        print(line)
    print(
        f"{workbook.name}: {count:,} formulas recalculated by LibreOffice in {converted - start:.0f} s and compared in "
        f"{time.perf_counter() - converted:.0f} s, {len(wrong)} differ"
    )
    return len(wrong) if count else 1


if __name__ == "__main__":
    if office_program() is None:
        sys.exit("LibreOffice is not installed, or 'soffice' is not on the PATH")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        differing = list(pool.map(compare, map(Path, sys.argv[1:])))
    sys.exit(1 if any(differing) else 0)
