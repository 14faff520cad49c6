"""A spreadsheet formula together with its value.

Both come from the same Python expression, so that a formula and the number stored with it cannot drift apart:

    survival = exp(-exp(minimum(limit, shape * (log_time - ln(scale)))))

Text marks: ``THIS``, ``BEFORE`` and ``AFTER`` stand for the number of the formula's own row, of the row above it and of the
row below it, so that one text serves a whole column. References name their sheet; the sheet that takes the formula leaves
out its own name.

Only 0, 1, 2 and 0.5 may be written as numbers (any other constant stands in a named cell), and a negated term is
always put in brackets before it is raised to a power or multiplied: Excel reads -x^2 as (-x)^2.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

THIS, BEFORE, AFTER = "\x01", "\x02", "\x04"
ATOM, POWER, PRODUCT, SUM, JOIN, COMPARISON = 6, 5, 4, 3, 2, 1
PLAIN_NUMBERS = (0, 1, 2, 0.5)


class Formula:
    """``text`` without the leading "=", its ``value`` (number, text, or array over rows), and how tightly it binds."""

    __slots__ = ("rank", "text", "value")
    __array_ufunc__ = None  # numpy leaves operators between an array and a formula to this class

    def __init__(self, text: str, value: Any, rank: int = ATOM):
        self.text, self.value, self.rank = text, value, rank

    def __repr__(self) -> str:
        return f"<={readable(self.text)}>"

    def single(self) -> Formula:
        """The only cell of a range of one cell."""
        return Formula(self.text.split(":")[0], float(np.asarray(self.value).ravel()[0]))

    # ---- arithmetic ----------------------------------------------------------------------------------------------

    def __add__(self, other: Term) -> Formula:
        return _binary(self, "+", other, SUM, np.add)

    def __radd__(self, other: Term) -> Formula:
        return _binary(other, "+", self, SUM, np.add)

    def __sub__(self, other: Term) -> Formula:
        return _binary(self, "-", other, SUM, np.subtract)

    def __rsub__(self, other: Term) -> Formula:
        return _binary(other, "-", self, SUM, np.subtract)

    def __mul__(self, other: Term) -> Formula:
        return _binary(self, "*", other, PRODUCT, np.multiply)

    def __rmul__(self, other: Term) -> Formula:
        return _binary(other, "*", self, PRODUCT, np.multiply)

    def __truediv__(self, other: Term) -> Formula:
        return _binary(self, "/", other, PRODUCT, _divide)

    def __rtruediv__(self, other: Term) -> Formula:
        return _binary(other, "/", self, PRODUCT, _divide)

    def __pow__(self, other: Term) -> Formula:
        return _binary(self, "^", other, POWER, np.power)

    def __neg__(self) -> Formula:
        return Formula(f"-{bracketed(self, PRODUCT)}", -_number(self.value), SUM)

    # ---- comparison: 1 or 0 in arithmetic ------------------------------------------------------------------------

    def __lt__(self, other: Term) -> Formula:
        return _binary(self, "<", other, COMPARISON, _compare(np.less))

    def __le__(self, other: Term) -> Formula:
        return _binary(self, "<=", other, COMPARISON, _compare(np.less_equal))

    def __gt__(self, other: Term) -> Formula:
        return _binary(self, ">", other, COMPARISON, _compare(np.greater))

    def __ge__(self, other: Term) -> Formula:
        return _binary(self, ">=", other, COMPARISON, _compare(np.greater_equal))

    def equals(self, other: Term) -> Formula:
        """``a=b``; texts are compared without regard to case, as spreadsheets do."""
        return _binary(self, "=", other, COMPARISON, _equal)

    def differs(self, other: Term) -> Formula:
        """``a<>b``."""
        return _binary(self, "<>", other, COMPARISON, lambda a, b: 1.0 - _equal(a, b))

    def then(self, other: Term) -> Formula:
        """``a&b``: the texts joined."""
        return _binary(self, "&", other, JOIN, lambda a, b: f"{a}{b}")


Term = Formula | float | int | str


def formula_of(term: Term) -> Formula:
    """A term as a formula. Raises ValueError for a number that has to stand in a named cell."""
    if isinstance(term, Formula):
        return term
    if isinstance(term, str):
        return Formula('"' + term.replace('"', '""') + '"', term)
    if isinstance(term, bool) or term not in PLAIN_NUMBERS:
        raise ValueError(f"{term!r} may not stand in a formula; give it a named cell")
    return Formula(f"{term:g}", float(term))


def as_number(term: Term) -> Formula:
    """A comparison as 1 or 0: a cell that holds TRUE is left out of sums."""
    made = formula_of(term)
    return Formula(f"IF({made.text},1,0)", made.value) if made.rank == COMPARISON else made


def bracketed(operand: Formula, rank: int) -> str:
    """The text of an operand of an operator that binds as ``rank``."""
    return f"({operand.text})" if operand.rank < rank else operand.text


def _binary(left: Term, sign: str, right: Term, rank: int, act: Callable[[Any, Any], Any]) -> Formula:
    a, b = formula_of(left), formula_of(right)
    strict = sign in "-/^" or rank == COMPARISON  # these do not associate: the right side needs brackets at equal rank
    text = f"{bracketed(a, rank + (sign == '^' or rank == COMPARISON))}{sign}{bracketed(b, rank + strict)}"
    single = OF_SINGLE_NUMBERS.get(sign)
    if single is not None and type(a.value) is float and type(b.value) is float:
        return Formula(text, float(single(a.value, b.value)), rank)
    if rank <= JOIN:
        made = act(a.value, b.value)
    else:
        with np.errstate(all="ignore"):
            made = act(_number(a.value), _number(b.value))
    return Formula(text, plain(made), rank)


def _quotient(a: float, b: float) -> float:
    """``a / b`` as spreadsheets' numbers have it: infinite or nan where b is 0."""
    if b:
        return a / b
    with np.errstate(all="ignore"):
        return float(np.divide(a, b))


