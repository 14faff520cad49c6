"""How the parts of a workbook come into its file: each is compressed by a thread while the next ones are written."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from os import PathLike
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

WRITTEN = (1980, 1, 31, 0, 0, 0)
"""The time of every part: no clock is in a file."""
LEVEL = 5
"""Of compression: a fifth less time than at zlib's own 6, for files that are 1% larger."""
OF_A_FILE = (stat.S_IFREG | 0o600) << 16

OF_CARE = re.compile(r"^\s|\s$|[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
"""In a text: signs that XML or XlsxWriter writes in another way, or spaces that a reader would drop."""


class _PlainStrings(SharedStrings):
    """The texts of a workbook, each once."""

    def _write_si(self, string: str) -> None:
        if OF_CARE.search(string):
            super()._write_si(string)
        else:
            self.fh.write(f"<si><t>{string}</t></si>")


class Packing(Packager):
    """XlsxWriter's list of parts, of which each goes into the archive when the next one begins, not when all are written.

    A workbook here has no pictures and no macros, which XlsxWriter hands over in another way.
    """

    def __init__(self, archive: ZipFile, thread: Executor) -> None:
        super().__init__()
        self._archive, self._thread = archive, thread
        self._open: tuple[str, io.StringIO] | None = None
        self._packed: list[Future[None]] = []

    def _filename(self, xml_filename: str) -> io.StringIO:
        self._pack()
        part = io.StringIO()
        self._open = (xml_filename, part)
        return part

    def _create_package(self) -> list[Any]:
        super()._create_package()
        self._pack()
        return []

    def _write_shared_strings_file(self) -> None:
        """As XlsxWriter does it, but for texts that need none of its care, as nearly all."""
        table: Any = self.workbook.str_table
        if table.count:
            strings = _PlainStrings()
            strings.string_table = table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()

    def wait(self) -> None:
        """Until every part is in the archive; raises what the thread met, such as a full disk."""
        for packed in self._packed:
            packed.result()

    def _pack(self) -> None:
        if self._open is not None:
            self._packed.append(self._thread.submit(self._add, *self._open))

    def _add(self, name: str, part: io.StringIO) -> None:
        entry = ZipInfo(name, WRITTEN)
        entry.external_attr = OF_A_FILE
        self._archive.writestr(entry, part.getvalue().encode(), ZIP_DEFLATED, LEVEL)


@contextmanager
def packing_into(path: str | PathLike[str]) -> Iterator[Packing]:
    """Yields what collects the parts of a workbook to be written to ``path``."""
    with ZipFile(path, "w", allowZip64=False) as archive, ThreadPoolExecutor(1) as thread:
        packing = Packing(archive, thread)
        yield packing
        packing.wait()  # only here: XlsxWriter would leave its own archive open, whose end Python then complains of
