"""The sheet Answer: everything that a committee asks first, on one upright page, live.

From top to bottom: the question; the answer, why, how certain, and with a weight by severity; a small table; the price at
which the decision changes; what moves the result most; the range over scenarios and structures; a chart; coherence, checks,
limitations. The chart is that of acceptability, in which every reader finds the probability at the threshold that he holds;
in a run without draws, of costs by category.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart

from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.output_book import Report
from model.excel.output_sheets import ABOUT_RUN, CONTENTS, RESULTS
from model.excel.pages.cells import FORMATS, header_style, write_top
from model.excel.pages.measures import BOLD, lines_needed
from model.excel.pages.styles import DARK, FONT_SIZE, TAB_CONTROL, set_up_page
from model.excel.report.as_run import AS_RUN, run_label
from model.excel.report.checks.error_trail import no_answer
from model.excel.report.first_page.first_page_words import FirstPageWords
from model.excel.report.first_page.key_figures import KeyRow

LABEL, WORDS, TOTAL = 17.0, 24.0, 128.0  # units of column width: labels, the rest of the table's first column, the page
NARROWEST = 10.0
CHART_HEIGHT = 280  # pixels
POINTS_PER_PIXEL = 0.75
LINE, EDGE = 12.75, 3.0  # points of a line of the common size, and around a text


class AnswerSheet:
    """Writes the first sheet, row by row."""

    def __init__(self, report: Report, words: FirstPageWords, chart: Chart | None):
        self.report, self.words, self.chart = report, words, chart
        self.sheet = report.sheet(report.home)
        self.styles = report.styles
        n = len(report.names) + 1
        each = max(NARROWEST, (TOTAL - LABEL - WORDS) / n)
        self.widths = [LABEL, WORDS, *[each] * n]
        self.last = len(self.widths) - 1
        self.row = 3
        self.height = 0.0

    def write(self) -> None:
        """All of it."""
        words = self.words
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        write_top(self.report, self.sheet, self.report.title, "")
        title = self.styles.make(
            bold=True, font_size=16, font_color=DARK, valign="vcenter", shrink=True
        )  # a long one is not cut
        self.sheet.merge_range(0, 0, 0, self.last, self.report.title, title)
        self.height += 26 + 15 + 15
        self._text("Question", words.question, italic=True)
        answer = Formula(f"IFERROR({words.answer.text},{no_answer()})", words.answer.value)
        self._text("Answer", answer, bold=True, font_size=12, font_color=DARK)
        self._text("Why, how certain", words.reasons)
        self._text("The other result", words.beside)
        for line in words.severity:
            self._text("Severity", line)
        self._table(words.table)
        for number, line in enumerate(words.prices):
            self._text("" if number else "Price", line)
        self._stored("Largest drivers", words.drivers)
        self._stored("Range", words.ranges)
        self._chart()
        self._text("Coherence", words.coherence)
        self._text("Checks", words.checks)
        for number, line in enumerate(words.limitations):
            self._text("" if number else "Limitations", line)
        self._behind()
        self._print()

    # ---- rows ----------------------------------------------------------------------------------------------------------

    def _text(self, label: str, words: Formula, **look: Any) -> None:
        """A label, and words over the rest of the page."""
        size = float(look.get("font_size", FONT_SIZE)) / FONT_SIZE
        style = self.styles.make(text_wrap=True, valign="top", align="left", **look)
        self._label(formula_of(label))
        self.sheet.merge_range(self.row, 1, self.row, self.last, "", style)
        self.sheet.write_formula(self.row, 1, f'=IFERROR({words.text},"")', style, words.value)
        across = sum(self.widths[1:]) / (size * (BOLD if look.get("bold") else 1.0))
        self._close_row(lines_needed(str(words.value), across) * LINE * size + EDGE)

    def _stored(self, label: str, lines: list[str]) -> None:
        """Words of the run: once the inputs are others, the label says whose they are."""
        style = self.styles.make(text_wrap=True, valign="top", align="left")
        for number, line in enumerate(lines):
            whose = where(AS_RUN.equals(1), label, f"{label} (of {run_label(self.report)})")
            self._label(formula_of("") if number else whose)
            self.sheet.merge_range(self.row, 1, self.row, self.last, "", style)
            self.sheet.write_string(self.row, 1, line, style)
            self._close_row(lines_needed(line, sum(self.widths[1:])) * LINE + EDGE)

    def _label(self, words: Formula) -> None:
        style = self.styles.make(bold=True, font_color=DARK, valign="top", text_wrap=True)
        if words.text.startswith('"'):
            self.sheet.write_string(self.row, 0, words.value, style)
        else:
            self.sheet.write_formula(self.row, 0, f"={words.text}", style, words.value)

    def _close_row(self, height: float) -> None:
        self.sheet.set_row(self.row, height)
        self.height += height
        self.row += 1

    # ---- the small table -----------------------------------------------------------------------------------------------

    def _table(self, rows: list[KeyRow]) -> None:
        heads = [*self.report.names, str(self.words.difference.value)]
        style = header_style(self.styles, False)
        self.sheet.merge_range(self.row, 0, self.row, 1, "", style)
        head = formula_of("Per patient, discounted. ").then(self.words.of_table)
        self.sheet.write_formula(self.row, 0, f"={head.text}", style, head.value)
        for column, text in enumerate(heads, start=2):
            self.sheet.write_string(self.row, column, text, header_style(self.styles, True))
        difference = self.words.difference
        self.sheet.write_formula(
            self.row, self.last, f"={difference.text}", header_style(self.styles, True), difference.value
        )
        lines = max(lines_needed(str(text), self.widths[2] / BOLD) for text in heads)
        lines = max(lines, lines_needed(str(head.value), (LABEL + WORDS) / BOLD))
        self._close_row(max(18.0, lines * LINE + EDGE))
        for row in rows:
            self._key_row(row)
        self._close_row(5.0)

    def _key_row(self, row: KeyRow) -> None:
        style = self.styles.make(border=1, border_color="#BFC7D5", align="left")
        self.sheet.merge_range(self.row, 0, self.row, 1, "", style)
        self.sheet.write_formula(self.row, 0, f"={row.words.text}", style, row.words.value)
        last = len(row.arms)
        lines = 1
        for column, cell in enumerate([*row.arms, row.difference]):
            kind = row.kind[1] if column == last else row.kind[0]
            if cell is None:
                self.sheet.write_blank(self.row, 2 + column, None, self.styles.plain())
                continue
            look = {"num_format": FORMATS[kind], "bg_color": "#E8F1E4", "border": 1, "border_color": "#BFC7D5"}
            worded = self.styles.make(**look, align="right", bold=column == last, text_wrap=isinstance(cell.value, str))
            self.sheet.write_formula(self.row, 2 + column, f"={cell.text}", worded, cell.value)
            if isinstance(cell.value, str):
                lines = max(lines, lines_needed(cell.value, self.widths[2 + column] / BOLD))
        self._close_row(15.0 if lines == 1 else lines * LINE + EDGE)

    # ---- chart, links, paper -------------------------------------------------------------------------------------------

    def _chart(self) -> None:
        if self.chart is None:
            return
        pixels = sum(7 * width + 5 for width in self.widths)
        self.chart.set_size({"width": int(pixels) - 8, "height": CHART_HEIGHT})
        place = {"x_offset": 4, "y_offset": 3, "object_position": 2, "description": self.words.of_chart}
        self.sheet.insert_chart(self.row, 0, self.chart, place)
        self._close_row(CHART_HEIGHT * POINTS_PER_PIXEL + 8)

    def _behind(self) -> None:
        """Where the rest stands."""
        self._label(formula_of("Behind this page"))
        for column, entry in enumerate((RESULTS, ABOUT_RUN, CONTENTS), start=1):
            self.sheet.write_url(self.row, column, f"internal:'{entry.name}'!A1", self.styles.link, entry.name)
        self._close_row(15.0)

    def _print(self) -> None:
        set_up_page(self.sheet, self.report.title, orientation="portrait")
        self.sheet.fit_to_pages(1, 1)
        self.sheet.set_header("")
        self.sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.5)
        self.sheet.set_footer(f"&L&8&A&C&8{self.report.run_words}&R&8Page &P of &N")
        self.sheet.set_tab_color(TAB_CONTROL)
        self.sheet.print_area(0, 0, self.row - 1, self.last)
        self.sheet.freeze_panes(3, 0)
        self.sheet.activate()
        self.sheet.set_first_sheet()
