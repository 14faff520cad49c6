"""A curve's own cumulative hazard at one time, as single cells: at a switch of the Kaplan-Meier part, at a hazard ratio.

The same steps as the columns of the curve's sheet: candidate, average, cure, Kaplan-Meier part.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.records.curves import MODEL_AVERAGE
from model.excel.formulas.formula import Formula, Term
from model.excel.formulas.functions import index, ln, match_below, maximum, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.choice import Choice
from model.excel.live.curves.kaplan_meier import KaplanMeierTable
from model.excel.pages.growing_tables import Facts, GrowingTable


@dataclasses.dataclass
class TableCells:
    """A survival table: times, cumulative hazard at each, and the hazard from there on."""

    times: Formula
    hazards: Formula
    rates: Formula

    def hazard(self, time: Formula) -> Formula:
        """Cumulative hazard at a time: constant hazard between two rows, and beyond the last."""
        place = match_below(time, self.times)
        return index(self.hazards, place) + index(self.rates, place) * (time - index(self.times, place))


@dataclasses.dataclass
class KaplanMeierCells:
    """The Kaplan-Meier part of a curve: ``until`` ("" where there is none), its factors as a row of cells, and the
    cumulative hazards of the steps and of the distribution at the switch."""

    table: KaplanMeierTable
    until: Formula
    factors: Formula
    base_factors: Formula
    early: Formula
    tail: Formula


def survival_with_cure(bench: Bench, survival: Formula, kind: Formula, fraction: Formula) -> Formula:
    """Survival with a share cured, from that of the others."""
    mixed = fraction + (1 - fraction) * survival
    bounded = maximum(bench.constants.smallest, fraction) ** (1 - survival)
    with_kind = where(kind.equals("non_mixture"), where(fraction > 0, bounded, survival), mixed)
    return where(kind.equals("none"), survival, with_kind)


def own_hazard(
    bench: Bench,
    facts: Facts,
    candidates: list[Candidate],
    choice: Choice,
    table: TableCells | None,
    month: Formula,
    base: bool,
    km: KaplanMeierCells | None = None,
) -> Formula:
    """The cumulative hazard at a month; ``base``: of the base case, whatever draw is shown."""
    w = bench.functions
    log_month = facts.add("Logarithm of the month", ln(month))
    shares = []
    for c in candidates:
        values = c.base if base else c.in_use
        shares.append(facts.add(c.label, c.family.worksheet_survival(w, month, log_month, *values)))
    if table is not None:
        shares.append(facts.add("Survival table", w.exp(-table.hazard(month))))
    if MODEL_AVERAGE in choice.names:
        weights = choice.base_shares if base else choice.shares
        span = Formula(
            f"{shares[0].text}:{shares[len(weights) - 1].text.rsplit('!', 1)[1]}",
            np.array([s.value for s in shares[: len(weights)]]),
        )
        column = Formula(f"{weights[0].text}:{weights[-1].text.rsplit('!', 1)[1]}", np.array([s.value for s in weights]))
        shares.append(facts.add("Average", sumproduct(column, span)))
    span = Formula(f"{shares[0].text}:{shares[-1].text.rsplit('!', 1)[1]}", np.array([s.value for s in shares]))
    survival = facts.add("Distribution in use", index(span, choice.number))
    if choice.cure is not None:
        cure = choice.cure
        fraction = cure.base_fraction if base else cure.fraction
        survival = facts.add("With cure", survival_with_cure(bench, survival, cure.kind, fraction))
    hazard = facts.add("Cumulative hazard", -ln(maximum(bench.constants.smallest, survival)))
    if km is not None:
        factors = km.base_factors if base else km.factors
        hazard = facts.add("With the Kaplan-Meier part", with_tail(km, hazard, month, factors))
    return hazard


def with_tail(km: KaplanMeierCells, hazard: Formula, month: Formula, factors: Formula | None = None) -> Formula:
    """The Kaplan-Meier steps up to the switch, then the distribution's increments."""
    cells = km.factors if factors is None else factors
    until = where(km.until.equals(""), 0, km.until)
    early = km.table.hazard(month, until, cells)
    late: Term = maximum(0, hazard - km.tail)
    return where(km.until.equals(""), hazard, where(month <= until, early, km.early + late))


def survival_table(bench: Bench, table: GrowingTable, times: list[Formula], shares: list[Formula]) -> TableCells:
    """The rows of a survival table, each with its cumulative hazard and the hazard up to the next row."""
    n, c = len(times), bench.constants
    hazards = [float(-np.log(s.value)) if s.value > 0 else c.certain.value for s in shares]
    for i, (time, share) in enumerate(zip(times, shares, strict=True)):
        typed = Formula(table.at.cell(i, 1), share.value)
        hazard = where(typed > 0, -ln(maximum(c.smallest, typed)), c.certain)
        first = min(i, n - 2)
        ends = [
            (Formula(table.at.cell(j, 0), times[j].value), Formula(table.at.cell(j, 2), hazards[j]))
            for j in (first, first + 1)
        ]
        rate = (ends[1][1] - ends[0][1]) / (ends[1][0] - ends[0][0])
        table.add(time, share, hazard, rate)
    return TableCells(table.span(0), table.span(2), table.span(3))
