"""Results appear all at once: written into a folder beside the target, which then takes its place as a whole."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.exceptions import XlsxFileError

from model.files import (
    MADE_BY,
    RUN_FILE,
    NotPutBack,
    OutputError,
    SwappedIn,
    cannot_write,
    checksum,
    entries,
    real_path,
    recover,
    swap_in,
    temporary_beside,
    underlying,
)


@dataclasses.dataclass
class Staging:
    """Where a run writes; ``record`` goes into run.json, and ``files``, relative to the target, are known afterwards."""

    folder: Path
    record: dict[str, object]
    files: list[Path] = dataclasses.field(default_factory=list)
    in_place: bool = False
    lost: list[str] = dataclasses.field(default_factory=list)

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """One part of what is written: a fault of the program in the body costs that part and nothing else.

        A finished calculation is not thrown away because one sheet or figure of it cannot be made. What is lost stands in
        ``lost`` and in run.json. Errors of writing (a full disk) are not the part's own, and end the run.
        """
        try:
            yield
        except (OSError, XlsxFileError, OutputError):
            raise
        except Exception as error:
            self.lost.append(f"{what} ({type(error).__name__}: {error})")

    @property
    def exit_code(self) -> int:
        """0, or 1 where a part was lost."""
        return 1 if self.lost else 0


@contextmanager
def staged(out: Path, record: Mapping[str, object], command: str = "run") -> Iterator[Staging]:
    """A folder to write into; when the body is done it becomes ``out``, with run.json in it.

    An earlier run in ``out`` goes as a whole; files in it that no run wrote are in the new folder too. If the body or the
    swap fails, ``out`` is as it was: :class:`OutputError` where something cannot be written, and what is raised else
    has a note (``__notes__``) that says which results stand in ``out``.
    """
    target = real_path(out)
    made = Staging(target, dict(record))
    try:
        recover(target)
        with temporary_beside(target) as place:
            made.folder = place.folder
            try:
                yield made
                _finish(made, command)
                swapped = swap_in(place)
            finally:
                made.in_place = not os.path.lexists(place.folder)
    except NotPutBack:
        raise
    except (OSError, XlsxFileError, OutputError) as error:
        raise cannot_write(out, _cause(error), _standing(target, made)) from error
    except BaseException as error:
        error.add_note(_standing(target, made))
        raise
    _tell(swapped)
    if made.lost:
        print(
            f"By a fault of this program these could not be made: {'; '.join(made.lost)}. Everything else is complete.",
            file=sys.stderr,
        )


def _finish(made: Staging, command: str) -> None:
    files = [path for path in entries(made.folder) if (made.folder / path).is_file()]
    checksums = {file.as_posix(): checksum(made.folder / file) for file in files}
    stamp = {"written_by": MADE_BY, "command": command, **({"lost": made.lost} if made.lost else {})}
    document = json.dumps({**made.record, **stamp, "files_sha256": checksums}, indent=2) + "\n"
    (made.folder / RUN_FILE).write_text(document, encoding="utf-8")
    made.files = [*files, Path(RUN_FILE)]


def _cause(error: BaseException) -> OSError:
    """Inside the staging folder, files are written whole as well: what the system said about the file that failed."""
    while isinstance(error, OutputError) and error.__cause__ is not None:
        error = error.__cause__
    return underlying(error)


def _standing(target: Path, made: Staging) -> str:
    """Which results stand in ``target`` after something went wrong."""
    if not os.path.lexists(target):
        return "Nothing was written."
    if made.in_place:
        return "The new results are complete and in their place."
    return "What stood there is as it was."


def _tell(swapped: SwappedIn) -> None:
    for name in swapped.renamed:
        print(f"Kept beside the new results, because it was changed since a run wrote it: {name}", file=sys.stderr)
    if swapped.left is not None:
        print(
            f"The new results are in their place. Files of the earlier ones could not be removed from '{swapped.left}'; the "
            "next run into this folder tries again.",
            file=sys.stderr,
        )
