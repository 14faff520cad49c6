"""Which candidate of a curve is in use: its number, and the weights of all of them in an average."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from model.definition.model_definition import address_of
from model.definition.records.curves import MODEL_AVERAGE, Curve
from model.excel.formulas.formula import Formula, Term
from model.excel.formulas.functions import if_error, index, match, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.curves.asked import Asked
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.drawn import DrawnColumns
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable
from model.excel.pages.page import Page

TABLE = "survival_table"
WORDS = {TABLE: "Survival table", MODEL_AVERAGE: "Average of the candidates"}


@dataclasses.dataclass
class Cure:
    """The cure model in use (``kind``: none, mixture, non_mixture), and the share cured of the curve in use."""

    kind: Formula
    fraction: Formula
    base_fraction: Formula


@dataclasses.dataclass
class Choice:
    """The candidate in use by number, from 1, and whether it is known; ``weights`` and ``base_weights`` are empty where
    the curve is never an average. ``shares``: the weights among those not cured."""

    number: Formula
    known: Formula
    names: list[str]
    weights: list[Formula]
    shares: list[Formula]
    base_shares: list[Formula]
    cure: Cure | None


class ChoiceTable:
    """The candidates by number, each with its weight and its cure fraction."""

    def __init__(
        self,
        bench: Bench,
        page: Page,
        curve: Curve,
        label: str,
        asked: Asked,
        source: Formula,
        relative: Formula,
        kind: Formula | None,
        candidates: list[Candidate],
        drawn: DrawnColumns,
        has_table: bool,
        theirs: Choice | None,
        their_names: list[str],
    ):
        self.bench, self.page, self.curve, self.label, self.asked = bench, page, curve, label, asked
        self.source, self.relative, self.kind = source, relative, kind
        self.candidates, self.drawn, self.has_table = candidates, drawn, has_table
        self.theirs = dict(zip(their_names, theirs.weights, strict=False)) if theirs is not None else {}
        self.averages = bool(candidates) and (asked.averaged or bool(self.theirs))

    def write(self, name: Formula) -> Choice:
        """The table, and under it what follows from the name in use."""
        names = [c.name for c in self.candidates]
        extra = [TABLE] * self.has_table + [MODEL_AVERAGE] * self.averages
        if self.averages:
            weights, base_weights = self._weights()
        else:
            weights, base_weights = [], []
        table = GrowingTable(
            self.page,
            f"{self.label}: numbers of the candidates",
            "In the order of the columns of the curve's sheet.",
            [PageColumn("Candidate", "text", 58), PageColumn("Candidate id", "text", 60), PageColumn("Number", "plain", 24)],
        )
        for i, own in enumerate((*names, *extra)):
            table.add(WORDS[own] if own in WORDS else self.candidates[i].label, own, float(i + 1))
        ids = table.span(1)
        place = match(name, ids)
        facts = Facts(self.page, f"{self.label}: the one in use", "By its name.")
        known = facts.add(
            "Its name is in the table",
            Formula(f"IF(ISNUMBER({place.text}),1,0)", float(not np.isnan(place.value))),
            "1 yes, 0 no",
        )
        number = facts.add("Number of the distribution in use", if_error(place, 1))
        if self.kind is None:
            return Choice(number, known, [*names, *extra], weights, weights, base_weights, None)
        cure, shares, base_shares = self._cure(name, number, weights, base_weights)
        return Choice(number, known, [*names, *extra], weights, shares, base_shares, cure)

    # ---- weights of an average -----------------------------------------------------------------------------------

    def _weights(self) -> tuple[list[Formula], list[Formula]]:
        """The weight of every candidate: typed, or from the AIC; in a draw one candidate has all of it."""
        facts = Facts(self.page, f"{self.label}: weights of an average", "From the sheet Survival, else from the AIC.")
        rows = {
            w.distribution: w
            for w in self.bench.definition.model_weights
            if (w.arm, w.endpoint) == (self.curve.arm, self.curve.endpoint)
        }
        choice: Formula | None = None
        if self.drawn.choice and self.bench.draws is not None:
            choice = facts.add(
                "Candidate that the draw takes", self.bench.inputs.drawn(self.drawn.choice), "from 0", "Empty: the average"
            )
        table = GrowingTable(
            self.page,
            f"{self.label}: weights by candidate",
            "Weight: as typed, else exp(-(AIC - lowest AIC) / 2) over the sum (Burnham and Anderson 2002).",
            [
                PageColumn("Candidate", "text", 58),
                PageColumn("Place in the draws", "any", 60),
                PageColumn("In the average", "plain", 24),
                PageColumn("Typed", "any", 16),
                PageColumn("AIC", "any", 16),
                PageColumn("Relative likelihood", "any", 16),
                PageColumn("Reference arm's", "any", 16),
                PageColumn("Base case", "any", 16),
                PageColumn("In use", "any", 16),
            ],
        )
        n = len(self.candidates)
        cells = [[Formula(table.at.cell(i, c), 0.0) for i in range(n)] for c in range(9)]
        aics: list[Formula | str] = []
        for candidate in self.candidates:
            if candidate.aic is None or candidate.stored is None or not (candidate.name in rows or not rows):
                aics.append("")
            else:
                aics.append(where(candidate.stored, candidate.aic, ""))
        found = [float(a.value) for a in aics if isinstance(a, Formula) and not isinstance(a.value, str)]
        lowest_aic = Formula(f"MIN({_across(cells[4])})", min(found, default=0.0))
        typed_any = any(r.weight is not None for r in rows.values())
        weights, base = [], []
        likelihoods = [
            self._likelihood(c, None if isinstance(a, str) else Formula(cells[4][i].text, a.value), lowest_aic, rows)
            for i, (c, a) in enumerate(zip(self.candidates, aics, strict=True))
        ]
        total_value = sum(v.value for v in likelihoods) or 1.0
        for i, candidate in enumerate(self.candidates):
            row = rows.get(candidate.name)
            listed = float(row is not None or not rows)
            typed = self.bench.inputs[address_of("model_weights", row) + ".weight"] if row is not None else ""
            typed_value = typed.value if isinstance(typed, Formula) else ""
            typed_cell, likelihood = Formula(cells[3][i].text, typed_value), likelihoods[i]
            place: float | str = "not drawn"  # not empty: an empty cell equals 0
            if candidate.name in self.drawn.order:
                place = float(self.drawn.order.index(candidate.name))
            share = Formula(f"{cells[5][i].text}/MAX(smallest,SUM({_across(cells[5])}))", likelihood.value / total_value)
            own = where(
                Formula(f"COUNT({_across(cells[3])})>0", float(typed_any), 1),
                where(typed_cell.equals(""), 0, typed_cell),
                share,
            )
            theirs = self.theirs.get(candidate.name)
            own = own if theirs is None else where(self.relative, Formula(cells[6][i].text, theirs.value), own)
            base_cell = Formula(cells[7][i].text, own.value)
            in_use: Formula = base_cell
            if choice is not None:
                place_cell = Formula(cells[1][i].text, place)
                in_use = where(choice.equals(""), base_cell, where(place_cell.equals(choice), 1, 0))
            table.add(
                candidate.label, place, listed, typed, aics[i], likelihood, "" if theirs is None else theirs, own, in_use
            )
            base.append(table.cell(i, 7))
            weights.append(table.cell(i, 8))
        return weights, base

    def _likelihood(self, candidate: Candidate, aic: Formula | None, lowest: Formula, rows: Mapping[str, object]) -> Formula:
        """Relative likelihood of a candidate in the average; all the same where there is no AIC to go by."""
        if aic is None:
            alike = float(candidate.name in rows) if candidate.aic is None else 0.0
            return Formula(f"{alike:g}", alike)
        value = 0.0 if isinstance(aic.value, str) else float(np.exp(-(aic.value - lowest.value) / 2))
        return Formula(f'IF({aic.text}="",0,EXP(-({aic.text}-{lowest.text})/2))', value)

    # ---- cure ----------------------------------------------------------------------------------------------------

    def _cure(
        self, name: Formula, number: Formula, weights: list[Formula], base_weights: list[Formula]
    ) -> tuple[Cure, list[Formula], list[Formula]]:
        """The share cured of the curve in use, and the weights among those not cured (mixture cure)."""
        assert self.kind is not None
        table = GrowingTable(
            self.page,
            f"{self.label}: cure fractions by candidate",
            "Weight among those not cured: weight x (1 - cure fraction) over its sum.",
            [
                PageColumn("Candidate", "text", 58),
                PageColumn("Cure fraction, base case", "any", 60),
                PageColumn("In use", "any", 24),
                PageColumn("Weight among those not cured, base case", "any", 16),
                PageColumn("In use", "any", 16),
            ],
        )
        n = len(self.candidates)
        zero = Formula("0", 0.0)
        base = [c.cure_base or zero for c in self.candidates]
        in_use = [c.cure or zero for c in self.candidates]
        whole = [
            sum(w.value * (1 - c.value) for w, c in zip(ws, cs, strict=False)) or 1.0
            for ws, cs in ((base_weights, base), (weights, in_use))
        ]
        for i, candidate in enumerate(self.candidates):
            cells = [Formula(table.at.cell(i, c), v[i].value) for c, v in ((1, base), (2, in_use))]
            rest: list[Term] = ["", ""]
            if weights:
                spans = [f"{table.at.cell(0, c)}:{table.at.cell(n - 1, c).rsplit('!', 1)[1]}" for c in (1, 2)]
                pairs = ((base_weights, cells[0], spans[0], whole[0]), (weights, cells[1], spans[1], whole[1]))
                rest = [
                    Formula(
                        f"{w[i].text}*(1-{c.text})/MAX(smallest,SUMPRODUCT({_across(w)},1-{span}))",
                        w[i].value * (1 - c.value) / t,
                    )
                    for w, c, span, t in pairs
                ]
            table.add(candidate.label, base[i], in_use[i], *rest)
        last = Facts(self.page, f"{self.label}: cure in use", "0 without a cure model.")
        fractions = []
        for column, own_weights, words in (
            (1, base_weights, "Cure fraction, base case"),
            (2, weights, "Cure fraction in use"),
        ):
            span = table.span(column)
            one = index(span, number)
            if own_weights:
                mean = sumproduct(Formula(_across(own_weights), np.array([w.value for w in own_weights])), span)
                one = where(name.equals(MODEL_AVERAGE), mean, one)
            fractions.append(last.add(words, where(self.kind.equals("none"), 0, one)))
        cure = Cure(self.kind, fractions[1], fractions[0])
        if not weights:
            return cure, [], []
        shares = [table.cell(i, 4) for i in range(n)]
        base_shares = [table.cell(i, 3) for i in range(n)]
        return cure, shares, base_shares


def _across(cells: list[Formula]) -> str:
    """The text of a range of cells that stand below each other."""
    return f"{cells[0].text}:{cells[-1].text.rsplit('!', 1)[1]}"
