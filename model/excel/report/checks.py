"""Checks of the model as formulas, each with value, limit and status; one flag for all, shown on every sheet.

The tests are those by which health technology assessment bodies judge such a model (TECH-VER, Buyukkaramikli et al.
2019, and its supplement for partitioned survival): ids E, R and P.
"""

from __future__ import annotations

import dataclasses

from ..live.evaluate import LiveModel
from ..live.formula import Formula, Term, formula_of
from ..live.functions import (
    absolute,
    exp,
    index,
    largest,
    maximum,
    minimum,
    smallest,
    sqrt,
    where,
)
from ..live.grid import GridColumn
from ..live.tables import GrowingTable
from .cells import As, Column
from .curves import CurvesAt
from .disaggregated import DisaggregatedAt
from .named_results import result_cells, write_named_results, write_replay
from .page import Page
from .psa_draws import DrawsAt
from .report import CHECKS, Report
from .results import ResultsAt

PASSED, FAILED, NOTED = "passed", "FAILED", "noted"
FLAG_NAME = "checks_failed"


@dataclasses.dataclass(frozen=True)
class ChecksAt:
    """The cell that counts the checks that fail, and the words of the flag."""

    failed: Formula
    words: Formula


class Checks:
    """The sheet of checks."""

    def __init__(
        self, report: Report, live: LiveModel, results: ResultsAt, parts: DisaggregatedAt, curves: CurvesAt,
        draws: DrawsAt | None,
    ):  # fmt: skip
        self.report, self.live, self.results, self.parts, self.curves, self.draws = (
            report,
            live,
            results,
            parts,
            curves,
            draws,
        )
        self.page = Page(report, CHECKS.name)
        self.c = live.bench.constants
        self.table: GrowingTable
        self.status: list[Formula] = []

    def write(self) -> ChecksAt:
        """All checks; the count of those that fail gets a name."""
        page = self.page
        top = GrowingTable(
            page, "Summary", "The flag on every sheet shows this count.",
            [Column("", "text", 12), Column("", "text", 70), Column("Value", "any", 18)],
        )  # fmt: skip
        count_row = top.add("", "Checks that fail", 0.0)
        changed_row = top.add("", "Inputs changed since the run", self.live.inputs.changed)
        self.changed = top.cell(changed_row, 2)
        self.report.workbook.define_name("inputs_changed", f"={self.changed.text}")
        if self.report.psa is not None:
            for name, words, number in (
                ("run_seed", "Random seed of the stored draws", As(float(self.report.psa.seed), "plain")),
                (
                    "run_draws",
                    "Number of draws of the run",
                    As(float(self.report.psa.draws.n_draws), "plain"),
                ),
                ("run_sampling", "Sampling of the stored draws", self.report.psa.sampling),
            ):
                cell = top.cell(top.add("", words, number), 2)
                self.report.workbook.define_name(name, f"={cell.text}")
        self._begin("States and curves")
        self._states()
        self._curves()
        self._begin("Results")
        self._amounts()
        self._decision()
        self._begin("Scope of this workbook")
        self._scope()
        self._agreement()
        failed = sum(s.value == FAILED for s in self.status)
        counts = [f'COUNTIF({t.span(4).text},"{FAILED}")' for t in self.tables]
        top.at.rows[count_row][2] = Formula("+".join(counts), float(failed))  # type: ignore[index]
        cell = top.cell(count_row, 2)
        self.report.workbook.define_name(FLAG_NAME, f"={cell.text}")
        flag = Formula(
            f'IF({FLAG_NAME}=0,"Checks: all passed","Checks: "&{FLAG_NAME}&" failed, see the sheet Checks")',
            "Checks: all passed" if failed == 0 else f"Checks: {failed} failed, see the sheet Checks",
        )
        page.close()
        return ChecksAt(cell, flag)

    tables: list[GrowingTable]

    def _begin(self, title: str) -> None:
        self.table = GrowingTable(
            self.page, title, "Largest deviation over all arms and cycles, unless it says otherwise.",
            [
                Column("Id", "text", 12), Column("What must hold", "text", 70), Column("Value", "any", 18),
                Column("Limit", "any", 18), Column("Status", "text", 14), Column("Remark", "free", 50),
            ],
        )  # fmt: skip
        self.tables = [*getattr(self, "tables", []), self.table]

    # ---- one check -------------------------------------------------------------------------------------------------

    def _below(self, name: str, words: str, value: Term, limit: Term, remark: str = "") -> None:
        """Passed where the value is at most the limit."""
        self._add(name, words, value, limit, lambda v, x: v <= x, remark)

    def _above(self, name: str, words: str, value: Term, limit: Term, remark: str = "") -> None:
        self._add(name, words, value, limit, lambda v, x: v >= x, remark)

    def _add(self, name: str, words: str, value: Term, limit: Term, holds: object, remark: str) -> None:
        made, bound = formula_of(value), formula_of(limit)
        row = self.table.at.n_rows
        v, x = (
            Formula(self.table.at.cell(row, 2), made.value),
            Formula(self.table.at.cell(row, 3), bound.value),
        )
        status = where(holds(v, x), PASSED, FAILED)  # type: ignore[operator]
        self.table.add(
            name,
            words,
            As(made, "tiny" if _small(made) else "any"),
            As(bound, "tiny" if _small(bound) else "any"),
            status,
            remark,
        )
        self.status.append(Formula(self.table.at.cell(row, 4), status.value))

    def _note(self, name: str, words: str, value: Formula, remark: str = "") -> None:
        """A figure that is reported and does not fail."""
        self.table.add(name, words, As(value, "any"), "", NOTED, remark)

    # ---- states and curves -----------------------------------------------------------------------------------------

    def _states(self) -> None:
        arms = [t.states for t in self.live.arms.values()]
        tiny = self.c.crossing_tolerance
        whole = [
            sqrt(_largest_square(a.progression_free.span + a.progressed.span + a.dead.span - 1)) for a in arms
        ]
        self._below("E1", "The states of every cycle sum to 1", maximum(*whole), tiny)
        columns = [c for a in arms for c in (a.progression_free, a.progressed, a.dead)]
        self._above(
            "E2",
            "No state holds less than 0 patients: smallest share",
            minimum(*(smallest(c.span) for c in columns)),
            -tiny,
        )
        self._below(
            "E3",
            "No state holds more than 1: largest share",
            maximum(*(largest(c.span) for c in columns)),
            1 + tiny,
        )
        falls = [_smallest_step(a.dead) for a in arms]
        self._above(
            "E4", "Nobody returns to life: smallest change of the dead in a cycle", minimum(*falls), -tiny
        )
        alive = maximum(*(self.curves.crossing[f"alive_at_horizon_{a.arm}"] for a in arms))
        self._note(
            "E5",
            "Share alive at the horizon, in the arm with the most",
            alive,
            "At most 1% for a lifetime horizon; else explain",
        )
        self._below(
            "E6",
            "QALYs freed of utility and age adjustment are life years, cycle by cycle",
            self._shadow(),
            tiny,
        )

    def _shadow(self) -> Formula:
        deviations = []
        for trace in self.live.arms.values():
            own = {c.header: c for c in trace.states.grid.columns}
            for state in ("progression-free", "progressed"):
                years, qalys = own[f"Life years, {state}"], own[f"QALYs, {state}"]
                utility = qalys.taken[0][1]
                expected = utility * years.span * self.live.timeline.norm.span
                deviations.append(sqrt(_largest_square(qalys.span - expected)))
        return maximum(*deviations)

    def _curves(self) -> None:
        sheets = list(self.live.curves.values())
        tiny = self.c.crossing_tolerance
        own = [column for s in sheets for column in s.candidates[: len(s.cells.candidates)]]
        starts = [absolute(index(column.span, 1) - 1) for column in own]
        self._below("P1", "Every candidate curve starts at 1", maximum(*starts), tiny)
        rises = [_smallest_step(s.final_hazard) for s in sheets]
        self._above(
            "P2", "No curve in use rises: smallest step of a cumulative hazard", minimum(*rises), -tiny
        )
        ends = [exp(-smallest(s.final_hazard.span)) for s in sheets]
        self._below("P2", "No curve in use lies above 1: largest share", maximum(*ends), 1 + tiny)
        for arm in self.live.arms:
            name = self.report.definition.arm(arm).short_label
            self._note(
                "P4",
                f"{name}: first month at which PFS exceeds OS, before repair",
                self.curves.crossing[f"crossing_first_month_{arm}"],
                "The rule of the sheet Settings repairs it",
            )
            self._note(
                "P4",
                f"{name}: largest gap, share of patients",
                self.curves.crossing[f"crossing_largest_gap_{arm}"],
            )
        for arm, month in self._floor_binds().items():
            self._note(
                "P13",
                f"{self.report.definition.arm(arm).short_label}: general-population mortality binds OS from month",
                month,
            )

    def _floor_binds(self) -> dict[str, Formula]:
        """First month in which the hazard floor lifts the cumulative hazard of OS."""
        found = {}
        months = self.live.timeline.months
        for (arm, endpoint), sheet in self.live.curves.items():
            if endpoint != "os" or self.live.timeline.population is None:
                continue
            before = sheet.waned or sheet.before_waning
            lifted = sheet.final_hazard.values - before.values > 1e-12
            small = self.c.crossing_tolerance.text
            inner = f"{months.span.text}+({sheet.final_hazard.span.text}-{before.span.text}<={small})*{self.c.no_price.text}"
            value = float(months.values[lifted][0]) if lifted.any() else 0.0
            most = f"SUMPRODUCT(MAX({sheet.final_hazard.span.text}-{before.span.text}))>{small}"
            found[arm] = Formula(
                f'IF({most},SUMPRODUCT(MIN({inner})),"never")', value if lifted.any() else "never"
            )
        return found

    # ---- amounts ---------------------------------------------------------------------------------------------------

    def _amounts(self) -> None:
        arms, r = list(self.live.arms), self.results
        numbers = range(len(arms))
        tiny = self.c.rounding
        gaps = [r.totals["life_years", a] - r.totals["qalys", a] for a in numbers]
        self._above(
            "R3",
            "Life years are no less than QALYs (utilities of at most 1): smallest difference",
            minimum(*gaps),
            -tiny,
        )
        pairs = [
            (key, cell)
            for key, cell in self.parts.categories.items()
            if key[3] == "discounted" and key[0] != "qalys"
        ]
        falls = [self.parts.categories[k[0], k[1], k[2], "undiscounted"] - cell for k, cell in pairs]
        falls += [r.undiscounted["qalys", a] - r.totals["qalys", a] for a in numbers]
        for which, some in (
            ("costs", [f for f, (k, _) in zip(falls, pairs, strict=False) if k[0] == "costs"]),
        ):
            self._above(
                "R4",
                f"Undiscounted {which} are no less than discounted, in every category: smallest difference",
                _least(some),
                -tiny,
            )
        rest = [f for f, (k, _) in zip(falls, pairs, strict=False) if k[0] != "costs"] + falls[len(pairs) :]
        self._above(
            "R4",
            "Undiscounted life years and QALYs are no less than discounted: smallest difference",
            _least(rest),
            -tiny,
        )
        self._utility_range(numbers)
        steps = []
        for trace in self.live.arms.values():
            for kind in ("life_years", "cost"):
                column = trace.totals[kind]
                steps.append(smallest(column.part(1, column.length)))
        self._above(
            "R6",
            "A longer horizon never takes life years or costs away: smallest amount of a cycle",
            minimum(*steps),
            -tiny,
        )
        sums = []
        for a, trace in enumerate(self.live.arms.values()):
            for kind, outcome in (("life_years", "life_years"), ("qaly", "qalys"), ("cost", "costs")):
                total = r.totals[outcome, a]
                sums.append(absolute(trace.totals[kind].total - total) / maximum(1, absolute(total)))
        self._below(
            "R7", "Sums over cycles equal sums over categories, relative", maximum(*sums), self.c.same
        )
        self._discounting()
        self._once()

    def _utility_range(self, numbers: range) -> None:
        """QALYs of the states per life year lie between the lowest and the highest utility, age-adjusted."""
        timeline = self.live.timeline
        norm, inside, far = timeline.norm, timeline.inside, self.c.no_price
        low_norm = Formula(
            f"SUMPRODUCT(MIN({norm.span.text}+(1-{inside.span.text})*{far.text}))",
            float(norm.values[inside.values > 0].min()),
        )
        high_norm = Formula(
            f"SUMPRODUCT(MAX({norm.span.text}*{inside.span.text}))",
            float((norm.values * inside.values).max()),
        )
        low, high = [], []
        for a in numbers:
            states = [
                self.parts.categories["qalys", s, a, "undiscounted"]
                for s in ("Progression-free", "Progressed")
            ]
            utilities = [
                c.taken[0][1]
                for c in list(self.live.arms.values())[a].states.grid.columns
                if c.header.startswith("QALYs, prog")
            ]
            mean = (states[0] + states[1]) / self.results.undiscounted["life_years", a]
            low.append(mean - minimum(*utilities) * low_norm)
            high.append(maximum(*utilities) * high_norm - mean)
        self._above(
            "R5",
            "QALYs of the states per life year lie within the utilities, age-adjusted: smallest distance",
            minimum(*low, *high),
            -self.c.rounding,
        )

    def _discounting(self) -> None:
        inputs, rules = self.live.inputs, self.live.timeline.rules
        deviations = []
        two = formula_of(2)
        for outcome in ("costs", "effects"):
            rate = inputs[f"settings.discount_rate_{outcome}"]
            by_hand = where(
                inputs["settings.discounting"].equals("continuous"),
                exp(-(2 * rate)),
                1 / ((1 + rate) * (1 + rate)),
            )
            deviations.append(absolute(rules.discounting.factor(two, outcome) - by_hand))
        remark = (
            "Holds while no later rate begins within two years"
            if self.report.definition.discount_steps
            else ""
        )
        self._below(
            "R10",
            "The discount factor after 2 years is 1/(1+r)^2, or exp(-2r) under continuous discounting",
            maximum(*deviations),
            self.c.crossing_tolerance,
            remark,
        )

    def _once(self) -> None:
        """What happens once: amounts by hand."""
        deviations = []
        for arm, trace in self.live.arms.items():
            alive = self.curves.crossing[f"alive_at_horizon_{arm}"]
            deviations += [
                absolute(line.undiscounted - line.value * (1 - alive)) / maximum(1, line.value)
                for line in trace.of_kind("cost")
                if line.category == "End of life"
            ]
        if deviations:
            self._below(
                "P18",
                "Cost at death is the unit cost times the share dead by the horizon, relative",
                maximum(*deviations),
                self.c.same,
            )
        events = []
        for a, trace in enumerate(self.live.arms.values()):
            lines = [line for line in trace.of_kind("cost") if line.category == "Adverse events"]
            if lines:
                by_hand = lines[0].value
                for line in lines[1:]:
                    by_hand = by_hand + line.value
                events.append(
                    absolute(self.parts.categories["costs", "Adverse events", a, "undiscounted"] - by_hand)
                )
        if events:
            self._below(
                "P18",
                "Cost of adverse events is the sum of probability x unit cost",
                maximum(*events),
                self.c.rounding,
            )

    def _decision(self) -> None:
        r = self.results
        mismatches: Formula | None = None
        for nmb, nhb in zip(r.nmb, r.nhb, strict=True):
            first, last = nmb[0].text, nmb[-1].text.rsplit("!", 1)[1]
            other, end = nhb[0].text, nhb[-1].text.rsplit("!", 1)[1]
            best = max(range(len(nmb)), key=lambda i: float(nmb[i].value))
            same = best == max(range(len(nhb)), key=lambda i: float(nhb[i].value))
            text = f"IF(MATCH(MAX({first}:{last}),{first}:{last},0)=MATCH(MAX({other}:{end}),{other}:{end},0),0,1)"
            made = Formula(text, 0.0 if same else 1.0)
            mismatches = made if mismatches is None else mismatches + made
        assert mismatches is not None
        self._below(
            "R22",
            "Net monetary and net health benefit prefer the same arm: thresholds at which they do not",
            mismatches,
            0,
        )
        icer, qalys, cost = r.icer, r.totals["qalys", "increment"], r.totals["costs", "increment"]
        if isinstance(icer.value, str):
            inner = f"ABS({icer.text}*{qalys.text}-{cost.text})/MAX(1,ABS({cost.text}))"
            made = Formula(f"IF(ISNUMBER({icer.text}),{inner},0)", 0.0)
        else:
            inner_made = absolute(icer * qalys - cost) / maximum(1, absolute(cost))
            made = Formula(f"IF(ISNUMBER({icer.text}),{inner_made.text},0)", inner_made.value)
        self._below(
            "R23",
            "At a threshold equal to the ICER the incremental net benefit is zero, relative",
            made,
            self.c.same,
            "0 where there is no ICER",
        )

    # ---- scope -----------------------------------------------------------------------------------------------------

    def _scope(self) -> None:
        live, bench = self.live, self.live.bench
        self._below(
            "W1",
            "The sheets have a row for every cycle of the horizon: cycles without one",
            live.timeline.rules.rows_missing,
            0,
            "If not, run the model with these inputs",
        )
        for words, cell in bench.rows_missing:
            self._below(
                "W2", f"Every event has a row: {words}", cell, 0, "If not, run the model with these inputs"
            )
        for drug in live.drugs.values():
            self._below(
                "W3",
                f"Combinations of packs cover every dose: {drug.drug.label}",
                drug.packs_missing,
                0,
                "If not, run the model with these inputs",
            )
            self._below(
                "W4",
                f"Every dose day has a row: {drug.drug.label}",
                drug.days_missing,
                0,
                "If not, run the model with these inputs",
            )
        if live.unsettled:
            self._below(
                "W5",
                "Calibrations in use have settled: curves whose calibration has not",
                _sum(live.unsettled),
                0,
                "If not, run the model with these inputs",
            )
        remark = "Rows count from the next run on"
        self._below("W6", "No row of an input table is added or removed", live.rows_changed, 0, remark)
        self._below(
            "W7", "No row of an input table has another id than at the run", live.ids_changed, 0, remark
        )
        if live.data_changed is not None:
            self._below(
                "W8",
                "The data that curves are fitted to are those of the run: sums that differ",
                live.data_changed,
                0,
                "If not, run the model with these inputs",
            )
        for words, cell in live.availability():
            self._below("W9", words, cell, 0, "If not, run the model with these inputs")

    def _agreement(self) -> None:
        """Live results beside those of the run, and of a draw or scenario that is shown."""
        cells = result_cells(self.report, self.results, self.parts, self.curves)
        row = self.table.at.n_rows
        self._below(
            "W10",
            "Live results equal those of the run: results that differ",
            formula_of(0),
            0,
            "Compared while nothing is changed",
        )
        replay_row = self.table.at.n_rows
        self._below(
            "W11",
            "The draw or scenario shown gives what the run stored: results that differ",
            formula_of(0),
            0,
        )
        named = write_named_results(self.report, self.live, self.page, cells, self.changed)
        replay = write_replay(self.report, self.live, self.page, self.results, self.draws, self.changed)
        for place, made in ((row, named), (replay_row, replay)):
            status = where(
                Formula(self.table.at.cell(place, 2), made.value)
                <= Formula(self.table.at.cell(place, 3), 0.0),
                PASSED,
                FAILED,
            )
            self.table.at.rows[place][2], self.table.at.rows[place][4] = As(made, "any"), status  # type: ignore[index]
            self.status[place - replay_row - 1 + len(self.status)] = status


def _small(made: Formula) -> bool:
    value = made.value
    return isinstance(value, float) and 0 < abs(value) < 1e-3


def _largest_square(expression: Formula) -> Formula:
    """The largest square of an expression of ranges."""
    value = float((expression.value**2).max())
    return Formula(f"SUMPRODUCT(MAX(({expression.text})^2))", value)


def _smallest_step(column: GridColumn) -> Formula:
    """The smallest change from one row to the next."""
    n = column.length
    after, before = column.part(1, n), column.part(0, n - 1)
    return Formula(f"SUMPRODUCT(MIN({after.text}-{before.text}))", float((after.value - before.value).min()))


def _least(cells: list[Formula]) -> Formula:
    """The smallest of many cells, in groups that a formula can hold."""
    return minimum(*cells) if cells else formula_of(0)


def _sum(cells: list[Formula]) -> Formula:
    made = cells[0]
    for cell in cells[1:]:
        made = made + cell
    return made
