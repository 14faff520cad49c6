"""How patients of an arm leave the progression-free state, cycle by cycle, and backwards from a time.

The twin of :mod:`model.survival.multistate.transitions`, rule `progression_kept`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.model_definition import address_of
from model.excel.formulas.formula import BEFORE, SUM, Formula, Term, formula_of
from model.excel.formulas.functions import exp, index, ln, maximum, minimum, sumproduct, where, whole
from model.excel.live.bench import Bench
from model.excel.live.constants import Constants
from model.excel.live.curves.curve_sheet import CurveSheet
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import RowBuilder

IN_USE = "State-transition structure in use"


@dataclasses.dataclass(frozen=True)
class LeavingColumns:
    """Hazards of one arm in the cycle that ends at each row, and the share progression-free; ``share``: of PFS events that
    are deaths."""

    arm: str
    grid: Grid
    population: GridColumn
    death: GridColumn
    progression: GridColumn
    free: GridColumn
    share: Term


def write_leaving(bench: Bench, timeline: Timeline, pfs: CurveSheet, name: str) -> LeavingColumns:
    """The first columns of the sheet of an arm's states."""
    arm = pfs.cells.curve.arm
    row = bench.definition.progression_row("death_share", arm)
    share: Term = 0 if row is None else bench.inputs[address_of("progression", row)]
    grid = bench.grid(name)
    grid.group = "Time"
    cycle = grid.fixed("Cycle", "", "plain", timeline.cycle.values)
    grid.group = "Leaving the progression-free state: hazards in the cycle that ends here"
    later = cycle.here > 0
    curve = pfs.before_floor or pfs.final_hazard
    whole_hazard = grid.column("PFS").fill(where(later, curve.here - curve.before, 0))
    population = grid.column("General population, where it is a floor")
    floor = population.take("Hazard floor", bench.inputs["settings.hazard_floor"])
    if timeline.population is None:
        population.fill(Formula("0", 0.0))
    else:
        hazard = timeline.population.hazard
        population.fill(where(floor.equals("yes"), where(later, hazard.here - hazard.before, 0), 0))
    return _hazards(LeavingColumns(arm, grid, population, population, population, population, share), cycle, whole_hazard)


def as_in_trial(bench: Bench, pfs: CurveSheet, leaving: LeavingColumns, grid: Grid) -> LeavingColumns:
    """The same before any waning, on the sheet of the steps: what patients of the trial had, whose OS was published. Where no
    effect on PFS can wane, the columns are those of the arm's states."""
    if pfs.waned is None:
        return leaving
    label, curve = bench.definition.arm(leaving.arm).short_label, pfs.all_cause
    grid.group = f"{label}: leaving before any waning, by cycles"
    step = grid.columns[0]
    whole_hazard = grid.column("PFS")
    rise = Formula((curve.here - curve.before).text, (curve.here - curve.before).value[: grid.n_rows], SUM)
    whole_hazard.fill(where(step.here > 0, rise, 0))
    floor = grid.column("General population, where it is a floor")
    floor.fill(Formula(leaving.population.here.text, leaving.population.values[: grid.n_rows]))
    unfinished = LeavingColumns(leaving.arm, grid, floor, floor, floor, floor, leaving.share)
    return _hazards(unfinished, step, whole_hazard)


def _hazards(leaving: LeavingColumns, cycle: GridColumn, whole_hazard: GridColumn) -> LeavingColumns:
    """The columns of death, progression and the share progression-free; those given are replaced."""
    grid, later = leaving.grid, cycle.here > 0
    death = grid.column("Death: its share of PFS, at least the population's")
    of_deaths = death.take("Share of PFS events that are deaths", leaving.share)
    death.fill(maximum(of_deaths * whole_hazard.here, leaving.population.here))
    progression = grid.column("Progression: the rest of PFS")
    not_deaths = progression.take("Share that are progressions", 1 - formula_of(leaving.share))
    progression.fill(not_deaths * whole_hazard.here)
    free = grid.column("Progression-free", "share")
    hazard_here = progression.here + death.here
    values = np.exp(-np.cumsum(hazard_here.value))
    own = f"{grid.prefix}{free.name}{BEFORE}"
    free.fill(where(later, Formula(f"{own}*{exp(-hazard_here).text}", values), 1))
    return dataclasses.replace(leaving, death=death, progression=progression, free=free)


