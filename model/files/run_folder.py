"""The folder of an earlier run: which of its files a run wrote. What its run.json says is data, never a path to be opened."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from model.files.temporary import MADE_BY

RUN_FILE = "run.json"
RUN_FILE_BYTES = 20_000_000
REPORT, SUMMARY = "report.html", "summary.pdf"
WRITTEN = re.compile(
    r"run\.json|report\.html|summary\.pdf|[^/]+\.xlsx|tables/[^/]+\.csv|figures/[^/]+\.(png|svg)"
)  # all that a run can write
OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep"})


def read_run_record(folder: Path) -> Mapping[str, object] | None:
    """What run.json of a folder says, or None where no run of this program wrote it. Raises OSError where that cannot be
    told.
    """
    file = folder / RUN_FILE
    if file.is_symlink() or not file.is_file() or file.stat().st_size > RUN_FILE_BYTES:
        return None
    text = file.read_bytes()
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("files_sha256"), dict):
        return None
    older = "input_file" in record or "data_file" in record  # run.json of version 0.1
    return record if record.get("written_by") == MADE_BY or older else None


def entries(folder: Path) -> list[Path]:
    """Files, links and empty folders in ``folder``, relative to it; links are not followed. Raises OSError: a folder that
    cannot be read must not pass for an empty one.
    """
    found = []
    for place, folders, files in os.walk(folder, onerror=_raise):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        names = [*files, *links]
        if not names and not folders and Path(place) != folder:
            found.append(Path(place))
        found += [Path(place) / name for name in names]
    return sorted(path.relative_to(folder) for path in found)


def _raise(error: OSError) -> None:
    raise error


def own_files(folder: Path) -> set[Path]:
    """The files in ``folder`` that the run of its run.json wrote and nobody has changed since, relative to it.

    A name in run.json is only compared with the names of the files that are there: none is ever opened or removed
    because it is listed.
    """
    record = read_run_record(folder)
    if record is None:
        return set()
    listed = record["files_sha256"]
    assert isinstance(listed, dict)
    sums = {str(name).replace("\\", "/"): value for name, value in listed.items()}
    return {
        file
        for file in entries(folder)
        if WRITTEN.fullmatch(file.as_posix())
        and _is_plain_file(folder / file)
        and (file.as_posix() == RUN_FILE or sums.get(file.as_posix()) == checksum(folder / file))
    }


def holds_others(folder: Path) -> list[str]:
    """Names in a folder, apart from what systems put into any folder."""
    return sorted(name for name in os.listdir(folder) if name not in OF_THE_SYSTEM)


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def checksum(path: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
