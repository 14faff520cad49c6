"""Spreadsheet programs that recalculate an output workbook, behind one door: settings in, values of cells out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from openpyxl.utils import coordinate_to_tuple

from model.analysis.agreement import Found
from model.choices import RECALCULATING
from model.excel.inputs.errors import file_problem
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.verification.libreoffice import open_libreoffice
from model.excel.verification.output_cells import OutputCells, Settings, name_of, plain_value_of
from model.excel.verification.second_copy import SecondCopy

FEWEST_TO_SHARE = 20
"""From so many cases on the workbook is opened twice: to load it takes as long as six to nine cases."""


class Recalculation(Protocol):
    """A workbook opened by a program that is not ours."""

    @property
    def name(self) -> str:
        """The program and its version."""

    @property
    def reopens(self) -> bool:
        """Is the workbook loaded anew for every case, which takes half a minute?"""

    @property
    def remark(self) -> str:
        """What a reader must know of the way it is recalculated; "" for nothing."""

    def values(self, settings: Settings) -> dict[str, Found]:
        """The results by name after cells with a defined name were given a number (None: emptied)."""

    def replays(self, cases: Sequence[Settings]) -> Iterator[dict[str, Found]]:
        """The results of each case in turn, as :meth:`values` gives them."""

    def close(self) -> object:
        """End the program."""


class Loading:
    """A workbook that formualizer loads and calculates beside whatever else is done: it leaves Python to others."""

    def __init__(self, path: Path) -> None:
        self.name = f"formualizer {_version()}"
        self._path, self._pool = path, ThreadPoolExecutor(1)
        self._loaded = self._pool.submit(_calculated, path)
        self._pool.shutdown(wait=False)

    def book(self) -> Any:
        """The workbook once it is calculated. Raises :class:`InputError` if it cannot be."""
        try:
            return self._loaded.result()
        except (OSError, ValueError, RuntimeError) as error:
            raise file_problem(f"'{self._path.name}' cannot be recalculated by {self.name} ({error})") from error

    def again(self) -> Loading:
        """The same workbook once more."""
        return Loading(self._path)

    def close(self) -> None:
        """Wait until it is loaded: formualizer cannot be interrupted."""
        wait([self._loaded])


def load_ahead(engine: str, path: Path) -> Loading | None:
    """Begin to load a workbook of which nothing is known yet, where the program can."""
    return Loading(path) if engine == "formualizer" else None


def open_in(engine: str, output: OutputCells, cases: int = 0, loading: Loading | None = None) -> Recalculation:
    """The workbook in one of :data:`RECALCULATING`; ``cases``: about how many are going to be asked for; ``loading``: the
    workbook that :func:`load_ahead` has begun to load.

    Raises :class:`InputError` if the program is missing or fails.
    """
    wanted = {name: output.cells[name_of(name)] for name in output.results}
    if engine == "formualizer":
        return Formualizer(loading or Loading(output.path), wanted, output.cells, shared=cases >= FEWEST_TO_SHARE)
    if engine == "libreoffice":
        return open_libreoffice(output.path, wanted, output.cells)
    raise ValueError(f"the engine '{engine}' is not one of {', '.join(RECALCULATING)}")


class Formualizer:
    """The formualizer engine, in this process: the workbook is loaded once, then only what depends on a setting runs.

    It calculates on one processor; where cases are ``shared`` and there is another one, a second copy replays some.
    """

    reopens = False
    remark = ""

    def __init__(
        self, loading: Loading, wanted: Mapping[str, CellPlace], cells: Mapping[str, CellPlace], shared: bool = False
    ) -> None:
        self.name, self._loading = loading.name, loading
        self._second = SecondCopy(lambda: Formualizer(loading.again(), wanted, cells)) if shared else None
        self._cells, self._set = cells, dict[str, int | None]()
        self._wanted = {name: (place.sheet, *coordinate_to_tuple(place.cell)) for name, place in wanted.items()}

    def values(self, settings: Settings) -> dict[str, Found]:
        book = self._loading.book()
        changed = {name: number for name, number in settings.items() if self._set.get(name, "") != number}
        for name, number in changed.items():  # a cell that is set, even to what it holds, is recalculated from
            place = self._cells[name]
            book.set_value(place.sheet, *coordinate_to_tuple(place.cell), number)
        if changed:
            book.evaluate_all()
        self._set.update(changed)
        return {name: _plain(book.get_value(*where)) for name, where in self._wanted.items()}

    def replays(self, cases: Sequence[Settings]) -> Iterator[dict[str, Found]]:
        """The results of each case in turn; a second copy begins with the last one."""
        return self._second.shared(cases, self) if self._second else map(self.values, cases)

    def close(self) -> None:
        """End both copies."""
        if self._second:
            self._second.close()
        self._loading.close()


def _calculated(path: Path) -> Any:
    import formualizer  # heavy, and only needed here

    book = formualizer.load_workbook(str(path))
    book.evaluate_all()
    return book


def _version() -> str:
    try:
        import formualizer  # noqa: F401
    except ImportError as error:
        raise file_problem(
            "the spreadsheet engine formualizer is not installed; install it (python -m pip install formualizer) "
            "or recalculate with --engine libreoffice"
        ) from error
    return metadata.version("formualizer")


def _plain(value: Any) -> Found:
    """A value of formualizer; its errors are dictionaries."""
    if isinstance(value, dict):
        return f"error {value.get('kind', value)}"
    return plain_value_of(value)
