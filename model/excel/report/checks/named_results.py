"""Every deterministic result under its own name, live, beside the value that the run stored; and replayed draws."""

from __future__ import annotations

from collections.abc import Mapping

from model.analysis.agreement import OF_ALL_PATIENTS, PATIENTS_FLOOR, RATIO_FLOOR, RATIOS
from model.analysis.base_case.named_outputs import Value, named_outputs, slug
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import all_of, where
from model.excel.live.constants import CONSTANTS
from model.excel.live.evaluate import LiveModel
from model.excel.live.stored_draws import DrawsAt
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.report.as_run import CELLS_CHANGED, only_as_run
from model.excel.report.curves.curves import CurvesAt
from model.excel.report.disaggregated import DisaggregatedAt
from model.excel.report.results import ResultsAt
from model.excel.report.scenario_results import SCENARIOS
from model.excel.report.subgroup_results import SUBGROUP_RESULTS

PREFIX = "out_"
EQUAL, DIFFERS = "equal", "DIFFERS"
assert CONSTANTS["thousand"][0] == RATIO_FLOOR and CONSTANTS["hundred_thousand"][0] == PATIENTS_FLOOR


def result_cells(report: Report, results: ResultsAt, parts: DisaggregatedAt, curves: CurvesAt) -> dict[str, Formula]:
    """The cell of every named output."""
    arms = report.definition.arm_ids
    found: dict[str, Formula] = {}
    for outcome in ("life_years", "qalys", "costs"):
        for suffix, cells in (("", results.totals), ("_undiscounted", results.undiscounted)):
            for a, arm in enumerate(arms):
                found[f"{outcome}{suffix}_{arm}"] = cells[outcome, a]
        found[f"incremental_{outcome}"] = results.totals[outcome, "increment"]
    found["icer"], found["verdict"] = results.icer, results.verdict
    for k in range(len(results.thresholds)):
        for a, arm in enumerate(arms):
            found[f"nmb_{k + 1}_{arm}"], found[f"nhb_{k + 1}_{arm}"] = results.nmb[k][a], results.nhb[k][a]
        found[f"inmb_{k + 1}"], found[f"inhb_{k + 1}"] = results.inmb[k], results.inhb[k]
    for (outcome, category, a, which), cell in parts.categories.items():
        suffix = "" if which == "discounted" else "_undiscounted"
        found[f"{outcome}_of_{slug(category)}{suffix}_{arms[a]}"] = cell
    return found | curves.crossing | curves.shown


def write_named_results(report: Report, live: LiveModel, page: Page, cells: dict[str, Formula]) -> Formula:
    """The table of all named outputs; returns the count of those that differ while nothing was changed."""
    stored: Mapping[str, Value] = named_outputs(report.base)
    table = GrowingTable(
        page,
        "Results by name, beside the run",
        "Live: the named cell. Stored: what the run found [S]. They are compared while no input is changed and no "
        "subgroup, no scenario and no draw is shown.",
        [
            PageColumn("", "text", 12),
            PageColumn("Name", "text", 70),
            PageColumn("Live", "any", 18),
            PageColumn("Stored by the run", "any", 18),
            PageColumn("Status", "text", 14),
            PageColumn("Difference", "tiny", 16),
        ],
    )
    statuses = []
    missing = [name for name in stored if name not in cells]
    if missing:
        raise KeyError(f"no cell holds the output '{missing[0]}'")
    for name in (*stored, *(n for n in cells if n not in stored)):
        cell = cells[name]
        value = stored.get(name, cell.value if isinstance(cell.value, str) else 0.0)  # a category without a row is 0
        report.workbook.define_name(f"{PREFIX}{name}"[:250], f"={cell.text}")
        row = table.at.n_rows
        here, there = Formula(table.at.cell(row, 2), cell.value), Formula(table.at.cell(row, 3), value)
        difference = _difference(here, there)
        close = _close(live, here, there, _floor(live, name))
        status = only_as_run(where(close, EQUAL, DIFFERS), "not compared")
        table.add("", f"{PREFIX}{name}", As(cell, "any"), As(value, "any"), status, only_as_run(difference))
        statuses.append(status.value)
    span = table.span(4)
    return Formula(f'COUNTIF({span.text},"{DIFFERS}")', float(sum(s == DIFFERS for s in statuses)))


def _floor(live: LiveModel, name: str) -> Formula:
    """The size below which a difference is absolute: the cell of ``floor_of`` of the analysis."""
    constants = live.bench.constants
    if name.startswith(OF_ALL_PATIENTS):
        return constants.hundred_thousand
    return constants.thousand if name.startswith(RATIOS) else formula_of(1)


def _difference(here: Formula, there: Formula) -> Formula:
    both = not isinstance(here.value, str) and not isinstance(there.value, str)
    value: object = float(here.value) - float(there.value) if both else ""
    text = f'IF(AND(ISNUMBER({here.text}),ISNUMBER({there.text})),{here.text}-{there.text},"")'
    return Formula(text, value)


