"""A finished folder takes the place of an earlier one by two renames, which are undone when the second fails.

Killed between them, the next start completes the swap; killed after them, it removes what is left of the earlier run.
Files in the earlier folder that no run wrote are never removed: they are linked into the new folder before the swap.
"""

from __future__ import annotations

import contextlib
import dataclasses
import filecmp
import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.files.run_folder import RUN_FILE, entries, own_files, read_run_record
from model.files.temporary import Temporary, abandoned, remove
from model.files.trouble import NotPutBack, reason

TRIES, WAIT = 4, 0.05  # a virus scanner lets go of a new file soon


@dataclasses.dataclass(frozen=True)
class SwappedIn:
    """What came of a swap: files of others that had to take another name (relative to the folder), and the folder of the
    earlier run where it could not be removed (None: it is gone)."""

    renamed: tuple[Path, ...] = ()
    left: Path | None = None


def swap_in(place: Temporary) -> SwappedIn:
    """Put ``place.folder`` where ``place.target`` is. Raises OSError with the earlier folder where it was, or
    :class:`NotPutBack` where not even that could be had.
    """
    renamed: tuple[Path, ...] = ()
    if os.path.lexists(place.target):
        renamed = carry_over(place.target, place.folder)
        os.chmod(place.folder, stat.S_IMODE(os.stat(place.target).st_mode) | stat.S_IRWXU)
    with uninterrupted():
        try:
            if os.path.lexists(place.target):
                _rename(place.target, place.earlier)
            _rename(place.folder, place.target)
        except BaseException as error:
            if os.path.lexists(place.folder):  # not done
                _put_back(place, error)
                raise
            if not isinstance(error, Exception):  # done, and stopped
                raise
        try:
            discard(place.earlier, place.target)
        except OSError:
            return SwappedIn(renamed, place.earlier)
    return SwappedIn(renamed)


def _rename(source: Path, target: Path) -> None:
    for attempt in range(TRIES):
        try:
            return os.rename(source, target)
        except PermissionError:
            if attempt == TRIES - 1:
                raise
            time.sleep(WAIT * (attempt + 1))


def _put_back(place: Temporary, error: BaseException) -> None:
    """Undo the first rename where the second failed."""
    if not os.path.lexists(place.earlier):
        return
    with contextlib.suppress(OSError):
        if not os.path.lexists(place.target):
            return _rename(place.earlier, place.target)
        if read_run_record(place.target) is not None:  # of a run that published at the same time
            return discard(place.earlier, place.target)
    raise NotPutBack(
        f"'{place.target}' cannot be written: {reason(error)}. The earlier results could not be put back: they stand in "
        f"'{place.earlier}', and the next run into this folder puts them back."
    ) from error


def recover(target: Path) -> None:
    """Complete or undo what killed runs left beside ``target``. Raises OSError where that is refused."""
    for place in abandoned(target):
        if os.path.lexists(place.earlier):
            if not os.path.lexists(target):
                complete = read_run_record(place.folder) is not None
                os.rename(place.folder if complete else place.earlier, target)
            if os.path.lexists(place.earlier) and read_run_record(target) is not None:
                discard(place.earlier, target)
        remove(place)


def discard(earlier: Path, new: Path) -> None:
    """Remove the folder of an earlier run. Everything in it that no run wrote is in ``new`` afterwards; run.json, which
    tells them apart, goes last, so that this can be stopped and done again. Raises OSError.
    """
    if not os.path.lexists(earlier):
        return
    own = own_files(earlier)
    for path in _of_others(earlier, own):
        name = _free_name(earlier / path, path, new)
        if name is not None:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            os.rename(earlier / path, new / name)
        elif (earlier / path).is_symlink() or not (earlier / path).is_dir():
            (earlier / path).unlink()  # the second copy of what stands in the new folder
    for path in own - {Path(RUN_FILE)}:
        (earlier / path).unlink()
    for folder, _, _ in os.walk(earlier, topdown=False):
        if Path(folder) != earlier:
            os.rmdir(folder)
    (earlier / RUN_FILE).unlink(missing_ok=True)
    os.rmdir(earlier)


def carry_over(earlier: Path, new: Path) -> tuple[Path, ...]:
    """Link everything in ``earlier`` that no run wrote as it is into ``new``; returns the names of what had to take
    another name, because the new run wrote a file of that name. What can be neither linked nor copied follows after the
    swap.
    """
    renamed = []
    for path in _of_others(earlier, own_files(earlier)):
        name = _free_name(earlier / path, path, new)
        if name is not None:
            with contextlib.suppress(OSError):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _link(earlier / path, new / name)
            if name != path:
                renamed.append(name)
    return tuple(renamed)


def _of_others(folder: Path, own: set[Path]) -> list[Path]:
    return [path for path in entries(folder) if path not in own and path != Path(RUN_FILE)]


def _free_name(source: Path, path: Path, new: Path) -> Path | None:
    """The name under which ``path`` can stand in ``new``; None where the same stands there already."""
    for name in _names(path, new):
        if not os.path.lexists(new / name):
            return name
        if _same(source, new / name):
            return None
    raise AssertionError("names do not end")


def _names(path: Path, new: Path) -> Iterator[Path]:
    """The name itself, then ``stem (kept).suffix``, ``stem (kept 2).suffix``, ... of the part that is taken."""
    parts, taken = path.parts, len(path.parts) - 1
    for i in range(len(parts) - 1):
        above = new.joinpath(*parts[: i + 1])
        if os.path.lexists(above) and (above.is_symlink() or not above.is_dir()):
            taken = i
            break
    else:
        yield path
    part, number = Path(parts[taken]), 1
    while True:
        mark = " (kept)" if number == 1 else f" (kept {number})"
        yield Path(*parts[:taken], f"{part.stem}{mark}{part.suffix}", *parts[taken + 1 :])
        number += 1


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and os.readlink(one) == os.readlink(other)
    if one.is_dir() or other.is_dir():
        return one.is_dir() and other.is_dir()
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy that appears when it is complete."""
    if source.is_symlink():
        os.symlink(os.readlink(source), target)
    elif source.is_dir():
        target.mkdir()
    else:
        try:
            os.link(source, target)
        except OSError:
            try:
                shutil.copy2(source, target)
            except BaseException:
                target.unlink(missing_ok=True)
                raise


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until the body is done. Of a thread that is not the main one they do not come."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {kind: signal.signal(kind, lambda number, _: came.append(number)) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler if handler is not None else signal.SIG_DFL)
    for number in came:
        signal.raise_signal(number)
