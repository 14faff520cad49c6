"""OS of each arm beside the external figures, live: how far it lies beyond the nearest of them."""

from __future__ import annotations

from model.analysis.base_case.named_outputs import NONE
from model.analysis.columns.common import ARM
from model.definition.model_definition import address_of
from model.definition.records.documentation import ExternalEvidence
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import choose, index, match, maximum, minimum, ordinal, where, whole
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

NUMBER, ABOVE, BELOW = 2, 9, 10
"""Columns of the table: the number of the arm that a figure counts for, and the two distances."""


def write_external(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """The table, where the inputs hold figures; returns the formula of each arm's distance, or none."""
    rows = report.definition.external_evidence
    if not rows:
        return {}
    table = GrowingTable(
        page,
        "OS beside the external figures",
        "OS should lie at or below the upper point, and at or above the lower one, of at least one figure. A median is a "
        "survival of one half at the ends of its interval; a limit that is not given is the value itself. Figures that the "
        "model was made from, of PFS, or beyond the horizon do not count.",
        [
            PageColumn("Study", "text", 22),
            *page_columns(report, (ARM.wide(30),)),
            PageColumn("Number of the arm; 0: does not count", "plain", 14),
            PageColumn("Month of the upper point", "months", 14),
            PageColumn("Upper point", "factor", 16),
            PageColumn("Month of the lower point", "months", 16),
            PageColumn("Lower point", "factor", 16),
            PageColumn("OS at the upper point", "factor", 16),
            PageColumn("OS at the lower point", "factor", 16),
            PageColumn("OS above", "factor", 16),
            PageColumn("OS below", "factor", 16),
        ],
    )
    for record in rows:
        _figure(live, table, record)
    numbers, above, below = (table.span(k) for k in (NUMBER, ABOVE, BELOW))
    return {arm: _distance(live, i + 1, numbers, above, below) for i, arm in enumerate(report.definition.arm_ids)}


def _figure(live: LiveModel, table: GrowingTable, record: ExternalEvidence) -> None:
    inputs, c, rules = live.inputs, live.bench.constants, live.timeline.rules
    ids = inputs.keys("arms", "id")

    def cell(field: str) -> Formula:
        found: Formula = inputs[f"{address_of('external_evidence', record)}.{field}"]
        return found

    value, arm, statistic = cell("value"), cell("arm"), cell("statistic")
    low, high = (where(cell(f).equals(""), value, cell(f)) for f in ("lower", "upper"))
    median = statistic.equals("median")
    month = where(cell("month").equals(""), 0, cell("month"))
    row = RowBuilder(table, record.label, record.arm or "")
    row.cells[1] = where(arm.equals(""), "", arm)
    last = rules.horizon_days / c.days_per_month
    at = table.at
    upper_month, lower_month = (
        Formula(at.cell(at.n_rows, k), v.value) for k, v in ((3, where(median, high, month)), (5, where(median, low, month)))
    )
    timed = where(median, 1, where(cell("month").equals(""), 0, 1))
    counts = timed * cell("endpoint").equals("os") * arm.differs("") * cell("dependence").differs("dependent")
    counts = counts * (maximum(upper_month, lower_month) <= last)
    number = row.put(where(counts, match(arm, ids), 0), "plain")
    row.put(where(median, high, month), "months")
    upper = row.put(where(median, 0.5, high), "factor")
    row.put(where(median, low, month), "months")
    lower = row.put(where(median, 0.5, low), "factor")
    at_upper, at_lower = (row.put(_os(live, number, m), "factor") for m in (upper_month, lower_month))
    row.put(where(number > 0, at_upper - upper, 0), "factor")
    row.put(where(number > 0, lower - at_lower, 0), "factor")
    row.close()


def _os(live: LiveModel, number: Formula, month: Formula) -> Formula:
    """OS of the arm with a number at a month, interpolated between cycles; 0 where no arm is meant."""
    rules, c = live.timeline.rules, live.bench.constants
    position = month * c.days_per_month / rules.cycle_days
    left = minimum(rules.n_cycles - 1, whole(position))
    spans = [trace.states.alive.span for trace in live.arms.values()]
    before, after = (choose(number, *(index(s, left + k) for s in spans)) for k in (1, 2))
    text = f"IF({number.text}>0,{before.text}*(1-({position.text}-{left.text}))+{after.text}*({position.text}-{left.text}),0)"
    part = float(position.value) - float(left.value)
    known = number.value > 0
    return Formula(text, float(before.value) * (1 - part) + float(after.value) * part if known else 0.0)


def _distance(live: LiveModel, number: int, numbers: Formula, above: Formula, below: Formula) -> Formula:
    """How far OS lies above all figures of an arm, or below all; "none" without one."""
    mine = numbers.value == number
    far = live.bench.constants.no_price
    own = f"({numbers.text}<>{_number(live, number).text})*{far.text}"
    parts = [f"SUMPRODUCT(MIN({span.text}+{own}))" for span in (above, below)]
    value: object = NONE
    if mine.any():
        value = max(float(above.value[mine].min()), float(below.value[mine].min()))
    return Formula(f'IF(COUNTIF({numbers.text},{_number(live, number).text})=0,"{NONE}",MAX({",".join(parts)}))', value)


def _number(live: LiveModel, number: int) -> Formula:
    """The number of an arm as a formula: a count of the first rows of the sheet Arms, since it may be above 2."""
    return ordinal(live.inputs.keys("arms", "id"), number - 1)
