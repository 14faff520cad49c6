"""States of a state-transition model, as formulas: the twin of the engine's file of this name.

One sheet per arm: how patients leave the progression-free state, how long they live after progression, and who is
progressed: a convolution, for which survival after progression stands in reverse order as well, so that one sum of products
of two ranges serves each cycle.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.curves.after_progression import reference_arm
from model.definition.curves.effective_numbers import AT_A_MONTH
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.settings import STATE_TRANSITION
from model.excel.formulas.formula import BEFORE, THIS, Formula, formula_of
from model.excel.formulas.functions import absolute, exp, flag, greatest, index, ln, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.curves.curve_sheet import CurveSheet
from model.excel.live.curves.drawn import drawn_after_progression
from model.excel.live.curves.published_statistics import StatisticCells
from model.excel.live.timeline import Timeline
from model.excel.live.transitions.calibration import CalibrationToOS, Solved, Steps
from model.excel.live.transitions.families import survival_since
from model.excel.live.transitions.leaving import IN_USE, LeavingColumns, as_in_trial, entering, write_leaving
from model.excel.live.transitions.links import HazardRatioKept, starting_factor
from model.excel.live.transitions.published_os import PublishedOS, write_published
from model.excel.live.transitions.stored import log_factors, starts_of
from model.excel.output_sheets import SINCE_PROGRESSION
from model.excel.pages.grid import GridColumn, first_cell, last_cell
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page

ROOM, MORE_STEPS = 1.05, 4  # times beyond the last month that OS is asked for, which may be edited; steps beyond that


@dataclasses.dataclass(frozen=True)
class StateColumns:
    """Occupancy of one arm. ``alive_below``: OS without the floor after progression; ``in_use``: 1 where the structure is
    that of a state-transition model."""

    leaving: LeavingColumns
    progressed: GridColumn
    alive: GridColumn
    alive_below: GridColumn
    in_use: Formula

    @property
    def free(self) -> GridColumn:
        return self.leaving.free

    def events(self, share_alive: Formula) -> Formula:
        """Progressions over the share of PFS events that are not deaths, in the cycle that ends here."""
        left, c = self.leaving, self.leaving.progression
        whole = c.here + left.death.here
        part = where(whole > 0, c.here / where(whole > 0, whole, 1), 0)
        progressing = part * (left.free.before - left.free.here)
        return where(share_alive > 0, progressing / where(share_alive > 0, share_alive, 1), 0)


@dataclasses.dataclass(frozen=True)
class StateModel:
    """The states of all arms; ``missing``: in words, with 1 where the inputs ask for what the sheets do not hold;
    ``unsettled``: 1 where a solution in use has not settled."""

    arms: dict[str, StateColumns]
    in_use: Formula
    missing: list[tuple[str, Formula]]
    unsettled: list[Formula]


class StateSheets:
    """The sheets of the state-transition structure, arm by arm."""

    def __init__(
        self,
        bench: Bench,
        timeline: Timeline,
        page: Page,
        curves: dict[tuple[str, str], CurveSheet],
        statistics: dict[tuple[str, str], list[StatisticCells]],
    ):
        self.bench, self.timeline, self.page, self.curves = bench, timeline, page, curves
        self.statistics = {arm: statistics.get((arm, "os"), []) for arm in bench.definition.arm_ids}
        self.reference = reference_arm(bench.definition)
        self.linked = [a for a in bench.definition.arm_ids if a != self.reference]
        facts = Facts(page, "Structure in use", "From the sheet Settings.")
        self.in_use = facts.add(
            "The state-transition structure is in use",
            flag(bench.inputs["settings.structure"].equals(STATE_TRANSITION)),
            "1 yes, 0 no",
        )
        self.link = facts.add("Link between the arms", bench.inputs["settings.link_between_arms"])
        self.name = facts.add("Distribution after progression", bench.inputs["settings.after_progression"])
        self.missing: list[tuple[str, Formula]] = []
        self.unsettled: list[Formula] = []

    def write(self, names: dict[str, str]) -> StateModel:
        """All sheets; ``names``: of that of each arm."""
        arms = self.bench.definition.arm_ids
        leaving = {a: write_leaving(self.bench, self.timeline, self.curves[a, "pfs"], names[a]) for a in arms}
        self.steps = self._steps()
        trial = {a: as_in_trial(self.bench, self.curves[a, "pfs"], leaving[a], self.steps.grid) for a in arms}
        published = write_published(
            self.bench, self.timeline, self.page, self.steps.grid, self.steps.step, trial, self.statistics, self.in_use
        )
        ratio_kept = HazardRatioKept(self.bench, self.timeline, self.page, self.steps, trial[self.reference])
        beyond = ratio_kept.write_month()
        solved = {a: self._solved(a, published) for a in (self.reference, *self.linked)}
        hazards = {self.reference: self._hazard(leaving[self.reference], solved[self.reference], None, None)}
        ratio_kept.write_reference(hazards[self.reference])
        for arm in self.linked:
            factor = self._factor(trial[arm], ratio_kept)
            hazards[arm] = self._hazard(leaving[arm], solved[arm], hazards[self.reference], factor)
        self._say_what_is_missing(published, beyond, solved)
        made = {self.reference: self._states(leaving[self.reference], hazards[self.reference], None)}
        made |= {a: self._states(leaving[a], hazards[a], made[self.reference]) for a in self.linked}
        return StateModel({a: made[a] for a in arms}, self.in_use, self.missing, self.unsettled)

    def _steps(self) -> Steps:
        """The sheet of the steps since progression."""
        rules, c = self.timeline.rules, self.bench.constants
        grid = self.bench.grid(SINCE_PROGRESSION.name, n_steps(self.bench))
        grid.key_columns = 1
        grid.group = "Time since progression"
        step = grid.fixed("Step", "cycles", "plain", np.arange(float(grid.n_rows)))
        month = grid.column("Middle of the step", "months", "small")
        length = month.take("Cycle length in months", rules.cycle_days / c.days_per_month)
        month.fill(maximum(0, step.here - 0.5) * length)
        log_month = grid.column("Its logarithm").fill(ln(greatest(c.smallest, month.here)))
        return Steps(grid, step, month, log_month, self.in_use)

    # ---- coefficients and factors ------------------------------------------------------------------------------------

    def _solved(self, arm: str, published: PublishedOS) -> Solved:
        """Coefficients of one arm in use: calibrated, or those of the draw shown."""
        definition = self.bench.definition
        starts = {False: starts_of(definition, arm, False)}
        if arm == self.reference:
            starts[True] = starts_of(definition, arm, True)
        made = CalibrationToOS(self.bench, self.page, self.steps, published, arm).solve(starts)
        label = definition.arm(arm).short_label
        facts = Facts(
            self.page, f"{label}: coefficients after progression", "In use: those of the draw shown, if it has any."
        )
        drawn = drawn_after_progression(definition, arm, self.bench.draws.inputs if self.bench.draws else ())
        cells = []
        as_drawn = self.name.equals(definition.settings.after_progression)
        for words, own, column in zip(("First", "Second"), (made.first, made.second), drawn, strict=True):
            base = facts.add(f"{words} coefficient, from the published OS", own)
            if not column:
                cells.append(base)
                continue
            of_draw = facts.add(f"{words} coefficient, in the draw", self.bench.inputs.drawn(column))
            kept = where(of_draw.equals(""), base, where(as_drawn, of_draw, base))
            cells.append(facts.add(f"{words} coefficient, in use", kept))
        size = facts.add("Size of the last step of the calibration", made.last_step, kind="tiny")
        counts = self.in_use if arm == self.reference else self.in_use * self.link.equals("own")
        self.unsettled.append(
            facts.add("It is in use and has not settled", counts * (size > self.bench.constants.settled), "1 yes, 0 no")
        )
        return Solved(cells[0], cells[1], size, made.known)

    def _factor(self, trial: LeavingColumns, ratio_kept: HazardRatioKept) -> Formula:
        """The factor of one linked arm in use: on the reference arm's hazard."""
        definition, c = self.bench.definition, self.bench.constants
        row = next((e for e in definition.relative_effects if (e.arm, e.endpoint) == (trial.arm, "os")), None)
        months = self.bench.engine.timeline.months
        label = definition.arm(trial.arm).short_label
        stored = log_factors(definition, trial.arm, months, None if row is None else row.parameter.value)
        ratio = formula_of(1) if row is None else self.bench.inputs[address_of("relative_effects", row)]
        made = ratio_kept.solve(trial, ratio, starting_factor(self.page, label, self.name, stored))
        facts = Facts(self.page, f"{label}: the link in use", "Factor on the reference arm's hazard after progression.")
        in_use = self.in_use * self.link.equals("hazard_ratio")
        factor = facts.add(
            "Factor in use; 1 for the other links", where(self.link.equals("hazard_ratio"), exp(made.logarithm), 1)
        )
        size = facts.add("Size of the last step of the link hazard_ratio", made.last_step, kind="tiny")
        far = facts.add("It is in use and has not settled", in_use * (size > c.settled_factor), "1 yes, 0 no")
        self.unsettled.append(far)
        words = f"A survival after progression that gives the hazard ratio of OS: {label}"
        self.missing.append((words, in_use * flag(absolute(made.logarithm) >= c.widest_factor)))
        if row is None:
            self.missing.append((f"A relative effect on OS for the link hazard_ratio: {label}", in_use))
        return factor

    # ---- the sheet of one arm ----------------------------------------------------------------------------------------

    def _hazard(
        self, leaving: LeavingColumns, solved: Solved, comparator: GridColumn | None, factor: Formula | None
    ) -> GridColumn:
        """Cumulative hazard after progression in the middle of the step that ends at each row, before any floor."""
        grid, months, c = leaving.grid, self.timeline.months, self.bench.constants
        grid.group = "Survival after progression, by cycles since progression"
        column = grid.column("Cumulative hazard in the middle of the cycle", "", "small")
        name = column.take("Distribution", self.name)
        first, second = column.take("First coefficient", solved.first), column.take("Second coefficient", solved.second)
        middle = (months.here + months.before) / 2
        since = survival_since(self.bench, name, middle, ln(greatest(c.smallest, middle)), first, second)
        later = (grid_cycle(leaving).here > 0) * column.take(IN_USE, self.in_use)
        own = where(later, -ln(greatest(c.smallest, since)), 0)
        if comparator is None or factor is None:
            return column.fill(own)
        f = column.take("Factor on the reference arm's", factor)
        apart = column.take("Coefficients of its own (1) or the reference arm's (0)", flag(self.link.equals("own")))
        return column.fill(where(apart, own, f * comparator.here))

    def _states(self, leaving: LeavingColumns, hazard: GridColumn, reference: StateColumns | None) -> StateColumns:
        """The rest of the sheet: the floor, survival in both orders, the progressed and OS. ``reference``: the arm that has
        as many alive under the link no_os_benefit, if it is another."""
        grid = leaving.grid
        cycle, population = grid_cycle(leaving), leaving.population
        since = grid.column("Survival since the cycle of progression, at least the population's mortality", "share", "small")
        fall = maximum(hazard.here - hazard.before, (population.here + population.before) / 2)
        kept = where(cycle.here > 1, exp(-fall), 1)
        own = f"{grid.prefix}{since.name}{BEFORE}"
        formula = where(cycle.here > 1, Formula(f"{own}*{exp(-fall).text}", 0.0), 1)
        since.fill(Formula(formula.text, np.cumprod(kept.value)))
        reverse = grid.column("The same in reverse order", "share", "small")
        rows = reverse.take("Rows", Formula(f"ROWS({since.span.text})", float(since.length)))
        reverse.fill(self._if_in_use(reverse, index(since.span, minimum(rows, rows + 1 - cycle.here))))
        grid.group = "Progressed and alive (share of patients)"
        at_once = 2 * index(hazard.span, 2)
        entry = self._entry(leaving, at_once, population.here)
        convolved = self._convolved(cycle, entry, since.values, reverse)
        held = self._held(population, entry, convolved)
        progressed = self._at_least_free(leaving, held, None if reference is None else reference.alive)
        alive = grid.column("OS: progression-free and progressed", "share").fill(leaving.free.here + progressed.here)
        grid.group = "The same without a floor after progression: where it acts"
        without = grid.column("Survival since the cycle of progression, in reverse order", "share", "small")
        rows = without.take("Rows", Formula(f"ROWS({since.span.text})", float(since.length)))
        first = without.take("Hazard in the middle of the first cycle", index(hazard.span, 2))
        survival = exp(first - index(hazard.span, minimum(rows, rows + 1 - cycle.here)))
        without.fill(self._if_in_use(without, survival))
        entry = self._entry(leaving, at_once, None)
        not_held = self._convolved(cycle, entry, np.exp(first.value - hazard.values), without)
        below = self._at_least_free(leaving, not_held, None if reference is None else reference.alive_below)
        os = grid.column("OS", "share").fill(leaving.free.here + below.here)
        return StateColumns(leaving, progressed, alive, os, self.in_use)

    def _at_least_free(self, leaving: LeavingColumns, progressed: GridColumn, alive: GridColumn | None) -> GridColumn:
        """The progressed; under the link no_os_benefit those of the reference arm's alive who are not progression-free."""
        if alive is None:
            return progressed
        column = leaving.grid.column("Progressed, by the link between the arms", "share")
        shared = column.take("As many alive as in the reference arm", flag(self.link.equals("no_os_benefit")))
        return column.fill(where(shared, maximum(0, alive.here - leaving.free.here), progressed.here))

    def _entry(self, leaving: LeavingColumns, hazard: Formula, floor: Formula | None) -> GridColumn:
        """The share that progresses in a cycle and is alive at its end; ``hazard``: of death after progression in it, at
        least ``floor``."""
        words, grid = "Hazard of death after progression in that cycle", leaving.grid
        if floor is not None:
            held = grid.column("Hazard of death in the cycle of progression", "", "small")
            dies = held.fill(maximum(held.take(words, hazard), floor)).here
        column = grid.column("Progresses in the cycle, alive at its end", "share", "small")
        if floor is None:
            dies = column.take(words, maximum(0, hazard))
        progression, free = leaving.progression, leaving.free
        leaves = progression.here + leaving.death.here
        made = entering(self.bench.constants, progression.here, free.before, free.here, leaves, dies)
        return column.fill(self._if_in_use(column, made))

    def _if_in_use(self, column: GridColumn, formula: Formula) -> Formula:
        """A formula of a long column while the structure is in use; 0 without, where nothing takes it: so the workbook
        recalculates in half the time."""
        return where(column.take(f"{IN_USE}; without it 0", self.in_use), formula, 0)

    def _reference_in_use(self) -> Formula:
        """The arm that the others are linked to: the comparator, or the arm that the comparator's own OS is relative to."""
        inputs = self.bench.inputs
        found = formula_of("")
        for curve in self.bench.definition.curves:
            if curve.endpoint == "os":
                base = f"curves.{curve.arm}.os"
                other = inputs[f"{base}.reference_arm"]
                relative = flag(inputs[f"{base}.source"].equals("relative_effect")) * flag(other.differs(""))
                own = where(relative, other, curve.arm)
                found = where(inputs["settings.comparator"].equals(curve.arm), own, found)
        return found

    def _convolved(self, cycle: GridColumn, entry: GridColumn, since: Array, reverse: GridColumn) -> GridColumn:
        """The progressed, not held as a whole: those of every cycle so far by how many of them are alive; ``since``: survival
        by cycles from that of progression on, ``reverse``: the same as a column in reverse order."""
        grid, n = entry.grid, entry.length
        column = grid.column("Progressed: those of every cycle so far, times survival since", "share", "small")
        rows = column.take("Rows", Formula(f"ROWS({reverse.span.text})", float(n)))
        arrivals = f"{first_cell(entry).text}:{grid.prefix}${entry.name}{THIS}"
        end = last_cell(reverse).text.replace(grid.prefix, "")
        alive = f"INDEX({reverse.span.text},{(rows - cycle.here).text}):{end}"
        values = np.zeros(n)
        values[1:] = np.convolve(entry.values[1:], since[1:])[: n - 1]
        return column.fill(self._if_in_use(column, Formula(f"SUMPRODUCT({arrivals},{alive})", values)))

    def _held(self, population: GridColumn, entry: GridColumn, convolved: GridColumn) -> GridColumn:
        """The progressed with their mortality, as a whole, at least the population's, from the cycle after they enter."""
        grid, c = entry.grid, self.bench.constants
        column = grid.column("Progressed: PFS to OS", "share")
        before = Formula(f"{grid.prefix}{column.name}{BEFORE}", np.zeros(entry.length))
        staying, limit = convolved.here - entry.here, exp(-population.here)
        share = minimum((staying + c.floor_binds) / (convolved.before + c.floor_binds), limit)
        too_many = staying - limit * convolved.before
        beyond = where(too_many > c.floor_binds, too_many, 0)
        text = maximum(0, convolved.here - (convolved.before - before) * share - beyond).text
        held, fewer = np.zeros(entry.length), 0.0
        for k in range(entry.length):
            fewer = fewer * float(share.value[k]) + float(beyond.value[k])
            held[k] = max(0.0, convolved.values[k] - fewer)
        return column.fill(self._if_in_use(column, Formula(text, held)))

    # ---- what these sheets do not follow -------------------------------------------------------------------------------

    def _say_what_is_missing(self, published: PublishedOS, beyond: Formula, solved: dict[str, Solved]) -> None:
        definition, inputs = self.bench.definition, self.bench.inputs
        words = "State transition: the arm that the others are linked to, as at the run"
        self.missing.append((words, self.in_use * flag(self._reference_in_use().differs(self.reference))))
        for arm in (self.reference, *self.linked):
            counts = self.in_use if arm == self.reference else self.in_use * self.link.equals("own")
            label = definition.arm(arm).short_label
            self.missing.append(
                (f"Survival after progression, which the OS of the run determines: {label}", counts * (1 - solved[arm].known))
            )
            unfollowed = published.not_followed[arm]
            changed = where(inputs.changed > 0, where(unfollowed > 0, counts, 0), 0)
            self.missing.append((f"A hazard ratio among the statistics of OS, as at the run: {label}", changed))
        self.bench.rows_missing.append(
            ("months of published OS, state transition, within the horizon", self.in_use * (published.beyond > 0))
        )
        at_month = self.in_use * self.link.equals("hazard_ratio") * beyond
        self.bench.rows_missing.append(("the median follow-up, state transition, within the horizon", at_month))


def grid_cycle(leaving: LeavingColumns) -> GridColumn:
    """The first column of the sheet: number of the cycle that ends at each row."""
    return leaving.grid.columns[0]


def n_steps(bench: Bench) -> int:
    """Rows of the sheet of the steps since progression: to the last month at which OS is asked for, in the shortest cycles
    of any scenario, and some more."""
    definition = bench.definition
    rows = [e for e in definition.evidence if e.endpoint == "os"]
    months = [float(e.item) for e in rows if e.statistic in AT_A_MONTH]
    months += [e.value for e in rows if e.statistic == "median"]
    months += [definition.settings.median_follow_up or 0.0]
    cycles = [definition.settings.cycle_days]
    cycles += [
        float(str(change["settings.cycle_days"])) for change in _changes(definition) if "settings.cycle_days" in change
    ]
    steps = max(months) * ROOM * definition.settings.days_per_month / min(cycles)
    return min(bench.n_rows, int(steps) + MORE_STEPS)


def _changes(definition: ModelDefinition) -> list[dict[str, object]]:
    return [dict(change) for change in definition.all_changes()]
