"""The relative effect of a curve and its waning, as single cells."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.typed import holder_of
from model.definition.records.curves import FROM_DATA, Curve
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import flag, index, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.choice import Choice
from model.excel.live.curves.curve_cells import WaningCells
from model.excel.live.curves.drawn import DrawnColumns
from model.excel.pages.growing_tables import Facts


def waning_cells(bench: Bench, facts: Facts, base: str) -> WaningCells:
    """The waning rule in use; an empty start means that the effect lasts, an empty end is the start."""
    inputs = bench.inputs
    shape, typed_start, typed_end = (inputs[f"{base}.{f}"] for f in ("waning", "waning_start", "waning_end"))
    rule = facts.add("Shape of waning", shape)
    lasts_until = where(rule.equals("treatment_end"), 1, where(typed_start.equals(""), 0, 1))
    wanes = facts.add("The effect wanes", lasts_until, "1 yes, 0 no")
    start = facts.add("Waning starts", where(typed_start.equals(""), 0, typed_start), "months")
    remark = "Empty on the sheet Survival: at its start"
    end = facts.add("Waning ends", where(typed_end.equals(""), start, typed_end), "months", remark)
    return WaningCells(rule, start, facts.add("From start to end", end - start, "months"), wanes)


def with_effect_on_cure(bench: Bench, facts: Facts, curve: Curve, choice: Choice, ratio: Term) -> Choice:
    """The choice with the share cured whose odds are multiplied by the effect, where the effect is one on cure."""
    cure = choice.cure
    if cure is None or not isinstance(ratio, Formula):
        return choice
    kind = bench.inputs[f"curves.{curve.arm}.{curve.endpoint}.effect"]
    odds = facts.add("Cure fraction times the effect", cure.fraction * ratio)
    moved = odds / maximum(bench.constants.smallest, 1 - cure.fraction + odds)
    fraction = facts.add("Cure fraction with the effect", where(kind.equals("cure_odds_ratio"), moved, cure.fraction))
    return dataclasses.replace(choice, cure=dataclasses.replace(cure, fraction=fraction))


def effect_cells(
    bench: Bench,
    facts: Facts,
    curve: Curve,
    relative: Formula,
    jointly: bool,
    candidates: list[Candidate],
    choice: Choice,
    drawn: DrawnColumns,
) -> tuple[Term, Term]:
    """The effect in use (1 for none), and the factor by which it stretches time (1 for none)."""
    inputs = bench.inputs
    address, base = f"relative_effects.{curve.arm}.{curve.endpoint}", f"curves.{curve.arm}.{curve.endpoint}"
    found: Formula | None = _joint(bench, facts, curve, candidates, choice, drawn) if jointly else None
    if address in inputs:
        found = where(relative, inputs[address], found if found is not None else 1)
    if found is None:
        return 1, 1
    ratio = facts.add("Effect in use", found, "", "1: none")
    stretched = where(inputs[f"{base}.effect"].equals("acceleration_factor"), ratio, 1)
    return ratio, facts.add("Times are multiplied by", stretched, "", "The acceleration factor, if the effect is one")


def _joint(
    bench: Bench, facts: Facts, curve: Curve, candidates: list[Candidate], choice: Choice, drawn: DrawnColumns
) -> Formula:
    """The effect that was fitted together with the coefficients of all arms; 1 where the arms are fitted separately."""
    inputs, base = bench.inputs, f"curves.{curve.arm}.{curve.endpoint}"
    typed = holder_of(bench.definition, curve) is not curve
    source = inputs[f"{base}.source"]
    from_data = where(source.equals(FROM_DATA[0]), 1, flag(source.equals(FROM_DATA[1])))
    if typed:
        from_data = where(source.equals("coefficients"), 1, from_data)
    joint = facts.add(
        "Fitted jointly with the reference arm", from_data * inputs[f"{base}.fitted"].equals("jointly"), "1 yes, 0 no"
    )
    effects = [
        facts.add(f"Effect fitted jointly: {c.label}", c.effect if c.effect is not None else formula_of(1))
        for c in candidates
    ]
    text = f"{effects[0].text}:{effects[-1].text.rsplit('!', 1)[1]}"
    span = Formula(text, np.array([e.value for e in effects]))
    place = facts.add("Number among them", minimum(choice.number, Formula(f"ROWS({text})", float(len(effects)))))
    made = facts.add("Effect fitted jointly, base case", where(joint, index(span, place), 1))
    if drawn.effect and bench.draws is not None:
        draw = facts.add("Effect in the draw", inputs.drawn(drawn.effect))
        made = facts.add("Effect fitted jointly", where(draw.equals(""), made, draw))
    return made
