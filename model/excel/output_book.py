"""What every report sheet needs: the results, the workbook, and the list of its sheets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from model.analysis import PSA, BaseCase, Scenarios
from model.analysis.analysis import Results
from model.analysis.curve_choice import EndpointFits, endpoints_of
from model.analysis.safe_names import sheet_name
from model.definition.checks.states import too_many_states
from model.definition.curves.after_progression import os_is_published
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import endpoint_words, short_endpoint
from model.definition.records.states import THREE_STATES
from model.excel.inputs.cover import FurtherSheet
from model.excel.inputs.input_draws_sheet import PURPOSE, SHEET, TITLE
from model.excel.inputs.layout import Layout
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import FieldsSpec, SheetSpec
from model.excel.output_sheets import (
    ABOUT_RUN,
    ANSWER,
    BUDGET,
    BUDGET_WORKINGS,
    BUDGET_YEARS,
    CALENDAR,
    CALIBRATION,
    CHECKLISTS,
    CHECKS,
    COEFFICIENTS,
    COHERENCE,
    CONTENTS,
    CONVENTIONS,
    CURVE_DATA,
    CURVES,
    DISAGGREGATED,
    EFFECTIVE_N,
    EVIDENCE,
    IN_USE,
    NOT_LIVE,
    PACKS,
    PARAMETERS,
    RESOURCES,
    RESULTS,
    RULES,
    RUN_INPUTS,
    SINCE_PROGRESSION,
    STATE_SOLUTIONS,
    STATISTICS,
    TIMELINE,
    TREATMENT,
    WORKINGS,
    agency_entries,
    all_fit_entries,
)
from model.excel.pages.desk import Entry
from model.excel.pages.styles import Styles

OUTCOMES = ("life_years", "qalys", "costs")
PALETTE = ("#6E6E6E", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4B1248")
STATE_COLOURS = {"Progression-free": "#17624A", "Progressed": "#F7C55A", "Dead": "#8D949E"}
FURTHER_STATE_COLOURS = ("#17624A", "#4FA384", "#A8D5BF", "#F7C55A", "#E08E2B", "#B4521E")
POPULATION_COLOUR = "#111827"


@dataclasses.dataclass(frozen=True)
class Report:
    """Results to be written, and where. ``run`` holds the facts of the run by name, such as ``run_id``; ``analysis_entries``:
    the sheets of the analyses; ``differing``: by table and field the cell that counts the input cells that are not those of
    the run."""

    workbook: Workbook
    styles: Styles
    results: Results
    analysis_entries: Sequence[Entry] = ()
    run: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    layout: Layout | None = None
    scenario_cells: dict[str, str] = dataclasses.field(default_factory=dict)
    subgroup_cells: dict[tuple[str, int], str] = dataclasses.field(default_factory=dict)
    stored_tables: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    differing: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)

    @property
    def base(self) -> BaseCase:
        return self.results.the(BaseCase)

    @property
    def psa(self) -> PSA | None:
        return self.results.of(PSA)

    @property
    def scenarios(self) -> Scenarios | None:
        return self.results.of(Scenarios)

    @property
    def definition(self) -> ModelDefinition:
        return self.base.definition

    @property
    def currency(self) -> str:
        return self.definition.settings.currency

    @cached_property
    def names(self) -> list[str]:
        """Short names of the arms."""
        return [arm.short_label for arm in self.definition.arms]

    @cached_property
    def colours(self) -> list[str]:
        """A colour per arm; the palette's where two arms have the same."""
        own = [arm.colour for arm in self.definition.arms]
        return own if len({c.upper() for c in own}) == len(own) else [PALETTE[i % len(PALETTE)] for i in range(len(own))]

    @cached_property
    def state_colours(self) -> dict[str, str]:
        """A colour per state by its name, the dead last."""
        definition = self.definition
        if not definition.states:
            return STATE_COLOURS
        living = definition.living_states
        if len(living) == len(THREE_STATES):
            shades: Sequence[str] = list(STATE_COLOURS.values())
        else:
            shades = [FURTHER_STATE_COLOURS[i % len(FURTHER_STATE_COLOURS)] for i in range(len(living))]
        return {**dict(zip((s.label for s in living), shades, strict=False)), "Dead": STATE_COLOURS["Dead"]}

    @property
    def positions(self) -> tuple[int, int]:
        """Positions of the comparator and of the intervention among the arms."""
        return self.base.positions

    @property
    def increment(self) -> str:
        """What an increment is, in words."""
        old, new = self.positions
        return f"{self.names[new]} minus {self.names[old]}"

    @property
    def thresholds(self) -> tuple[float, ...]:
        return self.definition.all_thresholds()

    @property
    def decision_threshold(self) -> float:
        """The highest decision threshold, at which one-way results and the chart of the plane are drawn."""
        return max(self.definition.decision_thresholds() or self.thresholds)

    @property
    def title(self) -> str:
        return self.definition.about.title

    @property
    def home(self) -> str:
        return ANSWER.name

    @property
    def run_words(self) -> str:
        return f"Run {self.run['run_id']}" if self.run.get("run_id") else ""

    @property
    def stored(self) -> str:
        """What a stored value is, for the explanation above a table."""
        return f"[S] stored values of {'run ' + str(self.run['run_id']) if self.run.get('run_id') else 'the run'}."

    # ---- sheets --------------------------------------------------------------------------------------------------

    @cached_property
    def trace_entries(self) -> dict[str, Entry]:
        """The trace sheet of each arm."""
        found: dict[str, Entry] = {}
        taken: set[str] = set()
        for arm in self.definition.arms:
            name = sheet_name(f"Trace {arm.short_label}", taken)
            found[arm.id] = Entry(
                name, f"Trace: {arm.label}", "Every cycle, live; the sums over all cycles are the results", "C"
            )
        return found

    @cached_property
    def transition_entries(self) -> dict[str, Entry]:
        """The sheet of the implied transitions of each arm."""
        taken = {e.name.casefold() for e in (*self.trace_entries.values(), *self.curve_entries.values())}
        purpose = (
            "Hazards of progression and of death before and after it, cycle by cycle, and where the rules of the flags break"
        )
        return {
            arm.id: Entry(sheet_name(f"Transitions {arm.short_label}", taken), f"Transitions: {arm.label}", purpose, "C")
            for arm in self.definition.arms
        }

    @cached_property
    def state_entries(self) -> dict[str, Entry]:
        """The sheet of each arm's states in the state-transition structure; none where no OS is published."""
        if not os_is_published(self.definition) or too_many_states(self.definition):
            return {}
        others = (*self.trace_entries.values(), *self.curve_entries.values(), *self.transition_entries.values())
        taken = {e.name.casefold() for e in (*others, STATE_SOLUTIONS)}
        purpose = "State-transition structure: leaving the progression-free state, survival after progression, the progressed"
        return {
            arm.id: Entry(sheet_name(f"States {arm.short_label}", taken), f"States: {arm.label}", purpose, "C")
            for arm in self.definition.arms
        }

    @cached_property
    def curve_entries(self) -> dict[tuple[str, str], Entry]:
        """The sheet of each curve."""
        drugs = {drug.id: drug.label for drug in self.definition.drugs}
        arms = {arm.id: arm for arm in self.definition.arms}
        found: dict[tuple[str, str], Entry] = {}
        taken = {e.name.casefold() for e in self.trace_entries.values()}
        for curve in self.definition.curves:
            endpoint = short_endpoint(curve.endpoint, drugs)
            name = sheet_name(f"{endpoint} {arms[curve.arm].short_label}", taken)
            title = f"{arms[curve.arm].short_label}: {endpoint_words(curve.endpoint, drugs)}"
            purpose = "Every candidate distribution, the one in use, and each step to the curve of the trace"
            found[curve.arm, curve.endpoint] = Entry(name, title, purpose, "C")
        return found

    @cached_property
    def entries(self) -> list[Entry]:
        """The report's sheets in order, those that hold results of this run."""
        budget = bool(self.definition.market_shares)
        found = [RESULTS, DISAGGREGATED]  # printed, as what stands before them: one stretch of tabs
        found += [*agency_entries(self.definition), *([BUDGET] if budget else []), RESOURCES, CURVES, COHERENCE]
        found += [IN_USE, CONVENTIONS, TIMELINE, STATISTICS, *([EFFECTIVE_N] if self.definition.follow_up else [])]
        found += [CALIBRATION, COEFFICIENTS, *self.curve_entries.values()]
        if self.state_entries:
            found += [STATE_SOLUTIONS, SINCE_PROGRESSION, *self.state_entries.values()]
        found += [TREATMENT, PACKS, CALENDAR, *self.trace_entries.values(), *self.transition_entries.values()]
        found += [BUDGET_WORKINGS, BUDGET_YEARS] if budget else []
        found += [WORKINGS, CURVE_DATA]
        return [
            *found,
            *self.analysis_entries,
            *self.fit_sheets,
            CHECKS,
            RULES,
            RUN_INPUTS,
            EVIDENCE,
            PARAMETERS,
            NOT_LIVE,
            CHECKLISTS,
        ]

    @cached_property
    def endpoints(self) -> tuple[EndpointFits, ...]:
        """The endpoints whose curves are fitted to data."""
        return endpoints_of(self.definition)

    @cached_property
    def fit_sheets(self) -> list[Entry]:
        """The sheets of the endpoints fitted to data."""
        return all_fit_entries(self.endpoints)

    @property
    def front(self) -> list[Entry]:
        """The sheets before the inputs."""
        return [ANSWER, CONTENTS, ABOUT_RUN]

    @property
    def further_sheets(self) -> list[FurtherSheet]:
        """Where the cover of the inputs leads: to the sheet that lists all others."""
        return [FurtherSheet(CONTENTS.name, CONTENTS.purpose, CONTENTS.sheet_class)]

    @property
    def purposes(self) -> dict[str, str]:
        """What every sheet is for, by its name: the second row of its head."""
        own = {e.name: e.purpose for e in [*self.front, *self.input_entries, *self.entries]}
        return {**own, self.home: "The answer on one page; the sheet Contents lists the rest"}

    @property
    def input_entries(self) -> list[Entry]:
        """The input sheets; one without a single record is not printed, nor are draws."""
        elsewhere = [] if self.definition.input_draws is None else [Entry(SHEET, TITLE, PURPOSE, "I")]
        return [
            Entry(s.name, s.title, s.purpose, "K" if s.name == SHEETS[0].name else "I", printed=self._holds_inputs(s))
            for s in SHEETS
        ] + elsewhere

    def _holds_inputs(self, sheet: SheetSpec) -> bool:
        return any(isinstance(t, FieldsSpec) or len(self.definition.table(t.name)) for t in sheet.tables)

    def is_stored(self, name: str) -> bool:
        """Is everything on a sheet of the run?"""
        return any(e.stored for e in self.entries if e.name == name)

    def entry(self, name: str) -> Entry:
        return next(e for e in [*self.front, *self.entries] if e.name == name)

    def sheet(self, name: str) -> Worksheet:
        sheet = self.workbook.get_worksheet_by_name(name)
        assert sheet is not None
        return sheet
