"""Results appear all at once: written into a folder beside the target first, then moved file by file into its place."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from model.excel.errors import file_problem

RUN_FILE = "run.json"
ABANDONED_SECONDS = 3600


@dataclasses.dataclass
class Staging:
    """Where a run writes; ``record`` goes into run.json, and ``files``, relative to the target, are known afterwards."""

    folder: Path
    record: dict[str, object]
    files: list[Path] = dataclasses.field(default_factory=list)


def check_apart(data: Path, out: Path) -> None:
    """Refuse a folder for results that holds the data they are made from, or the results of a run of the model: older
    results are replaced. Raises :class:`InputError`.
    """
    if "input_file" in _earlier_record(out):
        raise file_problem(
            f"'{out}' holds the results of a run of the model; choose another folder with --out"
        )
    if data.resolve().is_relative_to(out.resolve()):
        raise file_problem(
            f"'{data.name}' stands in the folder for the results, '{out}'; choose another one with --out"
        )


@contextmanager
def staged(out: Path, record: Mapping[str, object]) -> Iterator[Staging]:
    """A folder to write into; when the body is done, its files and run.json take their place in ``out``.

    Files of an earlier run that this one does not write are removed; files the model did not write are left alone. If
    the body fails, ``out`` stays as it was.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(out)
    made = Staging(Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent)), dict(record))
    try:
        yield made
        files = sorted(p.relative_to(made.folder) for p in made.folder.rglob("*") if p.is_file())
        checksums = {str(f): hashlib.sha256((made.folder / f).read_bytes()).hexdigest() for f in files}
        document = json.dumps({**made.record, "files_sha256": checksums}, indent=2) + "\n"
        (made.folder / RUN_FILE).write_text(document, encoding="utf-8")
        made.files = [*files, Path(RUN_FILE)]
        _move_in(made, out)
    finally:
        shutil.rmtree(made.folder, ignore_errors=True)


def _remove_abandoned(out: Path) -> None:
    """Remove what a run that was killed left beside ``out`` (more than an hour old, so that no other run uses it)."""
    for folder in out.parent.glob(f".{out.name}-*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _move_in(made: Staging, out: Path) -> None:
    earlier = _files_of_earlier_run(out)
    for file in made.files:
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made.folder / file, out / file)
    for stale in earlier - set(made.files):
        (out / stale).unlink(missing_ok=True)


def _files_of_earlier_run(out: Path) -> set[Path]:
    files = _earlier_record(out).get("files_sha256")
    return {Path(name) for name in files} if isinstance(files, dict) else set()


def _earlier_record(out: Path) -> dict[str, object]:
    """What run.json in a folder says; nothing where there is none."""
    try:
        document = json.loads((out / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
