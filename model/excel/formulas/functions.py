"""Worksheet functions that Excel 2010, LibreOffice 7 and other spreadsheet engines share, each with its value."""

from __future__ import annotations

import datetime
import math
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from model.excel.formulas.formula import ATOM, SUM, THIS, Formula, Term, as_number, formula_of, plain

DECIMAL_SIGN = 'MID(0.5&"",2,1)'
"""A formula for the decimal sign of the reader's locale: a comma in most of Europe."""

NO_CELL = re.compile(r"[A-Za-z_.]+\(|[\d\"]")
"""What a call of a function begins with, or a number, or a text."""
GIVING_CELLS = ("IF(", "CHOOSE(", "INDEX(")
NORM_S_DIST, GAMMA_DIST, GAMMA_INV = "_xlfn.NORM.S.DIST", "_xlfn.GAMMA.DIST", "_xlfn.GAMMA.INV"


def call(name: str, value: Any, *terms: Term) -> Formula:
    """``NAME(a,b,...)`` with a value worked out by the caller."""
    return Formula(f"{name}({','.join(formula_of(t).text for t in terms)})", value)


def _mapped(name: str, act: Callable[..., Any], *terms: Term) -> Formula:
    made = [formula_of(t) for t in terms]
    with np.errstate(all="ignore"):
        value = act(*(m.value for m in made))
    return call(name, plain(value), *made)


# ---- one number at a time ----------------------------------------------------------------------------------------


def exp(x: Term) -> Formula:
    return _mapped("EXP", np.exp, x)


def ln(x: Term) -> Formula:
    return _mapped("LN", np.log, x)


def sqrt(x: Term) -> Formula:
    return _mapped("SQRT", np.sqrt, x)


def sinh(x: Term) -> Formula:
    return _mapped("SINH", np.sinh, x)


def absolute(x: Term) -> Formula:
    return _mapped("ABS", np.abs, x)


def sign(x: Term) -> Formula:
    return _mapped("SIGN", np.sign, x)


def whole(x: Term) -> Formula:
    """The largest whole number not above x."""
    return _mapped("INT", np.floor, x)


def odd(x: Term) -> Formula:
    """1 where a whole number is odd, else 0."""
    return _mapped("MOD", np.mod, x, 2)


def rounded(x: Term) -> Formula:
    """To the nearest whole number, halves away from zero."""
    return _mapped("ROUND", lambda v, _: np.sign(v) * np.floor(np.abs(v) + 0.5), x, 0)


def minimum(*terms: Term) -> Formula:
    """The smallest of several numbers (not of a range: see :func:`smallest`)."""
    return _reduced("MIN", operator.lt, np.minimum, terms)


def maximum(*terms: Term) -> Formula:
    return _reduced("MAX", operator.gt, np.maximum, terms)


def least(*terms: Term) -> Formula:
    """:func:`minimum` for long columns, where it stands beside functions such as EXP: a cell as ``+A1``, a number. MIN and
    MAX take a cell alone, and an IF that gives one, for a range, which formualizer reads ten times as slowly."""
    return minimum(*(_as_value(term) for term in terms))


def greatest(*terms: Term) -> Formula:
    """:func:`maximum` as :func:`least`."""
    return maximum(*(_as_value(term) for term in terms))


def _as_value(term: Term) -> Formula:
    made = formula_of(term)
    a_cell = made.rank == ATOM and (made.text.startswith(GIVING_CELLS) or not NO_CELL.match(made.text))
    return Formula(f"+{made.text}", made.value, SUM) if a_cell else made


def _reduced(
    name: str, better: Callable[[float, float], bool], act: Callable[[Any, Any], Any], terms: tuple[Term, ...]
) -> Formula:
    """The best of several numbers; ``act``: the better of two, of which ``better`` tells where they are single and differ."""
    made = [formula_of(t) for t in terms]
    result = made[0].value
    for value in (m.value for m in made[1:]):
        single = type(result) is float and type(value) is float
        if single and better(value, result):
            result = value
        elif not (single and better(result, value)):
            with np.errstate(all="ignore"):
                result = plain(act(result, value))
    return call(name, result, *made)


def power(base: Term, exponent: Term, smallest: Formula) -> Formula:
    """``base^exponent`` of a share: 0 where the share is not above ``smallest``.

    Through logarithms, because LibreOffice takes a result of ``^`` below 2.2e-308 for an error, and EXP's for 0.
    """
    made = formula_of(base)
    return where(made > smallest, exp(formula_of(exponent) * ln(made)), 0)