OF_SINGLE_NUMBERS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
"""What an operator does with two numbers without an array library: to the same bits, in a tenth of the time."""


def plain(value: Any) -> Any:
    """A single number as one of Python's, which later steps calculate with sooner; anything else as it is."""
    return float(value) if type(value) is np.float64 else value


def _number(value: Any) -> Any:
    """A value as arithmetic takes it; a text in arithmetic would be an error value in the sheet."""
    if isinstance(value, str):
        raise ValueError(f"the text {value!r} stands where a formula needs a number")
    return value


def _divide(a: Any, b: Any) -> Any:
    return np.divide(np.asarray(a, dtype=float), b)[()]


def _compare(act: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def compared(a: Any, b: Any) -> Any:
        if isinstance(a, str) != isinstance(b, str):  # any text is larger than any number
            return float(act(isinstance(a, str), isinstance(b, str)))
        return np.asarray(act(a, b), dtype=float)[()]

    return compared


def _equal(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if _of_text(a) or _of_text(b):
            same = np.frompyfunc(lambda x, y: float(_same(x, y)), 2, 1)(a, b)
            return np.asarray(same, dtype=float)
        return np.asarray(np.equal(a, b), dtype=float)
    return float(_same(a, b))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a.casefold() == b.casefold()
    return bool(a == b) if isinstance(a, str) == isinstance(b, str) else False


def _of_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype == object)


def readable(text: str) -> str:
    """A text with its row marks written out, for messages."""
    return text.replace(THIS, "[this row]").replace(BEFORE, "[row above]").replace(AFTER, "[row below]")


def in_row(text: str, row: int) -> str:
    """The text for one worksheet row (rows count from 1)."""
    return text.replace(THIS, str(row)).replace(BEFORE, str(row - 1)).replace(AFTER, str(row + 1))


def on_sheet(text: str, prefix: str) -> str:
    """The text without the name of the sheet that it stands on."""
    return text.replace(prefix, "")
