"""Temporary folders beside what is written, with a note beside each that proves they are ours before they are deleted.

``.NAME-run-TOKEN`` is the folder, ``.NAME-run-TOKEN.json`` its note: written before the folder is made and removed after
it, so that whatever a killed run leaves can be told from a folder of the user's that is named alike. An earlier run that
makes room for a new one waits as ``.NAME-earlier-TOKEN`` under the same note.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MADE_BY = "partitioned-survival-model"
LONGEST_STEM = 60  # bytes of a name in the temporary one, which must not be too long where the name itself is not
NOTE_BYTES = 10_000
ABANDONED_SECONDS = 24 * 3600  # of a run on another machine, whose process cannot be looked for
EMPTY_SECONDS = 10  # a note that was made and not yet written

_in_use: set[str] = set()  # tokens of this process


@dataclasses.dataclass(frozen=True)
class Temporary:
    """The temporary folder of one ``target`` (a path without links), and where an earlier run waits."""

    target: Path
    token: str

    @property
    def folder(self) -> Path:
        """What is written, before it takes its place."""
        return self._beside("run")

    @property
    def earlier(self) -> Path:
        """What stood in its place, until the new one does."""
        return self._beside("earlier")

    @property
    def note(self) -> Path:
        """The file that says whose these folders are."""
        return self.folder.with_name(self.folder.name + ".json")

    def _beside(self, what: str) -> Path:
        return self.target.parent / f".{_stem(self.target.name)}-{what}-{self.token}"


def _stem(name: str) -> str:
    return os.fsencode(name)[:LONGEST_STEM].decode("utf-8", "ignore")


@contextmanager
def temporary_beside(target: Path) -> Iterator[Temporary]:
    """An empty folder to write into, on the disk of ``target``. What of it has not been moved is removed at the end, and
    so are folders above ``target`` that were made for it and stay empty.
    """
    made = _parents_made(target)
    place = Temporary(target, secrets.token_hex(8))
    _in_use.add(place.token)
    try:
        _write_note(place)
        os.mkdir(place.folder)
        yield place
    finally:
        _in_use.discard(place.token)  # first: whatever stays is a later run's to remove
        remove(place)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()


def remove(place: Temporary) -> None:
    """Remove the folder and, if no earlier run waits, its note; what cannot be removed keeps its note."""
    shutil.rmtree(place.folder, ignore_errors=True)
    if not os.path.lexists(place.earlier) and not os.path.lexists(place.folder):
        with contextlib.suppress(OSError):
            place.note.unlink(missing_ok=True)


def _parents_made(target: Path) -> list[Path]:
    """Make the folders above ``target``; returns those that were not there, the innermost first."""
    missing = []
    folder = target.parent
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return missing


def _write_note(place: Temporary) -> None:
    content = {
        "made_by": MADE_BY,
        "target": place.target.name,
        "token": place.token,
        "pid": os.getpid(),
        "machine": _machine(),
    }
    try:
        with open(place.note, "x", encoding="utf-8") as file:
            file.write(json.dumps(content) + "\n")
    except OSError:
        with contextlib.suppress(OSError):
            place.note.unlink(missing_ok=True)
        raise


def abandoned(target: Path) -> list[Temporary]:
    """The temporary folders of ``target`` whose process has ended, as their notes say."""
    prefix = f".{_stem(target.name)}-run-"
    try:
        names = sorted(entry.name for entry in os.scandir(target.parent))
    except OSError:
        return []
    found = []
    for name in names:
        match = re.fullmatch(r"([0-9a-f]{16})\.json", name.removeprefix(prefix))
        if name.startswith(prefix) and match and match[1] not in _in_use:
            place = Temporary(target, match[1])
            if _ended(place):
                found.append(place)
    return found


def _ended(place: Temporary) -> bool:
    """Whether the note is one of ours, about this target, and the process that wrote it is gone."""
    try:
        if place.note.is_symlink() or not place.note.is_file() or place.note.stat().st_size > NOTE_BYTES:
            return False
        age = time.time() - place.note.stat().st_mtime
        text = place.note.read_text(encoding="utf-8")
        if not text:  # killed before a word was written, when there was no folder yet
            return age > EMPTY_SECONDS and not os.path.lexists(place.folder)
        note = json.loads(text)
    except (OSError, ValueError):
        return False
    if not isinstance(note, dict) or note.get("made_by") != MADE_BY or note.get("token") != place.token:
        return False
    if note.get("target") != place.target.name or not isinstance(note.get("pid"), int):
        return False
    if note.get("machine") != _machine():
        return age > ABANDONED_SECONDS
    return note["pid"] == os.getpid() or not _alive(note["pid"], age)


def _alive(pid: int, age: float) -> bool:
    if sys.platform == "win32":  # os.kill would end it
        return age < ABANDONED_SECONDS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _machine() -> str:
    """Where process numbers mean the same: the name of the machine, and the container on it."""
    import platform

    try:
        container = str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        container = ""
    return f"{platform.node()} {container}".strip()