def normal_cdf(z: Term) -> Formula:
    """The standard normal distribution function."""
    made = formula_of(z)
    return Formula(f"{NORM_S_DIST}({made.text},TRUE)", special.ndtr(made.value))


def normal_density(z: Term) -> Formula:
    made = formula_of(z)
    value = np.exp(-np.square(made.value) / 2) / np.sqrt(2 * np.pi)
    return Formula(f"{NORM_S_DIST}({made.text},FALSE)", value)


def gamma_cdf(x: Term, shape: Term) -> Formula:
    """The regularised lower incomplete gamma function P(shape, x): a gamma distribution of scale 1."""
    a, b = formula_of(x), formula_of(shape)
    with np.errstate(all="ignore"):
        value = special.gammainc(b.value, a.value)
    return Formula(f"{GAMMA_DIST}({a.text},{b.text},1,TRUE)", value)


def gamma_median(shape: Term) -> Formula:
    """The median of a gamma distribution of scale 1."""
    made = formula_of(shape)
    return Formula(f"{GAMMA_INV}(0.5,{made.text},1)", special.gammaincinv(made.value, 0.5))


# ---- choice ------------------------------------------------------------------------------------------------------


def where(condition: Term, yes: Term, no: Term) -> Formula:
    """IF: the value of the branch that is taken, row by row."""
    c, a, b = formula_of(condition), as_number(yes), as_number(no)
    by_row = isinstance(c.value, np.ndarray)
    value = np.where(c.value != 0, a.value, b.value) if by_row else (a.value if c.value else b.value)
    return call("IF", value, c, a, b)


def choose(number: Term, *options: Term) -> Formula:
    """CHOOSE: the option with a number, from 1."""
    n, made = formula_of(number), [formula_of(o) for o in options]
    if not isinstance(n.value, np.ndarray):
        at = int(n.value)
        value = made[at - 1].value if 1 <= at <= len(made) else np.nan
    else:
        value = np.select([n.value == i + 1 for i in range(len(made))], [m.value for m in made], np.nan)
    return call("CHOOSE", value, n, *made)


def if_error(x: Term, otherwise: Term) -> Formula:
    """IFERROR; a value of nan or None stands for the error."""
    a, b = formula_of(x), formula_of(otherwise)
    wrong = a.value is None or (isinstance(a.value, float) and np.isnan(a.value))
    return call("IFERROR", b.value if wrong else a.value, a, b)


def flag(condition: Term) -> Formula:
    """1 where a condition holds, else 0: what a cell shows of it."""
    made = formula_of(condition)
    return where(made, 1, 0)


def all_of(*conditions: Term) -> Formula:
    """AND of single conditions, as 1 or 0."""
    made = [formula_of(c) for c in conditions]
    return call("AND", float(all(m.value for m in made)), *made)


# ---- words that are the same in every locale --------------------------------------------------------------------


def number_as_text(x: Formula, decimals: int) -> Formula:
    """A number from 0 on as English text, 1,234.50, whatever number signs the reader's locale has.

    ``decimals`` 0 or 2. FIXED writes the locale's decimal sign and, unless told not to, its thousands sign: only the
    digits are taken from it. ``digits`` is the named cell of the size of a group.
    """
    made = f"FIXED({x.text},{decimals},TRUE)"
    whole_digits = f"LEN({made})-1-{decimals}" if decimals else f"LEN({made})"
    if decimals:  # the sign itself is the locale's
        made = f'REPLACE({made},{whole_digits}+1,1,".")'
    one = f'REPLACE({made},{whole_digits}-digits+1,0,",")'
    two = f'REPLACE({one},{whole_digits}-2*digits+1,0,",")'
    text = f"IF({whole_digits}<=digits,{made},IF({whole_digits}<=2*digits,{one},{two}))"
    return Formula(text, f"{float(x.value):,.{decimals}f}")


def id_words(x: Formula) -> Formula:
    """A cell within an id: a number with a decimal point, also where the locale writes a comma; words as they are."""
    return Formula(f'IF(ISNUMBER({x.text}),SUBSTITUTE({x.text},{DECIMAL_SIGN},"."),{x.text})', x.value)


