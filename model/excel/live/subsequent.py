"""Treatment after progression, as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

from model.definition.model_definition import address_of
from model.engine.subsequent import SUBSEQUENT, duration, of_arm
from model.excel.formulas.formula import Term, formula_of
from model.excel.formulas.functions import sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.dosing import DrugCells
from model.excel.live.states import ArmStates
from model.excel.live.streams import Line
from model.excel.live.timeline import Timeline
from model.excel.pages.growing_tables import Facts

COURSES = "courses"


def alive_share(bench: Bench, arm: str) -> Term:
    """Share of those leaving the progression-free state who are alive."""
    death_share = of_arm(bench.definition, "death_share", arm)
    return 1 if death_share is None else 1 - bench.inputs[death_share]


def subsequent_lines(
    bench: Bench, timeline: Timeline, states: ArmStates, facts: Facts, drugs: dict[str, DrugCells]
) -> list[Line]:
    """The courses of one arm, each costed as a lump sum at progression."""
    definition, arm = bench.definition, states.arm
    own = [r for r in definition.subsequent if r.item == "share" and r.arm == arm]
    rows = own or [r for r in definition.subsequent if r.item == "share" and r.arm is None]
    if not rows:
        return []
    treated_id = of_arm(definition, "share_treated", arm)
    treated: Term = 1 if treated_id is None else bench.inputs[treated_id]
    reached = facts.add(
        "Share of those leaving the progression-free state who are treated again",
        formula_of(alive_share(bench, arm)) * formula_of(treated),
        "share",
        "Share alive x share treated",
    )
    courses, priced, shares = [], [], []
    for row in rows:
        drug = drugs[row.drug]
        months = bench.inputs[address_of("subsequent", duration(definition, row.drug, arm))]
        name = drug.drug.label
        doses = facts.add(
            f"{name}: doses in a course", months * drug.n_days * bench.constants.days_per_month / drug.schedule, "doses"
        )
        packs_of_course = doses * drug.usual + where(months > 0, drug.loading - drug.usual, 0)
        packs = facts.add(
            f"{name}: drug, per course", packs_of_course, bench.report.currency, "A dearer first dose counts once"
        )
        giving = doses * drug.later_visit + where(months > 0, drug.first_visit - drug.later_visit, 0)
        visits = facts.add(f"{name}: visits, per course", giving, bench.report.currency)
        taken = facts.add(f"{name}: courses per PFS event", reached * bench.inputs[address_of("subsequent", row)], "courses")
        shares.append(taken)
        courses.append(facts.add(f"{name}: course, per PFS event", taken * (packs + visits), bench.report.currency))
        priced.append(facts.add(f"{name}: of it the drug", taken * packs, bench.report.currency))
    value = courses[0]
    for more in courses[1:]:
        value = value + more
    column = states.grid.column(SUBSEQUENT, bench.report.currency, "price")
    per_event = column.take("Cost per PFS event", value)
    column.fill(per_event * states.progressing.here * timeline.flow["costs"].here)
    quantity = sumproduct(states.progressing.span)
    per_unit = sumproduct(states.progressing.span, timeline.flow["costs"].span)
    return [
        Line(
            "cost",
            f"{drugs[row.drug].drug.label}, course",
            SUBSEQUENT,
            COURSES,
            quantity,
            course,
            quantity * course,
            per_unit * course,
            row.drug,
            per_unit * own,
            share,
        )
        for row, course, own, share in zip(rows, courses, priced, shares, strict=True)
    ]
