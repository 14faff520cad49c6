"""Cycles, ages, discount factors and accrual weights, one row per cycle: the twin of the engine's file of this name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from model.definition.records.settings import LEFT, RIGHT, RIGHT_EARLY, WITH_ACCRUAL
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import flag, greatest, index, ln, maximum, minimum, odd, rounded, where
from model.excel.live.bench import Bench
from model.excel.live.discounting import OUTCOMES, Discounting, write_discounting
from model.excel.live.population import Population, norm_columns, write_population
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import Facts

SHEET = "Timeline"
YES_NO = "1 yes, 0 no"


@dataclasses.dataclass(frozen=True)
class Rules:
    """The conventions of time in use, as single cells."""

    n_cycles: Formula
    cycle_days: Formula
    cycle_years: Formula
    horizon_days: Formula
    left: Formula
    right: Formula
    early: Formula
    simpson: Formula
    flows_at_start: Formula
    flows_at_end: Formula
    start_half: Formula
    end_half: Formula
    with_accrual: Formula
    even_cycles: Formula
    rows_missing: Formula
    discounting: Discounting


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The time axis. ``accrual``: weights in years of what accrues, by costs, effects, none; ``start_weight`` and
    ``end_weight``: the same by cycle, in cycles, for stretches of time; ``flow``: factor of the cycle that ends."""

    grid: Grid
    rules: Rules
    cycle: GridColumn
    inside: GridColumn
    days: GridColumn
    months: GridColumn
    log_months: GridColumn
    years: GridColumn
    age: GridColumn
    norm: GridColumn
    factor: dict[str, GridColumn]
    flow: dict[str, GridColumn]
    accrual: dict[str, GridColumn]
    start_weight: dict[str, GridColumn]
    end_weight: dict[str, GridColumn]
    population: Population | None

    def discounted_by_rule(self, at: Callable[[Formula], Formula], cycle: Formula) -> Formula:
        """Of an occupancy (``at(place)``: at a boundary, from 1) what the accrual rule counts of a cycle, discounted as a
        cost, in cycles."""
        start, end = self.start_weight["costs"].span, self.end_weight["costs"].span
        return at(cycle + 1) * index(start, cycle + 1) + at(cycle + 2) * index(end, cycle + 2)


def write_timeline(bench: Bench) -> Timeline:
    """The sheet of the time axis; single values go to the sheet of conventions."""
    c, rules = bench.constants, write_conventions(bench)
    grid = bench.grid(SHEET)
    grid.group = "Time"
    cycle = grid.fixed("Cycle", "", "plain", np.arange(bench.n_rows, dtype=float))
    years = grid.column("Years", "", "ratio")
    # Rows beyond the horizon repeat its end: no curve is followed to where its numbers fail, and no sum takes one.
    days = grid.column("Days", "", "count").fill(minimum(cycle.here, rules.n_cycles) * rules.cycle_days)
    years.fill(days.here / c.days_per_year)
    months = grid.column("Months", "", "area").fill(days.here / c.days_per_month)
    log_months = grid.column("Logarithm of months").fill(ln(greatest(c.smallest, months.here)))
    inside = grid.column("Within the horizon", YES_NO, "plain").fill(flag(cycle.here <= rules.n_cycles))
    age = grid.column("Age", "years", "area")
    age.fill(age.take("Age at time zero", bench.inputs["population.start_age"]) + years.here)
    norm = norm_columns(bench, grid, age)

    grid.group = "Discount factors"
    factor = {o: grid.column(f"Discount factor, {o}").fill(rules.discounting.factor(years.here, o)) for o in OUTCOMES}
    later = inside.here * (cycle.here > 0)
    flow = {}
    for outcome, f in factor.items():
        of_cycle = where(rules.flows_at_start, f.before, where(rules.flows_at_end, f.here, (f.before + f.here) / 2))
        flow[outcome] = grid.column(f"Of the cycle that ends here, {outcome}").fill(later * of_cycle)

    grid.group = "Weights of what accrues"
    unit = _unit_weight(bench, grid, rules, cycle, inside)
    accrual = {"none": grid.column("Undiscounted", "years", "small").fill(unit.here * rules.cycle_years)}
    start_weight, end_weight = {}, {}
    for outcome, f in factor.items():
        own = (cycle.here < rules.n_cycles) * rules.start_half * f.here
        late = where(rules.early, f.before, f.here)
        start_weight[outcome] = grid.column(f"To the start of its cycle, {outcome}", "cycles").fill(own)
        end_weight[outcome] = grid.column(f"To the end of its cycle, {outcome}", "cycles").fill(later * rules.end_half * late)
    for outcome, f in factor.items():
        both = start_weight[outcome].here + end_weight[outcome].here
        weight = where(rules.simpson, unit.here * f.here, both) * rules.cycle_years
        accrual[outcome] = grid.column(f"Discounted, {outcome}", "years", "small").fill(weight)
    population = write_population(bench, grid, age)
    return Timeline(
        grid,
        rules,
        cycle,
        inside,
        days,
        months,
        log_months,
        years,
        age,
        norm,
        factor,
        flow,
        accrual,
        start_weight,
        end_weight,
        population,
    )


