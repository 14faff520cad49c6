"""The flags of coherence, live: value, limit, stretch of time and sentence of each; and the one line that sums them up."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping

from model.analysis.base_case.named_outputs import NEVER, NONE
from model.analysis.coherence import flag_words
from model.analysis.columns.coherence import FLAGS
from model.constants import MONTHS_PER_YEAR
from model.definition.records.coherence import (
    AFTER_BELOW,
    BEFORE_BELOW,
    CURVES_EQUAL,
    OPPOSITE_HAZARDS,
    OUTSIDE_EVIDENCE,
    REPAIR_MOVES,
)
from model.definition.records.settings import PARTITIONED_SURVIVAL
from model.definition.structure import in_structure
from model.engine.coherence import judged
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, largest, match, minimum, number_as_text, smallest, total, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.implied_hazards import cycle_that_holds
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

RAISED, VALUE, LIMIT, DISTANCE, YEARS, LONGEST, SINCE, UNTIL, MONTHS, SENTENCE = range(2, 12)
LONGEST_TEXT = 200  # characters of a text within a formula, of which spreadsheets take 255


@dataclasses.dataclass(frozen=True)
class FlagsAt:
    """Cells by the names of the outputs, the number of flags raised, and the one line."""

    cells: dict[str, Formula]
    raised: Formula
    line: Formula
    comments: Formula


class FlagTable:
    """The table of flags on the first of ``pages``; on the second its one line is put together. ``external``: the formula of
    each arm's distance from the external figures."""

    def __init__(self, report: Report, live: LiveModel, pages: tuple[Page, Page], external: Mapping[str, Formula]):
        self.report, self.live, self.external = report, live, external
        self.page, self.workings = pages
        self.coherence = report.base.coherence()
        # A state-transition model has no family of OS beside that of PFS; the workbook shows either structure.
        self.flags = tuple(judged(in_structure(report.definition, PARTITIONED_SURVIVAL)))
        self.cells: dict[str, Formula] = {}

    def write(self) -> FlagsAt:
        """The table, and the words of the one line."""
        live, c = self.live, self.live.bench.constants
        facts = Facts(self.page, "Years between which the families are compared", "The cycles that hold them.")
        self.family = [
            facts.add(f"Cycle that holds year {years.value:g}", cycle_that_holds(live.bench, live.timeline, years), "cycles")
            for years in (c.first_family_year, c.last_family_year)
        ]
        self.table = GrowingTable(
            self.page,
            "Flags",
            "A flag is raised below its limit where it is a multiple of the general population's mortality, else above it; "
            "limits are inputs of the sheet Validation. The value is the worst of all cycles that count; the stretch is the "
            "longest in which the rule is broken.",
            [
                *page_columns(self.report, FLAGS.pick("arm", "flag", "raised", "value", "limit")),
                PageColumn("Distance from the limit", "any", 16),
                PageColumn("Over years", "any", 16),
                PageColumn("Cycles of the longest stretch", "plain", 16),
                *page_columns(self.report, FLAGS.pick("from_month", "to_month", "months")),
                *page_columns(self.report, (FLAGS.pick("in_words")[0].wide(60, "note"),)),
                *page_columns(self.report, (FLAGS.pick("comment")[0].wide(46, "note"),)),
            ],
        )
        for arm in live.transitions:
            for flag in self.flags:
                self._row(arm, flag)
        return self._summed()

    def _row(self, arm: str, flag: str) -> None:
        row, at = self.table.at.n_rows, self.table.at
        limit = self.live.inputs[f"coherence_limits.{flag}.limit"]
        years = self.live.inputs[f"coherence_limits.{flag}.years"]
        value = self._value(arm, flag)

        def cell(column: int, like: Formula) -> Formula:
            return Formula(at.cell(row, column), like.value)

        shown, bound = cell(VALUE, value), cell(LIMIT, limit)
        distance = _distance(shown, bound)
        raised = self._raised(arm, flag, shown, bound)
        is_raised = cell(RAISED, raised)
        longest, since, until, months = self._stretch(arm, flag, is_raised, row)
        numbers = {"value": shown, "limit": bound, "years": cell(YEARS, years)}
        numbers |= {name: cell(column, like) for name, column, like in (("since", SINCE, since), ("until", UNTIL, until))}
        label = self.report.definition.arm(arm).short_label
        words = where(is_raised.equals(1), self._sentence(flag, label, numbers, bool(raised.value)), "")
        comment = where(is_raised.equals(1), self._comment(flag), "")
        kinds = [As(raised, "plain"), As(value, "any"), As(limit, "any"), As(distance, "any"), As(years, "any")]
        stretch = [As(longest, "plain"), As(since, "months"), As(until, "months"), As(months, "months")]
        self.table.add(label, flag_words.NAMES[flag], *kinds, *stretch, As(words, "note"), As(comment, "note"))
        name = f"{flag}_{arm}"
        for key, column in (("flag", RAISED), ("flag_value", VALUE), ("flag_distance", DISTANCE), ("flag_from", SINCE)):
            self.cells[f"{key}_{name}"] = self.table.cell(row, column)

    # ---- what a flag is judged by --------------------------------------------------------------------------------------

    def _value(self, arm: str, flag: str) -> Formula:
        far = self.live.bench.constants.no_price
        if flag == OUTSIDE_EVIDENCE:
            return self.external[arm]
        if flag == OPPOSITE_HAZARDS:
            return self._opposite(arm)
        span = self.live.transitions[arm].values[flag].span
        if flag in (AFTER_BELOW, BEFORE_BELOW):
            return where(smallest(span) < far, smallest(span), NONE)
        if flag in (REPAIR_MOVES, CURVES_EQUAL):
            return where(largest(span) > self.live.bench.constants.crossing_tolerance, largest(span), 0)
        return where(largest(span) > -far, largest(span), NONE)

    def _opposite(self, arm: str) -> Formula:
        """The smaller of the fall of the PFS hazard and the rise of the OS hazard, each as a ratio above 1."""
        early, late = self.family
        spans = {e: self.live.curves[arm, e].before_waning.span for e in ("pfs", "os")}
        parts = {
            (e, k): index(span, cycle + 1) - index(span, cycle)
            for e, span in spans.items()
            for k, cycle in (("early", early), ("late", late))
        }
        tiny = self.live.bench.constants.crossing_tolerance
        known = (late > early) * (parts["pfs", "late"] > tiny) * (parts["os", "early"] > tiny)
        ratios = (parts["pfs", "early"] / parts["pfs", "late"], parts["os", "late"] / parts["os", "early"])
        in_states = self.live.states.in_use if self.live.states is not None else formula_of(0)
        return where(in_states, NONE, where(known, minimum(*ratios), NONE))

    def _raised(self, arm: str, flag: str, value: Formula, limit: Formula) -> Formula:
        """1 where the rule is broken in some cycle, or the value lies above the limit."""
        counts = self.live.transitions[arm].in_a_row.get(flag)
        if counts is not None:
            return where(largest(counts.span) > 0, 1, 0)
        beyond = not isinstance(value.value, str) and value.value > limit.value
        return Formula(f"IF(ISNUMBER({value.text}),IF({value.text}>{limit.text},1,0),0)", float(beyond))

    def _stretch(self, arm: str, flag: str, raised: Formula, row: int) -> tuple[Formula, Formula, Formula, Formula]:
        """Cycles of the longest stretch, its first and its last month, and the months of all stretches."""
        months, rules, c = self.live.timeline.months.span, self.live.timeline.rules, self.live.bench.constants
        nothing = formula_of("")
        if flag == OUTSIDE_EVIDENCE:
            return nothing, formula_of(NEVER), formula_of(NEVER), nothing
        if flag == OPPOSITE_HAZARDS:
            ends = [where(raised.equals(1), index(months, cycle + 1), NEVER) for cycle in self.family]
            return nothing, ends[0], ends[1], nothing
        counts = self.live.transitions[arm].in_a_row[flag].span
        longest = largest(counts)
        cell = Formula(self.table.at.cell(row, LONGEST), longest.value)
        last = match(cell, counts)
        since = where(cell > 0, index(months, last - cell + 1), NEVER)
        until = where(cell > 0, index(months, last), NEVER)
        all_cycles = Formula(f'COUNTIF({counts.text},">0")', float((counts.value > 0).sum()))
        return longest, since, until, all_cycles * rules.cycle_days / c.days_per_month

    # ---- words ---------------------------------------------------------------------------------------------------------

    def _sentence(self, flag: str, arm: str, numbers: Mapping[str, Formula], raised: bool) -> Formula:
        """The sentence of a flag with its numbers, as the analysis makes it."""
        texts = [*_literals(f"{arm}: ")]
        plain: dict[str, float] = {}
        for words, mark in flag_words.pieces(flag):
            texts += _literals(words)
            if mark:
                number = numbers[mark]
                value = number.value if isinstance(number.value, int | float) else 0.0
                part = f"/{self.live.bench.constants.months_per_year.text}" if mark in ("since", "until") else ""
                shown = Formula(f"MAX(0,{number.text}{part})", 0.0)
                texts.append(number_as_text(shown, flag_words.DECIMALS[mark]).text)
                plain[mark] = float(value) / (MONTHS_PER_YEAR if part else 1.0)
        return Formula("&".join(texts), flag_words.sentence(flag, arm, plain) if raised else "")

    def _summed(self) -> FlagsAt:
        """The one line, from the flags that are raised in any arm."""
        facts = Facts(self.workings, "The one line of coherence", "Its parts; it stands on the sheets Coherence and Answer.")
        raised = facts.add("Flags raised", total(self.table.span(RAISED)) if self.flags else formula_of(0), "flags")
        values = self.table.span(VALUE)
        judged_values = sum(not isinstance(v, str) for v in values.value)
        known = Formula(f"COUNT({values.text})", float(judged_values)) if self.flags else formula_of(0)
        looked_for = facts.add("Flags looked for", known, "flags")
        listed = facts.add("Raised in some arm", "", kind="text")
        said = facts.add("What was said of them", "", kind="text")
        for flag in self.flags:
            name, found = flag_words.NAMES[flag], self._some_arm(flag)
            comment = self._comment(flag)
            listed = facts.add("… with the next one", where(found > 0, _grown(listed).then(name), listed), kind="text")
            spoken = where(comment.equals(""), 0, found)
            more = _grown(said).then(f"{name}: ").then(comment)
            said = facts.add("… and of the next one", where(spoken > 0, more, said), kind="text")
        line = _line(raised, looked_for, listed, self.coherence.line())
        words = where(said.equals(""), "", formula_of(flag_words.OF_THE_FLAGS).then(said).then("."))
        return FlagsAt(
            self.cells, raised, facts.add("The line", line, kind="free"), facts.add("The comments", words, kind="free")
        )

    def _some_arm(self, flag: str) -> Formula:
        """In how many arms a flag is raised."""
        name, names, marks = flag_words.NAMES[flag], self.table.span(1), self.table.span(RAISED)
        some = float(sum(m for n, m in zip(names.value, marks.value, strict=True) if n == name))
        return Formula(f'SUMIF({names.text},"{name}",{marks.text})', some)

    def _comment(self, flag: str) -> Formula:
        """The cell of the input sheet in which the comment is typed, as text."""
        cell = self.live.inputs.layout.cells[f"coherence_limits.{flag}.comment"]
        row = next(row for row in self.report.definition.coherence_limits if row.flag == flag)
        return Formula(cell.reference, row.comment).then("")


