"""The limitations that come first, taken out of the text of the cover by formulas (``definition/limitations.py``)."""

from __future__ import annotations

from model.definition.limitations import SHOWN, asked_first, numbered
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.report.first_page.cover_cells import cover_cell

ROOM = 3  # limitations that may be added to those of the run

MARK = 'LEN(" . ")'
"""How much longer the mark of a limitation is than its number."""


def write_limitations(report: Report, page: Page) -> list[Formula]:
    """Three texts, each with its number; an entry that is no number of a limitation gives an empty one."""
    about = report.definition.about
    known = numbered(about.limitations)
    facts = Facts(page, "Limitations of the first page", "Which are asked for; row 'Limitations shown first' of the cover.")
    cover, typed = cover_cell(report, "limitations"), cover_cell(report, "first_limitations")
    flat = f'" "&TRIM(SUBSTITUTE({cover.text},CHAR(ten)," "))&" "'
    text = facts.add("All of them", Formula(flat, f" {' '.join(about.limitations.split())} "), kind="free")
    listed = facts.add(
        "Numbers asked for",
        Formula(f'SUBSTITUTE({typed.text},";",",")', about.first_limitations.replace(";", ",")),
        kind="text",
    )
    asked = asked_first(about)
    numbers = [facts.add(f"Entry {k + 1}", _entry(listed, k, asked, known), kind="plain") for k in range(SHOWN)]
    texts = _write_texts(page, text, known)
    return [_shown(number, texts, known) for number in numbers]


def _entry(listed: Formula, k: int, asked: list[str], known: dict[int, str]) -> Formula:
    """The number at one place of the list, 0 where there is none; the first numbers where nothing is listed."""
    cells = listed.text
    part = f'TRIM(MID(SUBSTITUTE({cells},",",REPT(" ",LEN({cells}))),{k}*LEN({cells})+1,LEN({cells})))'
    place = "+".join("1" * (k + 1))
    entry = asked[k] if k < len(asked) else ""
    return Formula(f'IF(TRIM({cells})="",{place},IFERROR(VALUE({part}),0))', float(entry) if entry.isdecimal() else 0.0)


def _write_texts(page: Page, text: Formula, known: dict[int, str]) -> Formula:
    """The table of the limitations, one after the other; its column of texts."""
    table = GrowingTable(
        page,
        "The limitations one by one",
        "Each begins at its number, a full stop and a space, and ends at the next number.",
        [PageColumn("Number", "plain", 58), PageColumn("Begins at", "plain"), PageColumn("Text", "free")],
    )
    whole = str(text.value)
    starts = _starts(whole, len(known))
    for i in range(len(known) + ROOM):
        row, at = RowBuilder(table), table.at
        number = row.put(Formula(f"{at.cell(i - 1, 0)}+1" if i else "1", float(i + 1)), "plain")
        mark = f'" "&{number.text}&". "'
        if i:
            before, begins = at.cell(i - 1, 0), at.cell(i - 1, 1)
            found = f"IF({begins}=0,0,IFERROR(FIND({mark},{text.text},{begins}+LEN({before})+2),0))"
        else:
            found = f"IFERROR(FIND({mark},{text.text}),0)"
        own = row.put(Formula(found, float(starts[i]) if i < len(starts) else 0.0), "plain")
        after = at.cell(i + 1, 1)
        last = i + 1 == len(known) + ROOM
        length = (
            f"LEN({text.text})" if last else f"IF({after}=0,LEN({text.text}),{after}-{own.text}-LEN({number.text})-{MARK})"
        )
        said = f"TRIM(MID({text.text},{own.text}+LEN({number.text})+{MARK},{length}))"
        other = '""' if i else f"TRIM({text.text})"
        row.put(Formula(f"IF({own.text}=0,{other},{said})", known.get(i + 1, "")), "free")
        row.close()
    return table.span(2)


def _starts(text: str, n: int) -> list[int]:
    """Where each of ``n`` limitations begins, counted from 1; 0 for a text without numbers."""
    if " 1. " not in text:
        return [0] * n
    starts = [text.index(" 1. ")]
    for number in range(2, n + 1):
        starts.append(text.index(f" {number}. ", starts[-1] + len(str(number - 1)) + 2))
    return [start + 1 for start in starts]


def _shown(number: Formula, texts: Formula, known: dict[int, str]) -> Formula:
    """The limitation of a number with the number before it; empty where there is none."""
    found = known.get(int(number.value), "")
    inside = f"AND({number.text}>=1,{number.text}<=ROWS({texts.text}),{number.text}=INT({number.text}))"
    one = f"INDEX({texts.text},{number.text})"
    text = f'IF({inside},IF({one}="","",{number.text}&". "&{one}),"")'
    return Formula(text, f"{int(number.value)}. {found}" if found else "")