def write_conventions(bench: Bench) -> Rules:
    """The single values that follow from the settings."""
    c, inputs = bench.constants, bench.inputs
    accrual = inputs["settings.accrual"]
    facts = Facts(
        bench.conventions,
        "Time and accrual",
        "What follows from the settings in use. The horizon is the nearest whole number of cycles.",
    )
    cycle_days = facts.add("Cycle length", inputs["settings.cycle_days"], "days")
    wanted = facts.add(
        "Cycles in the horizon",
        maximum(1, rounded(inputs["settings.horizon_years"] * c.days_per_year / cycle_days)),
        "cycles",
    )
    room = facts.number("Cycles that the sheets have rows for", float(bench.n_rows - 1), "cycles")
    n = facts.add("Cycles in use", minimum(wanted, room), "cycles")
    missing = facts.add("Cycles without a row", wanted - n, "cycles", "If not 0, run the model again")
    cycle_years = facts.add("Cycle length", cycle_days / c.days_per_year, "years")
    horizon = facts.add("Horizon in use", n * cycle_days, "days")
    left = facts.add("Accrual: value at the cycle's start", flag(accrual.equals(LEFT)), YES_NO)
    at_end = flag(accrual.equals(RIGHT))
    right = facts.add("Accrual: value at the cycle's end", at_end + flag(accrual.equals(RIGHT_EARLY)), YES_NO)
    early = facts.add(
        "Accrual: factor of the cycle's start on the value at its end",
        flag(accrual.equals("life_table")) + flag(accrual.equals(RIGHT_EARLY)),
        YES_NO,
    )
    simpson = facts.add("Accrual: Simpson's rule", flag(accrual.equals("simpson")) * (n > 1), YES_NO)
    flows_at_start = facts.add("Flows take the factor of the cycle's start", left + early, YES_NO)
    flows_at_end = facts.add("Flows take the factor of the cycle's end", at_end, YES_NO)
    start_half = facts.add("Part of a cycle that its start counts for", where(left, 1, where(right, 0, 0.5)), "cycles")
    end_half = facts.add("Part of a cycle that its end counts for", where(left, 0, where(right, 1, 0.5)), "cycles")
    with_accrual = facts.add(
        "Doses and visits are counted as the accrual rule counts their cycle",
        flag(inputs["settings.dose_timing"].equals(WITH_ACCRUAL)),
        YES_NO,
    )
    even = facts.add(
        "Cycles under Simpson's 1/3 rule",
        n - odd(n) * 2 - odd(n),
        "cycles",
        "The last three of an odd number by the 3/8 rule",
    )
    discounting = write_discounting(bench, facts)
    return Rules(
        n,
        cycle_days,
        cycle_years,
        horizon,
        left,
        right,
        early,
        simpson,
        flows_at_start,
        flows_at_end,
        start_half,
        end_half,
        with_accrual,
        even,
        missing,
        discounting,
    )


def _unit_weight(bench: Bench, grid: Grid, rules: Rules, cycle: GridColumn, inside: GridColumn) -> GridColumn:
    """How many cycles the value at each boundary stands for, undiscounted."""
    c, i, n, even = bench.constants, cycle.here, rules.n_cycles, rules.even_cycles
    first = grid.column("Simpson's 1/3 rule", "cycles")
    interior = 1 + (i > 0) * (i < even)
    first.fill(c.one_third * (even > 0) * (i <= even) * interior * (1 + odd(i)))
    last = grid.column("Simpson's 3/8 rule", "cycles")
    tail = (even < n) * (i >= even) * inside.here
    last.fill(c.three_eighths * tail * (1 + 2 * (i > even) * (i < n)))
    ends = (i < n) * rules.start_half + inside.here * (i > 0) * rules.end_half
    return grid.column("Any rule in use", "cycles").fill(where(rules.simpson, first.here + last.here, ends))
