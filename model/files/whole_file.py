"""One file, written under another name in a folder of its own and renamed into its place when it is complete."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.exceptions import XlsxFileError

from model.files.swap import recover
from model.files.temporary import temporary_beside
from model.files.trouble import cannot_write


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields the name to write to; when the body is done the file takes the place of ``path``, else that stays as it was.

    Raises :class:`OutputError`, which names ``path``, where the operating system refuses.
    """
    target = real_path(path)
    try:
        recover(target)
        with temporary_beside(target) as place:
            unfinished = place.folder / f"whole{target.suffix}"
            yield unfinished
            if target.exists():
                shutil.copymode(target, unfinished)
            os.replace(unfinished, target)
    except (OSError, XlsxFileError) as error:
        _let_go(error)
        after = "What stood there is as it was." if os.path.lexists(target) else "Nothing was written."
        raise cannot_write(path, error, after) from error


def _let_go(error: BaseException) -> None:
    """Close what the failed writing left open. A zip file that is closed on a full disk fails once more, and Python would
    print that as a warning with a traceback.
    """
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        for one in (error, *error.args):
            if isinstance(one, BaseException):
                traceback.clear_frames(one.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = before


def check_can_be_written(path: str | os.PathLike[str]) -> None:
    """Raise :class:`OutputError` where a file could not be written to ``path``; to be called before the work is done."""
    target = real_path(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "Is a directory", str(target))
        if target.exists():
            with target.open("r+b"):
                pass
        with temporary_beside(target) as place:
            (place.folder / target.name).touch()
    except OSError as error:
        raise cannot_write(path, error, "Nothing was run or written.") from error


def real_path(path: str | os.PathLike[str]) -> Path:
    """The path that links lead to, so that a link stays one."""
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:  # a zero byte
        raise OSError(22, "Invalid argument", str(path)) from error