def entering(c: Constants, progression: Term, before: Term, here: Term, leaving: Term, death: Term) -> Formula:
    """Share that progresses in a step and is alive at its end: z (S_before exp(-y) - S) / (x - y).

    z: hazard of progression, x of leaving, y (``death``) of death after progression in the step, S the share
    progression-free; where x and y are all but equal, the mean of both ends. Without IF, so that SUMPRODUCT takes it.
    """
    z, first, last = formula_of(progression), formula_of(before), formula_of(here)
    apart = formula_of(leaving) - death
    alike = apart * apart < c.same_rate
    kept = first * exp(-formula_of(death))
    return z * ((1 - alike) * (kept - last) / (apart + alike) + alike * (kept + last) / 2)


@dataclasses.dataclass(frozen=True)
class Backwards:
    """The hazards of leaving read backwards from the boundary after a time: row 1 the last step, row 2 the one before.

    ``free``: share progression-free at the boundaries before and after the time, which lies ``part`` of the way between;
    ``place``: the number of the first of them. ``in_use``: 1 where the structure is that of these states; elsewhere nobody is
    counted as progressed, so that a solution stays where it starts.
    """

    c: Constants
    progression: GridColumn
    before: GridColumn
    here: GridColumn
    leaving: GridColumn
    free: tuple[Formula, Formula]
    place: Formula
    part: Formula
    in_use: Formula

    def alive(
        self, since: GridColumn, death: Formula, first: Term, boundary: int, times: GridColumn | None = None
    ) -> Formula:
        """Progressed at the boundary before (0) or after (1) the time. ``since``: survival by steps since progression;
        ``first``: what it is divided by; ``times``: a further factor by step."""
        n = since.length
        z, before, here, x = (c.part(2 - boundary, n) for c in (self.progression, self.before, self.here, self.leaving))
        made = entering(self.c, z, before, here, x, death) * since.part(1, n - 1 + boundary)
        if times is not None:
            made = made * times.part(1, n - 1 + boundary)
        return where(self.in_use, sumproduct(made), 0) / first

    def hazard(self, alive: tuple[Formula, Formula]) -> Formula:
        """Cumulative hazard of OS at the time: even between the boundaries."""
        ends = [-ln(maximum(self.c.smallest, a)) for a in alive]
        return (1 - self.part) * ends[0] + self.part * ends[1]


def place_of(
    bench: Bench, timeline: Timeline, row: RowBuilder, month: Formula, last_step: Formula
) -> tuple[Formula, Formula]:
    """The boundary before a time, and how much of a cycle later it lies; ``last_step``: of the sheet of the steps."""
    step = timeline.rules.cycle_days / bench.constants.days_per_month
    place = row.put(minimum(last_step - 1, whole(month / step)), "plain")
    return place, row.put(month / step - place)


def write_backwards(
    bench: Bench,
    grid: Grid,
    step: GridColumn,
    leaving: LeavingColumns,
    at: tuple[Formula, Formula],
    in_use: Formula,
    words: str,
) -> Backwards:
    """The columns of one arm and one time on the sheet of the steps since progression; ``at``: the boundary before the time,
    and how much of a cycle later it lies."""
    place, part = at
    grid.group = words
    made: list[GridColumn] = []
    for header in ("Progression", "Progression-free before", "Progression-free after", "Leaving"):
        column = grid.column(f"{header}, backwards")
        after = column.take("Boundary after the time", place + 1)
        inside = (step.here > 0) * (step.here <= after) * column.take(IN_USE, in_use)
        number = maximum(1, after - step.here + 2)
        if header == "Leaving":
            source = index(leaving.progression.span, number) + index(leaving.death.span, number)
        elif header == "Progression":
            source = index(leaving.progression.span, number)
        else:
            source = index(leaving.free.span, maximum(1, number - 1) if "before" in header else number)
        made.append(column.fill(where(inside, source, 0)))
    free = index(leaving.free.span, place + 1), index(leaving.free.span, place + 2)
    return Backwards(bench.constants, made[0], made[1], made[2], made[3], free, place, part, in_use)
