"""The numbered limitations of the cover, and which of them stand on the first page of the results.

A limitation is what follows its number, a full stop and a space, up to the next number in order: "1. Short follow-up. 2. List
prices." Text without a 1 is one limitation. The sheet Answer takes the same text apart by formulas
(``excel/report/first_page/limitations.py``): who changes one changes the other.
"""

from __future__ import annotations

from model.definition.records.settings import About

SHOWN = 3


def numbered(text: str) -> dict[int, str]:
    """The limitations by number, in order; a text without numbers is number 1; nothing in an empty one."""
    spaced = f" {' '.join(text.split())} "
    if not spaced.strip():
        return {}
    if " 1. " not in spaced:
        return {1: spaced.strip()}
    found: dict[int, str] = {}
    start = spaced.index(" 1. ")
    while start >= 0:
        begin = start + len(f" {len(found) + 1}. ")
        after = spaced.find(f" {len(found) + 2}. ", begin - 1)
        found[len(found) + 1] = spaced[begin : after if after >= 0 else len(spaced)].strip()
        start = after
    return found


def asked_first(about: About) -> list[str]:
    """The entries of 'Limitations shown first', as typed; the first numbers where nothing is typed."""
    typed = about.first_limitations.replace(";", ",").strip()
    return [part.strip() for part in typed.split(",")] if typed else [str(n + 1) for n in range(SHOWN)]


def shown_first(about: About) -> dict[int, str]:
    """At most three limitations for the first page, in the order asked for; an entry that is none of them is left out."""
    found = numbered(about.limitations)
    entries = asked_first(about)[:SHOWN]
    return {int(entry): found[int(entry)] for entry in entries if entry.isdecimal() and int(entry) in found}