def _grown(listed: Formula) -> Formula:
    """A list with room for one more."""
    return where(listed.equals(""), "", listed.then("; "))


def _line(raised: Formula, looked_for: Formula, listed: Formula, value: str) -> Formula:
    """The sentence of ``flag_words.summary``."""
    n, m, marks = raised.text, looked_for.text, ("\x01", "\x02", "\x03")
    parts = flag_words.summary_template(*marks)
    good, bad = (_filled(text, dict(zip(marks, (n, m, listed.text), strict=True))) for text in parts)
    return Formula(f'IF({m}=0,"{flag_words.NONE_LOOKED_FOR}",IF({n}=0,{good},{bad}))', value)


def _filled(template: str, cells: Mapping[str, str]) -> str:
    """A template as a formula: literals, and cells in the place of the marks."""
    parts, start = [], 0
    for i, letter in enumerate(template):
        if letter in cells:
            parts += [*_literals(template[start:i]), cells[letter]]
            start = i + 1
    return "&".join([*parts, *_literals(template[start:])])


def _literals(words: str) -> list[str]:
    """A text as literals that a formula may hold."""
    return [formula_of(part).text for part in textwrap.wrap(words, LONGEST_TEXT, drop_whitespace=False)]


def _distance(value: Formula, limit: Formula) -> Formula:
    """Value minus limit, or none."""
    known = not isinstance(value.value, str)
    text = f'IF(ISNUMBER({value.text}),{value.text}-{limit.text},"{NONE}")'
    return Formula(text, value.value - limit.value if known else NONE)
