"""AdViSHE (Vemer et al. 2016) and CHEERS 2022 (Husereau et al. 2022), with the place where each item is answered.

No scores. An item is reported here, reported in part, or not reported here (it belongs to the authors of a submission), which
is not the same as not applicable.
"""

from __future__ import annotations

from collections.abc import Sequence

from model.analysis import OneWay, Subgroups, VerificationRecord
from model.analysis.base_case.against_evidence import calibrated_to, external_in_words
from model.analysis.verification.declared import FAIL, OPEN, PASS
from model.definition.structure import by_states
from model.excel.output_book import Report
from model.excel.output_sheets import CHECKLISTS
from model.excel.pages.cells import PageColumn
from model.excel.pages.input_words import sources
from model.excel.pages.page import Page

REPORTED, PARTLY, NOT_REPORTED, NOT_APPLICABLE = "reported", "reported in part", "not reported here", "not applicable"
BY_AUTHORS = "To be reported by the authors of a submission"
EXTREME = ("E6", "E7", "E9", "E10", "E11", "R12b", "R15", "P9c", "P24")
TRACES = ("E1", "E2", "E3", "E4", "E17", "R7b", "R7c", "P21")
UNITS = ("T1", "T5a", "T8b", "T13", "T14a", "R10a", "R16", "R18", "P3b", "P10", "P17")
"""Verification tests that answer the items C2, C3 and C4."""
Item = tuple[str, str, str, str, str]
"""Item, what it asks, status, answer, sheet."""


def write_checklists(report: Report) -> None:
    """Write the sheet."""
    page = Page(report, CHECKLISTS.name)
    columns = [
        PageColumn("Item", "text", 8),
        PageColumn("What it asks", "note", 46),
        PageColumn("Status", "text", 18),
        PageColumn("Answer", "note", 80),
        PageColumn("Sheet", "note", 34),
    ]
    statuses = (
        f"{REPORTED}: in this workbook, on the sheets named; {PARTLY}; {NOT_REPORTED}: it belongs to the report of the "
        f"authors; {NOT_APPLICABLE}: there is nothing to report. No scores."
    )
    page.filled(
        "AdViSHE: validation of the model",
        f"C2 to C4 come from the verification record of this very model. {statuses}",
        columns,
        [list(row) for row in advishe(report)],
    )
    page.filled("CHEERS 2022: reporting", f"All 28 items. {statuses}", columns, [list(row) for row in cheers(report)])
    page.close()


def _tested(report: Report, ids: Sequence[str], what: str) -> tuple[str, str, str]:
    """Status, answer and sheet of an item that verification tests answer."""
    record = report.results.of(VerificationRecord)
    if record is None:
        return NOT_REPORTED, f"{what}: the verification record was not made in this run (command verify-model)", ""
    made = {m.test: m.verdict for m in record.made}
    known = [i for i in ids if i in made and made[i] != OPEN]
    passed, failed = sum(made[i] == PASS for i in known), [i for i in known if made[i] == FAIL]
    words = f"{what}: {passed} of {len(known)} tests passed ({', '.join(known)})"
    words += f"; FAILED: {', '.join(failed)}" if failed else ""
    return REPORTED, f"{words}. {record.line()}", "Verification record"