def number_in(text: str) -> str:
    """The text of a formula: a number typed as text counts as a number, with a decimal point in every locale.

    A list such as 1,8,15 stays a list: with a comma as decimal sign, 1,8 would be a number; so would 1/8 as a date. A date
    such as 2027-03-05 stays a text as well.
    """
    bare = f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},",",""),"/",""),":","")'
    number = f'VALUE(SUBSTITUTE({text},".",{DECIMAL_SIGN}))'
    return f"IF(OR(LEN({bare})<LEN({text}),{date_signs(text)}),{text},IFERROR({number},{text}))"


# ---- dates -------------------------------------------------------------------------------------------------------


def date_signs(text: str) -> str:
    """The text of a condition: hyphens stand where a date written 2027-03-05 has them."""
    return f'MID({text},LEN("0000-"),1)&MID({text},LEN("0000-00-"),1)="--"'


def _written_month(text: str) -> str:
    return f'VALUE(MID({text},LEN("0000-0"),2))'


def _written_date(text: str) -> str:
    """A date of the program from its digits, which are read alike in every locale."""
    year, day = f'VALUE(LEFT({text},LEN("0000")))', f'VALUE(MID({text},LEN("0000-00-0"),2))'
    return f"DATE({year},{_written_month(text)},{day})"


def is_date(text: str) -> str:
    """The text of a condition: a date written 2027-03-05, or a cell formatted as one. A day beyond its month, which DATE
    takes for one of the next, is none."""
    shape = f'LEN({text})=LEN("0000-00-00"),{date_signs(text)},LEFT({text},2)>="19"'
    written = f"AND({shape},MONTH({_written_date(text)})={_written_month(text)})"
    return f"IF(ISNUMBER({text}),TRUE,IFERROR({written},FALSE))"


def days_after(date: Formula, start: Formula) -> Formula:
    """Days from one date to another, each as a text 2027-03-05 or as a date of the program; 0 where one of them is none."""
    later, earlier = (f"IF(ISNUMBER({d.text}),{d.text},{_written_date(d.text)})" for d in (date, start))
    days = float(_day(date.value) - _day(start.value)) if date.value and start.value else 0.0
    return Formula(f"IFERROR({later}-{earlier},0)", days)


def _day(text: Any) -> int:
    return datetime.date.fromisoformat(str(text)).toordinal()


# ---- ranges ------------------------------------------------------------------------------------------------------


def total(*spans: Term) -> Formula:
    """SUM over ranges and cells."""
    made = [formula_of(s) for s in spans]
    return call("SUM", float(sum(np.sum(m.value) for m in made)), *made)


def sumproduct(*spans: Term) -> Formula:
    """SUMPRODUCT of ranges of equal size, or of one expression of them."""
    made = [formula_of(s) for s in spans]
    value = np.asarray(made[0].value, dtype=float)
    for m in made[1:]:
        value = value * np.asarray(m.value, dtype=float)
    return call("SUMPRODUCT", float(np.sum(value)), *made)


def smallest(span: Term) -> Formula:
    """MIN over one range."""
    made = formula_of(span)
    return call("MIN", float(np.nanmin(made.value)), made)


def largest(span: Term) -> Formula:
    made = formula_of(span)
    return call("MAX", float(np.nanmax(made.value)), made)


def nth_smallest(span: Term, n: Term) -> Formula:
    """SMALL: the n-th smallest number of a range."""
    made, number = formula_of(span), formula_of(n)
    ordered = np.sort(np.asarray(made.value, dtype=float))
    at = np.asarray(number.value, dtype=int) - 1
    return call("SMALL", ordered[np.clip(at, 0, len(ordered) - 1)][()], made, number)


def index(span: Term, number: Term) -> Formula:
    """INDEX into one row or one column of cells, from 1; a range of rows x columns is indexed by column in each row."""
    made, n = formula_of(span), formula_of(number)
    cells = made.value
    if isinstance(cells, np.ndarray) and cells.ndim == 2 and THIS in made.text:
        value = cells[:, int(n.value) - 1]
    else:
        value = np.asarray(cells, dtype=object if _texts(cells) else float)[_inside(n.value, len(cells))]
        value = value[()] if np.ndim(n.value) else _plain(value)
    return call("INDEX", value, made, n)


