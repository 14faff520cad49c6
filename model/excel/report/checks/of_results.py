"""Checks of amounts and of the decision: R3-R7, R10, R22, R23 and P18."""

from __future__ import annotations

from model.analysis.decision import ROUNDING
from model.definition.model_definition import address_of
from model.definition.records.care import ANY_STATE
from model.definition.records.names import lower_first
from model.engine.costs import END_OF_LIFE
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, exp, maximum, minimum, smallest, where
from model.excel.pages.check_table import CheckTable
from model.excel.report.checks.checked import Checked


def check_amounts(table: CheckTable, of: Checked) -> None:
    """Life years, QALYs and costs of the arms (R3-R7, R10, P18)."""
    arms, totals, tiny = range(len(of.traces)), of.results.totals, of.constants.rounding
    gaps = minimum(*(totals["life_years", a] - totals["qalys", a] for a in arms))
    words = "Life years are no less than QALYs (utilities of at most 1): smallest difference"
    table.above("R3", words, gaps, -tiny)
    costs, rest = _falls_by_discounting(of)
    words = "Undiscounted costs are no less than discounted, in every category: smallest difference"
    table.above("R4", words, minimum(*costs) if costs else formula_of(0), -tiny)
    words = "Undiscounted life years and QALYs are no less than discounted: smallest difference"
    table.above("R4", words, minimum(*rest), -tiny)
    words = "QALYs of the states per life year lie within the utilities, age-adjusted: smallest distance"
    table.above("R5", words, _distance_of_utilities(of), -tiny)
    columns = [trace.totals[kind] for trace in of.traces for kind in ("life_years", "cost")]
    steps = minimum(*(smallest(c.part(1, c.length)) for c in columns))
    words = "A longer horizon never takes life years or costs away: smallest amount of a cycle"
    table.above("R6", words, steps, -tiny)
    sums = []
    for a, trace in enumerate(of.traces):
        for kind, outcome in (("life_years", "life_years"), ("qaly", "qalys"), ("cost", "costs")):
            total = totals[outcome, a]
            sums.append(absolute(trace.totals[kind].total - total) / maximum(1, absolute(total)))
    words = "Sums over cycles equal sums over categories, relative"
    table.below("R7", words, maximum(*sums), of.constants.same)
    _check_discounting(table, of)
    _check_what_happens_once(table, of)


def _falls_by_discounting(of: Checked) -> tuple[list[Formula], list[Formula]]:
    """Undiscounted less discounted: costs by category; life years by category, and QALYs."""
    costs: list[Formula] = []
    rest: list[Formula] = []
    for (outcome, category, a, which), cell in of.parts.categories.items():
        if which == "discounted" and outcome != "qalys":
            fall = of.parts.categories[outcome, category, a, "undiscounted"] - cell
            (costs if outcome == "costs" else rest).append(fall)
    arms = range(len(of.traces))
    rest += [of.results.undiscounted["qalys", a] - of.results.totals["qalys", a] for a in arms]
    return costs, rest


def _distance_of_utilities(of: Checked) -> Formula:
    """Smallest distance of the mean utility of an arm from the bounds that its utilities set."""
    norm, inside = of.live.timeline.norm, of.live.timeline.inside
    within = norm.values[inside.values > 0]
    outside = f"(1-{inside.span.text})*{of.constants.no_price.text}"
    low_norm = Formula(f"SUMPRODUCT(MIN({norm.span.text}+{outside}))", float(within.min()))
    high_norm = Formula(f"SUMPRODUCT(MAX({norm.span.text}*{inside.span.text}))", float(within.max()))
    distances = []
    for a, trace in enumerate(of.traces):
        living = of.report.definition.living_states
        first, *others = (of.parts.categories["qalys", state.label, a, "undiscounted"] for state in living)
        for other in others:
            first = first + other
        names = [f"QALYs, {lower_first(state.label)}" for state in living]
        columns = [c for c in trace.states.grid.columns if c.header.partition(", period ")[0] in names]
        utilities = [c.taken[0][1] for c in columns]
        mean = first / of.results.undiscounted["life_years", a]
        distances += [mean - minimum(*utilities) * low_norm, maximum(*utilities) * high_norm - mean]
    return minimum(*distances)


