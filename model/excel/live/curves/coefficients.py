"""The coefficients of every curve: where they come from, those in use, and the options that act on the curve."""

from __future__ import annotations

import dataclasses

from model.definition.records.curves import MODEL_AVERAGE, Curve
from model.definition.records.settings import STATE_TRANSITION
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import flag, index, largest, match, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.curves.asked import Asked, asked_of
from model.excel.live.curves.calibration import Calibrated, CalibrationSheets
from model.excel.live.curves.candidates import Candidate, CandidateTable
from model.excel.live.curves.choice import TABLE, Choice, ChoiceTable
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.drawn import DrawnColumns, drawn_columns
from model.excel.live.curves.effect_cells import effect_cells, waning_cells, with_effect_on_cure
from model.excel.live.curves.fits import FitTable, stored_fits
from model.excel.live.curves.kaplan_meier import KaplanMeierTable, kaplan_meier_table
from model.excel.live.curves.own_curve import JointEffect, KaplanMeierCells, TableCells, own_hazard
from model.excel.live.curves.population_added import excess_from
from model.excel.live.curves.scope import write_scope
from model.excel.live.curves.table_cells import BASE_FACTORS, FACTORS, EarlyTable, early_cells, factor_row, typed_table
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page
from model.survival.distributions import INCOMPLETE_GAMMA

SHEET = "Coefficients"


