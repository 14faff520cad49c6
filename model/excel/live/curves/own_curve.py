"""A curve's own cumulative hazard at one time, as single cells: at a switch of the Kaplan-Meier part, at a hazard ratio.

The same steps as the columns of the curve's sheet: candidate, average, cure, Kaplan-Meier part.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.records.curves import MODEL_AVERAGE
from model.excel.formulas.formula import Formula, Term
from model.excel.formulas.functions import exp, index, ln, maximum, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.choice import Choice
from model.excel.live.curves.kaplan_meier import KaplanMeierTable
from model.excel.live.curves.table_cells import EarlyTable, TableCells
from model.excel.pages.growing_tables import Facts


@dataclasses.dataclass(frozen=True)
class JointEffect:
    """An effect fitted together with the coefficients: its kind, the ratio, and the factor by which it stretches time."""

    kind: Formula
    ratio: Term
    scaled: Term

    def on(self, bench: Bench, hazard: Formula, otherwise: Formula) -> Formula:
        """A cumulative hazard with the ratio, or with the odds of the event multiplied; of other kinds ``otherwise``."""
        survival = exp(-hazard)
        odds = -ln(maximum(bench.constants.smallest, survival / (survival + self.ratio * (1 - survival))))
        by_odds = where(self.kind.equals("odds_ratio"), odds, otherwise)
        return where(self.kind.equals("hazard_ratio"), self.ratio * hazard, by_odds)


@dataclasses.dataclass
class KaplanMeierCells:
    """The part of a curve before its tail: ``until`` ("" where there is none), its factors as a row of cells, the cumulative
    hazards of the steps and of the distribution at the switch, and 1 where the distribution counts time from there.
    ``lent``: it is the reference arm's. ``joined``: the effect of the arm, where the tail is fitted with other arms."""

    table: KaplanMeierTable | EarlyTable
    until: Formula
    factors: Formula
    base_factors: Formula
    early: Formula
    tail: Formula
    restarts: Formula | None = None
    lent: bool = False
    joined: JointEffect | None = None

    def own_time(self, month: Formula, until: Formula, restarts: Formula) -> Formula:
        """A month as the distribution counts it."""
        return where(restarts, maximum(0, month - until), month)


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
    w, asked = bench.functions, month
    if km is not None and km.restarts is not None:
        until = where(km.until.equals(""), 0, km.until)
        month = facts.add("Month as the distribution counts it", km.own_time(month, until, km.restarts), "months")
        log_month = facts.add("Logarithm of the month", ln(maximum(bench.constants.smallest, month)))
    else:
        log_month = facts.add("Logarithm of the month", ln(month))
    shares = []
    for c in candidates:
        values = c.base if base else c.in_use
        shares.append(facts.add(c.label, c.family.worksheet_survival(w, month, log_month, *values)))
    if table is not None:
        shares.append(facts.add("Survival table", w.exp(-table.hazard(month, base))))
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
        hazard = facts.add("With the Kaplan-Meier part", with_tail(km, hazard, asked, factors))
    return hazard


def with_tail(km: KaplanMeierCells, hazard: Formula, month: Formula, factors: Formula) -> Formula:
    """The Kaplan-Meier steps up to the switch, then the distribution's increments."""
    until = where(km.until.equals(""), 0, km.until)
    early = km.table.hazard(month, until, factors)
    late: Term = maximum(0, hazard - km.tail)
    return where(km.until.equals(""), hazard, where(month <= until, early, km.early + late))
