"""Names of sheets and files from any words: allowed by spreadsheets and file systems, and all different."""

from __future__ import annotations

import re

from model.analysis.safe_names import file_stems, sheet_name

HOSTILE = (
    "pfs/bicr",
    "pfs:bicr",
    "[pfs]",
    "pfs*",
    "pfs?",
    "pfs\\bicr",
    "'pfs'",
    "os",
    "OS",
    "Os",
    "",
    " ",
    "..",
    "con",
    "LPT1",
    "nul.x",
    "History",
    "é" * 200,
    "é" * 200 + "!",
    "x" * 300,
    "x" * 299 + "y",
    "a\nb",
    "=1+1",
    "日本" * 60,
)


def test_sheet_names_are_allowed_and_differ_in_more_than_case() -> None:
    taken: set[str] = set()
    names = [sheet_name(words, taken) for words in HOSTILE]
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    for name in names:
        assert 1 <= len(name) <= 31 and name.strip() == name and name.casefold() != "history"
        assert not re.search(r"[\[\]:*?/\\'\n]", name)
    assert names[HOSTILE.index("OS")] == "OS 2"


def test_file_stems_are_allowed_and_differ_in_more_than_case() -> None:
    stems = file_stems(HOSTILE)
    assert len({stem.casefold() for stem in stems}) == len(HOSTILE)
    for stem in stems:
        assert stem and len(stem.encode()) <= 180 and not stem.startswith(".")
        assert not re.search(r"[/\\:*?\"<>|\s=]", stem)
        assert stem.split(".")[0].upper() not in ("CON", "LPT1", "NUL")


def test_harmless_names_stay_as_they_are() -> None:
    assert file_stems(["os", "pfs_excess", "Größe"]) == ["os", "pfs_excess", "Größe"]
    assert sheet_name("Fits PFS", set()) == "Fits PFS"