def _close(live: LiveModel, here: Formula, there: Formula, floor: Formula) -> Formula:
    """Equal words, or numbers that differ by no more than rounding allows; below ``floor`` the difference is absolute."""
    same = live.tolerance.text
    text = (
        f"IF(AND(ISNUMBER({here.text}),ISNUMBER({there.text})),"
        f"ABS({here.text}-{there.text})<={same}*MAX({floor.text},ABS({there.text})),{here.text}={there.text})"
    )
    if isinstance(here.value, str) or isinstance(there.value, str):
        value = float(here.value == there.value)
    else:
        gap = abs(float(here.value) - float(there.value))
        value = float(gap <= float(live.tolerance.value) * max(float(floor.value), abs(float(there.value))))
    return Formula(text, value)


def write_replay(report: Report, live: LiveModel, page: Page, results: ResultsAt, draws: DrawsAt | None) -> Formula:
    """What is shown (draw, scenario, subgroup) beside what the run stored of it; returns the count of those that differ."""
    counts: list[Formula] = []
    columns = [
        PageColumn("", "text", 12),
        PageColumn("Result", "text", 70),
        PageColumn("Live", "any", 18),
        PageColumn("Stored by the run", "any", 18),
        PageColumn("Status", "text", 14),
        PageColumn("Difference", "tiny", 16),
    ]
    inputs = live.inputs
    if draws is not None:
        table = GrowingTable(
            page,
            "Replay of a draw",
            "Settings, row 'Draw shown': the draw's inputs run through the live sheets; the results must be those that the "
            "run stored. Empty while no draw is shown.",
            columns,
        )
        shown = all_of(inputs.draw > 0, inputs.scenario.equals(0), inputs.subgroup.equals(0), CELLS_CHANGED.equals(0))
        for outcome, words in (("life_years", "Life years"), ("qalys", "QALYs"), ("costs", f"Cost, {report.currency}")):
            for a, name in enumerate(report.names):
                span = draws.span(outcome, a)
                stored = Formula(f'IF({inputs.draw.text}>0,INDEX({span},{inputs.draw.text}),"")', "")
                _replayed(live, table, f"{words}: {name}", results.totals[outcome, a], stored, shown)
        counts.append(table.span(4))
    if report.scenarios is not None and report.scenarios.scenarios:
        counts.append(_scenario(report, live, page, results, columns))
    if report.subgroup_cells:
        counts.append(_subgroup(report, live, page, results, columns))
    text = "+".join(f'COUNTIF({span.text},"{DIFFERS}")' for span in counts) or "0"
    return Formula(text, 0.0)


def _replayed(live: LiveModel, table: GrowingTable, words: str, cell: Formula, stored: Formula, shown: Formula) -> None:
    row = table.at.n_rows
    here, there = Formula(table.at.cell(row, 2), cell.value), Formula(table.at.cell(row, 3), "")
    status = Formula(f'IF({shown.text},IF({_close(live, here, there, formula_of(1)).text},"{EQUAL}","{DIFFERS}"),"")', "")
    table.add("", words, As(cell, "any"), As(stored, "any"), status, Formula(_difference(here, there).text, ""))


def _scenario(report: Report, live: LiveModel, page: Page, results: ResultsAt, columns: list[PageColumn]) -> Formula:
    table = GrowingTable(
        page,
        "Replay of a scenario",
        "Settings, row 'Scenario shown': its changes run through the live sheets; the results must be those of the sheet "
        f"{SCENARIOS.name}. Empty while no scenario is shown.",
        columns,
    )
    inputs = live.inputs
    shown = all_of(inputs.scenario > 0, inputs.draw.equals(0), inputs.subgroup.equals(0), CELLS_CHANGED.equals(0))
    at = report.scenario_cells
    for outcome, words, key in (
        ("costs", f"Incremental cost, {report.currency}", "incremental_cost"),
        ("life_years", "Incremental life years", "incremental_life_years"),
        ("qalys", "Incremental QALYs", "incremental_qalys"),
    ):
        span = at[key]
        stored = Formula(f'IF({inputs.scenario.text}>0,INDEX({span},{inputs.scenario.text}+1),"")', "")
        _replayed(live, table, words, results.totals[outcome, "increment"], stored, shown)
    return table.span(4)


def _subgroup(report: Report, live: LiveModel, page: Page, results: ResultsAt, columns: list[PageColumn]) -> Formula:
    table = GrowingTable(
        page,
        "Replay of a subgroup",
        "Settings, row 'Subgroup shown': its inputs run through the live sheets; the results must be those of the sheet "
        f"{SUBGROUP_RESULTS.name}. Empty while no subgroup is shown, and while a scenario is shown on it.",
        columns,
    )
    inputs = live.inputs
    shown = all_of(inputs.subgroup > 0, inputs.scenario.equals(0), inputs.draw.equals(0), CELLS_CHANGED.equals(0))
    for outcome, words in (("life_years", "Life years"), ("qalys", "QALYs"), ("costs", f"Cost, {report.currency}")):
        for a, name in enumerate(report.names):
            span = report.subgroup_cells[outcome, a]
            stored = Formula(f'IF({inputs.subgroup.text}>0,INDEX({span},{inputs.subgroup.text}),"")', "")
            _replayed(live, table, f"{words}: {name}", results.totals[outcome, a], stored, shown)
    return table.span(4)