class CoefficientSheet:
    """The sheet of coefficients, written curve by curve, reference arms first."""

    def __init__(self, bench: Bench, page: Page, calibrations: CalibrationSheets, words: dict[str, str]):
        self.bench, self.page, self.calibrations, self.words = bench, page, calibrations, words
        self.made: dict[tuple[str, str], CurveCells] = {}
        self.calibrated: dict[tuple[str, str], Calibrated] = {}
        self.unsettled: list[Formula] = []

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

    def tolerance(self) -> Formula:
        """How closely live results must agree with stored ones: less so where an incomplete gamma function is in use."""
        c, words = self.bench.constants, (*INCOMPLETE_GAMMA, MODEL_AVERAGE)
        names = [f'({made.name.text}="{word}")' for made in self.made.values() for word in words]
        after, settings = INCOMPLETE_GAMMA, self.bench.inputs
        states = settings["settings.structure"].equals(STATE_TRANSITION)
        by_states = [f'(({states.text})*({settings["settings.after_progression"].text}="{word}"))' for word in after]
        names += by_states
        used = any(made.name.value in words for made in self.made.values())
        used = used or (bool(states.value) and settings["settings.after_progression"].value in after)
        value = c.same_gamma.value if used else c.same.value
        facts = Facts(
            self.page, "Agreement with the run", "Incomplete gamma functions agree between programs to fewer digits."
        )
        return facts.add(
            "Relative difference allowed", Formula(f"IF({'+'.join(names)}>0,same_gamma,same)", value), kind="tiny"
        )

    # ---- one curve -----------------------------------------------------------------------------------------------

    def _curve(self, curve: Curve) -> CurveCells:
        bench, key = self.bench, (curve.arm, curve.endpoint)
        base = f"curves.{curve.arm}.{curve.endpoint}"
        inputs, asked = bench.inputs, asked_of(bench.definition, curve)
        reference = self.made.get((curve.reference_arm or "", curve.endpoint))
        label = self.words[f"{curve.arm}.{curve.endpoint}"]
        self.calibrated[key] = self.calibrations.add(curve, self._reference_hazards(curve, reference))
        drawn = DrawnColumns()
        if bench.draws is not None:
            drawn = drawn_columns(bench.definition, curve, bench.draws.inputs)
        source = inputs[f"{base}.source"]
        facts = Facts(self.page, label, "The curve in use, by the row of the sheet Survival.")
        relative = facts.add(
            "The reference arm's curve with a relative effect", flag(source.equals("relative_effect")), "1 yes, 0 no"
        )
        chosen: Formula = where(source.equals(TABLE), TABLE, inputs[f"{base}.distribution"])
        if reference is not None:
            chosen = where(relative, reference.name, chosen)
        name = facts.add("Distribution in use", chosen, "", "The reference arm's, under a relative effect")
        options = facts.add("Options that change a fit", self._options(curve, asked)) if asked.from_data else formula_of("")
        kind = excess = None
        if asked.cure or (reference is not None and reference.choice.cure is not None):
            own = inputs[f"{base}.cure"]
            theirs = reference.choice.cure.kind if reference is not None and reference.choice.cure is not None else "none"
            kind = facts.add("Cure model in use", own if reference is None else where(relative, theirs, own))
        if asked.excess or (reference is not None and reference.excess is not None):
            lent: Term = reference.excess if reference is not None and reference.excess is not None else 0
            added = flag(inputs[f"{base}.mortality"].equals("excess"))
            excess = facts.add(
                "General-population mortality is added",
                added if reference is None else where(relative, lent, added),
                "1 yes, 0 no",
            )
        fits = stored_fits(bench.definition, curve)
        fit_table = None
        if fits:
            fit_table = FitTable(self.page, label, fits)
            fit_table.find(label, options, inputs[f"{base}.cut_points"])
        own_table = typed_table(bench, self.page, curve, label, drawn)
        table = own_table or (reference.table if reference is not None else None)
        km_table: KaplanMeierTable | EarlyTable | None = kaplan_meier_table(self.page, bench.definition, curve, label)
        km_table = km_table or early_cells(bench, self.page, curve, label, own_table, drawn)
        their_candidates = reference.candidates if reference is not None else []
        listed = CandidateTable(
            bench,
            self.page,
            curve,
            label,
            asked,
            source,
            relative,
            self.calibrated[key].coefficients,
            fit_table,
            drawn,
            their_candidates,
        )
        choice = ChoiceTable(
            bench,
            self.page,
            curve,
            label,
            asked,
            source,
            relative,
            kind,
            listed.candidates,
            drawn,
            table is not None,
            reference.choice if reference is not None else None,
            [c.name for c in their_candidates],
        ).write(name)
        acts = Facts(self.page, f"{label}: effect", "What acts on the curve.")
        arms = bench.definition.arms
        reference_number: Term = 0
        if reference is not None:
            ids = inputs.keys("arms", "id")
            remark = ", ".join(a.id for a in arms)
            reference_number = acts.add(
                "Number of the reference arm", match(inputs[f"{base}.reference_arm"], ids), "", remark
            )
        shared = bool(fits) or any(c.effect is not None for c in listed.candidates)
        jointly = asked.jointly and reference is not None and shared
        ratio, scaled = effect_cells(bench, acts, curve, relative, jointly, listed.candidates, choice, drawn)
        choice = with_effect_on_cure(bench, acts, curve, choice, ratio)
        waning = waning_cells(bench, acts, base) if reference is not None else None
        joined = JointEffect(inputs[f"{base}.effect"], ratio, scaled) if jointly else None
        km = self._kaplan_meier(curve, label, km_table, listed.candidates, choice, table, drawn, joined) if km_table else None
        lender = reference.kaplan_meier if reference is not None and asked.on_own_sheet and km is None else None
        if lender is not None:
            km = self._lent(lender, label, relative, listed.candidates, choice, table)
        made = CurveCells(
            curve,
            label,
            asked,
            name,
            listed.candidates,
            choice,
            relative,
            reference_number,
            ratio,
            scaled,
            table,
            km,
            excess,
            excess_from(self.page, label, relative, km, reference) if excess is not None else None,
            waning,
        )
        self._settled(made, source)
        made.missing = write_scope(bench, self.page, made, self.calibrated[key], reference)
        return made

    def _settled(self, made: CurveCells, source: Formula) -> None:
        """1 where the curve in use is calibrated to evidence and its calibration has not settled."""
        steps = self.calibrated[made.curve.arm, made.curve.endpoint].last_step
        if not steps:
            return
        facts = Facts(self.page, f"{made.label}: calibrations", "Size of the last step of each candidate.")
        cells = [facts.add(c.label, steps.get(c.name, 0), kind="tiny") for c in made.candidates]
        span = facts.table.span(1)
        last = Formula(f"ROWS({span.text})", float(len(cells)))
        size = where(made.number > last, largest(span), index(span, minimum(made.number, last)))
        far = flag(size > self.bench.constants.settled)
        self.unsettled.append(
            facts.add("Its calibration is in use and has not settled", source.equals("evidence") * far, "1 yes, 0 no")
        )

    def _options(self, curve: Curve, asked: Asked) -> Formula:
        """The options of the fits as one text, as :func:`model.excel.live.curves.fits.options_text` has it."""
        inputs = self.bench.inputs
        base = f"curves.{curve.arm}.{curve.endpoint}"
        text = (
            inputs[f"{base}.source"]
            .then("|")
            .then(inputs[f"{base}.cure"])
            .then("|")
            .then(inputs[f"{base}.mortality"])
            .then("|")
        )
        fitted = inputs[f"{base}.fitted"]
        if not asked.jointly:
            return text.then(fitted)
        arms: Formula = formula_of("")
        for other in self.bench.definition.curves:
            if other.endpoint == curve.endpoint:
                own = f"curves.{other.arm}.{other.endpoint}"
                effect = where(inputs[f"{own}.reference_arm"].equals(""), "", inputs[f"{own}.effect"])
                words = formula_of(f"{other.arm} ").then(inputs[f"{own}.source"]).then(" ").then(effect).then(";")
                arms = arms.then(where(inputs[f"{own}.fitted"].equals("jointly"), words, ""))
        return text.then(where(fitted.equals("jointly"), arms, fitted))

    def _kaplan_meier(
        self,
        curve: Curve,
        label: str,
        table: KaplanMeierTable | EarlyTable,
        candidates: list[Candidate],
        choice: Choice,
        survival: TableCells | None,
        drawn: DrawnColumns,
        joined: JointEffect | None,
    ) -> KaplanMeierCells:
        until = self.bench.inputs[f"{curve.id}.km_until"]
        row = None
        if isinstance(table, KaplanMeierTable):
            row = factor_row(self.bench, self.page, label, "Kaplan-Meier part", table.n_pieces, drawn.factors)
        facts = Facts(self.page, f"{label}: where the Kaplan-Meier part ends", "Then the hazard is that of the distribution.")
        month = facts.add("Month of the switch", where(until.equals(""), 1, until), "months")
        in_use, base = (row.in_use, row.base) if row is not None else (FACTORS, BASE_FACTORS)
        early = facts.add("Cumulative hazard of the steps", table.hazard(month, month, in_use))
        if row is not None:
            at = month if joined is None else facts.add("Month as the fit counts it", month / joined.scaled, "months")
            tail = own_hazard(self.bench, facts, candidates, choice, survival, at, base=False)
            if joined is not None:
                tail = facts.add("With the effect fitted jointly", joined.on(self.bench, tail, tail))
            return KaplanMeierCells(table, until, in_use, base, early, tail, joined=joined)
        clock = self.bench.inputs[f"{curve.id}.tail_clock"]
        restarts = facts.add("The clock of the tail restarts there", flag(clock.equals("restarts")), "1 yes, 0 no")
        whole = own_hazard(self.bench, facts, candidates, choice, survival, month, base=False)
        tail = facts.add("Of the distribution, before its tail", where(restarts, 0, whole))
        return KaplanMeierCells(table, until, in_use, base, early, tail, restarts)

    def _lent(
        self,
        theirs: KaplanMeierCells,
        label: str,
        relative: Formula,
        candidates: list[Candidate],
        choice: Choice,
        survival: TableCells | None,
    ) -> KaplanMeierCells:
        """The reference arm's part before the tail, for an effect that acts on the arm's own sheet: on time, or on cure."""
        facts = Facts(self.page, f"{label}: the reference arm's part before the tail", "Where the effect is on time or cure.")
        until = facts.add("Kaplan-Meier until", where(relative, theirs.until, ""), "months")
        month = facts.add("Month of the switch", where(until.equals(""), 1, until), "months")
        tail = own_hazard(self.bench, facts, candidates, choice, survival, month, base=False)
        if theirs.restarts is not None:
            tail = facts.add("Of the distribution, before its tail", where(theirs.restarts, 0, tail))
        return dataclasses.replace(theirs, until=until, tail=tail, lent=True)

    def _reference_hazards(self, curve: Curve, reference: CurveCells | None) -> dict[str, Formula]:
        """Cumulative hazard of the reference curve in use at the month of each published hazard ratio."""
        found: dict[str, Formula] = {}
        if reference is None:
            return found
        for row in self.bench.definition.evidence:
            if (row.arm, row.endpoint, row.statistic) == (curve.arm, curve.endpoint, "hazard_ratio"):
                month = self.calibrations.month(row.item)
                facts = self.calibrations.facts(f"{reference.label} at {row.item} months")
                found[row.item] = own_hazard(
                    self.bench,
                    facts,
                    reference.candidates,
                    reference.choice,
                    reference.table,
                    month,
                    base=True,
                    km=reference.kaplan_meier,
                )
        return found
