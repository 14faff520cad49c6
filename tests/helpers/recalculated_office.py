"""An output workbook in LibreOffice, which stays open: the same doors as in formualizer (recalculated.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from model.analysis.agreement import Found
from model.definition import ModelDefinition
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.verification.libreoffice import office_program
from model.excel.verification.open_office import OpenOffice, python_with_uno
from tests.helpers.recalculated import Place, Recalculated


def python_of_office() -> str | None:
    """The Python that talks to the LibreOffice of this machine, if there are both."""
    program = office_program()
    return python_with_uno(program) if program else None


class InOffice(Recalculated):
    """``locale``: whose number signs LibreOffice uses, such as de-DE. Close it, or use it in a ``with`` statement."""

    def __init__(self, path: Path, definition: ModelDefinition, locale: str = ""):
        program, python = office_program(), python_of_office()
        assert program is not None and python is not None
        self._office = OpenOffice(program, python, locale)
        try:
            super().__init__(path, definition)
        except BaseException:
            self._office.close()
            raise

    def __enter__(self) -> InOffice:
        return self

    def __exit__(self, *_: object) -> None:
        self._office.close()

    def value(self, name: str) -> Found:
        return self._read([self.named[name]])[0]

    def results(self) -> dict[str, Found]:
        names = self.names_of_results
        values = self._read([self.named[n] for n in names])
        return {n.removeprefix("out_"): value for n, value in zip(names, values, strict=True)}

    def sheet(self, name: str, n_rows: int, n_columns: int) -> list[list[Any]]:
        return self._settled_office().read([(name, f"A1:{get_column_letter(n_columns)}{n_rows}")])[0]

    def _load(self, path: Path) -> Any:
        self._office.open(path)

    def _settled_office(self) -> OpenOffice:
        """LibreOffice after all that was typed since it was last read."""
        anew = self._typed_anew()
        if anew:
            self._office.set((p[0], _address(p), _as_number(v)) for p, v in anew.items())
        return self._office

    def _read(self, places: list[Place]) -> list[Found]:
        return self._settled_office().cells([CellPlace(p[0], _address(p)) for p in places])


def _address(place: Place) -> str:
    return f"{get_column_letter(place[2])}{place[1]}"


def _as_number(value: Any) -> float | str | None:
    return float(value) if isinstance(value, int | float) else value
