"""The folder for results is looked at before anything is calculated: may it be written, and whose is what it holds?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from model.excel.inputs.errors import file_problem
from model.files import cannot_write, holds_others, read_run_record, real_path, recover, temporary_beside

COMMANDS = {"run": "a run of the model", "fit": "the command fit", "psa-summary": "the command psa-summary"}
SHOWN = 3

Losses = Callable[[Mapping[str, object]], Sequence[str]]


def check_folder(
    out: Path, command: str, data: Path | None = None, losses: Losses | None = None, overwrite: bool = False
) -> None:
    """Refuse a folder that cannot be written, or whose files are not an earlier result of the same ``command``.

    ``data``: a file that must not stand in it. ``losses``: what of an earlier run, by its run.json, the new one would not
    put anything as full in the place of; refused unless ``overwrite``. What a killed run left is put in order first.
    Raises :class:`InputError` or :class:`OutputError`.
    """
    folder = _named(out)
    try:
        recover(folder)
        _check_kind(out, folder)
        _check_owner(out, folder, command, data)
        earlier = read_run_record(folder)
        if earlier is not None and losses is not None and not overwrite and (lost := losses(earlier)):
            raise file_problem(
                f"'{out}' holds {lost[0]}{''.join(f'; {more}' for more in lost[1:])}. Choose another folder with --out, or "
                "replace those results with --overwrite"
            )
        _check_open(out, folder)
        with temporary_beside(folder) as place:
            (place.folder / f"{out.name}.xlsx").touch()
    except OSError as error:
        raise cannot_write(out, error, "Nothing was run or written.") from error


def _named(out: Path) -> Path:
    """The folder without links; refused where it has no name of its own, or is where the user stands."""
    if out.name in ("", "..") or "\0" in str(out):
        raise file_problem(f"'{out}' is no name for a folder of results; give it one, such as --out results")
    try:
        folder = real_path(out)
        here = Path.cwd().resolve()
    except OSError as error:
        raise cannot_write(out, error, "Nothing was run or written.") from error
    if here.is_relative_to(folder):
        raise file_problem(
            f"'{out}' is the folder you are in, or one above it, and results replace a folder as a whole; choose a folder of "
            "their own, such as --out results"
        )
    return folder


def _check_kind(out: Path, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise file_problem(f"'{out}' is a file; choose a folder for the results with --out")
    if folder.is_dir() and os.path.ismount(folder):
        raise file_problem(
            f"'{out}' is a disk of its own, which cannot be replaced as a whole; choose a folder inside it, such as "
            f"--out {out / 'results'}"
        )


def _check_owner(out: Path, folder: Path, command: str, data: Path | None) -> None:
    record = read_run_record(folder)
    if record is not None:
        wrote = record.get("command") or ("run" if "input_file" in record else None)
        if wrote is not None and wrote != command:
            words = COMMANDS.get(str(wrote), "another command")
            raise file_problem(f"'{out}' holds the results of {words}; choose another folder with --out")
    if data is not None and real_path(data).is_relative_to(folder):
        raise file_problem(f"'{data.name}' stands in the folder for the results, '{out}'; choose another one with --out")
    if record is None and folder.is_dir() and (others := holds_others(folder)):
        names = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
        raise file_problem(
            f"'{out}' holds files that no run of this program wrote ({names}), and results replace a folder as a whole; "
            "choose another folder with --out, or move those files"
        )


def _check_open(out: Path, folder: Path) -> None:
    """Refuse where another program holds a file of the earlier run, as Excel does on Windows."""
    for file in sorted(folder.glob("*.xlsx")):
        try:
            if file.is_file() and not file.is_symlink():
                with file.open("r+b"):
                    pass
        except OSError as error:
            raise cannot_write(out / file.name, error, "Nothing was run or written.") from error


def of_other_data(record: Mapping[str, object]) -> Losses:
    """What the results of an earlier command hold, where they are of another file or made with other options than those
    in ``record`` (``data_file``, and ``options`` where these matter).
    """

    def lost(earlier: Mapping[str, object]) -> list[str]:
        if earlier.get("data_file", record["data_file"]) != record["data_file"]:
            return [f"the results of another file, {earlier['data_file']}"]
        before, now = earlier.get("options"), record.get("options")
        if isinstance(before, dict) and isinstance(now, dict):
            changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
            if changed:
                return [f"results with another choice of {', '.join('--' + n.replace('_', '-') for n in changed)}"]
        return []

    return lost
