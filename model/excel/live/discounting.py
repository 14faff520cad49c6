"""Discount factors at any time, with later rates where the definition has them."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp, flag, index, ln, match, nth_smallest, where, whole
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable

OUTCOMES = ("costs", "effects")


@dataclasses.dataclass(frozen=True)
class Discounting:
    """``starts``: years from which each rate holds; ``rates``: log rates per year by outcome, each as its difference
    from the rate before it."""

    annual: Formula
    tolerance: Formula
    starts: Formula
    rates: dict[str, Formula]

    def factor(self, years: Formula, outcome: str) -> Formula:
        """The discount factor at ``years``: 1 at time zero."""
        t = where(self.annual, whole(years + self.tolerance), years)
        rates = self.rates[outcome]
        if len(rates.value) == 1:
            single = Formula(rates.text.split(":")[0], float(rates.value[0]))
            return exp(-(single * t))
        after = np.maximum(np.asarray(t.value, dtype=float)[..., None] - self.starts.value, 0.0)
        passed = f"({t.text}>{self.starts.text})*({t.text}-{self.starts.text})"
        summed = Formula(f"SUMPRODUCT({rates.text},{passed})", np.sum(rates.value * after, axis=-1)[()])
        return exp(-summed)


def write_discounting(bench: Bench, facts: Facts) -> Discounting:
    """The rates in use, in the order in which they take effect."""
    inputs = bench.inputs
    way = inputs["settings.discounting"]
    annual = facts.add("Discounting by whole years", flag(way.equals("annual_step")), "1 yes, 0 no")
    continuous = facts.add("Continuous discounting: exp(-r t)", flag(way.equals("continuous")), "1 yes, 0 no")
    steps = bench.definition.discount_steps
    table = GrowingTable(
        bench.conventions,
        "Discount rates in use",
        "Rate per year as a logarithm: ln(1 + r), or r itself under continuous discounting. The change is what a "
        "later rate adds to the one before it.",
        [
            PageColumn("From year", "any", 58),
            PageColumn("Rate, costs", "any", 22),
            PageColumn("Rate, effects", "any", 16),
            PageColumn("Log rate, costs", "any", 16),
            PageColumn("Log rate, effects", "any", 16),
            PageColumn("Change, costs", "any", 16),
            PageColumn("Change, effects", "any", 16),
        ],
    )
    own = [inputs[f"settings.discount_rate_{o}"] for o in OUTCOMES]
    _rates(table, Formula("0", 0.0), own, continuous)
    if steps:
        years = inputs.keys("discount_steps", "from_year")
        columns = {o: inputs.column([f"discount_steps.{s.from_year:g}.rate_{o}" for s in steps]) for o in OUTCOMES}
        for number in range(len(steps)):
            which = Formula(f"ROWS({years.text.split(':')[0]}:{_cell(years.text, number)})", float(number + 1))
            start = nth_smallest(years, which)
            place = match(start, years)
            _rates(table, start, [index(columns[o], place) for o in OUTCOMES], continuous)
    rates = {o: table.span(5 + i) for i, o in enumerate(OUTCOMES)}
    return Discounting(annual, bench.constants.time_tolerance, table.span(0), rates)


def _cell(span: str, number: int) -> str:
    """The n-th cell of a column range, without its sheet."""
    start = span.split("!")[-1].split(":")[0]
    column, row = start.rsplit("$", 1)
    return f"{column}${int(row) + number}"


def _rates(table: GrowingTable, start: Formula, rates: list[Formula], continuous: Formula) -> None:
    row = table.at.n_rows
    typed = [Formula(table.at.cell(row, 1 + i), r.value) for i, r in enumerate(rates)]
    logs = [where(continuous, r, ln(1 + r)) for r in typed]
    placed = [Formula(table.at.cell(row, 3 + i), v.value) for i, v in enumerate(logs)]
    changes = [v - table.cell(row - 1, 3 + i) if row else v for i, v in enumerate(placed)]
    table.add(start, *rates, *logs, *changes)