def advishe(report: Report) -> list[Item]:
    """The thirteen items, D4 in its two parts."""
    definition = report.definition
    external = definition.external_evidence
    free = sum(e.dependence == "independent" for e in external)
    used = sum(calibrated_to(definition, e) for e in definition.evidence)
    published = len(definition.published_analyses)
    traces = ", ".join(e.name for e in report.trace_entries.values())
    ran, scenarios = report.scenarios is not None, len(definition.scenario_changes())
    fits = "Candidate distributions beside the statistics they are calibrated to; statistics of fit where there are data"
    return [
        ("A1", "Face validity of the conceptual model, by experts", NOT_REPORTED, BY_AUTHORS, ""),
        (
            "A2",
            "Cross-validity against other conceptual models",
            REPORTED if published else NOT_REPORTED,
            f"{published} published analyses with what they compare and why they differ; results under the other structure",
            "Model v evidence, Structures",
        ),
        (
            "B1",
            "Face validity of input data, by experts",
            PARTLY,
            f"{BY_AUTHORS}. Every input shows its source and a quality mark",
            "Parameters, References",
        ),
        ("B2", "Statistical fit of inputs based on regression", REPORTED, fits, "Curves"),
        (
            "C1",
            "External review of the computerised model",
            NOT_REPORTED,
            f"{BY_AUTHORS}. The verification record leaves a column for an independent reviewer",
            "Verification record",
        ),
        (
            "C2",
            "Extreme-value testing",
            *_tested(report, EXTREME, "No prices, no deaths, all dead, utilities 0 and 1, and others"),
        ),
        (
            "C3",
            "Testing of traces",
            *_with_sheet(_tested(report, TRACES, "Every cycle of every arm is shown and tested"), traces),
        ),
        ("C4", "Unit testing", *_tested(report, UNITS, "Parts of the calculation worked out a second time")),
        ("D1", "Expert review of outcomes", NOT_REPORTED, BY_AUTHORS, ""),
        (
            "D2",
            "Comparison with outcomes of other models",
            REPORTED if published else NOT_REPORTED,
            f"QALYs gained and ICERs of {published} published analyses beside this model's, and why they differ",
            "Model v evidence",
        ),
        (
            "D3",
            "Rerun with alternative input data",
            REPORTED if ran and scenarios else NOT_REPORTED,
            f"{scenarios} scenarios, each with its purpose; what each assumption moves" if ran else "Scenarios were not run",
            "Scenario results, Assumptions tested" if ran else "",
        ),
        (
            "D4a",
            "Comparison with empirical data used in the model (dependent)",
            REPORTED if used else NOT_APPLICABLE,
            f"{used} statistics that curves are calibrated to, each with a verdict",
            "Model v evidence",
        ),
        (
            "D4b",
            "Comparison with empirical data not used in the model (independent)",
            REPORTED if free else NOT_REPORTED,
            f"{free} of {len(external)} external figures are independent. {external_in_words(report.base)}".strip(),
            "Model v evidence",
        ),
        (
            "E1",
            "Other validation techniques",
            REPORTED,
            "Double programming: the calculation stands twice, in Python and as formulas of this workbook; every named "
            "result is compared, here and by the command verify in another spreadsheet program",
            "Checks",
        ),
    ]


def _with_sheet(found: tuple[str, str, str], sheets: str) -> tuple[str, str, str]:
    status, answer, sheet = found
    return status, answer, ", ".join(s for s in (sheet, sheets) if s)


