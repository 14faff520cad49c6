"""The folder of an earlier run is data: what its run.json says is never a path that is touched."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from model.cli.staging import staged
from model.files import read_run_record, recover
from model.files.temporary import MADE_BY, Temporary


def publish(out: Path, text: str = "new", names: tuple[str, ...] = ("tables/totals.csv",)) -> None:
    with staged(out, {"input_file": "m.xlsx"}) as made:
        for name in names:
            (made.folder / name).parent.mkdir(exist_ok=True)
            (made.folder / name).write_text(text)


def listing(out: Path, more: dict[str, str]) -> None:
    """Further names in the list of files of a true run.json."""
    record = json.loads((out / "run.json").read_text())
    record["files_sha256"] |= more
    (out / "run.json").write_text(json.dumps(record))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("kind", ["../victim.txt", "absolute", "tables/../../victim.txt", "..\\victim.txt"])
@pytest.mark.parametrize("checksum", ["0", sha("precious")])
def test_names_in_run_json_outside_the_folder_are_never_touched(tmp_path: Path, kind: str, checksum: str) -> None:
    victim, out = tmp_path / "victim.txt", tmp_path / "out"
    victim.write_text("precious")
    publish(out)
    listing(out, {str(victim) if kind == "absolute" else kind: checksum})
    publish(out)
    assert victim.read_text() == "precious" and read_run_record(out) is not None


def test_a_users_file_in_the_folder_stays_though_run_json_lists_it_with_its_checksum(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out)
    (out / "thesis.docx").write_text("precious")
    listing(out, {"thesis.docx": sha("precious")})
    publish(out)
    assert (out / "thesis.docx").read_text() == "precious"


def test_links_that_lead_out_of_the_folder_stay_and_what_they_lead_to_is_not_touched(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "totals.csv").write_text("new")
    (elsewhere / "a.csv").write_text("new")
    publish(out, names=("tables/totals.csv", "figures/a.png"))
    (out / "figures" / "a.png").unlink()
    (out / "figures" / "a.png").symlink_to(elsewhere / "a.csv")  # a file of the run, by name and checksum
    (out / "tables" / "totals.csv").unlink()
    (out / "tables").rmdir()
    (out / "tables").symlink_to(elsewhere)
    publish(out)
    assert sorted(p.name for p in elsewhere.iterdir()) == ["a.csv", "totals.csv"]
    assert not (out / "tables").is_symlink() and (out / "tables (kept)").is_symlink()
    assert (out / "figures" / "a.png").is_symlink()


def test_a_file_that_the_user_changed_is_kept_beside_the_new_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    publish(out, "old", ("out.xlsx",))
    (out / "out.xlsx").write_text("edited by hand")
    publish(out, "new", ("out.xlsx",))
    assert (out / "out.xlsx").read_text() == "new"
    assert (out / "out (kept).xlsx").read_text() == "edited by hand"
    assert "out (kept).xlsx" in capsys.readouterr().err
    publish(out, "newer", ("out.xlsx",))
    assert sorted(p.name for p in out.iterdir()) == ["out (kept).xlsx", "out.xlsx", "run.json"]


def test_empty_folders_and_modes_of_the_user_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out)
    (out / "to do").mkdir()
    out.chmod(0o750)
    publish(out)
    assert (out / "to do").is_dir() and out.stat().st_mode & 0o777 == 0o750


def test_a_folder_reached_by_a_link_is_replaced_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk" / "out")
    publish(tmp_path / "out")
    publish(tmp_path / "out")
    assert (tmp_path / "out").is_symlink() and (tmp_path / "disk" / "out" / "run.json").is_file()
    assert os.listdir(tmp_path / "disk") == ["out"]


@pytest.mark.parametrize(
    "name", [".out-notes", ".out-run-0123456789abcdef", ".out-earlier-0123456789abcdef", ".out-abcdefgh"]
)
def test_a_hidden_folder_of_the_user_stays_however_old_it_is(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "notes.txt").write_text("precious")
    long_ago = time.time() - 1e7
    os.utime(folder / "notes.txt", (long_ago, long_ago))
    os.utime(folder, (long_ago, long_ago))
    publish(tmp_path / "out")
    publish(tmp_path / "out")
    assert (folder / "notes.txt").read_text() == "precious"


@pytest.mark.parametrize(
    ("changed", "goes"),
    [
        ({}, True),
        ({"pid": os.getppid()}, False),  # alive
        ({"made_by": "somebody else"}, False),
        ({"target": "other"}, False),
        ({"token": "0" * 16}, False),
        ({"machine": "another one"}, False),  # too young to be given up
        ({"pid": "7"}, False),
    ],
)
def test_only_a_temporary_folder_whose_note_says_that_its_process_has_ended_is_removed(
    tmp_path: Path, changed: dict[str, object], goes: bool
) -> None:
    from model.files import temporary

    place = Temporary(tmp_path / "out", "a" * 16)
    place.folder.mkdir()
    (place.folder / "half.csv").write_text("half")
    note = {"made_by": MADE_BY, "target": "out", "token": place.token, "pid": os.getpid(), "machine": temporary._machine()}
    place.note.write_text(json.dumps(note | changed))
    recover(place.target)
    assert place.folder.exists() != goes and place.note.exists() != goes


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", '{"files_sha256": []}', '{"files_sha256": {"a": "0"}}', "[" * 100_000]
)
def test_a_run_json_that_no_run_wrote_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert read_run_record(tmp_path) is None
