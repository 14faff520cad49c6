"""The whole calculation as sheets of formulas, from the inputs in use to the totals of every arm.

The twin of the engine's file of this name: what the engine returns as outcomes stands here as cells.
"""

from __future__ import annotations

import dataclasses

from model.constants import DAYS_OF_YEARS
from model.definition.records.names import endpoint_words
from model.definition.records.settings import STATE_TRANSITION
from model.engine.engine import Engine
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import flag
from model.excel.live.bench import Bench
from model.excel.live.constants import Constants
from model.excel.live.curves.calibration import CalibrationSheets
from model.excel.live.curves.coefficients import CoefficientSheet
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.data_changed import write_data_changed
from model.excel.live.dosing import DrugCells, write_drugs, write_regimens
from model.excel.live.implied_hazards import Transitions, write_transitions
from model.excel.live.inputs import InputsInUse
from model.excel.live.rules.all_rules import RulesAt, write_rules
from model.excel.live.state_transition import StateModel, StateSheets
from model.excel.live.states import Curves, write_curves
from model.excel.live.stored_draws import DrawsAt
from model.excel.live.streams import Calendars
from model.excel.live.structure import write_structure
from model.excel.live.timeline import Timeline, write_timeline
from model.excel.live.trace import ArmTrace, write_trace
from model.excel.live.unit_costs import UnitCosts
from model.excel.live.utility_periods import write_utilities
from model.excel.output_book import Report
from model.excel.output_sheets import COEFFICIENTS, CONVENTIONS, IN_USE, RULES, STATE_SOLUTIONS, STATISTICS, TREATMENT
from model.excel.pages.page import Page

HEADROOM = 1.02
WIDTH_OF_IDS = 50.0


@dataclasses.dataclass
class LiveModel:
    """Where everything stands, for the sheets of results."""

    bench: Bench
    timeline: Timeline
    cells: dict[tuple[str, str], CurveCells]
    curves: Curves
    arms: dict[str, ArmTrace]
    states: StateModel | None
    transitions: dict[str, Transitions]
    calibrations: CalibrationSheets
    coefficients: CoefficientSheet
    drugs: dict[str, DrugCells]
    rows_changed: Formula
    ids_changed: Formula
    data_changed: Formula | None
    tolerance: Formula
    pages: list[Page]
    rules: RulesAt

    @property
    def inputs(self) -> InputsInUse:
        return self.bench.inputs

    @property
    def unsettled(self) -> list[Formula]:
        """For each curve from evidence 1 where its calibration has not settled."""
        return [*self.coefficients.unsettled, *(self.states.unsettled if self.states is not None else [])]

    def availability(self) -> list[tuple[str, Formula]]:
        """For each curve 0 where the sheets hold what its inputs ask for, else 1."""
        words = "The workbook holds what the inputs ask for"
        found = [(f"{words}: {c.label}", c.missing) for c in self.cells.values()]
        if self.states is not None:
            return found + [(f"{words}: {what[0].lower()}{what[1:]}", cell) for what, cell in self.states.missing]
        structure = flag(self.inputs["settings.structure"].equals(STATE_TRANSITION))
        return [*found, (f"{words}: published OS for the state-transition structure", structure)]

    def close(self) -> None:
        """Write the sheets, once nothing more refers to them."""
        for page in self.pages:
            page.close()
        self.calibrations.close()
        titles = {e.name: e for e in self.bench.report.entries}
        for grid in self.bench.grids:
            entry = titles[grid.name]
            grid.close(entry.title, entry.purpose, entry.sheet_class)


def write_live(report: Report, draws: DrawsAt | None) -> LiveModel:
    """Every sheet of the calculation."""
    engine = report.base.engine
    in_use, conventions = Page(report, IN_USE.name), Page(report, CONVENTIONS.name)
    in_use.widest_shared = WIDTH_OF_IDS
    inputs = InputsInUse(report, in_use, draws)
    constants = Constants(report, conventions, inputs)
    unit_costs = UnitCosts(inputs, conventions)
    bench = Bench(report, engine, constants, inputs, unit_costs, conventions, rows_needed(report, engine), draws)
    timeline = write_timeline(bench)
    pages = [in_use, conventions]
    coefficients, statistics, treatment = (Page(report, e.name) for e in (COEFFICIENTS, STATISTICS, TREATMENT))
    pages += [coefficients, statistics, treatment]
    words = curve_words(report)
    calibrations = CalibrationSheets(bench, statistics, words)
    coefficient_sheet = CoefficientSheet(bench, coefficients, calibrations, words)
    cells = coefficient_sheet.write()
    drugs = write_drugs(bench, treatment, timeline)
    regimens = write_regimens(bench, treatment, timeline, drugs)
    names = {key: entry.name for key, entry in report.curve_entries.items()}
    curves = write_curves(bench, timeline, cells, regimens, names)
    states = None
    if report.state_entries:
        solutions = Page(report, STATE_SOLUTIONS.name)
        pages.append(solutions)
        sheets = StateSheets(bench, timeline, solutions, curves, calibrations.statistics)
        states = sheets.write({arm: entry.name for arm, entry in report.state_entries.items()})
    calendars = Calendars(bench, timeline)
    utilities = write_utilities(bench, treatment, timeline)
    arms = {
        arm: write_trace(
            bench,
            treatment,
            timeline,
            curves,
            calendars,
            utilities,
            drugs,
            regimens,
            arm,
            report.trace_entries[arm].name,
            None if states is None else states.arms[arm],
        )
        for arm in report.definition.arm_ids
    }
    transitions = {
        arm: write_transitions(
            bench,
            timeline,
            curves,
            trace.states,
            report.transition_entries[arm].name,
            None if states is None else states.arms[arm],
        )
        for arm, trace in arms.items()
    }
    rows_changed, ids_changed = write_structure(bench, in_use)
    data_changed = write_data_changed(bench, in_use)
    rules = write_rules(bench, Page(report, RULES.name), drugs)
    return LiveModel(
        bench,
        timeline,
        cells,
        curves,
        arms,
        states,
        transitions,
        calibrations,
        coefficient_sheet,
        drugs,
        rows_changed,
        ids_changed,
        data_changed,
        coefficient_sheet.tolerance(),
        pages,
        rules,
    )


def rows_needed(report: Report, engine: Engine) -> int:
    """Rows over cycles: the longest time axis of the base case, of any scenario and of any subgroup, and 2% more."""
    settings = report.definition.settings
    longest = engine.timeline.n_cycles
    for change in report.definition.all_changes():
        years = float(change.get("settings.horizon_years", settings.horizon_years))
        days = float(change.get("settings.cycle_days", settings.cycle_days))
        in_year = DAYS_OF_YEARS[str(change.get("settings.year_length", settings.year_length))]
        longest = max(longest, round(years * in_year / days))
    return int(longest * HEADROOM) + 3


def curve_words(report: Report) -> dict[str, str]:
    """Each curve in words, by arm and endpoint."""
    drugs = {d.id: d.label for d in report.definition.drugs}
    arms = {a.id: a.short_label for a in report.definition.arms}
    return {f"{c.arm}.{c.endpoint}": f"{arms[c.arm]}, {endpoint_words(c.endpoint, drugs)}" for c in report.definition.curves}
