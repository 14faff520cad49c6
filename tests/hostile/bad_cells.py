"""What can be wrong with the content of one cell. Each kind writes the cell and returns what was typed into it."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.hostile.case import Case, InputCell, Made
from tests.hostile.parts import Parts

Put = Callable[[Parts, str, str, "str | None"], "str | None"]
SCENARIOS_KEPT = 6
SEED_OF_SHEETS = ("Scenarios", "Assumptions")  # their cases need every scenario


def _number(written: str) -> Put:
    def put(book: Parts, sheet: str, at: str, old: str | None) -> str:
        book.put(sheet, at, f"<v>{written}</v>")
        return written

    return put


def _text(words: str) -> Put:
    def put(book: Parts, sheet: str, at: str, old: str | None) -> str:
        book.put_text(sheet, at, words)
        return words

    return put


def _altered(how: Callable[[str], str]) -> Put:
    def put(book: Parts, sheet: str, at: str, old: str | None) -> str:
        words = how(old or "x")
        book.put_text(sheet, at, words)
        return words

    return put


def _error(words: str) -> Put:
    def put(book: Parts, sheet: str, at: str, old: str | None) -> str:
        book.put(sheet, at, f"<v>{words}</v>", ' t="e"')
        return words

    return put


def _formula(text: str, stored: bool = True, attributes: str = "") -> Put:
    """A formula; ``stored``: with what stood in the cell as its value, else without one."""

    def put(book: Parts, sheet: str, at: str, old: str | None) -> str | None:
        own = attributes.replace("REF", at)
        formula = f"<f{own}>{html.escape(text, quote=False)}</f>"
        if not stored or old is None:
            book.put(sheet, at, formula)
            return "-" if stored else None
        try:
            float(old)
            book.put(sheet, at, f"{formula}<v>{old}</v>")
        except ValueError:
            book.put(sheet, at, f"{formula}<v>{html.escape(old, quote=False)}</v>", ' t="str"')
        return old

    return put


def _blank(book: Parts, sheet: str, at: str, old: str | None) -> None:
    book.put(sheet, at, "")


def _date(book: Parts, sheet: str, at: str, old: str | None) -> str:
    book.put(sheet, at, "<v>45000</v>", style=book.add_date_style())
    return "2023-03-15"


def _written_date(book: Parts, sheet: str, at: str, old: str | None) -> str:
    book.put(sheet, at, "<v>2023-03-15</v>", ' t="d"')
    return "2023-03-15"


def _yes(book: Parts, sheet: str, at: str, old: str | None) -> str:
    book.put(sheet, at, "<v>1</v>", ' t="b"')
    return "True"


def _look_alike(text: str) -> str:
    """Cyrillic letters in place of Latin ones."""
    return text.translate(str.maketrans("aoe", "\u0430\u043e\u0435"))


NUMBERS: Mapping[str, Put] = {
    "minus 1": _number("-1"),
    "minus tiny": _number("-1E-9"),
    "zero": _number("0"),
    "huge": _number("1E+308"),
    "minus huge": _number("-1E+308"),
    "subnormal": _number("1E-320"),
    "1e15": _number("1E+15"),
    "half": _number("2.5"),
    "big integer": _number("1" + "0" * 20),
}
NO_NUMBERS: Mapping[str, Put] = {
    "overflow": _number("1E+999"),
    "nan": _number("nan"),
    "infinity": _number("INF"),
    "comma": _number("0,5"),
    "words": _text("to be confirmed"),
    "blank": _blank,
    "spaces": _text("   "),
    "hard space": _text("\u00a0"),
    "zero width alone": _text("\u200b"),
    "nan as text": _text("nan"),
    "infinity as text": _text("-Infinity"),
    "decimal comma": _text("1,5"),
    "per cent": _text("12 %"),
    "dollar": _text("$5"),
    "thousands": _text("1,234"),
    "number as text": _text("0.5"),
    "number and spaces": _text(" 1 "),
    "underscore": _text("1_0"),
    "full-width digit": _text("\uff15"),
    "arabic digit": _text("\u0665"),
    "dash": _text("-"),
    "n/a": _text("n/a"),
    "date": _date,
    "written date": _written_date,
    "yes": _yes,
    "#N/A": _error("#N/A"),
    "#REF!": _error("#REF!"),
    "#DIV/0!": _error("#DIV/0!"),
}
FORMULAS: Mapping[str, Put] = {
    "formula": _formula("1+1"),
    "formula without value": _formula("1+1", False),
    "formula of another sheet": _formula("Settings!$B$9"),
    "link to another file": _formula("[1]Sheet1!$A$1"),
    "link without value": _formula("'[C:\\other.xlsx]S'!A1", False),
    "array": _formula("SUM({1,2})", True, ' t="array" ref="REF"'),
    "web service": _formula('WEBSERVICE("http://x/")'),
    "command": _formula("cmd|'/C calc'!A0"),
}
WORDS: Mapping[str, Put] = {
    "long": _text("x" * 32_767),
    "right to left": _altered(lambda old: "\u202e" + old),
    "zero width": _altered(lambda old: old[:1] + "\u200b" + old[1:]),
    "byte order mark": _altered(lambda old: "\ufeff" + old),
    "hard space at the end": _altered(lambda old: old + "\u00a0"),
    "spaces around": _altered(lambda old: f"  {old}  "),
    "capitals": _altered(str.upper),
    "capital letters first": _altered(str.title),
    "emoji": _altered(lambda old: old + "\U0001f600"),
    "look-alike": _altered(_look_alike),
    "line feed": _altered(lambda old: old + "\nz"),
    "tab": _altered(lambda old: old + "\tz"),
    "control character": _text("a_x0007_b"),
    "dot": _text("a.b"),
    "space": _text("a b"),
    "quotes": _text("a\"'b"),
    "path": _text("../../etc/x"),
    "digit first": _text("1a"),
    "python name": _text("__class__"),
    "brackets": _text("[a]"),
    "equals": _text("=cmd|'/C calc'!A0"),
    "plus": _text("+1+1"),
    "at": _text("@SUM(1)"),
    "minus": _text("-2+3"),
    "link": _text('=HYPERLINK("http://x.example","y")'),
    "tab and equals": _text("\t=1+1"),
    "markup": _text("<script>alert(1)</script>&amp;"),
    "format": _text("{0} %s %(x)s {self}"),
    "mathematics": _text("$\\frac{1}{0$"),
    "unknown id": _text("no_such_thing"),
}
KINDS: Mapping[str, Put] = {**NUMBERS, **NO_NUMBERS, **FORMULAS, **WORDS}


def cell_cases(
    count: int, choice: random.Random, books: Mapping[str, Parts], cells: Mapping[str, Sequence[InputCell]]
) -> list[Case]:
    """Kinds of badness in turn; book, sheet, table, column and row by chance."""
    kinds, seen, made = list(KINDS), set(), list[Case]()
    choice.shuffle(kinds)
    while len(made) < count:
        kind, book = kinds[len(made) % len(kinds)], choice.choice(sorted(books))
        sheet = choice.choice(sorted({c.sheet for c in cells[book]}))
        table = choice.choice(sorted({c.table for c in cells[book] if c.sheet == sheet}))
        field = choice.choice(sorted({c.field for c in cells[book] if c.table == table}))
        cell = choice.choice([c for c in cells[book] if (c.table, c.field) == (table, field)])
        if (kind, book, table, field) not in seen:
            seen.add((kind, book, table, field))
            made.append(cell_case(kind, book, books[book], cell, cells[book]))
    return made


def cell_case(kind: str, name: str, book: Parts, cell: InputCell, cells: Sequence[InputCell], fewer: bool = True) -> Case:
    """A workbook with one bad cell. ``fewer``: leave most scenarios out where the cell has nothing to do with them."""
    few = fewer and cell.sheet not in SEED_OF_SHEETS

    def make(path: Path) -> Made:
        made = with_few_scenarios(book, cells) if few else book.copy()
        old = made.value(cell.sheet, cell.address)
        typed = KINDS[kind](made, cell.sheet, cell.address, old)
        made.save(path)
        return Made(typed, old)

    title = f"cell {kind}: {name} {cell.sheet}!{cell.address} {cell.table}.{cell.field}"
    return Case(title, name, "cell", make, cell=cell, what=kind, few=few)


def with_few_scenarios(book: Parts, cells: Sequence[InputCell]) -> Parts:
    """A copy with the first scenario rows only, and without the cells that name scenarios elsewhere."""
    made = book.copy()
    for cell in cells:
        if (cell.table, cell.field) == ("assumptions", "scenario"):
            made.put(cell.sheet, cell.address, "")
    heads = {c.header_row for c in cells if c.table == "scenarios"}
    if heads:
        xml, rows = made.xml("Scenarios"), made.rows("Scenarios")
        for number in (n for n in rows if n > min(heads) + SCENARIOS_KEPT):
            xml = xml.replace(rows[number], "")
        made.put_xml("Scenarios", xml)
    return made
