"""How much of the difference between the two arms compared arises beyond the evidence, live."""

from __future__ import annotations

from model.analysis.base_case.named_outputs import NONE
from model.analysis.columns.coherence import BEYOND
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import where
from model.excel.live.evaluate import LiveModel
from model.excel.live.states import ArmStates
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

KINDS = {"life_years": "life years", "qaly": "QALYs", "cost": "costs"}
OUTCOMES = {"life_years": "life_years", "qaly": "qalys", "cost": "costs"}


def write_beyond(report: Report, live: LiveModel, page: Page, positions: tuple[Formula, Formula]) -> dict[str, Formula]:
    """The table; returns its cells by the names of the outputs. ``positions``: numbers of comparator and intervention."""
    arms = list(live.arms)
    columns = page_columns(report, BEYOND.declared)
    for kind, words in KINDS.items():
        shown = "money" if kind == "cost" else "factor"
        columns += [PageColumn(f"{name}: {words} from then on", shown, 16) for name in report.names]
    table = GrowingTable(
        page,
        "What arises beyond the evidence",
        "Of the discounted difference between intervention and comparator the share that arises from a month on. The median "
        "follow-up is an input of the sheet Settings.",
        columns,
    )
    follow_up = live.inputs["settings.median_follow_up"]
    stated = where(follow_up.equals(""), NONE, follow_up)
    times = {"follow_up": ("the median follow-up is over", stated)}
    times |= {
        a: (f"PFS has met OS: {n}", _meeting(live, live.arms[a].states)) for a, n in zip(arms, report.names, strict=True)
    }
    found: dict[str, Formula] = {}
    for name, (words, month) in times.items():
        cells = _row(live, table, words, month, positions)
        found |= {f"beyond_{name}_{OUTCOMES[kind]}": cell for kind, cell in cells.items()}
    return found


def _row(
    live: LiveModel, table: GrowingTable, words: str, month: Formula, positions: tuple[Formula, Formula]
) -> dict[str, Formula]:
    """One month. What each arm has from then on stands at the right, where the shares find it."""
    arms, at, row = list(live.arms), table.at, table.at.n_rows
    first = 2 + len(KINDS)
    when = Formula(at.cell(row, 1), month.value)
    sums = {kind: [_from_then_on(live, arm, kind, when) for arm in arms] for kind in KINDS}
    builder = RowBuilder(table, words)
    builder.put(month, "months")
    cells = {}
    for k, kind in enumerate(KINDS):
        start, end = (at.cell(row, first + k * len(arms) + i) for i in (0, len(arms) - 1))
        values = [s.value for s in sums[kind]]
        span = Formula(f"{start}:{end.rsplit('!', 1)[1]}", values)
        whole = [_whole(live, arm, kind) for arm in arms]
        cells[kind] = builder.put(_share(when, span, whole, positions, live.bench.constants.alike), "share")
    for kind in KINDS:
        for made in sums[kind]:
            builder.put(made, "money" if kind == "cost" else "factor")
    builder.close()
    return cells


def _share(when: Formula, span: Formula, whole: list[Formula], positions: tuple[Formula, Formula], alike: Formula) -> Formula:
    old, new = positions
    known = not isinstance(when.value, str)
    part: float = 0.0
    if known:
        part = span.value[int(new.value) - 1] - span.value[int(old.value) - 1]
    options = ",".join(w.text for w in whole)
    totals = [f"CHOOSE({p.text},{options})" for p in (new, old)]
    increment = f"({totals[0]}-{totals[1]})"
    ends = [float(whole[int(p.value) - 1].value) for p in (new, old)]
    difference = ends[0] - ends[1]
    known = known and abs(difference) > alike.value * max(map(abs, ends))
    text = (
        f'IF(ISNUMBER({when.text}),IF(ABS{increment}<={alike.text}*MAX(ABS({totals[0]}),ABS({totals[1]})),"{NONE}",'
        f'(INDEX({span.text},{new.text})-INDEX({span.text},{old.text}))/{increment}),"{NONE}")'
    )
    return Formula(text, part / difference if known else NONE)


def _whole(live: LiveModel, arm: str, kind: str) -> Formula:
    return live.arms[arm].totals[kind].total


def _from_then_on(live: LiveModel, arm: str, kind: str, when: Formula) -> Formula:
    """The discounted total of one arm from a month on."""
    months, added = live.timeline.months.span, live.arms[arm].totals[kind].span
    tolerance = live.bench.constants.time_tolerance
    text = f'IF(ISNUMBER({when.text}),SUMPRODUCT(({months.text}>={when.text}-{tolerance.text})*{added.text}),"")'
    if isinstance(when.value, str):
        return Formula(text, "")
    return Formula(text, float(added.value[months.value >= when.value - tolerance.value].sum()))


def _meeting(live: LiveModel, states: ArmStates) -> Formula:
    """The first month at which PFS equals OS once some have left PFS: the smallest of those, the others out of the way."""
    c, months, inside = live.bench.constants, live.timeline.months.span, live.timeline.inside.span
    gap = states.alive.span - states.progression_free.span
    met = inside * (gap <= c.crossing_tolerance) * (states.progression_free.span < 1)
    ever = Formula(f"SUMPRODUCT({met.text})", float(met.value.sum()))
    text = f"SUMPRODUCT(MIN({months.text}+(1-{met.text})*{c.no_price.text}))"
    first = Formula(text, float(months.value[met.value > 0][0]) if met.value.any() else 0.0)
    return where(ever > 0, first, NONE)
