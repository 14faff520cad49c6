"""Every line of the account, live: expected quantity per patient, value per unit, amount; and care by category."""

from __future__ import annotations

import dataclasses

from model.analysis.columns.base_case import RESOURCE_USE
from model.analysis.columns.common import ARM
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import where
from model.excel.live.care import CareLine
from model.excel.live.evaluate import LiveModel
from model.excel.live.streams import Line
from model.excel.output_book import Report
from model.excel.output_sheets import RESOURCES
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

KIND_WORDS = {"cost": "Cost lines", "qaly": "QALY lines", "life_years": "Life-year lines"}
UNITS = {"doses or packs": "doses or packs", "years": "patient-years"}

Parts = dict[tuple[str, str, str], list[tuple[Formula, Formula]]]


@dataclasses.dataclass(frozen=True)
class AccountAt:
    """Cells of the account: by (kind, category, arm) the discounted and undiscounted amounts that make it up."""

    parts: Parts


def write_resources(report: Report, live: LiveModel) -> AccountAt:
    """The lines of every arm; then care items by the category that their inputs put them in."""
    page = Page(report, RESOURCES.name)
    parts: Parts = {}
    care: list[tuple[str, CareLine, Formula, Formula]] = []
    for kind, title in KIND_WORDS.items():
        unit = {"cost": report.currency, "qaly": "QALYs", "life_years": "years"}[kind]
        columns = RESOURCE_USE.pick("arm", "category", "item", "quantity", "unit")
        amounts = RESOURCE_USE.pick("cost_per_unit", "cost_undiscounted", "cost")
        columns += amounts if kind == "cost" else [column.measured(unit, "qalys") for column in amounts]
        table = GrowingTable(
            page,
            title,
            "Expected over the whole horizon, per patient of the cohort: patients who do not get a treatment count as 0, so "
            "a quantity holds the share treated (of courses: the share treated after progression). A value per unit holds "
            "what one unit costs or is worth on average: the planned doses that are paid for, the probability of an adverse "
            "event times its cost, a year of monthly costs. With a dearer first dose or visit the amount is more than "
            "quantity x value. Doses and visits fall on exact days, unless the setting 'Doses and visits' says otherwise. "
            "Costs at progression and courses are not counted in cycles in which PFS is held at OS, where every PFS event is "
            "a death (unless the setting 'Progressions counted' counts every PFS event).",
            page_columns(report, columns),
        )
        for arm, trace in live.arms.items():
            name = report.definition.arm(arm).short_label
            for line in trace.of_kind(kind):
                quantity, value = line.per_patient
                row = table.add(
                    name,
                    _category(line),
                    line.label,
                    quantity,
                    UNITS.get(line.unit, line.unit),
                    value,
                    line.undiscounted,
                    line.discounted,
                )
                discounted, undiscounted = table.cell(row, 7), table.cell(row, 6)
                if isinstance(line, CareLine):
                    care.append((arm, line, discounted, undiscounted))
                else:
                    parts.setdefault((kind, line.category, arm), []).append((discounted, undiscounted))
        if kind == "cost":
            page.freeze(table.at, 3)
    _care_by_category(report, page, care, parts)
    page.close()
    return AccountAt(parts)


def _category(line: Line) -> object:
    """The category in words; of a care item it follows from the inputs."""
    if not isinstance(line, CareLine):
        return line.category
    c = line.cells
    assert c is not None
    by_state = where(c.everybody, "Care, both states", where(c.progressed, "Care, progressed", "Care, progression-free"))
    for category, in_state in c.listed.items():
        by_state = where(in_state, category, by_state)
    return where(c.on_drug, "Monitoring on treatment", where(c.flow, "At progression", by_state))


def _care_by_category(report: Report, page: Page, care: list[tuple[str, CareLine, Formula, Formula]], parts: Parts) -> None:
    if not care:
        return
    categories = list(care[0][1].shares(care[0][2], care[0][3]))
    table = GrowingTable(
        page,
        "Care items by category",
        "What an item costs in each category, by the state, drug or event that its inputs name.",
        [
            *page_columns(report, [ARM.wide(18), *(c.wide(28) for c in RESOURCE_USE.pick("item"))]),
            *(
                PageColumn(f"{category}, {which}, {report.currency}", "money", 18)
                for category in categories
                for which in ("discounted", "undiscounted")
            ),
        ],
    )
    for arm, line, discounted, undiscounted in care:
        shares = line.shares(discounted, undiscounted)
        cells = [As(c, "money") for pair in shares.values() for c in pair]
        row = table.add(report.definition.arm(arm).short_label, line.label, *cells)
        for i, category in enumerate(categories):
            pair = (table.cell(row, 2 + 2 * i), table.cell(row, 3 + 2 * i))
            parts.setdefault(("cost", category, arm), []).append(pair)
