"""Names of files and sheets made from the words of a user: endpoints and arms may be called anything.

A name keeps letters, digits and what is harmless; what a file system or a spreadsheet forbids becomes a space or an
underscore; names that differ only in case, which neither tells apart, get a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_SHEET = 31
LONGEST_STEM = 45  # letters of the part that the user named, of up to 4 bytes each: file names end at 255 bytes
FORBIDDEN_IN_SHEETS = re.compile(r"[\[\]:*?/\\'\x00-\x1f\x7f]")
FORBIDDEN_IN_FILES = re.compile(r"[^\w.+-]")  # \w: letters and digits of any alphabet, and the underscore
RESERVED_SHEETS = ("history",)  # Excel keeps it for itself
RESERVED_FILES = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)  # names of devices on Windows


def sheet_name(words: str, taken: set[str]) -> str:
    """A name that a sheet may have, not yet taken; it is added to those taken (in lower case)."""
    base = " ".join(FORBIDDEN_IN_SHEETS.sub(" ", words).split()) or "Sheet"
    if base.casefold() in RESERVED_SHEETS:
        base = f"{base} sheet"
    return _free(base, LONGEST_SHEET, " ", taken)


def file_stems(names: Sequence[str]) -> list[str]:
    """A part of a file's name for each of the names, all different and safe on any file system."""
    taken: set[str] = set()
    stems = []
    for name in names:
        base = FORBIDDEN_IN_FILES.sub("_", name).strip(".") or "unnamed"
        if RESERVED_FILES.fullmatch(base.split(".")[0]):
            base = f"_{base}"
        stems.append(_free(base, LONGEST_STEM, "_", taken))
    return stems


def _free(base: str, longest: int, mark: str, taken: set[str]) -> str:
    name, number = base[:longest].strip(), 2
    while name.casefold() in taken:
        ending = f"{mark}{number}"
        name, number = base[: longest - len(ending)].strip() + ending, number + 1
    taken.add(name.casefold())
    return name
