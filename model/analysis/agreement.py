"""Do two calculations of one model agree? Results recalculated by another program, beside Python's own."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.columns.agreement import DIFFERENCES, PARTS
from model.analysis.probabilistic.psa import PSA
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.uniform_numbers import uniforms
from model.definition.structure import by_states
from model.survival.distributions import INCOMPLETE_GAMMA

Found = float | str | None
"""A value of a cell: a number, text, or nothing."""

ALLOWED, ALLOWED_GAMMA = 1e-9, 1e-7
EQUAL, DIFFERS = "equal", "DIFFERS"
STORED_NUMBERS = "Numbers stored in the file, recalculated"
NOT_RECALCULATED, NOT_COMPARED = "not recalculated", "not compared"
MOST_KEPT = 1000
SMALL_INPUT = 1e-6
CHOICE_STREAM = "verification.draws"
RATIOS, RATIO_FLOOR = ("hazard_of_", "flag_value_", "flag_distance_"), 1e3
"""Results that are ratios of small differences of shares: they have fewer digits than the shares they are made of, and are
compared with what a thousand times as large would be."""
OF_ALL_PATIENTS = tuple(f"budget_{what}_" for what in ("impact", "gross_drugs", "rebates", "net_drugs", "other_costs", "of"))
PATIENTS_FLOOR = 1e5
"""Differences of what all patients of a budget cost: they have fewer digits than the costs they are differences of."""
OUTCOMES = ("life_years.", "qalys.", "costs.", "crossing_first_month.", "crossing_area_months.", "increment.")


@dataclasses.dataclass(frozen=True)
class Difference:
    """One value that differs: the case, the name and cell of the result, what it should be and the workbook's value.

    It should be Python's value; a number stored in the file should be the recalculated one.
    """

    case: str
    name: str
    cell: str
    expected: Found
    workbook: Found
    relative: float


@dataclasses.dataclass(frozen=True)
class Part:
    """What was compared, how many values of how many cases, the largest difference found, and what it means.

    ``differences`` holds the first of the ``n_different`` values that differ.
    """

    what: str
    cases: int = 0
    values: int = 0
    largest: float = 0.0
    allowed: float = ALLOWED
    verdict: str = EQUAL
    remark: str = ""
    n_different: int = 0
    differences: tuple[Difference, ...] = ()


@dataclasses.dataclass(frozen=True)
class Agreement:
    """Every comparison of one workbook; ``notes``: what a reader must know besides."""

    workbook: str
    engine: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Was everything that was compared equal?"""
        return not any(part.verdict in (DIFFERS, NOT_RECALCULATED) for part in self.parts)

    def table(self) -> pd.DataFrame:
        """One row per comparison."""
        return PARTS.frame([{name: getattr(part, name) for name in PARTS.names} for part in self.parts])

    def differences(self) -> pd.DataFrame:
        """One row per value that differs (at most :data:`MOST_KEPT` of each comparison)."""
        return DIFFERENCES.frame([dataclasses.asdict(d) for part in self.parts for d in part.differences])


def relative_difference(expected: Found, workbook: Found, floor: float = 1.0) -> float:
    """``|workbook - expected| / max(floor, |expected|)``: relative for large values, absolute below ``floor``, so that a
    share of 1e-12 is not asked for more digits than the sum it comes from has. Infinite where words or an empty cell
    stand against something else; an empty cell is the same as no value (NaN).

    >>> relative_difference(200.0, 201.0)
    0.005
    >>> relative_difference("dominant", "dominant"), relative_difference("dominant", 0.0)
    (0.0, inf)
    """
    a, b = (None if isinstance(v, float) and math.isnan(v) else v for v in (expected, workbook))
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return 0.0 if (a or None) == (b or None) and type(a) is type(b) else math.inf
    return 0.0 if a == b else abs(b - a) / max(floor, abs(a))


def floor_of(name: str) -> float:
    """The size below which the difference of a named result is absolute (see :func:`relative_difference`)."""
    if name.startswith(OF_ALL_PATIENTS):
        return PATIENTS_FLOOR
    return RATIO_FLOOR if name.startswith(RATIOS) else 1.0


def allowed_difference(definition: ModelDefinition) -> float:
    """The largest relative difference that counts as rounding: programs agree on incomplete gamma functions to fewer
    digits than on anything else in the model."""
    used = {c.distribution for c in definition.curves} | {w.distribution for w in definition.model_weights}
    if by_states(definition):
        used.add(definition.settings.after_progression)
    return ALLOWED_GAMMA if used & set(INCOMPLETE_GAMMA) else ALLOWED