def cheers(report: Report) -> list[Item]:
    """All 28 items."""
    about, s = report.definition.about, report.definition.settings
    arms = "; ".join(a.label for a in report.definition.arms)
    ids = {part for u in report.definition.utilities for part in sources(u.parameter.source).split("; ") if part}
    utilities = ", ".join(sorted(ids))
    fixed = sum(not p.uncertain for p in report.definition.parameters.values())
    known = len(report.definition.parameters)
    traces = ", ".join(e.name for e in report.trace_entries.values())
    uncertainty = [
        n
        for n in (
            _sheet(report.results.of(OneWay), "Tornado"),
            _sheet(report.scenarios, "Scenario results"),
            _sheet(report.psa, "PSA results, CEAC"),
        )
        if n
    ]
    partitioned = "Three-state partitioned survival: progression-free = PFS, progressed = OS - PFS, dead = 1 - OS"
    if report.definition.further_endpoints:
        names = ", ".join(state.label for state in report.definition.living_states)
        partitioned = f"Partitioned survival between ordered curves (sheet States): {names}, dead = 1 - OS"
    states = "Three-state transition model: patients progress or die, and die after progression; OS follows"
    return [
        ("1", "Title", REPORTED, about.title, "Cover"),
        ("2", "Abstract", PARTLY, f"The answer in words and figures; the abstract: {BY_AUTHORS.lower()}", "Answer"),
        ("3", "Background and objectives", PARTLY, f"The decision problem; the background: {BY_AUTHORS.lower()}", "Cover"),
        ("4", "Health economic analysis plan", NOT_REPORTED, BY_AUTHORS, ""),
        ("5", "Study population", REPORTED, about.population, "Cover, Population"),
        ("6", "Setting and location", REPORTED, about.perspective, "Cover"),
        ("7", "Comparators", REPORTED, arms, "Arms"),
        ("8", "Perspective", REPORTED, about.perspective, "Cover"),
        (
            "9",
            "Time horizon",
            REPORTED,
            f"{s.horizon_years:g} years from time zero ({about.time_zero}), cycles of {s.cycle_days:g} days",
            "Settings",
        ),
        (
            "10",
            "Discount rate",
            REPORTED,
            f"costs {s.discount_rate_costs:.2%}, effects {s.discount_rate_effects:.2%} per year",
            "Settings",
        ),
        ("11", "Selection of outcomes", REPORTED, "Life years and QALYs per patient", "Results"),
        (
            "12",
            "Measurement of outcomes",
            REPORTED,
            "Progression-free and overall survival of the trial; adverse events",
            "Survival, Adverse events",
        ),
        (
            "13",
            "Valuation of outcomes",
            REPORTED,
            f"Utilities by health state; sources: {utilities or 'see the sheet'}",
            "Utilities",
        ),
        (
            "14",
            "Measurement and valuation of resources and costs",
            REPORTED,
            "Quantities apart from unit costs",
            "Drugs, Care, Resource use",
        ),
        ("15", "Currency, price date, conversion", REPORTED, f"{s.currency}; price year: {s.price_year}", "Settings"),
        (
            "16",
            "Rationale and description of the model",
            REPORTED,
            f"{states if by_states(report.definition) else partitioned}; every cycle shown; the workbook is the model itself",
            traces,
        ),
        (
            "17",
            "Analytics and assumptions",
            REPORTED,
            f"{len(report.definition.assumptions)} assumptions with justification and what each moves; extrapolation; "
            "conventions; validation: the upper table of this sheet",
            "Answer, Assumptions, Assumptions tested, Curves",
        ),
        (
            "18",
            "Characterising heterogeneity",
            REPORTED if report.results.of(Subgroups) is not None else NOT_REPORTED,
            "Results by subgroup, and their mean weighted by share",
            _sheet(report.results.of(Subgroups), "Subgroup results"),
        ),
        ("19", "Characterising distributional effects", NOT_REPORTED, f"No distributional analysis here. {BY_AUTHORS}", ""),
        (
            "20",
            "Characterising uncertainty",
            REPORTED if uncertainty else NOT_REPORTED,
            f"{known - fixed} of {known} inputs have a distribution; one-way, scenario and probabilistic analyses",
            _sheet(report.psa, "PSA results"),
        ),
        ("21", "Approach to engagement with patients and others", NOT_REPORTED, BY_AUTHORS, ""),
        (
            "22",
            "Study parameters",
            REPORTED,
            "Values, ranges, distributions and sources of all inputs",
            "Parameters, References",
        ),
        (
            "23",
            "Summary of main results",
            REPORTED,
            "Mean costs and outcomes per arm, discounted and undiscounted",
            "Results, Disaggregated",
        ),
        (
            "24",
            "Effect of uncertainty",
            REPORTED if uncertainty else NOT_REPORTED,
            "Tornado, scenarios (horizon and discount rate among them where listed), probabilistic analysis",
            ", ".join(uncertainty),
        ),
        ("25", "Effect of engagement with patients and others", NOT_REPORTED, BY_AUTHORS, ""),
        (
            "26",
            "Findings, limitations, generalisability, current knowledge",
            PARTLY,
            f"Limitations; why the result differs from others. Generalisability: {BY_AUTHORS.lower()}",
            "Answer, Model v evidence",
        ),
        ("27", "Source of funding", NOT_REPORTED, BY_AUTHORS, ""),
        ("28", "Conflicts of interest", NOT_REPORTED, BY_AUTHORS, ""),
    ]


def _sheet(found: object, name: str) -> str:
    return name if found is not None else ""
