"""Every draw of the probabilistic analysis: outcomes, increments, inputs."""

from __future__ import annotations

import dataclasses

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from model.analysis import PSA
from model.excel.output_book import Report
from model.excel.output_sheets import PSA_DRAWS
from model.excel.pages.blocks import BlockColumn, BlockSheet
from model.excel.pages.cells import FORMATS, finish, header_style, write_top
from model.excel.pages.input_words import InputWords
from model.excel.pages.measures import row_height

ID_ROW, HEADER_ROW, FIRST_ROW = 5, 6, 7
OUTCOMES = {
    "life_years": ("life years", "years"),
    "qalys": ("QALYs", "qalys"),
    "costs": ("cost", "money"),
    "crossing_first_month": ("first month of crossing", "months"),
    "crossing_area_months": ("area of crossing, months", "area"),
}


@dataclasses.dataclass(frozen=True)
class DrawsAt:
    """Columns of the outcomes: (outcome, arm position or "increment") -> column number."""

    columns: dict[tuple[str, int | str], int]
    n_draws: int
    inputs: dict[str, int] = dataclasses.field(default_factory=dict)
    intervention: int = 1

    def input_span(self, name: str) -> str:
        """All draws of one input (or of one coefficient of a curve), as formulas on other sheets write it."""
        return self._span(self.inputs[name])

    def span(self, outcome: str, arm: int | str) -> str:
        """All draws of one outcome, as formulas on other sheets write it."""
        return self._span(self.columns[outcome, arm])

    def _span(self, column: int) -> str:
        name = xl_col_to_name(column, col_abs=True)
        return f"{quote_sheetname(PSA_DRAWS.name)}!{name}${FIRST_ROW + 1}:{name}${FIRST_ROW + self.n_draws}"


def write_draws(report: Report, psa: PSA) -> DrawsAt:
    """Write the sheet: the number of the draw, outcomes per arm, increments (live), then every varying input."""
    sheet = report.sheet(PSA_DRAWS.name)
    assert isinstance(sheet, BlockSheet)
    write_top(report, sheet, PSA_DRAWS.title, PSA_DRAWS.purpose)
    table = psa.table()
    n = len(table)
    words = InputWords(report.definition)
    old, new = report.positions
    heads: list[tuple[str, str, str, BlockColumn]] = [("draw", "Draw", "plain", BlockColumn(table["draw"].to_numpy()))]
    columns: dict[tuple[str, int | str], int] = {}
    for outcome, (label, kind) in OUTCOMES.items():
        for a, arm in enumerate(report.definition.arm_ids):
            columns[outcome, a] = len(heads)
            unit = f", {report.currency}" if outcome == "costs" else ""
            name = f"{outcome}.{arm}"
            heads.append((name, f"{report.names[a]}: {label}{unit}", kind, BlockColumn(table[name].to_numpy())))
        if outcome in ("life_years", "qalys", "costs"):
            columns[outcome, "increment"] = len(heads)
            values = (
                table[f"{outcome}.{report.definition.arm_ids[new]}"] - table[f"{outcome}.{report.definition.arm_ids[old]}"]
            )
            heads.append((f"increment.{outcome}", f"Increment: {label}{unit}", kind, BlockColumn(values.to_numpy())))
    taken = {name for name, *_ in heads}
    inputs = [name for name in table.columns if name not in taken]
    places = {name: len(heads) + i for i, name in enumerate(inputs)}
    heads += [(name, words.column(name), "value", BlockColumn(table[name].to_numpy())) for name in inputs]
    text = (
        f"{n:,} draws, seed {psa.seed}. {report.stored} Increment: {report.increment}. A blank "
        "month of crossing: PFS and OS do not cross in that draw. First row of names: ids of the inputs."
    )
    sheet.write_string(3, 0, text, report.styles.explanation)
    hint = report.styles.make(font_size=8, font_color="#6B7280", text_wrap=True)
    for number, (name, header, kind, _) in enumerate(heads):
        style = report.styles.make(num_format=FORMATS[kind])
        sheet.set_column(number, number, 10 if number == 0 else 18, style)
        sheet.write_string(ID_ROW, number, name, hint)
        sheet.write_string(HEADER_ROW, number, header, header_style(report.styles, True))
    sheet.set_row(ID_ROW, row_height(3))
    sheet.set_row(HEADER_ROW, row_height(4))
    sheet.add_block(FIRST_ROW, [column for *_, column in heads])
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.autofilter(HEADER_ROW, 0, FIRST_ROW + n - 1, len(heads) - 1)
    finish(report, sheet, "C")
    sheet.set_paper(8)
    sheet.fit_to_pages(4, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.repeat_columns(0)
    sheet.print_area(0, 0, FIRST_ROW + n - 1, len(heads) - 1)
    return DrawsAt(columns, n, places, new)
