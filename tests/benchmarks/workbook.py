"""How long the live workbook takes: written, opened and recalculated by two spreadsheet programs, one input changed.

python tests/benchmarks/workbook.py [WORKBOOK] [DRAWS]

Run on demand; prints seconds and ratios to the probabilistic analysis that the workbook holds, never passes or fails.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import formualizer
from openpyxl.utils import coordinate_to_tuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis import base_case, one_way, psa, scenarios  # noqa: E402
from model.excel import read_inputs  # noqa: E402
from model.excel.output import write_workbook  # noqa: E402
from model.excel.verification.libreoffice import convert, office_program  # noqa: E402
from model.excel.verification.output_cells import read_output_cells  # noqa: E402


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the action returns."""
    start = time.perf_counter()
    made = action()
    return time.perf_counter() - start, made


def opened(path: Path) -> Any:
    """The workbook loaded and recalculated by formualizer."""
    book = formualizer.load_workbook(str(path))
    book.evaluate_all()
    return book


def changed(book: Any, path: Path) -> float:
    """Seconds from one changed setting to every result that follows."""
    place = read_output_cells(path).cells["set_discount_rate_costs"]
    where = (place.sheet, *coordinate_to_tuple(place.cell))

    def change() -> None:
        book.set_value(*where, 0.02)
        book.evaluate_all()

    return timed(change)[0]


def main(workbook: Path, n_draws: int) -> None:
    """Print the table."""
    definition = read_inputs(workbook)
    unit, sampled = timed(lambda: psa(definition, n_draws, 1))
    results = {
        "base": base_case(definition),
        "psa": sampled,
        "one_way": one_way(definition),
        "scenarios": scenarios(definition),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written.xlsx"
        seconds, _ = timed(lambda: write_workbook(path, **results))
        print(f"{n_draws:,} draws of the model: {unit:.1f} s")
        print(f"workbook: {path.stat().st_size / 1e6:.1f} MB, written in {seconds:.1f} s ({seconds / unit:.1f} times)")
        seconds, book = timed(lambda: opened(path))
        print(f"opened and recalculated by formualizer: {seconds:.1f} s ({seconds / unit:.1f} times)")
        seconds = changed(book, path)
        print(f"one discount rate changed, everything that follows: {seconds:.2f} s ({seconds / unit:.2f} times)")
        if office_program() is not None:
            seconds, _ = timed(lambda: convert(path, Path(folder), file_format="csv"))
            print(f"LibreOffice started, opened and recalculated: {seconds:.1f} s ({seconds / unit:.1f} times)")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]) if given else ROOT / "inputs" / "patina_us.xlsx", int(given[1]) if len(given) > 1 else 10_000)