def _inside(number: Any, count: int) -> Any:
    """The position from 0 in a range of ``count`` cells: the nearest one where there is none with this number."""
    if type(number) is float and not math.isinf(number):
        return 0 if math.isnan(number) else min(max(int(number) - 1, 0), count - 1)
    at = np.nan_to_num(np.asarray(number, dtype=float), nan=1.0)
    return np.clip(at.astype(int) - 1, 0, count - 1)


def _texts(cells: Any) -> bool:
    if np.asarray(cells).dtype.kind in "fiub":
        return False
    return any(isinstance(c, str) for c in np.asarray(cells, dtype=object).ravel())


def _plain(value: Any) -> Any:
    found = value[()] if isinstance(value, np.ndarray) else value
    return found if isinstance(found, str) else float(found)


def match(what: Term, span: Term) -> Formula:
    """The place of a value in a range, exactly, from 1; nan (an error in the sheet) where it is not there."""
    w, made = formula_of(what), formula_of(span)
    wanted, cells = _folded(w.value), np.asarray(made.value, dtype=object).ravel().tolist()
    place = next((float(i) for i, cell in enumerate(cells, start=1) if _folded(cell) == wanted), float("nan"))
    return Formula(f"MATCH({w.text},{made.text},0)", place)


def _folded(value: Any) -> Any:
    """A value as it is compared: letter case does not count."""
    return value.casefold() if isinstance(value, str) else value


def match_below(what: Term, span: Term) -> Formula:
    """The place of the last cell of a rising range that is not above a value."""
    w, made = formula_of(what), formula_of(span)
    place = np.searchsorted(np.asarray(made.value, dtype=float), w.value, side="right").astype(float)
    return Formula(f"MATCH({w.text},{made.text},1)", place[()] if np.ndim(place) else float(place))


def is_number(x: Term) -> Formula:
    """ISNUMBER: 1 where a formula gives a number and no error (nan)."""
    made = formula_of(x)
    return Formula(f"ISNUMBER({made.text})", np.asarray(~np.isnan(made.value), dtype=float)[()])


def place_of_number(what: Term, span: Term) -> Formula:
    """As :func:`match` for a column of numbers in a range of numbers."""
    w, made = formula_of(what), formula_of(span)
    distinct, first = np.unique(np.asarray(made.value, dtype=float), return_index=True)
    at = np.clip(np.searchsorted(distinct, w.value), 0, len(distinct) - 1)
    return Formula(f"MATCH({w.text},{made.text},0)", np.where(distinct[at] == w.value, first[at] + 1.0, np.nan))


def sum_where(span: Term, equals: Term, summed: Term) -> Formula:
    """SUMIF: the sum of ``summed`` over the cells of ``span`` that equal a number."""
    keys, what, values = formula_of(span), formula_of(equals), formula_of(summed)
    k, v = np.asarray(keys.value, dtype=float), np.asarray(values.value, dtype=float)
    distinct, place = np.unique(k, return_inverse=True)
    sums = np.bincount(place, v, len(distinct))
    wanted = np.asarray(what.value, dtype=float)
    at = np.clip(np.searchsorted(distinct, wanted), 0, len(distinct) - 1)
    value = np.where(distinct[at] == wanted, sums[at], 0.0)
    return call("SUMIF", value[()] if wanted.ndim else float(value), keys, what, values)


def index_cell(block: Term, row: Term, column: Term) -> Formula:
    """INDEX into a block of cells by row and column, from 1."""
    made, r, c = formula_of(block), formula_of(row), formula_of(column)
    rows = np.clip(np.asarray(r.value, dtype=float).astype(int) - 1, 0, made.value.shape[0] - 1)
    value = made.value[rows, int(c.value) - 1]
    return call("INDEX", value if np.ndim(r.value) else float(value), made, r, c)


def index_column(block: Term, column: Term) -> Formula:
    """One whole column of a block of cells, for SUMPRODUCT."""
    made, c = formula_of(block), formula_of(column)
    return call("INDEX", made.value[:, int(c.value) - 1], made, 0, c)


def ordinal(span: Formula, position: int) -> Formula:
    """The number position + 1, as the count of the first cells of a column: it moves with inserted rows."""
    sheet, cells = span.text.rsplit("!", 1)
    column, row = cells.split(":")[0].rsplit("$", 1)
    return Formula(f"ROWS({sheet}!{column}${row}:{column}${int(row) + position})", float(position + 1))
