"""Coefficients of every candidate distribution of every curve: where they come from, and those in use."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition.calibrated_curves import curve_id
from model.definition.curve_coefficients import curve_coefficients, typed_family, typed_rows
from model.definition.curves import CURVE_SOURCES, DISTRIBUTION_NAMES, ESTIMATED_NAMES, Curve
from model.definition.model_definition import address_of
from model.survival import distribution, label_of
from model.survival.families.base import Distribution

from ..report.cells import As, Column
from ..report.page import Page
from .bench import Bench
from .calibration import Calibrated, CalibrationSheets
from .formula import Formula, Term
from .functions import all_of, flag, index, ln, match, maximum, where
from .tables import Facts, GrowingTable

SHEET = "Coefficients"


@dataclasses.dataclass
class Candidate:
    """One candidate of a curve: coefficients without and with the draw shown, on the natural scale."""

    name: str
    family: Distribution
    base: list[Formula] = dataclasses.field(default_factory=list)
    in_use: list[Formula] = dataclasses.field(default_factory=list)

    @property
    def label(self) -> str:
        return label_of(self.name)


@dataclasses.dataclass(frozen=True)
class WaningCells:
    """When and how an effect wanes: months from start to end, 1 where it wanes at all."""

    shape: Formula
    start: Formula
    width: Formula
    wanes: Formula


@dataclasses.dataclass
class CurveCells:
    """What the sheets of a curve take: its candidates, the number of the one in use, and its options."""

    curve: Curve
    label: str
    candidates: list[Candidate]
    number: Formula
    relative: Formula
    reference_number: Term
    ratio: Term
    scaled: Term
    waning: WaningCells | None = None
    missing: Formula = dataclasses.field(default_factory=lambda: Formula("0", 0.0))


class CoefficientSheet:
    """The sheet of coefficients, written curve by curve, reference arms first."""

    def __init__(self, bench: Bench, page: Page, calibrations: CalibrationSheets, words: dict[str, str]):
        self.bench, self.page, self.calibrations, self.words = bench, page, calibrations, words
        self.made: dict[tuple[str, str], CurveCells] = {}
        self.calibrated: dict[tuple[str, str], Calibrated] = {}
        self.chosen: dict[tuple[str, str], Formula] = {}

    def write(self) -> dict[tuple[str, str], CurveCells]:
        """All curves of the definition; those that others refer to come first."""
        pending = {(c.arm, c.endpoint): c for c in self.bench.definition.curves}
        while pending:
            ready = [
                key for key, c in pending.items() if c.reference_arm is None or (c.reference_arm, c.endpoint) not in pending
            ]
            for key in ready or list(pending):
                self.made[key] = self._curve(pending.pop(key))
        return self.made

    def _curve(self, curve: Curve) -> CurveCells:
        inputs = self.bench.inputs
        base = f"curves.{curve.arm}.{curve.endpoint}"
        reference = self.made.get((curve.reference_arm or "", curve.endpoint))
        label = self.words[f"{curve.arm}.{curve.endpoint}"]
        self.calibrated[curve.arm, curve.endpoint] = self.calibrations.add(
            curve, self._reference_hazards(curve, reference)
        )
        source = inputs[f"{base}.source"]
        facts = Facts(self.page, label, "The curve in use, by the row of the sheet Survival.")
        relative = facts.add("The reference arm's curve with a relative effect", flag(source.equals("relative_effect")), "1 yes, 0 no")
        chosen = inputs[f"{base}.distribution"]
        if reference is not None:
            own = chosen
            theirs = inputs[f"curves.{reference.curve.arm}.{curve.endpoint}.distribution"]
            chosen = where(relative, theirs, own)
        name = facts.add("Distribution in use", chosen, "", "The reference arm's, under a relative effect")
        number_row = len(facts.table.at.rows)
        facts.table.add("Number of the distribution in use", As(0.0, "any"), "", "Its place in the table below")
        number_cell = Formula(facts.table.at.cell(number_row, 1), 0.0)
        ratio, scaled = self._effect(facts, curve, relative)
        arm_ids = [a.id for a in self.bench.definition.arms]
        reference_number: Term = 0
        if reference is not None:
            ids = inputs.keys("arms", "id")
            reference_number = facts.add("Number of the reference arm", match(inputs[f"{base}.reference_arm"], ids), "", ", ".join(arm_ids))
        waning = self._waning(facts, base) if reference is not None else None
        self.chosen[curve.arm, curve.endpoint] = name
        candidates, ids_span = self._table(curve, label, source, relative, reference)
        place = match(name, ids_span)
        facts.table.at.rows[number_row][1] = As(place, "any")
        number = Formula(number_cell.text, place.value)
        table_facts = Facts(self.page, f"{label}: scope", "What these sheets hold for the curve.")
        made = CurveCells(curve, label, candidates, number, relative, reference_number, ratio, scaled, waning)
        made.missing = self._missing(table_facts, curve, base, number)
        return made

    def _missing(self, facts: Facts, curve: Curve, base: str, number: Formula) -> Formula:
        """1 where the inputs ask for what these sheets do not hold: another source, an option without a fit."""
        inputs = self.bench.inputs
        source = inputs[f"{base}.source"]
        held = [s for s in CURVE_SOURCES if self._holds(curve, s)]
        listed = ",".join(f'{source.text}="{s}"' for s in held)
        known = Formula(f"OR({listed})", float(source.value in held))
        options = [
            inputs[f"{base}.{field}"].equals(value)
            for field, value in (("cure", "none"), ("mortality", "all_cause"), ("km_until", ""), ("fitted", "separately"))
        ]
        numbered = Formula(f"ISNUMBER({number.text})", 1.0)
        return facts.add(
            "The workbook lacks what the inputs ask for", 1 - flag(all_of(known, numbered, *options)), "1 yes, 0 no",
            "If 1, run the model with these inputs",
        )  # fmt: skip

    def _holds(self, curve: Curve, source: str) -> bool:
        """Can a source of curves be selected in the workbook?"""
        if source == "relative_effect":
            return f"relative_effects.{curve.arm}.{curve.endpoint}" in self.bench.inputs and curve.reference_arm is not None
        own = self._own(curve)
        place = {"evidence": 1, "coefficients": 2}.get(source)
        return place is not None and any(made[place][0] is not None for made in own.values())

    def tolerance(self) -> Formula:
        """How closely live results must agree with stored ones: less so where an incomplete gamma function is in use."""
        c = self.bench.constants
        names = [f"({self.chosen[key].text}={word})" for key in self.made for word in ('"gamma"', '"generalised_gamma"')]
        used = any(self.chosen[key].value in ("gamma", "generalised_gamma") for key in self.made)
        value = c.same_gamma.value if used else c.same.value
        facts = Facts(self.page, "Agreement with the run", "Incomplete gamma functions agree between programs to fewer digits.")
        return facts.add("Relative difference allowed", Formula(f"IF({'+'.join(names)}>0,same_gamma,same)", value), kind="tiny")

    def _waning(self, facts: Facts, base: str) -> WaningCells:
        """The waning rule in use; an empty start means that the effect lasts, an empty end is the start."""
        inputs = self.bench.inputs
        shape, typed_start, typed_end = (
            inputs[f"{base}.{f}"] for f in ("waning", "waning_start", "waning_end")
        )
        rule = facts.add("Shape of waning", shape)
        ends = facts.add("The effect wanes", where(rule.equals("treatment_end"), 1, where(typed_start.equals(""), 0, 1)), "1 yes, 0 no")
        start = facts.add("Waning starts", where(typed_start.equals(""), 0, typed_start), "months")
        end = facts.add("Waning ends", where(typed_end.equals(""), start, typed_end), "months", "Empty on the sheet Survival: at its start")
        return WaningCells(rule, start, facts.add("From start to end", end - start, "months"), ends)

    def _effect(self, facts: Facts, curve: Curve, relative: Formula) -> tuple[Term, Term]:
        """The relative effect in use, and the factor by which it stretches time (1 for none)."""
        inputs = self.bench.inputs
        address = f"relative_effects.{curve.arm}.{curve.endpoint}"
        if address not in inputs:
            return 1, 1
        kind = inputs[f"curves.{curve.arm}.{curve.endpoint}.effect"]
        ratio = facts.add("Relative effect", inputs[address], "", "In use only where the first row says 1")
        stretched = where(relative * kind.equals("acceleration_factor"), ratio, 1)
        return ratio, facts.add("Times are multiplied by", stretched, "", "The acceleration factor, if the effect is one")

    def _reference_hazards(self, curve: Curve, reference: CurveCells | None) -> dict[str, Formula]:
        """Cumulative hazard of the reference curve in use at the month of each published hazard ratio."""
        found: dict[str, Formula] = {}
        if reference is None:
            return found
        w = self.bench.functions
        for row in self.bench.definition.evidence:
            if (row.arm, row.endpoint, row.statistic) == (curve.arm, curve.endpoint, "hazard_ratio"):
                month = self.calibrations.month(row.item)
                facts = self.calibrations.facts(f"{reference.label} at {row.item} months")
                shares = [
                    facts.add(c.label, c.family.worksheet_survival(w, month, ln(month), *c.base)) for c in reference.candidates
                ]
                span = facts.table.span(1)
                at = index(span, reference.number)
                found[row.item] = facts.add("Cumulative hazard of the distribution in use", -ln(maximum(self.bench.constants.smallest, at)))
                assert shares
        return found

    # ---- the table of candidates -----------------------------------------------------------------------------------

    def _table(
        self, curve: Curve, label: str, source: Formula, relative: Formula, reference: CurveCells | None
    ) -> tuple[list[Candidate], Formula]:
        columns = [
            Column("Candidate", "text", 58), Column("Coefficient", "text", 22), Column("Candidate id", "text", 24),
            Column("From the evidence", "any", 16), Column("Typed", "any", 16), Column("Reference arm's", "any", 16),
            Column("Base case", "any", 16), Column("In the draw", "any", 16), Column("In use", "any", 16),
        ]  # fmt: skip
        table = GrowingTable(
            self.page, f"{label}: candidates",
            "flexsurv's parametrisation, time in months. Base case: by the source of the curve in use. In use: that of "
            "the draw shown, where it was drawn.",
            columns,
        )  # fmt: skip
        own = self._own(curve)
        theirs = {c.name: c for c in reference.candidates} if reference is not None else {}
        names = [n for n in ESTIMATED_NAMES if n in own or n in theirs]
        drawn = self._drawn(curve)
        found = []
        for name in names:
            family = own[name][0] if name in own else theirs[name].family
            candidate = Candidate(name, family)
            for j, parameter in enumerate(family.parameters):
                self._row(table, candidate, j, parameter, own.get(name), theirs.get(name), source, relative, drawn)
            found.append(candidate)
        heads = GrowingTable(
            self.page, f"{label}: numbers of the candidates", "In the order of the columns of the curve's sheet.",
            [Column("Candidate", "text", 58), Column("Candidate id", "text", 22), Column("Number", "plain", 24)],
        )  # fmt: skip
        for i, candidate in enumerate(found):
            heads.add(candidate.label, candidate.name, float(i + 1))
        return found, heads.span(1)

    def _row(
        self, table: GrowingTable, candidate: Candidate, j: int, parameter: str, own: Any, theirs: Candidate | None,
        source: Formula, relative: Formula, drawn: dict[str, list[str]],
    ) -> None:  # fmt: skip
        row = table.at.n_rows
        calibrated, typed = (own[1][j], own[2][j]) if own is not None else (None, None)
        cells: list[Any] = [candidate.label, parameter, candidate.name]
        cells += ["" if c is None else c for c in (calibrated, typed)]
        cells.append(theirs.in_use[j] if theirs is not None else "")
        places = [Formula(table.at.cell(row, 3 + i), c.value if isinstance(c, Formula) else "") for i, c in enumerate(cells[3:6])]
        own_value: Formula | None = None
        if calibrated is not None and typed is not None:
            own_value = where(source.equals("coefficients"), places[1], places[0])
        elif calibrated is not None or typed is not None:
            own_value = places[0] if calibrated is not None else places[1]
        if own_value is None:
            base = places[2]
        else:
            base = own_value if theirs is None else where(relative, places[2], own_value)
        base_cell = Formula(table.at.cell(row, 6), base.value)
        column = drawn.get(candidate.name, [])
        if column and self.bench.draws is not None:
            draw = self.bench.inputs.drawn(column[j])
            draw_cell = Formula(table.at.cell(row, 7), "")
            in_use: Formula = where(draw_cell.equals(""), base_cell, draw_cell)
            table.add(*cells, base, draw, in_use)
        else:
            table.add(*cells, base, "", base_cell)
        candidate.base.append(table.cell(row, 6))
        candidate.in_use.append(table.cell(row, 8))

    def _own(self, curve: Curve) -> dict[str, tuple[Distribution, list[Formula | None], list[Formula | None]]]:
        """By candidate: its family, calibrated and typed coefficients, where there are any."""
        calibrated = self.calibrated[curve.arm, curve.endpoint].coefficients
        found: dict[str, tuple[Distribution, list[Formula | None], list[Formula | None]]] = {}
        for name in ESTIMATED_NAMES:
            rows = typed_rows(self.bench.definition, curve, name)
            typed: list[Formula | None] | None = None
            family: Distribution | None = None
            if rows:
                try:
                    family = typed_family(curve, name, {k: r.parameter.value for k, r in rows.items()})
                except ValueError:
                    rows = {}
            if rows and family is not None and set(family.parameters) <= set(rows):
                typed = [self.bench.inputs[address_of("coefficients", rows[p])] for p in family.parameters]
            elif name in DISTRIBUTION_NAMES:
                family = distribution(name)
            if family is None or (typed is None and name not in calibrated):
                continue
            nothing: list[Formula | None] = [None] * len(family.parameters)
            found[name] = (family, list(calibrated[name]) if name in calibrated else nothing, typed or nothing)
        return found

    def _drawn(self, curve: Curve) -> dict[str, list[str]]:
        """By candidate: the columns of the stored draws that hold its coefficients."""
        if self.bench.draws is None:
            return {}
        made = curve_coefficients(self.bench.definition, curve)
        if made is None:
            return {}
        names = [f"{curve_id(curve)}[{p}]" for p in made.family.parameters]
        return {curve.distribution: names} if all(n in self.bench.draws.inputs for n in names) else {}
