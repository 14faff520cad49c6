"""AdViSHE (Vemer et al. 2016) and CHEERS 2022 (Husereau et al. 2022), with the place where each item is answered.

No scores: an item is answered, or it is left to the authors of a submission.
"""

from __future__ import annotations

from model.analysis import OneWay, Subgroups
from model.analysis.base_case.against_evidence import calibrated_to
from model.excel.output_book import Report
from model.excel.output_sheets import CHECKLISTS
from model.excel.pages.cells import PageColumn
from model.excel.pages.input_words import sources
from model.excel.pages.page import Page

OPEN = "Not in this workbook: to be reported by the authors"


def write_checklists(report: Report) -> None:
    """Write the sheet."""
    page = Page(report, CHECKLISTS.name)
    columns = [
        PageColumn("Item", "text", 12),
        PageColumn("What it asks", "text", 46),
        PageColumn("Answer", "note", 80),
        PageColumn("Sheet", "text", 30),
    ]
    page.filled(
        "AdViSHE: validation of the model",
        "Pointers, without scores. C2 to C4 come from the automatic checks of the model.",
        columns,
        [list(row) for row in advishe(report)],
    )
    page.filled(
        "CHEERS 2022: reporting",
        "Items that a workbook can answer, filled in from the inputs. Items 1-4, 19, 21 and 25-28 belong to the report.",
        columns,
        [list(row) for row in cheers(report)],
    )
    page.close()


def advishe(report: Report) -> list[tuple[str, str, str, str]]:
    """Item, question, answer, sheet."""
    definition = report.definition
    external = definition.external_evidence
    free = sum(e.dependence == "independent" for e in external)
    used = sum(calibrated_to(definition, e) for e in definition.evidence)
    fits = "Candidate distributions beside the statistics they are calibrated to; tests of fit need patient data"
    return [
        ("A1", "Face validity of the conceptual model, by experts", OPEN, ""),
        (
            "A2",
            "Cross-validity against other conceptual models",
            f"{len(definition.published_analyses)} published analyses listed",
            "Model v evidence",
        ),
        (
            "B1",
            "Face validity of input data, by experts",
            f"{OPEN}. Every input shows its source and a quality mark",
            "Parameters",
        ),
        ("B2", "Statistical fit of inputs based on regression", fits, "Curves"),
        ("C1", "External review of the computerised model", OPEN, ""),
        (
            "C2",
            "Extreme-value testing",
            "Automatic tests of the engine at extreme values: see the report of the tests of the model",
            "",
        ),
        (
            "C3",
            "Testing of traces",
            "Every cycle of every arm is shown; the sums over the trace are the results, and check R7 compares them with "
            "the sums over categories",
            ", ".join(e.name for e in report.trace_entries.values()),
        ),
        ("C4", "Unit testing", "Automatic tests of every part of the calculation against independent software", ""),
        ("D1", "Expert review of outcomes", OPEN, ""),
        ("D2", "Comparison with outcomes of other models", "Published analyses and why results differ", "Model v evidence"),
        (
            "D3",
            "Rerun with alternative input data",
            f"{len(definition.scenario_changes())} scenarios" if report.scenarios else "Scenarios were not run",
            _sheet(report.scenarios, "Scenario results"),
        ),
        (
            "D4a",
            "Comparison with empirical data used in the model (dependent)",
            f"{used} statistics that curves are calibrated to",
            "Model v evidence",
        ),
        (
            "D4b",
            "Comparison with empirical data not used in the model (independent)",
            f"{free} of {len(external)} external figures are independent",
            "Model v evidence",
        ),
    ]


def cheers(report: Report) -> list[tuple[str, str, str, str]]:
    """Item, label, answer, sheet."""
    about, s = report.definition.about, report.definition.settings
    arms = "; ".join(a.label for a in report.definition.arms)
    ids = {part for u in report.definition.utilities for part in sources(u.parameter.source).split("; ") if part}
    utilities = ", ".join(sorted(ids))
    fixed = sum(not p.uncertain for p in report.definition.parameters.values())
    known = len(report.definition.parameters)
    return [
        ("5", "Study population", about.population, "Cover, Population"),
        ("6", "Setting and location", about.perspective, "Cover"),
        ("7", "Comparators", arms, "Arms"),
        ("8", "Perspective", about.perspective, "Cover"),
        (
            "9",
            "Time horizon",
            f"{s.horizon_years:g} years from time zero ({about.time_zero}), cycles of {s.cycle_days:g} days",
            "Settings",
        ),
        (
            "10",
            "Discount rate",
            f"costs {s.discount_rate_costs:.2%}, effects {s.discount_rate_effects:.2%} per year",
            "Settings",
        ),
        ("11", "Selection of outcomes", "Life years and QALYs per patient", "Results"),
        (
            "12",
            "Measurement of outcomes",
            "Progression-free and overall survival of the trial; adverse events",
            "Survival, Adverse events",
        ),
        ("13", "Valuation of outcomes", f"Utilities by health state; sources: {utilities or 'see the sheet'}", "Utilities"),
        (
            "14",
            "Measurement and valuation of resources and costs",
            "Quantities apart from unit costs",
            "Drugs, Care, Resource use",
        ),
        ("15", "Currency, price date, conversion", f"{s.currency}; price year: {s.price_year}", "Settings"),
        (
            "16",
            "Rationale and description of the model",
            "Three-state partitioned survival: progression-free = PFS, progressed = OS - PFS, "
            "dead = 1 - OS; every cycle shown",
            ", ".join(e.name for e in report.trace_entries.values()),
        ),
        (
            "17",
            "Analytics and assumptions",
            f"{len(report.definition.assumptions)} assumptions with justification; conventions on the first sheet",
            "Answer, Assumptions",
        ),
        (
            "18",
            "Characterising heterogeneity",
            "Results by subgroup, and their mean weighted by share",
            _sheet(report.results.of(Subgroups), "Subgroup results"),
        ),
        (
            "20",
            "Characterising uncertainty",
            f"{known - fixed} of {known} inputs have a distribution; one-way, scenario and probabilistic analyses",
            _sheet(report.psa, "PSA results"),
        ),
        ("22", "Study parameters", "Values, ranges, distributions and sources of all inputs", "Parameters, References"),
        (
            "23",
            "Summary of main results",
            "Mean costs and outcomes per arm, discounted and undiscounted",
            "Results, Disaggregated",
        ),
        (
            "24",
            "Effect of uncertainty",
            "Tornado, scenarios (horizon and discount rate among them where listed), probabilistic analysis",
            ", ".join(
                n
                for n in (
                    _sheet(report.results.of(OneWay), "Tornado"),
                    _sheet(report.scenarios, "Scenario results"),
                    _sheet(report.psa, "PSA results, CEAC"),
                )
                if n
            ),
        ),
    ]


def _sheet(found: object, name: str) -> str:
    return name if found is not None else ""
