"""Where the floors and the repair of crossing move a curve, live."""

from __future__ import annotations

from model.analysis.base_case.named_outputs import NEVER, slug
from model.analysis.columns.coherence import RULES_IN_FORCE
from model.engine.binding import REPAIR, RULES, UNDER_OS, UNDER_PFS
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, largest, match, total, where
from model.excel.live.evaluate import LiveModel
from model.excel.live.implied_hazards import RuleColumns
from model.excel.output_book import Report
from model.excel.pages.cells import As
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

WORDS = {
    UNDER_OS: "general population's hazard as a floor under OS",
    UNDER_PFS: "general population's hazard as a floor under PFS",
    REPAIR: "repair where PFS exceeds OS",
}


def write_rules_in_force(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """The table; returns its cells by the names of the outputs."""
    table = GrowingTable(
        page,
        "Where rules move a curve",
        "From month: the first that a rule moves. The rule 'hazard' acts wherever the hazard of OS is above that of PFS, "
        "years before the curves would meet.",
        page_columns(report, RULES_IN_FORCE.declared),
    )
    found: dict[str, Formula] = {}
    for arm, made in live.transitions.items():
        for rule in RULES:
            cells = _cells(live, made.rules.get(rule))
            row = table.add(report.definition.arm(arm).short_label, WORDS[rule], *cells)
            for k, name in enumerate(("binds_from", "binds_in_cycles", "binds_moving"), start=3):
                found[f"{name}_{slug(rule)}_{arm}"] = table.cell(row, k)
    return found


def _cells(live: LiveModel, rule: RuleColumns | None) -> list[As]:
    """In force, from month, share of the cycles, largest share moved; of a rule that needs a life table, where there is
    none: never."""
    if rule is None:
        nothing = formula_of(0)
        return [As(nothing, "plain"), As(formula_of(NEVER), "months"), As(nothing, "share"), As(nothing, "small")]
    acts, tiny = rule.acts.span, live.bench.constants.crossing_tolerance
    ever = rule.in_force * largest(acts) > 0
    first = index(live.timeline.months.span, match(1, acts))
    share = where(ever, total(acts) / live.timeline.rules.n_cycles, 0)
    moved = where(rule.in_force * (largest(rule.moved.span) > tiny), largest(rule.moved.span), 0)
    return [As(rule.in_force, "plain"), As(where(ever, first, NEVER), "months"), As(share, "share"), As(moved, "small")]
