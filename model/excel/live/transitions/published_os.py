"""The published OS of every arm as survival after progression is calibrated to it: one row for each statistic.

Landmarks, shares not reached and medians of which only an effective number is known stand at a month; a median with an
interval and a hazard ratio would have to be looked for along the curve, and are not followed (`not_followed`).
"""

from __future__ import annotations

import dataclasses

from model.definition.curves.after_progression import reference_arm
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import exp, flag, total, where
from model.excel.live.bench import Bench
from model.excel.live.constants import Constants
from model.excel.live.curves.newton import one_sided
from model.excel.live.curves.published_statistics import StatisticCells
from model.excel.live.timeline import Timeline
from model.excel.live.transitions.leaving import Backwards, LeavingColumns, place_of, write_backwards
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
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
    """One statistic of one arm: its target and weight, and how to work out OS at its month."""

    arm: str
    one_sided: bool
    label: str
    target: Formula
    weight: Formula
    at: Backwards

    def put(
        self, row: RowBuilder, c: Constants, since: GridColumn, death: Formula, first: Formula, share: Formula
    ) -> Formula:
        """OS around the month and the weighted residual, as cells of a row; ``share``: of its weight that counts."""
        alive = [row.put(self.at.free[i] + self.at.alive(since, death, first, i)) for i in (0, 1)]
        os = exp(-self.at.hazard((alive[0], alive[1])))
        weight = self.weight * share
        if not self.one_sided:
            return row.put(weight * (os - self.target))
        z = row.put(weight * (os - self.target))
        return row.put(where(weight > 0, one_sided(c, z), 0))

    @property
    def headers(self) -> list[str]:
        words = [f"{self.label}: OS at the cycle before", "OS at the cycle after"]
        return [*words, *(["Standard errors above"] if self.one_sided else []), "Residual, weighted"]


@dataclasses.dataclass(frozen=True)
class PublishedOS:
    """The statistics of all arms; ``points``: of each arm those in use that can determine a coefficient."""

    statistics: list[Published]
    points: dict[str, Formula]
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
) -> PublishedOS:
    """The table of the statistics, and the columns behind each of them on the sheet of the steps."""
    table = GrowingTable(
        page,
        "Published OS that survival after progression is calibrated to",
        "Target and weight as on the sheet Statistics. A median with an interval and a hazard ratio are not followed here: "
        "where one is in use, the coefficients are those of the run [S].",
        COLUMNS,
    )
    made: list[Published] = []
    points, not_followed = {}, {}
    last = Formula(f"ROWS({step.span.text})-1", float(step.length - 1))
    for arm, cells in statistics.items():
        rows = [s for s in cells if s.kind != PRIOR]
        first = table.at.n_rows
        own = [_row(bench, timeline, table, grid, step, leaving[arm], s, last) for s in rows]
        followed = [p for p in own if p is not None]
        made += followed
        determine = [p for p in followed if not p.one_sided]
        points[arm] = _sum([flag(p.weight > 0) for p in determine])
        not_followed[arm] = total(table.span(6, first)) if rows else Formula("0", 0.0)
    return PublishedOS(made, points, not_followed, total(table.span(7)))


def _row(
    bench: Bench,
    timeline: Timeline,
    table: GrowingTable,
    grid: Grid,
    step: GridColumn,
    leaving: LeavingColumns,
    s: StatisticCells,
    last: Formula,
) -> Published | None:
    """The row of a statistic; None for one that is not followed, of which only the row says so."""
    label = bench.definition.arm(leaving.arm).short_label
    words = f"{label}: {s.label[0].lower()}{s.label[1:]}"
    row = RowBuilder(table, words)
    month = row.put(s.month, "any")
    place, part = place_of(bench, timeline, row, month, last)
    target = row.put(where(s.as_landmark, 0.5, s.target) if s.kind == MEDIAN else s.target)
    weight = row.put(s.weight * s.as_landmark if s.kind == MEDIAN else formula_of(0) if s.kind == HAZARD_RATIO else s.weight)
    row.put(_not_followed(bench, leaving.arm, s), "plain")
    row.put(flag(weight > 0) * flag(place + 1 > minimum_of(timeline, last)), "plain")
    row.close()
    if s.kind == HAZARD_RATIO:
        return None
    at = write_backwards(bench, grid, step, leaving, place, part, words)
    return Published(leaving.arm, s.kind == NOT_REACHED, words, target, weight, at)


def minimum_of(timeline: Timeline, last: Formula) -> Formula:
    """The last cycle up to which the sheets hold numbers."""
    n = timeline.rules.n_cycles
    return where(n < last, n, last)


def _not_followed(bench: Bench, arm: str, s: StatisticCells) -> Formula:
    """1 where a statistic is in use that these sheets do not follow."""
    if s.kind == MEDIAN:
        return flag(s.weight > 0) * (1 - s.as_landmark)
    if s.kind != HAZARD_RATIO or arm == reference_arm(bench.definition):
        return Formula("0", 0.0)
    own = bench.inputs["settings.link_between_arms"].equals("own")
    reference = bench.inputs[f"curves.{arm}.os.reference_arm"].differs("")
    return flag(s.weight > 0) * flag(own) * flag(reference)


def _sum(terms: list[Formula]) -> Formula:
    return sum(terms[1:], terms[0]) if terms else Formula("0", 0.0)
