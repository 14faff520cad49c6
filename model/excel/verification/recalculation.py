"""Spreadsheet programs that recalculate an output workbook, behind one door: settings in, values of cells out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from openpyxl.utils import coordinate_to_tuple

from model.analysis.agreement import Found
from model.choices import RECALCULATING
from model.excel.inputs.errors import file_problem
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.verification.calculated_copies import CalculatedCopies, CopyError, Place
from model.excel.verification.libreoffice import open_libreoffice
from model.excel.verification.output_cells import OutputCells, Settings, name_of, plain_value_of


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
        """The results of each case in turn, as :meth:`values` gives them; each case names the cells that any other sets."""

    def close(self) -> object:
        """End the program."""


def load_ahead(engine: str, path: Path) -> CalculatedCopies | None:
    """Begin to load a workbook of which nothing is known yet, where the program can. Raises :class:`InputError` if it is
    missing."""
    if engine != "formualizer":
        return None
    _version()
    return CalculatedCopies(path)


def open_in(engine: str, output: OutputCells, cases: int = 0, loading: CalculatedCopies | None = None) -> Recalculation:
    """The workbook in one of :data:`RECALCULATING`; ``cases``: about how many are going to be asked for; ``loading``: the
    workbook that :func:`load_ahead` has begun to load.

    Raises :class:`InputError` if the program is missing or fails.
    """
    wanted = {name: output.cells[name_of(name)] for name in output.results}
    if engine == "formualizer":
        copies = loading or CalculatedCopies(output.path)
        copies.expect(cases)
        return Formualizer(copies, wanted, output.cells, output.path.name)
    if engine == "libreoffice":
        return open_libreoffice(output.path, wanted, output.cells)
    raise ValueError(f"the engine '{engine}' is not one of {', '.join(RECALCULATING)}")


class Formualizer:
    """The formualizer engine: the workbook is loaded once, then only what depends on a setting runs, in one or two copies."""

    reopens = False
    remark = ""

    def __init__(
        self, copies: CalculatedCopies, wanted: Mapping[str, CellPlace], cells: Mapping[str, CellPlace], file: str
    ) -> None:
        self.name, self._file, self._copies, self.close = f"formualizer {_version()}", file, copies, copies.close
        self._cells = {name: _place(place) for name, place in cells.items()}
        self._wanted = {name: _place(place) for name, place in wanted.items()}

    def values(self, settings: Settings) -> dict[str, Found]:
        return next(self.replays([settings]))

    def replays(self, cases: Sequence[Settings]) -> Iterator[dict[str, Found]]:
        """The results of each case in turn, all of which are begun. Raises :class:`InputError` if one cannot be shown."""
        numbers = [{self._cells[name]: number for name, number in case.items()} for case in cases]
        return self._found(self._copies.show(numbers, list(self._wanted.values())))

    def _found(self, shown: Iterator[list[Any]]) -> Iterator[dict[str, Found]]:
        try:
            for values in shown:
                yield dict(zip(self._wanted, map(_plain, values), strict=True))
        except CopyError as error:
            raise file_problem(f"'{self._file}' cannot be recalculated by {self.name} ({error})") from error


def _place(place: CellPlace) -> Place:
    return (place.sheet, *coordinate_to_tuple(place.cell))


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