def _check_discounting(table: CheckTable, of: Checked) -> None:
    inputs, two = of.live.inputs, formula_of(2)
    deviations = []
    for outcome in ("costs", "effects"):
        rate = inputs[f"settings.discount_rate_{outcome}"]
        continuous = inputs["settings.discounting"].equals("continuous")
        by_hand = where(continuous, exp(-(2 * rate)), 1 / ((1 + rate) * (1 + rate)))
        factor = of.live.timeline.rules.discounting.factor(two, outcome)
        deviations.append(absolute(factor - by_hand))
    steps = of.report.definition.discount_steps
    table.below(
        "R10",
        "The discount factor after 2 years is 1/(1+r)^2, or exp(-2r) under continuous discounting",
        maximum(*deviations),
        of.constants.crossing_tolerance,
        "Holds while no later rate begins within two years" if steps else "",
    )


def _check_what_happens_once(table: CheckTable, of: Checked) -> None:
    """Cost at death and of adverse events, by hand."""
    deaths, events = [], []
    for a, (arm, trace) in enumerate(of.live.arms.items()):
        dead = 1 - of.curves.crossing[f"alive_at_horizon_{arm}"]
        at_death = (line for line in trace.of_kind("cost") if line.category == END_OF_LIFE)
        for item, line in zip(of.report.definition.end_of_life, at_death, strict=True):
            every = of.live.inputs[f"{address_of('end_of_life', item)}.state"].equals(ANY_STATE)
            too_many = maximum(0, line.quantity - dead)  # of a cost of deaths in one state
            deaths.append(where(every, absolute(line.undiscounted - line.value * dead) / maximum(1, line.value), too_many))
        lines = [line.value for line in trace.of_kind("cost") if line.category == "Adverse events"]
        if lines:
            found = of.parts.categories["costs", "Adverse events", a, "undiscounted"]
            events.append(absolute(found - sum(lines[1:], lines[0])))
    if deaths:
        words = "Cost at death is the unit cost times the share dead by the horizon, relative"
        table.below("P18", words, maximum(*deaths), of.constants.same)
    if events:
        words = "Cost of adverse events is the sum of probability x unit cost"
        table.below("P18", words, maximum(*events), of.constants.rounding)


def check_decision(table: CheckTable, of: Checked) -> None:
    """Net benefits and the ICER say the same (R22, R23)."""
    differing = [_prefer_different_arms(nmb, nhb) for nmb, nhb in zip(of.results.nmb, of.results.nhb, strict=True)]
    words = "Net monetary and net health benefit prefer the same arm: thresholds at which they do not"
    table.below("R22", words, sum(differing[1:], differing[0]), 0)
    words = "At a threshold equal to the ICER the incremental net benefit is zero, relative"
    table.below("R23", words, _benefit_at_the_icer(of), of.constants.same, "0 where there is no ICER")


def _prefer_different_arms(nmb: list[Formula], nhb: list[Formula]) -> Formula:
    """1 where the arm with the highest net monetary benefit has not, but for rounding, the highest net health benefit."""
    money, health = (f"{cells[0].text}:{cells[-1].text.rsplit('!', 1)[1]}" for cells in (nmb, nhb))
    values = [float(cell.value) for cell in nhb]
    chosen = values[max(range(len(nmb)), key=lambda i: float(nmb[i].value))]
    allowed = ROUNDING * max(abs(v) for v in values)
    largest = f"MAX(MAX({health}),-MIN({health}))"
    short = f"INDEX({health},MATCH(MAX({money}),{money},0))<MAX({health})-alike*{largest}"
    return Formula(f"IF({short},1,0)", float(chosen < max(values) - allowed))


def _benefit_at_the_icer(of: Checked) -> Formula:
    icer, totals = of.results.icer, of.results.totals
    qalys, cost = totals["qalys", "increment"], totals["costs", "increment"]
    inner = f"ABS({icer.text}*{qalys.text}-{cost.text})/MAX(1,ABS({cost.text}))"
    value = 0.0
    if not isinstance(icer.value, str):
        value = abs(icer.value * qalys.value - cost.value) / max(1.0, abs(cost.value))
    return Formula(f"IF(ISNUMBER({icer.text}),{inner},0)", value)