class Tally:
    """Gathers the cases of one comparison. ``skipped``: results that the workbook does not show and need not."""

    def __init__(self, what: str, remark: str = ""):
        self.what, self.remark = what, remark
        self.cases, self.values, self.largest, self.allowed, self.n_different = 0, 0, 0.0, 0.0, 0
        self.kept: list[Difference] = []
        self.skipped = 0

    def add(
        self, case: str, expected: Mapping[str, Any], workbook: Mapping[str, Found], cells: Mapping[str, str], allowed: float
    ) -> None:
        """Compare the results of one case by name; ``cells``: where the workbook has each of them."""
        self.cases += 1
        for name, value in expected.items():
            pair = Difference(case, name, cells.get(name, ""), value, workbook.get(name), 0.0)
            self.value(pair, allowed, floor_of(name))

    def value(self, pair: Difference, allowed: float, floor: float = 1.0) -> None:
        """Compare one pair of values."""
        relative = relative_difference(pair.expected, pair.workbook, floor)
        self.values += 1
        self.largest, self.allowed = max(self.largest, relative), max(self.allowed, allowed)
        if not relative <= allowed:
            self.n_different += 1
            if len(self.kept) < MOST_KEPT:
                self.kept.append(dataclasses.replace(pair, relative=relative))

    def part(self, verdict: str = DIFFERS) -> Part:
        """The comparison as a whole; ``verdict``: what it means that a value differs."""
        beyond = f"{self.skipped:,} results that the base case does not have were left out" if self.skipped else ""
        remark = "; ".join(words for words in (self.remark, beyond) if words)
        return Part(
            self.what,
            self.cases,
            self.values,
            self.largest,
            self.allowed or ALLOWED,
            verdict if self.n_different else EQUAL,
            remark,
            self.n_different,
            tuple(self.kept),
        )


def chosen(n_stored: int, n_asked: int, seed: int, stream: str = CHOICE_STREAM) -> list[int]:
    """Numbers from 1 to ``n_stored`` to compare, in order: at random, the same for the same seed. A larger choice
    holds the smaller ones.

    >>> chosen(1000, 3, 1) == sorted(set(chosen(1000, 4, 1)) & set(chosen(1000, 3, 1)))
    True
    """
    if n_asked <= 0 or n_stored <= 0:
        return []
    order = np.argsort(uniforms(seed, stream, n_stored), kind="stable")[:n_asked]
    return sorted(int(k) + 1 for k in order)


def compare_draws(psa: PSA, stored: Mapping[str, Sequence[Any]], cell_of: Any, allowed: float) -> tuple[Part, Part]:
    """The inputs and the results of all draws as stored, beside those sampled and calculated anew.

    ``cell_of(column, row)`` is the address of a stored value. Inputs are compared relatively down to 1e-6.
    """
    inputs, results = (Tally("Stored draws: inputs, sampled anew"), Tally("Stored draws: results, calculated anew"))
    table = psa.table()
    inputs.cases = results.cases = len(table)
    for name in table.columns:
        of_results = name.startswith(OUTCOMES)
        tally, floor = (results, 1.0) if of_results else (inputs, SMALL_INPUT)
        limit = allowed if of_results else ALLOWED
        _column(tally, name, table[name].to_numpy(dtype=float), stored.get(name, []), cell_of, limit, floor)
    return inputs.part(), results.part()


def _column(tally: Tally, name: str, python: Any, stored: Sequence[Any], cell_of: Any, allowed: float, floor: float) -> None:
    """All rows of one column; the numbers at once, and one by one only what differs."""
    n = len(python)
    raw = [*stored[:n], *[None] * (n - len(stored))]
    numeric = np.array([v if isinstance(v, int | float) else math.nan for v in raw], dtype=float)
    words = np.array([isinstance(v, str) for v in raw], dtype=bool)
    with np.errstate(invalid="ignore"):
        gap = np.abs(numeric - python) / np.maximum(floor, np.abs(python))
    same = ~words & ((numeric == python) | (np.isnan(numeric) & np.isnan(python)) | (gap <= allowed))
    close = gap[same & np.isfinite(gap)]
    tally.largest = max(tally.largest, float(close.max(initial=0.0)))
    tally.allowed = max(tally.allowed, allowed)
    tally.values += int(same.sum())
    for row in np.flatnonzero(~same):
        value = raw[row]
        pair = Difference(
            f"draw {row + 1}",
            name,
            cell_of(name, int(row)),
            float(python[row]),
            float(value) if isinstance(value, int | float) else value,
            0.0,
        )
        tally.value(pair, allowed, floor)
