"""The published OS of every arm as survival after progression is calibrated to it: one row for each statistic.

Landmarks, shares not reached and medians of which only an effective number is known stand at a month. A median with an
interval is looked for from the cycles that its month lies in (the calibration then moves them to where it finds it). A hazard
ratio is not followed (`not_followed`).
"""

from __future__ import annotations

import dataclasses

from model.definition.curves.after_progression import reference_arm
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import exp, flag, ln, maximum, minimum, total, where, whole
from model.excel.live.bench import Bench
from model.excel.live.curves.newton import one_sided
from model.excel.live.curves.published_statistics import StatisticCells
from model.excel.live.timeline import Timeline
from model.excel.live.transitions.leaving import Backwards, LeavingColumns, place_of, write_backwards
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page

MEDIAN, HAZARD_RATIO, PRIOR, NOT_REACHED = "median", "hazard_ratio", "prior", "not_reached"
COLUMNS = (
    PageColumn("Statistic", "text", 58),
    PageColumn("Month", "any", 22),
    PageColumn("Cycle before it", "plain", 16),
    PageColumn("Part of the next cycle", "any", 16),
    PageColumn("Target", "any", 16),
    PageColumn("Weight", "any", 16),
    PageColumn("In use, and not followed here", "plain", 16),
    PageColumn("Beyond the horizon or the rows", "plain", 16),
)


@dataclasses.dataclass(frozen=True)
class Published:
    """One statistic of one arm: its target and weight, and how to work out OS at its month.

    ``as_landmark``: of a median, 1 where it is taken as the landmark 50%; ``place``: the cycle before the month; ``cycle``:
    length of one in months; ``last``: of the rows.
    """

    leaving: LeavingColumns
    kind: str
    label: str
    month: Formula
    target: Formula
    weight: Formula
    as_landmark: Formula
    at: Backwards
    place: Formula
    cycle: Formula
    last: Formula

    @property
    def arm(self) -> str:
        return self.leaving.arm

    def put(
        self, row: RowBuilder, at: Backwards, since: GridColumn, death: Formula, first: Formula, share: Formula
    ) -> tuple[Formula, Formula | None]:
        """OS around the month and the weighted residual, as cells of a row, and the month of a median; ``at``: the cycles
        around it; ``share``: of its weight that counts."""
        alive = (
            row.put(at.free[0] + at.alive(since, death, first, 0)),
            row.put(at.free[1] + at.alive(since, death, first, 1)),
        )
        fitted, median, weight = exp(-at.hazard(alive)), None, self.weight * share
        if self.kind == MEDIAN:
            median = row.put(self._median(at, alive))
            fitted = where(self.as_landmark, fitted, median)
        if self.kind != NOT_REACHED:
            return row.put(weight * (fitted - self.target)), median
        z = row.put(weight * (fitted - self.target))
        return row.put(where(weight > 0, one_sided(at.c, z), 0)), None

    def _median(self, at: Backwards, alive: tuple[Formula, Formula]) -> Formula:
        """Where OS is one half, by the hazard of the cycle that it is looked for in."""
        early, late = (-ln(maximum(at.c.smallest, a)) for a in alive)
        later = (ln(2) - early) / maximum(at.c.smallest, late - early)
        return maximum(0, minimum(at.c.unreached * self.month, (at.place + later) * self.cycle))

    def moved(self, bench: Bench, grid: Grid, step: GridColumn, facts: Facts, median: Formula, words: str) -> Backwards:
        """The columns of the cycles around a median as found so far."""
        found = where(self.as_landmark, self.place, minimum(self.last - 1, whole(median / self.cycle)))
        place = facts.add(f"{self.label}: cycle before it", found, "cycles", kind="plain")
        at = place, self.at.part
        return write_backwards(bench, grid, step, self.leaving, at, self.at.in_use, f"{self.label}, {words}")

    @property
    def headers(self) -> list[str]:
        words = [f"{self.label}: OS at the cycle before", "OS at the cycle after"]
        more = {MEDIAN: ["Median, months"], NOT_REACHED: ["Standard errors above"]}
        return [*words, *more.get(self.kind, []), "Residual, weighted"]


@dataclasses.dataclass(frozen=True)
class PublishedOS:
    """The statistics of all arms; ``not_followed``: by arm how many are in use that the sheet does not follow; ``beyond``:
    how many lie beyond the rows."""

    statistics: list[Published]
    not_followed: dict[str, Formula]
    beyond: Formula


def write_published(
    bench: Bench,
    timeline: Timeline,
    page: Page,
    grid: Grid,
    step: GridColumn,
    leaving: dict[str, LeavingColumns],
    statistics: dict[str, list[StatisticCells]],
    in_use: Formula,
) -> PublishedOS:
    """The table of the statistics, and the columns behind each of them on the sheet of the steps."""
    table = GrowingTable(
        page,
        "Published OS that survival after progression is calibrated to",
        "Target and weight as on the sheet Statistics. A hazard ratio of OS is not followed here: where one is in use, the "
        "coefficients are those of the run [S].",
        COLUMNS,
    )
    made: list[Published] = []
    not_followed = {}
    last = Formula(f"ROWS({step.span.text})-1", float(step.length - 1))
    for arm, cells in statistics.items():
        rows = [s for s in cells if s.kind != PRIOR]
        first = table.at.n_rows
        own = [_row(bench, timeline, table, grid, step, leaving[arm], s, last, in_use) for s in rows]
        made += [p for p in own if p is not None]
        not_followed[arm] = total(table.span(6, first)) if rows else Formula("0", 0.0)
    return PublishedOS(made, not_followed, total(table.span(7)))


def _row(
    bench: Bench,
    timeline: Timeline,
    table: GrowingTable,
    grid: Grid,
    step: GridColumn,
    leaving: LeavingColumns,
    s: StatisticCells,
    last: Formula,
    in_use: Formula,
) -> Published | None:
    """The row of a statistic; None for one that is not followed, of which only the row says so."""
    label = bench.definition.arm(leaving.arm).short_label
    words = f"{label}: {s.label[0].lower()}{s.label[1:]}"
    row = RowBuilder(table, words)
    month = row.put(s.month, "any")
    place, part = place_of(bench, timeline, row, month, last)
    target = row.put(s.target)
    weight = row.put(formula_of(0) if s.kind == HAZARD_RATIO else s.weight)
    row.put(_not_followed(bench, leaving.arm, s), "plain")
    row.put(flag(weight > 0) * flag(place + 1 > minimum(timeline.rules.n_cycles, last)), "plain")
    row.close()
    if s.kind == HAZARD_RATIO:
        return None
    at = write_backwards(bench, grid, step, leaving, (place, part), in_use, words)
    cycle = timeline.rules.cycle_days / bench.constants.days_per_month
    return Published(leaving, s.kind, words, month, target, weight, s.as_landmark, at, place, cycle, last)


def _not_followed(bench: Bench, arm: str, s: StatisticCells) -> Formula:
    """1 where a statistic is in use that these sheets do not follow."""
    if s.kind != HAZARD_RATIO or arm == reference_arm(bench.definition):
        return Formula("0", 0.0)
    own = bench.inputs["settings.link_between_arms"].equals("own")
    reference = bench.inputs[f"curves.{arm}.os.reference_arm"].differs("")
    return flag(s.weight > 0) * flag(own) * flag(reference)
